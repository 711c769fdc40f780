// Simulation of every model with every stepper: the bits of advance and integrate called by hand, in one run, watched,
// in pieces, stopped, resumed.
#include "support/baseline_kernels.hpp"

#include <kuramoto/kuramoto.hpp>
#include <kuramoto/openmp.hpp>

#include "support/expect_error.hpp"
#include "support/layouts.hpp"
#include "support/policies.hpp"
#include "support/values.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

namespace km = kuramoto;

struct Shape {
    std::ptrdiff_t rows, cols;
};
constexpr Shape shapes[] = {{7, 10}, {1, 13}, {11, 1}, {2, 3}, {0, 4}, {5, 0}};

/// What models view. A Simulation has to keep its results when all of it is overwritten.
template <class T> struct Fields {
    explicit Fields(Shape shape)
        : theta(test::Layout::window, shape.rows, shape.cols), omega(shape.rows, shape.cols),
          velocity(test::Layout::mirrored, shape.rows, shape.cols), east(shape.rows, shape.cols),
          south(shape.rows, shape.cols), D(shape.rows, shape.cols), west(static_cast<std::size_t>(shape.rows)) {
        test::fill_distinct<T>(theta.view(), 1);
        test::fill_distinct<T>(omega.view(), 2, T(0.125));
        test::fill_distinct<T>(velocity.view(), 3, T(0.25));
        test::fill_distinct<T>(east.view(), 4, T(0.25));
        test::fill_distinct<T>(south.view(), 5, T(0.25));
        test::fill_distinct<T>(D.view(), 6, T(0.0625));
        for (std::ptrdiff_t k = 0; k < D.size(); ++k) D.data()[k] += T(0.5);
        for (std::size_t k = 0; k < west.size(); ++k) west[k] = 0.3 + 0.7 * static_cast<double>(k);
    }
    void overwrite() {
        for (const km::Grid<T>& grid :
             {theta.view(), omega.view(), velocity.view(), east.view(), south.view(), D.view()})
            test::fill_distinct<T>(grid, 7);
        std::fill(west.begin(), west.end(), 5.0);
    }
    [[nodiscard]] km::Boundary edges() const {
        return {km::fixed_phase(0.3), km::fixed_flux(-0.4), km::fixed_phase(west), km::zero_flux};
    }

    test::Cells<T> theta;
    km::Field<T> omega;
    test::Cells<T> velocity;
    km::Field<T> east, south, D;
    std::vector<double> west;
};

constexpr double dt = 0.0625;
constexpr km::Inertia some_inertia{.mass = 1.5, .damping = 0.25};

/// visit(name, model) for every kind of model of first order.
template <class T, class Visit> void for_each_model(const Fields<T>& fields, const Visit& visit) {
    const km::SineLaplacian sine{.K = 0.75, .boundary = fields.edges()};
    const km::Model bonds{km::with_bonds(sine, fields.east, fields.south), 0.5};
    visit("lattice", km::Model{sine, fields.omega});
    visit("bonds", bonds);
    visit("mean field", km::MeanFieldModel{km::MeanField{.K = 1.5, .lag = 0.25}, fields.omega});
    visit("mean field and bonds", km::MeanFieldModel{km::MeanField{.K = 0.5}, bonds});
}

/// visit(name, model, stepper) for every model and every stepper with a fixed time step.
template <class T, class Visit> void for_each_fixed(const Fields<T>& fields, const Visit& visit) {
    for_each_model(fields, [&](const std::string& name, const auto& model) {
        visit(name + ", Euler", model, km::Euler{.dt = dt});
        visit(name + ", Heun", model, km::Heun{.dt = dt});
        visit(name + ", RungeKutta4", model, km::RungeKutta4{.dt = dt});
        visit(name + ", EulerMaruyama", model, km::EulerMaruyama{.dt = dt, .D = 0.25, .seed = 3});
        visit(name + ", LeimkuhlerMatthewsField", model,
              km::LeimkuhlerMatthewsField<T>{.dt = dt, .D = fields.D, .seed = 3});
        visit(name + ", VelocityVerlet", km::InertialModel{some_inertia, model}, km::VelocityVerlet{.dt = dt});
        visit(name + ", BAOAB", km::InertialModel{km::InertiaFields<T>{.mass = 1.5, .damping = fields.D}, model},
              km::BAOAB{.dt = dt, .temperature = 0.25, .seed = 3});
    });
}

template <class ModelType> constexpr bool has_inertia = false;
template <class Inner, class Coefficients> constexpr bool has_inertia<km::InertialModel<Inner, Coefficients>> = true;

/// θ, and with inertia the velocities after it.
template <class S> auto state_of(const S& simulation) {
    auto state = test::values_of(simulation.theta());
    if constexpr (requires { simulation.velocity(); })
        for (const auto velocity : test::values_of(simulation.velocity())) state.push_back(velocity);
    return state;
}

/// A Simulation of the state in `fields`, or in another simulation.
template <class T, class M, class S, class... Options>
auto simulation_of(Fields<T>& fields, const M& model, const S& stepper, Options... options) {
    if constexpr (has_inertia<M>)
        return km::Simulation(model, fields.theta.view(), fields.velocity.view(), stepper, options...);
    else
        return km::Simulation(model, fields.theta.view(), stepper, options...);
}
template <class S, class... Options> auto resumed(const S& saved, Options... options) {
    if constexpr (requires { saved.velocity(); })
        return km::Simulation(saved.model(), saved.theta(), saved.velocity(), saved.stepper(), options...);
    else
        return km::Simulation(saved.model(), saved.theta(), saved.stepper(), options...);
}

template <class T, class P, class M, class S>
std::vector<T> advanced_by_hand(const P& policy, Fields<T>& fields, const M& model, const S& stepper,
                                std::int64_t steps, std::int64_t first_step) {
    km::Field<T> theta(fields.theta.view());
    km::Field<T> velocity(fields.velocity.view());
    std::vector<T> state;
    if constexpr (has_inertia<M>)
        km::advance(policy, stepper, model, theta, velocity, steps, first_step);
    else
        km::advance(policy, stepper, model, theta, steps, first_step);
    state = test::values_of(theta.view());
    if constexpr (has_inertia<M>)
        for (const T value : test::values_of(velocity.view())) state.push_back(value);
    return state;
}

/// visit(policy) for Fused, OpenMP and a pool, as one type.
template <class Visit> void for_each_policy(const Visit& visit) {
    visit(test::AnyPolicy(km::Fused{.depth = 3}));
    visit(test::AnyPolicy(km::OpenMP{.threads = 2, .depth = 3, .min_cells_per_thread = 1}));
    visit(test::AnyPolicy(test::Pool{.workers = 3, .depth = 3}));
}

template <class T> class EverySimulation : public testing::Test {};
using Precisions = testing::Types<float, double>;
TYPED_TEST_SUITE(EverySimulation, Precisions);

using Steps = std::vector<std::int64_t>;

/// A run of 11 steps from step 3 on, in every way.
template <class T, class P> void expect_bits_of_advance(const P& policy, Shape shape) {
    const Fields<T> original(shape);
    Fields<T> fields(shape);
    for_each_fixed(fields, [&](const std::string& name, const auto& model, const auto& stepper) {
        SCOPED_TRACE(name + ", " + std::to_string(shape.rows) + " x " + std::to_string(shape.cols));
        fields = original; // the memory stays, so that what the model views does too
        const std::vector<T> expected = advanced_by_hand(policy, fields, model, stepper, 11, 3);
        const km::Start start{.time = 0.5, .step = 3};
        auto whole = simulation_of(fields, model, stepper, km::Stability::checked, start);
        fields.overwrite();
        auto watched = whole;
        auto first = whole;

        EXPECT_EQ(whole.run(policy, 11), 11);
        EXPECT_EQ(test::first_difference(state_of(whole), expected), -1);
        EXPECT_EQ(whole.step(), 14);
        EXPECT_EQ(whole.time(), 0.5 + 14 * dt);
        EXPECT_EQ(whole.dt(), dt);

        Steps seen;
        const auto stop_at_8 = [&](const auto& simulation) {
            seen.push_back(simulation.step());
            return simulation.step() != 8;
        };
        EXPECT_EQ(watched.run(policy, 11, 4, stop_at_8), 5);
        EXPECT_EQ(watched.run(policy, 6, 4, stop_at_8), 6);
        EXPECT_EQ(seen, (Steps{4, 8, 12, 14}));
        EXPECT_EQ(test::first_difference(state_of(watched), expected), -1);

        first.run(policy, 4);
        auto second = resumed(first, km::Stability::checked, km::Start{.time = 0.5, .step = first.step()});
        second.run(policy, 7);
        EXPECT_EQ(test::first_difference(state_of(second), expected), -1);
        EXPECT_EQ(second.time(), whole.time());
    });
}

// A Simulation passes its policy on: with array passes, one precision is enough for each kind of stepper.
TYPED_TEST(EverySimulation, HasTheBitsOfAdvance) {
    const auto check = [](const auto& policy) {
        for (const Shape shape : shapes) expect_bits_of_advance<TypeParam>(policy, shape);
    };
    if constexpr (sizeof(TypeParam) == 4) check(km::Serial{});
    for_each_policy(check);
}

/// integrate from pause to pause, each piece with the step length that the last one proposed.
template <class T, class P, class M>
std::vector<T> integrated_by_hand(const P& policy, Fields<T>& fields, const M& model, km::DormandPrince54 method,
                                  double time, const std::vector<double>& pauses, std::int64_t& steps) {
    km::Field<T> theta(fields.theta.view());
    km::Field<T> velocity(fields.velocity.view());
    const auto integrate = [&](double duration) {
        if constexpr (has_inertia<M>)
            return km::integrate(policy, method, model, theta, velocity, duration);
        else
            return km::integrate(policy, method, model, theta, duration);
    };
    steps = 0;
    for (const double pause : pauses) {
        const km::IntegrationReport report = integrate(pause - time);
        if (report.accepted > 0) method.initial_dt = report.next_dt;
        steps += report.accepted;
        time = pause;
    }
    std::vector<T> state = test::values_of(theta.view());
    if constexpr (has_inertia<M>)
        for (const T value : test::values_of(velocity.view())) state.push_back(value);
    return state;
}

/// visit(name, model) for every kind of model, and for one with inertia.
template <class T, class Visit> void for_each_adaptive(const Fields<T>& fields, const Visit& visit) {
    for_each_model(fields, visit);
    visit("inertia", km::InertialModel{some_inertia, km::Model{km::SineLaplacian{.K = 0.75}, fields.omega}});
}

template <class T, class P> void expect_bits_of_integrate(const P& policy, Shape shape) {
    const Fields<T> original(shape);
    Fields<T> fields(shape);
    const km::DormandPrince54 method{.relative_tolerance = 1e-3, .absolute_tolerance = 1e-3};
    const std::vector<double> pauses{0.75, 1.5, 2.25, 2.625};
    for_each_adaptive(fields, [&](const std::string& name, const auto& model) {
        SCOPED_TRACE(name + ", " + std::to_string(shape.rows) + " x " + std::to_string(shape.cols));
        fields = original;
        std::int64_t steps_to_end = 0;
        std::int64_t steps = 0;
        const auto direct = integrated_by_hand(policy, fields, model, method, 0.125, {pauses.back()}, steps_to_end);
        const auto expected = integrated_by_hand(policy, fields, model, method, 0.125, pauses, steps);
        auto whole = simulation_of(fields, model, method, km::Start{.time = 0.125});
        fields.overwrite();
        auto watched = whole;
        auto first = whole;

        EXPECT_EQ(whole.run(policy, 2.5).accepted, steps_to_end);
        EXPECT_EQ(test::first_difference(state_of(whole), direct), -1);
        EXPECT_EQ(whole.time(), 2.625);
        EXPECT_EQ(whole.step(), steps_to_end);

        std::vector<double> seen;
        const auto stop_at_second = [&](const auto& simulation) {
            seen.push_back(simulation.time());
            return simulation.time() != 1.5;
        };
        const km::IntegrationReport report = watched.run(policy, 2.5, 0.75, stop_at_second);
        EXPECT_EQ(watched.time(), 1.5);
        EXPECT_EQ(report.accepted, watched.step());
        watched.run(policy, 1.125, 0.75, stop_at_second);
        EXPECT_EQ(seen, (std::vector<double>{0.125, 0.75, 1.5, 2.25, 2.625}));
        EXPECT_EQ(watched.step(), steps);
        EXPECT_EQ(test::first_difference(state_of(watched), expected), -1);

        const auto ignore = [](const auto&) {};
        first.run(policy, 1.375, 0.75, ignore); // ends where the whole run pauses
        auto second = resumed(first, km::Start{.time = first.time(), .step = first.step()});
        second.run(policy, 1.125, 0.75, ignore);
        EXPECT_EQ(test::first_difference(state_of(second), expected), -1);
        EXPECT_EQ(second.step(), steps);
        EXPECT_EQ(second.time(), 2.625);
    });
}

TYPED_TEST(EverySimulation, HasTheBitsOfIntegrate) {
    const auto check = [](const auto& policy) {
        for (const Shape shape : shapes) expect_bits_of_integrate<TypeParam>(policy, shape);
    };
    if constexpr (sizeof(TypeParam) == 8) check(km::Serial{});
    for_each_policy(check);
}

// A model that is wrong in one place, with the words that name it.
template <class Visit> void for_each_wrong_model(const Fields<double>& fields, const Visit& visit) {
    const km::SineLaplacian sine{.K = 0.75};
    const double infinity = test::number<double>("inf");
    static const km::Field<double> other(4, 3);
    static const std::vector<double> few{1, 2, 3};
    const auto visit_lattice = [&](const std::string& part, const auto& model) {
        visit(part, model);
        visit(part, km::MeanFieldModel{km::MeanField{.K = 0.5}, model});
    };
    visit_lattice("K", km::Model{km::SineLaplacian{.K = infinity}, 0.0});
    visit_lattice("omega", km::Model{sine, infinity});
    visit_lattice("omega", km::Model{sine, other});
    visit_lattice("a[1]", km::Model{km::Laplacian<km::Harmonics<2>>{.K = 1, .coupling = {{1, infinity}}}, 0.0});
    visit_lattice("boundary.west", km::Model{km::SineLaplacian{.boundary = {.west = km::fixed_phase(few)}}, 0.0});
    visit_lattice("boundary.north", km::Model{km::SineLaplacian{.boundary = {.north = km::periodic}}, 0.0});
    visit_lattice("bonds.south", km::Model{km::with_bonds(sine, fields.east, other), 0.0});
    visit("mean_field.K", km::MeanFieldModel{km::MeanField{.K = infinity}, 0.5});
    visit("mean_field.lag", km::MeanFieldModel{km::MeanField{.lag = infinity}, fields.omega});
    visit("omega", km::MeanFieldModel{km::MeanField{}, other});
}

TEST(EverySimulation, RefusesOnConstructionWhatAdvanceAndIntegrateRefuse) {
    Fields<double> fields({7, 10});
    km::Field<double> theta(fields.theta.view());
    km::Field<double> velocity(fields.velocity.view());
    const km::Euler euler{.dt = 0.001};
    const km::BAOAB langevin{.dt = 0.001, .temperature = 0.5};
    const km::DormandPrince54 adaptive{};
    for_each_wrong_model(fields, [&](const std::string& part, const auto& model) {
        SCOPED_TRACE(part);
        const km::InertialModel heavy{km::Inertia{}, model};
        EXPECT_ERROR(std::invalid_argument, TEST_PARTS(part), km::advance(km::Fused{}, euler, model, theta, 1));
        EXPECT_ERROR(std::invalid_argument, TEST_PARTS(part), km::Simulation(model, theta, euler));
        EXPECT_ERROR(std::invalid_argument, TEST_PARTS(part), km::Simulation(model, theta, adaptive));
        EXPECT_ERROR(std::invalid_argument, TEST_PARTS(part), km::Simulation(heavy, theta, velocity, langevin));
    });
    const km::Model model{km::SineLaplacian{.K = 1}, 0.0};
    const km::InertialModel heavy{km::Inertia{.mass = 2}, model};
    const km::Field<double> other(4, 3);
    const auto with_inertia = [&](const auto& inertia, const auto& stepper) {
        return km::Simulation(km::InertialModel{inertia, model}, theta, velocity, stepper, km::Stability::unchecked);
    };
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("mass", "-2"), with_inertia(km::Inertia{.mass = -2}, langevin));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("damping", "-3"),
                 with_inertia(km::Inertia{.damping = -3}, langevin));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("dt", "-1"),
                 with_inertia(km::Inertia{}, km::VelocityVerlet{.dt = -1}));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("temperature", "-1"),
                 with_inertia(km::Inertia{}, km::BAOAB{.temperature = -1}));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("theta is 7 x 10", "mass is 4 x 3"),
                 with_inertia(km::InertiaFields<double>{.mass = other}, langevin));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("dt / 2 mass"),
                 with_inertia(km::Inertia{.mass = 1e-300}, km::VelocityVerlet{.dt = 1e300}));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("mass", "-2"),
                 km::Simulation(km::InertialModel{km::Inertia{.mass = -2}, model}, theta, velocity, adaptive));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("theta is 7 x 10", "velocity is 7 x 9"),
                 km::Simulation(heavy, theta, velocity.subgrid(0, 0, 7, 9), langevin));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("relative_tolerance", "-1"),
                 km::Simulation(model, theta, km::DormandPrince54{.relative_tolerance = -1}));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("start.step", "-1"),
                 km::Simulation(model, theta, adaptive, km::Start{.step = -1}));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("start.time"),
                 km::Simulation(model, theta, adaptive, km::Start{.time = test::number<double>("inf")}));
}

TEST(EverySimulation, RefusesATimeStepThatIsNotStable) {
    Fields<double> fields({7, 10});
    const km::Model model{km::SineLaplacian{.K = 1}, 0.0};
    const km::MeanFieldModel mean_field{km::MeanField{.K = 4}, fields.omega};
    const km::InertialModel heavy{km::Inertia{.mass = 2}, model};
    const auto theta = fields.theta.view();
    const auto velocity = fields.velocity.view();
    const double most = km::max_stable_dt(km::VelocityVerlet{}, heavy);
    EXPECT_NO_THROW(km::Simulation(mean_field, theta, km::Euler{.dt = 0.5}));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("dt = 0.51", "0.5 "),
                 km::Simulation(mean_field, theta, km::Euler{.dt = 0.51}));
    EXPECT_NO_THROW(km::Simulation(heavy, theta, velocity, km::VelocityVerlet{.dt = most}));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("stable time step"),
                 km::Simulation(heavy, theta, velocity, km::VelocityVerlet{.dt = 1.01 * most}));
    EXPECT_NO_THROW(
        km::Simulation(heavy, theta, velocity, km::VelocityVerlet{.dt = 1.01 * most}, km::Stability::unchecked));
}

class Adaptive : public testing::Test {
  protected:
    km::Field<double> theta = [] {
        km::Field<double> phases(7, 5);
        test::fill_distinct(phases.view(), 1);
        return phases;
    }();
    km::Model<km::Sine, double> model{km::SineLaplacian{.K = 1.0}, 0.5};
    km::Simulation<km::Model<km::Sine, double>, double, km::DormandPrince54> simulation{model, theta,
                                                                                        km::DormandPrince54{}};
    std::vector<double> seen;

    [[nodiscard]] auto note() {
        return [this](const auto& now) { seen.push_back(now.time()); };
    }
};

TEST_F(Adaptive, ShowsTheStartEveryMultipleAndTheEndOnceEach) {
    simulation.run(km::Fused{}, 0.0, 1.0, note());
    simulation.run(km::Fused{}, 1.25, 0.5, note());
    simulation.run(km::Fused{}, 0.25, 0.5, note());
    simulation.run(km::Fused{}, 0, 0.5, note());
    simulation.run(km::Fused{}, 2, 0, note());
    EXPECT_EQ(seen, (std::vector<double>{0, 0.5, 1, 1.25, 1.5, 3.5}));
}

// Times such as 3 · 0.1 are rounded products: no multiple is left out or shown twice.
TEST_F(Adaptive, PausesAtRoundedMultiples) {
    simulation.run(km::Fused{}, 2, 0.1, note());
    ASSERT_EQ(seen.size(), 21U);
    for (std::size_t k = 0; k < seen.size(); ++k) EXPECT_EQ(seen[k], std::min(2.0, static_cast<double>(k) * 0.1));
    km::Simulation earlier(model, theta, km::DormandPrince54{}, km::Start{.time = -0.35});
    seen.clear();
    earlier.run(km::Fused{}, 0.5, 0.1, note());
    ASSERT_EQ(seen.size(), 7U);
    for (int k = -3; k <= 1; ++k) EXPECT_EQ(seen[static_cast<std::size_t>(k + 4)], k * 0.1);
}

TEST_F(Adaptive, AddsUpTheReportsOfThePieces) {
    const km::IntegrationReport whole = simulation.run(km::Fused{}, 3, 0.5, note());
    km::Field<double> phases = theta;
    km::DormandPrince54 method{};
    km::IntegrationReport sum;
    sum.min_dt = 1e300;
    for (int k = 0; k < 6; ++k) {
        const km::IntegrationReport piece = km::integrate(km::Fused{}, method, model, phases, 0.5);
        method.initial_dt = piece.next_dt;
        sum.accepted += piece.accepted;
        sum.rejected += piece.rejected;
        sum.evaluations += piece.evaluations;
        sum.min_dt = std::min(sum.min_dt, piece.min_dt);
        sum.max_dt = std::max(sum.max_dt, piece.max_dt);
    }
    EXPECT_GT(sum.accepted, 6);
    EXPECT_EQ(whole.accepted, sum.accepted);
    EXPECT_EQ(whole.rejected, sum.rejected);
    EXPECT_EQ(whole.evaluations, sum.evaluations);
    EXPECT_EQ(whole.min_dt, sum.min_dt);
    EXPECT_EQ(whole.max_dt, sum.max_dt);
    EXPECT_EQ(whole.next_dt, method.initial_dt);
    EXPECT_EQ(simulation.stepper().initial_dt, method.initial_dt);
}

TEST_F(Adaptive, NamesWhatIsWrongAndStaysAsItWas) {
    const auto before = test::values_of(simulation.theta());
    const auto run = [&](double duration, double interval) { simulation.run(km::Fused{}, duration, interval, note()); };
    const double infinity = test::number<double>("inf");
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("duration", "-1"), run(-1, 1));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("duration"), run(infinity, 1));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("every must be", "-2"), run(1, -2));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("every must be"), run(1, infinity));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("every = 1e-300 is too short"), run(1, 1e-300));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("depth", "-1"), simulation.run(km::Fused{.depth = -1}, 1.0));
    EXPECT_TRUE(seen.empty());
    EXPECT_EQ(simulation.step(), 0);
    EXPECT_EQ(simulation.time(), 0);
    EXPECT_EQ(test::first_difference(test::values_of(simulation.theta()), before), -1);
    km::Simulation late(model, theta, km::DormandPrince54{}, km::Start{.time = 1.7e308});
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("duration = 1e+308 is too long"), late.run(km::Fused{}, 1e308));
}

TEST_F(Adaptive, AnErrorLeavesTheStateOfTheLastPause) {
    const km::DormandPrince54 few_steps{.initial_dt = 0.5, .max_dt = 0.5, .max_steps = 3};
    const km::Model still{km::SineLaplacian{.K = 0.0}, 0.5};
    km::Simulation slow(still, theta, few_steps);
    slow.run(km::Fused{}, 1, 1, note());
    const auto before = test::values_of(slow.theta());
    EXPECT_ERROR(std::runtime_error, TEST_PARTS("max_steps"), slow.run(km::Fused{}, 8, 4, note()));
    EXPECT_EQ(slow.time(), 1);
    EXPECT_EQ(seen, (std::vector<double>{0, 1}));
    EXPECT_EQ(test::first_difference(test::values_of(slow.theta()), before), -1);
}

// Phases and velocities are at the same time. A free pendulum of small amplitude swings as a cosine.
TEST(InertialSimulation, RunsWithVelocitiesOfTheTimeOfThePhases) {
    const km::InertialModel pendulum{
        km::Inertia{.mass = 1}, km::Model{km::LinearLaplacian{.K = 1, .boundary = {.west = km::fixed_phase(0)}}, 0.0}};
    km::Field<double> theta(1, 1);
    km::Field<double> velocity(1, 1);
    theta(0, 0) = 1;
    km::Simulation simulation(pendulum, theta, velocity, km::VelocityVerlet{.dt = 0.01});
    simulation.run(km::Fused{}, 1000, 10, [&](const auto& now) {
        EXPECT_NEAR(now.theta()(0, 0), std::cos(now.time()), 1e-4);
        EXPECT_NEAR(now.velocity()(0, 0), -std::sin(now.time()), 1e-4);
    });
    EXPECT_EQ(simulation.step(), 1000);
}

} // namespace
