// The limits of the machine: its clock, how many 512-bit multiply-adds it starts a cycle, and the speed of its memory.
#include "module.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>

#if defined(__AVX512F__)
#include <immintrin.h>
#endif

namespace {

/// Three arrays of doubles for the triad a = b + s c. Not a vector: its zeros would all be written by one thread.
class Triad {
  public:
    explicit Triad(std::ptrdiff_t size, int threads)
        : size_(size), threads_(threads), a_(new double[static_cast<std::size_t>(size)]),
          b_(new double[static_cast<std::size_t>(size)]), c_(new double[static_cast<std::size_t>(size)]) {
        double* a = a_.get();
        double* b = b_.get();
        double* c = c_.get();
#pragma omp parallel for schedule(static) num_threads(threads_)
        for (std::ptrdiff_t k = 0; k < size_; ++k) {
            a[k] = 0.0;
            b[k] = 1.0;
            c[k] = 2.0;
        }
    }
    void run(std::int64_t times) const {
        for (std::int64_t time = 0; time < times; ++time) pass(a_.get(), b_.get(), c_.get());
    }

  private:
    void pass(double* __restrict a, const double* __restrict b, const double* __restrict c) const {
        const double s = 3.0;
        // Without a parallel region for one thread, so that the loop is the one that stands here and nothing else.
        if (threads_ == 1) {
            for (std::ptrdiff_t k = 0; k < size_; ++k) a[k] = b[k] + s * c[k];
            return;
        }
#pragma omp parallel for schedule(static) num_threads(threads_)
        for (std::ptrdiff_t k = 0; k < size_; ++k) a[k] = b[k] + s * c[k];
    }

    std::ptrdiff_t size_;
    int threads_;
    std::unique_ptr<double[]> a_;
    std::unique_ptr<double[]> b_;
    std::unique_ptr<double[]> c_;
};

} // namespace

RATIOS_EXPORT Triad* triad_create(std::int64_t size, int threads) { return new Triad(size, threads); }
RATIOS_EXPORT void triad_run(const Triad* triad, std::int64_t times) { triad->run(times); }
RATIOS_EXPORT void triad_destroy(Triad* triad) { delete triad; }

/// 64 · times scalar integer additions, each of which waits for the one before: one a cycle. Between registers, because
/// some processors add constants without spending a cycle.
RATIOS_EXPORT std::int64_t machine_additions(std::int64_t times) {
    std::int64_t sum = 0;
    const std::int64_t one = 1;
    for (std::int64_t k = 0; k < times; ++k) {
#if defined(__x86_64__)
        __asm__ volatile(".rept 64\n\tadd %1, %0\n\t.endr" : "+r"(sum) : "r"(one) : "cc");
#elif defined(__aarch64__)
        __asm__ volatile(".rept 64\n\tadd %0, %0, %1\n\t.endr" : "+r"(sum) : "r"(one));
#else
        for (int repeat = 0; repeat < 64; ++repeat) {
            sum += one;
            __asm__ volatile("" : "+r"(sum));
        }
#endif
    }
    return sum;
}

/// Whether machine_multiply_adds measures anything: this build and the processor it was made for have AVX-512.
RATIOS_EXPORT int machine_has_avx512() {
#if defined(__AVX512F__)
    return __builtin_cpu_supports("avx512f") ? 1 : 0;
#else
    return 0;
#endif
}

/// 16 · times multiply-adds of 512-bit vectors in 16 chains, more than enough to hide the latency of two pipes.
RATIOS_EXPORT void machine_multiply_adds([[maybe_unused]] std::int64_t times) {
#if defined(__AVX512F__)
    const __m512 a = _mm512_set1_ps(0.5F);
    __m512 chain[16];
    for (__m512& value : chain) value = a;
    for (std::int64_t k = 0; k < times; ++k) {
#pragma GCC unroll 16
        for (__m512& value : chain) __asm__ volatile("vfmadd213ps %1, %1, %0" : "+v"(value) : "v"(a));
    }
#endif
}
