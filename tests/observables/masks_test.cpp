// What masks have in common for every observable: with all cells present they are none, the phases of missing cells do
// not matter, and masks of another shape are refused. Under policies and layouts: masks_policies_test.cpp.

#include <kuramoto/kuramoto.hpp>

#include "support/expect_error.hpp"
#include "support/masked_observables.hpp"
#include "support/masks.hpp"
#include "support/values.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace km = kuramoto;

namespace {

template <class Observable> class Masks : public testing::Test {};
using Observables =
    testing::Types<test::Order, test::Statistics, test::Energy, test::Correlation, test::LocalOrder, test::Vortices,
                   test::Clusters, test::Helicity, test::Daido, test::Moments, test::Temperature>;
TYPED_TEST_SUITE(Masks, Observables);

// Bits are not promised under -ffast-math, and it assumes that there is no NaN.
#if !defined(__FAST_MATH__)
template <class Observable, class T> void expect_all_present_is_no_mask() {
    for (const auto& [rows, cols] : {std::pair{1, 1}, std::pair{1, 40}, std::pair{23, 2}, std::pair{31, 170}}) {
        const km::Field<T> present = test::mask<T>(rows, cols, 0);
        const km::Field<T> theta = test::masked_phases(present, 5, T(3), T(0));
        const std::vector<double> expected = Observable::of(km::Fused{}, theta.view());
        EXPECT_EQ(test::first_difference(Observable::of(km::Fused{}, theta.view(), present.view()), expected), -1);
        EXPECT_EQ(test::first_difference(Observable::of(km::Fused{}, theta.view(), km::AllCells{}), expected), -1);
    }
}
TYPED_TEST(Masks, WithAllCellsPresentAreNone) {
    expect_all_present_is_no_mask<TypeParam, float>();
    expect_all_present_is_no_mask<TypeParam, double>();
}

template <class Observable, class T> void expect_missing_cells_do_not_matter() {
    for (const std::uint32_t every : {1U, 2U, 6U, 50U}) {
        const km::Field<T> present = test::mask<T>(31, 67, every);
        const auto with = [&](T missing) {
            const km::Field<T> theta = test::masked_phases(present, 5, T(2), missing);
            return Observable::of(km::Fused{}, theta.view(), present.view());
        };
        const std::vector<double> expected = with(T(0));
        for (const T missing : {std::numeric_limits<T>::quiet_NaN(), std::numeric_limits<T>::infinity(),
                                std::numeric_limits<T>::lowest(), T(2.5)})
            EXPECT_EQ(test::first_difference(with(missing), expected), -1) << missing;
    }
}
TYPED_TEST(Masks, HideMissingCells) {
    expect_missing_cells_do_not_matter<TypeParam, float>();
    expect_missing_cells_do_not_matter<TypeParam, double>();
}
#endif

TYPED_TEST(Masks, OfAnotherShapeAreRefused) {
    const km::Field<float> theta(3, 5);
    for (const auto& [rows, cols] : {std::pair{5, 3}, std::pair{3, 4}, std::pair{0, 0}}) {
        const km::Field<float> present(rows, cols);
        const std::string shape = std::to_string(rows) + " x " + std::to_string(cols);
        EXPECT_ERROR(std::invalid_argument, TEST_PARTS("present is " + shape + " cells, but ", " is 3 x 5"),
                     static_cast<void>(TypeParam::of(km::Fused{}, theta.view(), present.view())));
    }
}

TYPED_TEST(Masks, OfNoCellsAreValid) {
    for (const auto& [rows, cols] : {std::pair{0, 5}, std::pair{5, 0}, std::pair{0, 0}}) {
        const km::Field<double> theta(rows, cols);
        const std::vector<double> expected = TypeParam::of(km::Fused{}, theta.view());
        EXPECT_EQ(test::first_difference(TypeParam::of(km::Fused{}, theta.view(), theta.view()), expected), -1);
    }
}

} // namespace
