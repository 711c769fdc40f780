// What each pattern of frequencies is: one number, gradients, halves, checkerboards and defects.
#include <kuramoto/grid/field.hpp>
#include <kuramoto/initial/frequency_patterns.hpp>
#include <kuramoto/initial/phase_patterns.hpp>

#include "support/patterns.hpp"
#include "support/values.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>

namespace km = kuramoto;

namespace {

using test::made;
using test::rounding;

template <class T> class FrequencyPatterns : public ::testing::Test {};
using CellTypes = ::testing::Types<float, double>;
TYPED_TEST_SUITE(FrequencyPatterns, CellTypes);

TYPED_TEST(FrequencyPatterns, EqualPhasesAndFrequenciesAreOneNumber) {
    using T = TypeParam;
    km::Field<T> field(3, 5);
    km::equal_phases(field, 0.1);
    for (std::ptrdiff_t k = 0; k < field.size(); ++k) EXPECT_TRUE(test::same_bits(field.data()[k], T(0.1)));
    km::equal_frequencies(field, -3.3e20);
    for (std::ptrdiff_t k = 0; k < field.size(); ++k) EXPECT_TRUE(test::same_bits(field.data()[k], T(-3.3e20)));
}

TYPED_TEST(FrequencyPatterns, GradientsHaveTheirEndsAndAreEven) {
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

} // namespace
