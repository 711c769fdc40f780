// Mixtures of two distributions: each cell has a value of its distribution, in the right share; and what is refused.
// Bits, distribution function, strides and policies: random_*_test.cpp and quantile_bits_test.cpp.
#include <kuramoto/grid/field.hpp>
#include <kuramoto/initial/mixtures.hpp>

#include "support/expect_error.hpp"
#include "support/values.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace km = kuramoto;

namespace {

constexpr std::uint64_t seed = 0x0123456789abcdefU;
constexpr km::Uniform zero{.low = 0, .high = 0};
constexpr km::Uniform one{.low = 1, .high = 1};

template <class T> class MixturesOf : public ::testing::Test {};
using CellTypes = ::testing::Types<float, double>;
TYPED_TEST_SUITE(MixturesOf, CellTypes);

/// The cells of a field after `fill`.
template <class T, class Fill> std::vector<T> made(std::ptrdiff_t rows, std::ptrdiff_t cols, const Fill& fill) {
    km::Field<T> omega(rows, cols);
    omega.fill(T(-77));
    fill(omega);
    return test::values_of(omega.view());
}

template <class T> std::vector<T> sorted(std::vector<T> values) {
    std::sort(values.begin(), values.end());
    return values;
}

TYPED_TEST(MixturesOf, TwoConstantDistributionsAreTwoMixedNumbers) {
    using T = TypeParam;
    for (const double share : {0.0, 0.37, 1.0}) {
        const auto numbers = made<T>(13, 17, [=](auto& f) { km::mixed_frequencies(f, 0.1, 0.3, share, seed); });
        const auto distributions = made<T>(13, 17, [=](auto& f) {
            km::mixed_frequencies(f, km::Normal{.mean = 0.1, .deviation = 0}, km::Lorentzian{0.3, 0}, share, seed);
        });
        EXPECT_EQ(test::first_difference(numbers, distributions), -1) << share;
    }
}

// Where mixed_frequencies of numbers gives `second`, the distribution is `second` too: here they do not overlap.
TYPED_TEST(MixturesOf, DrawFromTheSecondInTheSameCellsAsMixedNumbers) {
    using T = TypeParam;
    const auto mask = made<T>(23, 29, [](auto& f) { km::mixed_frequencies(f, 0, 1, 0.37, seed); });
    const auto omega = made<T>(23, 29, [](auto& f) {
        km::mixed_frequencies(f, km::Uniform{.low = -2, .high = -1}, km::Uniform{.low = 3, .high = 4}, 0.37, seed);
    });
    for (std::size_t k = 0; k < mask.size(); ++k) {
        ASSERT_EQ(omega[k] > 0, mask[k] == 1);
        ASSERT_TRUE((omega[k] >= -2 && omega[k] <= -1) || (omega[k] >= 3 && omega[k] <= 4));
    }
    EXPECT_EQ(std::adjacent_find(omega.begin(), omega.end()), omega.end());
}

// With one distribution twice the values do not depend on the choices.
TYPED_TEST(MixturesOf, DrawOneValuePerCell) {
    using T = TypeParam;
    const km::Normal alike{.mean = 0.3, .deviation = 2};
    const auto some = made<T>(9, 11, [&](auto& f) { km::mixed_frequencies(f, alike, alike, 0.37, seed); });
    const auto others = made<T>(9, 11, [&](auto& f) { km::mixed_frequencies(f, alike, alike, 0.9, seed); });
    EXPECT_EQ(test::first_difference(some, others), -1);
    const auto shifted = made<T>(9, 11, [](auto& f) {
        km::mixed_frequencies(f, km::Normal{.mean = 1, .deviation = 1}, km::Normal{.mean = -1, .deviation = 1}, 0,
                              seed);
    });
    const auto back = made<T>(9, 11, [](auto& f) {
        km::mixed_frequencies(f, km::Normal{.mean = 1, .deviation = 1}, km::Normal{.mean = -1, .deviation = 1}, 1,
                              seed);
    });
    for (std::size_t k = 0; k < some.size(); ++k) EXPECT_NEAR(static_cast<double>(shifted[k] - back[k]), 2, 1e-6);
}

TYPED_TEST(MixturesOf, HaveTheQuantilesOfBoth) {
    using T = TypeParam;
    // 7 cells, of which round(0.4 · 7) = 3 have `second`: quantiles of 4 and of 3.
    const auto found = sorted(made<T>(1, 7, [](auto& f) {
        km::mixed_quantiles(f, km::Uniform{.low = 0, .high = 1}, km::Uniform{.low = 8, .high = 14}, 0.4, seed);
    }));
    EXPECT_EQ(found, (std::vector<T>{T(0.125), T(0.375), T(0.625), T(0.875), T(9), T(11), T(13)}));

    const auto both = sorted(made<T>(9, 11, [](auto& f) {
        km::mixed_quantiles(f, km::Lorentzian{.centre = -1.5, .half_width = 0.1},
                            km::Lorentzian{.centre = 1.5, .half_width = 0.1}, 1.0 / 3, seed);
    }));
    auto expected = made<T>(6, 11, [](auto& f) { km::lorentzian_quantiles(f, -1.5, 0.1, 1); });
    const auto second = made<T>(3, 11, [](auto& f) { km::lorentzian_quantiles(f, 1.5, 0.1, 1); });
    expected.insert(expected.end(), second.begin(), second.end());
    EXPECT_EQ(test::first_difference(both, sorted(expected)), -1);
}

TEST(MixedQuantiles, RoundTheNumberOfCellsToTheNearest) {
    const auto seconds = [](std::ptrdiff_t cells, double share) {
        const auto values = made<double>(1, cells, [=](auto& f) { km::mixed_quantiles(f, zero, one, share, seed); });
        return std::count(values.begin(), values.end(), 1.0);
    };
    EXPECT_EQ(seconds(10, 0), 0);
    EXPECT_EQ(seconds(10, 1), 10);
    EXPECT_EQ(seconds(10, 0.5), 5);
    EXPECT_EQ(seconds(11, 0.5), 6); // a half upwards
    EXPECT_EQ(seconds(10, 0.04), 0);
    EXPECT_EQ(seconds(10, 0.06), 1);
    EXPECT_EQ(seconds(10, 0.96), 10);
    EXPECT_EQ(seconds(1, 0.49999999999999994), 0); // plus ½ it would round to 1
    EXPECT_EQ(seconds(1, 0.5), 1);
}

TYPED_TEST(MixturesOf, HaveTheQuantilesOfTheSecondInCellsThatTheSeedChooses) {
    using T = TypeParam;
    const auto mask = made<T>(23, 29, [](auto& f) { km::mixed_quantiles(f, zero, one, 0.37, seed); });
    const auto omega = made<T>(23, 29, [](auto& f) {
        km::mixed_quantiles(f, km::Uniform{.low = -2, .high = -1}, km::Uniform{.low = 3, .high = 4}, 0.37, seed);
    });
    for (std::size_t k = 0; k < mask.size(); ++k) ASSERT_EQ(omega[k] > 0, mask[k] == 1);
}

TYPED_TEST(MixturesOf, AcceptEmptyAndThinGrids) {
    using T = TypeParam;
    const km::Normal any;
    for (const auto& [rows, cols] : {std::pair{0, 0}, {0, 5}, {5, 0}}) {
        EXPECT_TRUE(made<T>(rows, cols, [&](auto& f) { km::mixed_quantiles(f, any, any, 0.5, seed); }).empty());
        EXPECT_TRUE(made<T>(rows, cols, [&](auto& f) { km::mixed_frequencies(f, any, any, 0.5, seed); }).empty());
    }
    const auto single = made<T>(1, 1, [&](auto& f) { km::mixed_quantiles(f, any, km::Normal{.mean = 3}, 0.5, seed); });
    EXPECT_EQ(single, std::vector<T>{T(3)});
}

/// Calls `fill` on a field and expects std::invalid_argument with these words in it, and no cell written.
template <class T, class Fill> void expect_refusal(const Fill& fill, std::initializer_list<std::string> words) {
    km::Field<T> field(3, 4);
    field.fill(T(-7));
    EXPECT_TRUE(test::throws<std::invalid_argument>(words, [&] { fill(field); }));
    for (std::ptrdiff_t k = 0; k < field.size(); ++k) EXPECT_EQ(field.data()[k], T(-7));
}

/// Both functions refuse the mixture.
template <class T, class First, class Second>
void expect_refusals(const First& first, const Second& second, double share, std::initializer_list<std::string> words) {
    expect_refusal<T>([&](auto& f) { km::mixed_frequencies(f, first, second, share, seed); }, words);
    expect_refusal<T>([&](auto& f) { km::mixed_quantiles(f, first, second, share, seed); }, words);
}

TYPED_TEST(MixturesOf, RefuseDistributionsThatCannotBeAndNameThem) {
    using T = TypeParam;
    for (const char* const text : {"nan", "inf", "-inf"}) {
        const double x = test::number<double>(text);
        expect_refusals<T>(km::Uniform{x, 1}, one, 0.5, {"first.low must be finite", text});
        expect_refusals<T>(km::Normal{0, x}, one, 0.5, {"first.deviation must be finite", text});
        expect_refusals<T>(one, km::Lorentzian{x, 1}, 0.5, {"second.centre must be finite", text});
        expect_refusals<T>(one, one, x, {"share", text});
    }
    expect_refusals<T>(km::Uniform{2.5, 1.5}, one, 0.5,
                       {"first.low must not be above first.high, but first.low = 2.5 and first.high = 1.5"});
    expect_refusals<T>(one, km::Lorentzian{0, -0.25}, 0.5, {"second.half_width must not be negative, but is -0.25"});
    expect_refusals<T>(one, one, -0.25, {"share must not be negative, but is -0.25"});
    expect_refusals<T>(one, one, 1.25, {"share must be at most 1, but is 1.25"});
}

TEST(Mixtures, RefuseDistributionsThatTheCellsCannotHold) {
    expect_refusals<float>(one, km::Normal{1, 1e38}, 0.5, {"second.deviation = 1e+38 about second.mean = 1"});
    expect_refusals<float>(km::Lorentzian{1, 1e23}, one, 0.5, {"first.half_width = 1e+23 about first.centre = 1"});
}

template <class First>
concept CanBeMixed =
    requires(km::Field<float> omega, First first) { km::mixed_quantiles(omega, first, km::Normal{}, 0.5, seed); };

TEST(Mixtures, AreForDistributionsOnly) {
    static_assert(CanBeMixed<km::Uniform> && CanBeMixed<km::Normal> && CanBeMixed<km::Lorentzian>);
    static_assert(!CanBeMixed<double> && !CanBeMixed<km::Field<float>>);
}

} // namespace
