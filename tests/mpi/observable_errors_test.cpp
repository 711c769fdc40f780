// Observables with an argument that is invalid on one process only: every process throws the same, and none waits for
// ever.
#include "one_rank_fails.hpp"

#include <kuramoto/kuramoto.hpp>
#include <kuramoto/mpi.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <vector>

namespace km = kuramoto;

namespace {

using test::OneRankFails;

TEST_F(OneRankFails, PoliciesOfObservables) {
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
    check("kinetic_temperature of a model",
          [&](const auto& p) { return km::kinetic_temperature(p, km::InertialModel{km::Inertia{}, model}, theta); });
}

TEST_F(OneRankFails, MasksOfObservables) {
    const auto check = [&](const char* name, const auto& observe) {
        expect_error(name, [&] { static_cast<void>(observe(stray)); });
    };
    std::vector<double> values(5);
    check("order_parameter", [&](const auto& present) { return km::order_parameter(theta, present); });
    check("daido_moment", [&](const auto& present) { return km::daido_moment(theta, present, 2); });
    check("phase_statistics", [&](const auto& present) { return km::phase_statistics(theta, present); });
    check("phase_moments", [&](const auto& present) { return km::phase_moments(theta, present); });
    check("energy", [&](const auto& present) { return km::energy(model, theta, present); });
    check("helicity_sums", [&](const auto& present) { return km::helicity_sums(model, theta, present); });
    check("count_vortices", [&](const auto& present) { return km::count_vortices(model, theta, present); });
    check("for_each_vortex", [&](const auto& present) {
        km::for_each_vortex(model, theta, present, [](const km::Vortex&) {});
        return 0;
    });
    check("correlation", [&](const auto& present) {
        km::correlation(model, theta, present, values, km::Pairs::both);
        return 0;
    });
    check("local_order_parameter", [&](const auto& present) {
        km::local_order_parameter(model, theta, present, other, 2);
        return 0;
    });
    check("frequency_clusters",
          [&](const auto& present) { return km::frequency_clusters(model, theta, present, 0.1); });
    check("kinetic_temperature",
          [&](const auto& present) { return km::kinetic_temperature(km::Inertia{}, theta, present); });
}

TEST_F(OneRankFails, EdgesOfObservables) {
    const std::vector<double> edge(is_bad() ? 3 : 31, 0.5); // too few numbers
    const km::SineLaplacian lattice_of{.boundary = {.north = km::fixed_phase(edge)}};
    const auto check = [&](const char* name, const auto& observe) {
        expect_error(name, [&] { static_cast<void>(observe(lattice_of)); });
    };
    std::vector<double> values(5);
    check("energy", [&](const auto& of) { return km::energy(of, theta); });
    check("helicity_sums", [&](const auto& of) { return km::helicity_sums(of, theta); });
    check("count_vortices", [&](const auto& of) { return km::count_vortices(of, theta); });
    check("for_each_vortex", [&](const auto& of) {
        km::for_each_vortex(of, theta, [](const km::Vortex&) {});
        return 0;
    });
    check("correlation", [&](const auto& of) {
        km::correlation(of, theta, values, km::Pairs::both);
        return 0;
    });
    check("local_order_parameter", [&](const auto& of) {
        km::local_order_parameter(of, theta, other, 2);
        return 0;
    });
    check("frequency_clusters", [&](const auto& of) { return km::frequency_clusters(of, theta, 0.1); });
}

TEST_F(OneRankFails, ArgumentsOfObservables) {
    const auto check = [&](const char* name, const auto& observe) {
        expect_error(name, [&] { static_cast<void>(observe()); });
    };
    const km::Field<double> short_field = cut_off_block();
    const auto bonds = km::with_bonds(model.laplacian, short_field, short_field);
    check("energy: K", [&] { return km::energy(km::SineLaplacian{.K = good_or(infinity)}, theta); });
    check("energy: bonds", [&] { return km::energy(bonds, theta); });
    check("helicity_sums: K", [&] { return km::helicity_sums(km::SineLaplacian{.K = good_or(infinity)}, theta); });
    check("helicity_sums: bonds", [&] { return km::helicity_sums(bonds, theta); });
    check("daido_moment: m", [&] { return km::daido_moment(theta, is_bad() ? 0 : 2); });
    check("kinetic_temperature: mass",
          [&] { return km::kinetic_temperature(km::Inertia{.mass = good_or(-1)}, theta); });
    check("kinetic_temperature: field of masses",
          [&] { return km::kinetic_temperature(km::InertiaFields<double>{.mass = short_field}, theta); });
    check("frequency_clusters: tolerance", [&] { return km::frequency_clusters(model, theta, good_or(-1)); });
    check("row_winding", [&] { return km::row_winding(theta, is_bad() ? 24 : 0); });
    check("col_winding", [&] { return km::col_winding(theta, is_bad() ? -1 : 0); });
    const std::vector<km::Cell> loop{{0, 0}, {0, 1}, {is_bad() ? 24 : 1, 1}};
    check("winding", [&] { return km::winding(theta, loop); });
}

TEST_F(OneRankFails, ResultsOfObservables) {
    km::mpi::Field<double> out(lattice);
    expect_error("local_order_parameter: r", [&] { km::local_order_parameter(model, theta, stray, 2); });
    expect_error("local_order_parameter: overlap",
                 [&] { km::local_order_parameter(model, theta, is_bad() ? theta : out, 2); });
    expect_error("local_order_parameter: half_width",
                 [&] { km::local_order_parameter(model, theta, out, is_bad() ? -1 : 2); });
    expect_error("effective_frequencies: theta_after", [&] { km::effective_frequencies(theta, stray, 1, out); });
    expect_error("effective_frequencies: out", [&] { km::effective_frequencies(theta, other, 1, stray); });
    expect_error("effective_frequencies: overlap",
                 [&] { km::effective_frequencies(theta, other, 1, is_bad() ? other : out); });
    expect_error("effective_frequencies: duration", [&] { km::effective_frequencies(theta, other, good_or(0), out); });
}

// Different arguments, each of which is valid: processes would wait for messages that nobody sends.
TEST_F(OneRankFails, ArgumentsOfObservablesThatDiffer) {
    const km::SineLaplacian lattice_of{.boundary = is_bad() ? km::torus : km::Boundary{}};
    const auto check = [&](const char* name, const auto& observe) {
        expect_must_be_same(name, [&] { static_cast<void>(observe()); });
    };
    std::vector<double> values(5);
    std::vector<double> many(is_bad() ? 4 : 5);
    expect_must_be_same("correlation: size", [&] { km::correlation(model, theta, many, km::Pairs::rows); });
    expect_must_be_same("correlation: pairs",
                        [&] { km::correlation(model, theta, values, is_bad() ? km::Pairs::cols : km::Pairs::rows); });
    expect_must_be_same("local_order_parameter: half_width",
                        [&] { km::local_order_parameter(model, theta, other, is_bad() ? 1 : 2); });
    expect_must_be_same("local_order_parameter", [&] { km::local_order_parameter(lattice_of, theta, other, 2); });
    expect_must_be_same("for_each_vortex", [&] { km::for_each_vortex(lattice_of, theta, [](const km::Vortex&) {}); });
    check("energy", [&] { return km::energy(lattice_of, theta); });
    check("helicity_sums", [&] { return km::helicity_sums(lattice_of, theta); });
    check("count_vortices", [&] { return km::count_vortices(lattice_of, theta); });
    check("frequency_clusters", [&] { return km::frequency_clusters(lattice_of, theta, 0.1); });
    const std::vector<km::Cell> loop(is_bad() ? 5 : 4);
    check("winding", [&] { return km::winding(theta, loop); });
}

} // namespace
