// The operations that need an instruction by name: one overload for each level and type. This is the only header that
// names instructions; everything above it is one text for all of them.
//
//   fma(a, b, c)             a * b + c; rounded once where Level::fused, twice elsewhere, whatever the build flags
//   any_beyond(a, limit)     whether |a| > limit in any lane; a NaN may count as beyond
//   any_beyond(a, b, limit)  the same of two vectors
//   load_first(from, n, c)   the first n values of `from`, lanes of c behind them; reads nothing past the n
//   store_first(to, n, a)    the first n lanes; writes nothing past the n
//   root(a)                  the square root of every lane, correctly rounded
//   multiply_low(a, c)       the product of the low half of every word of a and c, 64 bits
//   shift_in(a, b)           b moved up by one lane, the last lane of a moved in (where the general one is slow)
//   value_barrier(a)         hides from the optimiser how a was computed: nothing is contracted or reordered across it
//
// They are plain inline functions with a `target`: a kernel of the same target inlines them, anybody else calls them.
#pragma once

#include <kuramoto/detail/simd/lanes.hpp>

#if KURAMOTO_X86
// Identical lists wherever a level is named: a function is inlined only into callers that have all its features.
#define KURAMOTO_TARGET_AVX2 [[__gnu__::__target__("avx2,fma")]]
#define KURAMOTO_TARGET_AVX512 [[__gnu__::__target__("avx2,fma,avx512f,avx512vl,avx512bw,avx512dq")]]
#endif

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

// --- baseline
// ---------------------------------------------------------------------------------------------------------

template <class T> KURAMOTO_ALWAYS_INLINE void value_barrier(Lanes<T, Baseline>& a) {
#if KURAMOTO_X86
    __asm__("" : "+x"(a.values));
#elif defined(__aarch64__)
    __asm__("" : "+w"(a.values));
#else
    __asm__("" : "+m"(a.values));
#endif
}

template <class T>
KURAMOTO_ALWAYS_INLINE Lanes<T, Baseline> fma(const Lanes<T, Baseline>& a, const Lanes<T, Baseline>& b,
                                              const Lanes<T, Baseline>& c) {
    if constexpr (Baseline::fused) {
        Lanes<T, Baseline> sum;
        for (int i = 0; i < sum.count; ++i) {
            if constexpr (sizeof(T) == 4)
                sum.values[i] = __builtin_fmaf(a.values[i], b.values[i], c.values[i]);
            else
                sum.values[i] = __builtin_fma(a.values[i], b.values[i], c.values[i]);
        }
        return sum;
    } else {
        return a * b + c;
    }
}

template <class T> KURAMOTO_ALWAYS_INLINE bool any_of(const LaneMask<T, Baseline>& mask) {
#if KURAMOTO_X86
    if constexpr (sizeof(T) == 4)
        return __builtin_ia32_movmskps(reinterpret_cast<typename Lanes<T, Baseline>::Values>(mask.bits)) != 0;
    else
        return __builtin_ia32_movmskpd(reinterpret_cast<typename Lanes<T, Baseline>::Values>(mask.bits)) != 0;
#else
    bool any = false;
    for (int i = 0; i < Lanes<T, Baseline>::count; ++i) any |= mask.bits[i] != 0;
    return any;
#endif
}
template <class T> KURAMOTO_ALWAYS_INLINE bool any_beyond(const Lanes<T, Baseline>& a, T limit) {
    return any_of(magnitude_of(a) > Lanes<T, Baseline>(limit));
}
template <class T>
KURAMOTO_ALWAYS_INLINE bool any_beyond(const Lanes<T, Baseline>& a, const Lanes<T, Baseline>& b, T limit) {
    const Lanes<T, Baseline> bound(limit);
    return any_of((magnitude_of(a) > bound) | (magnitude_of(b) > bound));
}

template <class T> KURAMOTO_ALWAYS_INLINE Lanes<T, Baseline> root(const Lanes<T, Baseline>& a) {
#if KURAMOTO_X86
    if constexpr (sizeof(T) == 4)
        return Lanes<T, Baseline>(__builtin_ia32_sqrtps(a.values));
    else
        return Lanes<T, Baseline>(__builtin_ia32_sqrtpd(a.values));
#else
    Lanes<T, Baseline> result;
    for (int i = 0; i < Lanes<T, Baseline>::count; ++i) {
        if constexpr (sizeof(T) == 4)
            result.values[i] = __builtin_sqrtf(a.values[i]);
        else
            result.values[i] = __builtin_sqrt(a.values[i]);
    }
    return result;
#endif
}

KURAMOTO_ALWAYS_INLINE Words<Baseline> multiply_low(const Words<Baseline>& a, std::uint32_t c) {
    constexpr std::uint64_t low_half = 0xffffffffU;
    return Words<Baseline>((a.values & low_half) * std::uint64_t{c});
}

template <class T>
KURAMOTO_ALWAYS_INLINE Lanes<T, Baseline> load_first(const T* from, int n, const Lanes<T, Baseline>& otherwise) {
    Lanes<T, Baseline> loaded = otherwise;
    for (int i = 0; i < n; ++i) loaded.values[i] = from[i];
    return loaded;
}

template <class T> KURAMOTO_ALWAYS_INLINE void store_first(T* to, int n, const Lanes<T, Baseline>& a) {
    for (int i = 0; i < n; ++i) to[i] = a.values[i];
}

#if KURAMOTO_X86

// --- AVX2 with FMA
// ----------------------------------------------------------------------------------------------------

using Float8 = Lanes<float, Avx2>;
using Double4 = Lanes<double, Avx2>;
typedef long long Int64x4 [[__gnu__::__vector_size__(32)]];

template <class T> KURAMOTO_TARGET_AVX2 inline void value_barrier(Lanes<T, Avx2>& a) { __asm__("" : "+v"(a.values)); }

KURAMOTO_TARGET_AVX2 inline Float8 fma(const Float8& a, const Float8& b, const Float8& c) {
    return Float8(__builtin_ia32_vfmaddps256(a.values, b.values, c.values));
}
KURAMOTO_TARGET_AVX2 inline Double4 fma(const Double4& a, const Double4& b, const Double4& c) {
    return Double4(__builtin_ia32_vfmaddpd256(a.values, b.values, c.values));
}

KURAMOTO_TARGET_AVX2 inline bool any_of(const Float8::Mask& mask) {
    return __builtin_ia32_movmskps256(reinterpret_cast<Float8::Values>(mask.bits)) != 0;
}
KURAMOTO_TARGET_AVX2 inline bool any_of(const Double4::Mask& mask) {
    return __builtin_ia32_movmskpd256(reinterpret_cast<Double4::Values>(mask.bits)) != 0;
}
template <class T> KURAMOTO_TARGET_AVX2 inline bool any_beyond(const Lanes<T, Avx2>& a, T limit) {
    return any_of(magnitude_of(a) > Lanes<T, Avx2>(limit));
}
template <class T>
KURAMOTO_TARGET_AVX2 inline bool any_beyond(const Lanes<T, Avx2>& a, const Lanes<T, Avx2>& b, T limit) {
    const Lanes<T, Avx2> bound(limit);
    return any_of((magnitude_of(a) > bound) | (magnitude_of(b) > bound));
}

// By name, because the compilers' builtins differ, and because GCC multiplies 64 bits where 32 would do.
KURAMOTO_TARGET_AVX2 inline Float8 root(const Float8& a) {
    Float8::Values roots;
    __asm__("vsqrtps %1, %0" : "=x"(roots) : "x"(a.values));
    return Float8(roots);
}
KURAMOTO_TARGET_AVX2 inline Double4 root(const Double4& a) {
    Double4::Values roots;
    __asm__("vsqrtpd %1, %0" : "=x"(roots) : "x"(a.values));
    return Double4(roots);
}
KURAMOTO_TARGET_AVX2 inline Words<Avx2> multiply_low(const Words<Avx2>& a, std::uint32_t c) {
    const Words<Avx2> factor(c);
    Words<Avx2>::Values product;
    __asm__("vpmuludq %2, %1, %0" : "=x"(product) : "x"(a.values), "x"(factor.values));
    return Words<Avx2>(product);
}

KURAMOTO_TARGET_AVX2 inline Float8 load_first(const float* from, int n, const Float8& otherwise) {
    const Float8::Mask first = first_lanes<float, Avx2>(n);
    const auto* source = reinterpret_cast<const Float8::Values*>(from);
    return blend(first, Float8(__builtin_ia32_maskloadps256(source, first.bits)), otherwise);
}
KURAMOTO_TARGET_AVX2 inline Double4 load_first(const double* from, int n, const Double4& otherwise) {
    const Double4::Mask first = first_lanes<double, Avx2>(n);
    const auto* source = reinterpret_cast<const Double4::Values*>(from);
    return blend(first, Double4(__builtin_ia32_maskloadpd256(source, reinterpret_cast<Int64x4>(first.bits))),
                 otherwise);
}

KURAMOTO_TARGET_AVX2 inline void store_first(float* to, int n, const Float8& a) {
    const Float8::Mask first = first_lanes<float, Avx2>(n);
    __builtin_ia32_maskstoreps256(reinterpret_cast<Float8::Values*>(to), first.bits, a.values);
}
KURAMOTO_TARGET_AVX2 inline void store_first(double* to, int n, const Double4& a) {
    const Double4::Mask first = first_lanes<double, Avx2>(n);
    __builtin_ia32_maskstorepd256(reinterpret_cast<Double4::Values*>(to), reinterpret_cast<Int64x4>(first.bits),
                                  a.values);
}

// --- AVX-512
// ----------------------------------------------------------------------------------------------------------

using Float16 = Lanes<float, Avx512>;
using Double8 = Lanes<double, Avx512>;
using Bits16 = std::uint16_t;
using Bits8 = std::uint8_t;
inline constexpr Bits16 all_16 = 0xffff;
inline constexpr Bits8 all_8 = 0xff;
#if defined(__clang__)
inline constexpr Bits16 fma_all_16 = 0xffff;
#else
inline constexpr short fma_all_16 = -1; // GCC declares this one operand with a sign
#endif
inline constexpr int current_rounding = 4; // as the control register says: to nearest
inline constexpr int greater_integer = 6;
typedef long long Int64x8 [[__gnu__::__vector_size__(64)]];

template <class T> KURAMOTO_TARGET_AVX512 inline void value_barrier(Lanes<T, Avx512>& a) {
    __asm__("" : "+v"(a.values));
}

KURAMOTO_TARGET_AVX512 inline Float16 fma(const Float16& a, const Float16& b, const Float16& c) {
    return Float16(__builtin_ia32_vfmaddps512_mask(a.values, b.values, c.values, fma_all_16, current_rounding));
}
KURAMOTO_TARGET_AVX512 inline Double8 fma(const Double8& a, const Double8& b, const Double8& c) {
    return Double8(__builtin_ia32_vfmaddpd512_mask(a.values, b.values, c.values, all_8, current_rounding));
}

// Compared as integers, off the pipes of the multiply-adds: floating-point numbers without sign are ordered as their
// bits are. A NaN counts as beyond here, which costs the slow path and changes nothing.
KURAMOTO_TARGET_AVX512 inline bool any_above(const Float16& size, float limit) {
    Float16::Bits bits;
    Float16::Bits bound;
    to_bits(size, bits);
    to_bits(Float16(limit), bound);
    return __builtin_ia32_cmpd512_mask(bits, bound, greater_integer, all_16) != 0;
}
KURAMOTO_TARGET_AVX512 inline bool any_above(const Double8& size, double limit) {
    Double8::Bits bits;
    Double8::Bits bound;
    to_bits(size, bits);
    to_bits(Double8(limit), bound);
    return __builtin_ia32_cmpq512_mask(reinterpret_cast<Int64x8>(bits), reinterpret_cast<Int64x8>(bound),
                                       greater_integer, all_8) != 0;
}
// The larger magnitude of two lanes; of a NaN and a number the number. By name: see root.
KURAMOTO_TARGET_AVX512 inline Float16 larger_magnitude(const Float16& a, const Float16& b) {
    Float16::Values larger;
    __asm__("vrangeps $11, %2, %1, %0" : "=v"(larger) : "v"(a.values), "v"(b.values));
    return Float16(larger);
}
KURAMOTO_TARGET_AVX512 inline Double8 larger_magnitude(const Double8& a, const Double8& b) {
    Double8::Values larger;
    __asm__("vrangepd $11, %2, %1, %0" : "=v"(larger) : "v"(a.values), "v"(b.values));
    return Double8(larger);
}
template <class T> KURAMOTO_TARGET_AVX512 inline bool any_beyond(const Lanes<T, Avx512>& a, T limit) {
    return any_above(magnitude_of(a), limit);
}
template <class T>
KURAMOTO_TARGET_AVX512 inline bool any_beyond(const Lanes<T, Avx512>& a, const Lanes<T, Avx512>& b, T limit) {
    return any_above(larger_magnitude(a, b), limit);
}

KURAMOTO_TARGET_AVX512 inline Float16 root(const Float16& a) {
    Float16::Values roots;
    __asm__("vsqrtps %1, %0" : "=v"(roots) : "v"(a.values));
    return Float16(roots);
}
KURAMOTO_TARGET_AVX512 inline Double8 root(const Double8& a) {
    Double8::Values roots;
    __asm__("vsqrtpd %1, %0" : "=v"(roots) : "v"(a.values));
    return Double8(roots);
}
KURAMOTO_TARGET_AVX512 inline Words<Avx512> multiply_low(const Words<Avx512>& a, std::uint32_t c) {
    const Words<Avx512> factor(c);
    Words<Avx512>::Values product;
    __asm__("vpmuludq %2, %1, %0" : "=v"(product) : "v"(a.values), "v"(factor.values));
    return Words<Avx512>(product);
}

#if !defined(__clang__)
// GCC makes a two-source permutation of the general shift_in, which takes a constant and the pipes of the
// multiply-adds.
KURAMOTO_TARGET_AVX512 inline Float16 shift_in(const Float16& previous, const Float16& current) {
    Float16::Bits low;
    Float16::Bits high;
    to_bits(previous, low);
    to_bits(current, high);
    return from_bits<Float16>(__builtin_ia32_alignd512_mask(high, low, 15, Float16::Bits{}, all_16));
}
KURAMOTO_TARGET_AVX512 inline Double8 shift_in(const Double8& previous, const Double8& current) {
    Double8::Bits low;
    Double8::Bits high;
    to_bits(previous, low);
    to_bits(current, high);
    const Int64x8 shifted = __builtin_ia32_alignq512_mask(reinterpret_cast<Int64x8>(high),
                                                          reinterpret_cast<Int64x8>(low), 7, Int64x8{}, all_8);
    return Double8(reinterpret_cast<Double8::Values>(shifted));
}
#endif

template <class Bits> KURAMOTO_TARGET_AVX512 inline Bits first_bits(int n) { return static_cast<Bits>((1U << n) - 1U); }

KURAMOTO_TARGET_AVX512 inline Float16 load_first(const float* from, int n, const Float16& otherwise) {
    return Float16(__builtin_ia32_loadups512_mask(from, otherwise.values, first_bits<Bits16>(n)));
}
KURAMOTO_TARGET_AVX512 inline Double8 load_first(const double* from, int n, const Double8& otherwise) {
    return Double8(__builtin_ia32_loadupd512_mask(from, otherwise.values, first_bits<Bits8>(n)));
}

KURAMOTO_TARGET_AVX512 inline void store_first(float* to, int n, const Float16& a) {
    __builtin_ia32_storeups512_mask(to, a.values, first_bits<Bits16>(n));
}
KURAMOTO_TARGET_AVX512 inline void store_first(double* to, int n, const Double8& a) {
    __builtin_ia32_storeupd512_mask(to, a.values, first_bits<Bits8>(n));
}

#endif

} // namespace detail
KURAMOTO_END_NAMESPACE
