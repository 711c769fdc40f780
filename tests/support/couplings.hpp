// A coupling of a user's own, and every coupling as a function of long double for the oracle.
#pragma once

#include <kuramoto/model/coupling.hpp>

#include <cmath>
#include <cstddef>
#include <vector>

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

/// What the oracle and its tolerance know of a coupling: f(d) = Σ bₖ sin(kd − α), or d; the largest |f| for |d| ≤
/// reach, and the largest slope.
struct ExactCoupling {
    std::vector<long double> amplitudes = {1};
    long double lag = 0;
    bool is_linear = false;

    explicit ExactCoupling(const km::Sine&) {}
    explicit ExactCoupling(const km::Linear&) : is_linear(true) {}
    explicit ExactCoupling(const Skewed& skewed)
        : amplitudes{std::hypot(1.0L, static_cast<long double>(skewed.lag))},
          lag(-std::atan(static_cast<long double>(skewed.lag))) {}
    explicit ExactCoupling(const km::SakaguchiSine& coupling) : lag(static_cast<long double>(coupling.lag)) {}
    template <std::size_t n>
    explicit ExactCoupling(const km::Harmonics<n>& coupling) : amplitudes(coupling.a, coupling.a + n) {}

    [[nodiscard]] long double operator()(long double d) const {
        if (is_linear) return d;
        long double sum = 0;
        for (std::size_t k = 0; k < amplitudes.size(); ++k)
            sum += amplitudes[k] * std::sin(static_cast<long double>(k + 1) * d - lag);
        return sum;
    }
    [[nodiscard]] long double largest(long double reach) const {
        if (is_linear) return reach;
        long double sum = 0;
        for (const long double amplitude : amplitudes) sum += std::fabs(amplitude);
        return sum;
    }
    /// Of f and of its terms: the error of a term moves with k, too.
    [[nodiscard]] long double slope() const {
        if (is_linear) return 1;
        long double sum = 0;
        for (std::size_t k = 0; k < amplitudes.size(); ++k)
            sum += static_cast<long double>(k + 1) * std::fabs(amplitudes[k]);
        return sum;
    }
};

/// Couplings with parameters that a test of types can make.
struct Lagging : km::SakaguchiSine {
    Lagging() : km::SakaguchiSine{.lag = 0.4} {}
};
struct ThreeHarmonics : km::Harmonics<3> {
    ThreeHarmonics() : km::Harmonics<3>{{1.0, -0.5, 0.25}} {}
};

} // namespace test
