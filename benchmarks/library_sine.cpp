#include "library_sine.hpp"

#include <kuramoto/kuramoto.hpp>

#include <cstddef>

namespace suite {

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

} // namespace

template <class T> Sines<T> library_sine(km::Isa isa) {
#if KURAMOTO_X86
    if (isa == km::Isa::avx512) return fill_avx512<T>;
    if (isa == km::Isa::avx2) return fill_avx2<T>;
#endif
    static_cast<void>(isa); // elsewhere there is one
    return fill_baseline<T>;
}
template Sines<float> library_sine(km::Isa);
template Sines<double> library_sine(km::Isa);

} // namespace suite
