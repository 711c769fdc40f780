// The helicity modulus: its sums against long double over every kind of edge, and the modulus of a ring, a chain and a
// pinned chain in thermal equilibrium against exact results.

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
#include <utility>
#include <vector>

namespace km = kuramoto;

namespace {

constexpr double pi = 3.14159265358979323846;
const std::vector<double> numbers{0.5, -1.25, 2.0, 0.125, -0.75, 1.5, -2.5};

km::Boundary mixed() {
    return {
        .north = km::fixed_phase(numbers), .south = km::fixed_flux(0.75), .west = km::periodic, .east = km::periodic};
}
km::Boundary pinned() {
    return {.north = km::periodic, .south = km::periodic, .west = km::fixed_phase(0.5), .east = km::fixed_phase(-2.25)};
}

/// Strengths of bonds and a mask, some of them 0.
template <class T> struct Disorder {
    Disorder(std::ptrdiff_t rows, std::ptrdiff_t cols) : east(rows, cols), south(rows, cols), present(rows, cols) {
        test::fill_distinct(east.view(), 5);
        test::fill_distinct(south.view(), 6);
        present.fill(1);
        for (std::ptrdiff_t k = 0; k < east.size(); k += 3) east.data()[k] = 0;
        for (std::ptrdiff_t k = 1; k < south.size(); k += 4) south.data()[k] = 0;
        for (std::ptrdiff_t k = 2; k < south.size(); k += 5) present.data()[k] = 0;
    }
    km::Field<T> east, south, present;
};

/// The sums one bond at a time. Without `strengths` all are 1; without `present` all cells are.
template <class T> struct ExactSums {
    ExactSums(const km::Grid<const T>& phases, const km::Boundary& edges, const Disorder<T>* strengths_or_null,
              const Disorder<T>* present_or_null)
        : theta(phases), boundary(edges), strengths(strengths_or_null), present(present_or_null) {
        const std::ptrdiff_t last_row = theta.rows() - 1;
        const std::ptrdiff_t last_col = theta.cols() - 1;
        for (std::ptrdiff_t i = 0; i <= last_row; ++i)
            for (std::ptrdiff_t j = 0; j <= last_col; ++j) {
                if (!is_present(i, j)) continue;
                cells += 1;
                const long double south = strengths == nullptr ? 1 : static_cast<long double>(strengths->south(i, j));
                const long double east = strengths == nullptr ? 1 : static_cast<long double>(strengths->east(i, j));
                if (i < last_row) add_to_cell(rows, i, j, i + 1, j, south);
                if (j < last_col) add_to_cell(cols, i, j, i, j + 1, east);
                if (i == last_row && boundary.south.kind == km::BoundaryKind::periodic)
                    add_to_cell(rows, i, j, 0, j, south);
                if (j == last_col && boundary.east.kind == km::BoundaryKind::periodic)
                    add_to_cell(cols, i, j, i, 0, east);
                if (i == 0 && is_fixed(boundary.north)) add(rows, at(i, j) - given(boundary.north, j), 1);
                if (i == last_row && is_fixed(boundary.south)) add(rows, given(boundary.south, j) - at(i, j), 1);
                if (j == 0 && is_fixed(boundary.west)) add(cols, at(i, j) - given(boundary.west, i), 1);
                if (j == last_col && is_fixed(boundary.east)) add(cols, given(boundary.east, i) - at(i, j), 1);
            }
    }
    struct Sums {
        long double cos = 0, sin = 0;
    };
    Sums rows, cols;
    std::ptrdiff_t cells = 0;

  private:
    [[nodiscard]] bool is_present(std::ptrdiff_t i, std::ptrdiff_t j) const {
        return present == nullptr || present->present(i, j) != 0;
    }
    [[nodiscard]] long double at(std::ptrdiff_t i, std::ptrdiff_t j) const {
        return static_cast<long double>(theta(i, j));
    }
    static bool is_fixed(const km::BoundaryCondition& edge) { return edge.kind == km::BoundaryKind::fixed_phase; }
    static long double given(const km::BoundaryCondition& edge, std::ptrdiff_t k) {
        return static_cast<long double>(edge.values != nullptr ? edge.values[k] : edge.value);
    }
    static void add(Sums& sums, long double difference, long double strength) {
        sums.cos += strength * std::cos(difference);
        sums.sin += strength * std::sin(difference);
    }
    void add_to_cell(Sums& sums, std::ptrdiff_t i, std::ptrdiff_t j, std::ptrdiff_t k, std::ptrdiff_t l,
                     long double strength) const {
        if (is_present(k, l)) add(sums, at(k, l) - at(i, j), strength);
    }

    km::Grid<const T> theta;
    km::Boundary boundary;
    const Disorder<T>* strengths;
    const Disorder<T>* present;
};

template <class T> void expect_sums(const km::HelicitySums& found, const ExactSums<T>& exact, double tolerance) {
    EXPECT_NEAR(found.rows.cos, static_cast<double>(exact.rows.cos), tolerance);
    EXPECT_NEAR(found.rows.sin, static_cast<double>(exact.rows.sin), tolerance);
    EXPECT_NEAR(found.cols.cos, static_cast<double>(exact.cols.cos), tolerance);
    EXPECT_NEAR(found.cols.sin, static_cast<double>(exact.cols.sin), tolerance);
    EXPECT_EQ(found.K, 1.5);
    EXPECT_EQ(found.cells, exact.cells);
}

template <class T> class Helicity : public testing::Test {};
using Precisions = testing::Types<float, double>;
TYPED_TEST_SUITE(Helicity, Precisions);

TYPED_TEST(Helicity, SumsAreThoseOverTheBonds) {
    using T = TypeParam;
    for (const auto& [rows, cols] : {std::pair{1, 7}, std::pair{9, 7}, std::pair{130, 7}, std::pair{2, 7}}) {
        km::Field<T> theta(rows, cols);
        test::fill_distinct(theta.view(), 3);
        const km::Grid<const T> view = theta.view();
        const Disorder<T> disorder(rows, cols);
        for (const km::Boundary& boundary : {km::Boundary{}, km::torus, mixed(), pinned()}) {
            const km::SineLaplacian sine{.K = 1.5, .boundary = boundary};
            const km::Model bonds{km::with_bonds(sine, disorder.east, disorder.south), 0.5};
            const double most = 1e-15 * static_cast<double>(theta.size()); // of a bond: about an ulp of 1
            const ExactSums<T> equal(view, boundary, nullptr, nullptr);
            expect_sums<T>(km::helicity_sums(sine, theta), equal, most);
            expect_sums<T>(km::helicity_sums(km::Model{sine, 0.5}, theta), equal, most);
            const ExactSums<T> strong(view, boundary, &disorder, nullptr);
            expect_sums<T>(km::helicity_sums(bonds, theta), strong, 4 * most);
            const ExactSums<T> masked(view, boundary, nullptr, &disorder);
            expect_sums<T>(km::helicity_sums(sine, theta, disorder.present), masked, most);
            const ExactSums<T> both(view, boundary, &disorder, &disorder);
            expect_sums<T>(km::helicity_sums(km::Fused{}, bonds, theta, disorder.present), both, 4 * most);
        }
    }
}

TYPED_TEST(Helicity, SumsOfAPlaneWaveAreKnown) {
    km::Field<TypeParam> theta(12, 20);
    km::twisted_phases(theta, {.rows = 0, .cols = 3});
    const double k = 6 * pi / 20;
    const km::HelicitySums found = km::helicity_sums(km::SineLaplacian{.K = 2, .boundary = km::torus}, theta);
    const double tolerance = sizeof(TypeParam) == 4 ? 1e-4 : 1e-12;
    EXPECT_EQ(found.rows.cos, 240);
    EXPECT_EQ(found.rows.sin, 0);
    EXPECT_NEAR(found.cols.cos, 240 * std::cos(k), tolerance);
    EXPECT_NEAR(found.cols.sin, 240 * std::sin(k), tolerance);
    EXPECT_EQ(found.K, 2);
    EXPECT_EQ(found.cells, 240);
}

// Bonds point from west to east and from north to south, those to fixed phases as well.
TEST(HelicitySums, HaveTheSignsOfTheAxes) {
    km::Field<double> one(1, 1);
    one(0, 0) = 0.25;
    const km::HelicitySums between =
        km::helicity_sums(km::SineLaplacian{.boundary = {km::fixed_phase(-0.5), km::zero_flux, km::fixed_phase(0.0),
                                                         km::fixed_phase(1.0)}},
                          one);
    EXPECT_NEAR(between.cols.cos, std::cos(0.25) + std::cos(0.75), 1e-15);
    EXPECT_NEAR(between.cols.sin, std::sin(0.25) + std::sin(0.75), 1e-15);
    EXPECT_NEAR(between.rows.cos, std::cos(0.75), 1e-15);
    EXPECT_NEAR(between.rows.sin, std::sin(0.75), 1e-15);
    const km::HelicitySums round =
        km::helicity_sums(km::SineLaplacian{.boundary = km::torus}, one); // its own neighbour
    EXPECT_EQ(round.cols.cos, 1);
    EXPECT_EQ(round.cols.sin, 0);
    const km::HelicitySums alone = km::helicity_sums(km::SineLaplacian{}, one);
    EXPECT_EQ(alone.rows.cos, 0);
    EXPECT_EQ(alone.cols.cos, 0);
    EXPECT_EQ(alone.cells, 1);
    const km::HelicitySums driven =
        km::helicity_sums(km::SineLaplacian{.boundary = {.west = km::fixed_flux(2.0)}}, one);
    EXPECT_EQ(driven.cols.cos, 0);
    EXPECT_EQ(driven.cols.sin, 0);
}

// −K (C_rows + C_cols) is the energy; S and C are its first and second derivative against a twist of an open lattice.
TEST(HelicitySums, AreDerivativesOfTheEnergy) {
    km::Field<double> theta(9, 7), twisted(9, 7);
    test::fill_distinct(theta.view(), 9);
    const Disorder<double> disorder(9, 7);
    for (const km::Boundary& boundary : {km::Boundary{}, km::torus, pinned()}) {
        const auto lattice =
            km::with_bonds(km::SineLaplacian{.K = 1.5, .boundary = boundary}, disorder.east, disorder.south);
        const km::HelicitySums sums = km::helicity_sums(lattice, theta, disorder.present);
        EXPECT_NEAR(-1.5 * (sums.rows.cos + sums.cols.cos), km::energy(lattice, theta, disorder.present), 1e-13);
    }
    const auto open = km::with_bonds(km::SineLaplacian{.K = 1.5}, disorder.east, disorder.south);
    const auto energy_of_twist = [&](double delta, bool along_rows) {
        for (std::ptrdiff_t i = 0; i < 9; ++i)
            for (std::ptrdiff_t j = 0; j < 7; ++j)
                twisted(i, j) = theta(i, j) + delta * static_cast<double>(along_rows ? i : j);
        return km::energy(open, twisted);
    };
    const km::HelicitySums sums = km::helicity_sums(open, theta);
    for (const bool along_rows : {false, true}) {
        const km::BondSums& of = along_rows ? sums.rows : sums.cols;
        const double h = 1e-3; // errors of order h²/6 of the third and h²/12 of the fourth derivative, below 200
        const double below = energy_of_twist(-h, along_rows);
        const double here = energy_of_twist(0, along_rows);
        const double above = energy_of_twist(h, along_rows);
        EXPECT_NEAR((above - below) / (2 * h), 1.5 * of.sin, 1e-4);
        EXPECT_NEAR((above - 2 * here + below) / (h * h), 1.5 * of.cos, 1e-4);
    }
}

TEST(HelicitySums, LeaveMissingCellsOut) {
    km::Field<float> theta(6, 9), present(6, 9), east(6, 9), south(6, 9);
    for (km::Field<float>* field : {&present, &east, &south}) field->fill(1);
    present(2, 3) = 0;
    theta(2, 3) = test::number<float>("nan");
    km::remove_cells(present, east, south);
    const km::SineLaplacian sine{.K = 2, .boundary = km::torus};
    for (const km::HelicitySums& sums : {km::helicity_sums(sine, theta, present),
                                         km::helicity_sums(km::with_bonds(sine, east, south), theta, present)}) {
        EXPECT_EQ(sums.rows.cos, 52);
        EXPECT_EQ(sums.cols.cos, 52);
        EXPECT_EQ(sums.cells, 53);
    }
    EXPECT_EQ(km::helicity_sums(km::with_bonds(sine, east, south), theta).cells, 54);
    EXPECT_TRUE(std::isnan(km::helicity_sums(sine, theta).cols.sin));
    EXPECT_TRUE(std::isnan(km::helicity_sums(sine, theta).rows.cos));
}

/// The modulus along a row in thermal equilibrium: a mean over the angles of two cells with the weight e^(−E/T). Other
/// cells keep their phase: where all cells turn freely, one may. The trapezoidal rule is exact to rounding for periodic
/// functions as smooth as these.
double equilibrium_modulus(const km::Boundary& boundary, std::ptrdiff_t cells, double K, double T) {
    const int n = 48;
    const km::SineLaplacian lattice{.K = K, .boundary = boundary};
    km::Field<double> theta(1, cells);
    double weights = 0;
    double cosines = 0;
    double squares = 0;
    for (int a = 0; a < n; ++a)
        for (int b = 0; b < n; ++b) {
            theta(0, 0) = 2 * pi * a / n;
            theta(0, 1) = 2 * pi * b / n;
            const km::HelicitySums sums = km::helicity_sums(lattice, theta);
            const double weight = std::exp(-km::energy(lattice, theta) / T);
            weights += weight;
            cosines += weight * sums.cols.cos;
            squares += weight * sums.cols.sin * sums.cols.sin;
        }
    km::HelicityAverage average; // of one sample with ⟨C⟩ and ⟨S²⟩
    average.add({{}, {cosines / weights, std::sqrt(squares / weights)}, K, cells});
    return average.modulus(T).cols;
}

// Of a ring of N bonds Υ = T N Σ n² Iₙ(K/T)^N / Σ Iₙ(K/T)^N, with the sums over all whole n and Iₙ the modified Bessel
// functions, for Z = Σ Iₙ^N e^(inNδ) with a twist δ per bond. The numbers are from mpmath, 30 digits, N = 3.
TEST(HelicityModulus, IsThatOfARing) {
    const km::Boundary ring{.west = km::periodic, .east = km::periodic};
    EXPECT_NEAR(equilibrium_modulus(ring, 3, 1.3, 0.7), 0.998657647124765, 1e-13);
    EXPECT_NEAR(equilibrium_modulus(ring, 3, 1.3, 2.5), 0.233458346435930, 1e-13);
}
// Two cells between equal fixed phases have the three bonds of the ring, and two cells in place of three.
TEST(HelicityModulus, IsThatOfAPinnedChain) {
    const km::Boundary between{.west = km::fixed_phase(0.5), .east = km::fixed_phase(0.5)};
    EXPECT_NEAR(equilibrium_modulus(between, 2, 1.3, 0.7), 1.5 * 0.998657647124765, 1e-13);
}
// An end that is free turns with any twist.
TEST(HelicityModulus, IsNoughtWithAnOpenEnd) {
    EXPECT_NEAR(equilibrium_modulus({}, 3, 1.3, 0.7), 0, 1e-13);
    EXPECT_NEAR(equilibrium_modulus({.west = km::fixed_phase(0.5)}, 2, 1.3, 0.7), 0, 1e-13);
}

TEST(HelicityModulus, IsThatOfTheSamples) {
    km::HelicityAverage average;
    EXPECT_EQ(average.samples(), 0);
    EXPECT_TRUE(std::isnan(average.modulus(0.5).rows));
    average.add({{8, 1}, {6, -4}, 2, 10});
    average.add({{6, -3}, {2, 0}, 2, 10});
    EXPECT_EQ(average.samples(), 2);
    const km::HelicityModulus found = average.modulus(4);
    EXPECT_DOUBLE_EQ(found.rows, 2.0 / 10 * (7 - 2.0 / 4 * 5)); // ⟨C⟩ = 7, ⟨S²⟩ = 5
    EXPECT_DOUBLE_EQ(found.cols, 2.0 / 10 * (4 - 2.0 / 4 * 8)); // ⟨C⟩ = 4, ⟨S²⟩ = 8
    km::HelicityAverage nowhere;
    nowhere.add(km::helicity_sums(km::SineLaplacian{}, km::Field<float>(0, 4)));
    EXPECT_EQ(nowhere.modulus(1).cols, 0);
}

TEST(HelicityModulus, RefusesWhatCannotBe) {
    km::HelicityAverage average;
    average.add({{8, 1}, {6, -4}, 2, 10});
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("sample has K = 3 and 10 cells", "before it K = 2 and 10 cells"),
                 average.add({{8, 1}, {6, -4}, 3, 10}));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("sample has K = 2 and 11 cells"),
                 average.add({{8, 1}, {6, -4}, 2, 11}));
    EXPECT_EQ(average.samples(), 1);
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("T must be positive, but is 0"),
                 static_cast<void>(average.modulus(0)));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("T must be finite, but is nan"),
                 static_cast<void>(average.modulus(test::number<double>("nan"))));
    const km::Field<float> theta(6, 9), narrow(6, 8);
    const km::SineLaplacian sine{.K = 2};
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("theta is 6 x 9", "bonds.south is 6 x 8"),
                 static_cast<void>(km::helicity_sums(km::with_bonds(sine, theta, narrow), theta)));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("present is 6 x 8", "theta is 6 x 9"),
                 static_cast<void>(km::helicity_sums(sine, theta, narrow)));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("K must be finite"),
                 static_cast<void>(km::helicity_sums(km::SineLaplacian{.K = test::number<double>("inf")}, theta)));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("must be periodic together"),
                 static_cast<void>(km::helicity_sums(km::SineLaplacian{.boundary = {.west = km::periodic}}, theta)));
}

#if !defined(__FAST_MATH__)
void expect_same_bits(const km::HelicitySums& a, const km::HelicitySums& b) {
    EXPECT_TRUE(test::same_bits(a.rows.cos, b.rows.cos)) << a.rows.cos << " and " << b.rows.cos;
    EXPECT_TRUE(test::same_bits(a.rows.sin, b.rows.sin)) << a.rows.sin << " and " << b.rows.sin;
    EXPECT_TRUE(test::same_bits(a.cols.cos, b.cols.cos)) << a.cols.cos << " and " << b.cols.cos;
    EXPECT_TRUE(test::same_bits(a.cols.sin, b.cols.sin)) << a.cols.sin << " and " << b.cols.sin;
}

TYPED_TEST(Helicity, SumsHaveTheSameBitsUnderEveryPolicyAndLayout) {
    using T = TypeParam;
    km::Field<T> phases(61, 1100);
    test::fill_distinct(phases.view(), 2);
    const std::vector<T> values = test::values_of(phases.view());
    const km::SineLaplacian sine{.K = 1.5, .boundary = km::torus};
    const Disorder<T> disorder(61, 1100);
    km::Field<T> everywhere(61, 1100);
    everywhere.fill(1);
    const km::Model bonds{km::with_bonds(sine, disorder.east, disorder.south), 0.5};
    for (const km::Isa isa : test::supported_isas()) {
        const km::HelicitySums expected = km::helicity_sums(km::Fused{.isa = isa}, sine, phases);
        const km::HelicitySums with_bonds = km::helicity_sums(km::Fused{.isa = isa}, bonds, phases, disorder.present);
        expect_same_bits(km::helicity_sums(km::Fused{.isa = isa}, sine, phases, everywhere), expected);
        const km::OpenMP two{.threads = 2, .isa = isa, .min_cells_per_thread = 1};
        const test::Pool seven{.workers = 7, .isa = isa};
        expect_same_bits(km::helicity_sums(two, sine, phases), expected);
        expect_same_bits(km::helicity_sums(seven, sine, phases), expected);
        expect_same_bits(km::helicity_sums(km::Serial{.isa = isa}, sine, phases), expected);
        expect_same_bits(km::helicity_sums(two, bonds, phases, disorder.present), with_bonds);
        expect_same_bits(km::helicity_sums(seven, bonds, phases, disorder.present), with_bonds);
        for (const test::Layout layout : test::all_layouts) {
            test::Cells<T> theta(layout, 61, 1100), east(layout, 61, 1100), present(layout, 61, 1100);
            test::assign(theta.view(), values);
            test::assign(east.view(), test::values_of(disorder.east.view()));
            test::assign(present.view(), test::values_of(disorder.present.view()));
            expect_same_bits(km::helicity_sums(km::Fused{.isa = isa}, sine, theta.view()), expected);
            const auto strided = km::with_bonds(sine, east.view(), disorder.south);
            expect_same_bits(km::helicity_sums(km::Fused{.isa = isa}, strided, theta.view(), present.view()),
                             with_bonds);
        }
    }
}
#endif

TYPED_TEST(Helicity, SumsOfNoCellsAreNought) {
    for (const auto& theta : {km::Field<TypeParam>(0, 5), km::Field<TypeParam>(5, 0)}) {
        const km::HelicitySums found = km::helicity_sums(km::SineLaplacian{.K = 2}, theta);
        EXPECT_EQ(found.rows.cos, 0);
        EXPECT_EQ(found.cols.sin, 0);
        EXPECT_EQ(found.cells, 0);
        EXPECT_EQ(found.K, 2);
    }
}

} // namespace
