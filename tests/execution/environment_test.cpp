// The floating-point environment of the caller: it does not reach arithmetic, and is the caller's in its callbacks,
// after errors and in the flags. environment_bits_test runs every algorithm in every environment.

#include <kuramoto/kuramoto.hpp>
#include <kuramoto/openmp.hpp>

#include "support/environments.hpp"
#include "support/fast_math.hpp"
#include "support/values.hpp"

#include <gtest/gtest.h>

#include <cfenv>
#include <cmath>
#include <stdexcept>
#include <vector>

namespace km = kuramoto;

namespace {

template <class T> class EnvironmentOf : public ::testing::Test {};
using Precisions = ::testing::Types<float, double>;
TYPED_TEST_SUITE(EnvironmentOf, Precisions);

// A pulse on a lattice of zeros: its front consists of subnormal numbers, which FTZ would flush to zero.
template <class T, class P> std::vector<T> pulse(const P& policy) {
    km::Field<T> theta(61, 67);
    theta(30, 33) = sizeof(T) == 4 ? T(1e-30) : T(1e-300);
    km::advance(policy, km::Euler{.dt = 0.1}, km::Model{km::SineLaplacian{.K = 1.0}, 0.0}, theta, 25);
    return test::values_of(theta.view());
}

} // namespace

TYPED_TEST(EnvironmentOf, TheCallerDoesNotFlushSubnormalNumbers) {
    SKIP_UNDER_FAST_MATH;
    using T = TypeParam;
    const std::vector<T> expected = pulse<T>(km::Fused{});
    int subnormals = 0;
    for (const T value : expected) subnormals += std::fpclassify(value) == FP_SUBNORMAL ? 1 : 0;
    ASSERT_GT(subnormals, 0);
    for (const test::Environment& environment : test::every_environment()) {
        const test::Within within(environment);
        const std::vector<T> alone = pulse<T>(km::Fused{});
        const std::vector<T> shared = pulse<T>(km::OpenMP{.threads = 2, .min_cells_per_thread = 1});
        EXPECT_EQ(test::first_difference(alone, expected), -1) << environment.name();
        EXPECT_EQ(test::first_difference(shared, expected), -1) << environment.name();
    }
}

// The same of the workers' environment.
TYPED_TEST(EnvironmentOf, AWorkerDoesNotFlushSubnormalNumbers) {
    SKIP_UNDER_FAST_MATH;
    const std::vector<TypeParam> expected = pulse<TypeParam>(km::Fused{});
    test::Strangers::strays = 0;
    for (const test::Environment& environment : test::every_environment())
        EXPECT_EQ(test::first_difference(pulse<TypeParam>(test::Strangers{environment}), expected), -1)
            << environment.name();
    EXPECT_EQ(test::Strangers::strays, 0);
}

// A loop around an algorithm: a compiler may move loop-invariant arithmetic out of it.
TYPED_TEST(EnvironmentOf, TheCallerDoesNotReachArgumentsThatStayTheSame) {
    SKIP_UNDER_FAST_MATH;
    using T = TypeParam;
    volatile double third = 1.0 / 3;
    const auto run = [&](const test::Environment& environment) {
        km::Field<T> theta(5, 7);
        km::uniform_phases(theta, 3);
        const km::Euler euler{.dt = third * 0.1};
        const km::Model model{km::SineLaplacian{.K = third}, double{third}};
        const test::Within within(environment);
        for (int k = 0; k < 20; ++k) km::advance(km::Fused{}, euler, model, theta, 1);
        return test::values_of(theta.view());
    };
    const std::vector<T> expected = run({});
    for (const test::Environment& environment : test::every_environment())
        EXPECT_EQ(test::first_difference(run(environment), expected), -1) << environment.name();
}

// The observer of a simulation is the caller's own code, and so is the visitor of vortices.
TEST(Environment, OfACallbackIsTheCallers) {
    const test::Environment mine{FE_UPWARD, test::Subnormals::kept};
    km::Field<double> theta(9, 11);
    km::uniform_phases(theta, 3);
    km::Simulation simulation(km::Model{km::SineLaplacian{}, 0.0}, theta, km::Euler{.dt = 0.1});
    km::Simulation adaptive(km::Model{km::SineLaplacian{}, 0.0}, theta, km::DormandPrince54{});
    int calls = 0;
    int strays = 0;
    const auto look = [&](const auto&) {
        ++calls;
        strays += test::is_in(mine) ? 0 : 1;
    };
    {
        const test::Within within(mine);
        simulation.run(km::Fused{}, 4, 1, look);
        adaptive.run(km::Fused{}, 0.5, 0.25, look);
        km::for_each_vortex(km::Boundary{}, theta, look);
    }
    EXPECT_GT(calls, 8);
    EXPECT_EQ(strays, 0);
}

// An exception does not change the environment, either.
TEST(Environment, IsTheCallersAfterAnError) {
    const test::Environment mine{FE_DOWNWARD, test::Subnormals::flushed};
    km::Field<double> theta(9, 11);
    bool is_left = false;
    {
        const test::Within within(mine);
        EXPECT_THROW(km::advance(km::Fused{}, km::Euler{.dt = -1}, km::Model{km::SineLaplacian{}, 0.0}, theta, 1),
                     std::invalid_argument);
        is_left = std::fegetround() == FE_DOWNWARD;
    }
    EXPECT_TRUE(is_left);
}

// The caller sees the flags that a computation raises, even if its environment is not the default one.
TEST(Environment, KeepsTheFlagsThatWereRaised) {
    std::feclearexcept(FE_ALL_EXCEPT);
    volatile double x = 0.3;
    {
        const test::Within within({FE_UPWARD, test::Subnormals::kept});
        static_cast<void>(km::sin(double{x}));
    }
    EXPECT_NE(std::fetestexcept(FE_INEXACT), 0);
    EXPECT_EQ(std::fetestexcept(FE_INVALID | FE_DIVBYZERO | FE_OVERFLOW), 0);
}
