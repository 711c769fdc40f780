// The axes of the suite, one file each, and how a case is registered.
#pragma once

#include <benchmark/benchmark.h>

#include <cstdint>
#include <string>
#include <type_traits>
#include <vector>

namespace suite {

void add_busy();
void add_compilers();
void add_ensembles();
void add_fusion();
void add_layout();
void add_limits();
void add_operators();
void add_physics();
void add_precision();
void add_rivals();
void add_runtime();
void add_shapes();
void add_sizes();
void add_threads();

/// Throws std::runtime_error if a solver computes another lattice than the rest.
void check_agreement();

/// 1, 2, 4 … up to the threads of this machine, and that number itself.
std::vector<int> thread_counts();

/// Parts of names.
template <class T> constexpr const char* name_of = std::is_same_v<T, float> ? "float32" : "float64";
inline std::string name(std::int64_t number) { return std::to_string(number); }

/// Registers a case. `in_parallel`: its time is that of the clock on the wall, not of the calling thread.
template <class Run> void add(const std::string& case_name, bool in_parallel, Run run) {
    benchmark::internal::Benchmark* const registered = benchmark::RegisterBenchmark(case_name.c_str(), run);
    registered->Unit(benchmark::kMillisecond);
    if (in_parallel) registered->UseRealTime();
}

} // namespace suite
