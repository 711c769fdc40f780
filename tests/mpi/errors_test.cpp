// An argument that is invalid on one process only: every process throws the same, and none waits for ever.
#include "one_rank_fails.hpp"

#include <kuramoto/kuramoto.hpp>
#include <kuramoto/mpi.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstddef>
#include <stdexcept>
#include <vector>

namespace km = kuramoto;

namespace {

using test::OneRankFails;

TEST_F(OneRankFails, WhatAdvances) {
    const km::SineLaplacian laplacian{.K = good_or(std::nan("")), .boundary = km::torus};
    const km::Model bad{laplacian, 0.5};
    const km::Euler euler{.dt = 0.1};
    expect_error("apply", [&] { km::apply(km::Fused{}, laplacian, theta, other); });
    expect_error("apply: policy", [&] { km::apply(policy(), model.laplacian, theta, other); });
    expect_error("apply: rate", [&] { km::apply(km::Fused{}, model.laplacian, theta, stray); });
    expect_error("rate", [&] { km::rate(km::Fused{}, bad, theta, other); });
    expect_error("rate: policy", [&] { km::rate(policy(), model, theta, other); });
    expect_error("rate: rate", [&] { km::rate(km::Fused{}, model, theta, stray); });
    expect_error("rate: overlap", [&] { km::rate(km::Fused{}, model, theta, is_bad() ? theta : other); });
    expect_error("advance: K", [&] { km::advance(km::Fused{}, euler, bad, theta, 3); });
    expect_error("advance: dt", [&] { km::advance(km::Fused{}, km::Euler{.dt = good_or(-1)}, model, theta, 3); });
    expect_error("advance: steps", [&] { km::advance(km::Fused{}, euler, model, theta, is_bad() ? -3 : 3); });
    expect_error("advance: D",
                 [&] { km::advance(km::Fused{}, km::EulerMaruyama{.dt = 0.1, .D = good_or(-1)}, model, theta, 3, 0); });
    expect_error("advance: first_step", [&] {
        km::advance(km::Fused{}, km::EulerMaruyama{.dt = 0.1, .D = 1}, model, theta, 3, is_bad() ? -1 : 0);
    });
    expect_error("advance: policy", [&] { km::advance(policy(), euler, model, theta, 3); });
    const std::vector<double> edge(is_bad() ? 3 : 31, 0.5); // too few numbers
    const km::Model cut_edge{km::SineLaplacian{.boundary = {.north = km::fixed_phase(edge)}}, 0.5};
    expect_error("advance: edge", [&] { km::advance(km::Fused{}, euler, cut_edge, theta, 3); });
    const km::DormandPrince54 method{.relative_tolerance = good_or(-1)};
    expect_error("integrate", [&] { km::integrate(km::Fused{}, method, model, theta, 1.0); });
    expect_error("integrate: policy", [&] { km::integrate(policy(), km::DormandPrince54{}, model, theta, 1.0); });
    expect_error("integrate: duration",
                 [&] { km::integrate(km::Fused{}, km::DormandPrince54{}, model, theta, good_or(-1)); });
}

TEST_F(OneRankFails, FieldsOfModelsAndSteppers) {
    const km::Field<double> short_field = cut_off_block();
    const km::Euler euler{.dt = 0.1};
    const km::Model frequencies{model.laplacian, short_field};
    expect_error("rate: omega", [&] { km::rate(km::Fused{}, frequencies, theta, other); });
    expect_error("advance: omega", [&] { km::advance(km::Fused{}, euler, frequencies, theta, 3); });
    expect_error("integrate: omega",
                 [&] { km::integrate(km::Fused{}, km::DormandPrince54{}, frequencies, theta, 1.0); });
    const km::Model bonds{km::with_bonds(model.laplacian, short_field, short_field), 0.5};
    expect_error("apply: bonds", [&] { km::apply(km::Fused{}, bonds.laplacian, theta, other); });
    expect_error("rate: bonds", [&] { km::rate(km::Fused{}, bonds, theta, other); });
    expect_error("advance: bonds", [&] { km::advance(km::Fused{}, euler, bonds, theta, 3); });
    const km::Model own_bonds{km::with_bonds(model.laplacian, is_bad() ? theta.local() : other.local(), other.local()),
                              0.5}; // the phases are the strengths
    expect_error("advance: overlap", [&] { km::advance(km::Fused{}, euler, own_bonds, theta, 3); });
    expect_error("integrate: overlap",
                 [&] { km::integrate(km::Fused{}, km::DormandPrince54{}, own_bonds, theta, 1.0); });
    const km::EulerMaruyamaField<double> noisy{.dt = 0.1, .D = short_field};
    expect_error("advance: field of D", [&] { km::advance(km::Fused{}, noisy, model, theta, 3, 0); });
    const km::InertialModel inertial{km::InertiaFields<double>{.mass = short_field}, model};
    expect_error("advance: mass", [&] { km::advance(km::Fused{}, km::VelocityVerlet{}, inertial, theta, other, 3); });
    expect_error("integrate: mass",
                 [&] { km::integrate(km::Fused{}, km::DormandPrince54{}, inertial, theta, other, 1.0); });
    expect_error("max_stable_dt", [&] { static_cast<void>(km::max_stable_dt(lattice, euler, bonds)); });
}

TEST_F(OneRankFails, WhatAdvancesWithMeanFieldOrInertia) {
    const km::MeanFieldModel mean_field{km::MeanField{.K = good_or(infinity)}, model};
    const km::InertialModel inertial{km::Inertia{.mass = good_or(-1)}, model};
    const km::DormandPrince54 method;
    expect_error("mean field: rate", [&] { km::rate(km::Fused{}, mean_field, theta, other); });
    expect_error("mean field: advance", [&] { km::advance(km::Fused{}, km::Heun{}, mean_field, theta, 3); });
    expect_error("mean field: integrate", [&] { km::integrate(km::Fused{}, method, mean_field, theta, 1.0); });
    expect_error("inertia: advance",
                 [&] { km::advance(km::Fused{}, km::VelocityVerlet{}, inertial, theta, other, 3); });
    expect_error("inertia: BAOAB",
                 [&] { km::advance(km::Fused{}, km::BAOAB{.temperature = 0.1}, inertial, theta, other, 3, 0); });
    expect_error("inertia: integrate", [&] { km::integrate(km::Fused{}, method, inertial, theta, other, 1.0); });
    const km::MeanFieldModel no_lattice{km::MeanField{.K = 1}, 0.5};
    const km::InertialModel good{km::Inertia{.mass = 1}, model};
    const km::VelocityVerlet verlet;
    expect_error("mean field: rate", [&] { km::rate(km::Fused{}, no_lattice, theta, stray); });
    expect_error("inertia: temperature",
                 [&] { km::advance(km::Fused{}, km::BAOAB{.temperature = good_or(-1)}, good, theta, other, 3, 0); });
    expect_error("inertia: advance: velocity", [&] { km::advance(km::Fused{}, verlet, good, theta, stray, 3); });
    expect_error("inertia: advance: overlap",
                 [&] { km::advance(km::Fused{}, verlet, good, theta, is_bad() ? theta : other, 3); });
    expect_error("inertia: advance: policy", [&] { km::advance(policy(), verlet, good, theta, other, 3); });
    expect_error("inertia: integrate: velocity", [&] { km::integrate(km::Fused{}, method, good, theta, stray, 1.0); });
    expect_error("inertia: integrate: duration",
                 [&] { km::integrate(km::Fused{}, method, good, theta, other, good_or(-1)); });
}

TEST_F(OneRankFails, Simulations) {
    expect_error("dt", [&] { km::Simulation(model, theta, km::Euler{.dt = is_bad() ? -1 : 0.1}); });
    expect_error("stability", [&] { km::Simulation(model, theta, km::Euler{.dt = is_bad() ? 100 : 0.1}); });
    const km::InertialModel inertial{km::Inertia{.mass = good_or(-1)}, model};
    expect_error("inertia", [&] { km::Simulation(inertial, theta, other, km::VelocityVerlet{.dt = 0.1}); });
    const km::InertialModel good{km::Inertia{.mass = 1}, model};
    expect_error("velocity", [&] { km::Simulation(good, theta, stray, km::VelocityVerlet{.dt = 0.1}); });
    expect_error("velocity, adaptive", [&] { km::Simulation(good, theta, stray, km::DormandPrince54{}); });
    expect_error("tolerance",
                 [&] { km::Simulation(model, theta, km::DormandPrince54{.relative_tolerance = good_or(-1)}); });
    const km::Start start{.time = good_or(infinity)};
    expect_error("start", [&] { km::Simulation(model, theta, km::DormandPrince54{}, start); });
    km::Simulation simulation(model, theta, km::Euler{.dt = 0.1});
    expect_error("policy", [&] { simulation.run(policy(), 3); });
    expect_error("steps", [&] { simulation.run(km::Fused{}, is_bad() ? -3 : 3); });
    expect_error("every", [&] { simulation.run(km::Fused{}, 3, is_bad() ? -1 : 1, [](const auto&) {}); });
    EXPECT_EQ(simulation.step(), 0);
    km::Simulation adaptive(model, theta, km::DormandPrince54{});
    expect_error("duration", [&] { adaptive.run(km::Fused{}, good_or(-1)); });
    expect_error("every, adaptive", [&] { adaptive.run(km::Fused{}, 1.0, good_or(-1), [](const auto&) {}); });
    EXPECT_EQ(adaptive.time(), 0);
}

// The strongest bond leads from one block to the next: no process sees it in its block alone.
TEST(Stability, KnowsTheBondsBetweenBlocks) {
    for (const km::Boundary& boundary : {km::Boundary{}, km::torus}) {
        const km::mpi::Decomposition lattice(MPI_COMM_WORLD, 24, 31);
        const km::mpi::Block first = lattice.block(0);
        km::Field<double> east(24, 31), south(24, 31), masses(24, 31);
        east.fill(0.125);
        south.fill(0.125);
        masses.fill(4);
        if (first.col_end < 31) east(3, first.col_end - 1) = 50;
        if (first.row_end < 24) south(first.row_end - 1, 3) = 60;
        masses(20, 20) = 0.5;
        km::mpi::Field<double> cut_east(lattice), cut_south(lattice), cut_masses(lattice), theta(lattice);
        km::mpi::scatter(east, cut_east);
        km::mpi::scatter(south, cut_south);
        km::mpi::scatter(masses, cut_masses);
        const km::SineLaplacian plain{.K = 1, .boundary = boundary};
        const km::Model one{km::with_bonds(plain, east, south), 0.0};
        const km::Model many{km::with_bonds(plain, cut_east.local(), cut_south.local()), 0.0};
        const km::Euler euler{.dt = 0.25};
        EXPECT_EQ(km::max_stable_dt(euler, one), km::max_stable_dt(lattice, euler, many));
        const km::InertialModel heavy{km::InertiaFields<double>{.mass = masses, .damping = 0.5}, one};
        const km::InertialModel cut{km::InertiaFields<double>{.mass = cut_masses.local(), .damping = 0.5}, many};
        EXPECT_EQ(km::max_stable_dt(km::VelocityVerlet{}, heavy),
                  km::max_stable_dt(lattice, km::VelocityVerlet{}, cut));
        if (lattice.size() == 1) continue;
        EXPECT_THROW(km::Simulation(many, theta, euler), std::invalid_argument);
    }
}

TEST_F(OneRankFails, InitialPhases) {
    expect_error("uniform_phases", [&] { km::uniform_phases(policy(), theta, 1); });
    expect_error("normal_phases", [&] { km::normal_phases(theta, 0, good_or(-1), 1); });
    expect_error("equal_phases", [&] { km::equal_phases(theta, good_or(infinity)); });
    expect_error("plane_wave_phases",
                 [&] { km::plane_wave_phases(theta, km::PlaneWave{.phase = good_or(std::nan(""))}); });
    expect_error("twisted_phases", [&] { km::twisted_phases(theta, km::TwistedState{.phase = good_or(infinity)}); });
    expect_error("target_phases", [&] { km::target_phases(theta, km::TargetWave{.wavelength = good_or(-1)}); });
    expect_error("spiral_phases", [&] { km::spiral_phases(theta, km::SpiralWave{.wavelength = good_or(-1)}); });
    expect_error("vortex_phases", [&] { km::vortex_phases(theta, {km::Vortex{.row = good_or(std::nan(""))}}); });
}

TEST_F(OneRankFails, InitialFrequencies) {
    const km::Normal normal{.mean = 0, .deviation = good_or(-1)};
    const km::Normal good;
    expect_error("uniform_frequencies", [&] { km::uniform_frequencies(theta, good_or(5), 2, 1); });
    expect_error("normal_frequencies", [&] { km::normal_frequencies(theta, good_or(infinity), 1, 1); });
    expect_error("lorentzian_frequencies", [&] { km::lorentzian_frequencies(theta, 0, good_or(-1), 1); });
    expect_error("truncated_lorentzian_frequencies",
                 [&] { km::truncated_lorentzian_frequencies(theta, 0, 1, good_or(-1), 1); });
    expect_error("mixed_frequencies", [&] { km::mixed_frequencies(theta, 0, 1, good_or(-1), 1); });
    expect_error("mixed_frequencies of distributions", [&] { km::mixed_frequencies(theta, normal, good, 0.5, 1); });
    expect_error("equal_frequencies", [&] { km::equal_frequencies(theta, good_or(infinity)); });
    expect_error("gradient_frequencies",
                 [&] { km::gradient_frequencies(theta, good_or(infinity), 1, km::Axis::rows); });
    expect_error("halved_frequencies", [&] { km::halved_frequencies(theta, good_or(infinity), 1, km::Axis::cols); });
    expect_error("checkerboard_frequencies", [&] { km::checkerboard_frequencies(theta, good_or(infinity), 1); });
    expect_error("defect_frequencies", [&] { km::defect_frequencies(theta, km::Defect{.radius = good_or(-1)}); });
    expect_error("uniform_quantiles", [&] { km::uniform_quantiles(theta, good_or(5), 2, 1); });
    expect_error("normal_quantiles", [&] { km::normal_quantiles(theta, 0, good_or(-1), 1); });
    expect_error("lorentzian_quantiles", [&] { km::lorentzian_quantiles(theta, 0, good_or(-1), 1); });
    expect_error("mixed_quantiles", [&] { km::mixed_quantiles(theta, normal, good, 0.5, 1); });
    expect_error("quantiles: policy", [&] { km::uniform_quantiles(policy(), theta, 0, 1, 1); });
}

// Different numbers, each of which is valid: processes would wait for messages that nobody sends.
TEST_F(OneRankFails, NumbersThatDiffer) {
    const km::Euler euler{.dt = 0.1};
    expect_must_be_same("advance", [&] { km::advance(km::Fused{}, euler, model, theta, is_bad() ? 4 : 3); });
    expect_must_be_same("integrate",
                        [&] { km::integrate(km::Fused{}, km::DormandPrince54{}, model, theta, good_or(2)); });
    expect_must_be_same("gather", [&] { static_cast<void>(km::mpi::gather(theta, is_bad() ? 1 : 0)); });
    const km::Field<double> whole(24, 31);
    expect_must_be_same("scatter", [&] { km::mpi::scatter(whole, theta, is_bad() ? 1 : 0); });
    expect_must_be_same("rows", [&] { km::mpi::Decomposition(MPI_COMM_WORLD, is_bad() ? 40 : 41, 31); });
}

TEST_F(OneRankFails, KindsOfEdgesThatDiffer) {
    const km::SineLaplacian laplacian{.boundary = is_bad() ? km::torus : km::Boundary{}};
    const km::Model differing{laplacian, 0.5};
    const km::InertialModel inertial{km::Inertia{}, differing};
    expect_must_be_same("apply", [&] { km::apply(km::Fused{}, laplacian, theta, other); });
    expect_must_be_same("rate", [&] { km::rate(km::Fused{}, differing, theta, other); });
    expect_must_be_same("advance", [&] { km::advance(km::Fused{}, km::Euler{.dt = 0.1}, differing, theta, 3); });
    expect_must_be_same("integrate", [&] { km::integrate(km::Fused{}, km::DormandPrince54{}, differing, theta, 1.0); });
    expect_must_be_same("inertia: advance",
                        [&] { km::advance(km::Fused{}, km::VelocityVerlet{}, inertial, theta, other, 3); });
    expect_must_be_same("inertia: integrate",
                        [&] { km::integrate(km::Fused{}, km::DormandPrince54{}, inertial, theta, other, 1.0); });
}

TEST_F(OneRankFails, FieldsThatAreNumbersElsewhere) {
    const km::mpi::Field<double> field(lattice);
    const km::NumberOrField<double> differing =
        is_bad() ? km::NumberOrField<double>(1) : km::NumberOrField<double>(field.local());
    const km::Euler euler{.dt = 0.1};
    const km::VelocityVerlet verlet{.dt = 0.1};
    const km::Model frequencies{model.laplacian, differing};
    const km::MeanFieldModel mean_field{km::MeanField{}, differing};
    const km::InertialModel masses{km::InertiaFields<double>{.mass = differing}, model};
    const km::InertialModel dampings{km::InertiaFields<double>{.damping = differing}, frequencies};
    expect_must_be_same("rate", [&] { km::rate(km::Fused{}, frequencies, theta, other); });
    expect_must_be_same("advance", [&] { km::advance(km::Fused{}, euler, frequencies, theta, 3); });
    expect_must_be_same("integrate",
                        [&] { km::integrate(km::Fused{}, km::DormandPrince54{}, frequencies, theta, 1.0); });
    expect_must_be_same("mean field", [&] { km::advance(km::Fused{}, euler, mean_field, theta, 3); });
    expect_must_be_same("mass", [&] { km::advance(km::Fused{}, verlet, masses, theta, other, 3); });
    expect_must_be_same("damping", [&] { km::advance(km::Fused{}, verlet, dampings, theta, other, 3); });
}

TEST_F(OneRankFails, Decompositions) {
    const auto cut = [](std::ptrdiff_t rows, std::ptrdiff_t cols, const km::mpi::RankGrid& ranks = {}) {
        km::mpi::Decomposition(MPI_COMM_WORLD, rows, cols, ranks);
    };
    expect_error("rows", [&] { cut(is_bad() ? -24 : 24, 31); });
    expect_error("cols", [&] { cut(24, is_bad() ? std::ptrdiff_t{1} << 31 : 31); });
    expect_error("ranks", [&] { cut(24, 31, {is_bad() ? -1 : 0, 0}); });
    expect_error("layout", [&] { cut(24, 31, {is_bad() ? lattice.size() + 1 : 0, 0}); });
}

TEST_F(OneRankFails, Blocks) {
    expect_error("gather", [&] { static_cast<void>(km::mpi::gather(theta, is_bad() ? -1 : 0)); });
    const km::Field<double> whole(24, is_bad() ? 30 : 31);
    expect_error("scatter: root", [&] { km::mpi::scatter(whole, theta, is_bad() ? lattice.size() : 0); });
    expect_error("scatter: whole", [&] { km::mpi::scatter(whole, theta, bad_rank()); });
    km::mpi::Field<double> east(lattice), south(lattice);
    expect_error("remove_cells: east", [&] { km::remove_cells(theta, stray, south); });
    expect_error("remove_cells: south", [&] { km::remove_cells(theta, east, stray); });
    expect_error("remove_cells: overlap", [&] { km::remove_cells(theta, east, is_bad() ? east : south); });
    const km::mpi::Decomposition cut_otherwise(MPI_COMM_WORLD, 24, 32);
    km::mpi::Field<double> foreign(cut_otherwise);
    EXPECT_THROW(km::rate(km::Fused{}, model, theta, foreign), std::invalid_argument);
}

TEST_F(OneRankFails, LongRuns) {
    km::mpi::Field<double> out(lattice);
    km::mpi::WrappedTurns<double> turns(lattice);
    km::mpi::WrappedTurns<double> stray_turns(is_bad() ? another : lattice);
    km::mpi::WrappedTurns<double> stray_rest(lattice);
    stray_rest.rest = stray;
    expect_error("wrap: policy", [&] { km::wrap(policy(), theta, turns); });
    expect_error("wrap: turns", [&] { km::wrap(theta, stray_turns); });
    expect_error("wrap: rest", [&] { km::wrap(theta, stray_rest); });
    expect_error("unwrapped: policy", [&] { km::unwrapped(policy(), theta, turns, out); });
    expect_error("unwrapped: turns", [&] { km::unwrapped(theta, stray_turns, out); });
    expect_error("unwrapped: total", [&] { km::unwrapped(theta, turns, stray); });
    expect_error("unwrapped: overlap", [&] { km::unwrapped(theta, turns, is_bad() ? theta : out); });
    const km::Boundary boundary{.north = is_bad() ? km::fixed_phase(0.5) : km::zero_flux};
    expect_error("enter_rotating_frame: policy",
                 [&] { static_cast<void>(km::enter_rotating_frame(policy(), model, theta)); });
    expect_error("enter_rotating_frame: boundary",
                 [&] { static_cast<void>(km::enter_rotating_frame(boundary, theta)); });
    if (is_bad()) out.local()(0, 0) = infinity; // the mean is that of all processes
    test::expect_common_error(lattice, "enter_rotating_frame: omega",
                              [&] { static_cast<void>(km::enter_rotating_frame(model, out)); });
    const km::RotatingFrame frame{1.5};
    expect_error("to_laboratory: policy", [&] { km::to_laboratory(policy(), frame, 1, theta, out); });
    expect_error("to_laboratory: time", [&] { km::to_laboratory(frame, good_or(infinity), theta, out); });
    expect_error("to_laboratory: frame",
                 [&] { km::to_laboratory(km::RotatingFrame{good_or(infinity)}, 1, theta, out); });
    expect_error("to_laboratory: laboratory", [&] { km::to_laboratory(frame, 1, theta, stray); });
}

} // namespace
