// The phasor kernels: Σ cos θ and Σ sin θ over a block of phases, or the first alone, in double and in one fixed order;
// and cos θ and sin θ of every one.
#pragma once

#include <kuramoto/detail/simd/sine.hpp>
#include <kuramoto/execution/isa.hpp>

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
template <class V>
KURAMOTO_ALWAYS_INLINE void add_phasors(const double* phases, std::ptrdiff_t count, Phasor& sum) noexcept {
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

/// Σ cos θ alone: the bits of the real part.
template <class V> KURAMOTO_ALWAYS_INLINE double add_cosines(const double* phases, std::ptrdiff_t count) noexcept {
    double sums[strands] = {};
    for (std::ptrdiff_t k = 0; k < count; k += strands) {
        for (int s = 0; s < strands; s += V::count) {
            const auto present = lanes_within<V>(count - k - s);
            (V::load(sums + s) + blend(present, cosine(V::load(phases + k + s)), V(0))).store(sums + s);
        }
    }
    return sum_of_strands(sums);
}

/// e^{iθ} of `count` phases that stand in `real`: the cosines in their place, the sines in `imaginary`. Touches nothing
/// past the count.
template <class V>
KURAMOTO_ALWAYS_INLINE void turn_into_phasors(double* real, double* imaginary, std::ptrdiff_t count) noexcept {
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

using PhasorFunction = void (*)(const double* phases, std::ptrdiff_t count, Phasor& sum) noexcept;

[[__gnu__::__flatten__]] inline void phasors_baseline(const double* phases, std::ptrdiff_t count,
                                                      Phasor& sum) noexcept {
    add_phasors<Lanes<double, Baseline>>(phases, count, sum);
}
#if KURAMOTO_X86
KURAMOTO_TARGET_AVX2 [[__gnu__::__flatten__]] inline void phasors_avx2(const double* phases, std::ptrdiff_t count,
                                                                       Phasor& sum) noexcept {
    add_phasors<Lanes<double, Avx2>>(phases, count, sum);
}
KURAMOTO_TARGET_AVX512 [[__gnu__::__flatten__]] inline void phasors_avx512(const double* phases, std::ptrdiff_t count,
                                                                           Phasor& sum) noexcept {
    add_phasors<Lanes<double, Avx512>>(phases, count, sum);
}
#endif

/// The phasor kernel for an instruction set that this processor has.
inline PhasorFunction phasor_function(Isa isa) noexcept {
#if KURAMOTO_X86
    if (isa == Isa::avx512) return phasors_avx512;
    if (isa == Isa::avx2) return phasors_avx2;
#endif
    static_cast<void>(isa);
    return phasors_baseline;
}

using CosineFunction = double (*)(const double* phases, std::ptrdiff_t count) noexcept;

[[__gnu__::__flatten__]] inline double cosines_baseline(const double* phases, std::ptrdiff_t count) noexcept {
    return add_cosines<Lanes<double, Baseline>>(phases, count);
}
#if KURAMOTO_X86
KURAMOTO_TARGET_AVX2 [[__gnu__::__flatten__]] inline double cosines_avx2(const double* phases,
                                                                         std::ptrdiff_t count) noexcept {
    return add_cosines<Lanes<double, Avx2>>(phases, count);
}
KURAMOTO_TARGET_AVX512 [[__gnu__::__flatten__]] inline double cosines_avx512(const double* phases,
                                                                             std::ptrdiff_t count) noexcept {
    return add_cosines<Lanes<double, Avx512>>(phases, count);
}
#endif

/// add_cosines for an instruction set that this processor has.
inline CosineFunction cosine_function(Isa isa) noexcept {
#if KURAMOTO_X86
    if (isa == Isa::avx512) return cosines_avx512;
    if (isa == Isa::avx2) return cosines_avx2;
#endif
    static_cast<void>(isa);
    return cosines_baseline;
}

using PhasorsInPlaceFunction = void (*)(double* real, double* imaginary, std::ptrdiff_t count) noexcept;

[[__gnu__::__flatten__]] inline void turn_baseline(double* real, double* imaginary, std::ptrdiff_t count) noexcept {
    turn_into_phasors<Lanes<double, Baseline>>(real, imaginary, count);
}
#if KURAMOTO_X86
KURAMOTO_TARGET_AVX2 [[__gnu__::__flatten__]] inline void turn_avx2(double* real, double* imaginary,
                                                                    std::ptrdiff_t count) noexcept {
    turn_into_phasors<Lanes<double, Avx2>>(real, imaginary, count);
}
KURAMOTO_TARGET_AVX512 [[__gnu__::__flatten__]] inline void turn_avx512(double* real, double* imaginary,
                                                                        std::ptrdiff_t count) noexcept {
    turn_into_phasors<Lanes<double, Avx512>>(real, imaginary, count);
}
#endif

/// turn_into_phasors for an instruction set that this processor has.
inline PhasorsInPlaceFunction phasors_in_place_function(Isa isa) noexcept {
#if KURAMOTO_X86
    if (isa == Isa::avx512) return turn_avx512;
    if (isa == Isa::avx2) return turn_avx2;
#endif
    static_cast<void>(isa);
    return turn_baseline;
}

} // namespace detail
} // namespace KURAMOTO_BUILD
} // namespace kuramoto
