// Patterns: what each is, against exact statements and long double; and what all have in common, run over every
// pattern.
#include <kuramoto/grid/field.hpp>
#include <kuramoto/initial/frequency_patterns.hpp>
#include <kuramoto/initial/phase_patterns.hpp>
#include <kuramoto/initial/vortices.hpp>
#include <kuramoto/observables/vortices.hpp>
#include <kuramoto/openmp.hpp>
#include <kuramoto/run/rate.hpp>

#include "support/expect_error.hpp"
#include "support/layouts.hpp"
#include "support/policies.hpp"
#include "support/values.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cfloat>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace km = kuramoto;

namespace {

constexpr double pi = 3.141592653589793;
constexpr double turn = 2 * pi;
constexpr long double exact_turn = 6.28318530717958647692528676655900577L;

const std::vector<km::Vortex> three_vortices{{1.5, 2.5, 1}, {4.25, 7.5, -2}, {-3.0, 20.1, 3}};

/// Calls check(name of the field, make) for every pattern, with parameters that are no round numbers. make(policy…,
/// grid) fills a grid.
template <class Check> void for_each_pattern(const Check& check) {
    using km::Axis;
    const auto phases = [&](const auto& make) { check("theta", make); };
    const auto frequencies = [&](const auto& make) { check("omega", make); };
    phases([](auto&&... to) { km::equal_phases(to..., 0.3); });
    phases([](auto&&... to) { km::plane_wave_phases(to..., {.rows = 0.17, .cols = -0.41, .phase = 0.6}); });
    phases([](auto&&... to) { km::twisted_phases(to..., {.rows = -2, .cols = 3, .phase = -0.7}); });
    phases([](auto&&... to) { km::vortex_phases(to..., three_vortices); });
    phases([](auto&&... to) { km::target_phases(to..., {.row = 2.3, .col = 4.1, .wavelength = 3.7, .phase = 0.4}); });
    phases([](auto&&... to) {
        km::spiral_phases(to..., {.row = 2.3, .col = 4.1, .arms = -2, .wavelength = 3.7, .phase = 0.4});
    });
    frequencies([](auto&&... to) { km::equal_frequencies(to..., -1.7); });
    frequencies([](auto&&... to) { km::gradient_frequencies(to..., -0.3, 1.9, Axis::rows); });
    frequencies([](auto&&... to) { km::gradient_frequencies(to..., 0.7, 0.1, Axis::cols); });
    frequencies([](auto&&... to) { km::halved_frequencies(to..., 0.3, -0.9, Axis::rows); });
    frequencies([](auto&&... to) { km::halved_frequencies(to..., 0.3, -0.9, Axis::cols); });
    frequencies([](auto&&... to) { km::checkerboard_frequencies(to..., 0.3, -0.9); });
    frequencies([](auto&&... to) {
        km::defect_frequencies(to..., {.row = 2.5, .col = 3, .radius = 2.6, .inside = 0.9, .outside = 0.1});
    });
}

template <class T, class Make> km::Field<T> made(const Make& make, std::ptrdiff_t rows, std::ptrdiff_t cols) {
    km::Field<T> field(rows, cols);
    make(field);
    return field;
}

/// The cells of the same in row-major order.
template <class T, class Make> std::vector<T> cells_made(const Make& make, std::ptrdiff_t rows, std::ptrdiff_t cols) {
    const auto field = made<T>(make, rows, cols);
    return test::values_of(field.view());
}

/// A number that -ffast-math cannot reason about.
double hidden(double value) {
    volatile double kept = value;
    return kept;
}

/// d without whole turns, in [−π, π].
long double wrapped(long double d) { return std::remainder(d, exact_turn); }
template <class T> long double difference(T a, T b) {
    return wrapped(static_cast<long double>(a) - static_cast<long double>(b));
}

/// Half the distance between numbers of T about `size`.
template <class T> long double rounding(long double size) {
    return std::fabs(size) * static_cast<long double>(std::numeric_limits<T>::epsilon()) / 2;
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

// --- What all have in common ----------------------------------------------------------------------------------------

template <class T> class Patterns : public ::testing::Test {};
using CellTypes = ::testing::Types<float, double>;
TYPED_TEST_SUITE(Patterns, CellTypes);

constexpr std::pair<std::ptrdiff_t, std::ptrdiff_t> shapes[] = {{7, 11}, {12, 5}, {1, 9}, {9, 1}, {1, 1}};
constexpr std::pair<std::ptrdiff_t, std::ptrdiff_t> empty_shapes[] = {{0, 0}, {0, 5}, {5, 0}, {PTRDIFF_MAX / 16, 0}};

TYPED_TEST(Patterns, DoNotDependOnTheLayoutAndWriteNothingElse) {
    using T = TypeParam;
    for_each_pattern([](const char*, const auto& make) {
        for (const auto& [rows, cols] : shapes) {
            const auto expected = cells_made<T>(make, rows, cols);
            for (const test::Layout layout : test::all_layouts) {
                test::Cells<T> cells(layout, rows, cols);
                make(cells.view());
                EXPECT_EQ(test::first_difference(test::values_of(cells.view()), expected), -1) << test::name(layout);
                EXPECT_TRUE(cells.canaries_alive()) << test::name(layout);
            }
        }
    });
}

TYPED_TEST(Patterns, DoNotDependOnThePolicy) {
    using T = TypeParam;
    for_each_pattern([](const char*, const auto& make) {
        for (const auto& [rows, cols] : shapes) {
            const auto expected = cells_made<T>(make, rows, cols);
            const auto check = [&, height = rows, width = cols](const auto& policy) {
                km::Field<T> field(height, width);
                make(policy, field);
                EXPECT_EQ(test::first_difference(test::values_of(field.view()), expected), -1)
                    << height << " x " << width;
            };
            check(km::Serial{});
            check(km::Fused{});
            check(km::OpenMP{.threads = 3, .min_cells_per_thread = 1});
            for (const int workers : {1, 2, 7}) check(test::Pool{.workers = workers, .on_threads = true});
        }
    });
}

TYPED_TEST(Patterns, AcceptFieldsWithoutCells) {
    using T = TypeParam;
    for_each_pattern([](const char*, const auto& make) {
        for (const auto& [rows, cols] : empty_shapes) {
            km::Grid<T> nothing(nullptr, rows, cols);
            make(nothing);
            make(test::Pool{.workers = 3}, nothing);
        }
    });
}

TYPED_TEST(Patterns, RefuseAPolicyThatCannotBeAndAFieldThatOverlapsItself) {
    using T = TypeParam;
    for_each_pattern([](const char* name, const auto& make) {
        T cells[4] = {-7, -7, -7, -7};
        const km::Grid<T> overlapping(cells, 2, 2, 1, 1);
        const km::Grid<T> field(cells, 2, 2);
        EXPECT_ERROR(std::invalid_argument, TEST_PARTS(name, "row_stride = 1"), make(overlapping));
        EXPECT_ERROR(std::invalid_argument, TEST_PARTS("threads", "-1"), make(km::OpenMP{.threads = -1}, field));
        for (const T cell : cells) EXPECT_EQ(cell, T(-7));
    });
}

TEST(Patterns, InFloatAreTheDoublesRounded) {
    for_each_pattern([](const char*, const auto& make) {
        const auto single = cells_made<float>(make, 37, 53);
        const auto twice = cells_made<double>(make, 37, 53);
        for (std::size_t k = 0; k < twice.size(); ++k)
            ASSERT_EQ(test::bits_of(single[k]), test::bits_of(static_cast<float>(twice[k]))) << k;
    });
}

TEST(Patterns, HaveTheCommittedBits) {
    constexpr std::uint64_t hashes[] = {
        0x00a4c1f0d3349729U, 0xf847d2dff74cfaecU, 0x3db8eb71e2df1324U, 0x96cf49f41466150cU, 0x0fbb026a03a5d39dU,
        0x4a91d6688ac7e8bcU, 0x8c8befff7fffd841U, 0x7f6c0ce6dbf6fbafU, 0xcff533d4d7abf10aU, 0xd5b6ba0665578e99U,
        0xa3503407c9ceb75dU, 0xc5926521ee39de9dU, 0xc062d4c7452762dcU};
    std::size_t number = 0;
    for_each_pattern([&](const char*, const auto& make) {
        EXPECT_EQ(test::hash_of(cells_made<double>(make, 13, 23)), hashes[number]) << number;
        ++number;
    });
    EXPECT_EQ(number, std::size(hashes));
}

// -Ofast turns subnormal numbers into zeros; the fields hold zeros whatever the flags.
TEST(Patterns, HoldNoSubnormalNumbers) {
    km::Field<float> single(2, 3);
    km::equal_phases(single, 0x1p-127);
    EXPECT_EQ(test::bits_of(single(1, 2)), 0U);
    km::Field<double> twice(2, 3);
    km::equal_frequencies(twice, hidden(0x1p-1022) / 2);
    EXPECT_EQ(test::bits_of(twice(1, 2)), 0U);
    km::gradient_frequencies(twice, 0, 0x1p-1022, km::Axis::cols);
    EXPECT_EQ(test::bits_of(twice(0, 1)), 0U);
    EXPECT_EQ(twice(0, 2), 0x1p-1022);
}

// --- Phases ---------------------------------------------------------------------------------------------------------

TYPED_TEST(Patterns, EqualPhasesAndFrequenciesAreOneNumber) {
    using T = TypeParam;
    km::Field<T> field(3, 5);
    km::equal_phases(field, 0.1);
    for (std::ptrdiff_t k = 0; k < field.size(); ++k) EXPECT_TRUE(test::same_bits(field.data()[k], T(0.1)));
    km::equal_frequencies(field, -3.3e20);
    for (std::ptrdiff_t k = 0; k < field.size(); ++k) EXPECT_TRUE(test::same_bits(field.data()[k], T(-3.3e20)));
}

TYPED_TEST(Patterns, PlaneWavesGrowEvenlyAndAreNotWrapped) {
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

TYPED_TEST(Patterns, TwistedStatesHaveOneDifferenceAllAround) {
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

TYPED_TEST(Patterns, VorticesWindAroundTheirCentresAlone) {
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

TYPED_TEST(Patterns, VorticesWindAsOftenAsTheirCharges) {
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

TYPED_TEST(Patterns, TargetAndSpiralWavesFollowTheirFormulas) {
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
TYPED_TEST(Patterns, SpiralsHaveTheChargeOfTheirArms) {
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
TYPED_TEST(Patterns, TwistedStatesTurnWithTheirFrequency) {
    using T = TypeParam;
    km::Field<T> theta(9, 14), rate(9, 14);
    km::twisted_phases(theta, {.rows = 2, .cols = -3, .phase = 0.4});
    km::rate(km::Fused{}, km::Model{km::SineLaplacian{.K = 1.5, .boundary = km::torus}, 0.25}, theta, rate);
    for (const T value : test::values_of(rate.view()))
        EXPECT_NEAR(static_cast<double>(value), 0.25, 4 * 1.5 * 8 * static_cast<double>(rounding<T>(1)) * 2);
    EXPECT_EQ(km::col_winding(theta, 5), 2);
    EXPECT_EQ(km::row_winding(theta, 4), -3);
}

// --- Frequencies ----------------------------------------------------------------------------------------------------

TYPED_TEST(Patterns, GradientsHaveTheirEndsAndAreEven) {
    using T = TypeParam;
    const double largest = static_cast<double>(std::numeric_limits<T>::max());
    const double ends[][2] = {{0.1, 0.7}, {-1.0 / 3, 2e-9}, {1.1, -5.3}, {1e-30, 1e30}, {0.3, 0.3}, {largest, 0}};
    for (const auto& [from, to] : ends)
        for (const std::ptrdiff_t cols : {2, 3, 8, 101}) {
            km::Field<T> omega(3, cols);
            km::gradient_frequencies(omega, from, to, km::Axis::cols);
            const long double width = static_cast<long double>(to) - static_cast<long double>(from);
            for (std::ptrdiff_t i = 0; i < 3; ++i) {
                EXPECT_TRUE(test::same_bits(omega(i, 0), static_cast<T>(from)));
                EXPECT_TRUE(test::same_bits(omega(i, cols - 1), static_cast<T>(to)));
                for (std::ptrdiff_t j = 0; j < cols; ++j) {
                    const long double expected =
                        static_cast<long double>(from) +
                        width * static_cast<long double>(j) / static_cast<long double>(cols - 1);
                    const long double bound = 3 * rounding<double>(width) + rounding<double>(expected);
                    ASSERT_LE(std::fabs(static_cast<long double>(omega(i, j)) - expected),
                              bound + rounding<T>(expected) + static_cast<long double>(0x1p-126F));
                    EXPECT_TRUE(from != to || test::same_bits(omega(i, j), static_cast<T>(from)));
                }
            }
            km::Field<T> turned(cols, 3);
            km::gradient_frequencies(turned, from, to, km::Axis::rows);
            EXPECT_EQ(test::values_of(turned.transposed()), test::values_of(omega.view()));
        }
}

TEST(Gradients, OfOneRowOrColumnAreTheirBeginning) {
    const auto down = made<double>([](auto& f) { km::gradient_frequencies(f, 2, 9, km::Axis::rows); }, 1, 4);
    const auto across = made<double>([](auto& f) { km::gradient_frequencies(f, 2, 9, km::Axis::cols); }, 4, 1);
    for (std::ptrdiff_t k = 0; k < 4; ++k) {
        EXPECT_EQ(down(0, k), 2);
        EXPECT_EQ(across(k, 0), 2);
    }
}

TEST(Halves, GiveTheMiddleToTheFirst) {
    for (const std::ptrdiff_t n : {1, 2, 3, 8, 9}) {
        const auto down = made<double>([](auto& f) { km::halved_frequencies(f, -1, 5, km::Axis::rows); }, n, 4);
        const auto across = made<double>([](auto& f) { km::halved_frequencies(f, -1, 5, km::Axis::cols); }, 4, n);
        for (std::ptrdiff_t k = 0; k < n; ++k)
            for (std::ptrdiff_t other = 0; other < 4; ++other) {
                EXPECT_EQ(down(k, other), k < (n + 1) / 2 ? -1 : 5);
                EXPECT_EQ(across(other, k), k < (n + 1) / 2 ? -1 : 5);
            }
    }
}

TEST(Checkerboards, HaveNeighboursOfTheOtherGroup) {
    const auto omega = made<double>([](auto& f) { km::checkerboard_frequencies(f, -1, 5); }, 5, 7);
    EXPECT_EQ(omega(0, 0), -1);
    for (std::ptrdiff_t i = 0; i < 5; ++i)
        for (std::ptrdiff_t j = 0; j < 7; ++j) {
            EXPECT_TRUE(i == 0 || omega(i, j) + omega(i - 1, j) == 4);
            EXPECT_TRUE(j == 0 || omega(i, j) + omega(i, j - 1) == 4);
        }
}

/// The number of cells of a 31 x 37 lattice that belong to the defect.
std::ptrdiff_t cells_of(const km::Defect& defect) {
    const auto omega = made<double>([&](auto& f) { km::defect_frequencies(f, defect); }, 31, 37);
    return std::count(omega.data(), omega.data() + omega.size(), defect.inside);
}

TEST(Defects, AreOneCellOrADisc) {
    const auto omega = made<double>([](auto& f) { km::defect_frequencies(f, {.row = 3, .col = 8}); }, 31, 37);
    EXPECT_EQ(omega(3, 8), 1);
    EXPECT_EQ(cells_of({.row = 3, .col = 8}), 1);
    // Gauss's circle problem: whole points within 1, 2, 3, 5 and 10 of a whole point.
    const std::pair<double, std::ptrdiff_t> circles[] = {{1, 5}, {2, 13}, {3, 29}, {5, 81}, {10, 317}};
    for (const auto& [radius, count] : circles) EXPECT_EQ(cells_of({.row = 15, .col = 18, .radius = radius}), count);
    EXPECT_EQ(cells_of({.row = 2.5, .col = 3.5, .radius = 0.7}), 0);
    EXPECT_EQ(cells_of({.row = 2.5, .col = 3.5, .radius = 0.75}), 4);
    EXPECT_EQ(cells_of({.row = -1, .col = 5, .radius = 1}), 1);
    EXPECT_EQ(cells_of({.row = -0x1p53, .col = 5, .radius = 10}), 0);
    EXPECT_EQ(cells_of({.row = 5, .col = 5, .radius = 1e300}), 31 * 37);
}

// --- Errors ---------------------------------------------------------------------------------------------------------

/// Expects std::invalid_argument with these parts, with and without cells, and no cell written.
template <class T, class Make> void expect_refusal(std::initializer_list<std::string> parts, const Make& make) {
    km::Field<T> field(3, 4);
    field.fill(T(-7));
    EXPECT_TRUE(test::throws<std::invalid_argument>(parts, [&] { make(field); }));
    for (std::ptrdiff_t k = 0; k < field.size(); ++k) EXPECT_EQ(field.data()[k], T(-7)) << *parts.begin();
}

TYPED_TEST(Patterns, RefuseParametersThatAreNotNumbers) {
    using T = TypeParam;
    const std::pair<double, std::string> cases[] = {{std::nan(""), "nan"}, {HUGE_VAL, "inf"}, {-HUGE_VAL, "-inf"}};
    for (const auto& [value, text] : cases) {
        const double x = hidden(value);
        expect_refusal<T>({"phase", text}, [x](auto& f) { km::equal_phases(f, x); });
        expect_refusal<T>({"wave.rows", text}, [x](auto& f) { km::plane_wave_phases(f, {.rows = x}); });
        expect_refusal<T>({"wave.cols", text}, [x](auto& f) { km::plane_wave_phases(f, {.cols = x}); });
        expect_refusal<T>({"phase", text}, [x](auto& f) { km::plane_wave_phases(f, {.phase = x}); });
        expect_refusal<T>({"phase", text}, [x](auto& f) { km::twisted_phases(f, {.phase = x}); });
        expect_refusal<T>({"vortices[1].row", text}, [x](auto& f) { km::vortex_phases(f, {{}, {.row = x}}); });
        expect_refusal<T>({"vortices[0].col", text}, [x](auto& f) { km::vortex_phases(f, {{.col = x}, {}}); });
        expect_refusal<T>({"row", text}, [x](auto& f) { km::target_phases(f, {.row = x}); });
        expect_refusal<T>({"col", text}, [x](auto& f) { km::target_phases(f, {.col = x}); });
        expect_refusal<T>({"wavelength", text}, [x](auto& f) { km::target_phases(f, {.wavelength = x}); });
        expect_refusal<T>({"phase", text}, [x](auto& f) { km::target_phases(f, {.phase = x}); });
        expect_refusal<T>({"row", text}, [x](auto& f) { km::spiral_phases(f, {.row = x}); });
        expect_refusal<T>({"col", text}, [x](auto& f) { km::spiral_phases(f, {.col = x}); });
        expect_refusal<T>({"wavelength", text}, [x](auto& f) { km::spiral_phases(f, {.wavelength = x}); });
        expect_refusal<T>({"phase", text}, [x](auto& f) { km::spiral_phases(f, {.phase = x}); });
        expect_refusal<T>({"frequency", text}, [x](auto& f) { km::equal_frequencies(f, x); });
        for (const km::Axis along : {km::Axis::rows, km::Axis::cols}) {
            expect_refusal<T>({"from", text}, [=](auto& f) { km::gradient_frequencies(f, x, 0, along); });
            expect_refusal<T>({"to", text}, [=](auto& f) { km::gradient_frequencies(f, 0, x, along); });
            expect_refusal<T>({"first", text}, [=](auto& f) { km::halved_frequencies(f, x, 0, along); });
            expect_refusal<T>({"second", text}, [=](auto& f) { km::halved_frequencies(f, 0, x, along); });
        }
        expect_refusal<T>({"first", text}, [x](auto& f) { km::checkerboard_frequencies(f, x, 0); });
        expect_refusal<T>({"second", text}, [x](auto& f) { km::checkerboard_frequencies(f, 0, x); });
        expect_refusal<T>({"row", text}, [x](auto& f) { km::defect_frequencies(f, {.row = x}); });
        expect_refusal<T>({"col", text}, [x](auto& f) { km::defect_frequencies(f, {.col = x}); });
        expect_refusal<T>({"radius", text}, [x](auto& f) { km::defect_frequencies(f, {.radius = x}); });
        expect_refusal<T>({"inside", text}, [x](auto& f) { km::defect_frequencies(f, {.inside = x}); });
        expect_refusal<T>({"outside", text}, [x](auto& f) { km::defect_frequencies(f, {.outside = x}); });
    }
}

TYPED_TEST(Patterns, RefuseWhatCannotBe) {
    using T = TypeParam;
    expect_refusal<T>({"wavelength", "0"}, [](auto& f) { km::target_phases(f, {.wavelength = 0}); });
    expect_refusal<T>({"wavelength", "-2.5"}, [](auto& f) { km::spiral_phases(f, {.wavelength = -2.5}); });
    expect_refusal<T>({"radius", "-1"}, [](auto& f) { km::defect_frequencies(f, {.radius = -1}); });
    expect_refusal<T>({"row", "2^53", "1e+17"}, [](auto& f) { km::defect_frequencies(f, {.row = 1e17}); });
    expect_refusal<T>({"col", "2^53", "-1e+17"}, [](auto& f) { km::target_phases(f, {.col = -1e17}); });
    expect_refusal<T>({"wavelength = 1e-307", "small"}, [](auto& f) { km::target_phases(f, {.wavelength = 1e-307}); });
    expect_refusal<T>({"wavelength"}, [](auto& f) { km::target_phases(f, {.wavelength = hidden(1e-307) / 1e9}); });
    T cell = -7;
    const km::Grid<T> long_row(&cell, 1, (std::ptrdiff_t{1} << 32) + 1); // never touched: refused first
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("theta", "2^32", "1 x 4294967297"),
                 km::twisted_phases(long_row, {}));
    // Parameters are wrong without cells as well.
    const km::Grid<T> nothing;
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("radius"), km::defect_frequencies(nothing, {.radius = -1}));
}

TEST(Patterns, RefuseValuesThatTheCellsCannotHold) {
    expect_refusal<float>({"phase", "1e+39"}, [](auto& f) { km::equal_phases(f, 1e39); });
    expect_refusal<float>({"wave.rows = 2e+38", "3 x 4"}, [](auto& f) { km::plane_wave_phases(f, {.rows = 2e38}); });
    expect_refusal<double>({"wave.cols = -1e+308"}, [](auto& f) { km::plane_wave_phases(f, {.cols = -1e308}); });
    expect_refusal<double>({"wave.cols"}, [](auto& f) { km::plane_wave_phases(f, {.rows = 1e308, .cols = -1e308}); });
    expect_refusal<float>({"wavelength = 1e-38"}, [](auto& f) { km::spiral_phases(f, {.wavelength = 1e-38}); });
    expect_refusal<double>({"to - from", "-1e+308", "1e+308"},
                           [](auto& f) { km::gradient_frequencies(f, -1e308, 1e308, km::Axis::rows); });
}

template <class G>
concept CanHoldVortices = requires(G grid) {
    km::vortex_phases(grid, three_vortices);
};

TEST(Patterns, AreForWritableGridsOnly) {
    static_assert(CanHoldVortices<km::Field<float>&> && CanHoldVortices<km::Grid<double>> &&
                  CanHoldVortices<const km::Grid<float>&>);
    static_assert(!CanHoldVortices<const km::Field<float>&> && !CanHoldVortices<km::Grid<const double>> &&
                  !CanHoldVortices<std::vector<float>&>);
}

} // namespace
