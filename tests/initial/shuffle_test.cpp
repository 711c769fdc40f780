// The shuffle of the quiet starts: every order is equally likely, and a function of seed, stream and number of cells.
#include <kuramoto/detail/initial/shuffle.hpp>
#include <kuramoto/grid/field.hpp>

#include "support/layouts.hpp"
#include "support/values.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

namespace km = kuramoto;

namespace {

using km::detail::Stream;

constexpr std::uint64_t seed = 0x0123456789abcdefU;

std::uint64_t below(std::uint64_t range, std::uint64_t draw) {
    return km::detail::random_below(range, km::detail::philox_key(seed), Stream::uniform_quantiles, draw);
}

std::uint64_t bits_of_draw(std::uint64_t draw, std::uint64_t attempt) {
    const auto random = km::detail::philox(km::detail::philox_counter(Stream::uniform_quantiles, draw, attempt),
                                           km::detail::philox_key(seed));
    return std::uint64_t{random.words[1]} << 32 | random.words[0];
}

/// Σ (found − expected)² / expected, which for n counts has the mean n − 1 and the variance 2 (n − 1).
template <class Counts> double chi_square(const Counts& counts, double expected) {
    double sum = 0;
    for (const double count : counts) sum += (count - expected) * (count - expected) / expected;
    return sum;
}

TEST(RandomBelow, IsZeroBelowOneAndAllBitsBelowThePowersOfTwo) {
    for (std::uint64_t draw = 0; draw < 100; ++draw) {
        EXPECT_EQ(below(1, draw), 0U);
        EXPECT_EQ(below(std::uint64_t{1} << 32, draw), bits_of_draw(draw, 0) & 0xffffffffU);
        EXPECT_EQ(below(std::uint64_t{1} << 63, draw), bits_of_draw(draw, 0) << 1 >> 1);
    }
}

TEST(RandomBelow, DrawsAgainWhereBitsWouldBeTooMany) {
    const std::uint64_t range = (std::uint64_t{1} << 63) + 1; // the lowest 2^63 − 1 numbers of 64 bits are too many
    int drawn_again = 0;
    for (std::uint64_t draw = 0; draw < 1000; ++draw) {
        std::uint64_t attempt = 0;
        while (bits_of_draw(draw, attempt) < range - 2) ++attempt;
        const std::uint64_t bits = bits_of_draw(draw, attempt);
        ASSERT_EQ(below(range, draw), bits >= range ? bits - range : bits);
        drawn_again += attempt > 0;
    }
    EXPECT_NEAR(drawn_again, 500, 80);
}

TEST(RandomBelow, GivesAllNumbersEquallyOften) {
    // P(χ² > n − 1 + 5 √(2 (n − 1))) < 2e-4 for the ranges below.
    for (const std::uint64_t range : {2U, 3U, 7U, 10U, 48U}) {
        std::vector<double> counts(range);
        for (std::uint64_t draw = 0; draw < 1000 * range; ++draw) ++counts[below(range, draw)];
        const double freedom = static_cast<double>(range - 1);
        EXPECT_LT(chi_square(counts, 1000), freedom + 5 * std::sqrt(2 * freedom) + 5) << range;
    }
    // A range that shares 64 bits badly: without a second draw the lower half would have five eighths.
    const std::uint64_t range = std::uint64_t{3} << 62;
    int lower = 0;
    for (std::uint64_t draw = 0; draw < 10000; ++draw) lower += below(range, draw) < range / 2;
    EXPECT_NEAR(lower, 5000, 250);
}

std::vector<double> shuffled(std::ptrdiff_t rows, std::ptrdiff_t cols, std::uint64_t with_seed,
                             Stream stream = Stream::uniform_quantiles) {
    km::Field<double> field(rows, cols);
    for (std::ptrdiff_t k = 0; k < field.size(); ++k) field.data()[k] = static_cast<double>(k);
    km::detail::shuffle(field.view(), stream, with_seed);
    return test::values_of(field.view());
}

TEST(Shuffle, IsTheAlgorithmOfFisherAndYates) {
    std::vector<double> expected(35);
    for (std::size_t k = 0; k < expected.size(); ++k) expected[k] = static_cast<double>(k);
    for (std::size_t k = 34; k > 0; --k) std::swap(expected[k], expected[below(k + 1, k)]);
    EXPECT_EQ(shuffled(5, 7, seed), expected);
}

TEST(Shuffle, GivesAllOrdersOfFourEquallyOften) {
    std::map<std::vector<double>, double> counts;
    for (std::uint64_t k = 0; k < 24000; ++k) ++counts[shuffled(2, 2, k)];
    ASSERT_EQ(counts.size(), 24U);
    double sum = 0;
    for (const auto& [order, count] : counts) sum += (count - 1000) * (count - 1000) / 1000;
    EXPECT_LT(sum, 58); // P(χ² > 58) = 8e-5 with 23 degrees of freedom
    EXPECT_GT(sum, 5);  // P(χ² < 5) = 2e-5
}

TEST(Shuffle, PutsEveryValueEverywhere) {
    constexpr int cells = 15;
    constexpr int seeds = 15000;
    std::array<std::array<double, cells>, cells> counts{};
    for (std::uint64_t k = 0; k < seeds; ++k) {
        const auto order = shuffled(3, 5, k);
        for (std::size_t place = 0; place < cells; ++place) ++counts[place][static_cast<std::size_t>(order[place])];
    }
    for (const auto& of_place : counts) EXPECT_LT(chi_square(of_place, seeds / cells), 14 + 6 * std::sqrt(28.0));
}

TEST(Shuffle, DependsOnSeedStreamAndNumberOfCellsAlone) {
    const auto order = shuffled(5, 7, seed);
    for (const auto& [rows, cols] : {std::pair{7, 5}, {1, 35}, {35, 1}}) EXPECT_EQ(shuffled(rows, cols, seed), order);
    EXPECT_NE(shuffled(5, 7, seed + 1), order);
    EXPECT_NE(shuffled(5, 7, seed, Stream::normal_quantiles), order);
    for (const test::Layout layout : test::all_layouts) {
        test::Cells<float> cells(layout, 5, 7);
        test::assign(cells.view(), [] {
            std::vector<float> numbers(35);
            for (std::size_t k = 0; k < numbers.size(); ++k) numbers[k] = static_cast<float>(k);
            return numbers;
        }());
        km::detail::shuffle(cells.view(), Stream::uniform_quantiles, seed);
        const auto found = test::values_of(cells.view());
        EXPECT_TRUE(std::equal(found.begin(), found.end(), order.begin(), order.end(), [](float a, double b) {
            return static_cast<double>(a) == b;
        })) << test::name(layout);
        EXPECT_TRUE(cells.canaries_alive()) << test::name(layout);
    }
}

TEST(Shuffle, KeepsOneCellAndAcceptsNone) {
    EXPECT_EQ(shuffled(1, 1, seed), std::vector<double>{0});
    for (const auto& [rows, cols] : {std::pair{0, 0}, {0, 5}, {5, 0}}) EXPECT_TRUE(shuffled(rows, cols, seed).empty());
}

} // namespace
