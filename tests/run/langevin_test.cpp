// BAOAB: the variances of a harmonic lattice at any time step and damping, fields of masses and dampings, and the limit
// of strong damping. The recurrence itself is in inertia_test.
#include <kuramoto/kuramoto.hpp>

#include "support/fast_math.hpp"
#include "support/linear_modes.hpp"
#include "support/values.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace km = kuramoto;

namespace {

template <class T> class Langevin : public testing::Test {};
using Precisions = testing::Types<float, double>;
TYPED_TEST_SUITE(Langevin, Precisions);

using test::Estimate;
using test::estimate;
using test::Mode;
using test::modes;

struct Variances {
    std::array<Estimate, 4> theta;
    std::array<Estimate, 4> velocity;
};

/// The stationary variances of the modes on the linear lattice with K = 1, from a run of its own for each seed.
template <class Coefficients> Variances mode_variances(const Coefficients& inertia, double dt, double temperature) {
    const km::InertialModel model{inertia, km::Model{km::LinearLaplacian{.K = 1}, 0.0}};
    std::array<std::vector<double>, 4> phases;
    std::array<std::vector<double>, 4> speeds;
    const auto relaxation = static_cast<std::int64_t>(60 / dt); // some relaxation times of the slowest mode
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
        km::Field<double> theta(Mode::rows, Mode::cols), velocity(Mode::rows, Mode::cols);
        const km::BAOAB stepper{.dt = dt, .temperature = temperature, .seed = seed};
        std::int64_t step = relaxation;
        km::advance(km::Fused{}, stepper, model, theta, velocity, step, 0);
        std::array<double, 4> squares{};
        std::array<double, 4> speed_squares{};
        const int samples = 400;
        for (int sample = 0; sample < samples; ++sample, step += 9) {
            km::advance(km::Fused{}, stepper, model, theta, velocity, 9, step);
            for (std::size_t k = 0; k < modes.size(); ++k) {
                squares[k] += std::pow(modes[k].amplitude(theta), 2);
                speed_squares[k] += std::pow(modes[k].amplitude(velocity), 2);
            }
        }
        for (std::size_t k = 0; k < modes.size(); ++k) {
            phases[k].push_back(squares[k] / samples);
            speeds[k].push_back(speed_squares[k] / samples);
        }
    }
    Variances found;
    for (std::size_t k = 0; k < modes.size(); ++k) {
        found.theta[k] = estimate(phases[k]);
        found.velocity[k] = estimate(speeds[k]);
    }
    return found;
}

// The phases of a mode have the variance T / (K λ), whatever the time step and the damping. The velocities are too
// cold: T/m · (1 − dt² K λ / 4m). The largest time step is near the limit of stability.
TEST(BAOAB, GivesEveryModeItsVariance) {
    const double temperature = 0.5;
    const auto check = [&](const km::Inertia& inertia, double dt) {
        const Variances found = mode_variances(inertia, dt, temperature);
        for (std::size_t k = 0; k < modes.size(); ++k) {
            const double lambda = modes[k].eigenvalue();
            const double expected = temperature / lambda;
            const double speed = temperature / inertia.mass * (1 - dt * dt * lambda / (4 * inertia.mass));
            EXPECT_NEAR(found.theta[k].mean, expected, 5 * found.theta[k].error) << dt << ", mode " << k;
            EXPECT_NEAR(found.velocity[k].mean, speed, 5 * found.velocity[k].error) << dt << ", mode " << k;
            EXPECT_LT(found.theta[k].error, 0.04 * expected);
            EXPECT_LT(found.velocity[k].error, 0.04 * speed);
        }
    };
    check({.mass = 1, .damping = 1}, 0.6);
    check({.mass = 1, .damping = 1}, 0.2);
    check({.mass = 0.5, .damping = 4}, 0.45);
    check({.mass = 2, .damping = 0.75}, 0.9);
}

// It is so for any masses and dampings of the cells.
TEST(BAOAB, GivesEveryModeItsVarianceForAnyMassesAndDampings) {
    const double temperature = 0.5;
    km::Field<double> mass(Mode::rows, Mode::cols), damping(Mode::rows, Mode::cols);
    for (std::ptrdiff_t k = 0; k < mass.size(); ++k) {
        mass.data()[k] = 0.5 + 0.25 * static_cast<double>(k * k % 7);
        damping.data()[k] = 0.125 + 0.5 * static_cast<double>(k % 5);
    }
    const km::InertiaFields<double> inertia{.mass = mass, .damping = damping};
    const double dt =
        0.9 * km::max_stable_dt(km::BAOAB{}, km::InertialModel{inertia, km::Model{km::LinearLaplacian{.K = 1}, 0.0}});
    const Variances found = mode_variances(inertia, dt, temperature);
    for (std::size_t k = 0; k < modes.size(); ++k) {
        const double expected = temperature / modes[k].eigenvalue();
        EXPECT_NEAR(found.theta[k].mean, expected, 5 * found.theta[k].error) << "mode " << k;
        EXPECT_LT(found.theta[k].error, 0.04 * expected);
    }
}

// For γ dt ≫ m nothing of a velocity is left after a step: BAOAB is then Leimkuhler–Matthews with the time step dt² /
// 2m.
TYPED_TEST(Langevin, OfStrongDampingIsLeimkuhlerMatthews) {
    using T = TypeParam;
    const double dt = 0.25;
    const double mass = 0.5;
    const double temperature = 0.75;
    km::Field<T> theta(7, 21), velocity(7, 21), omega(7, 21);
    test::fill_distinct(theta.view(), 1);
    test::fill_distinct(omega.view(), 2);
    const km::Model lattice{km::SineLaplacian{.K = 1.25, .boundary = km::torus}, omega};
    const km::InertialModel model{km::Inertia{.mass = mass, .damping = 200}, lattice};
    const km::BAOAB stepper{.dt = dt, .temperature = temperature, .seed = 4};
    km::advance(km::Fused{}, stepper, model, theta, velocity, 1, 0); // what is left of the first velocity
    km::Field<T> same = theta;
    km::advance(km::Fused{}, stepper, model, theta, velocity, 20, 1);
    const km::LeimkuhlerMatthews limit{.dt = dt * dt / (2 * mass), .D = temperature, .seed = 4};
    km::advance(km::Fused{}, limit, lattice, same, 20, 0);
    const double tolerance = 2000 * static_cast<double>(std::numeric_limits<T>::epsilon());
    for (std::ptrdiff_t k = 0; k < theta.size(); ++k)
        ASSERT_NEAR(static_cast<double>(theta.data()[k]), static_cast<double>(same.data()[k]), tolerance) << k;
}

// Without a temperature, and without damping, BAOAB is VelocityVerlet.
TYPED_TEST(Langevin, WithoutTemperatureOrDampingIsVelocityVerlet) {
    using T = TypeParam;
    for (const bool has_temperature : {false, true}) {
        km::Field<T> theta(12, 45), velocity(12, 45), omega(12, 45);
        test::fill_distinct(theta.view(), 1);
        test::fill_distinct(velocity.view(), 2);
        test::fill_distinct(omega.view(), 3);
        km::Field<T> same = theta, speeds = velocity;
        const km::InertialModel model{km::Inertia{.mass = 2, .damping = has_temperature ? 0.0 : 0.5},
                                      km::Model{km::SineLaplacian{.K = 1}, omega}};
        const km::BAOAB stepper{.dt = 0.1, .temperature = has_temperature ? 1.0 : 0.0};
        km::advance(km::Fused{}, stepper, model, theta, velocity, 20, 3);
        km::advance(km::Fused{}, km::VelocityVerlet{.dt = 0.1}, model, same, speeds, 20);
        for (std::ptrdiff_t k = 0; k < theta.size(); ++k) {
            ASSERT_EQ(theta.data()[k], same.data()[k]) << k;
            ASSERT_EQ(velocity.data()[k], speeds.data()[k]) << k;
        }
    }
}

// --- fields ---------------------------------------------------------------------------------------------------------

/// The state after some steps.
template <class T> struct Run {
    km::Field<T> theta{13, 37};
    km::Field<T> velocity{13, 37};

    template <class Coefficients> explicit Run(const Coefficients& inertia) {
        test::fill_distinct(theta.view(), 1);
        test::fill_distinct(velocity.view(), 2);
        const km::InertialModel model{inertia, km::Model{km::SineLaplacian{.K = 1.25}, 0.25}};
        km::advance(km::Fused{}, km::BAOAB{.dt = 0.125, .temperature = 0.5, .seed = 6}, model, theta, velocity, 9, 2);
    }
    [[nodiscard]] bool is_same_as(const Run& other) const {
        return test::first_difference(test::values_of(theta.view()), test::values_of(other.theta.view())) == -1 &&
               test::first_difference(test::values_of(velocity.view()), test::values_of(other.velocity.view())) == -1;
    }
};

TYPED_TEST(Langevin, OfConstantFieldsHasTheBitsOfNumbers) {
    SKIP_UNDER_FAST_MATH;
    using T = TypeParam;
    km::Field<T> mass(13, 37), damping(13, 37);
    mass.fill(T(1.5));
    damping.fill(T(0.75));
    const Run<T> numbers(km::Inertia{.mass = 1.5, .damping = 0.75});
    EXPECT_TRUE(Run<T>(km::InertiaFields<T>{.mass = mass, .damping = damping}).is_same_as(numbers));
    EXPECT_TRUE(Run<T>(km::InertiaFields<T>{.mass = mass, .damping = 0.75}).is_same_as(numbers));
    EXPECT_TRUE(Run<T>(km::InertiaFields<T>{.mass = 1.5, .damping = damping}).is_same_as(numbers));
    EXPECT_TRUE(Run<T>(km::InertiaFields<T>{.mass = 1.5, .damping = 0.75}).is_same_as(numbers));
    EXPECT_FALSE(Run<T>(km::InertiaFields<T>{.mass = 1.5}).is_same_as(numbers));
}

// Without coupling each cell has the path of a run with its own numbers.
TYPED_TEST(Langevin, TakesTheNumbersOfEachCell) {
    using T = TypeParam;
    km::Field<T> mass(5, 7), damping(5, 7), theta(5, 7), velocity(5, 7);
    for (std::ptrdiff_t k = 0; k < mass.size(); ++k) {
        mass.data()[k] = T(0.5) + T(0.25) * static_cast<T>(k % 6);
        damping.data()[k] = T(0.125) * static_cast<T>(k % 9);
    }
    velocity.fill(1);
    const km::Model free{km::SineLaplacian{.K = 0}, 0.5};
    const km::BAOAB stepper{.dt = 0.125, .temperature = 0.5, .seed = 6};
    km::advance(km::Fused{}, stepper, km::InertialModel{km::InertiaFields<T>{.mass = mass, .damping = damping}, free},
                theta, velocity, 9, 2);
    for (std::ptrdiff_t k = 0; k < mass.size(); ++k) {
        km::Field<T> alone(5, 7), speed(5, 7);
        speed.fill(1);
        const km::Inertia inertia{.mass = static_cast<double>(mass.data()[k]),
                                  .damping = static_cast<double>(damping.data()[k])};
        km::advance(km::Fused{}, stepper, km::InertialModel{inertia, free}, alone, speed, 9, 2);
        EXPECT_EQ(theta.data()[k], alone.data()[k]) << k;
        EXPECT_EQ(velocity.data()[k], speed.data()[k]) << k;
    }
}

TYPED_TEST(Langevin, OfImpossibleFieldsIsNaN) {
    SKIP_UNDER_FAST_MATH; // NaN
    using T = TypeParam;
    km::Field<T> mass(1, 8), damping(1, 8), theta(1, 8), velocity(1, 8);
    mass.fill(2);
    mass(0, 1) = 0;
    mass(0, 2) = -1;
    mass(0, 3) = std::numeric_limits<T>::quiet_NaN();
    damping(0, 4) = -1;
    damping(0, 5) = std::numeric_limits<T>::infinity();
    const km::Field<T> none(1, 8); // strengths of bonds: nothing carries a NaN to the neighbours
    const km::Model free{km::with_bonds(km::SineLaplacian{}, none, none), 0.5};
    const km::InertialModel model{km::InertiaFields<T>{.mass = mass, .damping = damping}, free};
    km::advance(km::Fused{}, km::VelocityVerlet{}, model, theta, velocity, 1);
    for (std::ptrdiff_t j = 0; j < 8; ++j) {
        EXPECT_EQ(std::isnan(velocity(0, j)), j >= 1 && j <= 5) << j;
        EXPECT_EQ(std::isnan(theta(0, j)), j >= 1 && j <= 5) << j;
    }
    EXPECT_TRUE(std::isnan(km::max_stable_dt(km::BAOAB{}, model)));
}

TYPED_TEST(Langevin, IsStableUpToTheStepOfTheLeastMass) {
    using T = TypeParam;
    km::Field<T> mass(4, 6);
    mass.fill(2);
    mass(2, 3) = T(0.5);
    const km::Model lattice{km::SineLaplacian{.K = 1.5}, 0.0};
    const km::InertialModel fields{km::InertiaFields<T>{.mass = mass}, lattice};
    EXPECT_EQ(km::max_stable_dt(km::BAOAB{}, fields),
              km::max_stable_dt(km::VelocityVerlet{}, km::InertialModel{km::Inertia{.mass = 0.5}, lattice}));
    const km::InertialModel number{km::InertiaFields<T>{.mass = 2, .damping = mass}, lattice};
    EXPECT_EQ(km::max_stable_dt(km::BAOAB{}, number),
              km::max_stable_dt(km::BAOAB{}, km::InertialModel{km::Inertia{.mass = 2}, lattice}));
}

} // namespace
