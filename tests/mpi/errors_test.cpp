// An argument that is invalid on one process only: every process throws the same, and none waits for ever.
#include <kuramoto/kuramoto.hpp>
#include <kuramoto/mpi.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

namespace km = kuramoto;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

class OneRankFails : public testing::Test {
  protected:
    OneRankFails() {
        km::uniform_phases(theta, 1);
        km::uniform_phases(other, 2);
    }

    [[nodiscard]] bool is_bad() const { return lattice.rank() == lattice.size() - 1; }
    /// A policy that is invalid on the last process.
    [[nodiscard]] km::Fused policy() const { return {.depth = is_bad() ? -1 : 0}; }
    /// A number that is.
    [[nodiscard]] double good_or(double bad) const { return is_bad() ? bad : 1.0; }

    /// call() throws the same on every process, and says which one failed.
    template <class Call> void expect_error(const std::string& name, const Call& call) const {
        std::string message;
        try {
            call();
        } catch (const std::exception& error) {
            message = error.what();
        }
        EXPECT_NE(message, "") << name << " throws nothing";
        if (lattice.size() > 1) {
            EXPECT_NE(message.find("(on rank " + std::to_string(lattice.size() - 1) + ")"), std::string::npos)
                << name << ": " << message;
        }
        std::array<char, 512> first{};
        message.copy(first.data(), first.size() - 1);
        MPI_Bcast(first.data(), static_cast<int>(first.size()), MPI_CHAR, 0, lattice.communicator());
        EXPECT_EQ(message.substr(0, first.size() - 1), first.data()) << name;
    }

    const km::mpi::Decomposition lattice{MPI_COMM_WORLD, 24, 31};
    km::mpi::Field<double> theta{lattice};
    km::mpi::Field<double> other{lattice};
    const km::Model<km::Sine, double> model{km::SineLaplacian{.K = 1, .boundary = km::torus}, 0.5};
};

TEST_F(OneRankFails, WhatAdvances) {
    const km::SineLaplacian laplacian{.K = good_or(std::nan("")), .boundary = km::torus};
    const km::Model bad{laplacian, 0.5};
    const km::Euler euler{.dt = 0.1};
    expect_error("apply", [&] { km::apply(km::Fused{}, laplacian, theta, other); });
    expect_error("rate", [&] { km::rate(km::Fused{}, bad, theta, other); });
    expect_error("advance: K", [&] { km::advance(km::Fused{}, euler, bad, theta, 3); });
    expect_error("advance: dt", [&] { km::advance(km::Fused{}, km::Euler{.dt = good_or(-1)}, model, theta, 3); });
    expect_error("advance: steps", [&] { km::advance(km::Fused{}, euler, model, theta, is_bad() ? -3 : 3); });
    expect_error("advance: D",
                 [&] { km::advance(km::Fused{}, km::EulerMaruyama{.dt = 0.1, .D = good_or(-1)}, model, theta, 3, 0); });
    expect_error("advance: policy", [&] { km::advance(policy(), euler, model, theta, 3); });
    const std::vector<double> edge(is_bad() ? 3 : 31, 0.5); // too few numbers
    const km::Model cut_edge{km::SineLaplacian{.boundary = {.north = km::fixed_phase(edge)}}, 0.5};
    expect_error("advance: edge", [&] { km::advance(km::Fused{}, euler, cut_edge, theta, 3); });
    const km::DormandPrince54 method{.relative_tolerance = good_or(-1)};
    expect_error("integrate", [&] { km::integrate(km::Fused{}, method, model, theta, 1.0); });
    expect_error("integrate: duration",
                 [&] { km::integrate(km::Fused{}, km::DormandPrince54{}, model, theta, good_or(-1)); });
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
}

TEST_F(OneRankFails, Simulations) {
    expect_error("dt", [&] { km::Simulation(model, theta, km::Euler{.dt = is_bad() ? -1 : 0.1}); });
    expect_error("stability", [&] { km::Simulation(model, theta, km::Euler{.dt = is_bad() ? 100 : 0.1}); });
    const km::InertialModel inertial{km::Inertia{.mass = good_or(-1)}, model};
    expect_error("inertia", [&] { km::Simulation(inertial, theta, other, km::VelocityVerlet{.dt = 0.1}); });
    km::Simulation simulation(model, theta, km::Euler{.dt = 0.1});
    expect_error("policy", [&] { simulation.run(policy(), 3); });
    expect_error("steps", [&] { simulation.run(km::Fused{}, is_bad() ? -3 : 3); });
    EXPECT_EQ(simulation.step(), 0);
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

TEST_F(OneRankFails, Observables) {
    const auto check = [&](const char* name, const auto& observe) {
        expect_error(name, [&] { static_cast<void>(observe(policy())); });
    };
    std::vector<double> values(5);
    check("order_parameter", [&](const auto& p) { return km::order_parameter(p, theta); });
    check("daido_moment", [&](const auto& p) { return km::daido_moment(p, theta, 2); });
    check("phase_statistics", [&](const auto& p) { return km::phase_statistics(p, theta); });
    check("phase_moments", [&](const auto& p) { return km::phase_moments(p, theta); });
    check("energy", [&](const auto& p) { return km::energy(p, model, theta); });
    check("helicity_sums", [&](const auto& p) { return km::helicity_sums(p, model, theta); });
    check("count_vortices", [&](const auto& p) { return km::count_vortices(p, model, theta); });
    check("correlation", [&](const auto& p) {
        km::correlation(p, model, theta, values, km::Pairs::both);
        return 0;
    });
    check("local_order_parameter", [&](const auto& p) {
        km::local_order_parameter(p, model, theta, other, 2);
        return 0;
    });
    check("frequency_clusters", [&](const auto& p) { return km::frequency_clusters(p, model, theta, 0.1); });
    check("kinetic_temperature", [&](const auto& p) { return km::kinetic_temperature(p, km::Inertia{}, theta); });
    check("effective_frequencies", [&](const auto& p) {
        km::mpi::Field<double> out(lattice);
        km::effective_frequencies(p, theta, other, 1.0, out);
        return 0;
    });
    check("mean_frequency", [&](const auto& p) { return km::mean_frequency(p, theta); });
    expect_error("row_winding", [&] { static_cast<void>(km::row_winding(theta, is_bad() ? 24 : 0)); });
    expect_error("col_winding", [&] { static_cast<void>(km::col_winding(theta, is_bad() ? -1 : 0)); });
    expect_error("tolerance",
                 [&] { static_cast<void>(km::frequency_clusters(km::Fused{}, model, theta, good_or(-1))); });
    expect_error("energy: K", [&] { static_cast<void>(km::energy(km::SineLaplacian{.K = good_or(infinity)}, theta)); });
}

TEST_F(OneRankFails, InitialConditions) {
    expect_error("uniform_phases", [&] { km::uniform_phases(policy(), theta, 1); });
    expect_error("normal_phases", [&] { km::normal_phases(theta, 0, good_or(-1), 1); });
    expect_error("uniform_frequencies", [&] { km::uniform_frequencies(theta, good_or(5), 2, 1); });
    expect_error("normal_frequencies", [&] { km::normal_frequencies(theta, good_or(infinity), 1, 1); });
    expect_error("lorentzian_frequencies", [&] { km::lorentzian_frequencies(theta, 0, good_or(-1), 1); });
    expect_error("plane_wave_phases",
                 [&] { km::plane_wave_phases(theta, km::PlaneWave{.phase = good_or(std::nan(""))}); });
}

TEST_F(OneRankFails, Files) {
    if (lattice.size() == 1) return;
    const std::string path = is_bad() ? "other_theta.npy" : "theta.npy";
    EXPECT_THROW(km::write_npy(path, theta), std::invalid_argument);
    EXPECT_THROW(km::write_checkpoint(path, km::mpi::Checkpoint(lattice)), std::invalid_argument);
    EXPECT_THROW(km::mpi::NpySeries<double>(path, lattice), std::invalid_argument);
    EXPECT_FALSE(std::filesystem::exists("theta.npy") || std::filesystem::exists("theta.npy.part"));
}

// Different numbers, each of which is valid: processes would wait for messages that nobody sends.
TEST_F(OneRankFails, NumbersThatDiffer) {
    if (lattice.size() == 1) return;
    const km::Euler euler{.dt = 0.1};
    EXPECT_THROW(km::advance(km::Fused{}, euler, model, theta, is_bad() ? 4 : 3), std::invalid_argument);
    EXPECT_THROW(km::integrate(km::Fused{}, km::DormandPrince54{}, model, theta, good_or(2)), std::invalid_argument);
    std::vector<double> values(is_bad() ? 4 : 5);
    EXPECT_THROW(km::correlation(model, theta, values, km::Pairs::rows), std::invalid_argument);
    EXPECT_THROW(static_cast<void>(km::mpi::gather(theta, is_bad() ? 1 : 0)), std::invalid_argument);
    EXPECT_THROW(km::local_order_parameter(model, theta, other, is_bad() ? 1 : 2), std::invalid_argument);
}

TEST_F(OneRankFails, Blocks) {
    expect_error("gather", [&] { static_cast<void>(km::mpi::gather(theta, is_bad() ? -1 : 0)); });
    const km::mpi::Decomposition cut_otherwise(MPI_COMM_WORLD, 24, 32);
    km::mpi::Field<double> foreign(cut_otherwise);
    EXPECT_THROW(km::rate(km::Fused{}, model, theta, foreign), std::invalid_argument);
}

} // namespace
