// The sine and cosine of lanes: one text for every precision and instruction set.
//
// Method: k = round(x / π), r = x − kπ by Cody & Waite's splitting of π (exact until the last two parts), then
// sin x = (−1)^k sin r with an odd minimax polynomial on |r| ≤ π/2. Rounding to an integer is adding and subtracting
// 1.5 · 2^(digits − 1); the low bit of that sum is the parity of k. Beyond the range in which kπ is exact enough a
// lane, and only that lane, takes the C library's value, so that every finite argument is right and the result of a
// lane depends on its own argument alone. For both at once k = round(2x / π), |r| ≤ π/4, an odd polynomial for sin r
// and an even one for cos r: k says which of them is the sine, and the signs. Largest errors, and how they were
// measured: docs/numerics.md.
#pragma once

#include <kuramoto/detail/simd/twice.hpp>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// Constants of the sine. The coefficients minimise the relative error of r + r³ p(r²) on |r| ≤ π/2 (Remez's algorithm,
/// rounded one after the other, the rest refitted); those of fused floats were then moved by a search to where the
/// largest error of the result, roundings included, is smallest. π is a sum of parts; where products round on their
/// own, each part but the last has few enough digits for k times it (for the cosine, 2k times its half) to be exact.
/// Every part is positive: sin(−0) = −0 rests on it. `near_sine` and `near_cosine` are the same for |r| ≤ π/4, where
/// cos r = 1 + r² (−1/2 + r² q(r²)); theirs are of Remez's algorithm alone, one set for both classes. `even_cosine` has
/// the smallest absolute error of cos r on |r| ≤ π/2.
template <class T, bool Fused> struct SineConstants;

template <bool Fused> struct SineConstants<float, Fused> {
    static constexpr float one_over_pi = 0x1.45f306p-2F;
    static constexpr float round_to_integer = 0x1.8p23F;
    static constexpr int sign_shift = 31;
    static constexpr float range = Fused ? 16384.0F : 1600.0F;
    static constexpr int pi_parts = Fused ? 3 : 4;
    static constexpr float pi[4] = {Fused ? 0x1.921fb4p1F : 0x1.9218p1F, Fused ? 0x1.4442dp-23F : 0x1.ed5p-13F,
                                    Fused ? 0x1.84698ap-47F : 0x1.10ap-29F, 0x1.4611a6p-41F};
    // Two sets, because the search ends in coefficients that without fused arithmetic make cos 0 less than 1.
    static constexpr float polynomial[] = {
        Fused ? -0x1.55555p-3F : -0x1.55554cp-3F, Fused ? 0x1.110edep-7F : 0x1.110edap-7F,
        Fused ? -0x1.9f65bap-13F : -0x1.9f70e2p-13F, Fused ? 0x1.5cd89p-19F : 0x1.5dc756p-19F};
    static constexpr float near_sine[] = {-0x1.555546p-3F, 0x1.110778p-7F, -0x1.995408p-13F};
    static constexpr float near_cosine[] = {0x1.55554ap-5F, -0x1.6c0c28p-10F, 0x1.99e80cp-16F};
    static constexpr float even_cosine[] = {0x1.fffffep-1F, -0x1.ffffb2p-2F, 0x1.554dcap-5F, -0x1.6b111p-10F,
                                            0x1.830398p-16F};
};

template <bool Fused> struct SineConstants<double, Fused> {
    static constexpr double one_over_pi = 0x1.45f306dc9c883p-2;
    static constexpr double round_to_integer = 0x1.8p52;
    static constexpr int sign_shift = 63;
    static constexpr double range = 0x1p20;
    static constexpr int pi_parts = Fused ? 3 : 4;
    static constexpr double pi[4] = {Fused ? 0x1.921fb54442d18p1 : 0x1.921fb544p1,
                                     Fused ? 0x1.1a62633145c06p-53 : 0x1.0b4611a6p-33,
                                     Fused ? 0x1.c1cd129024e09p-106 : 0x1.3198a2ep-68, 0x1.b839a252049c1p-103};
    static constexpr double polynomial[] = {-0x1.5555555555555p-3,  0x1.11111111110c8p-7,   -0x1.a01a01a014d74p-13,
                                            0x1.71de3a52a0f66p-19,  -0x1.ae6454d4a1498p-26, 0x1.6123cd152e8e7p-33,
                                            -0x1.ae4388960355ep-41, 0x1.883322012d802p-49};
    static constexpr double near_sine[] = {-0x1.5555555555548p-3, 0x1.111111110f73p-7,    -0x1.a01a019be9216p-13,
                                           0x1.71de35552b33ap-19, -0x1.ae5e4b83bda5dp-26, 0x1.5d8b558517577p-33};
    static constexpr double near_cosine[] = {0x1.555555555554bp-5,   -0x1.6c16c16c15015p-10, 0x1.a01a019c8f254p-16,
                                             -0x1.27e4f7f191457p-22, 0x1.1ee9dbcef5299p-29,  -0x1.8fa684808960cp-37};
    static constexpr double even_cosine[] = {0x1p0,
                                             -0x1.ffffffffffffdp-2,
                                             0x1.5555555555413p-5,
                                             -0x1.6c16c16c0b51cp-10,
                                             0x1.a01a0199d97a4p-16,
                                             -0x1.27e4f9946eb88p-22,
                                             0x1.1eece52e4f70cp-29,
                                             -0x1.935205357e581p-37,
                                             0x1.9f455d11ff776p-45};
};

template <class V> using SineConstantsOf = SineConstants<typename V::value_type, V::fused>;

/// a², which must not feed a sum: it need not be opaque.
template <class T, class Level> KURAMOTO_ALWAYS_INLINE Lanes<T, Level> square(const Lanes<T, Level>& a) {
    return Lanes<T, Level>(a.values * a.values);
}
template <class T, class Level> KURAMOTO_ALWAYS_INLINE TwoLanes<T, Level> square(const TwoLanes<T, Level>& a) {
    return {square(a.first), square(a.second)};
}

// Written as recursions because GCC at -O2 does not unroll a loop over constants.

/// x − k · π / Divisor except for the last part of π, for k the integer next to x · Divisor / π.
template <int Divisor, int Part = 0, class V> KURAMOTO_ALWAYS_INLINE V reduce(const V& x, const V& k) {
    using C = SineConstantsOf<V>;
    if constexpr (Part + 1 == C::pi_parts) {
        return x;
    } else {
        constexpr auto part = -C::pi[Part] / Divisor;
        V rest = fma(k, V(part), x);
        if constexpr (!V::fused) value_barrier(rest); // else a compiler that may reorder sums adds the parts of π
        return reduce<Divisor, Part + 1>(rest, k);
    }
}

/// A polynomial by Horner's rule, from the coefficient Term on.
template <const auto& Coefficients, int Term = 0, class V> KURAMOTO_ALWAYS_INLINE V horner(const V& y) {
    constexpr int terms = sizeof(Coefficients) / sizeof(Coefficients[0]);
    if constexpr (Term + 1 == terms)
        return V(Coefficients[Term]);
    else
        return fma(horner<Coefficients, Term + 1>(y), y, V(Coefficients[Term]));
}

/// sin(r − e) for what is left of x after k · π / Divisor was taken off: r except for the last part e of the multiple.
///
/// sin(r − e) = r + r³ p(r²) − e, except for less than a hundredth of a rounding. As p(0) = −1/6, e is taken off in the
/// sum r + (r³ + 6e) p(r²), which costs one rounding less than taking it off r. That sum r³ + 6e is +0 for r = −0 and
/// so leaves r its sign.
template <int Divisor, const auto& Coefficients, class V>
KURAMOTO_ALWAYS_INLINE V reduced_sine(const V& r, const V& r2, const V& k) {
    using C = SineConstantsOf<V>;
    constexpr auto six_e = 6 * C::pi[C::pi_parts - 1] / Divisor;
    const V cube = fma(r, r2, k * V(six_e));
    return fma(horner<Coefficients>(r2), cube, r);
}
/// The same from x, for |x − k · π / Divisor| ≤ π/2.
template <int Divisor, class V> KURAMOTO_ALWAYS_INLINE V reduced_sine(const V& x, const V& k) {
    const V r = reduce<Divisor>(x, k);
    const V r2 = square(r);
    return reduced_sine<Divisor, SineConstantsOf<V>::polynomial>(r, r2, k);
}

/// Flips the sign of the lanes of `a` where the integer in the low bit of `shifted` is odd.
template <class V> KURAMOTO_ALWAYS_INLINE V negate_if_odd(const V& a, const V& shifted) {
    typename V::Bits parity;
    typename V::Bits bits;
    to_bits(shifted, parity);
    to_bits(a, bits);
    return from_bits<V>(bits ^ (parity << SineConstantsOf<V>::sign_shift));
}

template <class T, class Level>
KURAMOTO_ALWAYS_INLINE TwoLanes<T, Level> negate_if_odd(const TwoLanes<T, Level>& a,
                                                        const TwoLanes<T, Level>& shifted) {
    return {negate_if_odd(a.first, shifted.first), negate_if_odd(a.second, shifted.second)};
}

/// One lane out of range, from the C library. Never inlined: the vectoriser must not replace it by something else.
KURAMOTO_NEVER_INLINE inline float libm_sin(float x) noexcept { return __builtin_sinf(x); }
KURAMOTO_NEVER_INLINE inline double libm_sin(double x) noexcept { return __builtin_sin(x); }
KURAMOTO_NEVER_INLINE inline float libm_cos(float x) noexcept { return __builtin_cosf(x); }
KURAMOTO_NEVER_INLINE inline double libm_cos(double x) noexcept { return __builtin_cos(x); }

/// Replaces result[i] by libm(x[i]) wherever |x[i]| > range.
template <class T>
KURAMOTO_NEVER_INLINE inline void take_libm_beyond(T range, const T* x, T* result, int count, T (*libm)(T)) noexcept {
    for (int i = 0; i < count; ++i)
        if (x[i] > range || x[i] < -range) result[i] = libm(x[i]);
}

template <class V>
KURAMOTO_ALWAYS_INLINE V with_libm_beyond(const V& x, const V& result,
                                          typename V::value_type (*libm)(typename V::value_type)) {
    using T = typename V::value_type;
    T arguments[V::count];
    T results[V::count];
    V copy = result;
    value_barrier(copy); // keeps `result` itself in a register: the hot path would store it for the sake of this branch
    x.store(arguments);
    copy.store(results);
    take_libm_beyond(SineConstantsOf<V>::range, arguments, results, V::count, libm);
    return V::load(results);
}

// For arguments within the range; lanes beyond it get some number.

/// sin x of every lane.
template <class V> KURAMOTO_ALWAYS_INLINE V sine_within(const V& x) {
    using C = SineConstantsOf<V>;
    V shifted = fma(x, V(C::one_over_pi), V(C::round_to_integer));
    value_barrier(shifted);
    const V k = shifted - V(C::round_to_integer);
    return negate_if_odd(reduced_sine<1>(x, k), shifted);
}

/// cos x of every lane: with m = round(|x| / π + ½) and r = |x| − (2m − 1) π/2, cos x = (−1)^m sin r. Exactly even.
template <class V> KURAMOTO_ALWAYS_INLINE V cosine_within(const V& x) {
    using C = SineConstantsOf<V>;
    const V size = magnitude_of(x);
    V shifted = fma(size, V(C::one_over_pi), V(0.5F));
    value_barrier(shifted);
    shifted = shifted + V(C::round_to_integer);
    value_barrier(shifted);
    V m = shifted - V(C::round_to_integer);
    value_barrier(m); // 2 (shifted - c) - 1 must not become 2 shifted - (2 c + 1), whose constant does not fit
    return negate_if_odd(reduced_sine<2>(size, m + m - V(1)), shifted);
}

/// Turns (cos r, sin r) by k quarters of a turn, where k is the integer in the low bits of `shifted`: where it is odd
/// the two change places; bit 1 of k is the sign of the sine, that of k + 1 the sign of the cosine.
template <class V> KURAMOTO_ALWAYS_INLINE void turn_by_quarters(const V& shifted, V& sine, V& cosine) {
    using Bits = typename V::Bits;
    constexpr int shift = SineConstantsOf<V>::sign_shift;
    using Number = BitsOf<typename V::value_type>;
    constexpr auto sign_bit = static_cast<Number>(std::make_unsigned_t<Number>{1} << shift);
    Bits number;
    to_bits(shifted, number);
    const auto is_odd = decltype(sine == cosine)((number & 1) != 0);
    Bits sine_bits;
    Bits cosine_bits;
    to_bits(blend(is_odd, cosine, sine), sine_bits);
    to_bits(blend(is_odd, sine, cosine), cosine_bits);
    sine = from_bits<V>(sine_bits ^ ((number << (shift - 1)) & sign_bit));
    cosine = from_bits<V>(cosine_bits ^ (((number + 1) << (shift - 1)) & sign_bit));
}

/// sin x and cos x of every lane, from one reduction.
template <class V> KURAMOTO_ALWAYS_INLINE void sine_and_cosine_within(const V& x, V& sine_of_x, V& cosine_of_x) {
    using C = SineConstantsOf<V>;
    V shifted = fma(x, V(2 * C::one_over_pi), V(C::round_to_integer));
    value_barrier(shifted);
    const V k = shifted - V(C::round_to_integer);
    const V r = reduce<2>(x, k);
    const V r2 = square(r);
    sine_of_x = reduced_sine<2, C::near_sine>(r, r2, k);
    // The last part of the multiple would change cos r by less than a thousandth of a rounding.
    cosine_of_x = fma(fma(horner<C::near_cosine>(r2), r2, V(-0.5F)), r2, V(1));
    turn_by_quarters(shifted, sine_of_x, cosine_of_x);
}

/// sin x and cos x of every lane with an error that is small beside one, not beside themselves: for sums of both, like
/// sin(x − α). Half turns serve both with one sign and no exchange, and the last part of the multiple of π is left out.
template <class V>
KURAMOTO_ALWAYS_INLINE void absolute_sine_and_cosine_within(const V& x, V& sine_of_x, V& cosine_of_x) {
    using C = SineConstantsOf<V>;
    V shifted = fma(x, V(C::one_over_pi), V(C::round_to_integer));
    value_barrier(shifted);
    const V r = reduce<1>(x, shifted - V(C::round_to_integer));
    const V r2 = square(r);
    const V cube = V(r.values * r2.values);
    sine_of_x = negate_if_odd(fma(horner<C::polynomial>(r2), cube, r), shifted);
    cosine_of_x = negate_if_odd(horner<C::even_cosine>(r2), shifted);
}

// The same of two vectors, one after the other. But the sine of four vectors takes their operations in turns: a
// processor looks ahead by some hundred operations only, and finds more there that can start. That needs more
// registers. With float and the sixteen of AVX2 it gains nothing (GCC), so there the sine of four is twice that of two.

/// Whether the sine takes the operations of two `Level` in turns.
template <class T, class Level> inline constexpr bool in_turns = false;
template <class T, class Level> inline constexpr bool in_turns<T, Twice<Level>> = true;
template <> inline constexpr bool in_turns<float, Twice<Avx2>> = false;

template <class T, class Level>
requires(!in_turns<T, Level>)
KURAMOTO_ALWAYS_INLINE TwoLanes<T, Level> sine_within(const TwoLanes<T, Level>& x) {
    return {sine_within(x.first), sine_within(x.second)};
}
template <class T, class Level> KURAMOTO_ALWAYS_INLINE TwoLanes<T, Level> cosine_within(const TwoLanes<T, Level>& x) {
    return {cosine_within(x.first), cosine_within(x.second)};
}
template <class T, class Level>
KURAMOTO_ALWAYS_INLINE void sine_and_cosine_within(const TwoLanes<T, Level>& x, TwoLanes<T, Level>& sine_of_x,
                                                   TwoLanes<T, Level>& cosine_of_x) {
    sine_and_cosine_within(x.first, sine_of_x.first, cosine_of_x.first);
    sine_and_cosine_within(x.second, sine_of_x.second, cosine_of_x.second);
}
template <class T, class Level>
KURAMOTO_ALWAYS_INLINE void absolute_sine_and_cosine_within(const TwoLanes<T, Level>& x, TwoLanes<T, Level>& sine_of_x,
                                                            TwoLanes<T, Level>& cosine_of_x) {
    absolute_sine_and_cosine_within(x.first, sine_of_x.first, cosine_of_x.first);
    absolute_sine_and_cosine_within(x.second, sine_of_x.second, cosine_of_x.second);
}

// For every argument.

/// sin x of every lane.
template <class V> KURAMOTO_ALWAYS_INLINE V sine(const V& x) {
    const V result = sine_within(x);
    if (any_beyond(x, SineConstantsOf<V>::range)) [[__unlikely__]]
        return with_libm_beyond(x, result, libm_sin);
    return result;
}

template <class T, class Level>
requires(!in_turns<T, Twice<Level>>)
KURAMOTO_ALWAYS_INLINE TwoLanes<T, Twice<Level>> sine(const TwoLanes<T, Twice<Level>>& x) {
    return {sine(x.first), sine(x.second)};
}

/// cos x of every lane.
template <class V> KURAMOTO_ALWAYS_INLINE V cosine(const V& x) {
    const V result = cosine_within(x);
    if (any_beyond(x, SineConstantsOf<V>::range)) [[__unlikely__]]
        return with_libm_beyond(x, result, libm_cos);
    return result;
}

/// Replaces the lanes of both where x is beyond the range.
template <class V> KURAMOTO_ALWAYS_INLINE void take_libm_where_beyond(const V& x, V& sine_of_x, V& cosine_of_x) {
    if (any_beyond(x, SineConstantsOf<V>::range)) [[__unlikely__]] {
        sine_of_x = with_libm_beyond(x, sine_of_x, libm_sin);
        cosine_of_x = with_libm_beyond(x, cosine_of_x, libm_cos);
    }
}

/// sin x and cos x of every lane.
template <class V> KURAMOTO_ALWAYS_INLINE void sine_and_cosine(const V& x, V& sine_of_x, V& cosine_of_x) {
    sine_and_cosine_within(x, sine_of_x, cosine_of_x);
    take_libm_where_beyond(x, sine_of_x, cosine_of_x);
}

/// sin x and cos x of every lane with an error that is small beside one: see absolute_sine_and_cosine_within.
template <class V> KURAMOTO_ALWAYS_INLINE void absolute_sine_and_cosine(const V& x, V& sine_of_x, V& cosine_of_x) {
    absolute_sine_and_cosine_within(x, sine_of_x, cosine_of_x);
    take_libm_where_beyond(x, sine_of_x, cosine_of_x);
}

} // namespace detail
KURAMOTO_END_NAMESPACE
