// Mean, deviation and range of the phases: known values, long double sums, and the same bits for any policy and layout.

#include <kuramoto/kuramoto.hpp>
#include <kuramoto/openmp.hpp>

#include "support/expect_error.hpp"
#include "support/layouts.hpp"
#include "support/policies.hpp"
#include "support/values.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <utility>
#include <vector>

namespace km = kuramoto;

namespace {

template <class T> class StatisticsOf : public testing::Test {};
using Precisions = testing::Types<float, double>;
TYPED_TEST_SUITE(StatisticsOf, Precisions);

TYPED_TEST(StatisticsOf, AgreeWithLongDoubleSums) {
    using T = TypeParam;
    for (const auto& [rows, cols] : {std::pair{1, 1}, std::pair{1, 2}, std::pair{3, 5}, std::pair{1, 1023},
                                     std::pair{1024, 1}, std::pair{25, 41}, std::pair{60, 171}, std::pair{2, 5000}})
        for (const T offset : {T(0), T(4096)}) {
            km::Field<T> theta(rows, cols);
            test::fill_distinct(theta.view(), 5, T(3));
            for (std::ptrdiff_t k = 0; k < theta.size(); ++k) theta.data()[k] += offset;
            const std::vector<T> values = test::values_of(theta.view());
            const auto cells = static_cast<long double>(values.size());
            long double sum = 0;
            for (const T value : values) sum += static_cast<long double>(value);
            const long double mean = sum / cells;
            long double squares = 0;
            for (const T value : values) squares += std::pow(static_cast<long double>(value) - mean, 2.0L);
            const auto deviation = static_cast<double>(std::sqrt(squares / cells));
            const km::PhaseStatistics found = km::phase_statistics(theta);
            EXPECT_NEAR(found.mean, static_cast<double>(mean), 3e-16 * std::fabs(static_cast<double>(mean)) + 1e-14)
                << rows << " x " << cols;
            EXPECT_NEAR(found.deviation, deviation, 1e-14 * deviation);
            EXPECT_EQ(found.least, static_cast<double>(*std::min_element(values.begin(), values.end())));
            EXPECT_EQ(found.greatest, static_cast<double>(*std::max_element(values.begin(), values.end())));
        }
}

TYPED_TEST(StatisticsOf, EqualPhasesAreTheirPhaseAndNought) {
    km::Field<TypeParam> theta(45, 67);
    theta.fill(TypeParam(0.1));
    const km::PhaseStatistics found = km::phase_statistics(theta);
    EXPECT_EQ(found.mean, static_cast<double>(TypeParam(0.1)));
    EXPECT_EQ(found.deviation, 0);
    EXPECT_EQ(found.least, found.mean);
    EXPECT_EQ(found.greatest, found.mean);
}

// 0, 1, … n − 1: mean (n − 1)/2, variance (n² − 1)/12. Far from 0, where the sum of squares has no digits of it left.
TEST(Statistics, OfAnArithmeticSequenceAreKnown) {
    for (const double origin : {0.0, -3e12}) {
        const int n = 73 * 41;
        km::Field<double> theta(73, 41);
        for (int k = 0; k < n; ++k) theta.data()[k] = origin + k;
        const km::PhaseStatistics found = km::phase_statistics(theta);
        const double deviation = std::sqrt((static_cast<double>(n) * n - 1) / 12);
        EXPECT_NEAR(found.mean, origin + 0.5 * (n - 1), 3e-16 * std::fabs(origin) + 1e-12);
        EXPECT_NEAR(found.deviation, deviation, 1e-13 * deviation);
        EXPECT_EQ(found.least, origin);
        EXPECT_EQ(found.greatest, origin + (n - 1));
    }
}

// Uniform in [0, 2π): mean π, variance π²/3 · (1 − 1/cells) about the mean of the cells themselves.
TYPED_TEST(StatisticsOf, PhasesAtRandomAreThoseOfTheirDistribution) {
    const double pi = 3.14159265358979323846;
    const int seeds = 40;
    km::Field<TypeParam> theta(50, 37);
    std::vector<double> means;
    std::vector<double> variances;
    for (int seed = 1; seed <= seeds; ++seed) {
        km::uniform_phases(theta, static_cast<std::uint64_t>(seed));
        const km::PhaseStatistics found = km::phase_statistics(theta);
        means.push_back(found.mean);
        variances.push_back(found.deviation * found.deviation);
        EXPECT_GE(found.least, 0);
        EXPECT_LT(found.greatest, 2 * pi);
    }
    const auto expect_mean = [&](const std::vector<double>& samples, double expected) {
        double mean = 0;
        for (const double sample : samples) mean += sample / seeds;
        double variance = 0;
        for (const double sample : samples) variance += (sample - mean) * (sample - mean) / (seeds - 1);
        EXPECT_NEAR(mean, expected, 5 * std::sqrt(variance / seeds));
        EXPECT_LT(std::sqrt(variance / seeds), 0.02);
    };
    expect_mean(means, pi);
    expect_mean(variances, pi * pi / 3 * (1 - 1.0 / (50 * 37)));
}

#if !defined(__FAST_MATH__)
void expect_same_bits(const km::PhaseStatistics& a, const km::PhaseStatistics& b) {
    EXPECT_TRUE(test::same_bits(a.mean, b.mean)) << a.mean << " and " << b.mean;
    EXPECT_TRUE(test::same_bits(a.deviation, b.deviation)) << a.deviation << " and " << b.deviation;
    EXPECT_TRUE(test::same_bits(a.least, b.least)) << a.least << " and " << b.least;
    EXPECT_TRUE(test::same_bits(a.greatest, b.greatest)) << a.greatest << " and " << b.greatest;
}

TYPED_TEST(StatisticsOf, PhasesHaveTheSameBitsUnderEveryPolicyAndLayout) {
    using T = TypeParam;
    km::Field<T> phases(61, 173);
    test::fill_distinct(phases.view(), 6, T(3));
    const std::vector<T> values = test::values_of(phases.view());
    for (const km::Isa isa : test::supported_isas()) {
        const km::PhaseStatistics expected = km::phase_statistics(km::Fused{.isa = isa}, phases);
        for (const test::Layout layout : test::all_layouts) {
            test::Cells<T> theta(layout, 61, 173);
            test::assign(theta.view(), values);
            expect_same_bits(km::phase_statistics(km::Serial{.isa = isa}, theta.view()), expected);
            expect_same_bits(
                km::phase_statistics(km::OpenMP{.threads = 2, .isa = isa, .min_cells_per_thread = 1}, theta.view()),
                expected);
            for (const int workers : {3, 7, 64})
                expect_same_bits(
                    km::phase_statistics(test::Pool{.workers = workers, .isa = isa, .on_threads = true}, theta.view()),
                    expected);
        }
    }
}

TYPED_TEST(StatisticsOf, WhatIsNoNumberAreNone) {
    using T = TypeParam;
    for (const T bad :
         {std::numeric_limits<T>::quiet_NaN(), std::numeric_limits<T>::infinity(), -std::numeric_limits<T>::infinity()})
        for (const std::ptrdiff_t place : {0, 700, 30 * 70 - 1}) {
            km::Field<T> theta(30, 70);
            theta.data()[place] = bad;
            const km::PhaseStatistics found = km::phase_statistics(theta);
            EXPECT_TRUE(std::isnan(found.mean) && std::isnan(found.deviation));
            EXPECT_TRUE(std::isnan(found.least) && std::isnan(found.greatest));
        }
}
#endif

TYPED_TEST(StatisticsOf, NoCellsAreNought) {
    for (const auto& theta : {km::Field<TypeParam>(0, 5), km::Field<TypeParam>(5, 0)}) {
        const km::PhaseStatistics found = km::phase_statistics(theta);
        EXPECT_EQ(found.mean, 0);
        EXPECT_EQ(found.deviation, 0);
        EXPECT_EQ(found.least, 0);
        EXPECT_EQ(found.greatest, 0);
    }
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("threads must not be negative"),
                 static_cast<void>(km::phase_statistics(km::OpenMP{.threads = -1}, km::Field<TypeParam>(2, 2))));
}

} // namespace
