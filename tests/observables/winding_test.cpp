// Vortices: single ones and pairs at known places, their number among phases at random, what charges add up to, and the
// same counts under every policy and layout.

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
#include <cstdlib>
#include <limits>
#include <stdexcept>
#include <type_traits>
#include <vector>

namespace km = kuramoto;

namespace {

/// The cells along the edge of a lattice, clockwise.
std::vector<km::Cell> edge_of(std::ptrdiff_t rows, std::ptrdiff_t cols) {
    std::vector<km::Cell> loop;
    for (std::ptrdiff_t j = 0; j + 1 < cols; ++j) loop.push_back({0, j});
    for (std::ptrdiff_t i = 0; i + 1 < rows; ++i) loop.push_back({i, cols - 1});
    for (std::ptrdiff_t j = cols - 1; j > 0; --j) loop.push_back({rows - 1, j});
    for (std::ptrdiff_t i = rows - 1; i > 0; --i) loop.push_back({i, 0});
    return loop;
}

template <class Theta> std::vector<km::Vortex> listed(const Theta& theta, const km::Boundary& boundary = {}) {
    std::vector<km::Vortex> found;
    km::for_each_vortex(boundary, theta, [&](const km::Vortex& vortex) { found.push_back(vortex); });
    return found;
}

template <class T> class Vortices : public testing::Test {};
using Precisions = testing::Types<float, double>;
TYPED_TEST_SUITE(Vortices, Precisions);

TYPED_TEST(Vortices, AreFoundWhereTheyWerePut) {
    const std::vector<km::Vortex> put{{4.5, 7.5, 1}, {9.5, 20.5, -1}, {12.5, 3.5, 1}};
    km::Field<TypeParam> theta(17, 29);
    km::vortex_phases(theta, put);
    for (std::ptrdiff_t k = 0; k < theta.size(); ++k) // whole turns do not matter
        theta.data()[k] += static_cast<TypeParam>(6.28318530717958647692 * static_cast<double>(k * 7 % 5 - 2));
    const std::vector<km::Vortex> found = listed(theta);
    ASSERT_EQ(found.size(), put.size());
    for (std::size_t k = 0; k < put.size(); ++k) {
        EXPECT_EQ(found[k].row, put[k].row);
        EXPECT_EQ(found[k].col, put[k].col);
        EXPECT_EQ(found[k].charge, put[k].charge);
    }
    const km::VortexCount count = km::count_vortices(km::Boundary{}, theta);
    EXPECT_EQ(count.positive, 2);
    EXPECT_EQ(count.negative, 1);
    EXPECT_EQ(km::winding(theta, edge_of(17, 29)), 1);
}

TYPED_TEST(Vortices, AreNoneWherePhasesAreSmooth) {
    km::Field<TypeParam> theta(20, 31);
    km::twisted_phases(theta, {.rows = 3, .cols = -5});
    for (const km::Boundary& boundary : {km::Boundary{}, km::torus}) {
        const km::VortexCount count = km::count_vortices(boundary, theta);
        EXPECT_EQ(count.positive, 0);
        EXPECT_EQ(count.negative, 0);
    }
    for (std::ptrdiff_t i = 0; i < 20; ++i) EXPECT_EQ(km::row_winding(theta, i), -5);
    for (std::ptrdiff_t j = 0; j < 31; ++j) EXPECT_EQ(km::col_winding(theta, j), 3);
}

// Every twist with less than half a turn from cell to cell: its turns are the winding of each row and column, and no
// plaquette has a charge. On a torus, where the twist goes round, the last plaquettes count as well.
TYPED_TEST(Vortices, AreNoneInTwistedStatesOfAnyWinding) {
    km::Field<TypeParam> theta(20, 31);
    for (int down = -9; down <= 9; ++down)
        for (int across = -15; across <= 15; ++across) {
            km::twisted_phases(theta, {.rows = down, .cols = across});
            for (std::ptrdiff_t i = 0; i < 20; ++i) ASSERT_EQ(km::row_winding(theta, i), across) << down;
            for (std::ptrdiff_t j = 0; j < 31; ++j) ASSERT_EQ(km::col_winding(theta, j), down) << across;
            const km::VortexCount count = km::count_vortices(km::torus, theta);
            ASSERT_EQ(count.positive + count.negative, 0) << down << ", " << across;
        }
}

// Of independent uniform phases a plaquette has a charge with probability 1/3. Neighbouring plaquettes are correlated:
// the deviation of the share is taken from independent seeds. On a torus the charges cancel, elsewhere they add up to
// the winding along the edge.
TYPED_TEST(Vortices, AreAThirdOfAllPlaquettesAtRandom) {
    const int seeds = 40;
    std::vector<double> shares;
    km::Field<TypeParam> theta(120, 97);
    for (int seed = 1; seed <= seeds; ++seed) {
        km::uniform_phases(theta, static_cast<std::uint64_t>(seed));
        const km::VortexCount torus = km::count_vortices(km::torus, theta);
        EXPECT_EQ(torus.positive, torus.negative);
        const km::VortexCount open = km::count_vortices(km::Boundary{}, theta);
        EXPECT_EQ(open.positive - open.negative, km::winding(theta, edge_of(120, 97)));
        shares.push_back(static_cast<double>(torus.positive + torus.negative) / (120.0 * 97.0));
    }
    double mean = 0;
    for (const double share : shares) mean += share / seeds;
    double variance = 0;
    for (const double share : shares) variance += (share - mean) * (share - mean) / (seeds - 1);
    EXPECT_NEAR(mean, 1.0 / 3, 5 * std::sqrt(variance / seeds));
    EXPECT_LT(std::sqrt(variance), 0.01);
}

// A pair without frequencies annihilates; a single vortex on an open lattice leaves through the edge or stays, but its
// charge is conserved on the way.
TEST(Pairs, Annihilate) {
    km::Field<double> theta(40, 60);
    km::vortex_phases(theta, {{19.5, 25.5, 1}, {19.5, 33.5, -1}});
    const km::Model model{km::SineLaplacian{.K = 1}, 0.0};
    km::VortexCount count = km::count_vortices(km::Boundary{}, theta);
    EXPECT_EQ(count.positive, 1);
    EXPECT_EQ(count.negative, 1);
    for (int k = 0; k < 20; ++k) {
        km::advance(km::Fused{}, km::Euler{.dt = 0.2}, model, theta, 100);
        count = km::count_vortices(km::Boundary{}, theta);
        EXPECT_EQ(count.positive, count.negative);
    }
    EXPECT_EQ(count.positive, 0);
}

TYPED_TEST(Vortices, AreTheSameUnderEveryPolicyAndLayout) {
    km::Field<TypeParam> phases(61, 43);
    km::uniform_phases(phases, 5);
    const std::vector<TypeParam> values = test::values_of(phases.view());
    for (const km::Boundary& boundary :
         {km::Boundary{}, km::torus, km::Boundary{.north = km::periodic, .south = km::periodic, .west = {}, .east = {}},
          km::Boundary{.north = {}, .south = {}, .west = km::periodic, .east = km::periodic}}) {
        const km::VortexCount expected = km::count_vortices(boundary, phases);
        const auto list = listed(phases, boundary);
        EXPECT_EQ(static_cast<std::int64_t>(list.size()), expected.positive + expected.negative);
        for (const test::Layout layout : test::all_layouts) {
            test::Cells<TypeParam> theta(layout, 61, 43);
            test::assign(theta.view(), values);
            const auto check = [&](const auto& policy) {
                const km::VortexCount count = km::count_vortices(policy, boundary, theta.view());
                EXPECT_EQ(count.positive, expected.positive) << test::name(layout);
                EXPECT_EQ(count.negative, expected.negative) << test::name(layout);
            };
            check(km::Serial{});
            check(km::OpenMP{.threads = 2, .min_cells_per_thread = 1});
            check(test::Pool{.workers = 7});
        }
    }
}

// The count, vectors at a time, is that of the list, one plaquette after the other: for every instruction set, widths
// beside those of vectors and of what is copied at a time, and phases that are far away or no numbers.
TYPED_TEST(Vortices, AreCountedAsTheyAreListed) {
    using Limits = std::numeric_limits<TypeParam>;
    const TypeParam odd[] = {test::number<TypeParam>("nan"),
                             test::number<TypeParam>("inf"),
                             test::number<TypeParam>("-inf"),
                             Limits::max(),
                             -Limits::max(),
                             TypeParam(1e10),
                             TypeParam(-6.2e9),
                             TypeParam(6.2e9),
                             Limits::denorm_min(),
                             TypeParam(-0.0),
                             TypeParam(3e5),
                             TypeParam(-4e5)};
    std::int64_t found = 0;
    for (const std::ptrdiff_t cols : {1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 511, 512, 513, 514, 1025}) {
        km::Field<TypeParam> theta(5, cols);
        km::uniform_phases(theta, static_cast<std::uint64_t>(cols));
        for (const bool has_odd : {false, true}) {
            for (std::ptrdiff_t k = 0; has_odd && k < theta.size(); k += 13) theta.data()[k] = odd[k / 13 % 12];
            for (const km::Boundary& boundary : {km::Boundary{}, km::torus}) {
                km::VortexCount expected;
                for (const km::Vortex& vortex : listed(theta, boundary)) {
                    EXPECT_LE(std::abs(vortex.charge), 2);
                    (vortex.charge > 0 ? expected.positive : expected.negative) += std::abs(vortex.charge);
                }
                for (const km::Isa isa : test::supported_isas()) {
                    const km::VortexCount count = km::count_vortices(km::Fused{.isa = isa}, boundary, theta);
                    EXPECT_EQ(count.positive, expected.positive) << cols << ' ' << has_odd;
                    EXPECT_EQ(count.negative, expected.negative) << cols << ' ' << has_odd;
                }
                found += expected.positive;
            }
        }
    }
    EXPECT_GT(found, 1000);
}

// Three bonds with very many turns each and one with too many: no charge, rather than the turns of the three.
TYPED_TEST(Vortices, AreNotMadeOfBondsWithoutEnd) {
    km::Field<TypeParam> theta(2, 2);
    theta(0, 0) = 0;
    theta(0, 1) = TypeParam(6.2e9);
    theta(1, 1) = TypeParam(1.24e10);
    theta(1, 0) = TypeParam(1.86e10);
    EXPECT_TRUE(listed(theta).empty());
    for (const km::Isa isa : test::supported_isas()) {
        const km::VortexCount count = km::count_vortices(km::Fused{.isa = isa}, km::Boundary{}, theta);
        EXPECT_EQ(count.positive, 0);
        EXPECT_EQ(count.negative, 0);
    }
}

// What is too many: a bond of 10⁹ turns, but not one of the last number below. In float64, as the turns are counted.
TYPED_TEST(Vortices, CountBondsUpToABillionTurns) {
    if constexpr (std::is_same_v<TypeParam, double>) {
        const double turn = 6.283185307179586;
        for (const double turns : {999999999.0, 1000000001.0}) {
            km::Field<double> theta(2, 2);
            theta(0, 1) = turn / 4;
            theta(1, 1) = turn / 2;
            theta(1, 0) = turn * (turns + 0.75); // a quarter of a turn to either neighbour, except for many whole ones
            const std::int64_t expected = turns < 1e9 ? 1 : 0;
            EXPECT_EQ(listed(theta).size(), static_cast<std::size_t>(expected));
            for (const km::Isa isa : test::supported_isas()) {
                const km::VortexCount count = km::count_vortices(km::Fused{.isa = isa}, km::Boundary{}, theta);
                EXPECT_EQ(count.positive + count.negative, expected) << turns;
            }
        }
    }
}

TYPED_TEST(Vortices, AreNotMadeOfWhatIsNoNumber) {
    km::Field<TypeParam> theta(6, 7);
    km::vortex_phases(theta, {{2.5, 3.5, 1}});
    EXPECT_EQ(km::count_vortices(km::Boundary{}, theta).positive, 1);
    theta(2, 3) = test::number<TypeParam>("nan");
    EXPECT_EQ(km::count_vortices(km::Boundary{}, theta).positive, 0);
    theta(2, 3) = test::number<TypeParam>("inf");
    EXPECT_EQ(km::count_vortices(km::Boundary{}, theta).positive, 0);
}

TEST(ThinLattices, HavePlaquettesOnlyAcrossPeriodicEdges) {
    for (const auto& [rows, cols] :
         {std::pair{0, 5}, std::pair{5, 0}, std::pair{1, 9}, std::pair{9, 1}, std::pair{1, 1}}) {
        km::Field<double> theta(rows, cols);
        if (theta.size() > 0) km::uniform_phases(theta, 1);
        EXPECT_EQ(km::count_vortices(km::Boundary{}, theta).positive, 0);
        EXPECT_TRUE(listed(theta).empty());
        const km::VortexCount torus = km::count_vortices(km::torus, theta);
        EXPECT_EQ(torus.positive, torus.negative);
    }
    EXPECT_EQ(km::winding(km::Field<float>(2, 2), std::vector<km::Cell>{}), 0);
}

TEST(Windings, OfWhatIsNotThereAreRefused) {
    const km::Field<float> theta(3, 4);
    const std::vector<km::Cell> loop{{0, 0}, {3, 1}};
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("loop[1] = (3, 1) is not in a lattice of"),
                 static_cast<void>(km::winding(theta, loop)));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("row = -1"), static_cast<void>(km::row_winding(theta, -1)));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("col = 4"), static_cast<void>(km::col_winding(theta, 4)));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("periodic together"),
                 static_cast<void>(km::count_vortices({.north = km::periodic}, theta)));
}

// Where differences are exactly π a plaquette can have two turns: they count twice, so that the sums stay charges.
TEST(Vortices, OfTwoTurnsCountTwice) {
    km::Field<double> theta(2, 2);
    const double pi = 3.14159265358979323846;
    theta(0, 0) = 0;
    theta(0, 1) = pi;
    theta(1, 1) = 2 * pi;
    theta(1, 0) = 3 * pi;
    const km::VortexCount count = km::count_vortices(km::Boundary{}, theta);
    std::int64_t charge = 0;
    km::for_each_vortex(km::Boundary{}, theta, [&](const km::Vortex& vortex) { charge += vortex.charge; });
    EXPECT_EQ(count.positive - count.negative, charge);
}

} // namespace
