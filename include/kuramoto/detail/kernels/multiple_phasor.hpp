// The kernel of Daido's moments: Σ cos mθ and Σ sin mθ over some phases.
#pragma once

#include <kuramoto/detail/kernels/phasor.hpp>

#include <cstddef>
#include <cstdint>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// Adds Σ e^{imθ} over `count` phases, computed in double, to `sum`. Reads nothing past them. For m = 1 the bits of
/// AddPhasors.
///
/// mθ is product + rest, exactly: θ is split into 26 and 27 binary digits, whose products with m are exact (Dekker
/// 1971). The rest is at most half a unit in the last place of the product, so that cos mθ = cos product − rest · sin
/// product, except for rest²/2. Where the product is so large that rest² matters, the rest is left out.
/// Requires: count ≤ cells_per_part; m is a whole number of at most 26 binary digits.
template <class T> struct AddMultiplePhasors {
    template <class V>
    KURAMOTO_ALWAYS_INLINE static void run(const T* phases, std::ptrdiff_t count, double m,
                                           FinePhasorSum& sum) noexcept {
        PhasorLaneSums<V, 2> lanes;
        V sine_of, cosine_of;
        std::ptrdiff_t per_lane = 0;
        std::ptrdiff_t k = 0;
        for (; k + V::count <= count; k += V::count, ++per_lane) {
            of_multiple(widened<V>(phases + k), V(m), sine_of, cosine_of);
            lanes.add(cosine_of, sine_of);
        }
        if (k < count) {
            const auto left = static_cast<int>(count - k);
            of_multiple(widened_first<V>(phases + k, left), V(m), sine_of, cosine_of);
            lanes.add(only_first(left, cosine_of), sine_of); // sin 0 = 0
            ++per_lane;
        }
        lanes.add_to(sum, per_lane);
    }

  private:
    static constexpr double most = 0x1p27; // there the rest is below 2^-27, and half its square below 2^-55

    template <class V>
    KURAMOTO_ALWAYS_INLINE static void of_multiple(const V& phase, const V& m, V& sine_of, V& cosine_of) noexcept {
        constexpr std::int64_t low_digits = 0x7ffffff;
        typename V::Bits bits;
        to_bits(phase, bits);
        const V high = from_bits<V>(bits & ~low_digits);
        const V low = phase - high;
        const V product = m * phase;
        V rest = m * high - product;
        value_barrier(rest); // a compiler that may reorder sums would find 0
        rest = blend(magnitude_of(product) < V(most), rest + m * low, V(0));
        V sine_of_product, cosine_of_product;
        sine_and_cosine(product, sine_of_product, cosine_of_product);
        sine_of = fma(rest, cosine_of_product, sine_of_product);
        cosine_of = fma(-rest, sine_of_product, cosine_of_product);
    }
};

template <class T>
using AddMultiplePhasorsFunction = void (*)(const T* phases, std::ptrdiff_t count, double m,
                                            FinePhasorSum& sum) noexcept;

template <class T> AddMultiplePhasorsFunction<T> add_multiple_phasors_function(Isa isa) noexcept {
    return kernel_for<AddMultiplePhasors<T>, double, AddMultiplePhasorsFunction<T>>(isa);
}

} // namespace detail
KURAMOTO_END_NAMESPACE
