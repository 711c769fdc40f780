// The plaquette kernel: the charges of the plaquettes between two rows of phases, added up by their sign.
#pragma once

#include <kuramoto/detail/simd/dispatch.hpp>

#include <cstddef>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// 1 / 2π.
inline constexpr double turns_per_radian = 0.15915494309189533577;
/// Across a bond of so many turns and more the fraction of a turn no longer means something, or there is none: such a
/// bond has no whole turns, and the plaquettes beside it have no charge.
inline constexpr double most_turns = 1e9;

/// Sums of charges: whole numbers.
struct Charges {
    double positive = 0;
    double negative = 0; ///< without their sign
};

/// Adds the whole turns in the difference from a to b, to the nearest, and clears the sign of `are_few` where there are
/// too many of them. Compared as integers, because a build may assume that there is no infinity and no NaN, which are
/// larger than all numbers so; and by a subtraction, because GCC compares integers of 64 bits one lane after the other.
template <class V> KURAMOTO_ALWAYS_INLINE void add_turns(const V& a, const V& b, V& sum, typename V::Bits& are_few) {
    constexpr double round_to_integer = 0x1.8p52;
    const V turns = (b - a) * V(turns_per_radian);
    typename V::Bits size;
    typename V::Bits most;
    to_bits(magnitude_of(turns), size);
    to_bits(V(most_turns), most);
    are_few &= size - most;
    V shifted = turns + V(round_to_integer);
    value_barrier(shifted);
    V whole = shifted - V(round_to_integer);
    value_barrier(whole); // otherwise a build that may reorder sums adds the large numbers first
    sum = sum + whole;
}

/// Adds the charges of the plaquettes whose corners are a b in the row above and d c in the row below.
template <class V>
KURAMOTO_ALWAYS_INLINE void add_charges(const V& a, const V& b, const V& c, const V& d, V& positive, V& negative) {
    V taken_off(0);
    typename V::Bits are_few = typename V::Bits{} - 1; // all bits set; nvcc's parser fails at ~ of a constant vector
    add_turns(a, b, taken_off, are_few);
    add_turns(b, c, taken_off, are_few);
    add_turns(c, d, taken_off, are_few);
    add_turns(d, a, taken_off, are_few);
    const V charge = blend(typename V::Mask(are_few >> 63), -taken_off, V(0));
    positive = positive + blend(charge > V(0), charge, V(0));
    negative = negative - blend(charge < V(0), charge, V(0));
}

/// The charges of `count` plaquettes between two rows of count + 1 phases. Reads nothing past these.
struct ChargesBetween {
    template <class V>
    KURAMOTO_ALWAYS_INLINE static Charges run(const double* above, const double* below, std::ptrdiff_t count) noexcept {
        V positive(0);
        V negative(0);
        std::ptrdiff_t j = 0;
        for (; j + V::count <= count; j += V::count)
            add_charges(V::load(above + j), V::load(above + j + 1), V::load(below + j + 1), V::load(below + j),
                        positive, negative);
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
};

using ChargesFunction = Charges (*)(const double* above, const double* below, std::ptrdiff_t count) noexcept;

inline ChargesFunction charges_function(Isa isa) noexcept {
    return kernel_for<ChargesBetween, double, ChargesFunction>(isa);
}

} // namespace detail
KURAMOTO_END_NAMESPACE
