// Noise: the random words against Random123's, the normal numbers against the formula, their distribution and its
// tails; what they do to a lattice in equilibrium; what is refused. noise_bits_test.cpp has the bits of runs.

#include <kuramoto/kuramoto.hpp>
#include <kuramoto/openmp.hpp>

#include "support/expect_error.hpp"
#include "support/fast_math.hpp"
#include "support/layouts.hpp"
#include "support/linear_modes.hpp"
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

using test::Estimate;
using test::estimate;
using test::Mode;
using test::modes;

/// The stationary variances of the modes on the linear lattice with K = 1, from a run of its own for each seed.
template <class S> std::array<Estimate, 4> mode_variances(S stepper) {
    const km::Model model{km::LinearLaplacian{.K = 1}, 0.0};
    std::vector<double> variances[4];
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
        km::Field<double> theta(Mode::rows, Mode::cols);
        stepper.seed = seed;
        std::int64_t step = 300; // slower than every mode here: exp(−300 · 0.1 · 0.27)
        km::advance(km::Fused{}, stepper, model, theta, step, 0);
        double squares[4] = {};
        const int samples = 400;
        for (int sample = 0; sample < samples; ++sample, step += 25) {
            km::advance(km::Fused{}, stepper, model, theta, 25, step);
            for (std::size_t k = 0; k < 4; ++k) {
                const double amplitude = modes[k].amplitude(theta);
                squares[k] += amplitude * amplitude;
            }
        }
        for (std::size_t k = 0; k < 4; ++k) variances[k].push_back(squares[k] / samples);
    }
    return {estimate(variances[0]), estimate(variances[1]), estimate(variances[2]), estimate(variances[3])};
}

// Euler–Maruyama on the linear lattice: a normalised mode of eigenvalue λ is an autoregression, whose stationary
// variance is exactly D / (K |λ|) / (1 − K dt |λ| / 2).
TEST(LinearLattice, HasTheStationaryVarianceOfItsModes) {
    const double dt = 0.1;
    const double D = 0.5;
    const auto found = mode_variances(km::EulerMaruyama{.dt = dt, .D = D});
    for (std::size_t k = 0; k < 4; ++k) {
        const double lambda = modes[k].eigenvalue();
        const double expected = D / lambda / (1 - dt * lambda / 2);
        EXPECT_NEAR(found[k].mean, expected, 5 * found[k].error) << modes[k].p << ", " << modes[k].q;
        EXPECT_LT(found[k].error, 0.03 * expected);
        // What is not there without the discreteness of time would be seen.
        if (lambda > 4) {
            EXPECT_GT(std::fabs(found[k].mean - D / lambda), 5 * found[k].error);
        }
    }
}

// Leimkuhler–Matthews there: D / (K |λ|) whatever the time step, here near the limit of stability.
TEST(LinearLattice, HasTheVariancesOfItsTemperatureUnderLeimkuhlerMatthews) {
    const double D = 0.5;
    const auto found = mode_variances(km::LeimkuhlerMatthews{.dt = 0.22, .D = D});
    for (std::size_t k = 0; k < 4; ++k) {
        const double expected = D / modes[k].eigenvalue();
        EXPECT_NEAR(found[k].mean, expected, 5 * found[k].error) << modes[k].p << ", " << modes[k].q;
        EXPECT_LT(found[k].error, 0.03 * expected);
    }
}

// It adds the mean of the numbers of a step and of the next.
TYPED_TEST(Noise, OfLeimkuhlerMatthewsIsTheMeanOfTwoNumbers) {
    using T = TypeParam;
    const std::int64_t step = 7;
    const std::uint64_t seed = 3;
    for (const std::int64_t steps : {1, 2, 21}) {
        km::Field<T> theta(3, 37);
        const km::LeimkuhlerMatthews stepper{.dt = 1, .D = 0.5, .seed = seed};
        km::advance(km::Fused{}, stepper, km::Model{nothing, 0.0}, theta, steps, step);
        for (std::ptrdiff_t i = 0; i < theta.rows(); ++i)
            for (std::ptrdiff_t j = 0; j < theta.cols(); ++j) {
                long double expected = 0;
                for (std::int64_t k = 0; k <= steps; ++k)
                    expected += test::normal_of<T>(i, j, static_cast<std::uint64_t>(step + k), seed) *
                                (k == 0 || k == steps ? 0.5L : 1.0L);
                const long double tolerance = static_cast<long double>(steps + 1) * 2 * test::normal_tolerance<T>;
                ASSERT_LE(std::fabs(static_cast<long double>(theta(i, j)) - expected), tolerance)
                    << steps << " steps: " << i << ", " << j;
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
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("first_step + steps", "2^56 - 1"),
                 advance(km::LeimkuhlerMatthews{.D = 0.1}, 1, (std::int64_t{1} << 56) - 1));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("D", "-0.1"), advance(km::LeimkuhlerMatthews{.D = -0.1}));
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
