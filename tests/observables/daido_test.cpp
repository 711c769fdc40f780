// Daido's moments: clusters, numbers from mpmath, long double sums, and the bits of the order parameter for m = 1.

#include <kuramoto/kuramoto.hpp>
#include <kuramoto/openmp.hpp>

#include "support/expect_error.hpp"
#include "support/layouts.hpp"
#include "support/policies.hpp"
#include "support/values.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace km = kuramoto;

namespace {

constexpr double pi = 3.14159265358979323846;

template <class T> class DaidoMoment : public testing::Test {};
using Precisions = testing::Types<float, double>;
TYPED_TEST_SUITE(DaidoMoment, Precisions);

// n clusters of equal size, 2π/n apart: r_m = 1 if n divides m, else 0, and ψ_n = n times the angle of a cluster.
TYPED_TEST(DaidoMoment, CountsClusters) {
    using T = TypeParam;
    const double tolerance = sizeof(T) == 4 ? 1e-5 : 4e-15;
    for (const int n : {1, 2, 3, 5}) {
        km::Field<T> theta(12, 15);
        for (std::ptrdiff_t k = 0; k < theta.size(); ++k)
            theta.data()[k] = static_cast<T>(0.25 + 2 * pi * static_cast<double>(k % n) / n);
        for (const int m : {1, 2, 3, 4, 5, 6, 10, 30}) {
            const auto [r, psi] = km::daido_moment(theta, m);
            EXPECT_NEAR(r, m % n == 0 ? 1 : 0, tolerance) << n << " clusters, m = " << m;
            if (m == n) {
                EXPECT_NEAR(psi, 0.25 * n, tolerance);
            }
        }
    }
    km::Field<T> uneven(1, 4); // two clusters of one and of three cells: r₁ = |3 − 1| / 4
    uneven(0, 0) = static_cast<T>(pi);
    EXPECT_NEAR(km::daido_moment(uneven, 1).r, 0.5, tolerance);
    EXPECT_NEAR(km::daido_moment(uneven, 2).r, 1, tolerance);
}

// mpmath, 40 digits, from the doubles as they stand.
TEST(DaidoMoments, OfLargePhasesAreRight) {
    km::Field<double> theta(1, 5);
    test::assign(theta.view(), {100000.1, -30000.7, 12345.678, 0.5, -1.25});
    struct Known {
        std::int64_t m;
        double r, psi;
    };
    for (const Known& known : {Known{1, 0.19905962435976622593, -0.24322020774625248704},
                               Known{2, 0.11337499185016959361, -2.033673960308323005},
                               Known{7, 0.56711590017060626075, -2.5452025027982412148},
                               Known{1000, 0.21042851877270594325, 2.0851810486620674549}}) {
        for (const km::Isa isa : test::supported_isas()) {
            const auto [r, psi] = km::daido_moment(km::Fused{.isa = isa}, theta, known.m);
            EXPECT_NEAR(r, known.r, 6e-16) << known.m;
            EXPECT_NEAR(psi, known.psi, 2e-15) << known.m;
        }
    }
}

TYPED_TEST(DaidoMoment, AgreesWithALongDoubleSum) {
    using T = TypeParam;
    for (const auto& [rows, cols] : {std::pair{1, 1}, std::pair{3, 5}, std::pair{1, 1023}, std::pair{1024, 1},
                                     std::pair{25, 41}, std::pair{60, 171}, std::pair{2, 5000}})
        for (const std::int64_t m : {std::int64_t{1}, std::int64_t{2}, std::int64_t{3}, std::int64_t{64},
                                     std::int64_t{65537}, std::int64_t{1} << 26}) {
            km::Field<T> theta(rows, cols), present(rows, cols);
            test::fill_distinct(theta.view(), 5, m > 100000 ? T(0.25) : T(40));
            test::fill_distinct(present.view(), 7);
            for (std::ptrdiff_t k = 1; k < present.size(); k += 3) present.data()[k] = 0;
            long double real[2] = {};
            long double imaginary[2] = {};
            std::ptrdiff_t cells = 0;
            for (std::ptrdiff_t k = 0; k < theta.size(); ++k) {
                const long double angle = static_cast<long double>(theta.data()[k]) * static_cast<long double>(m);
                const bool is_there = present.data()[k] != 0;
                for (int part = 0; part <= (is_there ? 1 : 0); ++part) {
                    real[part] += cosl(angle);
                    imaginary[part] += sinl(angle);
                }
                cells += is_there ? 1 : 0;
            }
            const auto count = static_cast<long double>(theta.size());
            const auto [r, psi] = km::daido_moment(theta, m);
            EXPECT_NEAR(r, static_cast<double>(hypotl(real[0], imaginary[0]) / count), 6e-16) << rows << ", " << m;
            EXPECT_NEAR(r * std::cos(psi), static_cast<double>(real[0] / count), 2e-15);
            EXPECT_NEAR(r * std::sin(psi), static_cast<double>(imaginary[0] / count), 2e-15);
            const km::OrderParameter masked = km::daido_moment(theta, present, m);
            EXPECT_NEAR(masked.r, static_cast<double>(hypotl(real[1], imaginary[1]) / static_cast<long double>(cells)),
                        6e-16);
        }
}

// Bits are not promised under -ffast-math.
#if !defined(__FAST_MATH__)
void expect_same_bits(const km::OrderParameter& a, const km::OrderParameter& b) {
    EXPECT_TRUE(test::same_bits(a.r, b.r)) << a.r << " and " << b.r;
    EXPECT_TRUE(test::same_bits(a.psi, b.psi)) << a.psi << " and " << b.psi;
}

TYPED_TEST(DaidoMoment, HasTheBitsOfTheOrderParameterForOne) {
    using T = TypeParam;
    for (const km::Isa isa : test::supported_isas())
        for (const T scale : {T(1), T(1e-30), T(1e6), T(1e12)})
            for (const auto& [rows, cols] : {std::pair{61, 173}, std::pair{1, 3}}) {
                km::Field<T> theta(rows, cols);
                test::fill_distinct(theta.view(), 6, scale);
                expect_same_bits(km::daido_moment(km::Fused{.isa = isa}, theta, 1),
                                 km::order_parameter(km::Fused{.isa = isa}, theta));
            }
}

TYPED_TEST(DaidoMoment, HasTheSameBitsForAnyPolicyAndLayout) {
    using T = TypeParam;
    km::Field<T> phases(61, 173), mask(61, 173);
    test::fill_distinct(phases.view(), 6, T(3));
    mask.fill(1);
    const std::vector<T> values = test::values_of(phases.view());
    for (const km::Isa isa : test::supported_isas()) {
        const km::OrderParameter expected = km::daido_moment(km::Fused{.isa = isa}, phases, 5);
        expect_same_bits(km::daido_moment(km::Serial{.isa = isa}, phases, 5), expected);
        expect_same_bits(km::daido_moment(km::Fused{.isa = isa}, phases, mask, 5), expected);
        for (const int workers : {2, 3, 7, 64}) {
            expect_same_bits(km::daido_moment(test::Pool{.workers = workers, .isa = isa}, phases, 5), expected);
            const km::OpenMP threads{.threads = workers, .isa = isa, .min_cells_per_thread = 1};
            expect_same_bits(km::daido_moment(threads, phases, 5), expected);
        }
        for (const test::Layout layout : test::all_layouts) {
            test::Cells<T> theta(layout, 61, 173);
            test::assign(theta.view(), values);
            expect_same_bits(km::daido_moment(km::Fused{.isa = isa}, theta.view(), 5), expected);
        }
    }
}

TYPED_TEST(DaidoMoment, IsNaNWhereAPresentPhaseIs) {
    using T = TypeParam;
    for (const T bad : {std::numeric_limits<T>::quiet_NaN(), std::numeric_limits<T>::infinity()})
        for (const std::ptrdiff_t place : {0, 700, 30 * 70 - 1}) {
            km::Field<T> theta(30, 70), present(30, 70);
            present.fill(1);
            theta.data()[place] = bad;
            EXPECT_TRUE(std::isnan(km::daido_moment(theta, 2).r));
            EXPECT_TRUE(std::isnan(km::daido_moment(theta, present, 2).psi));
            present.data()[place] = 0;
            EXPECT_EQ(km::daido_moment(theta, present, 2).r, 1);
        }
}
#endif

// Where mθ is beyond what double resolves, the result is a number all the same.
TEST(DaidoMoments, OfEnormousPhasesAreNumbers) {
    km::Field<double> theta(1, 3);
    for (const double phase : {1e9, 1e17, 1e300}) {
        theta.fill(phase);
        EXPECT_NEAR(km::daido_moment(theta, 3).r, 1, 1e-15) << phase;
    }
}

TYPED_TEST(DaidoMoment, WithoutCellsIsNought) {
    for (const auto& theta : {km::Field<TypeParam>(0, 5), km::Field<TypeParam>(5, 0)}) {
        EXPECT_EQ(km::daido_moment(theta, 3).r, 0);
        EXPECT_EQ(km::daido_moment(theta, 3).psi, 0);
    }
    const km::Field<TypeParam> theta(2, 3); // as a mask: all cells are missing
    EXPECT_EQ(km::daido_moment(theta, theta, 3).r, 0);
    for (const std::int64_t m : {std::int64_t{0}, std::int64_t{-1}, (std::int64_t{1} << 26) + 1})
        EXPECT_ERROR(std::invalid_argument, TEST_PARTS("m must be in [1, 67108864], but is " + std::to_string(m)),
                     static_cast<void>(km::daido_moment(theta, m)));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("present is 3 x 2", "theta is 2 x 3"),
                 static_cast<void>(km::daido_moment(theta, km::Field<TypeParam>(3, 2), 2)));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("threads must not be negative"),
                 static_cast<void>(km::daido_moment(km::OpenMP{.threads = -1}, theta, 2)));
}

} // namespace
