// What is chosen at run time, on lattices that are cut: stable time steps, runs and removed cells of one process.
#include "lattices.hpp"
#include "one_rank_fails.hpp"

#include "support/expect_error.hpp"
#include "support/masks.hpp"

#include <kuramoto/kuramoto.hpp>
#include <kuramoto/mpi.hpp>
#include <kuramoto/mpi/runtime.hpp>
#include <kuramoto/runtime/compiled_elsewhere.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <stdexcept>

namespace km = kuramoto;
namespace rt = kuramoto::runtime;

namespace {

/// A lattice and its part.
template <class T> struct Both {
    km::Field<T> whole;
    km::mpi::Field<T> part;

    Both(const km::mpi::Decomposition& lattice, double low, double high, std::uint64_t seed)
        : whole(lattice.rows(), lattice.cols()), part(lattice) {
        km::uniform_frequencies(whole, low, high, seed);
        part = test::part_of(whole, lattice);
    }
    void set(std::ptrdiff_t row, std::ptrdiff_t col, T number) {
        whole(row, col) = number;
        part = test::part_of(whole, part.decomposition());
    }
};

template <class T> void expect_removed_cells(const km::mpi::Decomposition& lattice) {
    for (const std::uint32_t every : {1U, 2U, 5U}) {
        const km::Field<T> present = test::mask<T>(lattice.rows(), lattice.cols(), every);
        Both<T> east(lattice, 0.5, 1, 1);
        Both<T> south(lattice, 0.5, 1, 2);
        km::remove_cells(present, east.whole, south.whole);
        km::remove_cells(test::part_of(present, lattice), east.part, south.part);
        test::expect_part_of(east.whole, east.part);
        test::expect_part_of(south.whole, south.part);
    }
}

TEST(Runtime, RemovesTheBondsOfCells) {
    test::for_each_cut([](const km::mpi::Decomposition& lattice) {
        expect_removed_cells<float>(lattice);
        expect_removed_cells<double>(lattice);
    });
}

template <class T> void expect_stable_steps(const km::mpi::Decomposition& lattice) {
    Both<T> east(lattice, -1, 2, 1);
    Both<T> south(lattice, -2, 1, 2);
    Both<T> mass(lattice, 0.5, 3, 3);
    const auto expect_same = [&](const rt::StepperChoice<T>& stepper, rt::ModelChoice<T> model) {
        rt::ModelChoice<T> here = model;
        if (model.bonds) here.bonds = km::BondStrengths<T>{east.part.local(), south.part.local()};
        if (model.inertia && !model.inertia->mass.is_number()) here.inertia->mass = mass.part.local();
        const double whole = rt::max_stable_dt(stepper, model);
        EXPECT_TRUE(test::same_bits(rt::max_stable_dt(lattice, stepper, here), whole)) << whole;
    };
    const test::Edges edges(lattice);
    const auto check = [&] {
        for (const km::Boundary& boundary : edges.all()) {
            rt::ModelChoice<T> model{.K = 1.5, .coupling = rt::any_coupling<T>({rt::CouplingKind::sine, {}})};
            model.boundary = boundary;
            expect_same({.kind = rt::StepperKind::runge_kutta4}, model);
            model.bonds = km::BondStrengths<T>{east.whole, south.whole};
            expect_same({.kind = rt::StepperKind::euler}, model);
            model.inertia = km::InertiaFields<T>{.mass = mass.whole, .damping = 0.5};
            expect_same({.kind = rt::StepperKind::baoab}, model);
        }
    };
    check();
    if (lattice.rows() == 0 || lattice.cols() == 0) return;
    mass.set(lattice.rows() - 1, 0, T{0});
    check();
    mass.set(lattice.rows() - 1, 0, T{1});
    south.set(0, lattice.cols() - 1, std::numeric_limits<T>::quiet_NaN());
    check();
}

TEST(Runtime, HasTheStableStepsOfOneProcess) {
    test::for_each_cut([](const km::mpi::Decomposition& lattice) {
        expect_stable_steps<float>(lattice);
        expect_stable_steps<double>(lattice);
    });
}

TEST(Runtime, RunsAsOneProcess) {
    const rt::Policy policy = rt::policy_of(rt::PolicyKind::fused);
    test::for_each_cut([&](const km::mpi::Decomposition& lattice) {
        Both<double> omega(lattice, -1, 1, 5);
        Both<double> theta(lattice, -3, 3, 6);
        Both<double> velocity(lattice, -1, 1, 7);
        const Both<double> rates(lattice, 0, 0, 8);
        rt::ModelChoice<double> model{.K = 1.5, .coupling = rt::any_coupling<double>({rt::CouplingKind::sine, {}})};
        model.boundary = km::torus;
        rt::ModelChoice<double> here = model;
        model.omega = omega.whole;
        here.omega = omega.part;
        const rt::StepperChoice<double> noisy{.kind = rt::StepperKind::leimkuhler_matthews, .dt = 0.05, .D = 0.25};
        rt::advance(policy, noisy, model, theta.whole.view(), 7, 3);
        rt::advance(policy, noisy, here, theta.part, 7, 3);
        test::expect_part_of(theta.whole, theta.part);
        km::Field<double> whole_rate(lattice.rows(), lattice.cols());
        km::mpi::Field<double> rate(lattice);
        rt::rate(policy, model, km::Grid<const double>(theta.whole), whole_rate.view());
        rt::rate(policy, here, theta.part, rate);
        test::expect_part_of(whole_rate, rate);
        model.inertia = here.inertia = km::InertiaFields<double>{.mass = 1.5, .damping = 0.5};
        const rt::StepperChoice<double> thermal{.kind = rt::StepperKind::baoab, .dt = 0.05, .temperature = 0.25};
        rt::advance(policy, thermal, model, theta.whole.view(), velocity.whole.view(), 5, 2);
        rt::advance(policy, thermal, here, theta.part, velocity.part, 5, 2);
        test::expect_part_of(theta.whole, theta.part);
        test::expect_part_of(velocity.whole, velocity.part);
    });
}

TEST(Runtime, HasNoArrayPasses) {
    const km::mpi::Decomposition lattice(MPI_COMM_WORLD, 20, 20);
    km::mpi::Field<double> theta(lattice);
    const rt::ModelChoice<double> model{.coupling = rt::any_coupling<double>({rt::CouplingKind::sine, {}})};
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("the policy 'serial' works on whole arrays of one process"),
                 rt::advance(rt::policy_of(rt::PolicyKind::serial), rt::StepperChoice<double>{}, model, theta, 1, 0));
}

class RuntimeOneRankFails : public test::OneRankFails {
  protected:
    RuntimeOneRankFails() { inertial.inertia = km::InertiaFields<double>{.mass = 1}; }

    /// `bad` on the last process, `good` on the others.
    template <class Choice> [[nodiscard]] const Choice& good_or_bad(const Choice& good, const Choice& bad) const {
        return is_bad() ? bad : good;
    }

    const rt::Policy fused = rt::policy_of(rt::PolicyKind::fused);
    const rt::Policy serial = rt::policy_of(rt::PolicyKind::serial);
    const rt::ModelChoice<double> first_order{.coupling = rt::any_coupling<double>({rt::CouplingKind::sine, {}})};
    const rt::ModelChoice<double> nothing{};
    rt::ModelChoice<double> inertial = first_order;
    const rt::StepperChoice<double> euler{};
    const rt::StepperChoice<double> verlet{.kind = rt::StepperKind::velocity_verlet};
    const km::DormandPrince54 method;
};

TEST_F(RuntimeOneRankFails, ForAChoice) {
    const rt::Policy& bad_policy = good_or_bad(fused, serial);
    const rt::ModelChoice<double>& no_model = good_or_bad(first_order, nothing);
    expect_error("rate: policy", [&] { rt::rate(bad_policy, first_order, theta, other); });
    expect_error("rate: model", [&] { rt::rate(fused, no_model, theta, other); });
    expect_error("rate: inertia", [&] { rt::rate(fused, good_or_bad(first_order, inertial), theta, other); });
    expect_error("rate: rate", [&] { rt::rate(fused, first_order, theta, stray); });
    expect_error("advance: policy", [&] { rt::advance(bad_policy, euler, first_order, theta, 1, 0); });
    expect_error("advance: model", [&] { rt::advance(fused, euler, no_model, theta, 1, 0); });
    expect_error("advance: inertia",
                 [&] { rt::advance(fused, euler, good_or_bad(first_order, inertial), theta, 1, 0); });
    expect_error("advance: stepper", [&] { rt::advance(fused, good_or_bad(euler, verlet), first_order, theta, 1, 0); });
    const rt::StepperChoice<double> backwards{.dt = good_or(-1)};
    expect_error("advance: dt", [&] { rt::advance(fused, backwards, first_order, theta, 1, 0); });
    expect_error("integrate: policy", [&] { rt::integrate(bad_policy, method, first_order, theta, 1.0); });
    expect_error("integrate: model", [&] { rt::integrate(fused, method, no_model, theta, 1.0); });
    expect_error("integrate: duration", [&] { rt::integrate(fused, method, first_order, theta, good_or(-1)); });
    expect_error("max_stable_dt: model", [&] { static_cast<void>(rt::max_stable_dt(lattice, euler, no_model)); });
    expect_error("max_stable_dt: stepper",
                 [&] { static_cast<void>(rt::max_stable_dt(lattice, good_or_bad(euler, verlet), first_order)); });
}

TEST_F(RuntimeOneRankFails, ForAChoiceWithInertia) {
    const rt::Policy& bad_policy = good_or_bad(fused, serial);
    const rt::ModelChoice<double>& no_inertia = good_or_bad(inertial, first_order);
    const rt::StepperChoice<double>& bad_stepper = good_or_bad(verlet, euler);
    expect_error("advance: policy", [&] { rt::advance(bad_policy, verlet, inertial, theta, other, 1, 0); });
    expect_error("advance: model", [&] { rt::advance(fused, verlet, no_inertia, theta, other, 1, 0); });
    expect_error("advance: stepper", [&] { rt::advance(fused, bad_stepper, inertial, theta, other, 1, 0); });
    expect_error("advance: velocity", [&] { rt::advance(fused, verlet, inertial, theta, stray, 1, 0); });
    expect_error("integrate: policy", [&] { rt::integrate(bad_policy, method, inertial, theta, other, 1.0); });
    expect_error("integrate: model", [&] { rt::integrate(fused, method, no_inertia, theta, other, 1.0); });
    expect_error("integrate: velocity", [&] { rt::integrate(fused, method, inertial, theta, stray, 1.0); });
    expect_error("max_stable_dt", [&] { static_cast<void>(rt::max_stable_dt(lattice, bad_stepper, inertial)); });
}

// Each is valid: processes would wait for messages that nobody sends.
TEST_F(RuntimeOneRankFails, ForChoicesThatDiffer) {
    const rt::StepperChoice<double> heun{.kind = rt::StepperKind::heun};
    expect_must_be_same("stepper", [&] { rt::advance(fused, good_or_bad(euler, heun), first_order, theta, 3, 0); });
    rt::ModelChoice<double> frequencies = first_order;
    if (is_bad()) frequencies.omega = other.local();
    expect_must_be_same("omega", [&] { rt::advance(fused, heun, frequencies, theta, 3, 0); });
    rt::ModelChoice<double> masses = inertial;
    if (is_bad()) masses.inertia->mass = other.local();
    expect_must_be_same("mass", [&] { static_cast<void>(rt::max_stable_dt(lattice, verlet, masses)); });
}

} // namespace
