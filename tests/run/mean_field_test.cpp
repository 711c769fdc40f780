// Mean-field coupling, alone and on top of a lattice: the double sum in long double, exact solutions of two cells,
// orders of convergence, the same bits everywhere, and the curve of Ott and Antonsen.

#include <kuramoto/kuramoto.hpp>
#include <kuramoto/openmp.hpp>

#include "support/couplings.hpp"
#include "support/expect_error.hpp"
#include "support/layouts.hpp"
#include "support/oracle.hpp"
#include "support/policies.hpp"
#include "support/problem.hpp"
#include "support/values.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <limits>
#include <stdexcept>
#include <utility>
#include <vector>

namespace km = kuramoto;

namespace {

using test::Exact;
using test::Problem;

/// Heun's third-order method: three stages, one of weight zero.
struct Heun3 {
    double dt = 0.1;
    static constexpr int stages = 3;
    static constexpr double inner[3] = {1.0 / 3, 2.0 / 3};
    static constexpr double outer[3] = {0.25, 0.0, 0.75};
    static constexpr double stability = 2.5127453266;
};
static_assert(km::FixedStepper<Heun3>);

/// What a cell does besides: nothing but its frequency, or a lattice with a lag and edges of three kinds.
enum class Local { number, field, lattice };
constexpr Local all_locals[] = {Local::number, Local::field, Local::lattice};

const km::Laplacian<km::SakaguchiSine> lagging{
    .K = 0.75,
    .coupling = {.lag = 0.25},
    .boundary = {
        .north = km::fixed_phase(0.5), .south = km::fixed_flux(0.75), .west = km::periodic, .east = km::periodic}};

/// use(model) for the model of that kind.
template <class T, class Use>
void with_model(Local local, const km::MeanField& mean_field, km::Grid<const T> omega, const Use& use) {
    if (local == Local::number) use(km::MeanFieldModel{mean_field, 0.375});
    if (local == Local::field) use(km::MeanFieldModel{mean_field, omega});
    if (local == Local::lattice) use(km::MeanFieldModel{mean_field, km::Model{lagging, omega}});
}

/// The mathematics, O(N²).
struct Oracle {
    test::Lattice<> lattice;
    Local local;
    km::MeanField mean_field;

    template <class T>
    Oracle(const Problem<T>& problem, Local local_of, const km::MeanField& mean_field_of)
        : lattice{problem.rows, problem.cols, test::ExactCoupling(lagging.coupling), 0.75L, lagging.boundary},
          local(local_of), mean_field(mean_field_of) {
        if (local == Local::number) omega.assign(problem.theta.size(), 0.375L);
        if (local != Local::number) omega = test::exact(problem.omega);
    }

    [[nodiscard]] Exact rate(const Exact& theta) const {
        Exact result = local == Local::lattice ? lattice.rate(theta, omega) : omega;
        const auto K = static_cast<long double>(mean_field.K);
        const auto lag = static_cast<long double>(mean_field.lag);
        for (std::size_t i = 0; i < theta.size(); ++i) {
            long double sum = 0;
            for (const long double other : theta) sum += std::sin(other - theta[i] - lag);
            result[i] += K / static_cast<long double>(theta.size()) * sum;
        }
        return result;
    }

    /// How far a rate computed in T may be from it: that of the lattice; sine and cosine, to 2 ulp of 1 each, their two
    /// rounded factors, together at most √2 |K|, and the roundings of two sums.
    template <class T> [[nodiscard]] long double tolerance(const Exact& theta) const {
        const auto epsilon = static_cast<long double>(std::numeric_limits<T>::epsilon());
        const auto K = std::fabs(static_cast<long double>(mean_field.K));
        const Exact besides = local == Local::lattice ? lattice.rate(theta, omega) : omega;
        const long double own = local == Local::lattice ? test::rate_tolerance<T>(lattice, theta, omega) : 0;
        return own + epsilon * (5 * K + test::largest_size(besides));
    }

    Exact omega;
};

constexpr km::MeanField some_couplings[] = {{.K = 1.5, .lag = 0}, {.K = 1.25, .lag = 0.7}, {.K = -0.5, .lag = -2}};
constexpr std::pair<int, int> some_shapes[] = {{1, 1}, {1, 40}, {40, 1}, {2, 3}, {9, 17}, {23, 5}};

template <class T> class MeanField : public testing::Test {};
using Precisions = testing::Types<float, double>;
TYPED_TEST_SUITE(MeanField, Precisions);

TYPED_TEST(MeanField, IsTheDoubleSum) {
    using T = TypeParam;
    std::vector<std::pair<int, int>> shapes(std::begin(some_shapes), std::end(some_shapes));
    shapes.push_back({3, 301}); // more than one piece that is copied at a time
    for (const auto& [rows, cols] : shapes) {
        const Problem<T> problem(rows, cols);
        const Exact theta = test::exact(problem.theta);
        for (const km::MeanField& mean_field : some_couplings)
            for (const Local local : all_locals) {
                const Oracle oracle(problem, local, mean_field);
                const Exact exact = oracle.rate(theta);
                const long double tolerance = oracle.tolerance<T>(theta);
                const auto check_under = [&](const auto& policy, test::Layout layout, const char* name) {
                    test::Cells<T> phases(layout, problem.rows, problem.cols);
                    test::Cells<T> omega(test::Layout::padded, problem.rows, problem.cols);
                    test::Cells<T> rate(layout, problem.rows, problem.cols);
                    test::assign(phases.view(), problem.theta);
                    test::assign(omega.view(), problem.omega);
                    with_model<T>(local, mean_field, omega.view(),
                                  [&](const auto& model) { km::rate(policy, model, phases.view(), rate.view()); });
                    EXPECT_TRUE(phases.canaries_alive() && rate.canaries_alive());
                    EXPECT_EQ(test::first_difference(test::values_of(phases.view()), problem.theta), -1);
                    const std::vector<T> result = test::values_of(rate.view());
                    for (std::size_t k = 0; k < exact.size(); ++k)
                        ASSERT_LE(std::fabs(static_cast<long double>(result[k]) - exact[k]), tolerance)
                            << name << ", " << test::name(layout) << ", " << problem.rows << " x " << problem.cols
                            << ", local part " << static_cast<int>(local) << ", lag " << mean_field.lag;
                };
                const auto check = [&](const auto& policy, test::Layout layout, const char* name) {
                    check_under(test::erased(policy), layout, name);
                };
                for (const test::Layout layout : test::all_layouts) {
                    check(km::Fused{}, layout, "Fused");
                    check(km::Serial{}, layout, "Serial");
                }
                check(km::OpenMP{.threads = 2, .min_cells_per_thread = 1}, test::Layout::contiguous, "OpenMP");
                check(test::Pool{.workers = 3}, test::Layout::window, "Pool");
                for (const km::Isa isa : test::supported_isas())
                    check(km::Fused{.isa = isa}, test::Layout::padded, km::name(isa));
            }
    }
}

// The pull depends on where the phases are on the circle, not on how often they have gone round.
TYPED_TEST(MeanField, IsRightAfterManyTurns) {
    using T = TypeParam;
    Problem<T> problem(7, 9);
    for (std::size_t k = 0; k < problem.theta.size(); ++k) problem.theta[k] += static_cast<T>(2048 * (k % 5));
    km::Field<T> theta(7, 9), rate(7, 9);
    test::assign(theta.view(), problem.theta);
    km::rate(km::Fused{}, km::MeanFieldModel{km::MeanField{.K = 1.25, .lag = 0.7}, 0.375}, theta, rate);
    const Oracle oracle(problem, Local::number, {.K = 1.25, .lag = 0.7});
    const Exact exact = oracle.rate(test::exact(problem.theta));
    const std::vector<T> result = test::values_of(rate.view());
    for (std::size_t k = 0; k < exact.size(); ++k)
        EXPECT_LE(std::fabs(static_cast<long double>(result[k]) - exact[k]), oracle.tolerance<T>(exact));
}

// --- steps ----------------------------------------------------------------------------------------------------------

template <class S, class T, class P>
std::vector<T> run_under(const P& policy, const Problem<T>& problem, Local local, int steps, test::Layout layout,
                         const km::MeanField& mean_field) {
    test::Cells<T> theta(layout, problem.rows, problem.cols);
    test::Cells<T> omega(test::Layout::padded, problem.rows, problem.cols);
    test::assign(theta.view(), problem.theta);
    test::assign(omega.view(), problem.omega);
    with_model<T>(local, mean_field, omega.view(),
                  [&](const auto& model) { km::advance(policy, S{.dt = 0.0625}, model, theta.view(), steps); });
    EXPECT_TRUE(theta.canaries_alive() && omega.canaries_alive());
    return test::values_of(theta.view());
}

template <class S, class T, class P>
std::vector<T> run(const P& policy, const Problem<T>& problem, Local local, int steps,
                   test::Layout layout = test::Layout::contiguous,
                   const km::MeanField& mean_field = some_couplings[1]) {
    return run_under<S>(test::erased(policy), problem, local, steps, layout, mean_field);
}

template <class S> class MeanFieldSteppers : public testing::Test {};
using AllSteppers = testing::Types<km::Euler, km::Heun, Heun3, km::RungeKutta4>;
TYPED_TEST_SUITE(MeanFieldSteppers, AllSteppers);

/// Steps of the oracle, and how far a run in T may be: errors of a rate grow with the slope of the pull, at most 2 |K|,
/// and of the lattice, and every stage rounds its result.
template <class T, class S>
test::ExactRun exact_run(const Oracle& oracle, const Exact& start, const S& stepper, int n) {
    const auto epsilon = static_cast<long double>(std::numeric_limits<T>::epsilon());
    const long double steepness =
        2 * std::fabs(static_cast<long double>(oracle.mean_field.K)) + (oracle.local == Local::lattice ? 6 : 0);
    test::ExactRun run{start, 0};
    const auto add = [&](Exact& to, long double& error, const Exact& rate, long double rate_error, double factor) {
        const auto dt = static_cast<long double>(stepper.dt * factor);
        for (std::size_t k = 0; k < to.size(); ++k) to[k] += dt * rate[k];
        error += dt * (rate_error + epsilon * test::largest_size(rate)) + epsilon * test::largest_size(to);
    };
    for (int step = 0; step < n; ++step) {
        Exact stage = run.theta;
        long double stage_error = run.tolerance;
        Exact sum = run.theta;
        long double sum_error = run.tolerance;
        for (int k = 0; k < S::stages; ++k) {
            const long double error = oracle.tolerance<T>(stage) + steepness * stage_error;
            const Exact rate = oracle.rate(stage);
            add(sum, sum_error, rate, error, S::outer[k]);
            if (k + 1 == S::stages) break;
            stage = run.theta;
            stage_error = run.tolerance;
            add(stage, stage_error, rate, error, S::inner[k]);
        }
        run = {std::move(sum), sum_error};
    }
    return run;
}

template <class S, class T> void check_steps() {
    const int steps = 3;
    for (const auto& [rows, cols] : some_shapes) {
        const Problem<T> problem(rows, cols);
        for (const Local local : all_locals) {
            const Oracle oracle(problem, local, some_couplings[1]);
            const auto exact = exact_run<T>(oracle, test::exact(problem.theta), S{.dt = 0.0625}, steps);
            const auto check = [&](const auto& policy, const char* name) {
                const std::vector<T> result = run<S>(policy, problem, local, steps);
                for (std::size_t k = 0; k < result.size(); ++k)
                    ASSERT_LE(std::fabs(static_cast<long double>(result[k]) - exact.theta[k]), exact.tolerance)
                        << name << ", " << problem.rows << " x " << problem.cols << ", " << static_cast<int>(local);
            };
            check(km::Serial{}, "Serial");
            check(km::Fused{}, "Fused");
            check(km::OpenMP{.threads = 2, .min_cells_per_thread = 1}, "OpenMP");
        }
    }
}
TYPED_TEST(MeanFieldSteppers, AreThoseOfTheOracle) {
    check_steps<TypeParam, float>();
    check_steps<TypeParam, double>();
}

/// How far the difference of two cells is, after the time 2, from that of φ' = Δ − K sin φ (Adler 1946): each pulls the
/// other with K/2. u = tan(φ/2) obeys 2u' = Δ (1 + u²) − 2K u, whose fixed points are (K ± s)/Δ, s = √(K² − Δ²); the
/// ratio of the distances from them grows as e^(−st).
template <class S, class P> double error_after(const P& policy, int steps) {
    const double K = 1.5;
    const double delta = 0.75;
    km::Field<double> theta(1, 2), omega(1, 2);
    theta(0, 1) = 2.5;
    omega(0, 0) = 0.2;
    omega(0, 1) = 0.2 + delta;
    km::advance(policy, S{.dt = 2.0 / steps}, km::MeanFieldModel{km::MeanField{.K = K}, omega}, theta, steps);
    const double s = std::sqrt(K * K - delta * delta);
    const double high = (K + s) / delta;
    const double low = (K - s) / delta;
    const double u = std::tan(1.25);
    const double ratio = (u - low) / (u - high) * std::exp(-s * 2.0);
    const double exact = 2 * std::atan((low - ratio * high) / (1 - ratio));
    return std::fabs(theta(0, 1) - theta(0, 0) - exact);
}
template <class S> constexpr int order = S::stages; // true of these four

TYPED_TEST(MeanFieldSteppers, ConvergeWithTheirOrder) {
    const auto check = [](const auto& policy) {
        for (const int steps : {20, 40, 80}) {
            const double ratio = error_after<TypeParam>(policy, steps) / error_after<TypeParam>(policy, 2 * steps);
            EXPECT_NEAR(std::log2(ratio), order<TypeParam>, 0.25) << steps;
        }
    };
    check(km::Serial{});
    check(km::Fused{});
}
TEST(MeanField, RungeKutta4IsAsExactAsItShouldBe) {
    EXPECT_LT(error_after<km::RungeKutta4>(km::Fused{}, 20), 1e-5);
    EXPECT_LT(error_after<km::RungeKutta4>(km::Fused{}, 320), 1e-10);
}

// Just below the largest stable step a disturbance of synchrony dies out, just above it does not: the mode that
// alternates is the steepest of the lattice, and of the pull.
TYPED_TEST(MeanFieldSteppers, AreStableUpToTheirLargestStep) {
    const km::Model lattice{km::SineLaplacian{.K = 0.5, .boundary = km::torus}, 0.0};
    const auto check = [](const auto& model, double steepness) {
        const double most = km::max_stable_dt(TypeParam{}, model);
        EXPECT_NEAR(most, TypeParam::stability / steepness, 1e-15);
        for (const double share : {0.98, 1.02}) {
            km::Field<double> theta(6, 8);
            for (std::ptrdiff_t i = 0; i < 6; ++i)
                for (std::ptrdiff_t j = 0; j < 8; ++j) theta(i, j) = (i + j) % 2 == 0 ? 1e-4 : -1e-4;
            km::advance(km::Fused{}, TypeParam{.dt = share * most}, model, theta, 3000);
            if (share < 1)
                EXPECT_LT(std::fabs(theta(2, 3)), 1e-9);
            else
                EXPECT_GT(std::fabs(theta(2, 3)), 1e-2);
        }
    };
    check(km::MeanFieldModel{km::MeanField{.K = 2.5}, 0.0}, 2.5);
    check(km::MeanFieldModel{km::MeanField{.K = 2.5}, lattice}, 2.5 + 8 * 0.5);
    EXPECT_EQ(km::max_stable_dt(TypeParam{}, km::MeanFieldModel{km::MeanField{.K = -2.5}, lattice}),
              km::max_stable_dt(TypeParam{}, km::MeanFieldModel{km::MeanField{.K = 2.5}, lattice}));
    EXPECT_EQ(km::max_stable_dt(TypeParam{}, km::MeanFieldModel{km::MeanField{.K = 0}, lattice}),
              km::max_stable_dt(TypeParam{}, lattice));
}
#if !defined __FAST_MATH__ // which knows no infinities
// Without mean-field coupling it is the bound of the lattice, to the bit, whatever that is.
TEST(MeanField, IsStableAsItsLatticeIs) {
    km::Field<double> east(4, 5), south(4, 5);
    for (double strength = 0.1; strength < 3; strength += 0.0371) {
        for (std::ptrdiff_t k = 0; k < east.size(); ++k) east.data()[k] = south.data()[k] = strength;
        const km::Model lattice{km::with_bonds(km::SineLaplacian{.K = 1.7}, east, south), 0.0};
        EXPECT_EQ(km::max_stable_dt(km::RungeKutta4{}, km::MeanFieldModel{km::MeanField{.K = 0}, lattice}),
                  km::max_stable_dt(km::RungeKutta4{}, lattice));
        EXPECT_LT(km::max_stable_dt(km::Euler{}, km::MeanFieldModel{km::MeanField{.K = 0.01}, lattice}),
                  km::max_stable_dt(km::Euler{}, lattice));
    }
    east(1, 1) = std::numeric_limits<double>::quiet_NaN();
    const km::Model lattice{km::with_bonds(km::SineLaplacian{.K = 1.7}, east, south), 0.0};
    EXPECT_TRUE(std::isnan(km::max_stable_dt(km::Euler{}, km::MeanFieldModel{km::MeanField{.K = 2}, lattice})));
}

TEST(MeanField, WithoutForcesEveryStepIsStable) {
    EXPECT_EQ(km::max_stable_dt(km::Euler{}, km::MeanFieldModel{km::MeanField{.K = 0}, 1.0}), HUGE_VAL);
}
#endif

TEST(MeanField, IsIntegratedToATolerance) {
    km::Field<double> theta(9, 13), omega(9, 13);
    test::fill_distinct(theta.view(), 5);
    test::fill_distinct(omega.view(), 6, 0.25);
    for (const Local local : all_locals)
        with_model<double>(local, {.K = 1.5, .lag = 0.4}, omega.view(), [&](const auto& model) {
            km::Field<double> fixed = theta, adaptive = theta;
            km::advance(km::Fused{}, km::RungeKutta4{.dt = 1.0 / 512}, model, fixed, 1024);
            const auto report =
                km::integrate(km::Fused{}, km::DormandPrince54{.relative_tolerance = 0, .absolute_tolerance = 1e-9},
                              model, adaptive, 2);
            EXPECT_GT(report.accepted, 5);
            EXPECT_LT(report.accepted, 500);
            for (std::ptrdiff_t k = 0; k < theta.size(); ++k)
                EXPECT_NEAR(adaptive.data()[k], fixed.data()[k], 1e-7) << k;
        });
}

// --- bits -----------------------------------------------------------------------------------------------------------

#if defined __FAST_MATH__
#define SKIP_UNDER_FAST_MATH GTEST_SKIP() << "bits are not promised under -ffast-math"
#else
#define SKIP_UNDER_FAST_MATH static_cast<void>(0)
#endif

template <class S, class T> void check_bits(std::ptrdiff_t rows, std::ptrdiff_t cols) {
    const int steps = 5;
    const Problem<T> problem(rows, cols);
    for (const Local local : all_locals)
        for (const km::Isa isa : test::supported_isas()) {
            const auto reference = run<S>(km::Fused{.isa = isa}, problem, local, steps);
            const auto check = [&](const auto& policy, test::Layout layout, const char* name) {
                const auto result = run<S>(policy, problem, local, steps, layout);
                EXPECT_EQ(test::first_difference(result, reference), -1)
                    << name << ", " << test::name(layout) << ", " << km::name(isa) << ", " << problem.rows << " x "
                    << problem.cols << ", " << static_cast<int>(local);
            };
            for (const test::Layout layout : test::all_layouts) check(km::Fused{.isa = isa}, layout, "Fused");
            check(km::Fused{.depth = 3, .isa = isa}, test::Layout::contiguous, "Fused, depth 3");
            check(km::OpenMP{.threads = 2, .isa = isa, .min_cells_per_thread = 1}, test::Layout::contiguous, "OpenMP");
            check(test::Pool{.workers = 7, .isa = isa}, test::Layout::mirrored, "Pool");
            check(test::Pool{.workers = 3, .isa = isa, .on_threads = true}, test::Layout::window, "Pool on threads");
            if (local != Local::lattice) check(km::Serial{.isa = isa}, test::Layout::contiguous, "Serial");

            Problem<T> rest = problem;
            rest.theta = run<S>(km::Fused{.isa = isa}, problem, local, 2);
            EXPECT_EQ(test::first_difference(run<S>(km::Fused{.isa = isa}, rest, local, 3), reference), -1);
        }
#if KURAMOTO_X86
    // AVX2 and AVX-512 are of one class.
    if (km::is_supported(km::Isa::avx512)) {
        const auto narrow = run<S>(km::Fused{.isa = km::Isa::avx2}, problem, Local::lattice, steps);
        const auto wide = run<S>(km::Fused{.isa = km::Isa::avx512}, problem, Local::lattice, steps);
        EXPECT_EQ(test::first_difference(narrow, wide), -1);
    }
#endif
}

TYPED_TEST(MeanFieldSteppers, HaveTheSameBitsUnderEveryPolicyAndLayout) {
    SKIP_UNDER_FAST_MATH;
    for (const auto& [rows, cols] : {std::pair{37, 61}, std::pair{1, 97}, std::pair{97, 1}, std::pair{95, 173}}) {
        check_bits<TypeParam, float>(rows, cols);
        check_bits<TypeParam, double>(rows, cols);
    }
}

/// A strength of the noise for each cell, none twice.
template <class T> km::Field<T> diffusions(std::ptrdiff_t rows, std::ptrdiff_t cols) {
    km::Field<T> D(rows, cols);
    test::fill_distinct(D.view(), 9);
    for (std::ptrdiff_t k = 0; k < D.size(); ++k) D.data()[k] *= D.data()[k];
    return D;
}

constexpr std::pair<int, int> noisy_shapes[] = {{37, 61}, {1, 97}, {97, 1}, {700, 3}, {5, 1025}, {1, 1}, {40, 5}};

// With K = 0, mean-field coupling leaves a lattice alone: what is left is the noise of the lattice, in its place and
// order.
TYPED_TEST(MeanField, HasTheNoiseOfTheLattice) {
    SKIP_UNDER_FAST_MATH;
    using T = TypeParam;
    for (const std::pair<int, int>& shape : noisy_shapes) {
        const std::ptrdiff_t rows = shape.first;
        const std::ptrdiff_t cols = shape.second;
        const Problem<T> problem(rows, cols);
        const km::Field<T> D = diffusions<T>(rows, cols);
        const km::Model lattice{lagging, km::Grid<const T>(problem.omega.data(), rows, cols)};
        const auto check = [&](const auto& stepper, km::Isa isa) {
            std::vector<T> expected = problem.theta, found = problem.theta;
            km::advance(km::Fused{.isa = isa}, stepper, lattice, km::Grid<T>(expected.data(), rows, cols), 5, 1000003);
            km::advance(km::Fused{.isa = isa}, stepper, km::MeanFieldModel{km::MeanField{.K = 0}, lattice},
                        km::Grid<T>(found.data(), rows, cols), 5, 1000003);
            EXPECT_EQ(test::first_difference(found, expected), -1) << rows << " x " << cols << ' ' << km::name(isa);
        };
        for (const km::Isa isa : test::supported_isas()) {
            check(km::EulerMaruyama{.dt = 0.05, .D = 0.75, .seed = 3}, isa);
            check(km::EulerMaruyamaField<T>{.dt = 0.05, .D = D.view(), .seed = 4}, isa);
        }
    }
}

TYPED_TEST(MeanField, HasTheSameNoiseEverywhere) {
    SKIP_UNDER_FAST_MATH;
    using T = TypeParam;
    constexpr std::int64_t steps = 5, first = 77;
    for (const std::pair<int, int>& shape : noisy_shapes)
        for (const Local local : all_locals) {
            const std::ptrdiff_t rows = shape.first;
            const std::ptrdiff_t cols = shape.second;
            const Problem<T> problem(rows, cols);
            const km::Field<T> D = diffusions<T>(rows, cols);
            const km::EulerMaruyamaField<T> stepper{.dt = 0.05, .D = D.view(), .seed = 4};
            const km::Grid<const T> omega(problem.omega.data(), rows, cols);
            const auto check_under = [&](const auto& policy, test::Layout layout, std::int64_t split,
                                         const std::vector<T>& expected) {
                test::Cells<T> theta(layout, rows, cols);
                test::assign(theta.view(), problem.theta);
                with_model<T>(local, {.K = 1.5, .lag = 0.4}, omega, [&](const auto& model) {
                    km::advance(policy, stepper, model, theta.view(), split, first);
                    km::advance(policy, stepper, model, theta.view(), steps - split, first + split);
                });
                const km::Grid<const T> view = theta.view();
                const std::vector<T> found = test::values_of(view);
                if (expected.empty()) return found;
                EXPECT_EQ(test::first_difference(found, expected), -1)
                    << rows << " x " << cols << ", " << static_cast<int>(local) << ", " << test::name(layout);
                return found;
            };
            const auto check = [&](const auto& policy, test::Layout layout, std::int64_t split,
                                   const std::vector<T>& expected) {
                return check_under(test::erased(policy), layout, split, expected);
            };
            const std::vector<T> expected = check(km::Fused{}, test::Layout::contiguous, 0, {});
            for (const test::Layout layout : test::all_layouts) check(km::Fused{}, layout, 2, expected);
            check(km::OpenMP{.threads = 2, .min_cells_per_thread = 1}, test::Layout::contiguous, 3, expected);
            check(test::Pool{.workers = 3, .on_threads = true}, test::Layout::contiguous, 0, expected);
            if (local != Local::lattice) check(km::Serial{}, test::Layout::contiguous, 0, expected);
        }
}

// Identical oscillators in equilibrium: r = I₁(Kr/D)/I₀(Kr/D) (Strogatz & Mirollo 1991). Euler–Maruyama's state is
// wrong in first order of dt, which two time steps take out.
TEST(MeanField, HasTheOrderOfBesselFunctionsWithNoise) {
    const double K = 2, D = 0.5;
    const auto mean_r = [&](double dt, std::uint64_t seed) {
        const auto every = static_cast<std::int64_t>(std::lround(0.5 / dt));
        const km::MeanFieldModel model{km::MeanField{.K = K}, 0.0};
        const km::EulerMaruyama stepper{.dt = dt, .D = D, .seed = seed};
        km::Field<float> theta(64, 64);
        std::int64_t step = 20 * every;
        km::advance(km::Fused{}, stepper, model, theta, step, 0);
        double sum = 0;
        const int samples = 60;
        for (int k = 0; k < samples; ++k, step += every) {
            km::advance(km::Fused{}, stepper, model, theta, every, step);
            sum += km::order_parameter(theta).r / samples;
        }
        return sum;
    };
    std::vector<double> found;
    for (std::uint64_t seed = 0; seed < 12; ++seed)
        found.push_back(2 * mean_r(0.05, 2 * seed) - mean_r(0.1, 2 * seed + 1));
    double mean = 0, variance = 0;
    for (const double r : found) mean += r / 12;
    for (const double r : found) variance += (r - mean) * (r - mean) / 11;
    const double error = std::sqrt(variance / 12);
    double expected = 1;
    for (int k = 0; k < 200; ++k)
        expected = std::cyl_bessel_i(1, K * expected / D) / std::cyl_bessel_i(0, K * expected / D);
    EXPECT_NEAR(mean, expected, 5 * error + 1e-3); // dt² and 1/N
    EXPECT_LT(error, 1e-3);
}

TYPED_TEST(MeanField, SaysWhatIsWrongWithNoise) {
    using T = TypeParam;
    km::Field<T> theta(4, 5), D(5, 4);
    const km::Field<T> before = theta;
    const km::MeanFieldModel model{km::MeanField{.K = 1}, 0.0};
    const auto advance = [&](const auto& stepper, std::int64_t first_step = 0) {
        km::advance(km::Fused{}, stepper, model, theta, 0, first_step);
    };
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("D must not be negative, but is -1"),
                 advance(km::EulerMaruyama{.D = -1}));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("theta is 4 x 5", "D is 5 x 4"),
                 advance(km::EulerMaruyamaField<T>{.D = D.view()}));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("theta", "must not overlap D"),
                 advance(km::EulerMaruyamaField<T>{.D = theta.view()}));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("2^56"), advance(km::EulerMaruyama{.D = 1}, std::int64_t{1} << 60));
    for (std::ptrdiff_t k = 0; k < theta.size(); ++k) EXPECT_EQ(theta.data()[k], before.data()[k]);
}

TYPED_TEST(MeanField, AdvancesByTheRate) {
    SKIP_UNDER_FAST_MATH;
    using T = TypeParam;
    km::Field<T> theta(31, 203), omega(31, 203), rate(31, 203);
    test::fill_distinct(theta.view(), 5);
    test::fill_distinct(omega.view(), 6);
    const km::MeanFieldModel model{km::MeanField{.K = 0.75, .lag = 0.1}, km::Model{lagging, omega}};
    km::Field<T> expected = theta;
    km::rate(km::Fused{}, model, theta, rate);
    for (std::ptrdiff_t k = 0; k < theta.size(); ++k) // a power of two: the product is exact
        expected.data()[k] += T{0.0625} * rate.data()[k];
    km::advance(km::Fused{}, km::Euler{.dt = 0.0625}, model, theta, 1);
    EXPECT_EQ(test::first_difference(test::values_of(theta.view()), test::values_of(expected.view())), -1);
}

TYPED_TEST(MeanField, OfOneCellIsTheLagAlone) {
    using T = TypeParam;
    km::Field<T> theta(1, 1), rate(1, 1);
    theta(0, 0) = T(1.25);
    km::rate(km::Fused{}, km::MeanFieldModel{km::MeanField{.K = 2, .lag = 0.5}, 3}, theta, rate);
    EXPECT_NEAR(static_cast<double>(rate(0, 0)), 3 - 2 * std::sin(0.5),
                8 * static_cast<double>(std::numeric_limits<T>::epsilon()));
}

TYPED_TEST(MeanField, OfNoCellsDoesNothing) {
    using T = TypeParam;
    for (const auto& [rows, cols] : {std::pair{0, 5}, std::pair{5, 0}, std::pair{0, 0}}) {
        km::Field<T> theta(rows, cols), omega(rows, cols), rate(rows, cols);
        for (const Local local : {Local::number, Local::field})
            with_model<T>(local, {}, omega.view(), [&](const auto& model) {
                km::rate(km::OpenMP{.threads = 2}, model, theta, rate);
                km::advance(km::OpenMP{.threads = 2}, km::Heun{}, model, theta, 3);
                km::integrate(km::Fused{}, km::DormandPrince54{}, model, theta, 1.0);
            });
        const km::MeanFieldModel both{km::MeanField{}, km::Model{km::SineLaplacian{}, omega}};
        km::rate(km::Serial{}, both, theta, rate);
        km::advance(km::Fused{}, km::RungeKutta4{}, both, theta, 3);
        EXPECT_TRUE(theta.empty());
    }
}

TYPED_TEST(MeanField, SpreadsWhatIsNotANumber) {
    SKIP_UNDER_FAST_MATH;
    using T = TypeParam;
    for (const T bad : {std::numeric_limits<T>::quiet_NaN(), std::numeric_limits<T>::infinity()}) {
        km::Field<T> theta(5, 7), rate(5, 7);
        theta(3, 2) = bad;
        km::rate(km::Fused{}, km::MeanFieldModel{km::MeanField{}, 1.0}, theta, rate);
        for (std::ptrdiff_t k = 0; k < rate.size(); ++k) EXPECT_TRUE(std::isnan(rate.data()[k])) << k;
    }
}

// --- errors ---------------------------------------------------------------------------------------------------------

TYPED_TEST(MeanField, SaysWhatIsWrongBeforeItWrites) {
    using T = TypeParam;
    const double nan = std::numeric_limits<double>::quiet_NaN();
    km::Field<T> theta(4, 5), rate(4, 5), omega(4, 5), narrow(4, 4);
    test::fill_distinct(theta.view(), 5);
    test::fill_distinct(rate.view(), 6);
    const std::vector<T> phases = test::values_of(theta.view());
    const std::vector<T> rates = test::values_of(rate.view());
    const auto refuses = [&](const auto& model, std::initializer_list<std::string> parts) {
        EXPECT_ERROR(std::invalid_argument, parts, km::rate(km::Fused{}, model, theta, rate));
        for (const int steps : {0, 2})
            EXPECT_ERROR(std::invalid_argument, parts, km::advance(km::Fused{}, km::Heun{}, model, theta, steps));
        EXPECT_ERROR(std::invalid_argument, parts,
                     km::integrate(km::Fused{}, km::DormandPrince54{}, model, theta, 1.0));
    };
    const km::MeanField fine{.K = 2};
    refuses(km::MeanFieldModel{km::MeanField{.K = nan}, 0.0}, {"mean_field.K", "nan"});
    refuses(km::MeanFieldModel{km::MeanField{.lag = HUGE_VAL}, omega}, {"mean_field.lag", "inf"});
    refuses(km::MeanFieldModel{fine, nan}, {"omega", "nan"});
    refuses(km::MeanFieldModel{fine, narrow}, {"omega", "4 x 4", "4 x 5"});
    refuses(km::MeanFieldModel{fine, km::Model{km::SineLaplacian{}, narrow}}, {"omega", "4 x 4"});
    refuses(km::MeanFieldModel{fine, km::Model{km::SineLaplacian{.K = nan}, omega}}, {"K", "nan"});
    refuses(km::MeanFieldModel{fine, km::Model{km::SineLaplacian{.boundary = {.north = km::periodic}}, omega}},
            {"boundary.north"});

    const km::MeanFieldModel model{fine, omega};
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("rate", "4 x 4"), km::rate(km::Fused{}, model, theta, narrow));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("rate", "theta"), km::rate(km::Fused{}, model, theta, theta));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("rate", "omega"), km::rate(km::Fused{}, model, theta, omega));
    const km::Grid<T> flat(theta.data(), 4, 5, 0, 1);
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("rate overlaps itself"), km::rate(km::Fused{}, model, rate, flat));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("theta overlaps itself"),
                 km::advance(km::Fused{}, km::Euler{}, model, flat, 1));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("theta", "omega"),
                 km::advance(km::Fused{}, km::Euler{}, model, omega, 1));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("theta", "omega"),
                 km::integrate(km::Fused{}, km::DormandPrince54{}, model, omega, 1.0));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("steps", "-1"),
                 km::advance(km::Fused{}, km::Euler{}, model, theta, -1));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("first_step", "-2"),
                 km::advance(km::Fused{}, km::Euler{}, model, theta, 1, -2));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("dt", "0"),
                 km::advance(km::Fused{}, km::Euler{.dt = 0}, model, theta, 1));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("threads", "-1"),
                 km::advance(km::OpenMP{.threads = -1}, km::Euler{}, model, theta, 1));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("duration", "-1"),
                 km::integrate(km::Fused{}, km::DormandPrince54{}, model, theta, -1));
    EXPECT_EQ(test::first_difference(test::values_of(theta.view()), phases), -1);
    EXPECT_EQ(test::first_difference(test::values_of(rate.view()), rates), -1);
    km::advance(km::Fused{}, km::Euler{}, model, theta, 0);
    EXPECT_EQ(test::first_difference(test::values_of(theta.view()), phases), -1);
}

// --- physics --------------------------------------------------------------------------------------------------------

// Lorentzian frequencies of half width γ in cells without end: r² = r∞²/[1 + (r∞²/r₀² − 1) e^{−(K − 2γ) t}], r∞ =
// √(1 − 2γ/K) (Ott & Antonsen, Chaos 18 (2008) 037113), for phases that begin on their manifold, on which the phases of
// all frequencies are wrapped Cauchy with r₀. K below K_c = 2γ: the same formula, with r∞² < 0, decays to 0.
double ott_antonsen(double K, double half_width, double r0, double t) {
    const double limit = 1 - 2 * half_width / K;
    return std::sqrt(limit / (1 + (limit / (r0 * r0) - 1) * std::exp(-(K - 2 * half_width) * t)));
}

/// r at the given times, of one run with frequencies and phases from a seed.
std::vector<double> order_of_a_run(double K, double half_width, double r0, std::uint64_t seed, int samples) {
    km::Field<double> theta(64, 125), omega(64, 125);
    km::lorentzian_frequencies(omega, 0.0, half_width, seed);
    // Wrapped Cauchy with mean resultant r₀: a Cauchy variable of half width −ln r₀ (Mardia & Jupp, Directional
    // Statistics, 3.5.7), never wrapped.
    km::lorentzian_frequencies(theta, 0.0, -std::log(r0), seed + 1000);
    std::vector<double> result{km::order_parameter(theta).r};
    for (int k = 1; k < samples; ++k) {
        km::advance(km::OpenMP{.threads = 2}, km::RungeKutta4{.dt = 0.05},
                    km::MeanFieldModel{km::MeanField{.K = K}, omega}, theta, 20);
        result.push_back(km::order_parameter(theta).r);
    }
    return result;
}

/// Every run within five deviations of the curve, and their mean within five of its own, as long as r is well above the
/// 1/√N of phases at random.
void check_curve(double K, double half_width, double r0) {
    const int samples = 13;
    const int seeds = 12;
    std::vector<std::vector<double>> runs;
    for (std::uint64_t seed = 1; seed <= seeds; ++seed)
        runs.push_back(order_of_a_run(K, half_width, r0, seed, samples));
    for (std::size_t k = 0; k < samples; ++k) {
        const double exact = ott_antonsen(K, half_width, r0, static_cast<double>(k));
        if (exact < 0.1) break;
        double mean = 0;
        double square = 0;
        for (const std::vector<double>& one : runs) mean += one[k] / seeds;
        for (const std::vector<double>& one : runs) square += (one[k] - mean) * (one[k] - mean) / (seeds - 1);
        const double deviation = std::sqrt(square);
        for (const std::vector<double>& one : runs) EXPECT_LE(std::fabs(one[k] - exact), 5 * deviation) << k;
        EXPECT_LE(std::fabs(mean - exact), 5 * deviation / std::sqrt(seeds)) << K << ", time " << k;
        EXPECT_LE(deviation, 0.03) << K << ", time " << k; // the bounds bind: 1/√N is 0.011
    }
}

TEST(OttAntonsen, OrderFollowsTheCurve) {
    check_curve(2.0, 0.5, 0.2);   // K_c = 2γ = 1: up to √(1 − K_c/K) = 0.707
    check_curve(1.5, 0.25, 0.95); // down to 0.816
    check_curve(0.6, 0.5, 0.9);   // below K_c: to 0
}

} // namespace
