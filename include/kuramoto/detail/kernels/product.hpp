// The product kernel: Σ a b over two rows of numbers, in double and in one fixed order.
#pragma once

#include <kuramoto/detail/kernels/phasor.hpp>
#include <kuramoto/detail/simd/dispatch.hpp>

#include <cstddef>

namespace kuramoto {
inline namespace KURAMOTO_BUILD {
namespace detail {

/// Σ a[k] b[k] over `count` numbers, in `strands` partial sums. Reads nothing past the count.
struct ProductSum {
    template <class V>
    KURAMOTO_ALWAYS_INLINE static double run(const double* a, const double* b, std::ptrdiff_t count) noexcept {
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
};

using ProductFunction = double (*)(const double* a, const double* b, std::ptrdiff_t count) noexcept;

inline ProductFunction product_function(Isa isa) noexcept {
    return kernel_for<ProductSum, double, ProductFunction>(isa);
}

} // namespace detail
} // namespace KURAMOTO_BUILD
} // namespace kuramoto
