// The phasor kernels, in double: Σ cos θ and Σ sin θ over some phases; Σ cos of differences; and cos θ and sin θ of
// every one.
#pragma once

#include <kuramoto/detail/simd/dispatch.hpp>
#include <kuramoto/detail/simd/lane_sums.hpp>
#include <kuramoto/detail/simd/sine.hpp>

#include <cstddef>
#include <cstdint>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// A complex number, for example the mean of e^{iθ}.
struct Phasor {
    double real = 0;
    double imaginary = 0;
};

/// A sum of e^{iθ} of which cosine and sine were computed in T.
template <class T, int Levels> struct PhasorSum {
    FixedPointSum<T, Levels> real;
    FixedPointSum<T, Levels> imaginary;

    PhasorSum& operator+=(const PhasorSum& other) noexcept {
        real += other.real;
        imaginary += other.imaginary;
        return *this;
    }
    /// The sum divided by the number of summands; NaN if a phase was NaN or infinite.
    [[nodiscard]] Phasor mean(std::ptrdiff_t count) const noexcept { return {real.mean(count), imaginary.mean(count)}; }
};

/// LaneSums of cosines and sines. A phase that is NaN or infinite makes both NaN, so that one of them is checked.
template <class V, int Levels> class PhasorLaneSums {
  public:
    using Sum = PhasorSum<typename V::value_type, Levels>;

    KURAMOTO_ALWAYS_INLINE PhasorLaneSums() : cosines_(-1), sines_(-1) {}
    KURAMOTO_ALWAYS_INLINE void add(const V& cosine, const V& sine) {
        cosines_.add(cosine);
        sines_.add(sine);
    }
    /// Adds the sums to `sum`, after `count` phasors have been added to each lane.
    KURAMOTO_ALWAYS_INLINE void add_to(Sum& sum, std::ptrdiff_t count) const {
        cosines_.units(count, [&](int level, std::int64_t units) { sum.real.levels[level].add(units); });
        sines_.units(count, [&](int level, std::int64_t units) { sum.imaginary.levels[level].add(units); });
        const int is_bad = cosines_.is_finite() ? 0 : 1;
        sum.real.not_finite += is_bad;
        sum.imaginary.not_finite += is_bad;
    }

  private:
    LaneSums<V, Levels> cosines_;
    LaneSums<V, Levels, false> sines_;
};

/// Sums of cosines and sines that are right to the last digits of double: rounded to multiples of 2^-100.
using FinePhasorSum = PhasorSum<double, 2>;
using FineSum = FixedPointSum<double, 2>;

/// Adds Σ e^{iθ} over `count` phases, computed in double, to `sum`. Reads nothing past them.
/// Requires: count ≤ cells_per_part.
template <class T> struct AddPhasors {
    template <class V>
    KURAMOTO_ALWAYS_INLINE static void run(const T* phases, std::ptrdiff_t count, FinePhasorSum& sum) noexcept {
        PhasorLaneSums<V, 2> lanes;
        V sine_of, cosine_of;
        std::ptrdiff_t per_lane = 0;
        std::ptrdiff_t k = 0;
        for (; k + V::count <= count; k += V::count, ++per_lane) {
            sine_and_cosine(widened<V>(phases + k), sine_of, cosine_of);
            lanes.add(cosine_of, sine_of);
        }
        if (k < count) {
            const auto left = static_cast<int>(count - k);
            sine_and_cosine(widened_first<V>(phases + k, left), sine_of, cosine_of);
            lanes.add(only_first(left, cosine_of), sine_of);
            ++per_lane;
        }
        lanes.add_to(sum, per_lane);
    }
};

/// Adds Σ cos(θ_b − θ_a) over `count` pairs of phases, computed in double, to `sum`. Reads nothing past them.
/// Requires: count ≤ cells_per_part.
template <class T> struct AddCosines {
    template <class V>
    KURAMOTO_ALWAYS_INLINE static void run(const T* a, const T* b, std::ptrdiff_t count, FineSum& sum) noexcept {
        UnitLaneSums<V, 2> lanes;
        std::ptrdiff_t per_lane = 0;
        std::ptrdiff_t k = 0;
        for (; k + V::count <= count; k += V::count, ++per_lane)
            lanes.add(cosine(widened<V>(b + k) - widened<V>(a + k)));
        if (k < count) {
            const auto left = static_cast<int>(count - k);
            const V difference = widened_first<V>(b + k, left) - widened_first<V>(a + k, left);
            lanes.add(only_first(left, cosine(difference)));
            ++per_lane;
        }
        lanes.add_to(sum, per_lane);
    }
};

/// e^{iθ} of `count` phases that stand in `real`: the cosines in their place, the sines in `imaginary`. Touches nothing
/// past the count.
struct PhasorsInPlace {
    template <class V>
    KURAMOTO_ALWAYS_INLINE static void run(double* real, double* imaginary, std::ptrdiff_t count) noexcept {
        V sine_of_phase;
        V cosine_of_phase;
        std::ptrdiff_t k = 0;
        for (; k + V::count <= count; k += V::count) {
            sine_and_cosine(V::load(real + k), sine_of_phase, cosine_of_phase);
            cosine_of_phase.store(real + k);
            sine_of_phase.store(imaginary + k);
        }
        if (k == count) return;
        const auto left = static_cast<int>(count - k);
        sine_and_cosine(load_first(real + k, left, V(0)), sine_of_phase, cosine_of_phase);
        store_first(real + k, left, cosine_of_phase);
        store_first(imaginary + k, left, sine_of_phase);
    }
};

template <class T>
using AddPhasorsFunction = void (*)(const T* phases, std::ptrdiff_t count, FinePhasorSum& sum) noexcept;
template <class T>
using AddCosinesFunction = void (*)(const T* a, const T* b, std::ptrdiff_t count, FineSum& sum) noexcept;
using PhasorsInPlaceFunction = void (*)(double* real, double* imaginary, std::ptrdiff_t count) noexcept;

template <class T> AddPhasorsFunction<T> add_phasors_function(Isa isa) noexcept {
    return kernel_for<AddPhasors<T>, double, AddPhasorsFunction<T>>(isa);
}
template <class T> AddCosinesFunction<T> add_cosines_function(Isa isa) noexcept {
    return kernel_for<AddCosines<T>, double, AddCosinesFunction<T>>(isa);
}
inline PhasorsInPlaceFunction phasors_in_place_function(Isa isa) noexcept {
    return kernel_for<PhasorsInPlace, double, PhasorsInPlaceFunction>(isa);
}

} // namespace detail
KURAMOTO_END_NAMESPACE
