// The factors of a step with inertia: of one cell, or of a vector of cells with the same bits.
#pragma once

#include <kuramoto/detail/arithmetic/rounded.hpp>
#include <kuramoto/detail/simd/dispatch.hpp>

#include <cstddef>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// The factors of some cells, in double: `Number` is Rounded or a vector of doubles. Each product, sum and quotient is
/// rounded on its own in both.
template <class Number> struct StepFactors {
    Number kick;     ///< dt / 2m
    Number decay;    ///< c − 1, where c = e^(−γ dt/m)
    Number variance; ///< T (1 − c²) / m: that of the noise
};

[[nodiscard]] inline Rounded at_most(double most, Rounded x) noexcept { return x.value() > most ? Rounded(most) : x; }
template <class V> KURAMOTO_ALWAYS_INLINE V at_most(double most, const V& x) noexcept {
    return blend(x > V(most), V(most), x);
}

/// e^−x − 1 for x ≥ 0. Relative error below 2e-15.
///
/// Taylor's series of e^−y − 1, y = x / 128 ≤ ½, cut off below 2^-57 of the sum. Then seven times e^−2y − 1 = (e^−y −
/// 1) (e^−y + 1), which reduces the relative error of the first factor. Beyond x = 64 it is −1.
template <class Number> KURAMOTO_ALWAYS_INLINE Number decay_after(const Number& x) noexcept {
    constexpr double series[] = {-1.0,
                                 1.0 / 2,
                                 -1.0 / 6,
                                 1.0 / 24,
                                 -1.0 / 120,
                                 1.0 / 720,
                                 -1.0 / 5040,
                                 1.0 / 40320,
                                 -1.0 / 362880,
                                 1.0 / 3628800,
                                 -1.0 / 39916800,
                                 1.0 / 479001600,
                                 -1.0 / 6227020800.0,
                                 1.0 / 87178291200.0,
                                 -1.0 / 1307674368000.0};
    constexpr std::size_t terms = sizeof series / sizeof *series;
    const Number y = at_most(64, x) * Number(1.0 / 128);
    Number sum = Number(series[terms - 1]);
    for (std::size_t k = terms - 1; k-- > 0;) sum = sum * y + Number(series[k]);
    Number value = y * sum;
    for (int k = 0; k < 7; ++k) value = value * (value + Number(2));
    return value;
}

/// The factors for a positive mass and a damping that is not negative.
template <class Number>
KURAMOTO_ALWAYS_INLINE StepFactors<Number> step_factors(double dt, double temperature, const Number& mass,
                                                        const Number& damping) noexcept {
    const Number per_mass = Number(dt) / mass;
    const Number decay = decay_after(damping * per_mass);
    // 1 − c² = −decay · (2 + decay): nothing cancels where the damping is weak.
    const Number variance = Number(temperature) * (-decay * (decay + Number(2))) / mass;
    return {per_mass * Number(0.5), decay, variance};
}

/// The factors of consecutive cells, as the cell kernel computes them. They are NaN for a mass that is not positive, a
/// negative damping, and numbers that are not finite.
struct StepFactorsOfCells {
    double dt = 0;
    double temperature = 0;
    const double* mass = nullptr;
    const double* damping = nullptr;
    double* kick = nullptr;
    double* decay = nullptr;
    double* amplitude = nullptr; ///< the root of the variance

    template <class Cells> KURAMOTO_ALWAYS_INLINE void operator()(const Cells& at) const noexcept {
        using V = typename Cells::Vector;
        const V m = at.load(mass);
        const V g = at.load(damping);
        const V most(0x1.fffffffffffffp+1023);
        const auto is_valid = (m > V(0)) & (m <= most) & (g >= V(0)) & (g <= most);
        const StepFactors<V> factors =
            step_factors<V>(dt, temperature, blend(is_valid, m, V(1)), blend(is_valid, g, V(0)));
        const V nan(__builtin_nan(""));
        at.store(kick, blend(is_valid, factors.kick, nan));
        at.store(decay, blend(is_valid, factors.decay, nan));
        at.store(amplitude, blend(is_valid, root(factors.variance), nan));
    }
};

} // namespace detail
KURAMOTO_END_NAMESPACE
