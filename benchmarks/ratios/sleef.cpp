// The sine of SLEEF, at most 3.5 ULP wrong, over an array: AVX-512 where this build has it, else AVX2.
#include "module.hpp"

#include <immintrin.h>
#include <sleef.h>

#include <cstddef>
#include <cstdint>

namespace {

#if defined(__AVX512F__)
constexpr const char* isa = "avx512";
void sine(const float* x, float* y, std::size_t count) {
    for (std::size_t k = 0; k < count; k += 16)
        _mm512_storeu_ps(y + k, Sleef_sinf16_u35avx512f(_mm512_loadu_ps(x + k)));
}
void sine(const double* x, double* y, std::size_t count) {
    for (std::size_t k = 0; k < count; k += 8) _mm512_storeu_pd(y + k, Sleef_sind8_u35avx512f(_mm512_loadu_pd(x + k)));
}
#else
constexpr const char* isa = "avx2";
void sine(const float* x, float* y, std::size_t count) {
    for (std::size_t k = 0; k < count; k += 8) _mm256_storeu_ps(y + k, Sleef_sinf8_u35avx2(_mm256_loadu_ps(x + k)));
}
void sine(const double* x, double* y, std::size_t count) {
    for (std::size_t k = 0; k < count; k += 4) _mm256_storeu_pd(y + k, Sleef_sind4_u35avx2(_mm256_loadu_pd(x + k)));
}
#endif

} // namespace

/// y = sin x, `times` times over. `count` is a multiple of 16.
RATIOS_EXPORT void sleef_sine(int is_double, const void* x, void* y, std::size_t count, std::int64_t times) {
    for (std::int64_t k = 0; k < times; ++k) {
        if (is_double != 0)
            sine(static_cast<const double*>(x), static_cast<double*>(y), count);
        else
            sine(static_cast<const float*>(x), static_cast<float*>(y), count);
    }
}
/// The instruction set, as km::name spells it.
RATIOS_EXPORT const char* sleef_isa() { return isa; }
