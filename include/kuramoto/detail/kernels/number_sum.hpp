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
};

/// Adds Σ (x − origin), or Σ (x − origin)², over `count` numbers x to `sum`. Reads nothing past them.
/// Requires: count ≤ cells_per_part.
template <class T, bool Squared> struct NumberSum {
    template <class V>
    KURAMOTO_ALWAYS_INLINE static void run(const T* numbers, std::ptrdiff_t count, const Origin& from,
                                           BinnedSum& sum) noexcept {
        const V origin(from.value);
        const V correction(from.correction);
        V largest(0);
        for (std::ptrdiff_t k = 0; k < count; k += V::count) {
            const V size = magnitude_of(term(numbers, k, count, origin, correction));
            largest = blend(size > largest, size, largest);
        }
        double bound = 0;
        for (int lane = 0; lane < V::count; ++lane) bound = largest[lane] > bound ? largest[lane] : bound;
        if (magnitude_bits(bound) >= magnitude_bits(BinnedSum::limit)) return add_each<V>(numbers, count, from, sum);

        const int top = BinnedSum::bin_of(bound);
        LaneSums<V, BinnedSum::levels> lanes(top);
        std::ptrdiff_t per_lane = 0;
        for (std::ptrdiff_t k = 0; k < count; k += V::count, ++per_lane)
            lanes.add(term(numbers, k, count, origin, correction));
        if (!lanes.is_finite()) return add_each<V>(numbers, count, from, sum);
        std::int64_t multiples[BinnedSum::levels];
        lanes.units(per_lane, [&](int level, std::int64_t units) { multiples[level] = units; });
        sum.add(top, multiples);
    }

  private:
    // 0 in the lanes behind the last number.
    template <class V>
    KURAMOTO_ALWAYS_INLINE static V term(const T* numbers, std::ptrdiff_t k, std::ptrdiff_t count, const V& origin,
                                         const V& correction) noexcept {
        if (k + V::count <= count) return deviation(widened<V>(numbers + k), origin, correction);
        const auto left = static_cast<int>(count - k);
        return only_first(left, deviation(widened_first<V>(numbers + k, left), origin, correction));
    }
    template <class V>
    KURAMOTO_ALWAYS_INLINE static V deviation(const V& number, const V& origin, const V& correction) noexcept {
        V apart = number - origin;
        value_barrier(apart); // a compiler that may reorder sums would add the origin and its correction
        apart = apart - correction;
        if constexpr (Squared)
            return apart * apart;
        else
            return apart;
    }
    // Some number is NaN, infinite or counts as that: no other matters to the sum.
    template <class V>
    KURAMOTO_ALWAYS_INLINE static void add_each(const T* numbers, std::ptrdiff_t count, const Origin& from,
                                                BinnedSum& sum) noexcept {
        for (std::ptrdiff_t k = 0; k < count; ++k)
            sum.add_not_finite(deviation(V(static_cast<double>(numbers[k])), V(from.value), V(from.correction))[0]);
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

template <bool Squared, class T> NumberSumFunction<T> number_sum_function(Isa isa) noexcept {
    return kernel_for<NumberSum<T, Squared>, double, NumberSumFunction<T>>(isa);
}
template <class T> WidenRangeFunction<T> widen_range_function(Isa isa) noexcept {
    return kernel_for<WidenRange<T>, double, WidenRangeFunction<T>>(isa);
}

} // namespace detail
KURAMOTO_END_NAMESPACE
