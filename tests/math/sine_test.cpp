// The sine and cosine of lanes: error against long double, oddness and evenness, special values, independence of lanes.
// tests/math/sine_accuracy.cpp does the same over every float.
#include <kuramoto/math.hpp>

#include "support/sine_levels.hpp"
#include "support/values.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <random>
#include <vector>

namespace {

namespace km = kuramoto;
using test::Function;

/// The largest errors measured over all floats and over samples of doubles (tests/math/sine_accuracy.cpp), in units in
/// the last place and rounded up to two digits; with and without fused multiply-add. docs/numerics.md.
template <class T> double largest_error(km::Isa isa, Function function) {
    const bool fused = isa != km::Isa::baseline;
    if (sizeof(T) == 4) return fused ? 1.8 : test::is_sine(function) ? 2.5 : 2.9;
    return fused ? 2.2 : 2.4;
}

/// |computed − exact| in units in the last place of the exact value. Infinite for a NaN, so that none is overlooked.
template <class T, class Exact> double error_in_ulp(T computed, Exact exact) {
    int exponent = 0;
    std::frexp(exact, &exponent);
    const int lowest = std::numeric_limits<T>::min_exponent;
    const int scale = (exponent < lowest ? lowest : exponent) - std::numeric_limits<T>::digits;
    const double error =
        static_cast<double>(std::fabs(static_cast<Exact>(computed) - exact) / std::ldexp(Exact{1}, scale));
    return error >= 0 ? error : std::numeric_limits<double>::max();
}

double exact_value(Function function, float x) {
    const auto argument = static_cast<double>(x);
    return test::is_sine(function) ? std::sin(argument) : std::cos(argument);
}
long double exact_value(Function function, double x) {
    // By pointers that the compiler cannot see through: under -ffast-math GCC would put the fsin of the x87 in place of
    // the C library's function, and that is far off near multiples of π.
    static long double (*const volatile sine)(long double) = sinl;
    static long double (*const volatile cosine)(long double) = cosl;
    return (test::is_sine(function) ? sine : cosine)(static_cast<long double>(x));
}

/// `reach` neighbours of x on either side, and x.
template <class T> void add_neighbours(std::vector<T>& found, T x, int reach) {
    T below = x;
    T above = x;
    found.push_back(x);
    for (int k = 0; k < reach; ++k) {
        found.push_back(below = std::nextafter(below, T{-1}));
        found.push_back(above = std::nextafter(above, T{2e9}));
    }
}

template <class T> std::vector<T> arguments() {
    std::vector<T> found;
    std::mt19937_64 random(7);
    const auto uniform = [&](double reach) { return (static_cast<double>(random() >> 11) * 0x1p-52 - 1.0) * reach; };
    for (int k = 0; k < 20000; ++k) {
        for (const double reach : {1.6, 6.3, 130.0, 1600.0, 3000.0, 16384.0, 1048576.0})
            found.push_back(static_cast<T>(uniform(reach)));
        const int exponent = static_cast<int>(random() % 140) - 120; // down to the tiniest, up to a million
        found.push_back(static_cast<T>(std::ldexp(uniform(1.0), exponent)));
        // The largest |cos x| errors are where cos x is just below 1 and its unit is half of what it is at 1.
        found.push_back(static_cast<T>(uniform(sizeof(T) == 4 ? 6e-4 : 3e-8)));
    }
    // Around multiples of π/2 the reduction cancels most.
    for (int k = 1; k < 40000; ++k) add_neighbours(found, static_cast<T>(k * 1.57079632679489661923L), 2);
    for (int k = 300; k < 667544; k += 997) add_neighbours(found, static_cast<T>(k * 1.57079632679489661923L), 2);
    // The ends of the ranges of the polynomials, on both sides.
    for (const double end : {1600.0, 16384.0, 1048576.0}) add_neighbours(found, static_cast<T>(end), 1 << 12);
    return found;
}

/// The largest error over x, found for every instruction set, against what its table says.
template <class T> void expect_small_errors(const std::vector<T>& x) {
    using Exact = decltype(exact_value(Function::sine, T{}));
    std::vector<Exact> exact(x.size());
    for (const Function function : test::all_functions) {
        for (std::size_t k = 0; k < x.size(); ++k) exact[k] = exact_value(function, x[k]);
        for (const km::Isa isa : test::supported_isas()) {
            const std::vector<T> y = test::evaluate(isa, function, x);
            double worst = 0;
            T at = 0;
            for (std::size_t k = 0; k < x.size(); ++k) {
                const double error = error_in_ulp(y[k], exact[k]);
                if (error > worst) {
                    worst = error;
                    at = x[k];
                }
            }
            EXPECT_LE(worst, largest_error<T>(isa, function))
                << km::name(isa) << ' ' << test::name(function) << " at " << at;
        }
    }
}

template <class T> class SineOf : public testing::Test {};
using Precisions = testing::Types<float, double>;
TYPED_TEST_SUITE(SineOf, Precisions);

TYPED_TEST(SineOf, IsWithinItsErrorOfTheExactValue) { expect_small_errors(arguments<TypeParam>()); }

TYPED_TEST(SineOf, IsRightForHugeArgumentsToo) {
    using T = TypeParam;
    std::vector<T> x = {std::numeric_limits<T>::max(), -std::numeric_limits<T>::max(), T(1e22), T(0x1p30), T(-1e9)};
    std::mt19937_64 random(8);
    for (int k = 0; k < 20000; ++k)
        x.push_back(std::ldexp(static_cast<T>(1 + static_cast<double>(random() >> 11) * 0x1p-53),
                               static_cast<int>(random() % (std::numeric_limits<T>::max_exponent - 21)) + 20));
    expect_small_errors(x);
}

// One float of 257, whatever its size; their negatives follow from the symmetry.
TEST(SineOfFloat, IsWithinItsErrorForASampleOfAllFloats) {
    constexpr std::uint32_t infinity = 0x7f800000U;
    constexpr std::uint32_t block = 257U << 16;
    for (std::uint32_t first = 0; first < infinity; first += block) {
        std::vector<float> x;
        for (std::uint32_t bits = first; bits < first + block && bits < infinity; bits += 257) {
            float value = 0;
            std::memcpy(&value, &bits, sizeof value);
            x.push_back(value);
        }
        expect_small_errors(x);
    }
}

// Bits, signs of zero, denormals and NaN are not promised under -ffast-math.
#if !defined(__FAST_MATH__)

TYPED_TEST(SineOf, IsOddAndTheCosineEvenToTheBit) {
    using T = TypeParam;
    const std::vector<T> x = arguments<T>();
    std::vector<T> minus(x);
    for (T& value : minus) value = -value;
    for (const km::Isa isa : test::supported_isas())
        for (const Function function : test::all_functions) {
            std::vector<T> mirrored = test::evaluate(isa, function, minus);
            if (test::is_sine(function))
                for (T& value : mirrored) value = -value;
            EXPECT_TRUE(test::all_same_bits(test::evaluate(isa, function, x), mirrored))
                << km::name(isa) << ' ' << test::name(function);
        }
}

TYPED_TEST(SineOf, KeepsTheSignOfZeroAndMakesOneOfIt) {
    using T = TypeParam;
    const std::vector<T> zeros = {T{0}, -T{0}};
    for (const km::Isa isa : test::supported_isas())
        for (const Function function : test::all_functions)
            EXPECT_TRUE(test::all_same_bits(test::evaluate(isa, function, zeros),
                                            test::is_sine(function) ? zeros : std::vector<T>{T{1}, T{1}}))
                << km::name(isa) << ' ' << test::name(function);
}

TYPED_TEST(SineOf, IsNaNForNaNAndInfinity) {
    using T = TypeParam;
    const T infinity = std::numeric_limits<T>::infinity();
    const std::vector<T> x = {std::numeric_limits<T>::quiet_NaN(), infinity, -infinity};
    for (const km::Isa isa : test::supported_isas())
        for (const Function function : test::all_functions)
            for (const T y : test::evaluate(isa, function, x)) EXPECT_TRUE(std::isnan(y)) << km::name(isa);
}

TYPED_TEST(SineOf, IsTheArgumentForTinyOnes) {
    using T = TypeParam;
    const T denormal = std::numeric_limits<T>::denorm_min();
    const std::vector<T> x = {denormal, -denormal, 3 * denormal, std::numeric_limits<T>::min()};
    for (const km::Isa isa : test::supported_isas())
        for (const Function function : {Function::sine, Function::sine_of_both})
            EXPECT_TRUE(test::all_same_bits(test::evaluate(isa, function, x), x))
                << km::name(isa) << ' ' << test::name(function);
}

TYPED_TEST(SineOf, HasACosineOfOneForTinyArguments) {
    using T = TypeParam;
    const T denormal = std::numeric_limits<T>::denorm_min();
    const std::vector<T> x = {denormal, -denormal, std::numeric_limits<T>::min(), T(1e-12), T(-1e-12)};
    for (const km::Isa isa : test::supported_isas())
        for (const Function function : {Function::cosine, Function::cosine_of_both})
            EXPECT_TRUE(test::all_same_bits(test::evaluate(isa, function, x), std::vector<T>(x.size(), T{1})))
                << km::name(isa) << ' ' << test::name(function);
}

// A lane whose argument needs the C library must not change what its neighbours get, nor they what it gets.
TYPED_TEST(SineOf, ALaneDependsOnItsOwnArgumentAlone) {
    using T = TypeParam;
    const std::vector<T> some = {T{1},      T(1e30),  std::numeric_limits<T>::quiet_NaN(),
                                 T{-3},     T(20000), T(0.1),
                                 T(-1e7),   T(125),   std::numeric_limits<T>::max(),
                                 T(1600.5), T(1e-30), T(16385),
                                 T(700),    T(2e6),   T(-0.5),
                                 T(1048577)};
    for (const km::Isa isa : test::supported_isas())
        for (const Function function : test::all_functions) {
            const std::vector<T> together = test::evaluate(isa, function, some);
            for (std::size_t k = 0; k < some.size(); ++k) {
                const std::vector<T> alone = test::evaluate(isa, function, std::vector<T>{some[k]});
                if (std::isnan(alone[0]))
                    EXPECT_TRUE(std::isnan(together[k]));
                else
                    EXPECT_TRUE(test::all_same_bits(alone, std::vector<T>{together[k]}))
                        << km::name(isa) << " " << some[k];
            }
        }
}

// The same numbers, and a NaN wherever one is expected.
template <class T> bool same_lanes(const std::vector<T>& expected, const std::vector<T>& found) {
    return std::equal(expected.begin(), expected.end(), found.begin(), found.end(),
                      [](T a, T b) { return std::isnan(a) ? std::isnan(b) : a == b; });
}

// Two vectors share the test of the range: neither must miss it because of what the other holds in the same lane.
TYPED_TEST(SineOf, ALaneOfTwoVectorsHasTheBitsOfALaneOfOne) {
    using T = TypeParam;
    const std::vector<T> some = {T{1}, T(1e30), std::numeric_limits<T>::quiet_NaN(), T(20000), T(-2e6), T(0.1)};
    constexpr std::size_t most = 64 / sizeof(T);
    for (const km::Isa isa : test::supported_isas())
        for (const Function function : test::all_functions)
            for (std::size_t count = 2; count <= most; count *= 2) // of whichever width, the two come `count` apart
                for (const T first : some)
                    for (const T second : some) {
                        std::vector<T> x(2 * count, T(0.5));
                        x[0] = first;
                        x[count] = second;
                        const std::vector<T> one = test::evaluate(isa, function, x);
                        const std::vector<T> two = test::evaluate<test::Vectors::two>(isa, function, x);
                        EXPECT_TRUE(same_lanes(one, two)) << km::name(isa) << ' ' << first << ' ' << second;
                    }
    const std::vector<T> x = arguments<T>();
    for (const km::Isa isa : test::supported_isas())
        for (const Function function : test::all_functions)
            EXPECT_TRUE(test::all_same_bits(test::evaluate(isa, function, x),
                                            test::evaluate<test::Vectors::two>(isa, function, x)));
}

TYPED_TEST(SineOf, ALaneOfFourVectorsHasTheBitsOfALaneOfOne) {
    using T = TypeParam;
    const std::vector<T> some = {T(1e30), std::numeric_limits<T>::quiet_NaN(), T(20000), T(-2e6)};
    constexpr std::size_t most = 64 / sizeof(T);
    for (const km::Isa isa : test::supported_isas())
        for (const Function function : test::all_functions) {
            for (std::size_t count = 2; count <= most; count *= 2) // of whichever width, the four come `count` apart
                for (std::size_t place = 0; place < 4; ++place)
                    for (const T number : some) {
                        std::vector<T> x(4 * count, T(0.5));
                        x[place * count] = number;
                        const std::vector<T> one = test::evaluate(isa, function, x);
                        const std::vector<T> four = test::evaluate<test::Vectors::four>(isa, function, x);
                        EXPECT_TRUE(same_lanes(one, four)) << km::name(isa) << ' ' << number << " in vector " << place;
                    }
            const std::vector<T> x = arguments<T>();
            EXPECT_TRUE(test::all_same_bits(test::evaluate(isa, function, x),
                                            test::evaluate<test::Vectors::four>(isa, function, x)));
        }
}

TYPED_TEST(SineOf, ANumberHasTheBitsOfALane) {
    using T = TypeParam;
    const std::vector<T> x = arguments<T>();
    const std::vector<T> sines = test::evaluate(km::best_isa(), Function::sine, x);
    const std::vector<T> cosines = test::evaluate(km::best_isa(), Function::cosine, x);
    const std::vector<T> both_sines = test::evaluate(km::best_isa(), Function::sine_of_both, x);
    const std::vector<T> both_cosines = test::evaluate(km::best_isa(), Function::cosine_of_both, x);
    for (std::size_t k = 0; k < x.size(); k += 7) {
        const km::SinCos<T> both = km::sincos(x[k]);
        ASSERT_TRUE(test::all_same_bits(std::vector<T>{km::sin(x[k]), km::cos(x[k]), both.sin, both.cos},
                                        std::vector<T>{sines[k], cosines[k], both_sines[k], both_cosines[k]}))
            << x[k];
    }
}

TYPED_TEST(SineOf, IsTheSameInEveryInstructionSetWithFusedMultiplyAdd) {
    using T = TypeParam;
    if (!km::is_supported(km::Isa::avx512)) GTEST_SKIP() << "no AVX-512 on this processor";
    const std::vector<T> x = arguments<T>();
    for (const Function function : test::all_functions)
        EXPECT_TRUE(test::all_same_bits(test::evaluate(km::Isa::avx2, function, x),
                                        test::evaluate(km::Isa::avx512, function, x)));
}

#endif

} // namespace
