// The order parameter: known values, long double sums, the same bits for any policy and layout.
#include <kuramoto/kuramoto.hpp>
#include <kuramoto/openmp.hpp>

#include "support/policies.hpp"
#include "support/values.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <utility>
#include <vector>

namespace {

namespace km = kuramoto;

constexpr double pi = 3.14159265358979323846;

template <class T> class OrderParameterOf : public testing::Test {};
using Precisions = testing::Types<float, double>;
TYPED_TEST_SUITE(OrderParameterOf, Precisions);

TYPED_TEST(OrderParameterOf, IsOneWhereAllPhasesAgree) {
    km::Field<TypeParam> theta(13, 9);
    theta.fill(TypeParam(0.75));
    const auto [r, psi] = km::order_parameter(theta);
    EXPECT_NEAR(r, 1.0, 1e-15);
    EXPECT_NEAR(psi, 0.75, 1e-15);
}

TYPED_TEST(OrderParameterOf, IsNoughtWherePhasesAreSpreadEvenly) {
    km::Field<TypeParam> theta(7, 11);
    for (std::ptrdiff_t k = 0; k < theta.size(); ++k)
        theta.data()[k] = static_cast<TypeParam>(2 * pi * static_cast<double>(k) / static_cast<double>(theta.size()));
    EXPECT_NEAR(km::order_parameter(theta).r, 0.0, sizeof(TypeParam) == 4 ? 1e-7 : 1e-15);
}

TYPED_TEST(OrderParameterOf, OfTwoCellsIsTheCosineOfHalfTheirDifference) {
    km::Field<TypeParam> theta(1, 2);
    theta(0, 0) = TypeParam(0.25);
    theta(0, 1) = TypeParam(1.5);
    const auto [r, psi] = km::order_parameter(theta);
    EXPECT_NEAR(r, std::cos(0.625), 4e-16);
    EXPECT_NEAR(psi, 0.875, 4e-16);
}

TYPED_TEST(OrderParameterOf, AgreesWithALongDoubleSum) {
    for (const auto& [rows, cols] :
         std::vector<std::pair<int, int>>{{1, 1}, {3, 5}, {1, 1023}, {1024, 1}, {25, 41}, {60, 171}, {2, 5000}}) {
        km::Field<TypeParam> theta(rows, cols);
        test::fill_distinct(theta.view(), 5, TypeParam(40));
        long double real = 0;
        long double imaginary = 0;
        for (const TypeParam phase : test::values_of(theta.view())) {
            real += cosl(static_cast<long double>(phase));
            imaginary += sinl(static_cast<long double>(phase));
        }
        const auto cells = static_cast<long double>(theta.size());
        const auto [r, psi] = km::order_parameter(theta);
        EXPECT_NEAR(r, static_cast<double>(hypotl(real, imaginary) / cells), 4e-16) << rows << " x " << cols;
        EXPECT_NEAR(r * std::cos(psi), static_cast<double>(real / cells), 2e-15);
        EXPECT_NEAR(r * std::sin(psi), static_cast<double>(imaginary / cells), 2e-15);
    }
}

// Bits are not promised under -ffast-math.
#if !defined(__FAST_MATH__)
void expect_same_bits(const km::OrderParameter& a, const km::OrderParameter& b) {
    EXPECT_TRUE(test::same_bits(a.r, b.r)) << a.r << " and " << b.r;
    EXPECT_TRUE(test::same_bits(a.psi, b.psi)) << a.psi << " and " << b.psi;
}

TYPED_TEST(OrderParameterOf, HasTheSameBitsForAnyPolicyAndLayout) {
    km::Field<TypeParam> theta(61, 173);
    test::fill_distinct(theta.view(), 6, TypeParam(3));
    const km::OrderParameter expected = km::order_parameter(theta);
    for (const int workers : {1, 2, 3, 7, 64}) {
        expect_same_bits(km::order_parameter(test::Pool{.workers = workers}, theta), expected);
        expect_same_bits(km::order_parameter(km::OpenMP{.threads = workers}, theta), expected);
    }
    expect_same_bits(km::order_parameter(km::Serial{}, theta), expected);
    if (km::is_supported(km::Isa::avx512))
        expect_same_bits(km::order_parameter(km::Fused{.isa = km::Isa::avx2}, theta), expected);

    km::Field<TypeParam> column_major(173, 61);
    km::Field<TypeParam> larger(130, 350);
    const km::Grid<TypeParam> turned = column_major.transposed();
    const km::Grid<TypeParam> mirrored(larger.data() + 122 * 350 + 345, 61, 173, -2 * 350, -2);
    for (const km::Grid<TypeParam>& view : {turned, mirrored}) {
        test::assign(view, test::values_of(theta.view()));
        expect_same_bits(km::order_parameter(view), expected);
    }
}
#endif

TYPED_TEST(OrderParameterOf, OfTheBaselineAgreesToRounding) {
    km::Field<TypeParam> theta(61, 173);
    test::fill_distinct(theta.view(), 6);
    EXPECT_NEAR(km::order_parameter(km::Fused{.isa = km::Isa::baseline}, theta).r, km::order_parameter(theta).r, 1e-15);
}

TYPED_TEST(OrderParameterOf, WithoutCellsIsNought) {
    for (const auto& theta : {km::Field<TypeParam>(0, 5), km::Field<TypeParam>(5, 0)}) {
        const auto [r, psi] = km::order_parameter(theta);
        EXPECT_EQ(r, 0.0);
        EXPECT_EQ(psi, 0.0);
    }
}

#if !defined(__FAST_MATH__)
TYPED_TEST(OrderParameterOf, IsNaNWhereAPhaseIs) {
    for (const TypeParam bad :
         {std::numeric_limits<TypeParam>::quiet_NaN(), std::numeric_limits<TypeParam>::infinity()}) {
        km::Field<TypeParam> theta(30, 70);
        theta(29, 69) = bad;
        EXPECT_TRUE(std::isnan(km::order_parameter(theta).r));
    }
}
#endif

} // namespace

namespace {

/// Counts its tasks, and has eight workers for grids that are worth them.
struct CountingPolicy {
    int* tasks;
    std::ptrdiff_t min_cells_per_thread = 4096;
    template <class Task> void run(int count, const Task& task) const {
        *tasks = count;
        for (int i = 0; i < count; ++i) task(i);
    }
    [[nodiscard]] int concurrency() const { return 8; }
};

} // namespace

TEST(OrderParameter, HasNoMoreTasksThanPay) {
    int tasks = 0;
    const km::Field<float> small(64, 64);
    const km::Field<float> large(64, 640);
    static_cast<void>(km::order_parameter(CountingPolicy{&tasks}, small));
    EXPECT_EQ(tasks, 1);
    static_cast<void>(km::order_parameter(CountingPolicy{&tasks}, large));
    EXPECT_EQ(tasks, 8);
    static_cast<void>(km::order_parameter(CountingPolicy{.tasks = &tasks, .min_cells_per_thread = 1}, small));
    EXPECT_EQ(tasks, 4); // blocks of 1024 cells
}
