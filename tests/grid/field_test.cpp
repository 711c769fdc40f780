// Field<T>: memory, copies, moves, and the views it gives.

#include <kuramoto/grid/field.hpp>
#include <kuramoto/initial/random.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <new>
#include <type_traits>
#include <utility>
#include <vector>

namespace km = kuramoto;

namespace {

template <class T> void count_up(const km::Grid<T>& grid) {
    for (std::ptrdiff_t i = 0; i < grid.rows(); ++i)
        for (std::ptrdiff_t j = 0; j < grid.cols(); ++j) grid(i, j) = static_cast<T>(i * grid.cols() + j + 1);
}

template <class T> km::Field<T> counted(std::ptrdiff_t rows, std::ptrdiff_t cols) {
    km::Field<T> field(rows, cols);
    count_up(field.view());
    return field;
}

template <class T> void expect_counted(const km::Field<T>& field, std::ptrdiff_t rows, std::ptrdiff_t cols) {
    ASSERT_EQ(field.rows(), rows);
    ASSERT_EQ(field.cols(), cols);
    for (std::ptrdiff_t i = 0; i < rows; ++i)
        for (std::ptrdiff_t j = 0; j < cols; ++j) EXPECT_EQ(field(i, j), static_cast<T>(i * cols + j + 1));
}

template <class F>
concept GivesATemporaryView = requires(F field) { std::move(field).view(); };

template <class T> class Fields : public ::testing::Test {};
using Precisions = ::testing::Types<float, double>;
TYPED_TEST_SUITE(Fields, Precisions);

} // namespace

// A field converts to the views of itself; a temporary to none, because the view would outlive the cells.
static_assert(std::is_convertible_v<km::Field<float>&, km::Grid<float>>);
static_assert(std::is_convertible_v<km::Field<float>&, km::Grid<const float>>);
static_assert(std::is_convertible_v<const km::Field<float>&, km::Grid<const float>>);
static_assert(!std::is_convertible_v<const km::Field<float>&, km::Grid<float>>);
static_assert(!std::is_convertible_v<km::Field<float>, km::Grid<float>>);
static_assert(!std::is_convertible_v<km::Field<float>, km::Grid<const float>>);
static_assert(!std::is_convertible_v<const km::Field<float>, km::Grid<const float>>);
static_assert(!std::is_constructible_v<km::Grid<const double>, km::Field<double>>);
static_assert(!std::is_constructible_v<km::Grid<const double>, km::Field<float>&>);
static_assert(!GivesATemporaryView<km::Field<float>>);
// Copies of cells are asked for; precisions do not convert.
static_assert(!std::is_convertible_v<km::Grid<const float>, km::Field<float>>);
static_assert(std::is_constructible_v<km::Field<float>, km::Grid<float>>);
static_assert(std::is_constructible_v<km::Field<float>, km::Grid<const float>>);
static_assert(!std::is_constructible_v<km::Field<double>, km::Grid<float>>);
static_assert(!std::is_constructible_v<km::Field<double>, const km::Field<float>&>);
// Moves do not throw.
static_assert(std::is_nothrow_move_constructible_v<km::Field<float>>);
static_assert(std::is_nothrow_move_assignable_v<km::Field<float>>);
static_assert(std::is_nothrow_default_constructible_v<km::Field<double>>);
static_assert(std::is_copy_constructible_v<km::Field<float>> && std::is_copy_assignable_v<km::Field<float>>);

TYPED_TEST(Fields, OfNothing) {
    const km::Field<TypeParam> field;
    EXPECT_EQ(field.rows(), 0);
    EXPECT_EQ(field.cols(), 0);
    EXPECT_TRUE(field.empty());
    EXPECT_EQ(field.data(), nullptr);
    EXPECT_TRUE(field.view().empty());
}

namespace {

/// A grid of somebody else: every second cell of an array.
template <class T> struct EverySecond {
    T cells[12] = {0, 9, 1, 9, 2, 9, 3, 9, 4, 9, 5, 9};
    [[nodiscard]] int rows() const { return 2; }
    [[nodiscard]] int cols() const { return 3; }
    [[nodiscard]] int row_stride() const { return 6; }
    [[nodiscard]] int col_stride() const { return 2; }
    [[nodiscard]] const T* data() const { return cells; }
};

} // namespace

TYPED_TEST(Fields, AreMadeFromAnyGridLikeObject) {
    const km::Field copy(EverySecond<TypeParam>{});
    static_assert(std::is_same_v<decltype(copy), const km::Field<TypeParam>>);
    ASSERT_EQ(copy.rows(), 2);
    ASSERT_EQ(copy.cols(), 3);
    for (std::ptrdiff_t k = 0; k < 6; ++k) EXPECT_EQ(copy.data()[k], static_cast<TypeParam>(k));
    using Other = std::conditional_t<std::is_same_v<TypeParam, float>, double, float>;
    static_assert(!std::is_constructible_v<km::Field<TypeParam>, EverySecond<Other>>);
}

// The sanitizers end the program where an allocation fails.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#if !defined(__has_feature)
#define KURAMOTO_TEST_MAY_FAIL_TO_ALLOCATE 1
#elif !__has_feature(address_sanitizer) && !__has_feature(thread_sanitizer)
#define KURAMOTO_TEST_MAY_FAIL_TO_ALLOCATE 1
#endif
#endif
#if defined(KURAMOTO_TEST_MAY_FAIL_TO_ALLOCATE)
TYPED_TEST(Fields, ThrowWhereThereIsNoMemory) {
    static constexpr std::ptrdiff_t far_too_many = std::ptrdiff_t{1}
                                                   << 59; // bytes that can be counted, but not addressed
    const auto make = [] {
        km::Field<TypeParam> field(far_too_many, 1);
        __asm__ volatile("" : : "r"(field.data()) : "memory"); // or Clang leaves out memory that nobody uses
    };
    EXPECT_THROW(make(), std::bad_alloc);
}
#endif

TYPED_TEST(Fields, AreZeroedAlignedAndWithoutGaps) {
    for (const std::ptrdiff_t cols : {1, 3, 16, 17, 1000}) {
        // Memory that has been used before.
        {
            km::Field<TypeParam> used(7, cols);
            used.fill(TypeParam{5});
        }
        const km::Field<TypeParam> field(7, cols);
        EXPECT_EQ(reinterpret_cast<std::uintptr_t>(field.data()) % 64, 0U);
        EXPECT_EQ(field.row_stride(), cols);
        EXPECT_EQ(field.col_stride(), 1);
        EXPECT_EQ(field.size(), 7 * cols);
        EXPECT_FALSE(field.empty());
        for (std::ptrdiff_t k = 0; k < field.size(); ++k) ASSERT_EQ(field.data()[k], TypeParam{0});
    }
    EXPECT_EQ(km::Field<TypeParam>::alignment, 64U);
}

TYPED_TEST(Fields, MayHaveNoRowsOrNoColumns) {
    const km::Field<TypeParam> flat(0, 5);
    EXPECT_EQ(flat.rows(), 0);
    EXPECT_EQ(flat.cols(), 5);
    EXPECT_TRUE(flat.empty());
    const km::Field<TypeParam> thin(5, 0);
    EXPECT_EQ(thin.rows(), 5);
    EXPECT_EQ(thin.size(), 0);
    EXPECT_TRUE(thin.empty());
    const km::Field<TypeParam> copy = flat;
    EXPECT_EQ(copy.cols(), 5);
    EXPECT_EQ(thin.transposed().cols(), 5);
}

TYPED_TEST(Fields, FillSetsEveryCell) {
    km::Field<TypeParam> field(3, 7);
    field.fill(TypeParam{2.5});
    for (std::ptrdiff_t k = 0; k < field.size(); ++k) EXPECT_EQ(field.data()[k], TypeParam{2.5});
}

TYPED_TEST(Fields, CellsAreWhereViewsSeeThem) {
    km::Field<TypeParam> field = counted<TypeParam>(4, 6);
    const km::Field<TypeParam>& fixed = field;
    EXPECT_EQ(&field(2, 3), field.data() + 15);
    EXPECT_EQ(&fixed(2, 3), field.data() + 15);
    EXPECT_EQ(&field.view()(2, 3), field.data() + 15);
    EXPECT_EQ(&field.subgrid(1, 2, 2, 3)(1, 1), &field(2, 3));
    EXPECT_EQ(&fixed.subgrid(1, 2, 2, 3)(1, 1), &field(2, 3));
    EXPECT_EQ(&field.transposed()(3, 2), &field(2, 3));
    EXPECT_EQ(&fixed.transposed()(3, 2), &field(2, 3));
    const km::Grid<TypeParam> writer = field;
    writer(0, 0) = TypeParam{-1};
    const km::Grid<const TypeParam> reader = fixed;
    EXPECT_EQ(reader(0, 0), TypeParam{-1});
    static_assert(std::is_same_v<decltype(field.view()), km::Grid<TypeParam>>);
    static_assert(std::is_same_v<decltype(fixed.view()), km::Grid<const TypeParam>>);
}

TYPED_TEST(Fields, CopiesAreCopiesOfTheCells) {
    km::Field<TypeParam> field = counted<TypeParam>(4, 5);
    const km::Field<TypeParam> copy = field;
    EXPECT_NE(copy.data(), field.data());
    field.fill(TypeParam{0});
    expect_counted(copy, 4, 5);
}

TYPED_TEST(Fields, CopyAViewWithAnyStrides) {
    std::vector<TypeParam> values(200, TypeParam{-1});
    const km::Grid<TypeParam> views[]{{values.data(), 4, 5},
                                      {values.data(), 4, 5, 9, 1},
                                      {values.data(), 4, 5, 1, 4},
                                      {values.data() + 150, 4, 5, -11, -2},
                                      {values.data(), 4, 5, 21, 3}};
    for (const km::Grid<TypeParam>& view : views) {
        count_up(view);
        const km::Field<TypeParam> copy(view);
        expect_counted(copy, 4, 5);
        const km::Field<TypeParam> copy_of_reader{km::Grid<const TypeParam>(view)};
        expect_counted(copy_of_reader, 4, 5);
    }
    const km::Field deduced(views[1]);
    static_assert(std::is_same_v<decltype(deduced), const km::Field<TypeParam>>);
    const km::Field of_reader{km::Grid<const TypeParam>(views[1])};
    static_assert(std::is_same_v<decltype(of_reader), const km::Field<TypeParam>>);
    const km::Field<TypeParam> of_nothing{km::Grid<const TypeParam>(values.data(), 0, 5, 9, 2)};
    EXPECT_EQ(of_nothing.cols(), 5);
}

TYPED_TEST(Fields, MovesTakeTheMemory) {
    km::Field<TypeParam> field = counted<TypeParam>(4, 5);
    const TypeParam* const memory = field.data();
    km::Field<TypeParam> moved = std::move(field);
    EXPECT_EQ(moved.data(), memory);
    expect_counted(moved, 4, 5);
    EXPECT_TRUE(field.empty()); // NOLINT: a moved-from field is empty, as its documentation says
    EXPECT_EQ(field.data(), nullptr);
    EXPECT_EQ(field.rows(), 0);

    km::Field<TypeParam> target(9, 9);
    target = std::move(moved);
    EXPECT_EQ(target.data(), memory);
    expect_counted(target, 4, 5);
    EXPECT_TRUE(moved.empty()); // NOLINT
    // An empty one can be used again.
    moved = counted<TypeParam>(2, 3);
    expect_counted(moved, 2, 3);
}

TYPED_TEST(Fields, AssignmentToTheSameShapeKeepsTheMemory) {
    const km::Field<TypeParam> source = counted<TypeParam>(4, 5);
    km::Field<TypeParam> target(4, 5);
    const TypeParam* const memory = target.data();
    const km::Grid<const TypeParam> view = target;
    target = source;
    EXPECT_EQ(target.data(), memory);
    EXPECT_NE(target.data(), source.data());
    EXPECT_EQ(view(3, 4), TypeParam{20});
    expect_counted(target, 4, 5);
}

TYPED_TEST(Fields, AssignmentToAnotherShape) {
    const km::Field<TypeParam> source = counted<TypeParam>(4, 5);
    // The same number of cells, rows or columns is not the same shape.
    for (const auto& [rows, cols] :
         {std::pair{5, 4}, std::pair{2, 10}, std::pair{4, 3}, std::pair{2, 5}, std::pair{9, 9}, std::pair{0, 0}}) {
        km::Field<TypeParam> target(rows, cols);
        target = source;
        expect_counted(target, 4, 5);
    }
    km::Field<TypeParam> emptied = source;
    emptied = km::Field<TypeParam>(0, 3);
    EXPECT_TRUE(emptied.empty());
    EXPECT_EQ(emptied.cols(), 3);
    const km::Field<TypeParam> none(3, 0);
    emptied = none;
    EXPECT_EQ(emptied.rows(), 3);
}

TYPED_TEST(Fields, AssignmentToItself) {
    km::Field<TypeParam> field = counted<TypeParam>(4, 5);
    const TypeParam* const memory = field.data();
    km::Field<TypeParam>& same = field;
    field = same;
    EXPECT_EQ(field.data(), memory);
    expect_counted(field, 4, 5);
    field = std::move(same);
    EXPECT_EQ(field.data(), memory);
    expect_counted(field, 4, 5);
    km::Field<TypeParam> nothing;
    const km::Field<TypeParam>& same_nothing = nothing;
    nothing = same_nothing;
    EXPECT_TRUE(nothing.empty());
}

TYPED_TEST(Fields, SwapExchangesEverything) {
    km::Field<TypeParam> a = counted<TypeParam>(4, 5);
    km::Field<TypeParam> b = counted<TypeParam>(2, 3);
    const TypeParam* const memory = a.data();
    a.swap(b);
    expect_counted(a, 2, 3);
    expect_counted(b, 4, 5);
    EXPECT_EQ(b.data(), memory);
    a.swap(a);
    expect_counted(a, 2, 3);
}

TEST(Field, WithVeryManyRowsAndNoColumnsIsCopiedAndFilledAtOnce) {
    kuramoto::Field<float> field(std::ptrdiff_t{1} << 60, 0);
    const kuramoto::Field<float> copy(field);
    EXPECT_EQ(copy.rows(), field.rows());
    kuramoto::uniform_phases(field, 1);
    kuramoto::normal_frequencies(field, 0.0, 1.0, 1);
}
