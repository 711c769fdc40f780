// Skewness, kurtosis and roughness: exact values, a number from SciPy, long double sums, distributions at random.

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
#include <utility>
#include <vector>

namespace km = kuramoto;

namespace {

template <class T> class MomentsOf : public testing::Test {};
using Precisions = testing::Types<float, double>;
TYPED_TEST_SUITE(MomentsOf, Precisions);

// A share p of ones among noughts: skewness (1 − 2p) / √(p (1 − p)), excess kurtosis 1/(p (1 − p)) − 6.
TYPED_TEST(MomentsOf, TwoValuesAreKnown) {
    for (const int ones : {1, 7, 30, 59}) {
        km::Field<TypeParam> theta(6, 10);
        for (int k = 0; k < ones; ++k) theta.data()[k] = 1;
        const double p = ones / 60.0;
        const km::PhaseMoments found = km::phase_moments(theta);
        EXPECT_NEAR(found.mean, p, 1e-16);
        EXPECT_NEAR(found.variance, p * (1 - p), 1e-16);
        EXPECT_NEAR(found.skewness, (1 - 2 * p) / std::sqrt(p * (1 - p)), 1e-13);
        EXPECT_NEAR(found.excess_kurtosis, 1 / (p * (1 - p)) - 6, 1e-12);
    }
}

// scipy.stats.skew and kurtosis, version 1.10; the same from exact fractions.
TYPED_TEST(MomentsOf, SevenNumbersAreThoseOfSciPy) {
    km::Field<TypeParam> theta(1, 7);
    test::assign(theta.view(), {1, 2, 2, 3, 7, -4, TypeParam(5.5)});
    const km::PhaseMoments found = km::phase_moments(theta);
    EXPECT_NEAR(found.mean, 2.357142857142857, 1e-15);
    EXPECT_NEAR(found.variance, 10.622448979591837, 1e-14);
    EXPECT_NEAR(found.skewness, -0.5286346433385218, 1e-15);
    EXPECT_NEAR(found.excess_kurtosis, -0.2158684151516913, 1e-14);
}

// 0, 1, … n − 1: excess kurtosis −6 (n² + 1) / (5 (n² − 1)). Far from 0, and in any unit, also where the fourth powers
// are no doubles.
TEST(Moments, OfAnArithmeticSequenceAreKnown) {
    const double n = 73 * 41;
    for (const double origin : {0.0, -3e12})
        for (const double unit : {1.0, 0x1p-400, 0x1p400}) {
            km::Field<double> theta(73, 41);
            for (int k = 0; k < 73 * 41; ++k) theta.data()[k] = (origin + k) * unit;
            const km::PhaseMoments found = km::phase_moments(theta);
            const double variance = (n * n - 1) / 12;
            EXPECT_NEAR(found.variance / unit / unit, variance, 1e-13 * variance);
            EXPECT_NEAR(found.skewness, 0, 1e-13);
            EXPECT_NEAR(found.excess_kurtosis, -6 * (n * n + 1) / (5 * (n * n - 1)), 1e-13);
        }
}

TYPED_TEST(MomentsOf, AgreeWithLongDoubleSums) {
    using T = TypeParam;
    for (const auto& [rows, cols] : {std::pair{1, 2}, std::pair{3, 5}, std::pair{1, 1023}, std::pair{1024, 1},
                                     std::pair{25, 41}, std::pair{60, 171}, std::pair{2, 5000}})
        for (const T offset : {T(0), T(4096)}) {
            km::Field<T> theta(rows, cols), present(rows, cols);
            test::fill_distinct(theta.view(), 5);
            for (std::ptrdiff_t k = 0; k < theta.size(); ++k) {
                T& phase = theta.data()[k];
                phase = offset + phase * phase; // so that the distribution is skewed
                present.data()[k] = T(k % 3);
            }
            for (const bool is_masked : {false, true}) {
                std::vector<long double> values;
                for (std::ptrdiff_t k = 0; k < theta.size(); ++k)
                    if (!is_masked || present.data()[k] != 0)
                        values.push_back(static_cast<long double>(theta.data()[k]));
                const auto cells = static_cast<long double>(values.size());
                long double mean = 0;
                long double powers[5] = {};
                for (const long double value : values) mean += value / cells;
                for (const long double value : values)
                    for (int k = 2; k <= 4; ++k) powers[k] += std::pow(value - mean, k) / cells;
                const auto skewness = static_cast<double>(powers[3] / std::pow(powers[2], 1.5L));
                const auto kurtosis = static_cast<double>(powers[4] / (powers[2] * powers[2]) - 3);
                if (cells < 2) continue;
                const km::PhaseMoments found = is_masked ? km::phase_moments(theta, present) : km::phase_moments(theta);
                EXPECT_NEAR(found.mean, static_cast<double>(mean), 1e-14 + 3e-16 * static_cast<double>(offset));
                EXPECT_NEAR(found.variance, static_cast<double>(powers[2]), 1e-14 * static_cast<double>(powers[2]));
                EXPECT_NEAR(found.skewness, skewness, 1e-14 * (3 + std::fabs(skewness))) << rows << " x " << cols;
                EXPECT_NEAR(found.excess_kurtosis, kurtosis, 1e-14 * (6 + kurtosis)) << rows << " x " << cols;
            }
        }
}

// Of n normal numbers the skewness varies by √(6/n) and the kurtosis by √(24/n); of uniform ones the kurtosis is −6/5.
TYPED_TEST(MomentsOf, NumbersAtRandomAreThoseOfTheirDistribution) {
    const double n = 300 * 300;
    km::Field<TypeParam> theta(300, 300);
    km::normal_phases(theta, 5.0, 0.7, 3);
    const km::PhaseMoments normal = km::phase_moments(theta);
    EXPECT_NEAR(normal.variance, 0.49, 5 * 0.49 * std::sqrt(2 / n));
    EXPECT_NEAR(normal.skewness, 0, 5 * std::sqrt(6 / n));
    EXPECT_NEAR(normal.excess_kurtosis, 0, 5 * std::sqrt(24 / n));
    km::uniform_phases(theta, 4);
    const km::PhaseMoments uniform = km::phase_moments(theta);
    EXPECT_NEAR(uniform.skewness, 0, 5 * std::sqrt(6 / n));
    EXPECT_NEAR(uniform.excess_kurtosis, -1.2, 5 * std::sqrt(24 / n));
}

// One ring of an ensemble is a row of the field.
TEST(Moments, OfARowAreThoseOfASubgrid) {
    km::Field<float> theta(9, 70), row(1, 70);
    test::fill_distinct(theta.view(), 8);
    for (std::ptrdiff_t j = 0; j < 70; ++j) row(0, j) = theta(4, j);
    const km::PhaseMoments part = km::phase_moments(theta.subgrid(4, 0, 1, 70));
    const km::PhaseMoments alone = km::phase_moments(row);
    EXPECT_EQ(part.variance, alone.variance);
    EXPECT_EQ(part.skewness, alone.skewness);
    EXPECT_NE(part.variance, km::phase_moments(theta).variance);
}

#if !defined(__FAST_MATH__)
void expect_same_bits(const km::PhaseMoments& a, const km::PhaseMoments& b) {
    EXPECT_TRUE(test::same_bits(a.mean, b.mean)) << a.mean << " and " << b.mean;
    EXPECT_TRUE(test::same_bits(a.variance, b.variance)) << a.variance << " and " << b.variance;
    EXPECT_TRUE(test::same_bits(a.skewness, b.skewness)) << a.skewness << " and " << b.skewness;
    EXPECT_TRUE(test::same_bits(a.excess_kurtosis, b.excess_kurtosis));
}

TYPED_TEST(MomentsOf, PhasesHaveTheSameBitsUnderEveryPolicyAndLayout) {
    using T = TypeParam;
    km::Field<T> phases(61, 173), mask(61, 173);
    test::fill_distinct(phases.view(), 6, T(3));
    mask.fill(1);
    const std::vector<T> values = test::values_of(phases.view());
    const km::PhaseMoments expected = km::phase_moments(phases);
    const km::PhaseStatistics statistics = km::phase_statistics(phases);
    EXPECT_EQ(expected.mean, statistics.mean);
    EXPECT_EQ(std::sqrt(expected.variance), statistics.deviation);
    expect_same_bits(km::phase_moments(phases, mask), expected);
    for (const km::Isa isa : test::supported_isas())
        for (const test::Layout layout : test::all_layouts) {
            test::Cells<T> theta(layout, 61, 173);
            test::assign(theta.view(), values);
            expect_same_bits(km::phase_moments(km::Serial{.isa = isa}, theta.view()), expected);
            const km::OpenMP two{.threads = 2, .isa = isa, .min_cells_per_thread = 1};
            expect_same_bits(km::phase_moments(two, theta.view()), expected);
            for (const int workers : {3, 7, 64})
                expect_same_bits(km::phase_moments(test::Pool{.workers = workers, .isa = isa}, theta.view()), expected);
        }
}

TYPED_TEST(MomentsOf, WhatIsNoNumberAreNone) {
    using T = TypeParam;
    for (const T bad :
         {std::numeric_limits<T>::quiet_NaN(), std::numeric_limits<T>::infinity(), -std::numeric_limits<T>::infinity()})
        for (const std::ptrdiff_t place : {0, 700, 30 * 70 - 1}) {
            km::Field<T> theta(30, 70), present(30, 70);
            test::fill_distinct(theta.view(), 3);
            present.fill(1);
            theta.data()[place] = bad;
            const km::PhaseMoments found = km::phase_moments(theta);
            EXPECT_TRUE(std::isnan(found.mean) && std::isnan(found.variance));
            EXPECT_TRUE(std::isnan(found.skewness) && std::isnan(found.excess_kurtosis));
            present.data()[place] = 0;
            EXPECT_FALSE(std::isnan(km::phase_moments(theta, present).excess_kurtosis));
        }
}

// Equal phases have no shape; no cells have none either.
TYPED_TEST(MomentsOf, EqualPhasesHaveNoShape) {
    km::Field<TypeParam> theta(45, 67);
    theta.fill(TypeParam(0.1));
    const km::Field<TypeParam> none(0, 5);
    for (const km::PhaseMoments& found :
         {km::phase_moments(theta), km::phase_moments(theta, km::Field<TypeParam>(45, 67)), km::phase_moments(none)}) {
        EXPECT_EQ(found.variance, 0);
        EXPECT_TRUE(std::isnan(found.skewness) && std::isnan(found.excess_kurtosis));
    }
    EXPECT_EQ(km::phase_moments(theta).mean, static_cast<double>(TypeParam(0.1)));
    EXPECT_EQ(km::phase_moments(none).mean, 0);
}
#endif

TEST(Moments, RefuseWhatCannotBe) {
    const km::Field<float> theta(2, 3);
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("threads must not be negative"),
                 static_cast<void>(km::phase_moments(km::OpenMP{.threads = -1}, theta)));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("present is 3 x 2", "theta is 2 x 3"),
                 static_cast<void>(km::phase_moments(theta, km::Field<float>(3, 2))));
}

} // namespace
