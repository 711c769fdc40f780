// Sines alone: over an array in the first-level cache, with their largest error.
#pragma once

#include "library_sine.hpp"
#include "suite.hpp"

#include <benchmark/benchmark.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <random>
#include <type_traits>
#include <vector>

namespace suite {

/// The largest error over a million arguments within ±2π, against a sine of more digits, in units of the last place of
/// the right result.
template <class T> double largest_error(Sines<T> sines) {
    using Wide = std::conditional_t<std::is_same_v<T, float>, double, long double>;
    std::mt19937_64 random(1);
    std::uniform_real_distribution<T> uniform(T(-6.2831853), T(6.2831853));
    std::vector<T> x(1024), y(1024);
    double largest = 0;
    for (int round = 0; round < 1000; ++round) {
        for (T& value : x) value = uniform(random);
        sines(x.data(), y.data(), x.size());
        for (std::size_t k = 0; k < x.size(); ++k) {
            const Wide right = std::sin(static_cast<Wide>(x[k]));
            const T nearest = std::fabs(static_cast<T>(right));
            const Wide unit = static_cast<Wide>(std::nextafter(nearest, T(2)) - nearest);
            largest = std::fmax(largest, static_cast<double>(std::fabs(static_cast<Wide>(y[k]) - right) / unit));
        }
    }
    return largest;
}

/// Times a sine over a thousand arguments within ±2π.
template <class T> void time_sine(benchmark::State& state, Sines<T> sines) {
    constexpr int rounds = 100;
    std::mt19937_64 random(2);
    std::uniform_real_distribution<T> uniform(T(-6.2831853), T(6.2831853));
    std::vector<T> x(1024), y(1024);
    for (T& value : x) value = uniform(random);
    for (auto _ : state)
        for (int round = 0; round < rounds; ++round) {
            sines(x.data(), y.data(), x.size());
            benchmark::DoNotOptimize(y.data());
            benchmark::ClobberMemory();
        }
    state.counters["sines"] = benchmark::Counter(static_cast<double>(rounds) * static_cast<double>(x.size()),
                                                 benchmark::Counter::kIsIterationInvariantRate);
    state.counters["largest_error_ulp"] = largest_error(sines);
}

} // namespace suite
