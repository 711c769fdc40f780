// Turns: wrapped phases and what was taken from them, against long double; that nothing is lost in a million wraps;
// that the rates of periodic couplings do not change; the same bits under every policy and layout.

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
#include <utility>
#include <vector>

namespace km = kuramoto;

namespace {

constexpr long double exact_turn = 6.283185307179586476925286766559005768L;

template <class T> constexpr T pi_of = static_cast<T>(3.14159265358979323846);

/// How far the whole phase of a cell may move at one wrap.
template <class T> constexpr long double loss = sizeof(T) == 4 ? 4e-15L : 3e-19L;

/// The whole phase of a cell without 2π · turns, which has more digits than long double.
template <class T>
long double small_part(const km::Field<T>& theta, const km::WrappedTurns<T>& turns, std::ptrdiff_t j) {
    return static_cast<long double>(theta(0, j)) + static_cast<long double>(turns.rest(0, j));
}

template <class T> class Turns : public testing::Test {};
using Precisions = testing::Types<float, double>;
TYPED_TEST_SUITE(Turns, Precisions);

/// Phases of every size about every multiple of π, from both sides.
template <class T> std::vector<T> phases_to_wrap() {
    std::vector<T> phases;
    for (const double n : {0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 17.0, 1000.0, 1001.0, 123457.0, 1e7 + 1, 1.2e9, 1.3e9 + 1}) {
        const T about = static_cast<T>(n * 3.14159265358979323846);
        T above = about;
        T below = about;
        for (int k = 0; k < 5; ++k) {
            phases.insert(phases.end(), {above, -above, below, -below});
            above = std::nextafter(above, std::numeric_limits<T>::infinity());
            below = std::nextafter(below, -std::numeric_limits<T>::infinity());
        }
    }
    for (std::ptrdiff_t k = 0; k < 5000; ++k) phases.push_back(test::distinct_value<T>(k, 3) * T(1 << (k % 24)));
    return phases;
}

TYPED_TEST(Turns, AreTakenFromEveryPhaseBeyondHalfOfOne) {
    using T = TypeParam;
    const std::vector<T> phases = phases_to_wrap<T>();
    const auto cols = static_cast<std::ptrdiff_t>(phases.size());
    km::Field<T> theta(1, cols);
    test::assign(theta.view(), phases);
    km::WrappedTurns<T> turns(1, cols);
    km::wrap(theta, turns);
    std::ptrdiff_t wrapped = 0;
    for (std::ptrdiff_t j = 0; j < cols; ++j) {
        const T before = phases[static_cast<std::size_t>(j)];
        ASSERT_LE(std::fabs(theta(0, j)), pi_of<T>) << before;
        ASSERT_EQ(turns.turns(0, j), std::nearbyint(turns.turns(0, j)));
        if (std::fabs(before) <= pi_of<T>) {
            ASSERT_TRUE(test::same_bits(theta(0, j), before));
            ASSERT_EQ(turns.turns(0, j), 0);
            ASSERT_EQ(turns.rest(0, j), 0);
            continue;
        }
        ++wrapped;
        ASSERT_NE(turns.turns(0, j), 0);
        // n · 2π in parts of 31 bits, so that long double holds each product: the differences are then exact enough.
        const auto n = static_cast<long double>(turns.turns(0, j));
        const long double first = 0x1.921fb54p+2L;
        const long double second = exact_turn - first; // 2π less 31 bits, right to 2^-61
        const long double third = -1.1e-19L;           // what exact_turn lacks is less than this
        const volatile long double most = static_cast<long double>(before) - n * first; // no compiler may reorder it
        const long double exact = most - n * second;
        const long double bound = loss<T> + std::fabs(n * third) + 4e-19L;
        ASSERT_LE(std::fabs(small_part(theta, turns, j) - exact), bound) << before << ": " << turns.turns(0, j);
        ASSERT_LE(std::fabs(turns.rest(0, j)), std::numeric_limits<T>::epsilon());
    }
    EXPECT_GT(wrapped, 4000);
    // What is wrapped stays as it is.
    const std::vector<T> once = test::values_of(theta.view());
    const std::vector<T> rest = test::values_of(turns.rest.view());
    km::wrap(theta, turns);
    EXPECT_EQ(test::first_difference(test::values_of(theta.view()), once), -1);
    EXPECT_EQ(test::first_difference(test::values_of(turns.rest.view()), rest), -1);
}

// Multiple precision (Python's decimal, 80 digits): the phase 1e9 as a double, the float 4e9 and the float 100.
TEST(Turns, AreExactToManyDigits) {
    km::Field<double> theta(1, 1);
    theta(0, 0) = 1e9;
    km::WrappedTurns<double> turns(1, 1);
    km::wrap(theta, turns);
    EXPECT_EQ(turns.turns(0, 0), 159154943);
    EXPECT_EQ(theta(0, 0), 0x1.27a05f7998d78p-1);
    EXPECT_NEAR(turns.rest(0, 0), -4.9377862180902784e-18, 3e-19);

    km::Field<float> small(1, 2);
    small(0, 0) = 4e9F;
    small(0, 1) = 100.0F;
    km::WrappedTurns<float> of_small(1, 2);
    km::wrap(small, of_small);
    EXPECT_EQ(of_small.turns(0, 0), 636619772);
    EXPECT_EQ(small(0, 0), 0x1.27a0600000000p+1F);
    EXPECT_NEAR(of_small.rest(0, 0), -6.258625619736141e-08, 4e-15);
    EXPECT_EQ(of_small.turns(0, 1), 16);
    EXPECT_EQ(small(0, 1), -0x1.0fdaa20000000p-1F);
    EXPECT_NEAR(of_small.rest(0, 1), -3.889344324163963e-09, 4e-15);
}

// A cell that turns a million times, wrapped each time. By fmod with 2π rounded to float it would lose 1.7e-7 rad a
// turn, and as much could get lost if what rounding takes away were not kept.
TYPED_TEST(Turns, LoseNothingInAMillion) {
    using T = TypeParam;
    constexpr int wraps = 1000000;
    for (const double step : {6.25, -6.25, 3.5}) {
        km::Field<T> theta(1, 1);
        km::WrappedTurns<T> turns(1, 1);
        long double extra = 0; // what rounding gave the cell beyond `step`: that is no fault of wrap
        for (int k = 0; k < wraps; ++k) {
            const T before = theta(0, 0);
            theta(0, 0) = before + static_cast<T>(step);
            extra += (static_cast<long double>(theta(0, 0)) - static_cast<long double>(before)) -
                     static_cast<long double>(step);
            km::wrap(theta, turns);
        }
        // 2π · turns in two parts, of which the first is exact: what is left is small.
        const auto n = static_cast<long double>(turns.turns(0, 0));
        const long double first = 0x1.921fb54p+2L;
        const volatile long double most = n * first - wraps * static_cast<long double>(step);
        const long double left = most + n * (exact_turn - first);
        const long double lost = left + small_part(theta, turns, 0) - extra;
        EXPECT_GT(std::fabs(turns.turns(0, 0)), 500000);
        EXPECT_LE(std::fabs(lost), wraps * (loss<T> + 1e-18L)) << step; // 1e-18: long double's own
        km::Field<double> total(1, 1);
        km::unwrapped(theta, turns, total);
        EXPECT_NEAR(total(0, 0), static_cast<double>(wraps * static_cast<long double>(step) + extra), 4e-9);
    }
}

// Differences change by whole turns and two roundings: so the rates of periodic couplings change by K · slope · that.
TYPED_TEST(Turns, DoNotChangeTheRatesOfPeriodicCouplings) {
    using T = TypeParam;
    km::Field<T> theta(13, 31), before(13, 31), after(13, 31);
    test::fill_distinct(theta.view(), 5, T{16}); // within ±64 rad
    const auto change = [&](const auto& laplacian) {
        km::Field<T> wrapped = theta;
        km::WrappedTurns<T> turns(13, 31);
        km::rate(km::Fused{}, km::Model{laplacian, 0.25}, theta, before);
        km::wrap(wrapped, turns);
        km::rate(km::Fused{}, km::Model{laplacian, 0.25}, wrapped, after);
        double largest = 0;
        for (std::ptrdiff_t i = 0; i < 13; ++i)
            for (std::ptrdiff_t j = 0; j < 31; ++j)
                largest = std::fmax(largest, std::fabs(static_cast<double>(after(i, j) - before(i, j))));
        return largest;
    };
    // Four bonds, each with the roundings of two wrapped phases, of its difference (up to 128 rad), and of the result.
    const double bound = 4 * 1.5 * (1 + 64) * 2 * static_cast<double>(std::numeric_limits<T>::epsilon());
    EXPECT_LE(change(km::Laplacian<km::Sine>{.K = 1.5, .boundary = km::torus}), bound);
    EXPECT_LE(change(km::Laplacian<km::SakaguchiSine>{.K = 1.5, .coupling = {.lag = 0.4}}), bound);
    EXPECT_LE(change(km::Laplacian<km::Sine>{.K = 1.5, .boundary = {.north = km::fixed_phase(40.0)}}), bound);
    EXPECT_GT(change(km::Laplacian<km::Linear>{.K = 1.5}), 6); // turns matter there
}

TYPED_TEST(Turns, LeaveWhatIsNoPhase) {
    using T = TypeParam;
    const T infinity = std::numeric_limits<T>::infinity();
    const T nan = std::numeric_limits<T>::quiet_NaN();
    const std::vector<T> values{nan, infinity, -infinity, std::numeric_limits<T>::max(), T(5e9), T(-5e9)};
    km::Field<T> theta(2, 3);
    test::assign(theta.view(), values);
    km::WrappedTurns<T> turns(2, 3);
    km::wrap(theta, turns);
    EXPECT_EQ(test::first_difference(test::values_of(theta.view()), values), -1);
    for (const double n : test::values_of(turns.turns.view())) EXPECT_EQ(n, 0);
}

TYPED_TEST(Turns, AreTheSameUnderEveryPolicyAndLayout) {
    using T = TypeParam;
    for (const auto& shape : {std::pair{61, 37}, {1, 97}, {97, 1}, {3, 500}, {1, 1}, {0, 5}, {5, 0}}) {
        const std::ptrdiff_t rows = shape.first;
        const std::ptrdiff_t cols = shape.second;
        km::Field<T> phases(rows, cols);
        test::fill_distinct(phases.view(), 8, T{100});
        km::Field<T> expected = phases;
        km::WrappedTurns<T> count(rows, cols);
        km::wrap(expected, count);
        km::Field<double> total(rows, cols);
        km::unwrapped(expected, count, total);
        for (std::ptrdiff_t i = 0; i < rows; ++i)
            for (std::ptrdiff_t j = 0; j < cols; ++j)
                ASSERT_NEAR(total(i, j), static_cast<double>(phases(i, j)), 2e-13);

        for (const test::Layout layout : test::all_layouts) {
            const auto run = [&](const auto& policy) {
                test::Cells<T> theta(layout, rows, cols);
                test::assign(theta.view(), test::values_of(phases.view()));
                test::Cells<double> out(layout, rows, cols);
                km::WrappedTurns<T> turns(rows, cols);
                km::wrap(policy, theta.view(), turns);
                km::unwrapped(policy, theta.view(), turns, out.view());
                EXPECT_EQ(test::first_difference(test::values_of(theta.view()), test::values_of(expected.view())), -1);
                EXPECT_EQ(test::first_difference(test::values_of(out.view()), test::values_of(total.view())), -1);
                EXPECT_EQ(
                    test::first_difference(test::values_of(turns.turns.view()), test::values_of(count.turns.view())),
                    -1);
                EXPECT_EQ(
                    test::first_difference(test::values_of(turns.rest.view()), test::values_of(count.rest.view())), -1);
                EXPECT_TRUE(theta.canaries_alive() && out.canaries_alive()) << test::name(layout);
            };
            run(km::Serial{});
            run(km::OpenMP{.threads = 3, .min_cells_per_thread = 1});
            run(test::Pool{.workers = 7});
            run(test::Pool{.workers = 4, .on_threads = true});
        }
    }
}

TEST(Turns, HaveTheCommittedBits) {
    km::Field<float> theta(40, 50);
    test::fill_distinct(theta.view(), 8, 100.0F);
    km::WrappedTurns<float> turns(40, 50);
    km::wrap(theta, turns);
    EXPECT_EQ(test::hash_of(test::values_of(theta.view())), 7443486921600670978U);
    EXPECT_EQ(test::hash_of(test::values_of(turns.rest.view())), 15840954658478354287U);
    km::Field<double> doubles(40, 50);
    test::fill_distinct(doubles.view(), 8, 100.0);
    km::WrappedTurns<double> of_doubles(40, 50);
    km::wrap(doubles, of_doubles);
    EXPECT_EQ(test::hash_of(test::values_of(doubles.view())), 5992834391492841678U);
    EXPECT_EQ(test::hash_of(test::values_of(of_doubles.rest.view())), 11076417796578593095U);
}

TYPED_TEST(Turns, RefuseWhatCannotBe) {
    using T = TypeParam;
    km::Field<T> theta(3, 4);
    theta.fill(T{10});
    km::Field<double> total(3, 4);
    km::WrappedTurns<T> turns(3, 4);
    km::WrappedTurns<T> transposed(4, 3);
    km::WrappedTurns<T> halves(3, 4);
    halves.rest = km::Field<T>(3, 5);
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("theta is 3 x 4", "turns.turns is 4 x 3"),
                 km::wrap(theta, transposed));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("theta is 3 x 4", "turns.rest is 3 x 5"), km::wrap(theta, halves));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("threads", "-1"), km::wrap(km::OpenMP{.threads = -1}, theta, turns));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("theta overlaps itself", "row_stride = 1"),
                 km::wrap(km::Grid<T>(theta.data(), 3, 4, 1, 1), turns));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("theta", "turns.rest"), km::wrap(turns.rest, turns));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("theta is 3 x 4", "turns.turns is 4 x 3"),
                 km::unwrapped(theta, transposed, total));
    km::Field<double> other(3, 5);
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("theta is 3 x 4", "total is 3 x 5"),
                 km::unwrapped(theta, turns, other));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("total", "turns.turns"), km::unwrapped(theta, turns, turns.turns));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("total overlaps itself"),
                 km::unwrapped(theta, turns, km::Grid<double>(total.data(), 3, 4, 1, 1)));
    if constexpr (sizeof(T) == 8) {
        EXPECT_ERROR(std::invalid_argument, TEST_PARTS("total", "theta"), km::unwrapped(theta, turns, theta));
        EXPECT_ERROR(std::invalid_argument, TEST_PARTS("theta", "turns.turns"), km::wrap(turns.turns, turns));
    }
    EXPECT_EQ(theta(2, 3), T{10});
}

} // namespace
