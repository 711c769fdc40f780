// The lattice that the cases advance, and how their work is counted.
#pragma once

#include "by_hand.hpp"
#include "limits.hpp"
#include "suite.hpp"

#include <kuramoto/kuramoto.hpp>
#include <kuramoto/openmp.hpp>

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

namespace suite {

namespace km = kuramoto;

constexpr double coupling_strength = 1.0;
constexpr double time_step = 0.1;

/// Phases and frequencies of one case: random, the same in every run.
template <class T> struct Lattice {
    Lattice(std::ptrdiff_t rows, std::ptrdiff_t cols) : Lattice(drawn(rows, cols)) {}
    explicit Lattice(std::ptrdiff_t n) : Lattice(n, n) {}

    km::Field<T> theta;
    km::Field<T> omega;

  private:
    Lattice(km::Field<T>&& phases, km::Field<T>&& frequencies)
        : theta(std::move(phases)), omega(std::move(frequencies)) {}

    /// Kept for the next case of this shape: to draw a large lattice takes longer than to time it.
    static const Lattice& drawn(std::ptrdiff_t rows, std::ptrdiff_t cols) {
        static Lattice last{km::Field<T>{}, km::Field<T>{}};
        if (last.theta.rows() == rows && last.theta.cols() == cols) return last;
        last = Lattice{km::Field<T>{}, km::Field<T>{}}; // never two large ones
        last = Lattice{km::Field<T>(rows, cols), km::Field<T>(rows, cols)};
        km::uniform_phases(km::OpenMP{}, last.theta, 1);
        km::normal_frequencies(km::OpenMP{}, last.omega, 0.0, 0.5, 2);
        return last;
    }
};

/// The same for a solver written by hand.
template <class T> by_hand::Lattice<T> lattice_by_hand(std::ptrdiff_t rows, std::ptrdiff_t cols) {
    const Lattice<T> from(rows, cols);
    by_hand::Lattice<T> lattice{rows, cols, T(coupling_strength), T(time_step), {}, {}, {}};
    lattice.theta.assign(from.theta.data(), from.theta.data() + from.theta.size());
    lattice.omega.assign(from.omega.data(), from.omega.data() + from.omega.size());
    lattice.next.resize(lattice.theta.size());
    return lattice;
}

/// What a step costs at least, for a share of the bound.
struct Cost {
    double bytes = 0;         ///< moved between memory and the processor, per cell-step
    double multiply_adds = 0; ///< and multiplications, per cell-step and lane
};

/// Two sines per cell are 2 · 10 multiply-adds and multiplications for float32 and 2 · 14 for float64
/// (detail/simd/sine.hpp: one for the multiple of π, three for what is left, the rest for the polynomial), and two more
/// take the rate and the step; additions are not counted, for which some processors have pipes of their own. One pass
/// reads θ and ω and writes θ; `depth` steps share it.
template <class T> Cost sine_cost(double depth) {
    return {3 * sizeof(T) / depth, std::is_same_v<T, float> ? 22.0 : 30.0};
}
template <class T> Cost linear_cost(double depth) { return {3 * sizeof(T) / depth, 2.0}; }

/// Counts the cell-steps of an iteration, and says which share of the bound their time is: 1 is as fast as this machine
/// moves the bytes or does the multiply-adds, whatever takes longer.
template <class T>
void count(benchmark::State& state, double cell_steps, const Cost& cost, int threads, bool fits_in_cache) {
    state.counters["cell-steps"] = benchmark::Counter(cell_steps, benchmark::Counter::kIsIterationInvariantRate,
                                                      benchmark::Counter::OneK::kIs1000);
    const double moving = fits_in_cache ? 0.0 : cost.bytes / bandwidth(threads);
    const double computing = cost.multiply_adds / multiply_adds_a_second<T>(threads);
    state.counters["share_of_bound"] =
        benchmark::Counter(cell_steps * std::max(moving, computing), benchmark::Counter::kIsIterationInvariantRate);
    state.counters["bytes_per_cell"] = fits_in_cache ? 0.0 : cost.bytes;
    state.counters["multiply_adds_a_cell"] = cost.multiply_adds;
}
inline void count(benchmark::State& state, double cell_steps) {
    state.counters["cell-steps"] = benchmark::Counter(cell_steps, benchmark::Counter::kIsIterationInvariantRate,
                                                      benchmark::Counter::OneK::kIs1000);
}

/// Whether θ and ω of n × n cells stay in a cache of the processor.
template <class T> bool fits_in_cache(std::ptrdiff_t n) {
    return 2.0 * sizeof(T) * static_cast<double>(n) * static_cast<double>(n) < last_level_cache();
}

/// The depth of an automatic policy, as far as it matters for the bytes.
constexpr double automatic_depth = 16;

/// Steps an iteration: enough for time fusion to show, few enough for large lattices to end.
inline std::int64_t steps_for(std::ptrdiff_t n) { return n <= 512 ? 64 : 32; }

/// km::advance under a policy.
template <class T, class C, class P>
void advance(benchmark::State& state, const P& policy, const C& coupling, std::ptrdiff_t n, std::int64_t steps) {
    Lattice<T> lattice(n);
    const km::Model model{km::Laplacian<C>{.K = coupling_strength, .coupling = coupling}, lattice.omega};
    for (auto _ : state) km::advance(policy, km::Euler{.dt = time_step}, model, lattice.theta, steps);
}

/// A solver written by hand.
template <class T>
void advance_by_hand(benchmark::State& state, by_hand::Solver<T> solver, std::ptrdiff_t n, std::int64_t steps) {
    by_hand::Lattice<T> lattice = lattice_by_hand<T>(n, n);
    for (auto _ : state) {
        solver(lattice, steps);
        benchmark::DoNotOptimize(lattice.theta.data());
    }
    count(state, static_cast<double>(n * n * steps));
}

} // namespace suite
