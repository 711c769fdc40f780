// The energy: against long double over every kind of edge, minus its gradient against the rate, and that it never
// grows.

#include <kuramoto/kuramoto.hpp>
#include <kuramoto/openmp.hpp>

#include "support/expect_error.hpp"
#include "support/layouts.hpp"
#include "support/policies.hpp"
#include "support/values.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <stdexcept>
#include <vector>

namespace km = kuramoto;

namespace {

const std::vector<double> numbers{0.5, -1.25, 2.0, 0.125, -0.75, 1.5, -2.5};

km::Boundary mixed() {
    return {
        .north = km::fixed_phase(numbers), .south = km::fixed_flux(0.75), .west = km::periodic, .east = km::periodic};
}

/// Strengths of bonds, some of them 0.
template <class T> struct Strengths {
    Strengths(std::ptrdiff_t rows, std::ptrdiff_t cols) : east(rows, cols), south(rows, cols) {
        test::fill_distinct(east.view(), 5);
        test::fill_distinct(south.view(), 6);
        for (std::ptrdiff_t k = 0; k < east.size(); k += 3) east.data()[k] = 0;
        for (std::ptrdiff_t k = 1; k < south.size(); k += 4) south.data()[k] = 0;
    }
    km::Field<T> east, south;
};

/// The energy one bond at a time; without `strengths` all are 1.
template <class T>
long double energy_of(const km::Grid<const T>& theta, double K, const km::Boundary& boundary,
                      const Strengths<T>* strengths = nullptr) {
    long double sum = 0;
    const auto east = [&](std::ptrdiff_t i, std::ptrdiff_t j) {
        return strengths == nullptr ? 1.0L : static_cast<long double>(strengths->east(i, j));
    };
    const auto south = [&](std::ptrdiff_t i, std::ptrdiff_t j) {
        return strengths == nullptr ? 1.0L : static_cast<long double>(strengths->south(i, j));
    };
    const auto at = [&](std::ptrdiff_t i, std::ptrdiff_t j) { return static_cast<long double>(theta(i, j)); };
    const auto beyond = [&](const km::BoundaryCondition& edge, std::ptrdiff_t k, long double phase, long double round) {
        const auto given = static_cast<long double>(edge.values != nullptr ? edge.values[k] : edge.value);
        if (edge.kind == km::BoundaryKind::periodic) sum += round;
        if (edge.kind == km::BoundaryKind::fixed_phase) sum += std::cos(given - phase);
        if (edge.kind == km::BoundaryKind::fixed_flux) sum += given * phase;
    };
    const std::ptrdiff_t rows = theta.rows();
    const std::ptrdiff_t cols = theta.cols();
    for (std::ptrdiff_t i = 0; i < rows; ++i)
        for (std::ptrdiff_t j = 0; j < cols; ++j) {
            if (i + 1 < rows) sum += south(i, j) * std::cos(at(i + 1, j) - at(i, j));
            if (j + 1 < cols) sum += east(i, j) * std::cos(at(i, j + 1) - at(i, j));
            const long double round_cols = east(i, cols - 1) * std::cos(at(i, 0) - at(i, cols - 1));
            const long double round_rows = south(rows - 1, j) * std::cos(at(0, j) - at(rows - 1, j));
            if (i == 0) beyond(boundary.north, j, at(i, j), round_rows);
            if (i + 1 == rows) beyond(boundary.south, j, at(i, j), 0);
            if (j == 0) beyond(boundary.west, i, at(i, j), round_cols);
            if (j + 1 == cols) beyond(boundary.east, i, at(i, j), 0);
        }
    return -static_cast<long double>(K) * sum;
}

template <class T> class Energy : public testing::Test {};
using Precisions = testing::Types<float, double>;
TYPED_TEST_SUITE(Energy, Precisions);

TYPED_TEST(Energy, IsTheSumOverTheBonds) {
    using T = TypeParam;
    for (const auto& [rows, cols] : {std::pair{1, 7}, std::pair{9, 7}, std::pair{130, 7}, std::pair{2, 7}}) {
        km::Field<T> theta(rows, cols);
        test::fill_distinct(theta.view(), 3);
        for (const km::Boundary& boundary : {km::Boundary{}, km::torus, mixed()}) {
            const km::SineLaplacian sine{.K = 1.5, .boundary = boundary};
            const km::Grid<const T> view = theta.view();
            const long double exact = energy_of(view, 1.5, boundary);
            // Each cosine is right to about an ulp of 1, and the sums add log of that.
            EXPECT_NEAR(km::energy(sine, theta), static_cast<double>(exact), 1e-15 * 4.0 * rows * cols) << rows;
            EXPECT_EQ(km::energy(km::Model{sine, 0.5}, theta), km::energy(sine, theta));
            const Strengths<T> strengths(rows, cols);
            const km::Model bonds{km::with_bonds(sine, strengths.east, strengths.south), 0.5};
            const long double with_bonds = energy_of(view, 1.5, boundary, &strengths);
            EXPECT_NEAR(km::energy(bonds, theta), static_cast<double>(with_bonds), 1e-15 * 16.0 * rows * cols) << rows;
        }
    }
}

// dE/dθ of one cell is minus its rate: differences of the energy, to the accuracy that these have.
template <class Lattice> void expect_gradient_of(const Lattice& lattice) {
    km::Field<double> theta(5, 7), rate(5, 7);
    test::fill_distinct(theta.view(), 9);
    km::rate(km::Fused{}, km::Model{lattice, 0.0}, theta, rate);
    for (std::ptrdiff_t i = 0; i < 5; ++i)
        for (std::ptrdiff_t j = 0; j < 7; ++j) {
            const double h = 1e-5;
            const double before = theta(i, j);
            theta(i, j) = before + h;
            const double above = km::energy(lattice, theta);
            theta(i, j) = before - h;
            const double below = km::energy(lattice, theta);
            theta(i, j) = before;
            EXPECT_NEAR(-(above - below) / (2 * h), rate(i, j), 1e-8) << i << ", " << j;
        }
}

TEST(Gradient, IsMinusTheRate) {
    const Strengths<double> strengths(5, 7);
    for (const km::Boundary& boundary : {mixed(), km::torus}) {
        const km::SineLaplacian sine{.K = 1.5, .boundary = boundary};
        expect_gradient_of(sine);
        expect_gradient_of(km::with_bonds(sine, strengths.east, strengths.south));
    }
}

// A cell that is not there has no bonds: nothing that stands in it counts.
TEST(Energies, LeaveMissingCellsOut) {
    km::Field<float> theta(6, 9), present(6, 9), east(6, 9), south(6, 9);
    for (km::Field<float>* field : {&present, &east, &south}) field->fill(1);
    present(2, 3) = 0;
    theta(2, 3) = test::number<float>("nan");
    km::remove_cells(present, east, south);
    const km::SineLaplacian sine{.K = 2, .boundary = km::torus};
    EXPECT_EQ(km::energy(km::with_bonds(sine, east, south), theta), -2.0 * (2 * 54 - 4));
    EXPECT_TRUE(std::isnan(km::energy(sine, theta)));
    const km::Field<float> narrow(6, 8);
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("theta is 6 x 9", "bonds.south is 6 x 8"),
                 static_cast<void>(km::energy(km::with_bonds(sine, east, narrow), theta)));
}

// One cell with free edges, or K = 0: the energy is 0 with a positive sign.
TEST(Energies, OfNoBondsArePositiveZero) {
    const km::Field<double> one(1, 1), many(3, 4);
    for (const double K : {1.5, -1.5}) {
        const km::SineLaplacian sine{.K = K};
        EXPECT_TRUE(test::same_bits(km::energy(sine, one), 0.0)) << K;
    }
    EXPECT_TRUE(test::same_bits(km::energy(km::SineLaplacian{.K = 0}, many), 0.0));
}

// Gradient flow: with one frequency the energy never grows, by Euler's method neither while K dt ≤ 1/4.
TEST(Energies, NeverGrow) {
    for (const km::Boundary& boundary : {km::Boundary{}, km::torus}) {
        km::Field<double> theta(31, 44);
        km::uniform_phases(theta, 4);
        const km::SineLaplacian sine{.K = 1, .boundary = boundary};
        double last = km::energy(sine, theta);
        for (int k = 0; k < 300; ++k) {
            km::advance(km::Fused{}, km::Euler{.dt = 0.25}, km::Model{sine, 0.0}, theta, 1);
            const double now = km::energy(sine, theta);
            EXPECT_LE(now, last + 1e-11);
            last = now;
        }
        EXPECT_GT(last, -2.0 * 31 * 44);
    }
    const km::Field<float> equal(6, 9);
    EXPECT_EQ(km::energy(km::SineLaplacian{.K = 2, .boundary = km::torus}, equal), -2.0 * 2 * 54);
    EXPECT_EQ(km::energy(km::SineLaplacian{.K = 2}, equal), -2.0 * (5 * 9 + 6 * 8));
    EXPECT_EQ(km::energy(km::SineLaplacian{}, km::Field<float>(0, 4)), 0);
}

#if !defined(__FAST_MATH__)
TYPED_TEST(Energy, HasTheSameBitsUnderEveryPolicyAndLayout) {
    using T = TypeParam;
    km::Field<T> phases(301, 1100);
    test::fill_distinct(phases.view(), 2);
    const std::vector<T> values = test::values_of(phases.view());
    const km::SineLaplacian sine{.K = 1.5, .boundary = km::torus};
    const Strengths<T> strengths(301, 1100);
    const km::Model bonds{km::with_bonds(sine, strengths.east, strengths.south), 0.5};
    for (const km::Isa isa : test::supported_isas()) {
        const double expected = km::energy(km::Fused{.isa = isa}, sine, phases);
        const double with_bonds = km::energy(km::Fused{.isa = isa}, bonds, phases);
        EXPECT_EQ(km::energy(km::OpenMP{.threads = 2, .isa = isa, .min_cells_per_thread = 1}, bonds, phases),
                  with_bonds);
        EXPECT_EQ(km::energy(test::Pool{.workers = 7, .isa = isa}, bonds, phases), with_bonds);
        EXPECT_EQ(km::energy(km::OpenMP{.threads = 2, .isa = isa, .min_cells_per_thread = 1}, sine, phases), expected);
        EXPECT_EQ(km::energy(test::Pool{.workers = 7, .isa = isa}, sine, phases), expected);
        for (const test::Layout layout : test::all_layouts) {
            test::Cells<T> theta(layout, 301, 1100);
            test::assign(theta.view(), values);
            EXPECT_EQ(km::energy(km::Fused{.isa = isa}, sine, theta.view()), expected) << test::name(layout);
            test::Cells<T> east(layout, 301, 1100);
            test::assign(east.view(), test::values_of(strengths.east.view()));
            const auto strided = km::with_bonds(sine, east.view(), strengths.south);
            EXPECT_EQ(km::energy(km::Fused{.isa = isa}, strided, theta.view()), with_bonds) << test::name(layout);
        }
    }
}
#endif

} // namespace
