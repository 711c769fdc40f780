// Grid<T>: what a view sees, how views are made from views, and what converts to what.

#include <kuramoto/grid/field.hpp>
#include <kuramoto/grid/grid.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <numeric>
#include <type_traits>
#include <vector>

namespace km = kuramoto;

namespace {

// 0, 1, 2, … so that a value tells where it lies.
template <class T> std::vector<T> counted(std::size_t n) {
    std::vector<T> values(n);
    std::iota(values.begin(), values.end(), T{0});
    return values;
}

// What other libraries' arrays look like.
struct Foreign {
    [[nodiscard]] int rows() const { return 2; }
    [[nodiscard]] int cols() const { return 3; }
    [[nodiscard]] short row_stride() const { return 3; }
    [[nodiscard]] short col_stride() const { return 1; }
    [[nodiscard]] const double* data() const { return values; }
    double values[6]{0, 1, 2, 3, 4, 5};
};
struct WithoutStrides {
    [[nodiscard]] int rows() const;
    [[nodiscard]] int cols() const;
    [[nodiscard]] float* data() const;
};
struct Integers {
    [[nodiscard]] int rows() const;
    [[nodiscard]] int cols() const;
    [[nodiscard]] int row_stride() const;
    [[nodiscard]] int col_stride() const;
    [[nodiscard]] int* data() const;
};

template <class T>
concept MakesAGrid = requires { typename km::Grid<T>; };

} // namespace

// Constness is added and never taken away.
static_assert(std::is_convertible_v<km::Grid<float>, km::Grid<const float>>);
static_assert(std::is_convertible_v<const km::Grid<double>&, km::Grid<const double>>);
static_assert(!std::is_convertible_v<km::Grid<const float>, km::Grid<float>>);
static_assert(!std::is_constructible_v<km::Grid<float>, km::Grid<const float>>);
static_assert(!std::is_assignable_v<km::Grid<float>&, km::Grid<const float>>);
static_assert(std::is_assignable_v<km::Grid<const float>&, km::Grid<float>>);
// Precisions do not convert.
static_assert(!std::is_constructible_v<km::Grid<double>, km::Grid<float>>);
static_assert(!std::is_constructible_v<km::Grid<const double>, km::Grid<float>>);
// Cells are float or double, const or not.
static_assert(MakesAGrid<float> && MakesAGrid<const double>);
static_assert(!MakesAGrid<int> && !MakesAGrid<long double> && !MakesAGrid<float&> && !MakesAGrid<volatile float>);
// A view is a value.
static_assert(std::is_trivially_copyable_v<km::Grid<double>> &&
              std::is_nothrow_default_constructible_v<km::Grid<float>>);
static_assert(sizeof(km::Grid<double>) == 5 * sizeof(void*));
static_assert(std::is_same_v<km::Grid<const float>::value_type, float>);
static_assert(std::is_same_v<km::Grid<const float>::element_type, const float>);
// Shallow constness: a const view of writable cells writes.
static_assert(std::is_same_v<decltype(std::declval<const km::Grid<float>&>()(0, 0)), float&>);
static_assert(std::is_same_v<decltype(std::declval<km::Grid<const float>&>()(0, 0)), const float&>);
// Grid-like is a matter of members.
static_assert(km::GridLike<Foreign> && !km::WritableGridLike<Foreign>);
static_assert(!km::GridLike<WithoutStrides> && !km::GridLike<Integers> && !km::GridLike<int>);
static_assert(km::WritableGridLike<km::Grid<float>> && km::WritableGridLike<const km::Grid<float>>);
static_assert(std::is_same_v<km::value_type_of<Foreign>, double>);

TEST(Grid, OfNothing) {
    const km::Grid<float> grid;
    EXPECT_EQ(grid.rows(), 0);
    EXPECT_EQ(grid.cols(), 0);
    EXPECT_EQ(grid.size(), 0);
    EXPECT_TRUE(grid.empty());
    EXPECT_EQ(grid.data(), nullptr);
}

TEST(Grid, IsRowMajorByDefault) {
    std::vector<float> values = counted<float>(6);
    const km::Grid<float> grid(values.data(), 2, 3);
    EXPECT_EQ(grid.rows(), 2);
    EXPECT_EQ(grid.cols(), 3);
    EXPECT_EQ(grid.row_stride(), 3);
    EXPECT_EQ(grid.col_stride(), 1);
    EXPECT_EQ(grid.size(), 6);
    EXPECT_FALSE(grid.empty());
    EXPECT_EQ(grid.data(), values.data());
    for (std::ptrdiff_t i = 0; i < 2; ++i)
        for (std::ptrdiff_t j = 0; j < 3; ++j) EXPECT_EQ(grid(i, j), static_cast<float>(3 * i + j));
}

TEST(Grid, WritesThroughToTheCells) {
    std::vector<double> values = counted<double>(6);
    const km::Grid<double> grid(values.data(), 2, 3);
    grid(1, 2) = -7;
    EXPECT_EQ(values[5], -7);
    const km::Grid<double> copy = grid;
    copy(0, 1) = 9;
    EXPECT_EQ(values[1], 9);
    EXPECT_EQ(grid(0, 1), 9);
}

TEST(Grid, TakesStridesOfAnySign) {
    std::vector<double> values = counted<double>(24); // 4 × 6
    double* const data = values.data();
    const km::Grid<double> every_second_row_and_third_column(data, 2, 2, 12, 3);
    EXPECT_EQ(every_second_row_and_third_column(0, 1), 3);
    EXPECT_EQ(every_second_row_and_third_column(1, 0), 12);
    EXPECT_EQ(every_second_row_and_third_column(1, 1), 15);
    const km::Grid<double> column_major(data, 6, 4, 1, 6);
    EXPECT_EQ(column_major(5, 0), 5);
    EXPECT_EQ(column_major(2, 3), 20);
    const km::Grid<double> mirrored(data + 23, 4, 6, -6, -1);
    EXPECT_EQ(mirrored(0, 0), 23);
    EXPECT_EQ(mirrored(3, 5), 0);
    EXPECT_EQ(mirrored(1, 2), 15);
    const km::Grid<const double> one_row_for_all(data, 3, 6, 0, 1);
    EXPECT_EQ(one_row_for_all(2, 4), 4);
}

TEST(Grid, TransposedExchangesRowsAndColumns) {
    std::vector<float> values = counted<float>(12);
    const km::Grid<float> grid(values.data(), 3, 4);
    const km::Grid<float> turned = grid.transposed();
    EXPECT_EQ(turned.rows(), 4);
    EXPECT_EQ(turned.cols(), 3);
    EXPECT_EQ(turned.row_stride(), 1);
    EXPECT_EQ(turned.col_stride(), 4);
    for (std::ptrdiff_t i = 0; i < 3; ++i)
        for (std::ptrdiff_t j = 0; j < 4; ++j) EXPECT_EQ(&turned(j, i), &grid(i, j));
    EXPECT_EQ(&turned.transposed()(2, 1), &grid(2, 1));
}

TEST(Grid, SubgridIsAWindow) {
    std::vector<float> values = counted<float>(30); // 5 × 6
    const km::Grid<float> grid(values.data(), 5, 6);
    const km::Grid<float> window = grid.subgrid(1, 2, 3, 4);
    EXPECT_EQ(window.rows(), 3);
    EXPECT_EQ(window.cols(), 4);
    EXPECT_EQ(window.row_stride(), 6);
    for (std::ptrdiff_t i = 0; i < 3; ++i)
        for (std::ptrdiff_t j = 0; j < 4; ++j) EXPECT_EQ(&window(i, j), &grid(i + 1, j + 2));
    EXPECT_EQ(&window.subgrid(2, 3, 1, 1)(0, 0), &grid(3, 5));
    EXPECT_EQ(&grid.transposed().subgrid(2, 1, 4, 3)(3, 2), &grid(3, 5));
    EXPECT_EQ(&grid.subgrid(0, 0, 5, 6)(4, 5), &grid(4, 5));
    const km::Grid<float> mirrored(values.data() + 29, 5, 6, -6, -1);
    EXPECT_EQ(&mirrored.subgrid(1, 2, 2, 2)(0, 0), &grid(3, 3));
}

// One past the end there is no cell to point at, but an empty window is a window.
TEST(Grid, SubgridMayBeEmpty) {
    std::vector<float> values = counted<float>(6);
    const km::Grid<float> grid(values.data(), 2, 3);
    EXPECT_TRUE(grid.subgrid(2, 3, 0, 0).empty());
    EXPECT_EQ(grid.subgrid(2, 0, 0, 3).cols(), 3);
    EXPECT_EQ(grid.subgrid(0, 3, 2, 0).rows(), 2);
    EXPECT_TRUE(km::Grid<float>().subgrid(0, 0, 0, 0).empty());
}

TEST(Grid, ConvertsToAViewThatOnlyReads) {
    std::vector<float> values = counted<float>(24);
    const km::Grid<float> grid(values.data() + 23, 2, 3, -12, -2);
    const km::Grid<const float> reader = grid;
    EXPECT_EQ(reader.data(), grid.data());
    EXPECT_EQ(reader.rows(), 2);
    EXPECT_EQ(reader.cols(), 3);
    EXPECT_EQ(reader.row_stride(), -12);
    EXPECT_EQ(reader.col_stride(), -2);
    EXPECT_EQ(&reader(1, 2), &grid(1, 2));
}

TEST(Grid, IsDeducedFromWhatItViews) {
    std::vector<double> values = counted<double>(6);
    km::Grid view(values.data(), 2, 3);
    static_assert(std::is_same_v<decltype(view), km::Grid<double>>);
    const std::vector<double>& fixed = values;
    km::Grid reader(fixed.data(), 2, 3);
    static_assert(std::is_same_v<decltype(reader), km::Grid<const double>>);
    km::Field<float> field(2, 3);
    km::Grid of_field(field);
    static_assert(std::is_same_v<decltype(of_field), km::Grid<float>>);
    const km::Field<float>& const_field = field;
    km::Grid of_const_field(const_field);
    static_assert(std::is_same_v<decltype(of_const_field), km::Grid<const float>>);
    EXPECT_EQ(of_const_field.data(), field.data());
    EXPECT_EQ(of_field.data(), field.data());
    EXPECT_EQ(view.data(), reader.data());
}

TEST(Grid, ViewsAnythingGridLike) {
    const Foreign foreign;
    const auto grid = km::as_grid(foreign);
    static_assert(std::is_same_v<decltype(grid), const km::Grid<const double>>);
    EXPECT_EQ(grid.rows(), 2);
    EXPECT_EQ(grid(1, 2), 5);

    km::Field<float> field(4, 5);
    static_assert(std::is_same_v<decltype(km::as_grid(field)), km::Grid<float>>);
    static_assert(std::is_same_v<decltype(km::as_grid(std::as_const(field))), km::Grid<const float>>);
    EXPECT_EQ(km::as_grid(field).data(), field.data());
}

TEST(Grid, KnowsTheSizeOfAnyStride) {
    EXPECT_EQ(km::detail::magnitude(0), 0U);
    EXPECT_EQ(km::detail::magnitude(-3), 3U);
    EXPECT_EQ(km::detail::magnitude(PTRDIFF_MAX), static_cast<std::size_t>(PTRDIFF_MAX));
    EXPECT_EQ(km::detail::magnitude(PTRDIFF_MIN), static_cast<std::size_t>(PTRDIFF_MAX) + 1);
}
