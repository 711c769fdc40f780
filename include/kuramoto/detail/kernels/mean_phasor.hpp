// The mean kernel: Σ cos θ and Σ sin θ over a block of phases, in the precision of the cells and summed in double.
// Unlike the phasor kernel, which is right to the last digits of double, it is as right as a force on the same cells
// can be.
#pragma once

#include <kuramoto/detail/kernels/phasor.hpp>
#include <kuramoto/detail/simd/dispatch.hpp>
#include <kuramoto/detail/simd/sine.hpp>

#include <cstddef>
#include <utility>

namespace kuramoto {
inline namespace KURAMOTO_BUILD {
namespace detail {

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

/// Partial sums that run side by side: cell k of a block goes to sum k mod 16, whatever the width of a vector.
template <class V> class MeanKernel {
  public:
    using T = typename V::value_type;

    KURAMOTO_KERNEL_PART static void run(const T* phases, std::ptrdiff_t count, Phasor& sum) noexcept {
        D real[static_cast<std::size_t>(vectors)];
        D imaginary[static_cast<std::size_t>(vectors)];
        T sines[piece];
        T cosines[piece];
        std::ptrdiff_t k = 0;
        for (; k + piece <= count; k += piece) {
            evaluate(phases + k, sines, cosines, EveryPart{});
            add(cosines, real, EveryVector{});
            add(sines, imaginary, EveryVector{});
        }
        if (k < count) {
            T rest[piece] = {};
            for (std::ptrdiff_t j = k; j < count; ++j) rest[j - k] = phases[j];
            evaluate(rest, sines, cosines, EveryPart{});
            for (std::ptrdiff_t j = count - k; j < piece; ++j) sines[j] = cosines[j] = 0;
            add(cosines, real, EveryVector{});
            add(sines, imaginary, EveryVector{});
        }
        sum = {total(real), total(imaginary)};
    }

  private:
    using D = Lanes<double, typename V::LevelType>;
    static constexpr int piece = 2 * strands;
    static constexpr int vectors = piece / D::count;
    using EveryVector = std::make_integer_sequence<int, vectors>;
    using EveryPart = std::make_integer_sequence<int, piece / V::count>;

    // Packs, because GCC at -O2 does not unroll a loop over constants.
    template <int... Index>
    KURAMOTO_ALWAYS_INLINE static void evaluate(const T* phases, T* sines, T* cosines,
                                                std::integer_sequence<int, Index...>) noexcept {
        (evaluate_one(phases + Index * V::count, sines + Index * V::count, cosines + Index * V::count), ...);
    }
    KURAMOTO_ALWAYS_INLINE static void evaluate_one(const T* phases, T* sines, T* cosines) noexcept {
        V sine_of, cosine_of;
        absolute_sine_and_cosine(V::load(phases), sine_of, cosine_of);
        sine_of.store(sines);
        cosine_of.store(cosines);
    }
    template <int... Index>
    KURAMOTO_ALWAYS_INLINE static void add(const T* values, D* sums, std::integer_sequence<int, Index...>) noexcept {
        ((sums[Index] = sums[Index] + widened<D>(values + Index * D::count)), ...);
    }
    KURAMOTO_ALWAYS_INLINE static double total(const D* sums) noexcept {
        double each[piece];
        for (int k = 0; k < vectors; ++k) sums[k].store(each + k * D::count);
        return sum_of_strands(each) + sum_of_strands(each + strands);
    }
};

/// The mean kernel for dispatch.hpp.
struct MeanPhasor {
    template <class V>
    KURAMOTO_KERNEL_PART static void run(const typename V::value_type* phases, std::ptrdiff_t count,
                                         Phasor& sum) noexcept {
        MeanKernel<V>::run(phases, count, sum);
    }
};

template <class T> using MeanFunction = void (*)(const T* phases, std::ptrdiff_t count, Phasor& sum) noexcept;

template <class T> MeanFunction<T> mean_function(Isa isa) noexcept {
    return kernel_for<MeanPhasor, T, MeanFunction<T>>(isa);
}

} // namespace detail
} // namespace KURAMOTO_BUILD
} // namespace kuramoto
