// The extents, strides, addresses and indices that Grid, Field and scratch refuse.
#include <kuramoto/detail/memory/buffer.hpp>
#include <kuramoto/grid/field.hpp>
#include <kuramoto/grid/grid.hpp>

#include "support/expect_error.hpp"
#include "support/hidden.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <initializer_list>
#include <limits>
#include <stdexcept>
#include <string>

namespace km = kuramoto;

namespace {

// The compiler would warn of allocations that are far too large.
using test::hidden;
const std::ptrdiff_t longest = hidden(std::numeric_limits<std::ptrdiff_t>::max());
constexpr std::ptrdiff_t most_negative = std::numeric_limits<std::ptrdiff_t>::min();

} // namespace

TEST(ExtentErrors, NegativeExtents) {
    float cell = 0;
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("rows", "negative", "-1"),
                 km::Field<float>(hidden<std::ptrdiff_t>(-1), hidden<std::ptrdiff_t>(5)));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("cols", "negative", "-2"),
                 km::Field<double>(hidden<std::ptrdiff_t>(5), hidden<std::ptrdiff_t>(-2)));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("rows", "negative", "-3"),
                 km::Field<double>(hidden<std::ptrdiff_t>(-3), hidden<std::ptrdiff_t>(0)));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("cols", "negative", "-4"),
                 km::Field<double>(hidden<std::ptrdiff_t>(0), hidden<std::ptrdiff_t>(-4)));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("rows", "negative", "-1"), km::Grid<float>(&cell, -1, 1));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("cols", "negative", "-1"), km::Grid<float>(&cell, 1, -1, 1, 1));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("rows", "-9223372036854775808"),
                 km::Grid<const float>(&cell, most_negative, 1));
}

TEST(ExtentErrors, ExtentsThatOverflow) {
    const std::ptrdiff_t half = hidden(std::ptrdiff_t{1} << 32U);
    EXPECT_ERROR(std::length_error, TEST_PARTS("rows x cols", "4294967296 x 4294967296"), km::Field<float>(half, half));
    EXPECT_ERROR(std::length_error, TEST_PARTS("rows x cols", "9223372036854775807 x 1"), km::Field<float>(longest, 1));
    EXPECT_ERROR(std::length_error, TEST_PARTS("1 x 9223372036854775807"), km::Field<double>(1, longest));
    EXPECT_ERROR(std::length_error, TEST_PARTS("2305843009213693952 x 1"), km::Field<float>(longest / 4 + 1, 1));
    EXPECT_ERROR(std::length_error, TEST_PARTS("4294967296 x 4294967296"), km::Grid<double>(nullptr, half, half));
}

// rows · cols = 0 hides an overflow that the next resize or transposition would meet.
TEST(ExtentErrors, ExtentsThatOverflowThoughTheOtherIsZero) {
    EXPECT_ERROR(std::length_error, TEST_PARTS("0 x 9223372036854775807"), km::Field<float>(0, longest));
    EXPECT_ERROR(std::length_error, TEST_PARTS("9223372036854775807 x 0"), km::Field<double>(longest, 0));
    EXPECT_ERROR(std::length_error, TEST_PARTS("0 x 9223372036854775807"), km::Grid<float>(nullptr, 0, longest));
    EXPECT_NO_THROW(km::Field<float>(0, longest / 4));
    EXPECT_NO_THROW(km::Field<double>(longest / 8, 0));
}

TEST(ExtentErrors, StridesThatLeaveTheAddressSpace) {
    float cell = 0;
    EXPECT_ERROR(std::length_error, TEST_PARTS("row_stride = 9223372036854775807", "col_stride = 1"),
                 km::Grid<float>(&cell, 3, 2, longest, 1));
    EXPECT_ERROR(std::length_error, TEST_PARTS("row_stride = -9223372036854775808"),
                 km::Grid<float>(&cell, 2, 2, most_negative, 1));
    EXPECT_ERROR(std::length_error, TEST_PARTS("col_stride = -9223372036854775808"),
                 km::Grid<float>(&cell, 2, 2, 1, most_negative));
    EXPECT_ERROR(std::length_error, TEST_PARTS("col_stride = 2305843009213693952"),
                 km::Grid<float>(&cell, 1, 2, 1, longest / 4 + 1));
    // Far beyond: the distances themselves, and their sum, overflow.
    EXPECT_ERROR(std::length_error, TEST_PARTS("row_stride = 1", "col_stride = -9223372036854775808", "2 x 3"),
                 km::Grid<float>(&cell, 2, 3, 1, most_negative));
    EXPECT_ERROR(std::length_error, TEST_PARTS("row_stride = -9223372036854775808", "col_stride = 1", "3 x 2"),
                 km::Grid<float>(&cell, 3, 2, most_negative, 1));
    EXPECT_ERROR(std::length_error, TEST_PARTS("col_stride = 9223372036854775807", "1 x 4"),
                 km::Grid<const float>(&cell, 1, 4, 1, longest));
    EXPECT_ERROR(std::length_error,
                 TEST_PARTS("row_stride = -9223372036854775808", "col_stride = -9223372036854775808", "2 x 2"),
                 km::Grid<float>(&cell, 2, 2, most_negative, most_negative));
    // A stride that is never taken cannot be too long.
    EXPECT_NO_THROW(km::Grid<float>(&cell, 1, 1, longest, most_negative));
}

TEST(ExtentErrors, ScratchLargerThanTheAddressSpace) {
    EXPECT_ERROR(std::length_error, TEST_PARTS("scratch of 9223372036854775807 elements"),
                 km::detail::Buffer<double>(hidden(longest)));
    // 2^64 bytes: none modulo 2^64.
    EXPECT_ERROR(std::length_error, TEST_PARTS("scratch of 4611686018427387904 elements"),
                 km::detail::Buffer<float>(hidden(std::ptrdiff_t{1} << 62U)));
    EXPECT_ERROR(std::length_error, TEST_PARTS("scratch of -1 elements"),
                 km::detail::Buffer<char>(hidden<std::ptrdiff_t>(-1)));
    EXPECT_NO_THROW(km::detail::Buffer<float>(0));
}

TEST(ExtentErrors, CellsAtNoAddress) {
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("data", "null", "3 x 4"), km::Grid<float>(nullptr, 3, 4));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("data", "null", "1 x 1"),
                 km::Grid<const double>(nullptr, 1, 1, 5, 5));
    EXPECT_NO_THROW(km::Grid<float>(nullptr, 0, 4));
    EXPECT_NO_THROW(km::Grid<float>(nullptr, 4, 0));
}

TEST(ExtentErrors, WindowsThatStickOut) {
    km::Field<float> field(6, 8);
    const km::Grid<float> grid = field;
    const auto refuse = [&](std::ptrdiff_t row, std::ptrdiff_t col, std::ptrdiff_t rows, std::ptrdiff_t cols) {
        const std::string shape = std::to_string(rows) + " x " + std::to_string(cols);
        const std::string place = "(" + std::to_string(row) + ", " + std::to_string(col) + ")";
        EXPECT_ERROR(std::invalid_argument, TEST_PARTS(shape.c_str(), place.c_str(), "6 x 8"),
                     static_cast<void>(grid.subgrid(row, col, rows, cols)));
        EXPECT_ERROR(std::invalid_argument, TEST_PARTS(shape.c_str(), place.c_str(), "6 x 8"),
                     static_cast<void>(field.subgrid(row, col, rows, cols)));
    };
    refuse(-1, 0, 2, 2);
    refuse(0, -1, 2, 2);
    refuse(0, 0, -1, 2);
    refuse(0, 0, 2, -1);
    refuse(0, 0, 7, 8);
    refuse(0, 0, 6, 9);
    refuse(5, 0, 2, 1);
    refuse(0, 7, 1, 2);
    refuse(7, 0, 0, 0);
    refuse(0, 9, 0, 0);
    refuse(1, 1, longest, 1);
    refuse(1, 1, 1, longest);
    refuse(longest, longest, longest, longest);
    EXPECT_NO_THROW(static_cast<void>(grid.subgrid(6, 8, 0, 0)));
}

#if KURAMOTO_CHECK_INDICES
TEST(IndexErrors, OutsideTheGrid) {
    km::Field<float> field(3, 4);
    const km::Field<float>& fixed = field;
    const km::Grid<float> grid = field;
    const auto refuse = [&](std::ptrdiff_t i, std::ptrdiff_t j, std::initializer_list<std::string> parts) {
        EXPECT_TRUE(test::throws<std::out_of_range>(parts, [&] { static_cast<void>(grid(i, j)); }));
        EXPECT_TRUE(test::throws<std::out_of_range>(parts, [&] { static_cast<void>(field(i, j)); }));
        EXPECT_TRUE(test::throws<std::out_of_range>(parts, [&] { static_cast<void>(fixed(i, j)); }));
    };
    refuse(3, 0, {"row", "[0, 3)", "3"});
    refuse(-1, 0, {"row", "[0, 3)", "-1"});
    refuse(0, 4, {"column", "[0, 4)", "4"});
    refuse(2, -2, {"column", "[0, 4)", "-2"});
    EXPECT_NO_THROW(static_cast<void>(grid(2, 3)));
    static_assert(!noexcept(grid(0, 0)));
}
#else
TEST(IndexErrors, AreNotLookedForInReleaseBuilds) {
    const km::Grid<float> grid;
    static_assert(noexcept(grid(0, 0)));
}
#endif
