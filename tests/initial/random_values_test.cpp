// How a random number becomes a phase or a frequency: within its bounds, with its share, never subnormal.
#include <kuramoto/grid/field.hpp>
#include <kuramoto/initial/random.hpp>

#include "support/hidden.hpp"
#include "support/random_fields.hpp"
#include "support/values.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cfloat>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>

namespace km = kuramoto;

namespace {

using test::bits_of;

constexpr std::uint64_t seed = test::random_seed;
constexpr std::uint64_t half = std::uint64_t{1} << 52;
constexpr std::uint64_t most = km::detail::most_bits;

template <class T> class RandomValuesOf : public ::testing::Test {};
using CellTypes = ::testing::Types<float, double>;
TYPED_TEST_SUITE(RandomValuesOf, CellTypes);

TEST(UniformPhases, StayBelowTwoPiForEveryRandomNumber) {
    const km::detail::UniformPhase<float> single;
    const km::detail::UniformPhase<double> twice;
    for (std::uint64_t k = 0; k < 100000; ++k) {
        const std::uint64_t bits = most - k * k; // where a float rounds to 2π or above, and below
        ASSERT_LT(static_cast<double>(single(bits)), 6.283185307179586);
        ASSERT_LT(twice(bits), 6.283185307179586);
        ASSERT_NEAR(static_cast<double>(single(bits)), twice(bits), 4.8e-7);
    }
    // Just below 2π lie 6.28318500518798828125f and the double 6.28318530717958534.
    EXPECT_EQ(bits_of(single(most)), 0x40c90fdaU);
    EXPECT_EQ(bits_of(twice(most)), 0x401921fb54442d17U);
    EXPECT_EQ(bits_of(single(0)), 0U);
    EXPECT_EQ(bits_of(twice(0)), 0U);
    EXPECT_DOUBLE_EQ(twice(half), 3.141592653589793);
    EXPECT_FLOAT_EQ(single(1), 6.9757370e-16F);
}

TEST(UniformFrequencies, StayWithinTheirBounds) {
    const double bounds[][2] = {{-1, 1},          {0, 1},       {-3, -2.9},        {1e300, 1.5e300}, {-8e307, 8e307},
                                {0.1, 0.1000001}, {-1e-3, 1e5}, {-1 - 0x1p-52, 1}, {-1.3, 1 + 1e-15}};
    for (const auto& [low, high] : bounds) {
        const km::detail::UniformFrequency<double> value(low, high);
        EXPECT_EQ(bits_of(value(0)), bits_of(low));
        for (std::uint64_t k = 0; k < 1000; ++k) {
            ASSERT_GE(value(k), low);
            ASSERT_LE(value(k), high);
            ASSERT_GE(value(most - k), low);
            ASSERT_LE(value(most - k), high);
        }
        EXPECT_NEAR(value(half), low / 2 + high / 2, 1e-15 * (std::fabs(low) + std::fabs(high)));
    }
}

TEST(UniformFrequencies, AreConstantWhereTheBoundsAreEqual) {
    for (const double bound : {0.1, 0.0, -3.7e20}) {
        km::Field<double> omega(4, 5);
        km::uniform_frequencies(omega, bound, bound, seed);
        for (std::ptrdiff_t k = 0; k < omega.size(); ++k) EXPECT_EQ(bits_of(omega.data()[k]), bits_of(bound));
    }
}

TEST(RandomValues, AreConstantWhereTheScaleIsZero) {
    km::Field<float> omega(4, 5);
    km::normal_frequencies(omega, 0.1, 0, seed);
    for (std::ptrdiff_t k = 0; k < omega.size(); ++k) EXPECT_EQ(bits_of(omega.data()[k]), bits_of(0.1F));
    km::lorentzian_frequencies(omega, -2.5, 0, seed);
    for (std::ptrdiff_t k = 0; k < omega.size(); ++k) EXPECT_EQ(bits_of(omega.data()[k]), bits_of(-2.5F));
    km::normal_phases(omega, 3.1, 0, seed);
    for (std::ptrdiff_t k = 0; k < omega.size(); ++k) EXPECT_EQ(bits_of(omega.data()[k]), bits_of(3.1F));
    for (const auto& [half_width, cut] : {std::pair{0.0, 2.0}, {2.0, 0.0}, {0.0, 0.0}}) {
        km::truncated_lorentzian_frequencies(omega, 0.7, half_width, cut, seed);
        for (std::ptrdiff_t k = 0; k < omega.size(); ++k) EXPECT_EQ(bits_of(omega.data()[k]), bits_of(0.7F));
    }
}

// --- Truncated Lorentzian and mixed frequencies ---------------------------------------------------------------------

/// Pairs (half_width, cut): alike, far apart both ways, and as large as doubles are.
constexpr double truncations[][2] = {{1, 1},     {0.7, 2.2},     {1, 0.1},       {3, 1e-9},     {1e-9, 3},
                                     {0.3, 1e6}, {1e-200, 1e20}, {1e20, 1e-200}, {1e308, 1e308}};

TEST(TruncatedLorentzianFrequencies, ReachTheirCutAndStayWithin) {
    for (const auto& [half_width, cut] : truncations) {
        const km::detail::TruncatedLorentzianFrequency<double> value(0, half_width, cut);
        double previous = -cut;
        for (std::uint64_t k = 0; k < 1000; ++k) {
            ASSERT_LE(std::fabs(value(k)), cut);
            ASSERT_LE(std::fabs(value(half + k)), cut);
            ASSERT_GE(value(k), previous - 2e-15 * cut);
            ASSERT_EQ(bits_of(value(k)), bits_of(-value(most - k)));
            previous = value(k);
        }
        // p = 2^-54, where the quantiles lie 1 / density = 2 A (γ + cut² / γ) apart, A < π/2 the angle of the cut.
        const double slack = cut > half_width ? 1.8e-16 * cut / half_width : 0;
        if (slack < 1) {
            EXPECT_NEAR(value(0) / cut, -1, 1e-15 + slack);
        }
        EXPECT_LE(std::fabs(value(half)), 2e-16 * half_width);
    }
}

TEST(TruncatedLorentzianFrequencies, AreNotCarriedBeyondTheirCutByRounding) {
    int at_the_cut = 0;
    for (int k = 1; k < 5000; ++k) {
        const double cut = k / 1000.0;
        const km::detail::TruncatedLorentzianFrequency<double> value(0, 1, cut);
        ASSERT_LE(value(most), cut);
        ASSERT_GE(value(0), -cut);
        at_the_cut += value(most) == cut;
    }
    EXPECT_GT(at_the_cut, 100);
}

#if LDBL_MANT_DIG >= 64
TEST(TruncatedLorentzianFrequencies, AgreeWithLongDouble) {
    for (const auto& [half_width, cut] : truncations) {
        const km::detail::TruncatedLorentzianFrequency<double> value(0, half_width, cut);
        const long double width = static_cast<long double>(half_width);
        const long double most_angle = std::atan(static_cast<long double>(cut) / width);
        const long double rest_angle = std::atan(width / static_cast<long double>(cut));
        long double worst = 0;
        for (std::uint32_t k = 0; k < 20000; ++k) {
            const auto random = km::detail::philox({{k, 6, 2, 3}}, {{4, 5}});
            const std::uint64_t any = (std::uint64_t{random.words[0]} << 32 | random.words[1]) >> 11;
            const std::uint64_t bits = k % 2 == 0 ? any : any >> (random.words[2] % 50);
            const km::detail::Probability p(bits);
            const long double middle = 2 * static_cast<long double>(p.from_middle().value());
            const long double end = 2 * static_cast<long double>(p.from_end().value());
            const long double angle = most_angle * middle;
            const long double size = angle < 0.78L ? std::tan(angle) : 1 / std::tan(rest_angle + most_angle * end);
            const long double found = std::fabs(static_cast<long double>(value(bits)));
            worst = std::max(worst, std::fabs(found / width / size - 1));
        }
        EXPECT_LT(worst, 2e-15L) << half_width << ' ' << cut;
    }
}
#endif

TEST(TruncatedLorentzianFrequencies, AreLorentzianWhereTheCutIsFar) {
    const km::detail::TruncatedLorentzianFrequency<double> cut_far(0.5, 1.5, 1e200);
    const km::detail::LorentzianFrequency<double> whole(0.5, 1.5);
    for (std::uint64_t k = 0; k < 1000; ++k) {
        const std::uint64_t bits = k * (most / 1000);
        EXPECT_EQ(bits_of(cut_far(bits)), bits_of(whole(bits)));
    }
}

TEST(MixedFrequencies, HaveExactlyTheirShareOfTheRandomNumbers) {
    const km::detail::MixedFrequency<double> value(-0.9, 1.7, 0.3125);
    const std::uint64_t first_of_first = std::uint64_t{5} << 49; // 0.3125 · 2^53
    EXPECT_EQ(bits_of(value(0)), bits_of(1.7));
    EXPECT_EQ(bits_of(value(first_of_first - 1)), bits_of(1.7));
    EXPECT_EQ(bits_of(value(first_of_first)), bits_of(-0.9));
    EXPECT_EQ(bits_of(value(most)), bits_of(-0.9));
    for (const std::uint64_t bits : {std::uint64_t{0}, most}) {
        EXPECT_EQ(bits_of(km::detail::MixedFrequency<float>(-0.9, 1.7, 0)(bits)), bits_of(-0.9F));
        EXPECT_EQ(bits_of(km::detail::MixedFrequency<float>(-0.9, 1.7, 1)(bits)), bits_of(1.7F));
        EXPECT_EQ(bits_of(km::detail::MixedFrequency<float>(
                      -0.9, 1.7, 7 * test::hidden(std::numeric_limits<double>::denorm_min()))(bits)),
                  bits_of(-0.9F));
    }
}

// -Ofast turns subnormal numbers into zeros; the fields hold zeros whatever the flags.
TYPED_TEST(RandomValuesOf, HoldNoSubnormalNumbers) {
    using T = TypeParam;
    const bool single = sizeof(T) == 4;
    const std::uint64_t least = bits_of(std::numeric_limits<T>::min());
    const double scale = single ? 0x1p-127 : 0x1p-1021;
    const double scale_below = test::hidden(std::numeric_limits<double>::denorm_min());
    km::Field<T> omega(32, 33);
    int zeros = 0;
    int others = 0;
    const auto count = [&] {
        zeros = others = 0;
        for (std::ptrdiff_t k = 0; k < omega.size(); ++k) {
            const std::uint64_t size = bits_of(omega.data()[k]) << 1 << (single ? 32 : 0) >> 1 >> (single ? 32 : 0);
            zeros += size == 0;
            others += size >= least;
        }
        return zeros + others;
    };
    km::normal_frequencies(omega, 0, scale, seed);
    EXPECT_EQ(count(), omega.size());
    EXPECT_GT(zeros, 300);
    EXPECT_GT(others, 10);
    km::uniform_frequencies(omega, -2 * scale, 4 * scale, seed);
    EXPECT_EQ(count(), omega.size());
    EXPECT_GT(zeros, 100);
    EXPECT_GT(others, 100);
    km::lorentzian_frequencies(omega, 0, scale_below, seed);
    EXPECT_EQ(count(), omega.size());
    EXPECT_EQ(zeros, omega.size());
}

} // namespace
