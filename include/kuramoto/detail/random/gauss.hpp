// Normal numbers in lanes: Philox4x32-10 for as many counters as a vector has words, and Box & Muller's transform.
//
// G. E. P. Box, M. E. Muller, "A note on the generation of random normal deviates", Annals of Mathematical Statistics
// 29 (1958) 610: for u and v uniform in (0, 1], √(−2 ln u) · (cos 2πv, sin 2πv) are two independent normal numbers.
// Both come from one block of random bits or half of one:
//   float    words 0, 1 → cells 0, 1 of the group of four; words 2, 3 → cells 2, 3
//   double   words 0, 1 | 2, 3 → cells 0 and 1 of the group of two
// where the first gives u and the second v, which is turned by an eighth: no difference to a uniform angle.
//
//   float    u = (k + ½) 2^−31 rounded to float, k < 2^31: |x| ≤ 6.66; v in steps of 2^−25
//   double   u = 1 − k 2^−52, k < 2^52: |x| ≤ 8.49; v in steps of 2^−54
#pragma once

#include <kuramoto/detail/random/philox.hpp>
#include <kuramoto/detail/simd/sine.hpp>

#include <cstdint>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// The keys of all rounds, as words of 64 bits.
struct PhiloxRoundKeys {
    std::uint64_t first[philox_rounds];
    std::uint64_t second[philox_rounds];
};

[[nodiscard]] constexpr PhiloxRoundKeys round_keys(PhiloxKey key) noexcept {
    PhiloxRoundKeys keys{};
    for (int round = 0; round < philox_rounds; ++round) {
        keys.first[round] = key.words[0];
        keys.second[round] = key.words[1];
        key.words[0] += philox_steps[0];
        key.words[1] += philox_steps[1];
    }
    return keys;
}

/// Counters, or the random bits of them: words 0 to 3 of all, in the low halves. The high ones hold anything. Four
/// names and not an array, which GCC would keep in memory.
template <class Level> struct PhiloxLanes {
    Words<Level> word0;
    Words<Level> word1;
    Words<Level> word2;
    Words<Level> word3;
};

/// philox() of every counter. A recursion because GCC at -O2 does not unroll a loop.
template <int Round = 0, class Level>
KURAMOTO_ALWAYS_INLINE void philox(PhiloxLanes<Level>& counter, const PhiloxRoundKeys& keys) {
    if constexpr (Round < philox_rounds) {
        const Words<Level> first = multiply_low(counter.word0, philox_factors[0]);
        const Words<Level> second = multiply_low(counter.word2, philox_factors[1]);
        counter.word0.values = (second.values >> 32) ^ counter.word1.values ^ keys.first[Round];
        counter.word2.values = (first.values >> 32) ^ counter.word3.values ^ keys.second[Round];
        counter.word1 = second;
        counter.word3 = first;
        philox<Round + 1>(counter, keys);
    }
}

/// The low halves of `low`, and those of `high` above them.
template <class Level> KURAMOTO_ALWAYS_INLINE Words<Level> joined(const Words<Level>& low, const Words<Level>& high) {
    constexpr std::uint64_t low_half = 0xffffffffU;
    return Words<Level>((low.values & low_half) | (high.values << 32));
}

/// How a precision makes uniform numbers of bits, and −2 ln u. Coefficients: Remez's algorithm on m = 1 + z in
/// [√½, √2], rounded one by one.
template <class T> struct GaussConstants;

template <> struct GaussConstants<float> {
    using Unsigned = std::uint32_t;
    static constexpr int exponent_shift = 23;
    static constexpr std::int32_t root_of_half = 0x3f3504f3;
    static constexpr std::uint32_t one = 0x3f800000;
    static constexpr float minus_two_ln_2 = -0x1.62e43p+0F;
    static constexpr float half_pi = 0x1.921fb6p+0F;
    /// −2 ln(1 + z) = −2z + z² + z³ p(z), relative error 6e-9.
    static constexpr float logarithm[] = {-0x1.555554p-1F, 0x1.000226p-1F, -0x1.99a008p-2F, 0x1.547244p-2F,
                                          -0x1.22da1cp-2F, 0x1.0d8540p-2F, -0x1.055b6cp-2F, 0x1.38b59p-3F};
};
template <> struct GaussConstants<double> {
    using Unsigned = std::uint64_t;
    static constexpr int exponent_shift = 52;
    static constexpr std::int64_t root_of_half = 0x3fe6a09e667f3bcd;
    static constexpr std::uint64_t one = 0x3ff0000000000000;
    static constexpr double minus_two_ln_2 = -0x1.62e42fefa39efp+0;
    static constexpr double half_pi = 0x1.921fb54442d18p+0;
    /// −2 ln(1 + z) = −4s + s³ q(s²), s = z / (2 + z), relative error 2e-16.
    static constexpr double logarithm[] = {-0x1.555555555395cp+0, -0x1.999999a295d99p-1, -0x1.24924176127a0p-1,
                                           -0x1.c722790e08671p-2, -0x1.732c046a0e1e0p-2, -0x1.5879225d00011p-2};
};

/// The bits of lanes, shifted to the right without their sign.
template <class V>
KURAMOTO_ALWAYS_INLINE void shift_right(const typename V::Bits& bits, int shift, typename V::Bits& result) {
    using Unsigned = typename VectorOf<typename V::value_type, typename V::LevelType>::UnsignedBits;
    result = reinterpret_cast<typename V::Bits>(reinterpret_cast<Unsigned>(bits) >> shift);
}

/// A number in [1, 2) whose digits are the highest of `bits`.
template <class V> KURAMOTO_ALWAYS_INLINE V between_one_and_two(const typename V::Bits& bits) {
    using C = GaussConstants<typename V::value_type>;
    using Integer = BitsOf<typename V::value_type>;
    constexpr int shift = 8 * static_cast<int>(sizeof(Integer)) - C::exponent_shift;
    typename V::Bits digits;
    shift_right<V>(bits, shift, digits);
    return from_bits<V>(digits | static_cast<Integer>(C::one));
}

/// A uniform number in (0, 1]: see above.
template <class V> KURAMOTO_ALWAYS_INLINE V uniform(const typename V::Bits& bits) {
    if constexpr (sizeof(typename V::value_type) == 4) {
        typename V::Bits number;
        shift_right<V>(bits, 1, number);
        return fma(V(__builtin_convertvector(number, typename V::Values)), V(0x1p-31F), V(0x1p-32F));
    } else {
        return V(2) - between_one_and_two<V>(bits);
    }
}

/// −2 ln u for 0 < u ≤ 1, normal; relative error of a few roundings, also beside u = 1.
template <class V> KURAMOTO_ALWAYS_INLINE V minus_two_log(const V& u) {
    using C = GaussConstants<typename V::value_type>;
    using Bits = typename V::Bits;
    Bits bits;
    to_bits(u, bits);
    const Bits exponent = (bits - C::root_of_half) >> C::exponent_shift; // u = 2^exponent m, m in [√½, √2)
    V power;
    if constexpr (sizeof(typename V::value_type) == 4) {
        power = V(__builtin_convertvector(exponent, typename V::Values));
    } else { // a small integer, by way of the last digits of 1.5 · 2^52
        constexpr double middle = 0x1.8p52;
        power = from_bits<V>(exponent + __builtin_bit_cast(std::int64_t, middle)) - V(middle);
    }
    const V z = from_bits<V>(bits - (exponent << C::exponent_shift)) - V(1);
    if constexpr (sizeof(typename V::value_type) == 4) {
        const V z2 = V(z.values * z.values);
        const V cube = V(z2.values * z.values);
        const V low = fma(horner<C::logarithm>(z), cube, fma(z, z, -(z + z)));
        return fma(power, V(C::minus_two_ln_2), low);
    } else {
        const V s = z / (z + V(2));
        const V s2 = V(s.values * s.values);
        const V cube = V(s2.values * s.values);
        const V low = fma(horner<C::logarithm>(s2), cube, s * V(-4));
        return fma(power, V(C::minus_two_ln_2), low);
    }
}

/// Two normal numbers a lane, from the bits of u and those of v.
template <class V>
KURAMOTO_ALWAYS_INLINE void normal_pair(const typename V::Bits& radius_bits, const typename V::Bits& angle_bits, V& x,
                                        V& y) {
    using C = GaussConstants<typename V::value_type>;
    using S = SineConstantsOf<V>;
    typename V::Bits quarter; // which of four: the highest two bits
    shift_right<V>(angle_bits, 8 * static_cast<int>(sizeof(typename V::value_type)) - 2, quarter);
    const V r = (between_one_and_two<V>(angle_bits << 2) - V(1.5F)) * V(C::half_pi); // where in it: |r| ≤ π/4
    const V r2 = V(r.values * r.values);
    const V cube = V(r2.values * r.values);
    V sine_of = fma(horner<S::near_sine>(r2), cube, r);
    V cosine_of = fma(fma(horner<S::near_cosine>(r2), r2, V(-0.5F)), r2, V(1));
    turn_by_quarters(from_bits<V>(quarter), sine_of, cosine_of);
    const V radius = root(minus_two_log(uniform<V>(radius_bits)));
    x = radius * cosine_of;
    y = radius * sine_of;
}

/// Words as the bits of lanes.
template <class V>
KURAMOTO_ALWAYS_INLINE void bits_of(const Words<typename V::LevelType>& words, typename V::Bits& to) {
    to = reinterpret_cast<typename V::Bits>(words.values);
}

/// The normal numbers of all cells of `random`'s groups, one group behind the other.
template <class V>
KURAMOTO_ALWAYS_INLINE void normal_groups(const PhiloxLanes<typename V::LevelType>& random, V& first, V& second) {
    typename V::Bits radius;
    typename V::Bits angle;
    if constexpr (sizeof(typename V::value_type) == 4) {
        bits_of<V>(joined(random.word0, random.word2), radius);
        bits_of<V>(joined(random.word1, random.word3), angle);
    } else {
        bits_of<V>(joined(random.word0, random.word1), radius);
        bits_of<V>(joined(random.word2, random.word3), angle);
    }
    V x;
    V y;
    normal_pair(radius, angle, x, y);
    interleave(x, y, first, second);
}

} // namespace detail
KURAMOTO_END_NAMESPACE
