// SLEEF's sines, at most 1.0 and 3.5 units in the last place wrong, in the widest vectors of the machine that this was
// compiled for.
#include <immintrin.h>
#include <sleef.h>

#include <cstddef>

namespace sleef {

#if defined(__AVX512F__)
void sin_u10(const float* x, float* y, std::size_t count) {
    for (std::size_t k = 0; k < count; k += 16)
        _mm512_storeu_ps(y + k, Sleef_sinf16_u10avx512f(_mm512_loadu_ps(x + k)));
}
void sin_u10(const double* x, double* y, std::size_t count) {
    for (std::size_t k = 0; k < count; k += 8) _mm512_storeu_pd(y + k, Sleef_sind8_u10avx512f(_mm512_loadu_pd(x + k)));
}
void sin_u35(const float* x, float* y, std::size_t count) {
    for (std::size_t k = 0; k < count; k += 16)
        _mm512_storeu_ps(y + k, Sleef_sinf16_u35avx512f(_mm512_loadu_ps(x + k)));
}
void sin_u35(const double* x, double* y, std::size_t count) {
    for (std::size_t k = 0; k < count; k += 8) _mm512_storeu_pd(y + k, Sleef_sind8_u35avx512f(_mm512_loadu_pd(x + k)));
}
#else
void sin_u10(const float* x, float* y, std::size_t count) {
    for (std::size_t k = 0; k < count; k += 8) _mm256_storeu_ps(y + k, Sleef_sinf8_u10avx2(_mm256_loadu_ps(x + k)));
}
void sin_u10(const double* x, double* y, std::size_t count) {
    for (std::size_t k = 0; k < count; k += 4) _mm256_storeu_pd(y + k, Sleef_sind4_u10avx2(_mm256_loadu_pd(x + k)));
}
void sin_u35(const float* x, float* y, std::size_t count) {
    for (std::size_t k = 0; k < count; k += 8) _mm256_storeu_ps(y + k, Sleef_sinf8_u35avx2(_mm256_loadu_ps(x + k)));
}
void sin_u35(const double* x, double* y, std::size_t count) {
    for (std::size_t k = 0; k < count; k += 4) _mm256_storeu_pd(y + k, Sleef_sind4_u35avx2(_mm256_loadu_pd(x + k)));
}
#endif

} // namespace sleef
