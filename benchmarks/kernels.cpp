// The first benchmarks: apply and advance for each policy and precision, N = 100 … 4000, in cell-steps a second, next
// to the naive loop with four sines of the C library a cell. The library is compiled at plain -O2, the naive loop at
// -O3.
#include "naive.hpp"

#include <kuramoto/kuramoto.hpp>
#include <kuramoto/openmp.hpp>

#include <benchmark/benchmark.h>

#include <cstdint>
#include <string>
#include <vector>

namespace km = kuramoto;

namespace {

constexpr double coupling_strength = 1.0;
constexpr double time_step = 0.1;

/// Phases and frequencies of one benchmark: random, the same in every run.
template <class T> struct State {
    explicit State(std::int64_t n) : theta(n, n), omega(n, n) {
        km::uniform_phases(theta, 1);
        km::normal_frequencies(omega, 0.0, 0.5, 2);
    }
    km::Field<T> theta;
    km::Field<T> omega;
};

void count_cells(benchmark::State& state, std::int64_t steps_an_iteration) {
    const std::int64_t n = state.range(0);
    state.counters["cell-steps"] =
        benchmark::Counter(static_cast<double>(n * n * steps_an_iteration),
                           benchmark::Counter::kIsIterationInvariantRate, benchmark::Counter::OneK::kIs1000);
}

// Enough steps for time fusion to show, few enough for the naive loop to end.
std::int64_t steps_for(std::int64_t n) { return n <= 512 ? 64 : 32; }

template <class T, class C, class P> void advance(benchmark::State& state, const P& policy) {
    State<T> fields(state.range(0));
    const km::Model model{km::Laplacian<C>{.K = coupling_strength}, fields.omega};
    const std::int64_t steps = steps_for(state.range(0));
    for (auto _ : state) km::advance(policy, km::Euler{.dt = time_step}, model, fields.theta, steps);
    count_cells(state, steps);
}

template <class T, class C, class P> void apply(benchmark::State& state, const P& policy) {
    State<T> fields(state.range(0));
    const km::Laplacian<C> laplacian{.K = coupling_strength};
    for (auto _ : state) km::apply(policy, laplacian, fields.theta, fields.omega);
    count_cells(state, 1);
}

template <class T> void naive_advance(benchmark::State& state) {
    const State<T> fields(state.range(0));
    std::vector<T> theta(fields.theta.data(), fields.theta.data() + fields.theta.size());
    const std::vector<T> omega(fields.omega.data(), fields.omega.data() + fields.omega.size());
    std::vector<T> next(theta.size());
    for (auto _ : state)
        naive::advance(theta, next, omega, fields.theta.rows(), fields.theta.cols(), static_cast<T>(coupling_strength),
                       static_cast<T>(time_step), 1);
    count_cells(state, 1);
}

template <class Function> void add(const std::string& name, Function function, bool in_parallel) {
    auto* benchmark = benchmark::RegisterBenchmark(name.c_str(), function);
    for (const int n : {100, 512, 1000, 4000}) benchmark->Arg(n);
    benchmark->Unit(benchmark::kMillisecond);
    if (in_parallel) benchmark->UseRealTime();
}

template <class T, class C, class P>
void add_policy(const std::string& policy_name, const std::string& suffix, const P& policy, bool in_parallel) {
    add(
        "advance/" + policy_name + "/" + suffix, [policy](benchmark::State& s) { advance<T, C>(s, policy); },
        in_parallel);
    add(
        "apply/" + policy_name + "/" + suffix, [policy](benchmark::State& s) { apply<T, C>(s, policy); }, in_parallel);
}

template <class T, class C> void add_policies(const std::string& suffix) {
    add_policy<T, C>("Serial", suffix, km::Serial{}, false);
    add_policy<T, C>("Fused", suffix, km::Fused{}, false);
    add_policy<T, C>("OpenMP", suffix, km::OpenMP{}, true);
}

} // namespace

int main(int argc, char** argv) {
    add("advance/naive/sine/float32", naive_advance<float>, false);
    add("advance/naive/sine/float64", naive_advance<double>, false);
    add_policies<float, km::Sine>("sine/float32");
    add_policies<double, km::Sine>("sine/float64");
    add_policies<float, km::Linear>("linear/float32");
    add_policies<double, km::Linear>("linear/float64");
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
    benchmark::AddCustomContext("kuramoto",
                                std::to_string(km::version_major) + "." + std::to_string(km::version_minor));
    benchmark::AddCustomContext("instruction set", km::name(km::best_isa()));
    benchmark::AddCustomContext("threads", std::to_string(km::OpenMP{}.concurrency()));
    benchmark::AddCustomContext("compiler", __VERSION__);
    benchmark::RunSpecifiedBenchmarks();
    benchmark::Shutdown();
}
