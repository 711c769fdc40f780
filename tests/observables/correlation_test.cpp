// The correlation function: against long double over every kind of edge, plane waves, phases at random, its sum rule on
// a ring, the same bits for any policy and layout; and the correlation length.

#include <kuramoto/kuramoto.hpp>
#include <kuramoto/openmp.hpp>

#include "support/expect_error.hpp"
#include "support/layouts.hpp"
#include "support/policies.hpp"
#include "support/values.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <utility>
#include <vector>

namespace km = kuramoto;

namespace {

const km::Boundary round_rows{.north = km::periodic, .south = km::periodic, .west = {}, .east = {}};
const km::Boundary round_cols{.north = {}, .south = {}, .west = km::periodic, .east = km::periodic};
constexpr std::array<km::Pairs, 3> all_pairs{km::Pairs::cols, km::Pairs::rows, km::Pairs::both};
constexpr double turn = 6.28318530717958647692;

/// C(distance), one pair after the other.
template <class T>
double correlation_of(const km::Grid<const T>& theta, km::Pairs pairs, std::ptrdiff_t distance,
                      const km::Boundary& boundary) {
    long double sum = 0;
    long double count = 0;
    for (std::ptrdiff_t i = 0; i < theta.rows(); ++i)
        for (std::ptrdiff_t j = 0; j < theta.cols(); ++j) {
            const auto add = [&](std::ptrdiff_t k, std::ptrdiff_t l) {
                if (km::is_periodic(boundary, km::Axis::rows)) k %= theta.rows();
                if (km::is_periodic(boundary, km::Axis::cols)) l %= theta.cols();
                if (k >= theta.rows() || l >= theta.cols()) return;
                sum += std::cos(static_cast<long double>(theta(k, l)) - static_cast<long double>(theta(i, j)));
                count += 1;
            };
            if (pairs != km::Pairs::rows) add(i, j + distance);
            if (pairs != km::Pairs::cols) add(i + distance, j);
        }
    return count > 0 ? static_cast<double>(sum / count) : 0;
}

template <class T> class Correlation : public testing::Test {};
using Precisions = testing::Types<float, double>;
TYPED_TEST_SUITE(Correlation, Precisions);

TYPED_TEST(Correlation, IsTheMeanOverThePairs) {
    using T = TypeParam;
    for (const auto& [rows, cols] : {std::pair{1, 1}, std::pair{1, 9}, std::pair{8, 1}, std::pair{2, 3},
                                     std::pair{13, 7}, std::pair{6, 41}, std::pair{33, 16}}) {
        km::Field<T> theta(rows, cols);
        test::fill_distinct(theta.view(), 3, T(5));
        const km::Grid<const T> view = theta.view();
        for (const km::Boundary& boundary : {km::Boundary{}, km::torus, round_rows, round_cols})
            for (const km::Pairs pairs : all_pairs) {
                std::vector<double> found(50, -2);
                km::correlation(boundary, theta, found, pairs);
                for (std::size_t d = 0; d < found.size(); ++d)
                    EXPECT_NEAR(found[d], correlation_of(view, pairs, static_cast<std::ptrdiff_t>(d), boundary), 2e-15)
                        << rows << " x " << cols << " at distance " << d;
            }
    }
}

// cos(kd), whatever the edges of an open lattice; with a whole number of turns on a torus, too.
TEST(PlaneWaves, AreCorrelatedAsTheCosine) {
    const auto check = [](double down, double across, const km::Boundary& boundary) {
        km::Field<double> theta(23, 31);
        for (std::ptrdiff_t i = 0; i < 23; ++i)
            for (std::ptrdiff_t j = 0; j < 31; ++j)
                theta(i, j) = 0.5 + down * static_cast<double>(i) + across * static_cast<double>(j);
        std::array<double, 20> along_rows{};
        std::array<double, 20> along_cols{};
        km::correlation(boundary, theta, along_rows, km::Pairs::cols);
        km::correlation(boundary, theta, along_cols, km::Pairs::rows);
        for (std::size_t d = 0; d < 20; ++d) {
            EXPECT_NEAR(along_rows[d], std::cos(across * static_cast<double>(d)), 2e-14) << d;
            EXPECT_NEAR(along_cols[d], std::cos(down * static_cast<double>(d)), 2e-14) << d;
        }
    };
    check(0.3, -0.17, {});
    check(turn * 2 / 23, turn * -3 / 31, km::torus);
}

TYPED_TEST(Correlation, IsOneWherePhasesAgree) {
    km::Field<TypeParam> theta(7, 12);
    theta.fill(TypeParam(2.25));
    for (const km::Pairs pairs : all_pairs) {
        std::vector<double> found(6);
        km::correlation(km::Boundary{}, theta, found, pairs);
        for (const double one : found) EXPECT_NEAR(one, 1.0, 1e-15);
        EXPECT_GT(km::correlation_length(found), 1e300);
    }
}

// On a ring every pair stands at some distance: the mean of C over all distances is |Σ e^{iθ}|² / n² = r².
TYPED_TEST(Correlation, OfARingAddsUpToTheOrderParameter) {
    for (const int cells : {1, 2, 37, 250}) {
        km::Field<TypeParam> theta(1, cells);
        test::fill_distinct(theta.view(), 7, TypeParam(0.4));
        std::vector<double> found(static_cast<std::size_t>(cells));
        km::correlation(km::torus, theta, found, km::Pairs::cols);
        double mean = 0;
        for (const double one : found) mean += one / cells;
        const double r = km::order_parameter(theta).r;
        EXPECT_NEAR(mean, r * r, 1e-14) << cells;
    }
}

// Independent uniform phases: 0 at every distance but 0. Pairs share cells; the deviation is from independent seeds.
TYPED_TEST(Correlation, OfPhasesAtRandomIsNought) {
    const int seeds = 40;
    km::Field<TypeParam> theta(64, 51);
    std::vector<std::vector<double>> samples(4);
    for (int seed = 1; seed <= seeds; ++seed) {
        km::uniform_phases(theta, static_cast<std::uint64_t>(seed));
        std::vector<double> found(samples.size());
        km::correlation(km::Boundary{}, theta, found, km::Pairs::both);
        for (std::size_t d = 0; d < found.size(); ++d) samples[d].push_back(found[d]);
    }
    for (std::size_t d = 0; d < samples.size(); ++d) {
        double mean = 0;
        for (const double sample : samples[d]) mean += sample / seeds;
        double variance = 0;
        for (const double sample : samples[d]) variance += (sample - mean) * (sample - mean) / (seeds - 1);
        EXPECT_NEAR(mean, d == 0 ? 1 : 0, 5 * std::sqrt(variance / seeds) + 1e-15) << d;
        EXPECT_LT(std::sqrt(variance), 0.02) << d;
    }
}

#if !defined(__FAST_MATH__)
TYPED_TEST(Correlation, HasTheSameBitsUnderEveryPolicyAndLayout) {
    using T = TypeParam;
    km::Field<T> phases(61, 173);
    test::fill_distinct(phases.view(), 2);
    const std::vector<T> values = test::values_of(phases.view());
    for (const km::Boundary& boundary : {km::Boundary{}, km::torus})
        for (const km::Isa isa : test::supported_isas()) {
            std::vector<double> expected(40);
            km::correlation(km::Fused{.isa = isa}, boundary, phases, expected, km::Pairs::both);
            for (const test::Layout layout : test::all_layouts) {
                test::Cells<T> theta(layout, 61, 173);
                test::assign(theta.view(), values);
                const auto check = [&](const auto& policy) {
                    std::vector<double> found(40);
                    km::correlation(policy, boundary, theta.view(), found, km::Pairs::both);
                    EXPECT_EQ(test::first_difference(found, expected), -1) << test::name(layout);
                };
                check(km::Serial{.isa = isa});
                check(km::OpenMP{.threads = 2, .isa = isa, .min_cells_per_thread = 1});
                check(test::Pool{.workers = 7, .isa = isa, .on_threads = true});
                check(test::Pool{.workers = 100, .isa = isa});
            }
        }
}

// What is no number counts in the pairs that it is in, and in no others.
TYPED_TEST(Correlation, IsNaNWhereAPhaseIs) {
    using T = TypeParam;
    for (const T bad : {std::numeric_limits<T>::quiet_NaN(), std::numeric_limits<T>::infinity()}) {
        km::Field<T> theta(3, 11);
        theta(1, 5) = bad;
        std::vector<double> found(11);
        km::correlation(km::Boundary{}, theta, found, km::Pairs::cols);
        for (std::size_t d = 0; d < 11; ++d) EXPECT_EQ(std::isnan(found[d]), d <= 5) << d;
        EXPECT_TRUE(std::isnan(km::correlation_length(found)));
    }
}
#endif

TEST(Correlations, OfNoCellsAreNought) {
    for (const auto& [rows, cols] : {std::pair{0, 5}, std::pair{5, 0}}) {
        std::vector<double> found(4, -2);
        km::correlation(km::torus, km::Field<float>(rows, cols), found, km::Pairs::both);
        EXPECT_EQ(found, std::vector<double>(4, 0.0));
        EXPECT_EQ(km::correlation_length(found), 0);
    }
    std::vector<double> none;
    EXPECT_NO_THROW(km::correlation(km::Boundary{}, km::Field<float>(3, 4), none, km::Pairs::cols));
}

TEST(Correlations, ThatCannotBeAreRefused) {
    const km::Field<float> theta(3, 4);
    std::vector<double> found(2, -2);
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("periodic together"),
                 km::correlation({.north = km::periodic}, theta, found, km::Pairs::cols));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("threads must not be negative"),
                 km::correlation(km::OpenMP{.threads = -1}, km::Boundary{}, theta, found, km::Pairs::cols));
    EXPECT_EQ(found, std::vector<double>(2, -2.0));
}

TEST(CorrelationLength, IsWhereALineCrossesOneOverE) {
    const double level = std::exp(-1.0);
    EXPECT_NEAR(km::correlation_length(std::vector<double>{1, 0.8, 0.6, 0.4, 0.2, 0}), 3 + (0.4 - level) / 0.2, 1e-14);
    EXPECT_NEAR(km::correlation_length(std::vector<double>{1, 0}), 1 - level, 1e-15);
    EXPECT_NEAR(km::correlation_length(std::vector<double>{2, 1, 0.5}), 1 + (1 - 2 * level) / 0.5, 1e-14);
    EXPECT_NEAR(km::correlation_length(std::vector<double>{1, 0.5, -0.5, 0.9, 0.1}), 1.5 - level, 1e-14); // the first
    EXPECT_GT(km::correlation_length(std::vector<double>{1, 0.5, 0.4}), 1e300);
    EXPECT_GT(km::correlation_length(std::vector<double>{1}), 1e300);
    EXPECT_EQ(km::correlation_length(std::vector<double>{}), 0);
    EXPECT_EQ(km::correlation_length(std::vector<double>{0, 0, 0}), 0);
}

// The line lies above the curve e^{−d/ξ}: from ξ to ξ + 1/(8ξ).
TEST(CorrelationLength, OfAnExponentialIsItsOwn) {
    for (double length = 0.05; length < 30; length *= 1.03) {
        std::vector<double> curve(200);
        for (std::size_t d = 0; d < curve.size(); ++d) curve[d] = std::exp(-static_cast<double>(d) / length);
        const double found = km::correlation_length(curve);
        EXPECT_GE(found, length * (1 - 1e-14));
        EXPECT_LE(found, length + 1 / (8 * length));
    }
}

// A cosine falls to 1/e where it should, over the lattice's own correlation function.
TEST(CorrelationLength, OfAPlaneWaveIsThatOfItsCosine) {
    const double k = 0.01;
    km::Field<double> theta(3, 400);
    for (std::ptrdiff_t n = 0; n < theta.size(); ++n) theta.data()[n] = k * static_cast<double>(n % 400);
    std::vector<double> found(200);
    km::correlation(km::Boundary{}, theta, found, km::Pairs::cols);
    EXPECT_NEAR(km::correlation_length(found), std::acos(std::exp(-1.0)) / k, 0.01);
}

} // namespace
