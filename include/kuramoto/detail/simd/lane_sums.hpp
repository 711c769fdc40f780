// LaneSums: a vector of fixed-point sums, one per lane, for kernels that add numbers.
//
// To round a number to a multiple of a unit u, add 1.5 · 2^(digits − 1) u: in the sum, the last digit is one u. The
// bits of these sums are added as integers. At the end, the bits of the number that was added every time are subtracted
// as often. There is no arithmetic that a compiler could simplify: it does not look through the bits.
#pragma once

#include <kuramoto/detail/arithmetic/fixed_point.hpp>
#include <kuramoto/detail/simd/primitives.hpp>

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// Sums of numbers in the unit of level `top`, 2^(bits_per_level<T> · top), and of what is left of them in the units
/// below. V: lanes of T. Checked: whether is_finite may be asked for.
/// Requires: magnitudes up to the unit of level top + 1, NaN or infinity; at most 2^9 numbers per lane. The second is
/// not checked: kernels add up to 1024 numbers to the lanes of one object, and a vector has at least two lanes.
template <class V, int Levels, bool Checked = true> class LaneSums {
    static_assert(V::count * 512 >= 1024, "1024 numbers are too many for the lanes");

  public:
    using T = typename V::value_type;

    KURAMOTO_ALWAYS_INLINE explicit LaneSums(int top) : LaneSums(top, std::make_integer_sequence<int, Levels>{}) {}

    KURAMOTO_ALWAYS_INLINE void add(const V& number) { add_from<0>(number); }

    /// Whether all numbers were finite. The bits of every finite one have the sign and the exponent of the origin.
    KURAMOTO_ALWAYS_INLINE bool is_finite() const {
        static_assert(Checked);
        Word lanes[V::count];
        __builtin_memcpy(lanes, &seen_, sizeof lanes);
        Word seen = 0;
        for (const Word lane : lanes) seen |= lane;
        return seen >> digits == bits_of_origin<0>() >> digits;
    }
    /// Calls take(level, sum of all lanes in the units of the level) for every level, after `count` numbers have been
    /// added to each lane.
    template <int Level = 0, class Take>
    KURAMOTO_ALWAYS_INLINE void units(std::ptrdiff_t count, const Take& take) const {
        const Word too_much = static_cast<Word>(count) * bits_of_origin<Level>();
        Word lanes[V::count];
        __builtin_memcpy(lanes, &sums_[Level], sizeof lanes);
        std::uint64_t sum = 0; // without a sign, because NaN makes it meaningless, and it may wrap
        for (const Word lane : lanes) sum += static_cast<std::uint64_t>(static_cast<BitsOf<T>>(lane - too_much));
        take(Level, static_cast<std::int64_t>(sum));
        if constexpr (Level + 1 < Levels) units<Level + 1>(count, take);
    }

  private:
    using Bits = typename VectorOf<T, typename V::LevelType>::UnsignedBits;
    using Word = std::make_unsigned_t<BitsOf<T>>;
    static constexpr int digits = sizeof(T) == 4 ? 23 : 52;

    // Packs and recursion in place of loops over levels: GCC at -O2 keeps in memory what a loop counts through.
    template <int... Level>
    KURAMOTO_ALWAYS_INLINE LaneSums(int top, std::integer_sequence<int, Level...>)
        : origins_{V(origin_of(top - Level))...}, sums_{(static_cast<void>(Level), Bits{})...},
          seen_(reinterpret_cast<Bits>(origins_[0].values)) {}

    // 1.5 · 2^digits units.
    static constexpr T origin_of(int level) noexcept {
        return static_cast<T>(1.5 * power_of_two(digits + bits_per_level<T> * level));
    }
    template <int Level> KURAMOTO_ALWAYS_INLINE Word bits_of_origin() const {
        return __builtin_bit_cast(Word, static_cast<T>(origins_[Level][0]));
    }
    template <int Level> KURAMOTO_ALWAYS_INLINE void add_from(const V& number) {
        V rest = number;
        value_barrier(rest);
        V shifted = rest + origins_[Level];
        const auto bits = reinterpret_cast<Bits>(shifted.values);
        sums_[Level] += bits;
        if constexpr (Checked && Level == 0) seen_ |= bits;
        if constexpr (Level + 1 < Levels) {
            value_barrier(shifted);
            V multiple = shifted - origins_[Level];
            value_barrier(multiple);
            add_from<Level + 1>(rest - multiple);
        }
    }

    V origins_[static_cast<std::size_t>(Levels)];
    Bits sums_[static_cast<std::size_t>(Levels)];
    Bits seen_;
};

/// LaneSums of numbers of magnitude at most 1.
template <class V, int Levels> class UnitLaneSums {
  public:
    using Sum = FixedPointSum<typename V::value_type, Levels>;

    KURAMOTO_ALWAYS_INLINE UnitLaneSums() : lanes_(-1) {}
    KURAMOTO_ALWAYS_INLINE void add(const V& number) { lanes_.add(number); }
    /// Adds the sums to `sum`, after `count` numbers have been added to each lane.
    KURAMOTO_ALWAYS_INLINE void add_to(Sum& sum, std::ptrdiff_t count) const {
        lanes_.units(count, [&](int level, std::int64_t units) { sum.levels[level].add(units); });
        sum.not_finite += lanes_.is_finite() ? 0 : 1;
    }

  private:
    LaneSums<V, Levels> lanes_;
};

/// A vector of doubles from as many numbers in memory.
template <class D, class T> KURAMOTO_ALWAYS_INLINE D widened(const T* from) noexcept {
    if constexpr (sizeof(T) == sizeof(double)) {
        return D::load(from);
    } else {
        typedef T Narrow [[__gnu__::__vector_size__(static_cast<std::size_t>(D::count) * sizeof(T))]];
        Narrow narrow;
        __builtin_memcpy(&narrow, from, sizeof narrow);
        return D(__builtin_convertvector(narrow, typename D::Values));
    }
}
/// The same from the first n numbers, 0 in the lanes behind them. Reads nothing past the n.
template <class D, class T> KURAMOTO_ALWAYS_INLINE D widened_first(const T* from, int n) noexcept {
    T numbers[D::count] = {};
    for (int k = 0; k < n; ++k) numbers[k] = from[k];
    return widened<D>(numbers);
}
/// The first n lanes, 0 in those behind them.
template <class V> KURAMOTO_ALWAYS_INLINE V only_first(int n, const V& lanes) {
    return blend(first_lanes<typename V::value_type, typename V::LevelType>(n), lanes, V(0));
}

} // namespace detail
KURAMOTO_END_NAMESPACE
