// The plaquette kernel: the charges of the plaquettes between two rows of phases, added up by their sign.
// May include detail/primitives.hpp and isa.hpp.
#pragma once

#include <kuramoto/detail/primitives.hpp>
#include <kuramoto/isa.hpp>

#include <cstddef>
#include <cstdint>

namespace kuramoto {
inline namespace KURAMOTO_BUILD {
namespace detail {

/// 1 / 2π.
inline constexpr double turns_a_radian = 0.15915494309189533577;
/// Differences of so many turns and more have no fraction of a turn left that means something; they count as none.
inline constexpr double most_turns = 1e9;

/// Sums of charges: whole numbers.
struct Charges {
    double positive = 0;
    double negative = 0; ///< without their sign
};

/// Whole turns in the difference from a to b, to the nearest; see turns_between, which is the same for one.
template <class V> KURAMOTO_ALWAYS_INLINE V whole_turns(const V& a, const V& b) {
    constexpr double round_to_integer = 0x1.8p52;
    V shifted = (b - a) * V(turns_a_radian);
    shifted = shifted + V(round_to_integer);
    opaque(shifted);
    const V turns = shifted - V(round_to_integer);
    return choose((turns < V(most_turns)) & (turns > V(-most_turns)), turns, V(0));
}

/// By the bits, because a build may assume that all numbers are finite.
template <class V> KURAMOTO_ALWAYS_INLINE typename V::Mask are_finite(const V& a) {
    typename V::Bits bits;
    to_bits(a, bits);
    const typename V::Bits exponent = std::int64_t{0x7ff0000000000000} + typename V::Bits{};
    return typename V::Mask((bits & exponent) != exponent);
}

/// Adds the charges of the plaquettes whose corners are a b in the row above and d c in the row below.
template <class V>
KURAMOTO_ALWAYS_INLINE void add_charges(const V& a, const V& b, const V& c, const V& d, V& positive, V& negative) {
    const V charge = (whole_turns(d, c) - whole_turns(a, b)) + (whole_turns(a, d) - whole_turns(b, c));
    const V there = choose((are_finite(a) & are_finite(b)) & (are_finite(c) & are_finite(d)), charge, V(0));
    positive = positive + choose(there > V(0), there, V(0));
    negative = negative - choose(there < V(0), there, V(0));
}

/// The charges of `count` plaquettes between two rows of count + 1 phases. Reads nothing past these.
template <class V>
KURAMOTO_ALWAYS_INLINE Charges charges_between(const double* above, const double* below,
                                               std::ptrdiff_t count) noexcept {
    V positive(0);
    V negative(0);
    std::ptrdiff_t j = 0;
    for (; j + V::count <= count; j += V::count)
        add_charges(V::load(above + j), V::load(above + j + 1), V::load(below + j + 1), V::load(below + j), positive,
                    negative);
    if (j < count) { // the lanes behind are plaquettes of equal phases
        const auto left = static_cast<int>(count - j);
        add_charges(load_first(above + j, left, V(0)), load_first(above + j + 1, left, V(0)),
                    load_first(below + j + 1, left, V(0)), load_first(below + j, left, V(0)), positive, negative);
    }
    Charges sum;
    for (int lane = 0; lane < V::count; ++lane) {
        sum.positive += positive[lane];
        sum.negative += negative[lane];
    }
    return sum;
}

using ChargesFunction = Charges (*)(const double* above, const double* below, std::ptrdiff_t count) noexcept;

[[gnu::flatten]] inline Charges charges_baseline(const double* above, const double* below,
                                                 std::ptrdiff_t count) noexcept {
    return charges_between<Lanes<double, Baseline>>(above, below, count);
}
#if KURAMOTO_X86
KURAMOTO_TARGET_AVX2 [[gnu::flatten]] inline Charges charges_avx2(const double* above, const double* below,
                                                                  std::ptrdiff_t count) noexcept {
    return charges_between<Lanes<double, Avx2>>(above, below, count);
}
KURAMOTO_TARGET_AVX512 [[gnu::flatten]] inline Charges charges_avx512(const double* above, const double* below,
                                                                      std::ptrdiff_t count) noexcept {
    return charges_between<Lanes<double, Avx512>>(above, below, count);
}
#endif

/// The plaquette kernel for an instruction set that this processor has.
inline ChargesFunction charges_function(Isa isa) noexcept {
#if KURAMOTO_X86
    if (isa == Isa::avx512) return charges_avx512;
    if (isa == Isa::avx2) return charges_avx2;
#endif
    static_cast<void>(isa);
    return charges_baseline;
}

} // namespace detail
} // namespace KURAMOTO_BUILD
} // namespace kuramoto
