// The library's vector sine by itself: over an array, to be timed, and its largest error.
#include "module.hpp"

#include <kuramoto/math.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <random>
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

/// The difference from the exact sine in units in the last place of the exact one. A NaN or an infinity where there
/// should be none is infinitely wrong.
template <class T, class Exact> double error_in_ulp(T computed, Exact exact) {
    if (!std::isfinite(computed)) return std::numeric_limits<double>::infinity();
    const int exponent = exact == 0 ? std::numeric_limits<T>::min_exponent - 1 : std::ilogb(exact);
    const int unit = std::max(exponent, std::numeric_limits<T>::min_exponent - 1) + 1 - std::numeric_limits<T>::digits;
    return static_cast<double>(std::fabs(static_cast<Exact>(computed) - exact) * std::ldexp(Exact{1}, -unit));
}

constexpr std::size_t block = 4096;

/// The largest error in one block of arguments; a sine that is not odd to the bit is infinitely wrong too.
template <class Exact, class T> double largest_error(const std::string& isa, const T* x) {
    alignas(64) T y[block];
    alignas(64) T minus_x[block];
    alignas(64) T mirrored[block];
    for (std::size_t k = 0; k < block; ++k) minus_x[k] = -x[k];
    const auto sine = sine_of<T>(isa);
    sine(x, y, block);
    sine(minus_x, mirrored, block);
    double largest = 0;
    for (std::size_t k = 0; k < block; ++k) {
        const T opposite = -mirrored[k];
        if (std::memcmp(&y[k], &opposite, sizeof(T)) != 0) return std::numeric_limits<double>::infinity();
        largest = std::max(largest, error_in_ulp(y[k], std::sin(static_cast<Exact>(x[k]))));
    }
    return largest;
}

/// Every `stride`-th finite float, of both signs, against the C library's double sine, which is wrong by less than
/// 10^-8 of a float's last place.
double largest_float_error(const std::string& isa, std::int64_t stride) {
    constexpr std::int64_t infinity = 0x7f800000;
    const std::int64_t count = (infinity + stride - 1) / stride;
    const std::int64_t blocks = (count + std::int64_t{block} - 1) / std::int64_t{block};
    double largest = 0;
#pragma omp parallel for schedule(dynamic, 16) reduction(max : largest)
    for (std::int64_t b = 0; b < blocks; ++b) {
        alignas(64) float x[block];
        for (std::size_t k = 0; k < block; ++k) {
            const std::int64_t index = b * std::int64_t{block} + static_cast<std::int64_t>(k);
            const auto bits = static_cast<std::uint32_t>(std::min(index * stride, infinity - 1));
            std::memcpy(&x[k], &bits, sizeof bits);
        }
        largest = std::max(largest, largest_error<double>(isa, x));
    }
    return largest;
}

/// Random doubles, of both signs, against the C library's long double sine: a quarter each within π/2, 2π, 1000 and
/// 2^20, which is where the library's polynomial ends.
double largest_double_error(const std::string& isa, std::int64_t samples) {
    constexpr double reaches[] = {1.5707963267948966, 6.283185307179586, 1000.0, 0x1p20};
    const std::int64_t blocks = (samples + std::int64_t{block} - 1) / std::int64_t{block};
    double largest = 0;
#pragma omp parallel for schedule(dynamic, 16) reduction(max : largest)
    for (std::int64_t b = 0; b < blocks; ++b) {
        std::mt19937_64 random(static_cast<std::uint64_t>(b));
        std::uniform_real_distribution<double> within(0.0, reaches[b % 4]);
        alignas(64) double x[block];
        for (double& value : x) value = within(random);
        largest = std::max(largest, largest_error<long double>(isa, x));
    }
    return largest;
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
RATIOS_EXPORT double sine_largest_float_error(const char* isa, std::int64_t stride) {
    return largest_float_error(isa, stride);
}
RATIOS_EXPORT double sine_largest_double_error(const char* isa, std::int64_t samples) {
    return largest_double_error(isa, samples);
}
