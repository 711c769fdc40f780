// The functions that a coupling is written with, for numbers and for lanes: sin, cos, sincos, select, abs, each_lane.
#pragma once

#include <kuramoto/detail/arithmetic/environment.hpp>
#include <kuramoto/detail/arithmetic/sealed.hpp>
#include <kuramoto/detail/simd/sine.hpp>
#include <kuramoto/execution/isa.hpp>
#include <kuramoto/grid/grid.hpp>

KURAMOTO_BEGIN_NAMESPACE

/// sin x of every lane, x in rad.
///
/// Valid for every finite argument. Beyond 16384 rad (float; 1600 rad without fused multiply-add) or 2^20 rad (double)
/// a lane takes the C library's value, which is much slower. Exactly odd, sin(±0) = ±0; NaN for NaN and for ±inf. The
/// bits of a lane depend only on its own argument.
///
/// Requires: the default floating-point environment (round to nearest, no FTZ, no DAZ). Within a coupling the
/// algorithms provide it.
/// Cost: no allocation; one branch, for the test of the range.
/// Accuracy: docs/numerics.md has the largest error.
template <class T, class Level> KURAMOTO_ALWAYS_INLINE Lanes<T, Level> sin(const Lanes<T, Level>& x) {
    return detail::sine(x);
}

/// cos x of every lane, x in rad; range, accuracy and special values as for sin. Exactly even, cos 0 = 1.
template <class T, class Level> KURAMOTO_ALWAYS_INLINE Lanes<T, Level> cos(const Lanes<T, Level>& x) {
    return detail::cosine(x);
}

/// The sine and the cosine of one argument.
template <class V> struct SinCos {
    V sin; ///< sin x
    V cos; ///< cos x
};

namespace detail {

template <class T> KURAMOTO_ALWAYS_INLINE SinCos<T> sealed(const SinCos<T>& both) noexcept {
    return {sealed(both.sin), sealed(both.cos)};
}

/// Computes function(x) in the default floating-point environment. `sealed` keeps the arithmetic within it.
template <class T, class Function>
KURAMOTO_ALWAYS_INLINE auto in_default_environment(T x, const Function& function) noexcept {
    const DefaultEnvironment environment;
    return sealed(function(sealed(x)));
}

#if KURAMOTO_X86
template <class T> KURAMOTO_TARGET_AVX2 inline T fused_sine(T x) noexcept { return sine(Lanes<T, Avx2>(x))[0]; }
template <class T> KURAMOTO_TARGET_AVX2 inline T fused_cosine(T x) noexcept { return cosine(Lanes<T, Avx2>(x))[0]; }
#endif

} // namespace detail

/// sin x of one number, x in rad; bit-identical to a lane of the best instruction set of this processor.
///
/// The result does not depend on the floating-point environment of the caller, and the environment does not change.
template <Real T> [[nodiscard]] inline T sin(T x) noexcept {
    return detail::in_default_environment(x, [](T number) {
#if KURAMOTO_X86
        if (best_isa() != Isa::baseline) return detail::fused_sine(number);
#endif
        return detail::sine(Lanes<T, detail::Baseline>(number))[0];
    });
}

/// cos x of one number; bits and environment as for sin.
template <Real T> [[nodiscard]] inline T cos(T x) noexcept {
    return detail::in_default_environment(x, [](T number) {
#if KURAMOTO_X86
        if (best_isa() != Isa::baseline) return detail::fused_cosine(number);
#endif
        return detail::cosine(Lanes<T, detail::Baseline>(number))[0];
    });
}

/// sin x and cos x of every lane; range, special values and symmetries as for sin and cos.
///
/// The last digit can differ from that of sin(x) and cos(x).
///
/// Cost: that of 1.5 sines.
/// Accuracy: docs/numerics.md has the largest error.
template <class T, class Level> KURAMOTO_ALWAYS_INLINE SinCos<Lanes<T, Level>>(sincos)(const Lanes<T, Level>& x) {
    SinCos<Lanes<T, Level>> both;
    detail::sine_and_cosine(x, both.sin, both.cos);
    return both;
}

namespace detail {

template <class V> KURAMOTO_ALWAYS_INLINE SinCos<typename V::value_type> first_sincos(typename V::value_type x) {
    const SinCos<V> both = (kuramoto::sincos)(V(x));
    return {both.sin[0], both.cos[0]};
}
#if KURAMOTO_X86
template <class T> KURAMOTO_TARGET_AVX2 inline SinCos<T> fused_sincos(T x) noexcept {
    return first_sincos<Lanes<T, Avx2>>(x);
}
#endif

} // namespace detail

/// sin x and cos x of one number; bits and environment as for sin.
template <Real T> [[nodiscard]] inline SinCos<T>(sincos)(T x) noexcept {
    return detail::in_default_environment(x, [](T number) {
#if KURAMOTO_X86
        if (best_isa() != Isa::baseline) return detail::fused_sincos(number);
#endif
        return detail::first_sincos<Lanes<T, detail::Baseline>>(number);
    });
}

/// condition ? a : b of every lane. Both sides are computed.
template <class T, class Level>
KURAMOTO_ALWAYS_INLINE Lanes<T, Level> select(const LaneMask<T, Level>& condition,
                                              const std::type_identity_t<Lanes<T, Level>>& a,
                                              const std::type_identity_t<Lanes<T, Level>>& b) {
    return detail::blend(condition, a, b);
}

/// condition ? a : b, for a coupling that is called with one number.
template <Real T> [[nodiscard]] constexpr T select(bool condition, T a, std::type_identity_t<T> b) noexcept {
    return condition ? a : b;
}

/// |x| of every lane.
template <class T, class Level> KURAMOTO_ALWAYS_INLINE Lanes<T, Level> abs(const Lanes<T, Level>& x) {
    return detail::magnitude_of(x);
}

/// |x| of one number.
template <Real T> [[nodiscard]] constexpr T abs(T x) noexcept {
    if constexpr (sizeof(T) == sizeof(float))
        return __builtin_fabsf(x);
    else
        return __builtin_fabs(x);
}

/// f(x) of every lane, for functions of one number, such as std::tanh. Not vectorised.
template <class T, class Level, class Function>
KURAMOTO_ALWAYS_INLINE Lanes<T, Level> each_lane(const Lanes<T, Level>& x, const Function& f) {
    T values[Lanes<T, Level>::count];
    x.store(values);
    for (T& value : values) value = static_cast<T>(f(value));
    return Lanes<T, Level>::load(values);
}

/// f(x), for a coupling that is called with one number.
template <Real T, class Function> [[nodiscard]] constexpr T each_lane(T x, const Function& f) {
    return static_cast<T>(f(x));
}

KURAMOTO_END_NAMESPACE
