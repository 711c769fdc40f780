// The statistics of seeded initial fields: distributions, tails, moments, and independence of cells, kinds and seeds.
// Fixed seeds, so each of these either always passes or never does. The bounds are those of a test at a level of 1e-3
// or below for each number looked at.

#include <kuramoto/grid/field.hpp>

#include "support/random_fields.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace km = kuramoto;

namespace {

constexpr std::uint64_t seed = test::random_seed;
constexpr std::ptrdiff_t stat_rows = 301;
constexpr std::ptrdiff_t stat_cols = 407;
constexpr double stat_count = double(stat_rows * stat_cols);

/// The field as probabilities: uniform in [0, 1] if it has the distribution it should have.
template <class Kind> km::Field<double> probabilities(const Kind& kind, std::uint64_t with_seed) {
    auto field = test::made<double>(kind, stat_rows, stat_cols, with_seed);
    for (std::ptrdiff_t k = 0; k < field.size(); ++k) field.data()[k] = kind.probability(field.data()[k]);
    return field;
}

/// Kolmogorov's statistic √n sup |F_n − F| of n numbers that should be uniform in [0, 1].
double kolmogorov(const km::Field<double>& field) {
    std::vector<double> sorted(field.data(), field.data() + field.size());
    std::sort(sorted.begin(), sorted.end());
    const double n = static_cast<double>(sorted.size());
    double most_off = 0;
    for (std::size_t k = 0; k < sorted.size(); ++k) {
        const double above = static_cast<double>(k + 1) / n - sorted[k];
        const double below = sorted[k] - static_cast<double>(k) / n;
        most_off = std::max({most_off, above, below});
    }
    return std::sqrt(n) * most_off;
}

/// √n times the correlation of cell (i, j) of a with cell (i + down, j + right) of b; both uniform in [0, 1].
double correlation(const km::Field<double>& a, const km::Field<double>& b, std::ptrdiff_t down, std::ptrdiff_t right) {
    double sum = 0;
    double count = 0;
    for (std::ptrdiff_t i = 0; i + down < a.rows(); ++i)
        for (std::ptrdiff_t j = 0; j + right < a.cols(); ++j, ++count)
            sum += 12 * (a(i, j) - 0.5) * (b(i + down, j + right) - 0.5);
    return sum / std::sqrt(count);
}

TEST(RandomStatistics, DistributionsPassKolmogorovsTest) {
    // P(√n D > x) ≈ 2 exp(−2 x²) = 1e-3 at x = 1.95; and a D that is far too small, 2e-4 below 0.33, is wrong too.
    test::for_each_continuous_random_field([&](const auto& kind) {
        for (const std::uint64_t with_seed : {std::uint64_t{0}, std::uint64_t{1}, seed}) {
            const double statistic = kolmogorov(probabilities(kind, with_seed));
            EXPECT_LT(statistic, 1.95) << kind.name << " seed " << with_seed;
            EXPECT_GT(statistic, 0.33) << kind.name << " seed " << with_seed;
        }
    });
}

TEST(RandomStatistics, TailsAreAsHeavyAsTheyShouldBe) {
    test::for_each_continuous_random_field([&](const auto& kind) {
        const auto field = probabilities(kind, seed);
        for (const double p : {1e-4, 1e-3, 0.01, 0.1, 0.5, 0.9, 0.99, 0.999, 0.9999}) {
            double below = 0;
            for (std::ptrdiff_t k = 0; k < field.size(); ++k) below += field.data()[k] < p;
            EXPECT_NEAR(below, p * stat_count, 4 * std::sqrt(p * (1 - p) * stat_count)) << kind.name;
        }
    });
}

struct Moments {
    double mean = 0;
    double variance = 0;
    double fourth = 0; // of (x − mean) / deviation
};

Moments moments(const km::Field<double>& field) {
    Moments found;
    const double n = static_cast<double>(field.size());
    for (std::ptrdiff_t k = 0; k < field.size(); ++k) found.mean += field.data()[k] / n;
    for (std::ptrdiff_t k = 0; k < field.size(); ++k) {
        const double square = (field.data()[k] - found.mean) * (field.data()[k] - found.mean);
        found.variance += square / n;
        found.fourth += square * square / n;
    }
    found.fourth /= found.variance * found.variance;
    return found;
}

TEST(RandomStatistics, MomentsAreThoseOfTheDistributions) {
    const double root = std::sqrt(stat_count);
    // Spread of a mean: σ/√n; of a variance: σ² √((κ − 1)/n) with κ the normalised fourth moment.
    const Moments normal = moments(test::made<double>(test::normal_frequencies, stat_rows, stat_cols));
    EXPECT_NEAR(normal.mean, 0.7, 4 * 1.9 / root);
    EXPECT_NEAR(normal.variance, 3.61, 4 * 3.61 * std::sqrt(2.0) / root);
    EXPECT_NEAR(normal.fourth, 3, 4 * std::sqrt(24.0) / root);

    const Moments phases_near_one = moments(test::made<double>(test::normal_phases, stat_rows, stat_cols));
    EXPECT_NEAR(phases_near_one.mean, -2.3, 4 * 0.8 / root);
    EXPECT_NEAR(phases_near_one.variance, 0.64, 4 * 0.64 * std::sqrt(2.0) / root);
    EXPECT_NEAR(phases_near_one.fourth, 3, 4 * std::sqrt(24.0) / root);

    // With A = atan(cut / γ): the variance is γ cut / A − γ². The fourth moment is below cut² times it.
    const Moments truncated = moments(test::made<double>(test::truncated_lorentzian_frequencies, stat_rows, stat_cols));
    const double variance = 0.7 * 2.2 / std::atan(2.2 / 0.7) - 0.49;
    EXPECT_NEAR(truncated.mean, 0.3, 4 * std::sqrt(variance) / root);
    EXPECT_NEAR(truncated.variance, variance, 4 * 2.2 * std::sqrt(variance) / root);

    const Moments uniform = moments(test::made<double>(test::uniform_frequencies, stat_rows, stat_cols));
    const double width = 3.4;
    EXPECT_NEAR(uniform.mean, 0.4, 4 * width / std::sqrt(12.0) / root);
    EXPECT_NEAR(uniform.variance, width * width / 12, 4 * width * width / 12 * std::sqrt(0.8) / root);

    const Moments phases = moments(test::made<double>(test::uniform_phases, stat_rows, stat_cols));
    const double turn = 6.283185307179586;
    EXPECT_NEAR(phases.mean, turn / 2, 4 * turn / std::sqrt(12.0) / root);
    EXPECT_NEAR(phases.variance, turn * turn / 12, 4 * turn * turn / 12 * std::sqrt(0.8) / root);
}

TEST(RandomStatistics, MixedFrequenciesHaveTheirShare) {
    const auto field = test::made<double>(test::mixed_frequencies, stat_rows, stat_cols);
    double count = 0;
    double alike = 0; // neighbours of the same group: share² + (1 − share)² if they are independent
    for (std::ptrdiff_t k = 0; k < field.size(); ++k) {
        ASSERT_TRUE(field.data()[k] == -0.9 || field.data()[k] == 1.7);
        count += field.data()[k] == 1.7;
        alike += k > 0 && field.data()[k] == field.data()[k - 1];
    }
    EXPECT_NEAR(count, 0.37 * stat_count, 4 * std::sqrt(0.37 * 0.63 * stat_count));
    EXPECT_NEAR(alike, 0.5338 * stat_count, 4 * std::sqrt(0.25 * stat_count));
}

TEST(RandomStatistics, LorentzianHasItsCentreAndHalfWidth) {
    const auto field = test::made<double>(test::lorentzian_frequencies, stat_rows, stat_cols);
    std::vector<double> sorted(field.data(), field.data() + field.size());
    std::sort(sorted.begin(), sorted.end());
    const auto at = [&](double p) { return sorted[static_cast<std::size_t>(p * stat_count)]; };
    // Spread of a quantile: √(p (1 − p) / n) / density; the quartiles lie one half-width off the centre.
    const double root = std::sqrt(stat_count);
    const double pi = 3.141592653589793;
    EXPECT_NEAR(at(0.5), -0.4, 4 * 0.5 * pi * 0.6 / root);
    EXPECT_NEAR(at(0.25), -1.0, 4 * std::sqrt(0.1875) * 2 * pi * 0.6 / root);
    EXPECT_NEAR(at(0.75), 0.2, 4 * std::sqrt(0.1875) * 2 * pi * 0.6 / root);
}

TEST(RandomStatistics, NeighboursAreNotCorrelated) {
    test::for_each_continuous_random_field([&](const auto& kind) {
        const auto field = probabilities(kind, seed);
        for (const auto& [down, right] : {std::pair{0, 1}, {0, 2}, {0, 3}, {1, 0}, {2, 0}, {1, 1}, {0, 64}, {64, 0}})
            EXPECT_LT(std::fabs(correlation(field, field, down, right)), 4) << "lag " << down << ", " << right;
        EXPECT_GT(correlation(field, field, 0, 0), 300); // a field is itself
    });
}

TEST(RandomStatistics, KindsAndSeedsAreIndependentStreams) {
    std::vector<std::string> names;
    std::vector<km::Field<double>> fields;
    test::for_each_continuous_random_field([&](const auto& kind) {
        names.push_back(kind.name);
        fields.push_back(probabilities(kind, seed));
    });
    ASSERT_EQ(names.size(), 7U);
    test::for_each_continuous_random_field([&](const auto& kind) {
        const auto field = probabilities(kind, seed);
        for (std::size_t k = 0; k < names.size(); ++k)
            if (names[k] != kind.name) {
                EXPECT_LT(std::fabs(correlation(field, fields[k], 0, 0)), 4) << kind.name << ", " << names[k];
            }
        for (const std::uint64_t other : {seed + 1, seed ^ (std::uint64_t{1} << 63), ~seed, std::uint64_t{0}})
            EXPECT_LT(std::fabs(correlation(field, probabilities(kind, other), 0, 0)), 4);
    });
}

/// Number of plaquettes, of the lattice with open edges, round which the phases wind once.
int vortices(const km::Field<double>& theta) {
    const double turn = 6.283185307179586;
    const auto wrapped = [turn](double d) { return d - turn * std::nearbyint(d / turn); };
    int count = 0;
    for (std::ptrdiff_t i = 0; i + 1 < theta.rows(); ++i)
        for (std::ptrdiff_t j = 0; j + 1 < theta.cols(); ++j) {
            const double winding =
                wrapped(theta(i, j + 1) - theta(i, j)) + wrapped(theta(i + 1, j + 1) - theta(i, j + 1)) +
                wrapped(theta(i + 1, j) - theta(i + 1, j + 1)) + wrapped(theta(i, j) - theta(i + 1, j));
            count += std::fabs(winding) > 3;
        }
    return count;
}

TEST(RandomStatistics, OnePlaquetteInThreeCarriesAVortex) {
    // Independent uniform phases: a probability of exactly 1/3. Neighbouring plaquettes are correlated, so the spread
    // is that of the seeds.
    constexpr int seeds = 30;
    std::vector<double> share;
    for (std::uint64_t s = 0; s < seeds; ++s)
        share.push_back(vortices(test::made<double>(test::uniform_phases, 61, 71, s)) / (60.0 * 70.0));
    double mean = 0;
    double variance = 0;
    for (const double x : share) mean += x / seeds;
    for (const double x : share) variance += (x - mean) * (x - mean) / (seeds - 1);
    const double spread = std::sqrt(variance / seeds);
    EXPECT_NEAR(mean, 1.0 / 3, 3.7 * spread); // Student's t with 29 degrees of freedom: 1e-3
    EXPECT_LT(spread, 0.003);
}

} // namespace
