// kuramoto-benchmarks: loop fusion, precision, layout, operators, threads, sizes, next to the limits of the machine and
// to what a user could take instead. --benchmark_list_tests names all cases, --benchmark_filter chooses some: it is a
// regular expression, for example '^fusion/.*/float32' or 'N:1000/.*/float64'.
#include "suite.hpp"

#include <kuramoto/kuramoto.hpp>
#include <kuramoto/openmp.hpp>

#include <benchmark/benchmark.h>

#include <cstdio>
#include <exception>
#include <string>
#include <vector>

namespace km = kuramoto;

std::vector<int> suite::thread_counts() {
    const int most = km::OpenMP{}.concurrency();
    std::vector<int> counts;
    for (int threads = 1; threads < most; threads *= 2) counts.push_back(threads);
    counts.push_back(most);
    return counts;
}

int main(int argc, char** argv) try {
    suite::add_limits();
    suite::add_fusion();
    suite::add_precision();
    suite::add_layout();
    suite::add_operators();
    suite::add_threads();
    suite::add_shapes();
    suite::add_compilers();
    suite::add_sizes();
    suite::add_rivals();
    suite::add_physics();
    suite::add_runtime();
    suite::add_ensembles();
    suite::add_busy();
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
    const auto part = [](int number) { return std::to_string(number); };
    benchmark::AddCustomContext("kuramoto", part(km::version_major) + "." + part(km::version_minor) + "." +
                                                part(km::version_patch));
    benchmark::AddCustomContext("instruction set", km::name(km::best_isa()));
    benchmark::AddCustomContext("threads", part(km::OpenMP{}.concurrency()));
    benchmark::AddCustomContext("compiler", SUITE_COMPILER);
    benchmark::AddCustomContext("flags", SUITE_FLAGS);
    suite::check_agreement();
    benchmark::RunSpecifiedBenchmarks();
    benchmark::Shutdown();
} catch (const std::exception& error) {
    std::fprintf(stderr, "kuramoto-benchmarks: %s\n", error.what());
    return 2;
}
