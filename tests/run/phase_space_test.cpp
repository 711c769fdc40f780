// Inertia as a system of first order: the rate of a state cell by cell, integrate against exact solutions, the same
// bits under every policy and for every layout, and what is refused.

#include <kuramoto/kuramoto.hpp>
#include <kuramoto/openmp.hpp>

#include "support/expect_error.hpp"
#include "support/layouts.hpp"
#include "support/policies.hpp"
#include "support/values.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <utility>
#include <vector>

namespace km = kuramoto;

namespace {

constexpr double pi = 3.14159265358979323846;
constexpr std::ptrdiff_t rows = 67; // with cols more cells than one task takes, and not whole pieces of 256
constexpr std::ptrdiff_t cols = 71;

/// What a model with inertia reads and advances, no two cells equal, in one layout.
template <class T> struct Fields {
    explicit Fields(test::Layout layout, std::ptrdiff_t rows_of = rows, std::ptrdiff_t cols_of = cols)
        : theta(layout, rows_of, cols_of), velocity(layout, rows_of, cols_of), omega(layout, rows_of, cols_of),
          mass(layout, rows_of, cols_of), damping(layout, rows_of, cols_of) {
        test::fill_distinct(theta.view(), 1);
        test::fill_distinct(velocity.view(), 2, T(0.5));
        test::fill_distinct(omega.view(), 3, T(0.25));
        test::fill_distinct(mass.view(), 4, T(0.25));    // in [−1, 1)
        test::fill_distinct(damping.view(), 5, T(0.25)); // the same
        for (std::ptrdiff_t i = 0; i < rows_of; ++i)
            for (std::ptrdiff_t j = 0; j < cols_of; ++j) {
                mass.view()(i, j) += T(1.5);
                damping.view()(i, j) += T(1);
            }
    }
    [[nodiscard]] auto lattice() {
        return km::Model{km::SineLaplacian{.K = 0.75, .boundary = {.north = km::fixed_phase(0.3)}}, omega.view()};
    }
    /// The model, if mass and damping are both fields.
    [[nodiscard]] auto model() {
        return km::InertialModel{km::InertiaFields<T>{.mass = mass.view(), .damping = damping.view()}, lattice()};
    }
    [[nodiscard]] bool canaries_alive() const {
        return theta.canaries_alive() && velocity.canaries_alive() && omega.canaries_alive() && mass.canaries_alive() &&
               damping.canaries_alive();
    }

    test::Cells<T> theta, velocity, omega, mass, damping;
};

template <class T> class PhaseSpace : public testing::Test {};
using Precisions = testing::Types<float, double>;
TYPED_TEST_SUITE(PhaseSpace, Precisions);

/// visit(policy) for one of each kind.
template <class Visit> void for_each_policy(const Visit& visit) {
    visit(km::Fused{});
    visit(km::OpenMP{.threads = 2, .min_cells_per_thread = 1});
    visit(test::Pool{.workers = 3});
}

TYPED_TEST(PhaseSpace, AStateHoldsPhasesAboveVelocities) {
    using T = TypeParam;
    for (const test::Layout layout : test::all_layouts) {
        Fields<T> fields(layout);
        km::Field<T> state = km::phase_space_state(fields.theta.view(), fields.velocity.view());
        ASSERT_EQ(state.rows(), 2 * rows);
        ASSERT_EQ(state.cols(), cols);
        EXPECT_EQ(state(0, 4), fields.theta.view()(0, 4));
        EXPECT_EQ(state(rows, 4), fields.velocity.view()(0, 4));
        EXPECT_EQ(test::values_of(km::phases_of(state)), test::values_of(fields.theta.view()));
        EXPECT_EQ(test::values_of(km::velocities_of(state)), test::values_of(fields.velocity.view()));
        km::velocities_of(state.view())(2, 3) = T(9);
        EXPECT_EQ(std::as_const(state)(rows + 2, 3), T(9));
    }
}

/// θ̈ = (rate − γ θ̇)/m in long double, from the library's own rate; and how far T may be from it.
template <class T, class M> void expect_rate(Fields<T>& fields, const M& model, test::Layout layout) {
    const bool are_fields = !std::is_same_v<decltype(model.inertia), km::Inertia>;
    km::Field<T> force(rows, cols);
    km::rate(km::Fused{}, model.model, fields.theta.view(), force);
    test::Cells<T> state(layout, 2 * rows, cols);
    test::Cells<T> rate(layout, 2 * rows, cols);
    const km::Field<T> joined = km::phase_space_state(fields.theta.view(), fields.velocity.view());
    test::assign(state.view(), test::values_of(joined.view()));
    for_each_policy([&](const auto& policy) {
        test::assign(rate.view(), std::vector<T>(2 * rows * cols, T(7)));
        km::rate(policy, model, state.view(), rate.view());
        EXPECT_TRUE(state.canaries_alive() && rate.canaries_alive() && fields.canaries_alive());
        for (std::ptrdiff_t i = 0; i < rows; ++i)
            for (std::ptrdiff_t j = 0; j < cols; ++j) {
                const T v = fields.velocity.view()(i, j);
                const auto m = are_fields ? static_cast<long double>(fields.mass.view()(i, j)) : 1.5L;
                const auto gamma = are_fields ? static_cast<long double>(fields.damping.view()(i, j)) : 0.25L;
                const auto f = static_cast<long double>(force(i, j));
                const long double drag = gamma * static_cast<long double>(v);
                const long double size = (std::fabs(f) + std::fabs(drag)) / m;
                EXPECT_EQ(rate.view()(i, j), v);
                EXPECT_NEAR(static_cast<double>(rate.view()(rows + i, j)), static_cast<double>((f - drag) / m),
                            2 * static_cast<double>(std::numeric_limits<T>::epsilon()) * static_cast<double>(size))
                    << i << ", " << j;
            }
    });
}

TYPED_TEST(PhaseSpace, TheRateIsVelocityAndAcceleration) {
    for (const test::Layout layout : test::all_layouts) {
        SCOPED_TRACE(test::name(layout));
        Fields<TypeParam> fields(layout);
        expect_rate(fields, fields.model(), layout);
        const km::Inertia numbers{.mass = 1.5, .damping = 0.25};
        expect_rate(fields, km::InertialModel{numbers, fields.lattice()}, layout);
        expect_rate(fields,
                    km::InertialModel{numbers, km::MeanFieldModel{km::MeanField{.K = 0.5}, fields.omega.view()}},
                    layout);
    }
}

// A cell that drifts: the velocity decays to ω/γ at the rate γ/m.
TYPED_TEST(PhaseSpace, AFreeOscillatorRelaxesToItsTerminalVelocity) {
    using T = TypeParam;
    const double mass = 1.5;
    const double damping = 0.75;
    const double torque = 0.6;
    const double time = 3;
    const km::InertialModel model{km::Inertia{.mass = mass, .damping = damping},
                                  km::Model{km::SineLaplacian{.K = 0.0}, torque}};
    const double tolerance = sizeof(T) == 4 ? 1e-6 : 1e-12;
    km::Field<T> theta(1, 2), velocity(1, 2);
    velocity(0, 1) = T(-2);
    km::integrate(km::Fused{}, {.relative_tolerance = tolerance, .absolute_tolerance = tolerance}, model, theta,
                  velocity, time);
    const double terminal = torque / damping;
    const double decay = std::exp(-damping * time / mass);
    for (const auto& [j, first] : {std::pair{0, 0.0}, std::pair{1, -2.0}}) {
        const double excess = first - terminal;
        EXPECT_NEAR(static_cast<double>(velocity(0, j)), terminal + excess * decay, 20 * tolerance);
        EXPECT_NEAR(static_cast<double>(theta(0, j)), terminal * time + excess * mass / damping * (1 - decay),
                    20 * tolerance);
    }
}

// A mode of the linear lattice is a damped oscillator: m ä + γ ȧ = −K λ a.
TEST(PhaseSpaceModes, SwingAsADampedOscillator) {
    const double mass = 0.8;
    const double damping = 0.3;
    const double K = 1.25;
    const km::InertialModel model{km::Inertia{.mass = mass, .damping = damping},
                                  km::Model{km::LinearLaplacian{.K = K}, 0.0}};
    km::Field<double> theta(rows, cols), velocity(rows, cols);
    const auto shape = [](std::ptrdiff_t i, std::ptrdiff_t j) {
        return std::cos(pi * 2 * (static_cast<double>(i) + 0.5) / rows) *
               std::cos(pi * 3 * (static_cast<double>(j) + 0.5) / cols);
    };
    for (std::ptrdiff_t i = 0; i < rows; ++i)
        for (std::ptrdiff_t j = 0; j < cols; ++j) theta(i, j) = shape(i, j);
    const double sine_of_rows = std::sin(pi * 2 / (2.0 * rows));
    const double sine_of_cols = std::sin(pi * 3 / (2.0 * cols));
    const double stiffness = 4 * K * (sine_of_rows * sine_of_rows + sine_of_cols * sine_of_cols);
    const double decay = damping / (2 * mass);
    const double angular = std::sqrt(stiffness / mass - decay * decay);
    const double time = 7;
    km::integrate(km::Fused{}, {.relative_tolerance = 0, .absolute_tolerance = 1e-12}, model, theta, velocity, time);
    const double envelope = std::exp(-decay * time);
    const double amplitude = envelope * (std::cos(angular * time) + decay / angular * std::sin(angular * time));
    const double speed = -envelope * stiffness / (mass * angular) * std::sin(angular * time);
    for (std::ptrdiff_t i = 0; i < rows; ++i)
        for (std::ptrdiff_t j = 0; j < cols; ++j) {
            EXPECT_NEAR(theta(i, j), amplitude * shape(i, j), 1e-9);
            EXPECT_NEAR(velocity(i, j), speed * shape(i, j), 1e-9);
        }
}

// Without damping, m Σ θ̇²/2 − K Σ cos(θ_j − θ_i) stays the same.
TEST(PhaseSpaceEnergy, IsKeptWithinTheTolerance) {
    const double mass = 1.5;
    const km::SineLaplacian sine{.K = 0.75, .boundary = km::torus};
    const km::InertialModel model{km::Inertia{.mass = mass}, km::Model{sine, 0.0}};
    km::Field<double> theta(rows, cols), velocity(rows, cols);
    km::uniform_phases(theta, 1);
    const auto energy = [&] {
        const double cells = static_cast<double>(velocity.size());
        return km::energy(sine, theta) + 0.5 * cells * km::kinetic_temperature(model, velocity);
    };
    const double first = energy();
    const auto error_at = [&](double tolerance) {
        km::uniform_phases(theta, 1);
        velocity.fill(0);
        km::integrate(km::Fused{}, {.relative_tolerance = 0, .absolute_tolerance = tolerance}, model, theta, velocity,
                      20.0);
        return std::fabs(energy() - first);
    };
    EXPECT_LT(error_at(1e-10), 1e-9 * rows * cols);
    EXPECT_GT(error_at(1e-3), 1e-9 * rows * cols); // the tolerance does it
}

// One hash for every policy, every layout, and the state instead of two fields.
TYPED_TEST(PhaseSpace, HasTheSameBitsUnderEveryPolicyAndForEveryLayout) {
    using T = TypeParam;
#if defined(__FAST_MATH__)
    GTEST_SKIP() << "bits are not promised under -ffast-math";
#endif
    const km::DormandPrince54 method{.relative_tolerance = 1e-4, .absolute_tolerance = 1e-4};
    const auto run = [&](const auto& policy, test::Layout layout) {
        Fields<T> fields(layout);
        km::integrate(policy, method, fields.model(), fields.theta.view(), fields.velocity.view(), 1.75);
        EXPECT_TRUE(fields.canaries_alive());
        std::vector<T> state = test::values_of(fields.theta.view());
        for (const T value : test::values_of(fields.velocity.view())) state.push_back(value);
        return state;
    };
    const std::vector<T> expected = run(km::Fused{}, test::Layout::contiguous);
    for (const test::Layout layout : test::all_layouts)
        for_each_policy([&](const auto& policy) {
            EXPECT_EQ(test::first_difference(run(policy, layout), expected), -1) << test::name(layout);
        });
}

TYPED_TEST(PhaseSpace, AMassOrADampingOutOfRangeInAFieldGivesNaN) {
    using T = TypeParam;
#if defined(__FAST_MATH__)
    GTEST_SKIP() << "-ffast-math knows no NaN";
#endif
    Fields<T> fields(test::Layout::contiguous);
    fields.mass.view()(1, 2) = T(-1);
    fields.mass.view()(1, 3) = T(0);
    fields.damping.view()(2, 4) = T(-0.25);
    fields.damping.view()(2, 5) = -T(0); // the number 0
    fields.mass.view()(3, 6) = test::number<T>("inf");
    fields.damping.view()(3, 7) = test::number<T>("nan");
    const km::Field<T> state = km::phase_space_state(fields.theta.view(), fields.velocity.view());
    km::Field<T> rate(2 * rows, cols);
    km::rate(km::Fused{}, fields.model(), state, rate);
    const km::Grid<T> acceleration = km::velocities_of(rate);
    for (std::ptrdiff_t i = 0; i < rows; ++i)
        for (std::ptrdiff_t j = 0; j < cols; ++j) {
            const bool is_wrong =
                (i == 1 && (j == 2 || j == 3)) || (i == 2 && j == 4) || (i == 3 && (j == 6 || j == 7));
            EXPECT_EQ(std::isnan(acceleration(i, j)), is_wrong) << i << ", " << j;
        }
    const auto before = test::values_of(fields.theta.view());
    EXPECT_ERROR(std::runtime_error, TEST_PARTS("not finite"),
                 km::integrate(km::Fused{}, {}, fields.model(), fields.theta.view(), fields.velocity.view(), 1.0));
    EXPECT_EQ(test::values_of(fields.theta.view()), before);
}

TYPED_TEST(PhaseSpace, RefusesBeforeAnythingIsWritten) {
    using T = TypeParam;
    Fields<T> fields(test::Layout::contiguous);
    const auto theta = fields.theta.view();
    const auto velocity = fields.velocity.view();
    const km::InertialModel model = fields.model();
    const auto lattice = fields.lattice();
    const auto thetas = test::values_of(theta);
    const auto velocities = test::values_of(velocity);
    const auto refused = [&](std::initializer_list<std::string> parts, const auto& run) {
        EXPECT_TRUE(test::throws<std::invalid_argument>(parts, run));
        EXPECT_EQ(test::values_of(theta), thetas);
        EXPECT_EQ(test::values_of(velocity), velocities);
    };
    const auto integrate = [&](const auto& of, const auto& phases, const auto& speeds, double duration) {
        km::integrate(km::Fused{}, km::DormandPrince54{}, of, phases, speeds, duration);
    };
    const auto with_inertia = [&](double mass, double damping) {
        return km::InertialModel{km::Inertia{.mass = mass, .damping = damping}, lattice};
    };
    refused({"mass must be positive", "-2"}, [&] { integrate(with_inertia(-2, 0), theta, velocity, 1); });
    if (sizeof(T) == 4)
        refused({"mass = 1e-300", "too small"}, [&] { integrate(with_inertia(1e-300, 0), theta, velocity, 1); });
    refused({"damping must not be negative", "-3"}, [&] { integrate(with_inertia(1, -3), theta, velocity, 0); });
    refused({"duration", "-1"}, [&] { integrate(model, theta, velocity, -1); });
    refused({"theta is 67 x 71", "velocity is 67 x 70"},
            [&] { integrate(model, theta, velocity.subgrid(0, 0, rows, cols - 1), 1); });
    refused({"velocity", "must not overlap theta"}, [&] { integrate(model, theta, theta, 1); });
    refused({"velocity", "must not overlap mass"}, [&] { integrate(model, theta, fields.mass.view(), 1); });

    km::Field<T> state = km::phase_space_state(theta, velocity);
    const auto whole = test::values_of(state.view());
    km::Field<T> rate(2 * rows, cols);
    const auto evaluate = [&](const auto& of, const auto& at, auto&& to) { km::rate(km::Fused{}, of, at, to); };
    refused({"even number of rows", "133 x 71"}, [&] {
        evaluate(model, state.view().subgrid(0, 0, 2 * rows - 1, cols), rate.view().subgrid(0, 0, 2 * rows - 1, cols));
    });
    refused({"state is 134 x 71", "rate is 67 x 71"},
            [&] { evaluate(model, state, rate.view().subgrid(0, 0, rows, cols)); });
    refused({"rate", "must not overlap state"}, [&] { evaluate(model, state, state.view()); });
    refused({"mass must be positive", "0"}, [&] { evaluate(with_inertia(0, 0), state, rate.view()); });
    refused({"theta is 6 x 71", "omega is 67 x 71"},
            [&] { evaluate(model, state.view().subgrid(0, 0, 12, cols), rate.view().subgrid(0, 0, 12, cols)); });
    EXPECT_EQ(test::values_of(state.view()), whole);
    EXPECT_EQ(test::values_of(rate.view()), std::vector<T>(2 * rows * cols, T(0)));
}

TYPED_TEST(PhaseSpace, AcceptsEmptyAndThinLattices) {
    using T = TypeParam;
    for (const auto& [r, c] : {std::pair{0, 0}, {0, 5}, {5, 0}, {1, 1}, {1, 4}, {4, 1}}) {
        km::Field<T> theta(r, c), velocity(r, c);
        velocity.fill(T(1));
        const km::InertialModel model{km::Inertia{}, km::Model{km::SineLaplacian{}, 0.0}};
        km::integrate(km::Fused{}, {}, model, theta, velocity, 2.0);
        for (const T phase : test::values_of(theta.view())) EXPECT_NEAR(static_cast<double>(phase), 2, 1e-5);
        const std::vector<T> before = test::values_of(theta.view());
        EXPECT_EQ(km::integrate(km::Fused{}, {}, model, theta, velocity, 0.0).accepted, 0);
        EXPECT_EQ(test::values_of(theta.view()), before);
    }
}

} // namespace
