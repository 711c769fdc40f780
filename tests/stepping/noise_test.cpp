// Noise: the random words against Random123's, the normal numbers against the formula, their distribution and its
// tails; the same bits under every policy, depth, boundary, layout and splitting; what they do to a lattice; what is
// refused.

#include <kuramoto/kuramoto.hpp>
#include <kuramoto/openmp.hpp>

#include "support/expect_error.hpp"
#include "support/layouts.hpp"
#include "support/noise_oracle.hpp"
#include "support/policies.hpp"
#include "support/problem.hpp"
#include "support/values.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

namespace km = kuramoto;

namespace {

#if defined __FAST_MATH__
#define SKIP_UNDER_FAST_MATH GTEST_SKIP() << "bits are not promised under -ffast-math"
#else
#define SKIP_UNDER_FAST_MATH static_cast<void>(0)
#endif

const km::LinearLaplacian nothing{.K = 0};

/// Normal numbers: what one step of √(2 · ½ · 1) ξ makes of zeros.
template <class T, class P>
std::vector<T> normals(const P& policy, std::ptrdiff_t rows, std::ptrdiff_t cols, std::uint64_t seed,
                       std::int64_t first_step = 0, test::Layout layout = test::Layout::contiguous) {
    test::Cells<T> theta(layout, rows, cols);
    test::assign(theta.view(), std::vector<T>(static_cast<std::size_t>(rows * cols)));
    km::advance(policy, km::EulerMaruyama{.dt = 1, .D = 0.5, .seed = seed}, km::Model{nothing, 0.0}, theta.view(), 1,
                first_step);
    EXPECT_TRUE(theta.canaries_alive());
    return test::values_of(theta.view());
}

template <class T> class Noise : public testing::Test {};
using Precisions = testing::Types<float, double>;
TYPED_TEST_SUITE(Noise, Precisions);

TYPED_TEST(Noise, IsMadeOfTheWordsOfRandom123) {
    using T = TypeParam;
    const std::ptrdiff_t rows = 9;
    const std::ptrdiff_t cols = 141;
    const std::uint64_t seed = 0x123456789abcdef0U;
    for (const std::int64_t step : {std::int64_t{0}, std::int64_t{7}, (std::int64_t{1} << 40) + 3}) {
        const auto check = [&](const auto& policy, test::Layout layout, const char* name) {
            const std::vector<T> values = normals<T>(policy, rows, cols, seed, step, layout);
            for (std::ptrdiff_t i = 0; i < rows; ++i)
                for (std::ptrdiff_t j = 0; j < cols; ++j) {
                    const long double expected = test::normal_of<T>(i, j, static_cast<std::uint64_t>(step), seed);
                    const auto found = static_cast<long double>(values[static_cast<std::size_t>(i * cols + j)]);
                    ASSERT_LE(std::fabs(found - expected), test::normal_tolerance<T>)
                        << name << ", step " << step << ": " << i << ", " << j;
                }
        };
        check(km::Fused{}, test::Layout::contiguous, "Fused");
        check(km::Fused{}, test::Layout::column_major, "turned");
        check(km::Serial{}, test::Layout::mirrored, "Serial");
        for (const km::Isa isa : test::supported_isas())
            check(km::Fused{.isa = isa}, test::Layout::padded, km::name(isa));
    }
#if !HAS_RANDOM123
    GTEST_SKIP() << "compared with the library's own Philox: Random123 is not installed (librandom123-dev)";
#endif
}

/// P(|x| > t) of a normal number.
double beyond(double t) { return std::erfc(t / std::sqrt(2.0)); }

// The first moments, the number of values in intervals of equal probability, and the tails, all within five standard
// deviations of what the normal distribution has.
TYPED_TEST(Noise, IsNormal) {
    using T = TypeParam;
    const std::ptrdiff_t rows = 1000;
    const std::ptrdiff_t cols = 4000;
    const double n = static_cast<double>(rows * cols);
    constexpr int intervals = 64;
    double sums[5] = {};
    double counts[intervals] = {};
    const double tails[] = {1, 2, 3, 4, 4.5, 5};
    double above[6] = {};
    double below[6] = {};
    for (const T value : normals<T>(km::Fused{}, rows, cols, 11)) {
        const auto x = static_cast<double>(value);
        double power = 1;
        for (double& sum : sums) sum += power *= x;
        const double probability = std::erfc(-x / std::sqrt(2.0)) / 2;
        const int interval = static_cast<int>(probability * intervals);
        ++counts[interval < intervals ? interval : intervals - 1];
        for (std::size_t k = 0; k < 6; ++k) {
            above[k] += x > tails[k] ? 1 : 0;
            below[k] += x < -tails[k] ? 1 : 0;
        }
    }
    const double moments[5] = {0, 1, 0, 3, 0};
    const double variances[5] = {1, 2, 15, 96, 945}; // of a power: E x^2k − (E x^k)²
    for (std::size_t k = 0; k < 5; ++k)
        EXPECT_NEAR(sums[k] / n, moments[k], 5 * std::sqrt(variances[k] / n)) << "moment " << k + 1;
    double chi2 = 0;
    for (const double count : counts) chi2 += (count - n / intervals) * (count - n / intervals) / (n / intervals);
    EXPECT_NEAR(chi2, intervals - 1, 5 * std::sqrt(2.0 * (intervals - 1)));
    for (std::size_t k = 0; k < 6; ++k) {
        const double expected = n * beyond(tails[k]) / 2;
        EXPECT_NEAR(above[k], expected, 5 * std::sqrt(expected) + 3) << tails[k];
        EXPECT_NEAR(below[k], expected, 5 * std::sqrt(expected) + 3) << -tails[k];
    }
}

// The extremes that the formula can make: from the words that are all zeros and all ones.
TEST(NormalPair, IsFiniteAtBothEndsOfTheUniformNumbers) {
    using F = km::Lanes<float, km::detail::Baseline>;
    using D = km::Lanes<double, km::detail::Baseline>;
    F x;
    F y;
    km::detail::normal_pair(F::Bits{0, -1, 0, -1}, F::Bits{0, 0, -1, -1}, x, y);
    for (int lane = 0; lane < F::count; ++lane) {
        const double radius = std::hypot(static_cast<double>(x[lane]), static_cast<double>(y[lane]));
        EXPECT_NEAR(radius, lane % 2 == 0 ? std::sqrt(64 * std::log(2.0)) : 0.0, 1e-6) << lane;
    }
    D a;
    D b;
    km::detail::normal_pair(D::Bits{0, -1}, D::Bits{0, -1}, a, b);
    EXPECT_EQ(std::hypot(a[0], b[0]), 0.0);
    EXPECT_NEAR(std::hypot(a[1], b[1]), std::sqrt(104 * std::log(2.0)), 1e-14);
}

// Neighbours in a row, in a column and in time know nothing of each other, nor do seeds.
TYPED_TEST(Noise, IsIndependentBetweenCellsStepsAndSeeds) {
    using T = TypeParam;
    const std::ptrdiff_t rows = 400;
    const std::ptrdiff_t cols = 1000;
    const auto first = normals<T>(km::Fused{}, rows, cols, 5, 0);
    const auto next = normals<T>(km::Fused{}, rows, cols, 5, 1);
    const auto other = normals<T>(km::Fused{}, rows, cols, 6, 0);
    const auto correlation = [](const std::vector<T>& a, const std::vector<T>& b, std::size_t shift) {
        double products = 0;
        double squares = 0; // of a large number in one place and one in another
        for (std::size_t k = 0; k + shift < a.size(); ++k) {
            const auto x = static_cast<double>(a[k]);
            const auto y = static_cast<double>(b[k + shift]);
            products += x * y;
            squares += (x * x - 1) * (y * y - 1);
        }
        const double n = static_cast<double>(a.size() - shift);
        return std::array{products / std::sqrt(n), squares / (2 * std::sqrt(n))};
    };
    const auto expect_none = [&](const std::vector<T>& a, const std::vector<T>& b, std::size_t shift,
                                 const char* what) {
        for (const double found : correlation(a, b, shift))
            EXPECT_LT(std::fabs(found), 5) << what << ", shift " << shift;
    };
    for (const std::size_t shift : {1U, 2U, 3U, 4U, 8U, 16U, 1000U, 2000U}) expect_none(first, first, shift, "cells");
    for (const std::size_t shift : {0U, 1U, 1000U}) expect_none(first, next, shift, "steps");
    for (const std::size_t shift : {0U, 1U, 1000U}) expect_none(first, other, shift, "seeds");
}

template <class T> struct Run {
    km::Boundary boundary = {};
    bool has_field = false;
    std::int64_t first_step = 0;

    template <class P>
    std::vector<T> operator()(const P& policy, const test::Problem<T>& problem, int steps,
                              test::Layout layout = test::Layout::contiguous) const {
        test::Cells<T> theta(layout, problem.rows, problem.cols);
        test::Cells<T> omega(test::Layout::padded, problem.rows, problem.cols);
        test::Cells<T> D(layout == test::Layout::window ? test::Layout::contiguous : test::Layout::window, problem.rows,
                         problem.cols);
        test::assign(theta.view(), problem.theta);
        test::assign(omega.view(), problem.omega);
        for (std::ptrdiff_t i = 0; i < problem.rows; ++i)
            for (std::ptrdiff_t j = 0; j < problem.cols; ++j)
                D.view()(i, j) = (T(4) + test::distinct_value<T>(i * problem.cols + j, 91)) / T(8);
        const km::Model model{km::SineLaplacian{.K = 1.25, .boundary = boundary}, omega.view()};
        if (has_field)
            km::advance(policy, km::EulerMaruyamaField<T>{.dt = 0.05, .D = D.view(), .seed = 3}, model, theta.view(),
                        steps, first_step);
        else
            km::advance(policy, km::EulerMaruyama{.dt = 0.05, .D = 0.3, .seed = 3}, model, theta.view(), steps,
                        first_step);
        EXPECT_TRUE(theta.canaries_alive() && omega.canaries_alive() && D.canaries_alive());
        return test::values_of(theta.view());
    }
};

const km::Boundary boundaries[] = {
    {},
    km::torus,
    {.north = km::periodic, .south = km::periodic, .west = km::fixed_phase(0.5), .east = km::fixed_flux(0.25)},
    {.north = km::fixed_flux(0.75), .south = km::fixed_phase(-1.25), .west = km::periodic, .east = km::periodic}};

TYPED_TEST(Noise, HasTheSameBitsUnderEveryPolicyDepthAndLayout) {
    SKIP_UNDER_FAST_MATH;
    using T = TypeParam;
    const int steps = 11;
    const std::pair<std::ptrdiff_t, std::ptrdiff_t> shapes[] = {{23, 37}, {1, 67},   {67, 1},   {150, 7},
                                                                {5, 333}, {3, 1539}, {31, 1030}};
    for (const auto& [rows, cols] : shapes)
        for (const km::Boundary& boundary : boundaries)
            for (const bool has_field : {false, true}) {
                const test::Problem<T> problem(rows, cols);
                const Run<T> run{boundary, has_field};
                const auto reference = run(km::Fused{.depth = 1}, problem, steps);
                const std::string shape = std::to_string(rows) + " x " + std::to_string(cols);
                for (const int depth : {0, 4, 16})
                    for (const test::Layout layout : test::all_layouts)
                        for (const int workers : {1, 2, 7}) {
                            const auto result =
                                run(test::Pool{.workers = workers, .depth = depth}, problem, steps, layout);
                            ASSERT_EQ(test::first_difference(result, reference), -1)
                                << shape << ", " << test::name(layout) << ", depth " << depth << ", workers "
                                << workers;
                        }
                const auto threads = run(km::OpenMP{.threads = 3, .min_cells_per_thread = 1}, problem, steps);
                ASSERT_EQ(test::first_difference(threads, reference), -1) << shape;
            }
}

// With fused arithmetic one class of bits; the widths of vectors do not matter.
TYPED_TEST(Noise, HasTheSameBitsInEveryInstructionSetWithFusedArithmetic) {
    SKIP_UNDER_FAST_MATH;
    if (!km::is_supported(km::Isa::avx512)) GTEST_SKIP() << "this processor has no AVX-512";
    const test::Problem<TypeParam> problem(40, 133);
    for (const bool has_field : {false, true}) {
        const Run<TypeParam> run{km::torus, has_field};
        EXPECT_EQ(test::first_difference(run(km::Fused{.isa = km::Isa::avx2}, problem, 20),
                                         run(km::Fused{.isa = km::Isa::avx512}, problem, 20)),
                  -1);
    }
}

// m + n steps are m steps and then n, if the second run knows where the first one ended.
TYPED_TEST(Noise, LetsARunBeSplit) {
    SKIP_UNDER_FAST_MATH;
    test::Problem<TypeParam> problem(23, 29);
    const auto whole = Run<TypeParam>{km::torus, false, 100}(km::Fused{}, problem, 31);
    problem.theta = Run<TypeParam>{km::torus, false, 100}(km::Fused{}, problem, 12);
    const auto second = Run<TypeParam>{km::torus, false, 112}(km::Fused{}, problem, 19);
    EXPECT_EQ(test::first_difference(second, whole), -1);
    const auto wrong = Run<TypeParam>{km::torus, false, 0}(km::Fused{}, problem, 19);
    EXPECT_NE(test::first_difference(wrong, whole), -1);
}

// A simulation tells each step its number; one that starts at a step goes on as the whole would have.
TEST(NoisySimulation, GoesOnWhereItWasStopped) {
    SKIP_UNDER_FAST_MATH;
    const test::Problem<float> problem(14, 33);
    km::Field<float> theta(14, 33);
    test::assign(theta.view(), problem.theta);
    const km::Model model{km::SineLaplacian{.K = 1}, 0.25};
    const km::EulerMaruyama stepper{.dt = 0.1, .D = 0.2, .seed = 9};
    km::Simulation whole(model, theta, stepper);
    km::Simulation first(model, theta, stepper);
    whole.run(km::Fused{}, 50, 7, [](const auto&) {});
    first.run(km::Fused{}, 20);
    km::Simulation second(model, first.theta(), stepper, km::Stability::checked, {.time = first.time(), .step = 20});
    second.run(km::OpenMP{}, 30);
    EXPECT_EQ(test::first_difference(test::values_of(second.theta()), test::values_of(whole.theta())), -1);
}

// Serial takes the same noise, and differs by roundings.
TYPED_TEST(Noise, IsThatOfSerialToo) {
    using T = TypeParam;
    for (const km::Boundary& boundary : boundaries)
        for (const bool has_field : {false, true}) {
            const test::Problem<T> problem(12, 45);
            const Run<T> run{boundary, has_field};
            const auto fused = run(km::Fused{}, problem, 5);
            const auto serial = run(km::Serial{}, problem, 5, test::Layout::window);
            const double tolerance = 200 * static_cast<double>(std::numeric_limits<T>::epsilon());
            for (std::size_t k = 0; k < fused.size(); ++k)
                ASSERT_NEAR(static_cast<double>(serial[k]), static_cast<double>(fused[k]), tolerance) << k;
        }
}

// No noise is Euler's method, to the bit except for the sign of zero.
TYPED_TEST(Noise, OfZeroIsNone) {
    using T = TypeParam;
    const test::Problem<T> problem(12, 45);
    km::Field<T> theta(12, 45);
    km::Field<T> other(12, 45);
    km::Field<T> omega(12, 45);
    test::assign(theta.view(), problem.theta);
    test::assign(other.view(), problem.theta);
    test::assign(omega.view(), problem.omega);
    const km::Model model{km::SineLaplacian{.K = 1}, omega};
    km::advance(km::Fused{}, km::EulerMaruyama{.dt = 0.1}, model, theta, 20, 0);
    km::advance(km::Fused{}, km::Euler{.dt = 0.1}, model, other, 20);
    for (std::ptrdiff_t k = 0; k < theta.size(); ++k) ASSERT_EQ(theta.data()[k], other.data()[k]) << k;
}

/// Mean and standard error of values that are independent.
struct Estimate {
    double mean = 0;
    double error = 0;
};
Estimate estimate(const std::vector<double>& values) {
    Estimate found;
    const double n = static_cast<double>(values.size());
    for (const double value : values) found.mean += value / n;
    for (const double value : values) found.error += (value - found.mean) * (value - found.mean);
    found.error = std::sqrt(found.error / (n * (n - 1)));
    return found;
}

// Euler–Maruyama on the linear lattice: a normalised mode of eigenvalue λ is an autoregression, whose stationary
// variance is exactly D / (K |λ|) / (1 − K dt |λ| / 2).
TEST(LinearLattice, HasTheStationaryVarianceOfItsModes) {
    const std::ptrdiff_t rows = 6;
    const std::ptrdiff_t cols = 9;
    const double K = 1;
    const double dt = 0.1;
    const double D = 0.5;
    const double pi_double = 3.14159265358979323846;
    struct Mode {
        int p;
        int q;
    };
    const Mode modes[] = {{0, 3}, {2, 0}, {3, 4}, {5, 8}};
    const auto eigenvalue = [&](const Mode& mode) {
        const double p = std::sin(pi_double * mode.p / (2.0 * static_cast<double>(rows)));
        const double q = std::sin(pi_double * mode.q / (2.0 * static_cast<double>(cols)));
        return 4 * (p * p + q * q);
    };
    const auto amplitude = [&](const km::Field<double>& theta, const Mode& mode) {
        double sum = 0;
        double norm = 0;
        for (std::ptrdiff_t i = 0; i < rows; ++i)
            for (std::ptrdiff_t j = 0; j < cols; ++j) {
                const double value =
                    std::cos(pi_double * mode.p * (static_cast<double>(i) + 0.5) / static_cast<double>(rows)) *
                    std::cos(pi_double * mode.q * (static_cast<double>(j) + 0.5) / static_cast<double>(cols));
                sum += value * theta(i, j);
                norm += value * value;
            }
        return sum / std::sqrt(norm);
    };
    const km::Model model{km::LinearLaplacian{.K = K}, 0.0};
    std::vector<double> variances[4];
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
        km::Field<double> theta(rows, cols);
        const km::EulerMaruyama stepper{.dt = dt, .D = D, .seed = seed};
        std::int64_t step = 300; // slower than every mode here: exp(−300 · 0.1 · 0.27)
        km::advance(km::Fused{}, stepper, model, theta, step, 0);
        double squares[4] = {};
        const int samples = 400;
        for (int sample = 0; sample < samples; ++sample, step += 25) {
            km::advance(km::Fused{}, stepper, model, theta, 25, step);
            for (std::size_t k = 0; k < 4; ++k) squares[k] += amplitude(theta, modes[k]) * amplitude(theta, modes[k]);
        }
        for (std::size_t k = 0; k < 4; ++k) variances[k].push_back(squares[k] / samples);
    }
    for (std::size_t k = 0; k < 4; ++k) {
        const double lambda = eigenvalue(modes[k]);
        const double expected = D / (K * lambda) / (1 - K * dt * lambda / 2);
        const Estimate found = estimate(variances[k]);
        EXPECT_NEAR(found.mean, expected, 5 * found.error) << modes[k].p << ", " << modes[k].q;
        EXPECT_LT(found.error, 0.03 * expected);
        // What is not there without the discreteness of time would be seen.
        if (lambda > 4) {
            EXPECT_GT(std::fabs(found.mean - D / (K * lambda)), 5 * found.error);
        }
    }
}

/// ⟨cos⟩ of the bonds of an open chain of sines, from a run of its own for each seed.
Estimate bond_cosine(double D, double dt, std::uint64_t first_seed) {
    const std::ptrdiff_t n = 500;
    const auto steps_in = [&](double time) { return static_cast<std::int64_t>(std::lround(time / dt)); };
    const km::Model model{km::SineLaplacian{.K = 1}, 0.0};
    std::vector<double> means;
    for (std::uint64_t seed = first_seed; seed < first_seed + 12; ++seed) {
        km::Field<float> theta(1, n);
        const km::EulerMaruyama stepper{.dt = dt, .D = D, .seed = seed};
        std::int64_t step = steps_in(20);
        km::advance(km::Fused{}, stepper, model, theta, step, 0);
        double sum = 0;
        const int samples = 300;
        for (int sample = 0; sample < samples; ++sample, step += steps_in(1)) {
            km::advance(km::Fused{}, stepper, model, theta, steps_in(1), step);
            for (std::ptrdiff_t j = 0; j + 1 < n; ++j)
                sum += std::cos(static_cast<double>(theta(0, j + 1) - theta(0, j)));
        }
        means.push_back(sum / (samples * static_cast<double>(n - 1)));
    }
    return estimate(means);
}

// The differences of an open chain of sines are independent, and ⟨cos⟩ = I₁(K/D) / I₀(K/D). The stationary state of
// Euler–Maruyama is wrong in first order of dt, which two time steps take out.
TEST(SineChain, HasTheBondEnergyOfBesselFunctions) {
    const double D = 0.5;
    const Estimate coarse = bond_cosine(D, 0.05, 1);
    const Estimate fine = bond_cosine(D, 0.025, 101);
    const double found = 2 * fine.mean - coarse.mean;
    const double error = std::hypot(2 * fine.error, coarse.error);
    EXPECT_NEAR(found, std::cyl_bessel_i(1, 1 / D) / std::cyl_bessel_i(0, 1 / D), 5 * error);
    EXPECT_LT(error, 0.002);
}

TEST(Noise, IsRefusedWhereItCannotBe) {
    km::Field<float> theta(4, 6);
    const km::Model model{km::SineLaplacian{}, 0.0};
    const auto advance = [&](const auto& stepper, std::int64_t steps = 1, std::int64_t first = 0) {
        km::advance(km::Fused{}, stepper, model, theta, steps, first);
    };
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("D", "-0.1"), advance(km::EulerMaruyama{.D = -0.1}));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("D", "finite"),
                 advance(km::EulerMaruyama{.D = std::numeric_limits<double>::infinity()}));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("D", "finite"),
                 advance(km::EulerMaruyama{.D = std::numeric_limits<double>::quiet_NaN()}));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("D", "1e+39"), advance(km::EulerMaruyama{.D = 1e39}));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("dt", "0"), advance(km::EulerMaruyama{.dt = 0, .D = 0.1}));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("first_step + steps", "2^56"),
                 advance(km::EulerMaruyama{.D = 0.1}, 2, (std::int64_t{1} << 56) - 1));
    const km::Field<float> small(4, 5);
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("D", "4 x 5"), advance(km::EulerMaruyamaField<float>{.D = small}));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("theta", "D"), advance(km::EulerMaruyamaField<float>{.D = theta}));
    for (std::ptrdiff_t k = 0; k < theta.size(); ++k) EXPECT_EQ(theta.data()[k], 0) << k;
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("dt = 0.3", "0.25"),
                 km::Simulation(model, theta, km::EulerMaruyama{.dt = 0.3}));
}

/// A method of two stages that carries what noise needs.
struct NoisyHeun : km::Heun {
    double D = 0.5;
    std::uint64_t seed = 1;
};
static_assert(km::NoisyStepper<NoisyHeun> && !km::StepperFor<NoisyHeun, float>, "noise is for one stage only");
static_assert(km::StepperFor<km::EulerMaruyamaField<float>, float>);
static_assert(!km::StepperFor<km::EulerMaruyamaField<float>, double>);

// Where noise would be left out it does not compile.
template <class S>
concept AdvancesTheMeanField = requires(const S& stepper, km::Field<float>& theta) {
    km::advance(km::Fused{}, stepper, km::MeanFieldModel<double>{}, theta, 1, 0);
};
static_assert(AdvancesTheMeanField<km::EulerMaruyama> && AdvancesTheMeanField<km::EulerMaruyamaField<float>>);
static_assert(!AdvancesTheMeanField<NoisyHeun> && !AdvancesTheMeanField<km::EulerMaruyamaField<double>>);

TEST(Noise, OfNoCellsAndNoSteps) {
    km::Field<double> none(0, 5);
    km::Field<double> theta(3, 5);
    km::Field<double> very_many_rows(std::ptrdiff_t{1} << 40, 0);
    const km::Model model{km::SineLaplacian{}, 0.0};
    km::advance(km::Fused{}, km::EulerMaruyama{.D = 1}, model, none, 5, 0);
    km::advance(km::Fused{}, km::EulerMaruyama{.D = 1}, model, very_many_rows, 5, 0);
    km::advance(km::Serial{}, km::EulerMaruyamaField<double>{.D = very_many_rows}, model, very_many_rows, 5, 0);
    km::advance(km::Serial{}, km::EulerMaruyama{.D = 1}, model, none, 5, 0);
    const km::MeanFieldModel mean_field{km::MeanField{}, 0.0};
    km::advance(km::Fused{}, km::EulerMaruyama{.D = 1}, mean_field, none, 5, 0);
    km::advance(km::Fused{}, km::EulerMaruyamaField<double>{.D = very_many_rows}, mean_field, very_many_rows, 5, 0);
    km::advance(km::Fused{}, km::EulerMaruyama{.D = 1}, mean_field, theta, 0, 0);
    km::advance(km::Fused{}, km::EulerMaruyama{.D = 1}, model, theta, 0, 0);
    for (std::ptrdiff_t k = 0; k < theta.size(); ++k) EXPECT_EQ(theta.data()[k], 0) << k;
}

TEST(NoisySimulation, ChecksItsNoiseAtOnce) {
    const km::Field<double> theta(8, 8);
    const km::Field<double> small(3, 3);
    const km::Model model{km::SineLaplacian{}, 0.0};
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("D", "-1"),
                 km::Simulation(model, theta, km::EulerMaruyama{.D = -1}));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("D", "3 x 3"),
                 km::Simulation(model, theta, km::EulerMaruyamaField<double>{.D = small}));
}

} // namespace
