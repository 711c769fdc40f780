// The product kernel: Σ a b over two rows of numbers, in double and in one fixed order.
#pragma once

#include <kuramoto/detail/kernels/phasor.hpp>
#include <kuramoto/execution/isa.hpp>

#include <cstddef>

namespace kuramoto {
inline namespace KURAMOTO_BUILD {
namespace detail {

/// Σ a[k] b[k] over `count` numbers, in `strands` partial sums. Reads nothing past the count.
template <class V>
KURAMOTO_ALWAYS_INLINE double add_products(const double* a, const double* b, std::ptrdiff_t count) noexcept {
    constexpr int vectors = strands / V::count;
    V sums[static_cast<std::size_t>(vectors)];
    for (int v = 0; v < vectors; ++v) sums[v] = V(0);
    std::ptrdiff_t k = 0;
    for (; k + strands <= count; k += strands)
        for (int v = 0; v < vectors; ++v)
            sums[v] = fma(V::load(a + k + v * V::count), V::load(b + k + v * V::count), sums[v]);
    for (int v = 0; v < vectors && k < count; ++v, k += V::count) {
        const auto left = static_cast<int>(count - k < V::count ? count - k : V::count);
        sums[v] = fma(load_first(a + k, left, V(0)), load_first(b + k, left, V(0)), sums[v]);
    }
    double strand[strands];
    for (int v = 0; v < vectors; ++v) sums[v].store(strand + v * V::count);
    return sum_of_strands(strand);
}

using ProductFunction = double (*)(const double* a, const double* b, std::ptrdiff_t count) noexcept;

[[__gnu__::__flatten__]] inline double products_baseline(const double* a, const double* b,
                                                         std::ptrdiff_t count) noexcept {
    return add_products<Lanes<double, Baseline>>(a, b, count);
}
#if KURAMOTO_X86
KURAMOTO_TARGET_AVX2 [[__gnu__::__flatten__]] inline double products_avx2(const double* a, const double* b,
                                                                          std::ptrdiff_t count) noexcept {
    return add_products<Lanes<double, Avx2>>(a, b, count);
}
KURAMOTO_TARGET_AVX512 [[__gnu__::__flatten__]] inline double products_avx512(const double* a, const double* b,
                                                                              std::ptrdiff_t count) noexcept {
    return add_products<Lanes<double, Avx512>>(a, b, count);
}
#endif

/// The product kernel for an instruction set that this processor has.
inline ProductFunction product_function(Isa isa) noexcept {
#if KURAMOTO_X86
    if (isa == Isa::avx512) return products_avx512;
    if (isa == Isa::avx2) return products_avx2;
#endif
    static_cast<void>(isa);
    return products_baseline;
}

} // namespace detail
} // namespace KURAMOTO_BUILD
} // namespace kuramoto
