// The mean kernel: Σ cos θ and Σ sin θ over some phases, in the precision of the cells.
//
// It is as accurate as a force on the same cells can be. The phasor kernel is accurate to the last digits of double.
#pragma once

#include <kuramoto/detail/kernels/phasor.hpp>
#include <kuramoto/detail/simd/dispatch.hpp>
#include <kuramoto/detail/simd/lane_sums.hpp>
#include <kuramoto/detail/simd/sine.hpp>

#include <cstddef>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// Levels of these sums: a phasor is rounded to a multiple of 2^-42 in float, of 2^-50 in double.
template <class T> inline constexpr int mean_levels = sizeof(T) == 4 ? 2 : 1;

template <class T> using MeanPhasorSum = PhasorSum<T, mean_levels<T>>;

/// Adds Σ e^{iθ} over `count` phases to `sum`. Reads nothing past them.
/// Requires: count ≤ cells_per_part.
struct MeanPhasor {
    template <class V>
    KURAMOTO_ALWAYS_INLINE static void run(const typename V::value_type* phases, std::ptrdiff_t count,
                                           MeanPhasorSum<typename V::value_type>& sum) noexcept {
        PhasorLaneSums<V, mean_levels<typename V::value_type>> lanes;
        V sine_of, cosine_of;
        std::ptrdiff_t per_lane = 0;
        std::ptrdiff_t k = 0;
        for (; k + V::count <= count; k += V::count, ++per_lane) {
            absolute_sine_and_cosine(V::load(phases + k), sine_of, cosine_of);
            lanes.add(cosine_of, sine_of);
        }
        if (k < count) {
            const auto left = static_cast<int>(count - k);
            absolute_sine_and_cosine(load_first(phases + k, left, V(0)), sine_of, cosine_of);
            lanes.add(only_first(left, cosine_of), sine_of);
            ++per_lane;
        }
        lanes.add_to(sum, per_lane);
    }
};

template <class T> using MeanFunction = void (*)(const T* phases, std::ptrdiff_t count, MeanPhasorSum<T>& sum) noexcept;

template <class T> MeanFunction<T> mean_function(Isa isa) noexcept {
    return kernel_for<MeanPhasor, T, MeanFunction<T>>(isa);
}

} // namespace detail
KURAMOTO_END_NAMESPACE
