// What couplings are written with: select, abs, each_lane, sincos, comparisons, numbers among lanes.
#include <kuramoto/math.hpp>

#include "support/sine_levels.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <type_traits>

namespace {

namespace km = kuramoto;

template <class V> class MathOf : public testing::Test {
  public:
    /// 0.5 − count, 2.5 − count, …: both signs, all distinct.
    static V numbers() {
        using T = typename V::value_type;
        T values[V::count];
        for (int k = 0; k < V::count; ++k) values[k] = static_cast<T>(2 * k - V::count) + T(0.5);
        return V::load(values);
    }
};

template <class T> using Baseline = km::Lanes<T, km::detail::Baseline>;
template <class T> using Avx2 = km::Lanes<T, km::detail::Avx2>;
template <class T> using Avx512 = km::Lanes<T, km::detail::Avx512>;
#if KURAMOTO_X86
using AllLanes =
    testing::Types<Baseline<float>, Baseline<double>, Avx2<float>, Avx2<double>, Avx512<float>, Avx512<double>>;
#else
using AllLanes = testing::Types<Baseline<float>, Baseline<double>>;
#endif
TYPED_TEST_SUITE(MathOf, AllLanes);

template <class V> bool runs_here() {
    if (std::is_same_v<typename V::LevelType, km::detail::Avx512>) return km::is_supported(km::Isa::avx512);
    if (std::is_same_v<typename V::LevelType, km::detail::Avx2>) return km::is_supported(km::Isa::avx2);
    return true;
}

TYPED_TEST(MathOf, ArithmeticWorksLaneByLaneAndWithNumbers) {
    if (!runs_here<TypeParam>()) GTEST_SKIP();
    using V = TypeParam;
    using T = typename V::value_type;
    const V x = this->numbers();
    V y = 2 * x + 1.0 - x / T(4);
    y -= 3;
    y *= x;
    y += 1;
    y /= 2.0F;
    for (int k = 0; k < V::count; ++k)
        EXPECT_NEAR(static_cast<double>(y[k]), static_cast<double>(((x[k] * 2 + 1 - x[k] / 4 - 3) * x[k] + 1) / 2),
                    1e-5 * (1 + static_cast<double>(x[k] * x[k])));
    EXPECT_EQ((-x)[0], -x[0]);
    EXPECT_EQ((+x)[0], x[0]);
}

TYPED_TEST(MathOf, ComparisonsAndSelectChooseLaneByLane) {
    if (!runs_here<TypeParam>()) GTEST_SKIP();
    using V = TypeParam;
    const V x = this->numbers();
    const V chosen = km::select((x > 0) & !(x >= 4.5), x, -1);
    const V others = km::select((x < -2) | (x == 0.5) | (x <= -2), 7, x);
    const V unequal = km::select(x != 0.5, 1, 0);
    for (int k = 0; k < V::count; ++k) {
        const auto number = static_cast<double>(x[k]);
        const bool is_half = number == 0.5;
        EXPECT_EQ(static_cast<double>(chosen[k]), number > 0 && number < 4.5 ? number : -1.0);
        EXPECT_EQ(static_cast<double>(others[k]), number <= -2 || is_half ? 7.0 : number);
        EXPECT_EQ(static_cast<double>(unequal[k]), is_half ? 0.0 : 1.0);
    }
}

TYPED_TEST(MathOf, AbsEachLaneAndSincosAgreeWithNumbers) {
    if (!runs_here<TypeParam>()) GTEST_SKIP();
    using V = TypeParam;
    using T = typename V::value_type;
    const V x = this->numbers();
    const V size = km::abs(x);
    const V hyperbolic = km::each_lane(x, [](T value) { return std::tanh(value); });
    const km::SinCos<V> both = km::sincos(x);
    for (int k = 0; k < V::count; ++k) {
        EXPECT_EQ(size[k], std::fabs(x[k]));
#if defined(__FAST_MATH__) // the compiler may put a tanh of its own vectors in place of the library's
        EXPECT_NEAR(hyperbolic[k], std::tanh(x[k]), 8 * std::numeric_limits<T>::epsilon());
#else
        EXPECT_EQ(hyperbolic[k], std::tanh(x[k]));
#endif
        EXPECT_NEAR(both.sin[k], std::sin(x[k]), 2 * std::numeric_limits<T>::epsilon());
        EXPECT_NEAR(both.cos[k], std::cos(x[k]), 2 * std::numeric_limits<T>::epsilon());
    }
}

TEST(Math, NumbersHaveTheSameFunctions) {
    EXPECT_EQ(km::select(true, 1.0F, 2.0F), 1.0F);
    EXPECT_EQ(km::select(false, 1.0, 2.0), 2.0);
    EXPECT_EQ(km::abs(-1.5F), 1.5F);
    EXPECT_EQ(km::abs(1.5), 1.5);
    EXPECT_FALSE(std::signbit(km::abs(-0.0)));
    EXPECT_EQ(km::each_lane(4.0, [](double value) { return std::sqrt(value); }), 2.0);
    const km::SinCos<double> both = km::sincos(0.75);
    EXPECT_NEAR(both.sin, std::sin(0.75), 2e-16);
    EXPECT_NEAR(both.cos, std::cos(0.75), 2e-16);
}

} // namespace
