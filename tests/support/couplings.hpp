// A coupling of a user's own, and every coupling as a function of long double for the oracle.
#pragma once

#include <kuramoto/coupling.hpp>

#include <cmath>

namespace test {

namespace km = kuramoto;

/// f(d) = sin d + lag · cos d: not odd, and with a parameter that is known at run time only.
///
/// Where bits are compared across compilers `lag` is a power of two: the product is then exact, so that it does not
/// matter whether a compiler contracts it and the sum.
struct Skewed {
    static constexpr bool odd = false;
    float lag = 0.25F;
    template <class V> V operator()(const V& d) const { return km::sin(d) + V(lag) * km::cos(d); }
};

/// What the oracle and its tolerance know of a coupling: f, the largest |f| for |d| ≤ reach, and the largest slope.
struct ExactCoupling {
    long double lag = 0;
    bool is_linear = false;

    explicit ExactCoupling(const km::Sine&) {}
    explicit ExactCoupling(const km::Linear&) : is_linear(true) {}
    explicit ExactCoupling(const Skewed& skewed) : lag(static_cast<long double>(skewed.lag)) {}

    [[nodiscard]] long double operator()(long double d) const {
        if (is_linear) return d;
        return lag == 0 ? std::sin(d) : std::sin(d) + lag * std::cos(d);
    }
    [[nodiscard]] long double largest(long double reach) const { return is_linear ? reach : 1 + std::fabs(lag); }
    [[nodiscard]] long double slope() const { return 1 + std::fabs(lag); }
};

} // namespace test
