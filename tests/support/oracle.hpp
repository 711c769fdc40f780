// The oracle: the lattice one cell at a time, in long double, written as the mathematics is; and how far the library
// may be from it.
#pragma once

#include "support/couplings.hpp"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace test {

using Exact = std::vector<long double>;

template <class T> Exact exact(const std::vector<T>& values) {
    Exact result;
    result.reserve(values.size());
    for (const T value : values) result.push_back(static_cast<long double>(value));
    return result;
}

/// A lattice with zero-flux edges. The parameters are those that the library works with: rounded to the precision of
/// the cells. `f` is any function of long double.
template <class F = ExactCoupling> struct Lattice {
    std::ptrdiff_t rows = 0;
    std::ptrdiff_t cols = 0;
    F f;
    long double K = 1;

    /// source + K Σ f(θ_neighbour − θ_cell), the neighbours being those that exist.
    [[nodiscard]] Exact rate(const Exact& theta, const Exact& source) const {
        Exact result(source);
        for (std::ptrdiff_t i = 0; i < rows; ++i)
            for (std::ptrdiff_t j = 0; j < cols; ++j) {
                const long double here = theta[at(i, j)];
                long double sum = 0;
                if (i > 0) sum += f(theta[at(i - 1, j)] - here);
                if (i + 1 < rows) sum += f(theta[at(i + 1, j)] - here);
                if (j > 0) sum += f(theta[at(i, j - 1)] - here);
                if (j + 1 < cols) sum += f(theta[at(i, j + 1)] - here);
                // A lone cell has no bonds, and K is finite: nothing is added.
                result[at(i, j)] += K * sum;
            }
        return result;
    }

    /// One step of Euler's method.
    [[nodiscard]] Exact step(const Exact& theta, const Exact& omega, long double dt) const {
        Exact result = rate(theta, omega);
        for (std::size_t k = 0; k < result.size(); ++k) result[k] = theta[k] + dt * result[k];
        return result;
    }

    /// The largest difference between neighbours.
    [[nodiscard]] long double reach(const Exact& theta) const {
        long double largest = 0;
        for (std::ptrdiff_t i = 0; i < rows; ++i)
            for (std::ptrdiff_t j = 0; j < cols; ++j) {
                if (i > 0) largest = std::fmax(largest, std::fabs(theta[at(i, j)] - theta[at(i - 1, j)]));
                if (j > 0) largest = std::fmax(largest, std::fabs(theta[at(i, j)] - theta[at(i, j - 1)]));
            }
        return largest;
    }

  private:
    [[nodiscard]] std::size_t at(std::ptrdiff_t i, std::ptrdiff_t j) const {
        return static_cast<std::size_t>(i * cols + j);
    }
};

inline long double largest_size(const Exact& values) {
    long double largest = 0;
    for (const long double value : values) largest = std::fmax(largest, std::fabs(value));
    return largest;
}

/// How far a rate computed in T may be from the exact one of the same phases. With ε = 2^−23 or 2^−52, u = ε/2, reach
/// D = max |θ_j − θ_i|, F = max |f| and slope L:
/// - each of the four differences is rounded, by at most u D, which moves its flux by L u D;        → 4 |K| L u D
/// - each flux has an error of its own of at most 4 ulp of F (the sine's is below 1; sum and product of `Skewed`
///   contribute the rest);                                                                          → 16 |K| ε F
/// - up to eight roundings, products and sums (Serial adds the eight terms one after the other), of a partial sum of
///   at most S = |ω| + 4 |K| F.                                                                     → 8 u S
template <class T, class F>
long double rate_tolerance(const Lattice<F>& lattice, const Exact& theta, const Exact& source) {
    const long double epsilon = static_cast<long double>(std::numeric_limits<T>::epsilon());
    const long double reach = lattice.reach(theta);
    const long double force = std::fabs(lattice.K);
    const long double flux = lattice.f.largest(reach);
    const long double sum = largest_size(source) + 4 * force * flux;
    return epsilon * (2 * force * lattice.f.slope() * reach + 16 * force * flux + 4 * sum);
}

/// The state after some steps, and how far a run in T may be from it: a step multiplies an error by at most
/// 1 + 8 |K| L dt, and adds dt times that of the rate and two roundings of the phase.
struct ExactRun {
    Exact theta;
    long double tolerance = 0;
};

template <class T, class F>
ExactRun exact_run(const Lattice<F>& lattice, Exact theta, const Exact& omega, long double dt, int steps) {
    const long double epsilon = static_cast<long double>(std::numeric_limits<T>::epsilon());
    const long double growth = 1 + 8 * std::fabs(lattice.K) * lattice.f.slope() * dt;
    ExactRun run{std::move(theta), 0};
    for (int step = 0; step < steps; ++step) {
        const long double of_rate = rate_tolerance<T>(lattice, run.theta, omega);
        run.theta = lattice.step(run.theta, omega, dt);
        run.tolerance = growth * run.tolerance + dt * of_rate + epsilon * largest_size(run.theta);
    }
    return run;
}

} // namespace test
