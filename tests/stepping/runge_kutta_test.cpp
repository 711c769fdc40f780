// Heun's method, the classical Runge–Kutta method and a user's own: exact solutions and orders of convergence first,
// then the oracle and the same bits under every policy, depth, layout and boundary.

#include <kuramoto/kuramoto.hpp>
#include <kuramoto/openmp.hpp>

#include "support/couplings.hpp"
#include "support/layouts.hpp"
#include "support/oracle.hpp"
#include "support/policies.hpp"
#include "support/problem.hpp"
#include "support/values.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace km = kuramoto;

namespace {

/// Heun's third-order method: three stages, one of weight zero.
struct Heun3 {
    double dt = 0.1;
    static constexpr int stages = 3;
    static constexpr double inner[3] = {1.0 / 3, 2.0 / 3};
    static constexpr double outer[3] = {0.25, 0.0, 0.75};
    static constexpr double stability = 2.5127453266;
};
static_assert(km::FixedStepper<Heun3>);

template <class S> class Steppers : public testing::Test {};
using AllSteppers = testing::Types<km::Euler, km::Heun, Heun3, km::RungeKutta4>;
TYPED_TEST_SUITE(Steppers, AllSteppers);

template <class S> constexpr int order = S::stages; // true of these four

/// How far the difference of two cells is from tan(φ/2) = tan(φ₀/2) e^(−2Kt) at t = 2 (Adler 1946).
template <class S, class P> double error_after(const P& policy, int steps) {
    const double K = 0.5;
    km::Field<double> theta(1, 2);
    theta(0, 1) = 2.5;
    km::advance(policy, S{.dt = 2.0 / steps}, km::Model{km::SineLaplacian{.K = K}, 0.3}, theta, steps);
    const double exact = 2 * std::atan(std::tan(1.25) * std::exp(-2 * K * 2.0));
    return std::fabs(theta(0, 1) - theta(0, 0) - exact);
}

TYPED_TEST(Steppers, ConvergeWithTheirOrder) {
    const auto check = [](const auto& policy) {
        for (const int steps : {20, 40, 80}) {
            const double ratio = error_after<TypeParam>(policy, steps) / error_after<TypeParam>(policy, 2 * steps);
            EXPECT_NEAR(std::log2(ratio), order<TypeParam>, 0.25) << steps;
        }
    };
    check(km::Serial{});
    check(km::Fused{});
    check(km::Fused{.depth = 1});
}

TEST(RungeKutta4, IsAsExactAsItShouldBe) {
    EXPECT_LT(error_after<km::RungeKutta4>(km::Fused{}, 20), 1e-6);
    EXPECT_LT(error_after<km::RungeKutta4>(km::Fused{}, 160), 3e-10);
}

// The linear operator multiplies a cosine mode by R(dt λ) a step, where R is Taylor's polynomial of e^z up to the
// order.
TYPED_TEST(Steppers, MultiplyModesByTheirStabilityFunction) {
    const std::ptrdiff_t rows = 9;
    const std::ptrdiff_t cols = 14;
    const double pi = 3.14159265358979323846;
    const double K = 0.9;
    const double dt = 0.2;
    for (const std::pair<int, int>& wave : {std::pair{0, 1}, std::pair{3, 5}, std::pair{8, 13}}) {
        const int p = wave.first;
        const int q = wave.second;
        const auto mode = [&](std::ptrdiff_t i, std::ptrdiff_t j) {
            return std::cos(pi * p * (static_cast<double>(i) + 0.5) / rows) *
                   std::cos(pi * q * (static_cast<double>(j) + 0.5) / cols);
        };
        km::Field<double> theta(rows, cols);
        for (std::ptrdiff_t i = 0; i < rows; ++i)
            for (std::ptrdiff_t j = 0; j < cols; ++j) theta(i, j) = mode(i, j);
        const int steps = 23;
        km::advance(km::Fused{}, TypeParam{.dt = dt}, km::Model{km::LinearLaplacian{.K = K}, 0.0}, theta, steps);
        const double sine_p = std::sin(pi * p / (2 * rows));
        const double sine_q = std::sin(pi * q / (2 * cols));
        const double z = -dt * K * 4 * (sine_p * sine_p + sine_q * sine_q);
        double factor = 1;
        double term = 1;
        for (int k = 1; k <= order<TypeParam>; ++k) factor += term *= z / k;
        for (std::ptrdiff_t i = 0; i < rows; ++i)
            for (std::ptrdiff_t j = 0; j < cols; ++j)
                ASSERT_NEAR(theta(i, j), std::pow(factor, steps) * mode(i, j), 1e-13) << p << ", " << q;
    }
}

// Just below the largest stable step a disturbance of synchrony dies out, just above it does not.
TYPED_TEST(Steppers, AreStableUpToTheirLargestStep) {
    const km::SineLaplacian sine{.K = 1.5, .boundary = km::torus};
    const double most = km::max_stable_dt(TypeParam{}, sine);
    EXPECT_NEAR(most, TypeParam::stability / 12, 1e-15);
    for (const double share : {0.98, 1.02}) {
        km::Field<double> theta(6, 8);
        for (std::ptrdiff_t i = 0; i < 6; ++i)
            for (std::ptrdiff_t j = 0; j < 8; ++j) theta(i, j) = (i + j) % 2 == 0 ? 1e-4 : -1e-4;
        km::advance(km::Fused{}, TypeParam{.dt = share * most}, km::Model{sine, 0.0}, theta, 3000);
        if (share < 1)
            EXPECT_LT(std::fabs(theta(2, 3)), 1e-9);
        else
            EXPECT_GT(std::fabs(theta(2, 3)), 1e-2);
    }
}

TYPED_TEST(Steppers, AreRefusedBySimulationBeyondIt) {
    const km::Field<float> theta(3, 4);
    const km::SineLaplacian sine{.K = 2};
    const double most = km::max_stable_dt(TypeParam{}, sine);
    EXPECT_THROW(km::Simulation(km::Model{sine, 0.0}, theta, TypeParam{.dt = 1.001 * most}), std::invalid_argument);
    const double dt = 0.999 * most;
    km::Simulation simulation(km::Model{sine, 0.0}, theta, TypeParam{.dt = dt});
    simulation.run(km::Fused{}, 3);
    EXPECT_EQ(simulation.time(), 3 * dt);
}

using test::Problem;

template <class S, class T, class C, class P>
std::vector<T> run_under(const P& policy, const Problem<T>& problem, const C& coupling, const km::Boundary& boundary,
                         int steps, test::Layout layout) {
    test::Cells<T> theta(layout, problem.rows, problem.cols);
    test::Cells<T> omega(test::Layout::padded, problem.rows, problem.cols);
    test::assign(theta.view(), problem.theta);
    test::assign(omega.view(), problem.omega);
    const km::Model model{km::Laplacian<C>{.K = 1.25, .coupling = coupling, .boundary = boundary}, omega.view()};
    km::advance(policy, S{.dt = 0.0625}, model, theta.view(), steps);
    EXPECT_TRUE(theta.canaries_alive() && omega.canaries_alive());
    return test::values_of(theta.view());
}

template <class S, class T, class C, class P>
std::vector<T> run(const P& policy, const Problem<T>& problem, const C& coupling, const km::Boundary& boundary,
                   int steps, test::Layout layout = test::Layout::contiguous) {
    return run_under<S>(test::erased(policy), problem, coupling, boundary, steps, layout);
}

/// Edges of every kind.
struct NamedBoundary {
    const char* name;
    km::Boundary boundary;
};
const NamedBoundary some_boundaries[] = {
    {"zero flux", {}},
    {"torus", km::torus},
    {"rows go round",
     {.north = km::periodic, .south = km::periodic, .west = km::fixed_flux(0.75), .east = km::fixed_phase(0.25)}},
    {"columns go round",
     {.north = km::fixed_phase(-1.5), .south = km::fixed_flux(-0.25), .west = km::periodic, .east = km::periodic}},
};

template <class S, class T, class C> void check_against_the_oracle(const C& coupling) {
    const int steps = 3;
    for (const auto& [rows, cols] : {std::pair{1, 1}, std::pair{1, 40}, std::pair{40, 1}, std::pair{2, 3},
                                     std::pair{17, 33}, std::pair{4, 100}, std::pair{60, 5}}) {
        const Problem<T> problem(rows, cols);
        for (const NamedBoundary& edges : some_boundaries) {
            const test::Lattice<> lattice{rows, cols, test::ExactCoupling(coupling), 1.25L, edges.boundary};
            const test::ExactRun exact = test::exact_run_of<T>(S{.dt = 0.0625}, lattice, test::exact(problem.theta),
                                                               test::exact(problem.omega), steps);
            const auto check = [&](const auto& policy, const char* name) {
                const auto result = run<S>(policy, problem, coupling, edges.boundary, steps);
                for (std::size_t k = 0; k < result.size(); ++k)
                    ASSERT_LE(std::fabs(static_cast<long double>(result[k]) - exact.theta[k]), exact.tolerance)
                        << name << ", " << edges.name << ", " << problem.rows << " x " << problem.cols;
            };
            check(km::Serial{}, "Serial");
            check(km::Fused{}, "Fused");
            check(km::Fused{.depth = 1}, "Fused, depth 1");
            check(km::OpenMP{.threads = 2, .min_cells_per_thread = 1}, "OpenMP");
        }
    }
}

TYPED_TEST(Steppers, AreThoseOfTheOracle) {
    check_against_the_oracle<TypeParam, float>(km::Sine{});
    check_against_the_oracle<TypeParam, double>(km::Sine{});
    check_against_the_oracle<TypeParam, double>(test::Skewed{});
}

#if defined __FAST_MATH__
#define SKIP_UNDER_FAST_MATH GTEST_SKIP() << "bits are not promised under -ffast-math"
#else
#define SKIP_UNDER_FAST_MATH static_cast<void>(0)
#endif

template <class S, class T> void check_bits(std::ptrdiff_t rows, std::ptrdiff_t cols, const std::vector<int>& depths) {
    const int steps = 13;
    const Problem<T> problem(rows, cols);
    for (const NamedBoundary& edges : some_boundaries)
        for (const km::Isa isa : test::supported_isas()) {
            const auto reference =
                run<S>(km::Fused{.depth = 1, .isa = isa}, problem, test::Skewed{}, edges.boundary, steps);
            for (const int depth : depths) {
                const auto check = [&](const test::AnyPolicy& policy, test::Layout layout, const char* name) {
                    const auto result = run<S>(policy, problem, test::Skewed{}, edges.boundary, steps, layout);
                    EXPECT_EQ(test::first_difference(result, reference), -1)
                        << name << ", " << edges.name << ", " << km::name(isa) << ", depth " << depth << ", "
                        << problem.rows << " x " << problem.cols;
                };
                const km::Fused fused{.depth = depth, .isa = isa};
                check(fused, test::Layout::contiguous, "Fused");
                check(fused, test::Layout::window, "Fused, strided");
                const test::Pool pool{.workers = 7, .depth = depth, .isa = isa};
                check(pool, test::Layout::contiguous, "Pool");
                check(pool, test::Layout::column_major, "Pool, turned");
                check(pool, test::Layout::mirrored, "Pool, mirrored");
                check(km::OpenMP{.threads = 2, .depth = depth, .isa = isa, .min_cells_per_thread = 1},
                      test::Layout::contiguous, "OpenMP");
            }
        }
}

TYPED_TEST(Steppers, HaveTheSameBitsUnderEveryPolicyDepthAndLayout) {
    SKIP_UNDER_FAST_MATH;
    for (const auto& [rows, cols] : {std::pair{37, 61}, std::pair{1, 97}, std::pair{97, 1}, std::pair{150, 7}}) {
        check_bits<TypeParam, float>(rows, cols, {0, 2, 3});
        check_bits<TypeParam, double>(rows, cols, {5});
    }
}

// More workers than bands: narrow tiles, many bands of them.
TYPED_TEST(Steppers, HaveTheSameBitsInColumns) {
    SKIP_UNDER_FAST_MATH;
    check_bits<TypeParam, float>(3, 1539, {3});
    check_bits<TypeParam, float>(60, 523, {2});
    check_bits<TypeParam, double>(5, 701, {1});
}

TYPED_TEST(Steppers, LetARunBeSplit) {
    SKIP_UNDER_FAST_MATH;
    Problem<float> problem(23, 29);
    const auto whole = run<TypeParam>(km::Fused{}, problem, km::Sine{}, km::torus, 17);
    problem.theta = run<TypeParam>(km::Fused{}, problem, km::Sine{}, km::torus, 5);
    EXPECT_EQ(test::first_difference(run<TypeParam>(km::Fused{}, problem, km::Sine{}, km::torus, 12), whole), -1);
}

TYPED_TEST(Steppers, RefuseWhatTheyCannotDo) {
    km::Field<double> theta(2, 3);
    const km::Model model{km::SineLaplacian{}, 0.0};
    EXPECT_THROW(km::advance(km::Fused{}, TypeParam{.dt = 0}, model, theta, 1), std::invalid_argument);
    EXPECT_THROW(km::advance(km::Fused{}, TypeParam{.dt = -1}, model, theta, 1), std::invalid_argument);
    EXPECT_THROW(km::advance(km::Fused{}, TypeParam{.dt = HUGE_VAL}, model, theta, 1), std::invalid_argument);
    EXPECT_THROW(km::advance(km::Fused{}, TypeParam{}, model, theta, -1), std::invalid_argument);
}

} // namespace
