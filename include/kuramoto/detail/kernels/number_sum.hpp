// The number kernels: the sum and the range of some numbers of any magnitude.
#pragma once

#include <kuramoto/detail/simd/dispatch.hpp>
#include <kuramoto/detail/simd/lane_sums.hpp>

#include <cstddef>
#include <cstdint>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// What deviations are taken from: value + correction, where the correction is what the rounding of the value has left.
struct Origin {
    double value = 0;
    double correction = 0;
    double scale = 1; ///< a power of two by which deviations are multiplied before their third or fourth power
};

/// Adds the sum of (x − origin), or of its second, third or fourth power, over `count` numbers x to `sum`. Reads
/// nothing past them.
///
/// Requires: count ≤ cells_per_part.
template <class T, int Power> struct NumberSum {
    static_assert(1 <= Power && Power <= 4);

    template <class V>
    KURAMOTO_ALWAYS_INLINE static void run(const T* numbers, std::ptrdiff_t count, const Origin& from,
                                           BinnedSum& sum) noexcept {
        const Place<V> origin{V(from.value), V(from.correction), V(from.scale)};
        V largest(0);
        for (std::ptrdiff_t k = 0; k < count; k += V::count) {
            const V size = magnitude_of(term(numbers, k, count, origin));
            largest = blend(size > largest, size, largest);
        }
        double bound = 0;
        for (int lane = 0; lane < V::count; ++lane) bound = largest[lane] > bound ? largest[lane] : bound;
        if (magnitude_bits(bound) >= magnitude_bits(BinnedSum::limit)) return add_each<V>(numbers, count, from, sum);

        const int top = BinnedSum::bin_of(bound);
        LaneSums<V, BinnedSum::levels> lanes(top);
        std::ptrdiff_t per_lane = 0;
        for (std::ptrdiff_t k = 0; k < count; k += V::count, ++per_lane) lanes.add(term(numbers, k, count, origin));
        if (!lanes.is_finite()) return add_each<V>(numbers, count, from, sum);
        std::int64_t multiples[BinnedSum::levels];
        lanes.units(per_lane, [&](int level, std::int64_t units) { multiples[level] = units; });
        sum.add(top, multiples);
    }

  private:
    // An Origin in every lane.
    template <class V> struct Place {
        V value, correction, scale;
    };

    // 0 in the lanes behind the last number.
    template <class V>
    KURAMOTO_ALWAYS_INLINE static V term(const T* numbers, std::ptrdiff_t k, std::ptrdiff_t count,
                                         const Place<V>& origin) noexcept {
        if (k + V::count <= count) return power(widened<V>(numbers + k), origin);
        const auto left = static_cast<int>(count - k);
        return only_first(left, power(widened_first<V>(numbers + k, left), origin));
    }
    template <class V> KURAMOTO_ALWAYS_INLINE static V power(const V& number, const Place<V>& origin) noexcept {
        V apart = number - origin.value;
        value_barrier(apart); // a compiler that may reorder sums would add the origin and its correction
        apart = apart - origin.correction;
        if constexpr (Power == 1) return apart;
        if constexpr (Power == 2) return apart * apart;
        const V scaled = apart * origin.scale;
        const V square = scaled * scaled;
        if constexpr (Power == 3)
            return square * scaled;
        else
            return square * square;
    }
    // Some number is NaN, infinite or counts as that: no other matters to the sum.
    template <class V>
    KURAMOTO_ALWAYS_INLINE static void add_each(const T* numbers, std::ptrdiff_t count, const Origin& from,
                                                BinnedSum& sum) noexcept {
        for (std::ptrdiff_t k = 0; k < count; ++k)
            sum.add_not_finite(
                power<V>(V(static_cast<double>(numbers[k])), {V(from.value), V(from.correction), V(from.scale)})[0]);
    }
};

/// The least and the greatest of some numbers. Of none, they are beyond any number.
struct NumberRange {
    double least = 0x1.fffffffffffffp+1023;
    double greatest = -0x1.fffffffffffffp+1023;

    NumberRange& operator+=(const NumberRange& other) noexcept {
        least = other.least < least ? other.least : least;
        greatest = other.greatest > greatest ? other.greatest : greatest;
        return *this;
    }
};

/// Widens `range` by `count` numbers. Ignores NaN.
template <class T> struct WidenRange {
    template <class V>
    KURAMOTO_ALWAYS_INLINE static void run(const T* numbers, std::ptrdiff_t count, NumberRange& range) noexcept {
        V least(range.least);
        V greatest(range.greatest);
        std::ptrdiff_t k = 0;
        for (; k + V::count <= count; k += V::count) {
            const V number = widened<V>(numbers + k);
            least = blend(number < least, number, least);
            greatest = blend(number > greatest, number, greatest);
        }
        for (; k < count; ++k) range += NumberRange{static_cast<double>(numbers[k]), static_cast<double>(numbers[k])};
        for (int lane = 0; lane < V::count; ++lane) range += NumberRange{least[lane], greatest[lane]};
    }
};

template <class T>
using NumberSumFunction = void (*)(const T* numbers, std::ptrdiff_t count, const Origin& from, BinnedSum& sum) noexcept;
template <class T>
using WidenRangeFunction = void (*)(const T* numbers, std::ptrdiff_t count, NumberRange& range) noexcept;

template <int Power, class T> NumberSumFunction<T> power_sum_function(Isa isa) noexcept {
    return kernel_for<NumberSum<T, Power>, double, NumberSumFunction<T>>(isa);
}
/// Of the first power, or of the second.
template <bool Squared, class T> NumberSumFunction<T> number_sum_function(Isa isa) noexcept {
    return power_sum_function<Squared ? 2 : 1, T>(isa);
}
template <class T> WidenRangeFunction<T> widen_range_function(Isa isa) noexcept {
    return kernel_for<WidenRange<T>, double, WidenRangeFunction<T>>(isa);
}

} // namespace detail
KURAMOTO_END_NAMESPACE
