// Initial fields of lattices that are cut: the cells of one process, to the bit.
#include "lattices.hpp"

#include "support/expect_error.hpp"

#include <kuramoto/kuramoto.hpp>
#include <kuramoto/mpi.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <stdexcept>
#include <vector>

namespace km = kuramoto;

namespace {

// Two workers that take turns.
struct TwoWorkers {
    template <class Task> void run(int count, const Task& task) const {
        for (int k = count; k-- > 0;) task(k);
    }
    [[nodiscard]] int concurrency() const { return 2; }
};

// fill(field) and fill(policy, field) have to give the same on the lattice and on its parts.
template <class T, class Fill> void expect_same(const km::mpi::Decomposition& lattice, const Fill& fill) {
    km::Field<T> whole(lattice.rows(), lattice.cols());
    fill(whole);
    km::mpi::Field<T> field(lattice);
    fill(field);
    test::expect_part_of(whole, field);
    km::mpi::Field<T> again(lattice);
    fill(TwoWorkers{}, again);
    test::expect_part_of(whole, again);
}

template <class Test> void for_each_precision_and_cut(const Test& check) {
    test::for_each_cut([&](const km::mpi::Decomposition& lattice) {
        check.template operator()<float>(lattice);
        check.template operator()<double>(lattice);
    });
}

TEST(Initial, RandomPhases) {
    for_each_precision_and_cut([]<class T>(const km::mpi::Decomposition& lattice) {
        expect_same<T>(lattice, [](auto&&... f) { km::uniform_phases(f..., 1); });
        expect_same<T>(lattice, [](auto&&... f) { km::normal_phases(f..., 0.5, 2, 3); });
    });
}

TEST(Initial, PhasePatterns) {
    for_each_precision_and_cut([]<class T>(const km::mpi::Decomposition& lattice) {
        expect_same<T>(lattice, [](auto&&... f) { km::equal_phases(f..., 0.3); });
        expect_same<T>(lattice,
                       [](auto&&... f) { km::plane_wave_phases(f..., {.rows = 0.3, .cols = -0.7, .phase = 1}); });
        expect_same<T>(lattice, [](auto&&... f) { km::twisted_phases(f..., {.rows = -2, .cols = 3, .phase = 0.1}); });
        expect_same<T>(lattice, [](auto&&... f) {
            km::target_phases(f..., {.row = 3.5, .col = 4, .wavelength = 5, .phase = 0.2});
        });
        expect_same<T>(lattice, [](auto&&... f) {
            km::spiral_phases(f..., {.row = 3.5, .col = 4, .arms = -2, .wavelength = 5, .phase = 0.2});
        });
        expect_same<T>(lattice, [](auto&&... f) { km::vortex_phases(f..., {{2.5, 3.5, 1}, {7.5, 11.5, -1}}); });
        expect_same<T>(lattice, [](auto&&... f) { km::vortex_phases(f..., std::vector<km::Vortex>{{0.5, 0.5, 2}}); });
    });
}

TEST(Initial, RandomFrequencies) {
    for_each_precision_and_cut([]<class T>(const km::mpi::Decomposition& lattice) {
        expect_same<T>(lattice, [](auto&&... f) { km::uniform_frequencies(f..., -1, 2, 7); });
        expect_same<T>(lattice, [](auto&&... f) { km::normal_frequencies(f..., 1, 0.5, 8); });
        expect_same<T>(lattice, [](auto&&... f) { km::lorentzian_frequencies(f..., 0, 0.5, 9); });
        expect_same<T>(lattice, [](auto&&... f) { km::truncated_lorentzian_frequencies(f..., 0, 0.5, 4, 10); });
        expect_same<T>(lattice, [](auto&&... f) { km::mixed_frequencies(f..., -1, 1, 0.3, 11); });
        expect_same<T>(lattice, [](auto&&... f) {
            km::mixed_frequencies(f..., km::Lorentzian{.centre = -1, .half_width = 0.1}, km::Normal{}, 0.6, 12);
        });
    });
}

TEST(Initial, FrequencyPatterns) {
    for_each_precision_and_cut([]<class T>(const km::mpi::Decomposition& lattice) {
        expect_same<T>(lattice, [](auto&&... f) { km::equal_frequencies(f..., 0.3); });
        for (const km::Axis axis : {km::Axis::rows, km::Axis::cols}) {
            expect_same<T>(lattice, [&](auto&&... f) { km::gradient_frequencies(f..., -1, 2, axis); });
            expect_same<T>(lattice, [&](auto&&... f) { km::halved_frequencies(f..., -1, 2, axis); });
        }
        expect_same<T>(lattice, [](auto&&... f) { km::checkerboard_frequencies(f..., -1, 2); });
        expect_same<T>(lattice, [](auto&&... f) {
            km::defect_frequencies(f..., {.row = 6, .col = 7.5, .radius = 3, .inside = 1, .outside = -1});
        });
    });
}

TEST(Initial, QuietStarts) {
    for_each_precision_and_cut([]<class T>(const km::mpi::Decomposition& lattice) {
        expect_same<T>(lattice, [](auto&&... f) { km::uniform_quantiles(f..., -1, 2, 7); });
        expect_same<T>(lattice, [](auto&&... f) { km::normal_quantiles(f..., 1, 0.5, 8); });
        expect_same<T>(lattice, [](auto&&... f) { km::lorentzian_quantiles(f..., 0, 0.5, 9); });
        expect_same<T>(lattice, [](auto&&... f) {
            km::mixed_quantiles(f..., km::Lorentzian{.centre = -1, .half_width = 0.1}, km::Normal{}, 0.6, 12);
        });
    });
}

TEST(Initial, RefusesTheSameOnEveryProcess) {
    const km::mpi::Decomposition lattice(MPI_COMM_WORLD, 20, 30);
    km::mpi::Field<float> field(lattice);
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("deviation must not be negative, but is -1"),
                 km::normal_frequencies(field, 0, -1, 1));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("for the precision of 20 x 30 cells"),
                 km::plane_wave_phases(field, {.rows = 3e37, .cols = 0, .phase = 0}));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("deviation must not be negative, but is -1"),
                 km::normal_quantiles(field, 0, -1, 1));
    // Also if only one process has a wrong argument.
    const double deviation = lattice.rank() == lattice.size() - 1 ? -1 : 1;
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("deviation must not be negative, but is -1"),
                 km::normal_phases(field, 0, deviation, 1));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("deviation must not be negative, but is -1"),
                 km::normal_quantiles(field, 0, deviation, 1));
}

} // namespace
