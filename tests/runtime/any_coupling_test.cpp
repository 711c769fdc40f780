// A AnyCoupling gives the bits of the coupling that it was made of: every kernel of every coupling.

#include "support/policies.hpp"
#include "support/values.hpp"

#include <kuramoto/kuramoto.hpp>
#include <kuramoto/runtime/compiled_elsewhere.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <type_traits>

namespace km = kuramoto;

namespace {

/// A user's own: neither odd nor prepared, and without a slope.
struct Skewed {
    static constexpr bool odd = false;
    template <class V> V operator()(const V& d) const { return km::sin(d) + V(0.25) * km::cos(d); }
};

/// A coupling in a precision, with bonds of equal strength or with strengths.
template <class Element, class Function, bool WithStrengths> struct Case {
    using T = Element;
    using Coupling = Function;
    static constexpr bool has_strengths = WithStrengths;
};
// Each kernel of a coupling is compiled for both strengths; here one of them for each precision.
using Cases = testing::Types<Case<float, km::Sine, false>, Case<double, km::Sine, true>, Case<float, km::Linear, true>,
                             Case<double, km::Linear, false>, Case<float, km::SakaguchiSine, false>,
                             Case<double, km::SakaguchiSine, true>, Case<float, km::Harmonics<3>, true>,
                             Case<double, km::Harmonics<8>, false>, Case<float, Skewed, true>>;

template <class C> C with_parameters() {
    if constexpr (std::is_same_v<C, km::SakaguchiSine>)
        return {.lag = 0.375};
    else if constexpr (std::is_same_v<C, km::Harmonics<3>>)
        return {{1, -0.5, 0.25}};
    else if constexpr (std::is_same_v<C, km::Harmonics<8>>)
        return {{1, -0.5, 0.25, 0.125, 0.0625, 0.03125, -0.015625, 0.25}};
    else
        return {};
}

template <class Case> class Compiled : public testing::Test {
  public:
    using T = typename Case::T;

    Compiled() : theta(13, 37), omega(13, 37), velocity(13, 37), east(13, 37), south(13, 37) {
        test::fill_distinct(theta.view(), 1);
        test::fill_distinct(omega.view(), 2, T(0.25));
        test::fill_distinct(velocity.view(), 3, T(0.5));
        test::fill_distinct(east.view(), 4, T(0.5));
        test::fill_distinct(south.view(), 5, T(0.5));
        east(3, 4) = 0;
    }

    template <class C> auto lattice(const C& coupling) {
        const km::Laplacian<C> laplacian{.K = 0.5, .coupling = coupling, .boundary = boundary};
        if constexpr (Case::has_strengths)
            return km::Model{km::with_bonds(laplacian, east, south), omega};
        else
            return km::Model{laplacian, omega};
    }

    /// run(model, theta, velocity) with the coupling itself, and compiled.
    template <class Run> void compare(const std::string& what, const Run& run) {
        const auto coupling = with_parameters<typename Case::Coupling>();
        km::Field<T> expected = theta;
        km::Field<T> expected_velocity = velocity;
        run(lattice(coupling), expected, expected_velocity);
        km::Field<T> found = theta;
        km::Field<T> found_velocity = velocity;
        run(lattice(km::AnyCoupling<T>(coupling)), found, found_velocity);
        ASSERT_EQ(test::first_difference(test::values_of(found.view()), test::values_of(expected.view())), -1) << what;
        ASSERT_EQ(
            test::first_difference(test::values_of(found_velocity.view()), test::values_of(expected_velocity.view())),
            -1)
            << what;
        ASSERT_NE(test::first_difference(test::values_of(found.view()), test::values_of(theta.view())), -1)
            << what << " changed nothing";
    }

    km::Boundary boundary{
        .north = km::fixed_phase(0.25), .south = km::zero_flux, .west = km::periodic, .east = km::periodic};
    km::Field<T> theta, omega, velocity, east, south;
};
TYPED_TEST_SUITE(Compiled, Cases);

TYPED_TEST(Compiled, HasTheBitsOfTheCouplingItself) {
    const auto advanced_by = [](const auto& policy, const auto& stepper) {
        return [&](const auto& model, auto& phases, auto&) { km::advance(policy, stepper, model, phases, 5, 2); };
    };
    for (const km::Isa isa : test::supported_isas()) {
        const km::AnyPolicy fused = km::Fused{.isa = isa};
        this->compare("euler", advanced_by(fused, km::Euler{.dt = 0.125}));
        this->compare("rk4", advanced_by(fused, km::RungeKutta4{.dt = 0.125}));
        this->compare("maruyama", advanced_by(fused, km::EulerMaruyama{.dt = 0.125, .D = 0.25, .seed = 7}));
        this->compare("matthews", advanced_by(fused, km::LeimkuhlerMatthews{.dt = 0.125, .D = 0.25, .seed = 7}));
        this->compare("passes", advanced_by(km::Serial{.isa = isa}, km::Heun{.dt = 0.125}));
        this->compare("rate", [&](const auto& model, auto& phases, auto& velocities) {
            km::rate(fused, model, phases, velocities);
            phases = velocities;
        });
        const auto inertial = [&](const auto& stepper) {
            return [&](const auto& model, auto& phases, auto& velocities) {
                const km::InertialModel heavy{km::Inertia{.mass = 2, .damping = 0.5}, model};
                km::advance(fused, stepper, heavy, phases, velocities, 5, 2);
            };
        };
        this->compare("verlet", inertial(km::VelocityVerlet{.dt = 0.125}));
        this->compare("baoab", inertial(km::BAOAB{.dt = 0.125, .temperature = 0.25, .seed = 7}));
    }
}

TEST(AnyCoupling, KnowsTheSlopeOfItsCoupling) {
    EXPECT_EQ(km::AnyCoupling<float>(km::Sine{}).max_slope(), 1);
    EXPECT_EQ(km::AnyCoupling<double>(km::Harmonics<3>{{1, -0.5, 0.25}}).max_slope(), 2.75);
    EXPECT_TRUE(std::isnan(km::AnyCoupling<float>(Skewed{}).max_slope()));
    const km::Laplacian<km::AnyCoupling<float>> lattice{.K = 0.5, .coupling = km::AnyCoupling<float>(Skewed{})};
    EXPECT_TRUE(std::isnan(km::max_stable_dt(km::Euler{}, lattice)));
}

TEST(AnyCoupling, RefusesInvalidParametersWhenItIsMade) {
    const double infinite = std::numeric_limits<double>::infinity();
    EXPECT_THROW(km::AnyCoupling<float>(km::SakaguchiSine{infinite}), std::invalid_argument);
    EXPECT_THROW(km::AnyCoupling<float>(km::Harmonics<3>{{1, 1e300, 0}}), std::invalid_argument);
}

TEST(AnyCoupling, IsPartOfASimulation) {
    km::Field<double> theta(5, 7);
    test::fill_distinct(theta.view(), 1);
    const km::Laplacian<km::AnyCoupling<double>> lattice{.K = 1, .coupling = km::AnyCoupling<double>(km::Sine{})};
    km::Simulation compiled(km::Model{lattice, km::NumberOrField<double>(0.5)}, theta, km::Heun{.dt = 0.125});
    km::Simulation plain(km::Model{km::SineLaplacian{.K = 1}, 0.5}, theta, km::Heun{.dt = 0.125});
    compiled.run(km::Fused{}, 10);
    plain.run(km::Fused{}, 10);
    EXPECT_EQ(test::first_difference(test::values_of(compiled.theta()), test::values_of(plain.theta())), -1);
    EXPECT_THROW(km::Simulation(km::Model{lattice, 0.5}, theta, km::Heun{.dt = 10}), std::invalid_argument);
}

} // namespace
