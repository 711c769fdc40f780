// The phasor kernels: Σ cos θ and Σ sin θ over a block of phases, or the first alone, in double and in one fixed order;
// and cos θ and sin θ of every one.
#pragma once

#include <kuramoto/detail/simd/dispatch.hpp>
#include <kuramoto/detail/simd/sine.hpp>

#include <cstddef>

namespace kuramoto {
inline namespace KURAMOTO_BUILD {
namespace detail {

/// A complex number: the sum of e^{iθ}.
struct Phasor {
    double real = 0;
    double imaginary = 0;

    Phasor& operator+=(const Phasor& other) noexcept {
        real += other.real;
        imaginary += other.imaginary;
        return *this;
    }
};

/// Partial sums that run side by side: cell k of a block goes to sum k mod 8, whatever the width of a vector.
inline constexpr int strands = 8;

/// ((0 + 1) + (2 + 3)) + ((4 + 5) + (6 + 7)).
inline double sum_of_strands(const double* sums) noexcept {
    return ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]));
}

/// True in the lanes of the first `left` numbers.
template <class V> KURAMOTO_ALWAYS_INLINE typename V::Mask lanes_within(std::ptrdiff_t left) {
    return first_lanes<double, typename V::LevelType>(static_cast<int>(left < V::count ? left : V::count));
}

/// Σ e^{iθ} over `count` phases; the memory goes on to the next multiple of `strands`.
struct PhasorSum {
    template <class V>
    KURAMOTO_ALWAYS_INLINE static void run(const double* phases, std::ptrdiff_t count, Phasor& sum) noexcept {
        double real[strands] = {};
        double imaginary[strands] = {};
        for (std::ptrdiff_t k = 0; k < count; k += strands) {
            for (int s = 0; s < strands; s += V::count) {
                const V phase = V::load(phases + k + s);
                const auto present = lanes_within<V>(count - k - s);
                (V::load(real + s) + blend(present, cosine(phase), V(0))).store(real + s);
                (V::load(imaginary + s) + blend(present, sine(phase), V(0))).store(imaginary + s);
            }
        }
        sum = {sum_of_strands(real), sum_of_strands(imaginary)};
    }
};

/// Σ cos θ alone: the bits of the real part.
struct CosineSum {
    template <class V> KURAMOTO_ALWAYS_INLINE static double run(const double* phases, std::ptrdiff_t count) noexcept {
        double sums[strands] = {};
        for (std::ptrdiff_t k = 0; k < count; k += strands) {
            for (int s = 0; s < strands; s += V::count) {
                const auto present = lanes_within<V>(count - k - s);
                (V::load(sums + s) + blend(present, cosine(V::load(phases + k + s)), V(0))).store(sums + s);
            }
        }
        return sum_of_strands(sums);
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

using PhasorFunction = void (*)(const double* phases, std::ptrdiff_t count, Phasor& sum) noexcept;
using CosineFunction = double (*)(const double* phases, std::ptrdiff_t count) noexcept;
using PhasorsInPlaceFunction = void (*)(double* real, double* imaginary, std::ptrdiff_t count) noexcept;

inline PhasorFunction phasor_function(Isa isa) noexcept { return kernel_for<PhasorSum, double, PhasorFunction>(isa); }
inline CosineFunction cosine_function(Isa isa) noexcept { return kernel_for<CosineSum, double, CosineFunction>(isa); }
inline PhasorsInPlaceFunction phasors_in_place_function(Isa isa) noexcept {
    return kernel_for<PhasorsInPlace, double, PhasorsInPlaceFunction>(isa);
}

} // namespace detail
} // namespace KURAMOTO_BUILD
} // namespace kuramoto
