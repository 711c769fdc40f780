// The parts that the steps of the tour share: the lattice, the check and the output.
// Each step is a program. `step [N] [steps]` prints its name, the time per cell-step, and the largest difference
// between its phases and those of the library's array passes in float64. Exit status: 0 if the difference is small
// enough to be rounding (below 1e-10 in float64, below 2e-2 in float32), 1 if it is larger, 2 if the step could not
// run.
#pragma once

#include <kuramoto/kuramoto.hpp>

#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <vector>

namespace tour {

namespace km = kuramoto;

constexpr double K = 2.0;
constexpr double dt = 0.1;

/// An N × N lattice: row after row in one array each.
template <class T> struct State {
    std::ptrdiff_t N;
    std::vector<T> theta;
    std::vector<T> omega;

    /// The same phases and frequencies in every step of the tour, except for their rounding.
    explicit State(std::ptrdiff_t n) : N(n) {
        km::Field<double> phases(n, n), frequencies(n, n);
        km::uniform_phases(phases, 1);
        km::normal_frequencies(frequencies, 0.0, 1.0, 2);
        theta.assign(phases.data(), phases.data() + phases.size());
        omega.assign(frequencies.data(), frequencies.data() + frequencies.size());
    }

    /// Cell (i, j).
    [[nodiscard]] std::size_t at(std::ptrdiff_t i, std::ptrdiff_t j) const {
        return static_cast<std::size_t>(i * N + j);
    }
    /// The arrays as the library sees them: not copied.
    [[nodiscard]] km::Grid<T> theta_grid() { return {theta.data(), N, N}; }
    [[nodiscard]] km::Grid<const T> omega_grid() const { return {omega.data(), N, N}; }
};

/// dθ/dt of cell (i, j): ω + K Σ sin(θ_neighbour − θ), where there is a neighbour.
template <class T> T rate_of(const State<T>& s, std::ptrdiff_t i, std::ptrdiff_t j) {
    const T here = s.theta[s.at(i, j)];
    T sum = 0;
    if (i > 0) sum += std::sin(s.theta[s.at(i - 1, j)] - here);
    if (i < s.N - 1) sum += std::sin(s.theta[s.at(i + 1, j)] - here);
    if (j > 0) sum += std::sin(s.theta[s.at(i, j - 1)] - here);
    if (j < s.N - 1) sum += std::sin(s.theta[s.at(i, j + 1)] - here);
    return s.omega[s.at(i, j)] + T(K) * sum;
}

/// The largest difference between the phases and those of the library in float64, one array pass after the other.
template <class T, class Coupling> double largest_error(const State<T>& state, long steps) {
    State<double> reference(state.N);
    const km::Model model{km::Laplacian<Coupling>{.K = K}, reference.omega_grid()};
    km::advance(km::Serial{}, km::Euler{.dt = dt}, model, reference.theta_grid(), steps);
    double largest = 0;
    for (std::size_t k = 0; k < state.theta.size(); ++k) {
        const double error = std::fabs(static_cast<double>(state.theta[k]) - reference.theta[k]);
        if (!(error <= largest)) largest = error; // true for NaN, which stays the largest
    }
    return largest;
}

/// Runs a step of the tour: `advance(state, steps)` does so many time steps.
template <class T, class Coupling = km::Sine, class Advance>
int run(const char* name, int argc, char** argv, const Advance& advance) {
    const std::ptrdiff_t N = argc > 1 ? std::atol(argv[1]) : 1000;
    const long steps = argc > 2 ? std::atol(argv[2]) : 20;
    if (N < 1 || steps < 1) {
        std::fprintf(stderr, "usage: %s [N] [steps]\n", argv[0]);
        return 2;
    }
    State<T> state(N);
    const auto start = std::chrono::steady_clock::now();
    advance(state, steps);
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    const double cell_steps = static_cast<double>(N) * static_cast<double>(N) * static_cast<double>(steps);
    const double error = largest_error<T, Coupling>(state, steps);
    std::printf("%-36s %8.3f ns per cell-step, off by %.1e\n", name, 1e9 * seconds / cell_steps, error);
    return error < (sizeof(T) == 4 ? 2e-2 : 1e-10) ? 0 : 1;
}

} // namespace tour
