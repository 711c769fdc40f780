// Sums over the present cells of a lattice: which cells they are given, against plain loops; shapes, layouts, policies.

#include <kuramoto/detail/parallel/present_cells.hpp>
#include <kuramoto/grid/field.hpp>

#include "support/expect_error.hpp"
#include "support/layouts.hpp"
#include "support/policies.hpp"
#include "support/values.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <utility>
#include <vector>

namespace km = kuramoto;

namespace {

template <class T> class PresentCellsOf : public testing::Test {};
using Precisions = testing::Types<float, double>;
TYPED_TEST_SUITE(PresentCellsOf, Precisions);

/// The number of the cells that were added, and the sum of their bits: every cell of the tests has other bits.
struct Census {
    std::ptrdiff_t cells = 0;
    std::uint64_t bits = 0;
    std::ptrdiff_t calls = 0;
    bool has_empty_call = false;

    Census& operator+=(const Census& other) noexcept {
        cells += other.cells;
        bits += other.bits;
        calls += other.calls;
        has_empty_call = has_empty_call || other.has_empty_call;
        return *this;
    }
    template <class T> void add(const T* values, std::ptrdiff_t count) {
        cells += count;
        ++calls;
        has_empty_call = has_empty_call || count < 1;
        for (std::ptrdiff_t k = 0; k < count; ++k) bits += test::bits_of(values[k]);
    }
};

template <class T, class P, class Present>
Census census_of(const P& policy, const km::Grid<T>& theta, const Present& present) {
    const km::detail::Execution execution(policy);
    const km::Grid<const T> in = theta;
    const auto there = km::detail::present_cells(present, in, "theta");
    const auto census = km::detail::sum_over_cells<Census>(
        policy, execution, in, there,
        [](const T* cells, std::ptrdiff_t count, Census& sum) noexcept { sum.add(cells, count); });
    EXPECT_EQ(km::detail::count_cells(policy, execution, in, there), census.cells);
    return census;
}

/// Missing cells: one in `every`, at no regular distance; none for 0.
template <class T> void remove_some(const km::Grid<T>& mask, std::uint32_t every) {
    for (std::ptrdiff_t i = 0; i < mask.rows(); ++i)
        for (std::ptrdiff_t j = 0; j < mask.cols(); ++j) {
            const std::uint32_t number = test::scrambled(static_cast<std::uint32_t>(i * mask.cols() + j));
            mask(i, j) = every > 0 && number % every == 0 ? T(0) : T(1);
        }
}

const std::vector<std::pair<std::ptrdiff_t, std::ptrdiff_t>> shapes{{1, 1},    {3, 5},    {1, 1025}, {1024, 1},
                                                                    {61, 173}, {2, 5000}, {7, 1024}};

TYPED_TEST(PresentCellsOf, AreThoseWhereTheMaskIsNotNought) {
    using T = TypeParam;
    for (const auto& [rows, cols] : shapes)
        for (const std::uint32_t every : {0U, 1U, 2U, 9U, 2000U})
            for (const test::Layout layout : test::all_layouts) {
                test::Cells<T> theta(layout, rows, cols);
                test::Cells<T> mask(test::all_layouts[(static_cast<std::size_t>(layout) + 2) % 5], rows, cols);
                test::fill_distinct(theta.view(), 3);
                remove_some(mask.view(), every);
                Census expected;
                for (std::ptrdiff_t i = 0; i < rows; ++i)
                    for (std::ptrdiff_t j = 0; j < cols; ++j)
                        if (mask.view()(i, j) != 0) expected.add(&theta.view()(i, j), 1);
                for (const int workers : {1, 3, 64}) {
                    const Census found = census_of(test::Pool{.workers = workers}, theta.view(), mask.view());
                    EXPECT_EQ(found.cells, expected.cells) << rows << " x " << cols << ", " << test::name(layout);
                    EXPECT_EQ(found.bits, expected.bits) << rows << " x " << cols << ", " << test::name(layout);
                    EXPECT_FALSE(found.has_empty_call);
                }
            }
}

TYPED_TEST(PresentCellsOf, AreAllWithoutAMask) {
    using T = TypeParam;
    for (const auto& [rows, cols] : shapes) {
        km::Field<T> theta(rows, cols);
        km::Field<T> mask(rows, cols);
        test::fill_distinct(theta.view(), 3);
        remove_some(mask.view(), 0);
        const Census all = census_of(km::Fused{}, theta.view(), km::AllCells{});
        const Census masked = census_of(km::Fused{}, theta.view(), mask);
        EXPECT_EQ(all.cells, rows * cols);
        EXPECT_EQ(masked.cells, all.cells);
        EXPECT_EQ(masked.bits, all.bits);
        EXPECT_EQ(masked.calls, all.calls);
    }
}

TYPED_TEST(PresentCellsOf, AreMissingForBothNoughtsAlone) {
    using T = TypeParam;
    km::Field<T> theta(1, 5);
    km::Field<T> mask(1, 5);
    test::fill_distinct(theta.view(), 3);
    test::assign(mask.view(), {T(0), T(-0.0), std::numeric_limits<T>::denorm_min(), T(-1), T(0.5)});
    const Census found = census_of(km::Fused{}, theta.view(), mask);
    EXPECT_EQ(found.cells, 3);
    EXPECT_EQ(found.bits, test::bits_of(theta(0, 2)) + test::bits_of(theta(0, 3)) + test::bits_of(theta(0, 4)));
}

TYPED_TEST(PresentCellsOf, AreNoneOfNone) {
    using T = TypeParam;
    for (const auto& [rows, cols] : {std::pair{0, 5}, std::pair{5, 0}, std::pair{0, 0}}) {
        const km::Field<T> none(rows, cols);
        km::Field<T> theta(rows, cols);
        EXPECT_EQ(census_of(km::Fused{}, theta.view(), none).cells, 0);
        EXPECT_EQ(census_of(km::Fused{}, theta.view(), km::AllCells{}).cells, 0);
    }
}

TYPED_TEST(PresentCellsOf, RefuseAMaskOfAnotherShape) {
    using T = TypeParam;
    km::Field<T> theta(3, 5);
    for (const auto& [rows, cols] : {std::pair{5, 3}, std::pair{3, 4}, std::pair{0, 5}}) {
        const km::Field<T> present(rows, cols);
        EXPECT_ERROR(std::invalid_argument, TEST_PARTS("present is ", " cells, but theta is 3 x 5"),
                     static_cast<void>(census_of(km::Fused{}, theta.view(), present)));
    }
}

} // namespace
