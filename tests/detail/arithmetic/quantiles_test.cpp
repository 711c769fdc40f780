// The quantiles of the normal and the Lorentzian distribution, the logarithm and the arctangent that random fields are
// made of: against multiple precision and long double, to the documented accuracy, and symmetric to the bit.
#include <kuramoto/detail/arithmetic/rounded.hpp>
#include <kuramoto/detail/random/philox.hpp>

#include "support/values.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cfloat>
#include <cmath>
#include <cstdint>
#include <vector>

namespace km = kuramoto;

namespace {

using test::bits_of;

// Probabilities are numbers of 53 bits.
constexpr std::uint64_t half = std::uint64_t{1} << 52;
constexpr std::uint64_t most = (std::uint64_t{1} << 53) - 1;

struct KnownQuantile {
    std::uint64_t bits;
    double normal;
    double lorentzian;
};

// By mpmath, 200 bits: the ends, the middle, both joins of the normal quantile and that of the Lorentzian's.
constexpr KnownQuantile known_quantiles[] = {
    {0U, -8.29236107581359553823, -5734161139222658.6455},
    {1U, -8.16070784085858317554, -1911387046407552.88183},
    {9007199254740991U, 8.29236107581359553823, 5734161139222658.6455},
    {4503599627370496U, 1.39145821233588346112e-16, 1.74393424900431594974e-16},
    {4503599627370495U, -1.39145821233588346112e-16, -1.74393424900431594974e-16},
    {4503599627370499U, 9.74020748635118422782e-16, 1.22075397430302116482e-15},
    {125093U, -6.65790226669496231161, -22919500770.3144393813},
    {125101U, -6.65789286499930889978, -22918035112.3793825234},
    {675539944105573U, -1.43953147093845662121, -4.165299770090422964},
    {675539944105575U, -1.43953147093845505261, -4.16529977009041016371},
    {2251799813685247U, -0.674489750196081917888, -1.00000000000000034879},
    {2251799813685248U, -0.674489750196081568516, -0.999999999999999651213},
    {12345678901234U, -2.99535106069551486554, -232.232092890028923696},
    {6755399441055751U, 0.674489750196084363494, 1.0000000000000052318},
    {9000000000000000U, 3.15617017088441543085, 398.246019479622103507},
    {1000000000U, -5.17986662281407212021, -2867080.56817767277638},
    {1000000U, -6.34526374068573234925, -2867079136.07176128675},
    {9006199254740991U, 3.69251801664824620825, 2867.08045334761157255},
};

TEST(Quantiles, AgreeWithMultiplePrecision) {
    for (const KnownQuantile& known : known_quantiles) {
        const km::detail::Probability p(known.bits);
        EXPECT_NEAR(km::detail::normal_quantile(p).value() / known.normal, 1, 1e-15) << known.bits;
        EXPECT_NEAR(km::detail::lorentzian_quantile(p).value() / known.lorentzian, 1, 7e-16) << known.bits;
    }
}

struct QuantileOfRank {
    std::uint64_t rank;
    std::uint64_t count;
    double normal;
    double lorentzian;
};

// By mpmath, 300 bits, at (rank + ½) / count: the lower end, both sides of the joins, and just below the middle.
constexpr QuantileOfRank quantiles_of_ranks[] = {
    {0U, 2U, -0.674489750196081743, -1.0},
    {0U, 3U, -0.96742156610170104, -1.73205080756887729},
    {0U, 1000U, -3.29052673149189479, -636.619248768719616},
    {76U, 1000U, -1.4290147292651423, -4.08049274944629478},
    {250U, 1000U, -0.672917151331294221, -0.996863331833438031},
    {499U, 1000U, -0.00125331446543255451, -0.00157079761872436672},
    {0U, 1000003U, -4.89163906604546941, -636621.682226374849},
    {76923U, 1000003U, -1.42607553968396221, -4.05714893686602217},
    {142857U, 1000003U, -1.06757084042999552, -2.07652258856611379},
    {500000U, 1000003U, -2.50662075477136111e-6, -3.14158322885044205e-6},
    {0U, 2147483648U, -6.23026013798904316, -1367130551.15286318},
    {1073741823U, 2147483648U, -5.83619874583324534e-10, -7.31459039633579841e-10},
    {1U, 3000000007U, -6.10941020524181823, -636619773.853027478},
    {150000000U, 3000000007U, -1.64485362646667425, -6.31375150825622612},
    {750000001U, 3000000007U, -0.674489750458320499, -1.00000000052359877},
    {1500000002U, 3000000007U, -8.35542756260733736e-10, -1.0471975487531368e-9},
    {0U, 1099511627777U, -7.14355203435231429, -699970842190.902568},
    {549755813887U, 1099511627777U, -2.27976513508903803e-12, -2.85726187356607259e-12},
};

TEST(Quantiles, OfRanksAgreeWithMultiplePrecision) {
    for (const QuantileOfRank& known : quantiles_of_ranks) {
        const km::detail::Probability p(known.rank, known.count);
        EXPECT_NEAR(km::detail::normal_quantile(p).value() / known.normal, 1, 1.3e-15) << known.rank;
        EXPECT_NEAR(km::detail::lorentzian_quantile(p).value() / known.lorentzian, 1, 9e-16) << known.rank;
        const km::detail::Probability mirrored(known.count - 1 - known.rank, known.count);
        EXPECT_TRUE(mirrored.upper() && !p.upper());
        EXPECT_EQ(bits_of(km::detail::normal_quantile(mirrored).value()),
                  bits_of(-km::detail::normal_quantile(p).value()));
        EXPECT_EQ(bits_of(km::detail::lorentzian_quantile(mirrored).value()),
                  bits_of(-km::detail::lorentzian_quantile(p).value()));
    }
}

TEST(Quantiles, OfTheMiddleRankAreZero) {
    for (const std::uint64_t count : {std::uint64_t{1}, std::uint64_t{3}, std::uint64_t{1000003}, most}) {
        const km::detail::Probability p(count / 2, count);
        EXPECT_EQ(p.from_end().value(), 0.5);
        EXPECT_EQ(p.from_middle().value(), 0);
        EXPECT_EQ(km::detail::normal_quantile(p).value(), 0);
        EXPECT_EQ(km::detail::lorentzian_quantile(p).value(), 0);
    }
}

/// 53-bit numbers over all scales of distance from both ends and from the middle, from Philox itself.
std::vector<std::uint64_t> sample_of_bits() {
    std::vector<std::uint64_t> sample;
    for (std::uint32_t k = 0; k < 20000; ++k) {
        const auto random = km::detail::philox({{k, 1, 2, 3}}, {{4, 5}});
        const std::uint64_t any = (std::uint64_t{random.words[0]} << 32 | random.words[1]) >> 11;
        const std::uint64_t small = any >> (1 + random.words[2] % 50);
        sample.insert(sample.end(), {any, small, most - small, half + small / 2, half - 1 - small / 2});
    }
    return sample;
}

TEST(Quantiles, AreSymmetricToTheBit) {
    for (const std::uint64_t bits : sample_of_bits()) {
        const km::detail::Probability p(bits);
        const km::detail::Probability mirrored(most - bits);
        ASSERT_NE(p.upper(), mirrored.upper());
        ASSERT_EQ(bits_of(km::detail::normal_quantile(p).value()),
                  bits_of(-km::detail::normal_quantile(mirrored).value()));
        ASSERT_EQ(bits_of(km::detail::lorentzian_quantile(p).value()),
                  bits_of(-km::detail::lorentzian_quantile(mirrored).value()));
    }
}

TEST(Quantiles, GrowWithTheProbability) {
    std::vector<std::uint64_t> sample = sample_of_bits();
    std::sort(sample.begin(), sample.end());
    double normal = -9;
    double lorentzian = -6e15;
    for (const std::uint64_t bits : sample) {
        const km::detail::Probability p(bits);
        const double next_normal = km::detail::normal_quantile(p).value();
        const double next_lorentzian = km::detail::lorentzian_quantile(p).value();
        ASSERT_GE(next_normal, normal - 1e-15 * std::fabs(normal)) << bits;
        ASSERT_GE(next_lorentzian, lorentzian - 1e-15 * std::fabs(lorentzian)) << bits;
        normal = next_normal;
        lorentzian = next_lorentzian;
    }
}

TEST(Arctangent, IsExactOnTheAxesAndOddElsewhere) {
    const auto angle = [](double y, double x) {
        return km::detail::atan2(km::detail::Rounded(y), km::detail::Rounded(x)).value();
    };
    constexpr double pi = 3.141592653589793;
    EXPECT_EQ(bits_of(angle(0, 0)), bits_of(0.0));
    EXPECT_EQ(bits_of(angle(0, 2)), bits_of(0.0));
    EXPECT_EQ(bits_of(angle(3, 0)), bits_of(pi / 2));
    EXPECT_EQ(bits_of(angle(-3, 0)), bits_of(-pi / 2));
    EXPECT_EQ(bits_of(angle(0, -5)), bits_of(pi));
    EXPECT_EQ(bits_of(angle(7, 7)), bits_of(pi / 4));
    EXPECT_EQ(bits_of(angle(-7, -7)), bits_of(-3 * pi / 4));
    EXPECT_EQ(bits_of(angle(1e-300, 1e300)), bits_of(0.0));
    EXPECT_EQ(bits_of(angle(1e300, 1e-300)), bits_of(pi / 2));
    for (int y = 1; y < 40; ++y)
        for (int x = -40; x < 40; ++x) EXPECT_EQ(bits_of(angle(-y, x)), bits_of(-angle(y, x)));
}

#if LDBL_MANT_DIG >= 64
TEST(Arctangent, IsAsAccurateAsDocumented) {
    long double worst = 0;
    for (std::uint32_t k = 0; k < 200000; ++k) {
        const auto random = km::detail::philox({{k, 7, 8, 9}}, {{1, 2}});
        const double y = (random.words[0] - 0x1p31) * std::ldexp(1.0, static_cast<int>(random.words[2] % 41) - 20);
        const double x = random.words[1] - 0x1p31;
        if (y == 0) continue;
        const long double expected = std::atan2(static_cast<long double>(y), static_cast<long double>(x));
        const double found = km::detail::atan2(km::detail::Rounded(y), km::detail::Rounded(x)).value();
        worst = std::max(worst, std::fabs(static_cast<long double>(found) / expected - 1));
    }
    EXPECT_LT(worst, 6e-16L);
}

/// The relative error of x as the lower quantile of min(p, 1 − p), by one step of Newton's method in long double.
long double normal_error(std::uint64_t bits) {
    const km::detail::Probability p(bits);
    const long double x = std::fabs(static_cast<long double>(km::detail::normal_quantile(p).value()));
    constexpr long double root_half = 0.707106781186547524400844362104849039L;
    constexpr long double density_at_zero = 0.398942280401432677939946059934381868L;
    const long double off = p.from_end().value() < 0.25
                                ? std::erfc(x * root_half) / 2 - static_cast<long double>(p.from_end().value())
                                : static_cast<long double>(p.from_middle().value()) - std::erf(x * root_half) / 2;
    return off / (density_at_zero * std::exp(-x * x / 2)) / x;
}

long double lorentzian_error(std::uint64_t bits) {
    const km::detail::Probability p(bits);
    constexpr long double pi = 3.14159265358979323846264338327950288L;
    const long double end = static_cast<long double>(p.from_end().value());
    const long double middle = static_cast<long double>(p.from_middle().value());
    const long double expected = end < 0.25L ? 1 / std::tan(pi * end) : std::tan(pi * middle);
    return std::fabs(static_cast<long double>(km::detail::lorentzian_quantile(p).value())) / expected - 1;
}

TEST(Quantiles, AreAsAccurateAsDocumented) {
    long double worst_normal = 0;
    long double worst_lorentzian = 0;
    long double worst_log = 0;
    for (const std::uint64_t bits : sample_of_bits()) {
        worst_normal = std::max(worst_normal, std::fabs(normal_error(bits)));
        worst_lorentzian = std::max(worst_lorentzian, std::fabs(lorentzian_error(bits)));
        const km::detail::Rounded end = km::detail::Probability(bits).from_end();
        const long double expected = std::log(static_cast<long double>(end.value()));
        worst_log = std::max(worst_log, std::fabs(static_cast<long double>(log(end).value()) / expected - 1));
    }
    EXPECT_LT(worst_normal, 1e-15L);
    EXPECT_LT(worst_lorentzian, 6e-16L);
    EXPECT_LT(worst_log, 3e-16L);
}
#endif

} // namespace
