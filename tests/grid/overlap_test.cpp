// Whether views share a cell, against brute force, and by hand.

#include <kuramoto/detail/memory/overlap.hpp>
#include <kuramoto/grid/field.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <random>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace km = kuramoto;
using km::detail::overlap;
using km::detail::overlaps_itself;

namespace {

template <class T> std::vector<const T*> addresses(const km::Grid<T>& grid) {
    std::vector<const T*> result;
    for (std::ptrdiff_t i = 0; i < grid.rows(); ++i)
        for (std::ptrdiff_t j = 0; j < grid.cols(); ++j)
            result.push_back(grid.data() + (i * grid.row_stride() + j * grid.col_stride()));
    return result;
}

template <class T> bool overlaps_itself_by_force(const km::Grid<T>& grid) {
    const std::vector<const T*> all = addresses(grid);
    return std::set<const T*>(all.begin(), all.end()).size() != all.size();
}

template <class T> bool overlap_by_force(const km::Grid<T>& a, const km::Grid<T>& b) {
    const std::vector<const T*> of_a = addresses(a);
    const std::set<const T*> cells(of_a.begin(), of_a.end());
    for (const T* address : addresses(b))
        if (cells.count(address) != 0) return true;
    return false;
}

template <class T> std::string describe(const km::Grid<T>& grid, const T* origin) {
    std::ostringstream text;
    text << grid.rows() << " x " << grid.cols() << " at " << grid.data() - origin << ", strides " << grid.row_stride()
         << ", " << grid.col_stride();
    return text.str();
}

// A random view that stays within an array.
template <class T> class RandomViews {
  public:
    RandomViews(std::vector<T>& array, std::uint32_t seed, std::ptrdiff_t most_rows, std::ptrdiff_t largest_stride)
        : array_(array), generator_(seed), most_rows_(most_rows), largest_stride_(largest_stride) {}

    km::Grid<T> next() {
        for (;;) {
            const std::ptrdiff_t rows = number(0, most_rows_);
            const std::ptrdiff_t cols = number(0, most_rows_);
            const std::ptrdiff_t down = number(-largest_stride_, largest_stride_);
            const std::ptrdiff_t across = number(-largest_stride_, largest_stride_);
            std::ptrdiff_t low = 0;
            std::ptrdiff_t high = 0;
            if (rows > 0 && cols > 0) {
                (down < 0 ? low : high) += down * (rows - 1);
                (across < 0 ? low : high) += across * (cols - 1);
            }
            const auto size = static_cast<std::ptrdiff_t>(array_.size());
            if (high - low >= size) continue;
            return km::Grid<T>(array_.data() + number(-low, size - 1 - high), rows, cols, down, across);
        }
    }

  private:
    std::ptrdiff_t number(std::ptrdiff_t low, std::ptrdiff_t high) {
        return std::uniform_int_distribution<std::ptrdiff_t>(low, high)(generator_);
    }

    std::vector<T>& array_;
    std::mt19937 generator_;
    std::ptrdiff_t most_rows_;
    std::ptrdiff_t largest_stride_;
};

template <class T>
void compare_with_force(std::ptrdiff_t size, std::ptrdiff_t most_rows, std::ptrdiff_t largest_stride) {
    std::vector<T> array(static_cast<std::size_t>(size));
    RandomViews<T> views(array, static_cast<std::uint32_t>(size), most_rows, largest_stride);
    int overlapping = 0;
    int self_overlapping = 0;
    const int cases = 6000;
    for (int k = 0; k < cases; ++k) {
        const km::Grid<T> a = views.next();
        const km::Grid<T> b = views.next();
        const bool expected = overlap_by_force(a, b);
        const bool expected_self = overlaps_itself_by_force(a);
        overlapping += expected;
        self_overlapping += expected_self;
        ASSERT_EQ(overlap(a, b), expected) << describe(a, array.data()) << "; " << describe(b, array.data());
        ASSERT_EQ(overlap(b, a), expected) << describe(b, array.data()) << "; " << describe(a, array.data());
        ASSERT_EQ(overlaps_itself(a), expected_self) << describe(a, array.data());
    }
    // Both answers have to be common for the comparison to mean something.
    EXPECT_GT(overlapping, cases / 30);
    EXPECT_LT(overlapping, cases - cases / 20);
    EXPECT_GT(self_overlapping, cases / 50);
    EXPECT_LT(self_overlapping, cases - cases / 50);
}

} // namespace

TEST(Overlap, AgreesWithBruteForceForSmallViews) { compare_with_force<float>(40, 4, 7); }
TEST(Overlap, AgreesWithBruteForceForLargerStrides) { compare_with_force<double>(150, 6, 23); }
TEST(Overlap, AgreesWithBruteForceForManyCells) { compare_with_force<float>(400, 12, 40); }
TEST(Overlap, AgreesWithBruteForceForFewCellsFarApart) { compare_with_force<double>(70, 3, 30); }

TEST(Overlap, OfAnArrayWithItselfAndItsParts) {
    km::Field<float> field(6, 10);
    const km::Grid<float> all = field;
    EXPECT_TRUE(overlap(all, all));
    EXPECT_TRUE(overlap(all, all.transposed()));
    EXPECT_TRUE(overlap(all, all.subgrid(5, 9, 1, 1)));
    EXPECT_TRUE(overlap(km::Grid<const float>(all), all.subgrid(2, 3, 2, 2)));
    EXPECT_FALSE(overlaps_itself(all));
    EXPECT_FALSE(overlaps_itself(all.transposed()));
    km::Field<float> other(6, 10);
    EXPECT_FALSE(overlap(all, other.view()));
}

TEST(Overlap, NotOfInterleavedRowsAndColumns) {
    km::Field<double> field(20, 30);
    double* const data = field.data();
    const km::Grid<double> even_rows(data, 10, 30, 60, 1);
    const km::Grid<double> odd_rows(data + 30, 10, 30, 60, 1);
    EXPECT_FALSE(overlap(even_rows, odd_rows));
    const km::Grid<double> even_cols(data, 20, 15, 30, 2);
    const km::Grid<double> odd_cols(data + 1, 20, 15, 30, 2);
    EXPECT_FALSE(overlap(even_cols, odd_cols));
    EXPECT_TRUE(overlap(even_rows, odd_cols));
    const km::Grid<double> mirrored(data + 29 + 19 * 30, 20, 15, -30, -2); // columns 29, 27, …
    EXPECT_FALSE(overlap(even_cols, mirrored));
    EXPECT_TRUE(overlap(odd_cols, mirrored));
}

TEST(Overlap, NotOfWindowsSideBySide) {
    km::Field<float> field(12, 20);
    const km::Grid<float> all = field;
    const km::Grid<float> left = all.subgrid(0, 0, 12, 10);
    EXPECT_FALSE(overlap(left, all.subgrid(0, 10, 12, 10)));
    EXPECT_TRUE(overlap(left, all.subgrid(0, 9, 12, 10)));
    EXPECT_FALSE(overlap(all.subgrid(0, 0, 6, 20), all.subgrid(6, 0, 6, 20)));
    EXPECT_FALSE(overlap(left.transposed(), all.subgrid(0, 10, 12, 10)));
}

TEST(Overlap, OfWindowsThatShareOneCell) {
    km::Field<float> field(12, 20);
    const km::Grid<float> all = field;
    const km::Grid<float> first = all.subgrid(0, 0, 5, 7);
    EXPECT_TRUE(overlap(first, all.subgrid(4, 6, 5, 7)));
    EXPECT_FALSE(overlap(first, all.subgrid(5, 6, 5, 7)));
    EXPECT_FALSE(overlap(first, all.subgrid(4, 7, 5, 7)));
    EXPECT_TRUE(overlap(first, all.subgrid(4, 6, 1, 1)));
    EXPECT_TRUE(overlap(first.transposed(), all.subgrid(4, 6, 5, 7)));
}

TEST(Overlap, NeverOfAnEmptyView) {
    km::Field<float> field(4, 4);
    const km::Grid<float> all = field;
    for (const km::Grid<float>& empty : {all.subgrid(1, 1, 0, 2), all.subgrid(1, 1, 2, 0), km::Grid<float>()}) {
        EXPECT_FALSE(overlap(all, empty));
        EXPECT_FALSE(overlap(empty, all));
        EXPECT_FALSE(overlaps_itself(empty));
    }
    EXPECT_FALSE(overlaps_itself(km::Grid<float>(field.data(), 0, 9, 0, 0)));
}

TEST(Overlap, OfAViewWithItself) {
    std::vector<float> values(200);
    const auto grid = [&](std::ptrdiff_t rows, std::ptrdiff_t cols, std::ptrdiff_t down, std::ptrdiff_t across) {
        return km::Grid<float>(values.data() + 100, rows, cols, down, across);
    };
    EXPECT_TRUE(overlaps_itself(grid(2, 1, 0, 1)));
    EXPECT_TRUE(overlaps_itself(grid(1, 2, 1, 0)));
    EXPECT_FALSE(overlaps_itself(grid(1, 9, 0, 1)));
    EXPECT_FALSE(overlaps_itself(grid(9, 1, -1, 0)));
    EXPECT_FALSE(overlaps_itself(grid(1, 1, 0, 0)));
    EXPECT_TRUE(overlaps_itself(grid(2, 5, 4, 1)));
    EXPECT_FALSE(overlaps_itself(grid(2, 5, 5, 1)));
    EXPECT_TRUE(overlaps_itself(grid(2, 5, -4, 1)));
    EXPECT_FALSE(overlaps_itself(grid(2, 5, -5, -1)));
    // 3 and 2 meet at 6 = 2 · 3 = 3 · 2: only from three rows and four columns on.
    EXPECT_FALSE(overlaps_itself(grid(2, 9, 3, 2)));
    EXPECT_FALSE(overlaps_itself(grid(9, 3, 3, 2)));
    EXPECT_TRUE(overlaps_itself(grid(3, 4, 3, 2)));
}

TEST(Overlap, OfSingleCells) {
    km::Field<float> field(3, 4);
    const km::Grid<float> all = field;
    const km::Grid<float> cell = all.subgrid(1, 2, 1, 1);
    EXPECT_TRUE(overlap(cell, cell));
    EXPECT_TRUE(overlap(cell, km::Grid<const float>(&field(1, 2), 1, 1, -9, 0)));
    EXPECT_FALSE(overlap(cell, all.subgrid(1, 3, 1, 1)));
    EXPECT_FALSE(overlap(cell, all.subgrid(0, 2, 1, 1)));
    EXPECT_FALSE(overlaps_itself(cell));
}

TEST(Progressions, MeetWhereBruteForceSaysSo) {
    using km::detail::Progression;
    std::vector<Progression> all;
    for (std::intptr_t first = -3; first < 9; ++first)
        for (std::intptr_t step = 1; step < 7; ++step)
            for (std::intptr_t count = 1; count < 4; ++count) all.push_back({first, step, count});
    std::size_t apart = 0;
    for (const Progression& a : all)
        for (const Progression& b : all) {
            bool expected = false;
            for (std::intptr_t k = 0; k < a.count; ++k)
                for (std::intptr_t l = 0; l < b.count; ++l) expected |= a.first + k * a.step == b.first + l * b.step;
            apart += a.last() < b.first || b.last() < a.first;
            ASSERT_EQ(km::detail::intersect(a, b), expected)
                << a.first << " + " << a.step << " k, k < " << a.count << "; " << b.first << " + " << b.step
                << " l, l < " << b.count;
        }
    EXPECT_GT(apart, all.size());
}

// Answered from the strides alone: these grids have 2^40 cells, none of which exists or is touched.
TEST(Overlap, OfHugeViewsIsFast) {
    constexpr std::ptrdiff_t n = std::ptrdiff_t{1} << 20U;
    auto* const start = reinterpret_cast<float*>(std::uintptr_t{1} << 40U); // NOLINT: an address, never followed
    const km::Grid<float> all(start, n, n);
    EXPECT_FALSE(overlaps_itself(all));
    EXPECT_TRUE(overlap(all, all.transposed()));
    const km::Grid<float> even_rows(start, n / 2, n, 2 * n, 1);
    const km::Grid<float> odd_rows(start + n, n / 2, n, 2 * n, 1);
    EXPECT_FALSE(overlap(even_rows, odd_rows));
    const km::Grid<float> even_cols(start, n, n / 2, n, 2);
    const km::Grid<float> odd_cols(start + 1, n, n / 2, n, 2);
    EXPECT_FALSE(overlap(even_cols, odd_cols));
    EXPECT_FALSE(overlap(even_cols.transposed(), odd_cols));
    EXPECT_FALSE(overlap(all.subgrid(0, 0, n, n / 2), all.subgrid(0, n / 2, n, n / 2)));
    EXPECT_TRUE(overlap(all.subgrid(0, 0, n, n / 2 + 1), all.subgrid(0, n / 2, n, n / 2)));
    EXPECT_FALSE(overlap(all.subgrid(0, 0, n / 2, n), all.subgrid(n / 2, 0, n / 2, n)));
}

// Strides as long as an address can be.
TEST(Overlap, OfTheLongestStrides) {
    constexpr std::ptrdiff_t longest =
        std::numeric_limits<std::ptrdiff_t>::max() / static_cast<std::ptrdiff_t>(sizeof(float)) - 1;
    auto* const start = reinterpret_cast<float*>(std::uintptr_t{4096}); // NOLINT: an address, never followed
    const km::Grid<float> two(start, 2, 1, longest, 1);
    EXPECT_FALSE(overlaps_itself(two));
    EXPECT_TRUE(overlap(two, two));
    const km::Grid<float> first(start, 1, 1);
    const km::Grid<float> second(start + 1, 1, 1);
    EXPECT_TRUE(overlap(two, first));
    EXPECT_FALSE(overlap(two, second));
}
