// What each pattern of phases is: plane waves, twisted states, vortices, target and spiral waves.
#include <kuramoto/grid/field.hpp>
#include <kuramoto/initial/phase_patterns.hpp>
#include <kuramoto/initial/vortex_phases.hpp>
#include <kuramoto/observables/winding.hpp>
#include <kuramoto/run/rate.hpp>

#include "support/patterns.hpp"
#include "support/values.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace km = kuramoto;

namespace {

using test::cells_made;
using test::made;
using test::rounding;

constexpr double pi = 3.141592653589793;
constexpr double turn = 2 * pi;
constexpr long double exact_turn = 6.28318530717958647692528676655900577L;

const std::vector<km::Vortex> three_vortices{{1.5, 2.5, 1}, {4.25, 7.5, -2}, {-3.0, 20.1, 3}};

/// d without whole turns, in [−π, π].
long double wrapped(long double d) { return std::remainder(d, exact_turn); }
template <class T> long double difference(T a, T b) {
    return wrapped(static_cast<long double>(a) - static_cast<long double>(b));
}

/// How often the phases wind around the rectangle of cells (top, left) … (bottom, right), clockwise.
template <class T>
int winding(const km::Field<T>& theta, std::ptrdiff_t top, std::ptrdiff_t left, std::ptrdiff_t bottom,
            std::ptrdiff_t right) {
    long double sum = 0;
    for (std::ptrdiff_t j = left; j < right; ++j) {
        sum += difference(theta(top, j + 1), theta(top, j));
        sum += difference(theta(bottom, j), theta(bottom, j + 1));
    }
    for (std::ptrdiff_t i = top; i < bottom; ++i) {
        sum += difference(theta(i + 1, right), theta(i, right));
        sum += difference(theta(i, left), theta(i + 1, left));
    }
    return static_cast<int>(std::lround(sum / exact_turn));
}

template <class T> class PhasePatterns : public ::testing::Test {};
using CellTypes = ::testing::Types<float, double>;
TYPED_TEST_SUITE(PhasePatterns, CellTypes);

TYPED_TEST(PhasePatterns, PlaneWavesGrowEvenlyAndAreNotWrapped) {
    using T = TypeParam;
    const km::PlaneWave wave{.rows = 0.37, .cols = -1.3, .phase = 0.9};
    km::Field<T> theta(61, 47);
    km::plane_wave_phases(theta, wave);
    for (std::ptrdiff_t i = 0; i < theta.rows(); ++i)
        for (std::ptrdiff_t j = 0; j < theta.cols(); ++j) {
            const long double down = static_cast<long double>(wave.rows) * static_cast<long double>(i);
            const long double across = static_cast<long double>(wave.cols) * static_cast<long double>(j);
            const long double expected = static_cast<long double>(wave.phase) + down + across;
            const long double bound = 3 * rounding<double>(std::fabs(down) + std::fabs(across) + 1);
            ASSERT_LE(std::fabs(static_cast<long double>(theta(i, j)) - expected), bound + rounding<T>(expected));
        }
    EXPECT_LT(theta(0, 46), T(-58));
}

constexpr std::int64_t twists[] = {0, 1, -1, 2, -3, 5, 13, 1000003, INT64_MAX, INT64_MIN};

TYPED_TEST(PhasePatterns, TwistedStatesHaveOneDifferenceAllAround) {
    using T = TypeParam;
    for (const auto& [rows, cols] : {std::pair{7, 11}, {12, 5}, {1, 97}, {30, 1}, {2, 4}})
        for (const std::int64_t down : twists)
            for (const std::int64_t across : {std::int64_t{0}, std::int64_t{3}, std::int64_t{-5}}) {
                km::Field<T> theta(rows, cols);
                km::twisted_phases(theta, {.rows = down, .cols = across});
                const long double step_down = exact_turn * static_cast<long double>(down % rows) / rows;
                const long double step_across = exact_turn * static_cast<long double>(across % cols) / cols;
                const long double bound = 6e-15L + 2 * rounding<T>(exact_turn);
                for (std::ptrdiff_t i = 0; i < rows; ++i)
                    for (std::ptrdiff_t j = 0; j < cols; ++j) {
                        ASSERT_GE(theta(i, j), 0);
                        ASSERT_LT(static_cast<double>(theta(i, j)), turn);
                        const T below = theta((i + 1) % rows, j);
                        const T right = theta(i, (j + 1) % cols);
                        ASSERT_LE(std::fabs(wrapped(difference(below, theta(i, j)) - step_down)), bound);
                        ASSERT_LE(std::fabs(wrapped(difference(right, theta(i, j)) - step_across)), bound);
                    }
            }
}

TEST(TwistedStates, AreAsAccurateForAnyNumberOfTurns) {
    constexpr std::ptrdiff_t cols = 1009;
    for (const std::int64_t across : twists) {
        km::Field<double> theta(1, cols);
        km::twisted_phases(theta, {.cols = across, .phase = 0});
        for (std::ptrdiff_t j = 0; j < cols; ++j) {
            const std::int64_t rest = (across % cols + cols) * j % cols;
            const long double expected = exact_turn * static_cast<long double>(rest) / cols;
            ASSERT_LE(std::fabs(static_cast<long double>(theta(0, j)) - expected), 3e-15L);
        }
    }
}

TEST(TwistedStates, AreStationary) {
    constexpr std::ptrdiff_t rows = 9;
    constexpr std::ptrdiff_t cols = 14;
    km::Field<double> theta(rows, cols);
    km::twisted_phases(theta, {.rows = 2, .cols = -3, .phase = 0.4});
    for (std::ptrdiff_t i = 0; i < rows; ++i)
        for (std::ptrdiff_t j = 0; j < cols; ++j) {
            const double here = theta(i, j);
            const double rate =
                std::sin(theta((i + 1) % rows, j) - here) + std::sin(theta((i + rows - 1) % rows, j) - here) +
                std::sin(theta(i, (j + 1) % cols) - here) + std::sin(theta(i, (j + cols - 1) % cols) - here);
            EXPECT_NEAR(rate, 0, 2e-14);
        }
}

TYPED_TEST(PhasePatterns, VorticesWindAroundTheirCentresAlone) {
    using T = TypeParam;
    km::Field<T> theta(15, 22);
    km::vortex_phases(theta, {{.row = 3.5, .col = 5.5, .charge = 1}, {.row = 10.5, .col = 15.5, .charge = -1}});
    for (std::ptrdiff_t i = 0; i + 1 < theta.rows(); ++i)
        for (std::ptrdiff_t j = 0; j + 1 < theta.cols(); ++j) {
            const int expected = i == 3 && j == 5 ? 1 : i == 10 && j == 15 ? -1 : 0;
            EXPECT_EQ(winding(theta, i, j, i + 1, j + 1), expected) << i << ", " << j;
        }
    EXPECT_EQ(winding(theta, 0, 0, 8, 10), 1);
    EXPECT_EQ(winding(theta, 8, 10, 14, 21), -1);
    EXPECT_EQ(winding(theta, 0, 0, 14, 21), 0);
}

TYPED_TEST(PhasePatterns, VorticesWindAsOftenAsTheirCharges) {
    using T = TypeParam;
    for (const int charge : {-5, -2, 0, 1, 3, 4}) {
        km::Field<T> theta(31, 33);
        km::vortex_phases(theta, {{.row = 14.3, .col = 16.8, .charge = charge}, {.row = 15.1, .col = 15.2}});
        EXPECT_EQ(winding(theta, 0, 0, 30, 32), charge + 1);
    }
}

TEST(Vortices, AreSumsOfAngles) {
    km::Field<double> theta(9, 13);
    km::vortex_phases(theta, three_vortices);
    for (std::ptrdiff_t i = 0; i < theta.rows(); ++i)
        for (std::ptrdiff_t j = 0; j < theta.cols(); ++j) {
            long double expected = 0;
            for (const km::Vortex& vortex : three_vortices)
                expected +=
                    vortex.charge * std::atan2(static_cast<long double>(i) - static_cast<long double>(vortex.row),
                                               static_cast<long double>(j) - static_cast<long double>(vortex.col));
            ASSERT_NEAR(theta(i, j), static_cast<double>(expected), 1e-14);
        }
}

TEST(Vortices, OnACellHaveTheAngleZeroThere) {
    km::Field<double> theta(3, 3);
    km::vortex_phases(theta, {{.row = 1, .col = 1, .charge = 1}});
    const double expected[3][3] = {{-3 * pi / 4, -pi / 2, -pi / 4}, {pi, 0, 0}, {3 * pi / 4, pi / 2, pi / 4}};
    for (std::ptrdiff_t i = 0; i < 3; ++i)
        for (std::ptrdiff_t j = 0; j < 3; ++j) EXPECT_DOUBLE_EQ(theta(i, j), expected[i][j]);
}

TEST(Vortices, ComeFromAnyListAndMayBeNone) {
    const auto expected = made<double>([](auto& grid) { km::vortex_phases(grid, three_vortices); }, 5, 7);
    const std::array<km::Vortex, 3> array{three_vortices[0], three_vortices[1], three_vortices[2]};
    const auto same = [&](const auto& make) {
        return cells_made<double>(make, 5, 7) == test::values_of(expected.view());
    };
    EXPECT_TRUE(same([&](auto& grid) { km::vortex_phases(grid, array); }));
    EXPECT_TRUE(same([&](auto& grid) { km::vortex_phases(km::Fused{}, grid, std::span<const km::Vortex>(array)); }));
    EXPECT_TRUE(same([&](auto& grid) { km::vortex_phases(km::Fused{}, grid, {array[0], array[1], array[2]}); }));
    km::Field<double> theta(3, 4);
    theta.fill(-7);
    km::vortex_phases(theta, {});
    for (std::ptrdiff_t k = 0; k < theta.size(); ++k) EXPECT_EQ(test::bits_of(theta.data()[k]), 0U);
}

TYPED_TEST(PhasePatterns, TargetAndSpiralWavesFollowTheirFormulas) {
    using T = TypeParam;
    for (const int arms : {0, 1, -1, 3}) {
        const km::SpiralWave wave{.row = 6.4, .col = 17.7, .arms = arms, .wavelength = 7.3, .phase = -0.2};
        km::Field<T> theta(19, 33);
        if (arms == 0)
            km::target_phases(theta, {.row = 6.4, .col = 17.7, .wavelength = 7.3, .phase = -0.2});
        else
            km::spiral_phases(theta, wave);
        for (std::ptrdiff_t i = 0; i < theta.rows(); ++i)
            for (std::ptrdiff_t j = 0; j < theta.cols(); ++j) {
                const long double down = static_cast<long double>(i) - static_cast<long double>(wave.row);
                const long double across = static_cast<long double>(j) - static_cast<long double>(wave.col);
                const long double waves = std::hypot(down, across) / static_cast<long double>(wave.wavelength);
                const long double expected =
                    static_cast<long double>(wave.phase) - exact_turn * waves + arms * std::atan2(down, across);
                ASSERT_LE(std::fabs(static_cast<long double>(theta(i, j)) - expected), 4e-14L + rounding<T>(expected));
            }
        EXPECT_EQ(winding(theta, 2, 10, 12, 26), arms);
    }
}

TEST(TargetWaves, AreCirclesThatRepeatEveryWaveLength) {
    km::Field<double> theta(21, 41);
    km::target_phases(theta, {.row = 10, .col = 20, .wavelength = 5, .phase = 0.3});
    EXPECT_EQ(theta(10, 20), 0.3);
    for (const auto& [down, across] : {std::pair{5, 0}, {-5, 0}, {0, -5}, {3, 4}, {-4, 3}, {-3, -4}})
        EXPECT_EQ(theta(10 + down, 20 + across), theta(10, 25));
    for (std::ptrdiff_t j = 20; j + 5 < 41; ++j) EXPECT_NEAR(theta(10, j + 5) - theta(10, j), -turn, 1e-14);
}

TEST(SpiralWaves, ReverseWithTheSignOfTheirArmsAndTurnAsDocumented) {
    km::Field<double> right(17, 17);
    km::Field<double> left(17, 17);
    km::spiral_phases(right, {.row = 8, .col = 8, .arms = 2, .wavelength = 6});
    km::spiral_phases(left, {.row = 8, .col = 8, .arms = -2, .wavelength = 6});
    for (std::ptrdiff_t i = 0; i < 17; ++i)
        for (std::ptrdiff_t j = 0; j < 17; ++j)
            if (i != 8) { // the mirror line: an angle of π on one side is one of π on the other
                EXPECT_EQ(right(i, j), left(16 - i, j)) << i << ", " << j;
            }
    // What is below the centre now is ahead by a quarter turn an arm: as phases grow it comes to the right of the
    // centre, anticlockwise.
    EXPECT_NEAR(right(13, 8) - right(8, 13), 2 * pi / 2, 1e-14);
    // And outwards: what is outside is behind.
    EXPECT_NEAR(right(8, 13) - right(8, 10), -turn / 2, 1e-14);
}

// By the library's own count: one vortex, of the sense of its arm, in the middle of the plaquette that is its centre;
// the winding around it is the number of arms.
TYPED_TEST(PhasePatterns, SpiralsHaveTheChargeOfTheirArms) {
    using T = TypeParam;
    km::Field<T> theta(21, 30);
    for (const int arms : {1, -1}) {
        km::spiral_phases(theta, {.row = 9.5, .col = 14.5, .arms = arms, .wavelength = 12});
        std::vector<km::Vortex> found;
        km::for_each_vortex(km::Boundary{}, theta, [&](const km::Vortex& vortex) { found.push_back(vortex); });
        ASSERT_EQ(found.size(), 1U);
        EXPECT_EQ(found[0].row, 9.5);
        EXPECT_EQ(found[0].col, 14.5);
        EXPECT_EQ(found[0].charge, arms);
    }
    for (const int arms : {3, -2}) {
        km::spiral_phases(theta, {.row = 9.5, .col = 14.5, .arms = arms, .wavelength = 12});
        EXPECT_EQ(winding(theta, 4, 9, 15, 20), arms);
    }
    km::target_phases(theta, {.row = 9.5, .col = 14.5, .wavelength = 12});
    const km::VortexCount none = km::count_vortices(km::Boundary{}, theta);
    EXPECT_EQ(none.positive + none.negative, 0);
}

// And its rate: a twisted state stays where it is on a lattice that goes round, and turns with its frequency.
TYPED_TEST(PhasePatterns, TwistedStatesTurnWithTheirFrequency) {
    using T = TypeParam;
    km::Field<T> theta(9, 14), rate(9, 14);
    km::twisted_phases(theta, {.rows = 2, .cols = -3, .phase = 0.4});
    km::rate(km::Fused{}, km::Model{km::SineLaplacian{.K = 1.5, .boundary = km::torus}, 0.25}, theta, rate);
    for (const T value : test::values_of(rate.view()))
        EXPECT_NEAR(static_cast<double>(value), 0.25, 4 * 1.5 * 8 * static_cast<double>(rounding<T>(1)) * 2);
    EXPECT_EQ(km::col_winding(theta, 5), 2);
    EXPECT_EQ(km::row_winding(theta, 4), -3);
}

} // namespace
