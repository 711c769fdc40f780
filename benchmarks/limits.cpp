// limits: the machine itself. What it reaches here is what the share of the bound of all other cases means.
#include "limits.hpp"

#include "suite.hpp"

#include <kuramoto/kuramoto.hpp>

#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <type_traits>

namespace suite {

namespace km = kuramoto;

namespace {

/// Three arrays of doubles, first touched by the threads that work on them.
class Triad {
  public:
    static constexpr std::ptrdiff_t cells = std::ptrdiff_t{1} << 24; // 128 MiB an array

    explicit Triad(int threads)
        : threads_(threads), a_(new double[cells]), b_(new double[cells]), c_(new double[cells]) {
        double* const a = a_.get();
        double* const b = b_.get();
        double* const c = c_.get();
#pragma omp parallel for schedule(static) num_threads(threads_)
        for (std::ptrdiff_t k = 0; k < cells; ++k) {
            a[k] = 0;
            b[k] = 1;
            c[k] = 2;
        }
    }
    void run() const {
        double* __restrict a = a_.get();
        const double* __restrict b = b_.get();
        const double* __restrict c = c_.get();
#pragma omp parallel for simd schedule(static) num_threads(threads_)
        for (std::ptrdiff_t k = 0; k < cells; ++k) a[k] = b[k] + 3.0 * c[k];
    }

  private:
    int threads_;
    std::unique_ptr<double[]> a_;
    std::unique_ptr<double[]> b_;
    std::unique_ptr<double[]> c_;
};

constexpr int chains = 12; // more than enough to hide the latency of two pipes, few enough for the registers
constexpr std::int64_t rounds = 100000;

/// rounds · chains multiply-adds of vectors, each of which waits only for the one before in its chain.
template <class V> KURAMOTO_ALWAYS_INLINE void multiply_add(typename V::value_type* result) {
    using T = typename V::value_type;
    const V half(T(0.5));
    V chain[chains];
    for (V& value : chain) value = half;
    for (std::int64_t round = 0; round < rounds; ++round) {
#pragma GCC unroll 12
        for (V& value : chain) value = km::detail::fma(value, half, half);
    }
    for (int k = 1; k < chains; ++k) chain[0] += chain[k];
    chain[0].store(result);
}
template <class T> [[gnu::flatten]] void multiply_add_baseline(T* result) {
    multiply_add<km::Lanes<T, km::detail::Baseline>>(result);
}
#if KURAMOTO_X86
template <class T> KURAMOTO_TARGET_AVX2 [[gnu::flatten]] void multiply_add_avx2(T* result) {
    multiply_add<km::Lanes<T, km::detail::Avx2>>(result);
}
template <class T> KURAMOTO_TARGET_AVX512 [[gnu::flatten]] void multiply_add_avx512(T* result) {
    multiply_add<km::Lanes<T, km::detail::Avx512>>(result);
}
#endif

/// The function for this processor, and its lanes.
template <class T> struct MultiplyAdd {
    void (*run)(T* result) = multiply_add_baseline<T>;
    int lanes = km::Lanes<T, km::detail::Baseline>::count;
};
template <class T> MultiplyAdd<T> multiply_add_of_this_machine() {
#if KURAMOTO_X86
    if (km::best_isa() == km::Isa::avx512) return {multiply_add_avx512<T>, km::Lanes<T, km::detail::Avx512>::count};
    if (km::best_isa() == km::Isa::avx2) return {multiply_add_avx2<T>, km::Lanes<T, km::detail::Avx2>::count};
#endif
    return {};
}

template <class T> void multiply_add_on(int threads) {
    const MultiplyAdd<T> work = multiply_add_of_this_machine<T>();
#pragma omp parallel num_threads(threads)
    {
        T result[64];
        work.run(result);
        benchmark::DoNotOptimize(result);
    }
}
template <class T> double multiply_adds_a_run(int threads) {
    return static_cast<double>(rounds * chains) * multiply_add_of_this_machine<T>().lanes * threads;
}

/// Seconds of the fastest of several runs.
template <class Run> double fastest(const Run& run) {
    double best = 1e9;
    for (int round = 0; round < 7; ++round) {
        const auto start = std::chrono::steady_clock::now();
        run();
        best = std::min(best, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    }
    return best;
}

template <class Measure> double once(std::map<int, double>& known, int threads, const Measure& measure) {
    const auto found = known.find(threads);
    if (found != known.end()) return found->second;
    return known[threads] = measure();
}

template <class T> void add_multiply_adds(int threads) {
    add("limits/multiply-adds/" + std::string(name_of<T>) + "/threads:" + name(threads), true,
        [threads](benchmark::State& state) {
            for (auto _ : state) multiply_add_on<T>(threads);
            state.counters["multiply-adds"] =
                benchmark::Counter(multiply_adds_a_run<T>(threads), benchmark::Counter::kIsIterationInvariantRate);
            state.counters["lanes"] = multiply_add_of_this_machine<T>().lanes;
        });
}

/// A chain of additions of whole numbers, one per cycle: the clock. The compiler must not know the number that is
/// added. Intel's processors from Golden Cove on do several additions of a constant per cycle.
void add_clock() {
    add("limits/clock", false, [](benchmark::State& state) {
        std::int64_t sum = 0;
        std::int64_t one = 1;
        __asm__ volatile("" : "+r"(one));
        for (auto _ : state)
            for (int round = 0; round < 1000; ++round)
#pragma GCC unroll 64
                for (int k = 0; k < 64; ++k) {
                    sum += one;
                    __asm__ volatile("" : "+r"(sum)); // one by one
                }
        state.counters["cycles"] = benchmark::Counter(64e3, benchmark::Counter::kIsIterationInvariantRate);
    });
}

} // namespace

double bandwidth(int threads) {
    static std::map<int, double> known;
    return once(known, threads, [threads] {
        const Triad triad(threads);
        return 3.0 * sizeof(double) * Triad::cells / fastest([&] { triad.run(); });
    });
}

template <class T> double multiply_adds_a_second(int threads) {
    static std::map<int, double> known;
    return once(known, threads,
                [threads] { return multiply_adds_a_run<T>(threads) / fastest([&] { multiply_add_on<T>(threads); }); });
}
template double multiply_adds_a_second<float>(int threads);
template double multiply_adds_a_second<double>(int threads);

double last_level_cache() {
    double bytes = 1 << 23; // where the system does not say
    for (const benchmark::CPUInfo::CacheInfo& cache : benchmark::CPUInfo::Get().caches)
        bytes = std::max(bytes, static_cast<double>(cache.size));
    // Of a large one that many processors share, or that a virtual machine only tells of, no more than this is ours.
    return std::min(bytes, 32.0 * (1 << 20) * thread_counts().back());
}

void add_limits() {
    add_clock();
    for (const int threads : thread_counts()) {
        add("limits/triad/threads:" + name(threads), true, [threads](benchmark::State& state) {
            const Triad triad(threads);
            for (auto _ : state) triad.run();
            state.counters["bytes"] =
                benchmark::Counter(3.0 * sizeof(double) * Triad::cells, benchmark::Counter::kIsIterationInvariantRate);
        });
        add_multiply_adds<float>(threads);
        add_multiply_adds<double>(threads);
    }
}

} // namespace suite
