// Observables of lattices that are cut: on every process the result of one process, to the bit.
#include "lattices.hpp"

#include "support/expect_error.hpp"
#include "support/masks.hpp"

#include <kuramoto/kuramoto.hpp>
#include <kuramoto/mpi.hpp>
#include <kuramoto/openmp.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <stdexcept>
#include <vector>

namespace km = kuramoto;

namespace {

// The numbers of a result, so that two can be compared bit by bit.
std::vector<double> numbers(double a) { return {a}; }
std::vector<double> numbers(const km::OrderParameter& a) { return {a.r, a.psi}; }
std::vector<double> numbers(const km::PhaseStatistics& a) { return {a.mean, a.deviation, a.least, a.greatest}; }
std::vector<double> numbers(const km::PhaseMoments& a) { return {a.mean, a.variance, a.skewness, a.excess_kurtosis}; }
std::vector<double> numbers(const km::HelicitySums& a) {
    return {a.rows.cos, a.rows.sin, a.cols.cos, a.cols.sin, a.K, static_cast<double>(a.cells)};
}
std::vector<double> numbers(const km::VortexCount& a) {
    return {static_cast<double>(a.positive), static_cast<double>(a.negative)};
}

template <class Result> void expect_same(const Result& expected, const Result& result, const char* what) {
    const std::vector<double> a = numbers(expected);
    const std::vector<double> b = numbers(result);
    ASSERT_EQ(a.size(), b.size());
    for (std::size_t k = 0; k < a.size(); ++k)
        EXPECT_TRUE(test::same_bits(a[k], b[k])) << what << ", number " << k << ": " << a[k] << " and " << b[k];
}

template <class T> km::Field<T> phases(const km::mpi::Decomposition& lattice) {
    km::Field<T> theta(lattice.rows(), lattice.cols());
    km::normal_phases(theta, 0.5, 3, 17);
    return theta;
}

// check(whole θ, its parts, whole mask, its parts) for both precisions and every cut.
template <class Check> void for_each_problem(const Check& check) {
    test::for_each_cut([&](const km::mpi::Decomposition& lattice) {
        const auto with = [&]<class T>(T) {
            const km::Field<T> theta = phases<T>(lattice);
            const km::Field<T> present = test::mask<T>(lattice.rows(), lattice.cols(), 5);
            check(theta, test::part_of(theta, lattice), present, test::part_of(present, lattice));
        };
        with(float{});
        with(double{});
    });
}

// call(arguments of one process) and call(arguments of all), with and without a policy and a mask.
#define EXPECT_SAME(function, ...)                                                                                     \
    expect_same(km::function(__VA_ARGS__ theta), km::function(__VA_ARGS__ parts), #function);                          \
    expect_same(km::function(__VA_ARGS__ theta), km::function(km::OpenMP{.threads = 2}, __VA_ARGS__ parts),            \
                #function ", policy");                                                                                 \
    expect_same(km::function(__VA_ARGS__ theta, present), km::function(__VA_ARGS__ parts, present_parts),              \
                #function ", mask");                                                                                   \
    expect_same(km::function(__VA_ARGS__ theta, present),                                                              \
                km::function(km::OpenMP{.threads = 2}, __VA_ARGS__ parts, present_parts),                              \
                #function ", policy and mask")

TEST(Observables, SumsOverCells) {
    for_each_problem([](const auto& theta, const auto& parts, const auto& present, const auto& present_parts) {
        EXPECT_SAME(order_parameter, );
        EXPECT_SAME(phase_statistics, );
        EXPECT_SAME(phase_moments, );
        const km::Inertia inertia{.mass = 1.3, .damping = 0.7};
        EXPECT_SAME(kinetic_temperature, inertia, );
        expect_same(km::daido_moment(theta, 3), km::daido_moment(parts, 3), "daido_moment");
        expect_same(km::daido_moment(theta, present, 3), km::daido_moment(km::Fused{}, parts, present_parts, 3),
                    "daido_moment");
    });
}

TEST(Observables, KineticTemperatureOfFieldsOfMasses) {
    test::for_each_cut([](const km::mpi::Decomposition& lattice) {
        const km::Field<double> velocity = phases<double>(lattice);
        km::Field<double> masses(lattice.rows(), lattice.cols());
        km::uniform_frequencies(masses, 0.5, 2, 3);
        const km::mpi::Field<double> parts = test::part_of(velocity, lattice);
        const km::mpi::Field<double> mass_parts = test::part_of(masses, lattice);
        const km::InertiaFields<double> whole{.mass = masses, .damping = 1};
        const km::InertiaFields<double> here{.mass = mass_parts.local(), .damping = 1};
        expect_same(km::kinetic_temperature(whole, velocity), km::kinetic_temperature(here, parts), "temperature");
    });
}

TEST(Observables, EffectiveFrequencies) {
    test::for_each_cut([](const km::mpi::Decomposition& lattice) {
        const km::Field<float> before = phases<float>(lattice);
        km::Field<double> after(lattice.rows(), lattice.cols());
        km::normal_phases(after, 50, 2, 18);
        km::Field<double> out(lattice.rows(), lattice.cols());
        km::effective_frequencies(before, after, 7, out);
        km::mpi::Field<double> parts(lattice);
        km::effective_frequencies(test::part_of(before, lattice), test::part_of(after, lattice), 7, parts);
        test::expect_part_of(out, parts);
    });
}

TEST(Observables, SumsOverBonds) {
    for_each_problem([](const auto& theta, const auto& parts, const auto& present, const auto& present_parts) {
        const test::Edges edges(parts.decomposition());
        for (const km::Boundary& boundary : edges.all()) {
            const km::SineLaplacian lattice{.K = 1.7, .boundary = boundary};
            EXPECT_SAME(energy, lattice, );
            EXPECT_SAME(helicity_sums, lattice, );
            const km::Model model{lattice, 0.1};
            expect_same(km::energy(theta.empty() ? lattice : model.laplacian, theta), km::energy(model, parts),
                        "energy of a model");
        }
    });
}

TEST(Observables, SumsOverBondsWithStrengths) {
    test::for_each_cut([](const km::mpi::Decomposition& lattice) {
        const km::Field<double> theta = phases<double>(lattice);
        const km::Field<double> present = test::mask<double>(lattice.rows(), lattice.cols(), 4);
        km::Field<double> east(lattice.rows(), lattice.cols());
        km::Field<double> south(lattice.rows(), lattice.cols());
        km::mixed_frequencies(east, km::Uniform{.low = 0, .high = 0}, km::Uniform{.low = -1, .high = 2}, 0.8, 4);
        km::uniform_frequencies(south, -1, 3, 5);
        const km::mpi::Field<double> parts = test::part_of(theta, lattice);
        const km::mpi::Field<double> present_parts = test::part_of(present, lattice);
        const km::mpi::Field<double> east_part = test::part_of(east, lattice);
        const km::mpi::Field<double> south_part = test::part_of(south, lattice);
        const test::Edges edges(lattice);
        for (const km::Boundary& boundary : edges.all()) {
            const km::Laplacian<km::Sine, km::BondStrengths<double>> whole{
                .K = 0.7, .boundary = boundary, .bonds = {.east = east, .south = south}};
            const km::Laplacian<km::Sine, km::BondStrengths<double>> here{
                .K = 0.7, .boundary = boundary, .bonds = {.east = east_part.local(), .south = south_part.local()}};
            expect_same(km::energy(whole, theta), km::energy(here, parts), "energy");
            expect_same(km::energy(whole, theta, present), km::energy(here, parts, present_parts), "energy, mask");
            expect_same(km::helicity_sums(whole, theta), km::helicity_sums(here, parts), "helicity");
            expect_same(km::helicity_sums(whole, theta, present), km::helicity_sums(here, parts, present_parts),
                        "helicity, mask");
        }
    });
}

TEST(Observables, CountsAndListsVortices) {
    for_each_problem([](const auto& theta, const auto& parts, const auto& present, const auto& present_parts) {
        const test::Edges edges(parts.decomposition());
        for (const km::Boundary& boundary : edges.all()) {
            EXPECT_SAME(count_vortices, boundary, );
            std::vector<km::Vortex> whole;
            std::vector<km::Vortex> here;
            km::for_each_vortex(boundary, theta, [&](const km::Vortex& vortex) { whole.push_back(vortex); });
            km::for_each_vortex(boundary, theta, present, [&](const km::Vortex& vortex) { whole.push_back(vortex); });
            km::for_each_vortex(boundary, parts, [&](const km::Vortex& vortex) { here.push_back(vortex); });
            km::for_each_vortex(boundary, parts, present_parts,
                                [&](const km::Vortex& vortex) { here.push_back(vortex); });
            ASSERT_EQ(whole.size(), here.size());
            for (std::size_t k = 0; k < whole.size(); ++k) {
                EXPECT_EQ(whole[k].row, here[k].row);
                EXPECT_EQ(whole[k].col, here[k].col);
                EXPECT_EQ(whole[k].charge, here[k].charge);
            }
        }
    });
}

TEST(Observables, WindingNumbers) {
    for_each_problem([](const auto& theta, const auto& parts, const auto&, const auto&) {
        for (std::ptrdiff_t i = 0; i < theta.rows(); ++i)
            EXPECT_EQ(km::row_winding(theta, i), km::row_winding(parts, i)) << "row " << i;
        for (std::ptrdiff_t j = 0; j < theta.cols(); ++j)
            EXPECT_EQ(km::col_winding(theta, j), km::col_winding(parts, j)) << "column " << j;
        std::vector<km::Cell> loop;
        if (!theta.empty())
            for (std::ptrdiff_t k = 0; k < 5000; ++k) loop.push_back({k * k % theta.rows(), 3 * k % theta.cols()});
        EXPECT_EQ(km::winding(theta, loop), km::winding(parts, loop));
        EXPECT_ERROR(std::invalid_argument, TEST_PARTS("row = ", " is not in a lattice of "),
                     static_cast<void>(km::row_winding(parts, theta.rows())));
        EXPECT_ERROR(std::invalid_argument, TEST_PARTS("col = -1 is not in a lattice of "),
                     static_cast<void>(km::col_winding(parts, -1)));
        loop.assign(1, km::Cell{theta.rows(), 0});
        EXPECT_ERROR(std::invalid_argument, TEST_PARTS("loop[0] = (", " is not in a lattice of "),
                     static_cast<void>(km::winding(parts, loop)));
    });
}

TEST(Observables, Correlation) {
    for_each_problem([](const auto& theta, const auto& parts, const auto& present, const auto& present_parts) {
        const test::Edges edges(parts.decomposition());
        for (const km::Boundary& boundary : edges.all())
            for (const km::Pairs pairs : {km::Pairs::rows, km::Pairs::cols, km::Pairs::both}) {
                std::vector<double> whole(37, 1);
                std::vector<double> here(37, 2);
                km::correlation(boundary, theta, whole, pairs);
                km::correlation(boundary, parts, here, pairs);
                EXPECT_EQ(test::first_difference(whole, here), -1);
                km::correlation(boundary, theta, present, whole, pairs);
                km::correlation(km::OpenMP{.threads = 2}, boundary, parts, present_parts, here, pairs);
                EXPECT_EQ(test::first_difference(whole, here), -1);
            }
    });
}

TEST(Observables, LocalOrderParameter) {
    for_each_problem([](const auto& theta, const auto& parts, const auto& present, const auto& present_parts) {
        const km::mpi::Decomposition& lattice = parts.decomposition();
        const test::Edges edges(lattice);
        for (const km::Boundary& boundary : edges.all())
            for (const std::ptrdiff_t half_width : {0, 1, 4, 9, 40}) {
                km::Field<double> whole(theta.rows(), theta.cols());
                km::mpi::Field<double> here(lattice);
                km::local_order_parameter(boundary, theta, whole, half_width);
                km::local_order_parameter(boundary, parts, here, half_width);
                test::expect_part_of(whole, here);
                km::local_order_parameter(boundary, theta, present, whole, half_width);
                km::local_order_parameter(km::OpenMP{.threads = 2}, boundary, parts, present_parts, here, half_width);
                test::expect_part_of(whole, here);
            }
    });
}

TEST(Observables, PhaseWrapping) {
    test::for_each_cut([](const km::mpi::Decomposition& lattice) {
        km::Field<float> theta(lattice.rows(), lattice.cols());
        km::normal_phases(theta, 0, 100, 3);
        km::mpi::Field<float> parts = test::part_of(theta, lattice);
        km::WrappedTurns<float> turns(lattice.rows(), lattice.cols());
        km::mpi::WrappedTurns<float> turn_parts(lattice);
        km::wrap(theta, turns);
        km::wrap(parts, turn_parts);
        test::expect_part_of(theta, parts);
        test::expect_part_of(turns.turns, turn_parts.turns);
        test::expect_part_of(turns.rest, turn_parts.rest);
        km::Field<double> total(lattice.rows(), lattice.cols());
        km::mpi::Field<double> total_parts(lattice);
        km::unwrapped(theta, turns, total);
        km::unwrapped(parts, turn_parts, total_parts);
        test::expect_part_of(total, total_parts);
    });
}

TEST(Observables, RotatingFrame) {
    test::for_each_cut([](const km::mpi::Decomposition& lattice) {
        km::Field<float> omega(lattice.rows(), lattice.cols());
        km::normal_frequencies(omega, 3, 1, 3);
        km::mpi::Field<float> parts = test::part_of(omega, lattice);
        expect_same(km::mean_frequency(omega), km::mean_frequency(parts), "mean");
        const km::RotatingFrame frame = km::enter_rotating_frame(km::torus, omega);
        const km::RotatingFrame same = km::enter_rotating_frame(km::torus, parts);
        expect_same(frame.frequency, same.frequency, "frequency");
        test::expect_part_of(omega, parts);
        km::Field<double> laboratory(lattice.rows(), lattice.cols());
        km::mpi::Field<double> laboratory_parts(lattice);
        km::to_laboratory(frame, 17, omega, laboratory);
        km::to_laboratory(same, 17, parts, laboratory_parts);
        test::expect_part_of(laboratory, laboratory_parts);
    });
}

TEST(Observables, RefuseTheSameOnEveryProcess) {
    const km::mpi::Decomposition lattice(MPI_COMM_WORLD, 20, 30);
    const km::mpi::Decomposition other(MPI_COMM_WORLD, 20, 30);
    const km::mpi::Field<float> theta(lattice);
    const km::mpi::Field<float> mask(other);
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("present must have the decomposition"),
                 static_cast<void>(km::order_parameter(theta, mask)));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("m must be in [1, "),
                 static_cast<void>(km::daido_moment(theta, lattice.rank() == 0 ? 0 : 2)));
    const std::vector<double> edge(5);
    EXPECT_ERROR(
        std::invalid_argument, TEST_PARTS("boundary.north has 5 numbers for 30 cells"),
        static_cast<void>(km::energy(km::SineLaplacian{.K = 1, .boundary = {.north = km::fixed_phase(edge)}}, theta)));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("boundary.north and boundary.south"),
                 static_cast<void>(km::count_vortices(km::Boundary{.north = km::periodic}, theta)));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("boundary.north gives phases that stand still"), {
        km::mpi::Field<float> omega(lattice);
        km::enter_rotating_frame(km::Boundary{.north = km::fixed_phase(0)}, omega);
    });
}

} // namespace
