// size: two sweeps for every solver. One has N = 16 … 10000 at about the same work. The other is the time to simulate
// T = 10 … 1000 at N = 100 with dt = 0.1, where the work grows with T.
#include "lattice.hpp"

namespace suite {
namespace {

/// About as many cell-steps for every N, and at least as many steps as are fused.
std::int64_t steps_of_size(std::ptrdiff_t n, double cell_steps, std::int64_t least) {
    return std::max(least, static_cast<std::int64_t>(cell_steps / static_cast<double>(n * n)));
}

constexpr std::ptrdiff_t sizes[] = {16, 32, 64, 100, 200, 400, 1000, 2000, 4000, 10000};
constexpr double times[] = {10, 30, 100, 300, 1000};
constexpr std::ptrdiff_t size_of_times = 100;

/// Adds a solver to both sweeps; run(state, n, steps). `fastest`: it takes as many steps as are fused at least.
template <class Run>
void add_solver(const std::string& solver, const char* precision, bool in_parallel, bool is_fast, const Run& run) {
    for (const std::ptrdiff_t n : sizes) {
        if (!is_fast && n > 4000) continue; // minutes
        const std::int64_t steps = steps_of_size(n, is_fast ? 4e7 : 2e6, is_fast ? 16 : 1);
        add("size/N:" + name(n) + "/" + solver + "/" + precision, in_parallel,
            [=](benchmark::State& state) { run(state, n, steps); });
    }
    for (const double T : times) {
        const std::string case_name = "size/T:" + name(static_cast<std::int64_t>(T)) + "/" + solver + "/" + precision;
        add(case_name, in_parallel, [=](benchmark::State& state) {
            run(state, size_of_times, static_cast<std::int64_t>(T / time_step + 0.5));
        });
    }
}

template <class T> void add_by_hand(const std::string& solver, by_hand::Solver<T> function) {
    add_solver(solver, name_of<T>, false, false,
               [function](benchmark::State& state, std::ptrdiff_t n, std::int64_t steps) {
                   advance_by_hand<T>(state, function, n, steps);
               });
}

template <class T, class C, class P>
void add_library(const std::string& solver, const P& policy, const Cost& cost, int threads) {
    add_solver(solver, name_of<T>, threads > 1, true,
               [=](benchmark::State& state, std::ptrdiff_t n, std::int64_t steps) {
                   advance<T>(state, policy, C{}, n, steps);
                   count<T>(state, static_cast<double>(n * n * steps), cost, threads, fits_in_cache<T>(n));
               });
}

/// Small lattices whose edges are all periodic.
template <class T> void add_tori() {
    for (const std::ptrdiff_t n : {16, 32, 64, 512})
        add("size/N:" + name(n) + "/Fused-torus/" + name_of<T>, false, [n](benchmark::State& state) {
            const std::int64_t steps = steps_of_size(n, 4e7, 16);
            Lattice<T> lattice(n);
            const km::Model model{km::SineLaplacian{.K = coupling_strength, .boundary = km::torus}, lattice.omega};
            for (auto _ : state) km::advance(km::Fused{}, km::Euler{.dt = time_step}, model, lattice.theta, steps);
            count(state, static_cast<double>(n * n * steps));
        });
}

template <class T> void add_solvers() {
    const by_hand::Solvers<T> plain = by_hand::plain::solvers<T>();
    const by_hand::Solvers<T> fast = by_hand::fast::solvers<T>();
    add_by_hand<T>("by-hand-naive", plain.naive);
    add_by_hand<T>("by-hand-passes", plain.passes);
    add_by_hand<T>("by-hand-Ofast", fast.fused);
    add_by_hand<T>("by-hand-Ofast-two-sines", fast.two_sines);
    add_library<T, km::Sine>("Serial", km::Serial{}, sine_cost<T>(1.0 / 4), 1);
    add_library<T, km::Sine>("Fused", km::Fused{}, sine_cost<T>(automatic_depth), 1);
    add_library<T, km::Linear>("Fused-linear", km::Fused{}, linear_cost<T>(automatic_depth), 1);
    add_library<T, km::Sine>("OpenMP", km::OpenMP{}, sine_cost<T>(automatic_depth), km::OpenMP{}.concurrency());
}

} // namespace

void add_sizes() {
    add_solvers<float>();
    add_solvers<double>();
    add_tori<float>();
    add_tori<double>();
}

} // namespace suite
