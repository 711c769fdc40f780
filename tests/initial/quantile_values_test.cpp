// The frequencies of quiet starts: each quantile once, against multiple precision; symmetric; within their bounds; and
// what is refused.
#include <kuramoto/grid/field.hpp>
#include <kuramoto/initial/quantiles.hpp>

#include "support/expect_error.hpp"
#include "support/hidden.hpp"
#include "support/values.hpp"

#include <gtest/gtest.h>

#include <algorithm>
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

using test::bits_of;

constexpr std::uint64_t seed = 0x0123456789abcdefU;

template <class T> class QuantileValuesOf : public ::testing::Test {};
using CellTypes = ::testing::Types<float, double>;
TYPED_TEST_SUITE(QuantileValuesOf, CellTypes);

/// The cells of a field, sorted, after `fill`.
template <class T, class Fill> std::vector<T> sorted(std::ptrdiff_t rows, std::ptrdiff_t cols, const Fill& fill) {
    km::Field<T> omega(rows, cols);
    omega.fill(T(-77));
    fill(omega);
    std::vector<T> values = test::values_of(omega.view());
    std::sort(values.begin(), values.end());
    return values;
}

const auto standard_normal = [](auto& omega) { km::normal_quantiles(omega, 0, 1, seed); };
const auto standard_lorentzian = [](auto& omega) { km::lorentzian_quantiles(omega, 0, 1, seed); };

template <class T> void expect_near(const std::vector<T>& found, const std::vector<double>& expected, double error) {
    ASSERT_EQ(found.size(), expected.size());
    for (std::size_t k = 0; k < found.size(); ++k)
        EXPECT_NEAR(static_cast<double>(found[k]), expected[k], error * std::fabs(expected[k])) << k;
}

// By mpmath, 300 bits.
TYPED_TEST(QuantileValuesOf, AgreeWithMultiplePrecision) {
    using T = TypeParam;
    const double error = sizeof(T) == 4 ? 6e-8 : 1.3e-15;
    const std::vector<double> normal_of_7{-1.4652337926855226,  -0.791638607743374582, -0.366106356800569637, 0,
                                          0.366106356800569637, 0.791638607743374582,  1.4652337926855226};
    const std::vector<double> normal_of_10{
        -1.64485362695147271, -1.03643338949378958, -0.674489750196081743, -0.385320466407567624, -0.125661346855074034,
        0.125661346855074034, 0.385320466407567624, 0.674489750196081743,  1.03643338949378958,   1.64485362695147271};
    const std::vector<double> lorentzian_of_7{-4.38128626753482307, -1.25396033766270384, -0.481574618807528644, 0,
                                              0.481574618807528644, 1.25396033766270384,  4.38128626753482307};
    const std::vector<double> lorentzian_of_10{
        -6.3137515146750431,  -1.96261050550515058, -1, -0.509525449494428811, -0.158384440324536294,
        0.158384440324536294, 0.509525449494428811, 1,  1.96261050550515058,   6.3137515146750431};
    expect_near(sorted<T>(1, 7, standard_normal), normal_of_7, error);
    expect_near(sorted<T>(5, 2, standard_normal), normal_of_10, error);
    expect_near(sorted<T>(7, 1, standard_lorentzian), lorentzian_of_7, error);
    expect_near(sorted<T>(2, 5, standard_lorentzian), lorentzian_of_10, error);
    const auto uniform = sorted<T>(1, 5, [](auto& omega) { km::uniform_quantiles(omega, -1.3, 2.1, seed); });
    expect_near(uniform, {-0.96, -0.28, 0.4, 1.08, 1.76}, error);
    const auto eighths = sorted<T>(2, 2, [](auto& omega) { km::uniform_quantiles(omega, 0, 1, seed); });
    EXPECT_EQ(eighths, (std::vector<T>{T(0.125), T(0.375), T(0.625), T(0.875)})); // exact in binary
}

TYPED_TEST(QuantileValuesOf, HaveTheirCentreAndScale) {
    using T = TypeParam;
    const double error = sizeof(T) == 4 ? 1e-7 : 2e-15;
    const auto normal = sorted<T>(1, 7, [](auto& omega) { km::normal_quantiles(omega, 10, 0.5, seed); });
    expect_near(normal,
                {9.2673831036572387, 9.6041806961283127, 9.8169468215997152, 10, 10.1830531784002848,
                 10.3958193038716873, 10.7326168963427613},
                error);
    const auto lorentzian = sorted<T>(1, 5, [](auto& omega) { km::lorentzian_quantiles(omega, -3, 2, seed); });
    expect_near(lorentzian, {-9.1553670743505068, -4.45308505601072177, -3, -1.54691494398927823, 3.1553670743505068},
                error);
}

TYPED_TEST(QuantileValuesOf, AreTheMedianInASingleCell) {
    using T = TypeParam;
    EXPECT_EQ(sorted<T>(1, 1, [](auto& omega) { km::uniform_quantiles(omega, 1, 4, seed); }), std::vector<T>{T(2.5)});
    EXPECT_EQ(sorted<T>(1, 1, [](auto& omega) { km::normal_quantiles(omega, 3, 2, seed); }), std::vector<T>{T(3)});
    EXPECT_EQ(sorted<T>(1, 1, [](auto& omega) { km::lorentzian_quantiles(omega, 3, 2, seed); }), std::vector<T>{T(3)});
    EXPECT_EQ(bits_of(sorted<T>(1, 1, standard_normal)[0]), bits_of(T(0))); // not −0
    EXPECT_EQ(bits_of(sorted<T>(1, 1, standard_lorentzian)[0]), bits_of(T(0)));
}

// The distribution function of the field differs from the given one by 1 / (2N) at every cell, by less elsewhere.
TEST(QuantileValues, HaveTheDistributionFunctionToHalfACell) {
    const struct {
        double (*probability)(double);
        void (*fill)(km::Field<double>&);
    } kinds[] = {
        {[](double x) { return (x + 1.3) / 3.4; }, [](auto& f) { km::uniform_quantiles(f, -1.3, 2.1, seed); }},
        {[](double x) { return 0.5 * std::erfc(-(x - 0.7) / 1.9 * 0.7071067811865476); },
         [](auto& f) { km::normal_quantiles(f, 0.7, 1.9, seed); }},
        {[](double x) { return 0.5 + std::atan((x + 0.4) / 0.6) / 3.141592653589793; },
         [](auto& f) { km::lorentzian_quantiles(f, -0.4, 0.6, seed); }},
    };
    for (const auto& kind : kinds)
        for (const auto& [rows, cols] : {std::pair{1, 2}, {3, 1}, {41, 67}, {128, 96}}) {
            const auto values = sorted<double>(rows, cols, kind.fill);
            const double count = static_cast<double>(values.size());
            for (std::size_t k = 0; k < values.size(); ++k)
                ASSERT_NEAR(kind.probability(values[k]), (static_cast<double>(k) + 0.5) / count, 1e-15);
        }
}

TYPED_TEST(QuantileValuesOf, AreExactNegativesOfEachOtherAboutZero) {
    using T = TypeParam;
    const auto expect_pairs = [](const std::vector<T>& values) {
        double sum = 0;
        for (std::size_t k = 0; k < values.size(); ++k) {
            ASSERT_EQ(values[k], -values[values.size() - 1 - k]);
            sum += static_cast<double>(values[k] + values[values.size() - 1 - k]);
        }
        EXPECT_EQ(sum, 0);
    };
    for (const auto& [rows, cols] : {std::pair{31, 37}, {24, 54}}) {
        expect_pairs(sorted<T>(rows, cols, standard_normal));
        expect_pairs(sorted<T>(rows, cols, standard_lorentzian));
        expect_pairs(sorted<T>(rows, cols, [](auto& omega) { km::uniform_quantiles(omega, -0.7, 0.7, seed); }));
    }
}

TEST(QuantileValues, HaveTheirCentreAsMean) {
    const auto expect_mean = [](double centre, const auto& fill) {
        const auto values = sorted<double>(31, 37, fill);
        double sum = 0;
        for (std::size_t k = 0; k < values.size(); ++k)
            sum += (values[k] - centre) + (values[values.size() - 1 - k] - centre);
        EXPECT_NEAR(sum / static_cast<double>(2 * values.size()), 0, 2e-16);
    };
    expect_mean(0.7, [](auto& f) { km::normal_quantiles(f, 0.7, 1.9, seed); });
    expect_mean(0.4, [](auto& f) { km::uniform_quantiles(f, -1.3, 2.1, seed); });
    expect_mean(-0.4, [](auto& f) { km::lorentzian_quantiles(f, -0.4, 0.6, seed); });
}

TYPED_TEST(QuantileValuesOf, AreDifferentFromEachOther) {
    using T = TypeParam;
    const auto expect_growing = [](const std::vector<T>& values) {
        for (std::size_t k = 1; k < values.size(); ++k) ASSERT_LT(values[k - 1], values[k]) << k;
    };
    expect_growing(sorted<T>(64, 64, standard_normal));
    expect_growing(sorted<T>(64, 64, standard_lorentzian));
    expect_growing(sorted<T>(64, 64, [](auto& omega) { km::uniform_quantiles(omega, 1, 2, seed); }));
}

TEST(UniformQuantiles, StayWithinTheirBounds) {
    const double bounds[][2] = {{-1, 1},          {0, 1},       {-3, -2.9},       {1e300, 1.5e300}, {-8e307, 8e307},
                                {0.1, 0.1000001}, {-1e-3, 1e5}, {1, 1 + 0x1p-52}, {1 - 0x1p-53, 1}};
    for (const auto& bound : bounds) {
        const double low = bound[0];
        const double high = bound[1];
        const auto values = sorted<double>(23, 29, [=](auto& omega) { km::uniform_quantiles(omega, low, high, seed); });
        EXPECT_GE(values.front(), low);
        EXPECT_LE(values.back(), high);
        EXPECT_NEAR(values[23 * 29 / 2], low / 2 + high / 2, 1e-15 * (std::fabs(low) + std::fabs(high)));
    }
}

TYPED_TEST(QuantileValuesOf, AreConstantWhereTheScaleIsZero) {
    using T = TypeParam;
    const auto expect_constant = [](double value, const auto& fill) {
        for (const T found : sorted<T>(4, 5, fill)) EXPECT_EQ(bits_of(found), bits_of(static_cast<T>(value)));
    };
    const double subnormal = test::hidden(std::numeric_limits<double>::denorm_min());
    for (const double value : {0.1, 0.0, -3.7e20}) {
        expect_constant(value, [=](auto& omega) { km::uniform_quantiles(omega, value, value, seed); });
        expect_constant(value, [=](auto& omega) { km::normal_quantiles(omega, value, 0, seed); });
        expect_constant(value, [=](auto& omega) { km::lorentzian_quantiles(omega, value, 0, seed); });
        expect_constant(value, [=](auto& omega) { km::lorentzian_quantiles(omega, value, subnormal, seed); });
    }
}

// --- What is refused ------------------------------------------------------------------------------------------------

/// Calls `fill` on a field and expects std::invalid_argument with these words in it, and no cell written.
template <class T, class Fill> void expect_refusal(const Fill& fill, std::initializer_list<std::string> words) {
    km::Field<T> field(3, 4);
    field.fill(T(-7));
    EXPECT_TRUE(test::throws<std::invalid_argument>(words, [&] { fill(field); }));
    for (std::ptrdiff_t k = 0; k < field.size(); ++k) EXPECT_EQ(field.data()[k], T(-7));
}

TYPED_TEST(QuantileValuesOf, RefuseParametersThatAreNotFinite) {
    using T = TypeParam;
    for (const char* const text : {"nan", "inf", "-inf"}) {
        const double x = test::number<double>(text);
        expect_refusal<T>([x](auto& f) { km::uniform_quantiles(f, x, 1, seed); }, {"low must be finite", text});
        expect_refusal<T>([x](auto& f) { km::uniform_quantiles(f, 0, x, seed); }, {"high must be finite", text});
        expect_refusal<T>([x](auto& f) { km::normal_quantiles(f, x, 1, seed); }, {"mean must be finite", text});
        expect_refusal<T>([x](auto& f) { km::normal_quantiles(f, 0, x, seed); }, {"deviation must be finite", text});
        expect_refusal<T>([x](auto& f) { km::lorentzian_quantiles(f, x, 1, seed); }, {"centre must be finite", text});
        expect_refusal<T>([x](auto& f) { km::lorentzian_quantiles(f, 0, x, seed); },
                          {"half_width must be finite", text});
    }
}

TYPED_TEST(QuantileValuesOf, RefuseParametersThatAreOutOfOrder) {
    using T = TypeParam;
    expect_refusal<T>([](auto& f) { km::uniform_quantiles(f, 2.5, 1.5, seed); },
                      {"low must not be above high, but low = 2.5 and high = 1.5"});
    expect_refusal<T>([](auto& f) { km::normal_quantiles(f, 0, -0.25, seed); },
                      {"deviation must not be negative, but is -0.25"});
    expect_refusal<T>([](auto& f) { km::lorentzian_quantiles(f, 0, -0.25, seed); },
                      {"half_width must not be negative, but is -0.25"});
}

TEST(QuantileValues, RefuseParametersThatTheCellsCannotHold) {
    expect_refusal<float>([](auto& f) { km::uniform_quantiles(f, -1e39, 0, seed); }, {"low", "-1e+39"});
    expect_refusal<float>([](auto& f) { km::normal_quantiles(f, 1, 1e38, seed); }, {"deviation = 1e+38", "mean = 1"});
    expect_refusal<float>([](auto& f) { km::lorentzian_quantiles(f, 1, 1e23, seed); },
                          {"half_width = 1e+23", "centre = 1"});
    expect_refusal<double>([](auto& f) { km::uniform_quantiles(f, -1e308, 1e308, seed); },
                           {"high - low must be finite, but low = -1e+308 and high = 1e+308"});
}

TYPED_TEST(QuantileValuesOf, RefuseViewsThatCannotBeFilled) {
    using T = TypeParam;
    T cells[4] = {T(-7), T(-7), T(-7), T(-7)};
    const km::Grid<T> overlapping(cells, 2, 2, 1, 1);
    const km::Grid<T> endless(cells, (std::ptrdiff_t{1} << 53) / 3 + 1, 3); // never touched: refused first
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("omega overlaps itself", "row_stride = 1"),
                 km::uniform_quantiles(overlapping, 0, 1, seed));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("omega must have at most 2^53 cells, but is 3002399751580331 x 3"),
                 km::normal_quantiles(endless, 0, 1, seed));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("omega must have at most 2^53 cells"),
                 km::lorentzian_quantiles(endless, 0, 1, seed));
    for (const T cell : cells) EXPECT_EQ(cell, T(-7));
}

} // namespace
