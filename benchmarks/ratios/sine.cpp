// The library's vector sine by itself, over an array.
#include "module.hpp"

#include <kuramoto/math.hpp>

#include <cstddef>
#include <cstdint>
#include <string>

namespace km = kuramoto;

namespace {

template <class V, class T = typename V::value_type>
KURAMOTO_ALWAYS_INLINE void fill(const T* x, T* y, std::size_t count) {
    for (std::size_t k = 0; k < count; k += static_cast<std::size_t>(V::count)) km::sin(V::load(x + k)).store(y + k);
}

template <class T> [[gnu::flatten]] void fill_baseline(const T* x, T* y, std::size_t count) {
    fill<km::Lanes<T, km::detail::Baseline>>(x, y, count);
}
#if KURAMOTO_X86
template <class T> KURAMOTO_TARGET_AVX2 [[gnu::flatten]] void fill_avx2(const T* x, T* y, std::size_t count) {
    fill<km::Lanes<T, km::detail::Avx2>>(x, y, count);
}
template <class T> KURAMOTO_TARGET_AVX512 [[gnu::flatten]] void fill_avx512(const T* x, T* y, std::size_t count) {
    fill<km::Lanes<T, km::detail::Avx512>>(x, y, count);
}
#endif

/// The function that does y = sin x in the instruction set of this name; its `count` is a multiple of 16.
template <class T> auto sine_of(const std::string& isa) {
#if KURAMOTO_X86
    if (isa == "avx512") return fill_avx512<T>;
    if (isa == "avx2") return fill_avx2<T>;
#endif
    return fill_baseline<T>;
}

} // namespace

/// y = sin x, `times` times over. `count` is a multiple of 16.
RATIOS_EXPORT void sine_fill(const char* isa, int is_double, const void* x, void* y, std::size_t count,
                             std::int64_t times) {
    const auto sine_of_floats = sine_of<float>(isa);
    const auto sine_of_doubles = sine_of<double>(isa);
    for (std::int64_t k = 0; k < times; ++k) {
        if (is_double != 0)
            sine_of_doubles(static_cast<const double*>(x), static_cast<double*>(y), count);
        else
            sine_of_floats(static_cast<const float*>(x), static_cast<float*>(y), count);
    }
}
