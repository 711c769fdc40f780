// Adaptive integration: exact solutions to the tolerance, the order of the method, what it reports and what it refuses,
// and the same bits under every policy.

#include <kuramoto/kuramoto.hpp>
#include <kuramoto/openmp.hpp>

#include "support/expect_error.hpp"
#include "support/layouts.hpp"
#include "support/policies.hpp"
#include "support/problem.hpp"
#include "support/values.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <stdexcept>
#include <vector>

namespace km = kuramoto;

namespace {

/// Two cells of one frequency: tan(φ/2) = tan(φ₀/2) e^(−2Kt) (Adler 1946).
double exact_difference(double K, double start, double time) {
    return 2 * std::atan(std::tan(start / 2) * std::exp(-2 * K * time));
}

double error_of_two_cells(const km::DormandPrince54& method, double time) {
    km::Field<double> theta(1, 2);
    theta(0, 1) = 2.5;
    km::integrate(km::Fused{}, method, km::Model{km::SineLaplacian{.K = 0.5}, 0.25}, theta, time);
    EXPECT_NEAR(theta(0, 0) + theta(0, 1), 2.5 + 2 * 0.25 * time, 1e-12) << "the sum of phases";
    return std::fabs(theta(0, 1) - theta(0, 0) - exact_difference(0.5, 2.5, time));
}

/// No flux up to a difference of 1, and a huge one beyond: no step is short enough there.
struct Wall {
    static constexpr bool odd = true;
    template <class V> V operator()(const V& d) const {
        return km::select(d > 1, V(1e20F), km::select(d < -1, V(-1e20F), V(0)));
    }
};

TEST(DormandPrince54, KeepsToItsTolerance) {
    double last = 1;
    for (const double tolerance : {1e-3, 1e-5, 1e-7, 1e-9, 1e-11}) {
        const double error = error_of_two_cells({.relative_tolerance = 0, .absolute_tolerance = tolerance}, 3);
        EXPECT_LT(error, 10 * tolerance) << tolerance;
        EXPECT_LT(error, last / 10) << "smaller with the tolerance";
        last = error;
    }
}

// With steps of one length, which a lax tolerance leaves at the largest, the error falls with the fifth power of it (at
// first a little faster).
TEST(DormandPrince54, IsOfFifthOrder) {
    const auto error = [](double dt) {
        return error_of_two_cells({.relative_tolerance = 0, .absolute_tolerance = 1, .initial_dt = dt, .max_dt = dt},
                                  2);
    };
    for (const double dt : {0.125, 0.0625, 0.03125}) {
        EXPECT_GT(std::log2(error(dt) / error(dt / 2)), 4.5) << dt;
        EXPECT_LT(std::log2(error(dt) / error(dt / 2)), 6) << dt;
    }
}

// Two cells whose frequencies differ by more than 2K pass each other √(Δ² − 4K²) / 2π times a unit of time.
TEST(DormandPrince54, FollowsABeat) {
    km::Field<double> theta(2, 1), omega(2, 1);
    omega(0, 0) = 1.5;
    const double period = 2 * 3.14159265358979323846 / std::sqrt(1.5 * 1.5 - 1);
    km::integrate(km::Fused{}, {.relative_tolerance = 0, .absolute_tolerance = 1e-10},
                  km::Model{km::SineLaplacian{.K = 0.5}, omega}, theta, 4 * period);
    EXPECT_NEAR(theta(0, 0) - theta(1, 0), 8 * 3.14159265358979323846, 1e-8);
}

// A mode of the linear operator decays with e^(Kλt).
TEST(DormandPrince54, DampsALinearMode) {
    km::Field<double> theta(9, 14);
    const double pi = 3.14159265358979323846;
    const auto mode = [&](std::ptrdiff_t i, std::ptrdiff_t j) {
        return std::cos(pi * 2 * (static_cast<double>(i) + 0.5) / 9) *
               std::cos(pi * 3 * (static_cast<double>(j) + 0.5) / 14);
    };
    for (std::ptrdiff_t i = 0; i < 9; ++i)
        for (std::ptrdiff_t j = 0; j < 14; ++j) theta(i, j) = mode(i, j);
    km::integrate(km::Fused{}, {.relative_tolerance = 0, .absolute_tolerance = 1e-11},
                  km::Model{km::LinearLaplacian{.K = 0.75}, 0.0}, theta, 2.0);
    const double sine_p = std::sin(pi * 2 / 18);
    const double sine_q = std::sin(pi * 3 / 28);
    const double factor = std::exp(-0.75 * 4 * (sine_p * sine_p + sine_q * sine_q) * 2.0);
    for (std::ptrdiff_t i = 0; i < 9; ++i)
        for (std::ptrdiff_t j = 0; j < 14; ++j) EXPECT_NEAR(theta(i, j), factor * mode(i, j), 1e-9);
}

TEST(DormandPrince54, ReportsWhatItDid) {
    const test::Problem<double> problem(12, 17);
    km::Field<double> theta(12, 17);
    test::assign(theta.view(), problem.theta);
    const km::Grid<const double> omega(problem.omega.data(), 12, 17);
    const km::Model model{km::SineLaplacian{.K = 1}, omega};
    const km::IntegrationReport report = km::integrate(km::Fused{}, km::DormandPrince54{}, model, theta, 5.0);
    EXPECT_GT(report.accepted, 10);
    EXPECT_EQ(report.evaluations, 2 + 6 * (report.accepted + report.rejected));
    EXPECT_GT(report.min_dt, 0);
    EXPECT_LE(report.min_dt, report.max_dt);
    EXPECT_GT(report.next_dt, 0);
    // A first step that is far too long is rejected, and the result is as good.
    km::Field<double> other(12, 17);
    test::assign(other.view(), problem.theta);
    const km::IntegrationReport rash = km::integrate(km::Fused{}, {.initial_dt = 3.0}, model, other, 5.0);
    EXPECT_GT(rash.rejected, 0);
    for (std::ptrdiff_t k = 0; k < theta.size(); ++k) EXPECT_NEAR(theta.data()[k], other.data()[k], 1e-4);
}

template <class T> class Integrations : public testing::Test {};
using Precisions = testing::Types<float, double>;
TYPED_TEST_SUITE(Integrations, Precisions);

// Many short steps of Runge and Kutta's method come to the same state.
TYPED_TEST(Integrations, AgreeWithFixedSteps) {
    using T = TypeParam;
    const test::Problem<T> problem(23, 40);
    km::Field<T> adaptive(23, 40), fixed(23, 40);
    test::assign(adaptive.view(), problem.theta);
    test::assign(fixed.view(), problem.theta);
    const km::Grid<const T> omega(problem.omega.data(), 23, 40);
    const km::Model model{km::SineLaplacian{.K = 1, .boundary = km::torus}, omega};
    const double tolerance = sizeof(T) == 4 ? 1e-5 : 1e-9;
    km::integrate(km::OpenMP{}, {.relative_tolerance = 0, .absolute_tolerance = tolerance}, model, adaptive, 2.0);
    km::advance(km::Fused{}, km::RungeKutta4{.dt = 0.0078125}, model, fixed, 256);
    for (std::ptrdiff_t k = 0; k < fixed.size(); ++k)
        EXPECT_NEAR(adaptive.data()[k], fixed.data()[k], sizeof(T) == 4 ? 2e-4 : 1e-6);
}

#if !defined(__FAST_MATH__)
TYPED_TEST(Integrations, HaveTheSameBitsUnderEveryPolicyAndLayout) {
    using T = TypeParam;
    const test::Problem<T> problem(97, 131);
    const km::Grid<const T> omega(problem.omega.data(), 97, 131);
    const km::Model model{km::SineLaplacian{.K = 1}, omega};
    const auto run = [&](const auto& policy, test::Layout layout) {
        test::Cells<T> theta(layout, 97, 131);
        test::assign(theta.view(), problem.theta);
        km::integrate(policy, {.absolute_tolerance = 1e-4}, model, theta.view(), 1.0);
        EXPECT_TRUE(theta.canaries_alive());
        return test::values_of(theta.view());
    };
    const auto reference = run(km::Fused{}, test::Layout::contiguous);
    for (const test::Layout layout : test::all_layouts) {
        EXPECT_EQ(test::first_difference(run(km::Fused{}, layout), reference), -1) << test::name(layout);
        EXPECT_EQ(test::first_difference(run(km::OpenMP{.threads = 2, .min_cells_per_thread = 1}, layout), reference),
                  -1);
        EXPECT_EQ(test::first_difference(run(test::Pool{.workers = 7}, layout), reference), -1);
    }
}
#endif

TYPED_TEST(Integrations, OfNothingChangeNothing) {
    using T = TypeParam;
    const km::Model model{km::SineLaplacian{}, 1.0};
    km::Field<T> theta(2, 3), empty(0, 4);
    theta(1, 2) = T{0.5};
    EXPECT_EQ(km::integrate(km::Fused{}, km::DormandPrince54{}, model, theta, 0.0).evaluations, 0);
    EXPECT_EQ(theta(1, 2), T{0.5});
    EXPECT_EQ(km::integrate(km::Fused{}, km::DormandPrince54{}, model, empty, 1.0).accepted, 0);
    km::Field<T> lone(1, 1);
    km::integrate(km::Fused{}, km::DormandPrince54{}, model, lone, 3.0);
    EXPECT_NEAR(lone(0, 0), 3, 4e-6);
}

TYPED_TEST(Integrations, LeaveThePhasesWhenTheyFail) {
    using T = TypeParam;
    const km::Model model{km::SineLaplacian{}, 1.0};
    km::Field<T> theta(2, 3);
    theta(0, 1) = T{0.75};
    EXPECT_ERROR(std::runtime_error, TEST_PARTS("after max_steps = 3 steps"),
                 km::integrate(km::Fused{}, {.max_dt = 0.01, .max_steps = 3}, model, theta, 1.0));
    EXPECT_EQ(theta(0, 1), T{0.75});
    EXPECT_EQ(theta(0, 0), T{0});
    if constexpr (sizeof(T) == 8) { // a float's spacing is too coarse to run into the wall
        const km::Field<T> before = theta;
        const km::Grid<const T> faster = km::as_grid(before); // 0.75 for one cell, 0 for the others
        const km::Model wall{km::Laplacian<Wall>{.K = 1}, faster};
        EXPECT_ERROR(
            std::runtime_error, TEST_PARTS("the step that the tolerance asks for is too short"),
            km::integrate(km::Fused{}, {.relative_tolerance = 0, .absolute_tolerance = 1e-13}, wall, theta, 10.0));
        EXPECT_EQ(theta(0, 1), T{0.75});
    }
    for (const T bad : {test::number<T>("nan"), test::number<T>("inf")}) {
        theta(1, 1) = bad;
        EXPECT_ERROR(std::runtime_error, TEST_PARTS("not finite"),
                     km::integrate(km::Fused{}, km::DormandPrince54{}, model, theta, 1.0));
        EXPECT_EQ(theta(0, 1), T{0.75});
    }
}

#if !defined(__FAST_MATH__) // fast-math flushes subnormal numbers
// A duration that cannot be divided is one step.
TYPED_TEST(Integrations, OfTheShortestTimesAreOneStep) {
    using T = TypeParam;
    const km::Model model{km::SineLaplacian{}, 1.0};
    for (const double duration : {5e-324, 1e-323, 2e-323, 1e-320, 1e-310, 2.3e-308, 1e-300, 1e-30})
        for (const double initial_dt : {0.0, 5e-324, 1e-310, 1e300}) {
            if (initial_dt > 0 && initial_dt < duration) continue;
            km::Field<T> theta(1, 2);
            const km::IntegrationReport report =
                km::integrate(km::Fused{}, {.initial_dt = initial_dt}, model, theta, duration);
            EXPECT_EQ(report.accepted, 1) << duration;
            EXPECT_EQ(report.min_dt, duration);
            EXPECT_NEAR(static_cast<double>(theta(0, 1)), duration,
                        0.25 * duration + (sizeof(T) == 4 ? 1e-45 : 1e-323));
        }
}

// The message names the parameter that is too short, not the tolerance.
TYPED_TEST(Integrations, NameWhatIsTooShort) {
    using T = TypeParam;
    const km::Model model{km::SineLaplacian{}, 1.0};
    km::Field<T> theta(1, 2);
    for (const double duration : {1e-310, 1.0, 1e308}) {
        EXPECT_ERROR(std::runtime_error, TEST_PARTS("at time 0 of", "initial_dt = 4.94", "is too short"),
                     km::integrate(km::Fused{}, {.initial_dt = 5e-324}, model, theta, duration));
        EXPECT_ERROR(std::runtime_error, TEST_PARTS("at time 0 of", "max_dt = 4.94", "is too short"),
                     km::integrate(km::Fused{}, {.max_dt = 5e-324}, model, theta, duration));
    }
    EXPECT_EQ(theta(0, 1), T{0});
}
#endif

TEST(DormandPrince54, RefusesWhatCannotBe) {
    km::Field<double> theta(2, 3);
    const km::Field<double> omega(3, 3);
    const km::Model model{km::SineLaplacian{}, 1.0};
    const auto refused = [&](const km::DormandPrince54& method, double duration, const char* what) {
        EXPECT_ERROR(std::invalid_argument, TEST_PARTS(what),
                     km::integrate(km::Fused{}, method, model, theta, duration));
    };
    refused({}, -1, "duration must be finite and not negative, but is -1");
    refused({}, test::number<double>("inf"), "duration must be finite");
    refused({.relative_tolerance = -1e-3}, 1, "relative_tolerance must be finite and not negative");
    refused({.absolute_tolerance = test::number<double>("nan")}, 1, "absolute_tolerance must be finite");
    refused({.relative_tolerance = 0, .absolute_tolerance = 0}, 1, "must not both be 0");
    refused({.max_dt = 0}, 1, "max_dt must be positive");
    refused({.max_dt = test::number<double>("nan")}, 1, "max_dt must be positive, but is nan");
    refused({.max_steps = -1}, 1, "max_steps must not be negative");
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("omega"),
                 km::integrate(km::Fused{}, km::DormandPrince54{}, km::Model{km::SineLaplacian{}, omega}, theta, 1.0));
}

// A phase of 0 has no relative error; if nothing moves it there is none at all.
TEST(DormandPrince54, TakesPhasesOfZeroWithoutAnAbsoluteTolerance) {
    km::Field<double> theta(5, 7);
    const km::IntegrationReport report = km::integrate(km::Fused{}, km::DormandPrince54{.absolute_tolerance = 0},
                                                       km::Model{km::SineLaplacian{}, 0.0}, theta, 1.0);
    EXPECT_GT(report.accepted, 0);
    for (std::ptrdiff_t k = 0; k < theta.size(); ++k) EXPECT_EQ(theta.data()[k], 0) << k;
}

// One that moves has a scale after a step.
TEST(DormandPrince54, StartsFromPhasesOfZeroWithoutAnAbsoluteTolerance) {
    const test::Problem<double> problem(5, 7);
    for (const bool all_are_zero : {true, false}) {
        km::Field<double> theta(5, 7);
        if (!all_are_zero) test::assign(theta.view(), problem.theta);
        theta(2, 3) = 0;
        km::Field<double> other = theta;
        const km::Model model{km::SineLaplacian{}, 0.5};
        km::integrate(km::Fused{}, km::DormandPrince54{.relative_tolerance = 1e-9, .absolute_tolerance = 0}, model,
                      theta, 1.0);
        km::advance(km::Fused{}, km::RungeKutta4{.dt = 1.0 / 512}, model, other, 512);
        for (std::ptrdiff_t k = 0; k < theta.size(); ++k) EXPECT_NEAR(theta.data()[k], other.data()[k], 1e-7) << k;
    }
}

// Sums of steps are rounded: what is left for the last one may be a little more than the longest step, or nearly
// nothing.
TEST(DormandPrince54, ArrivesWhereItsLongestStepsDo) {
    for (const double dt : {0.1, 0.05, 0.2})
        for (int steps = 1; steps <= 40; ++steps) {
            km::Field<double> theta(1, 2);
            theta(0, 1) = 1;
            const km::IntegrationReport report =
                km::integrate(km::Fused{}, {.absolute_tolerance = 1, .initial_dt = dt, .max_dt = dt},
                              km::Model{km::SineLaplacian{.K = 0.5}, 0.5}, theta, steps * dt);
            EXPECT_LE(report.accepted, steps + 1) << dt;
            EXPECT_GE(report.accepted, steps) << dt;
            EXPECT_LE(report.max_dt, dt);
            EXPECT_GT(report.min_dt, 0.4 * dt) << steps;
        }
}

// A step that leads to infinity or to NaN is tried again, shorter, whatever a build assumes of numbers.
TEST(DormandPrince54, RejectsWhatIsNoNumber) {
    km::Field<double> theta(8, 8);
    for (std::ptrdiff_t k = 0; k < theta.size(); ++k) theta.data()[k] = 0.1 * static_cast<double>(k * k % 17);
    const std::vector<double> before(theta.data(), theta.data() + theta.size());
    EXPECT_ERROR(std::runtime_error, TEST_PARTS("after max_steps = 40 steps"),
                 km::integrate(km::Fused{}, {.initial_dt = 1.0, .max_steps = 40},
                               km::Model{km::LinearLaplacian{.K = 1e100}, 0.0}, theta, 1.0));
    EXPECT_EQ(std::vector<double>(theta.data(), theta.data() + theta.size()), before);
}

TEST(DormandPrince54, ChecksTheModelForNoTimeToo) {
    km::Field<double> theta(5, 7);
    const km::Model model{km::SineLaplacian{.K = test::number<double>("inf")}, 0.0};
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("K", "finite"),
                 km::integrate(km::Fused{}, km::DormandPrince54{}, model, theta, 0.0));
}

} // namespace
