// The oracle: the lattice one cell at a time, in long double, written as the mathematics is; and how far the library
// may be from it.
#pragma once

#include "support/couplings.hpp"

#include <kuramoto/model/boundary.hpp>
#include <kuramoto/stepping/runge_kutta.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

namespace test {

using Exact = std::vector<long double>;

template <class T> Exact exact(const std::vector<T>& values) {
    Exact result;
    result.reserve(values.size());
    for (const T value : values) result.push_back(static_cast<long double>(value));
    return result;
}

/// A lattice. The parameters are those that the library works with: rounded to the precision of the cells. `f` is any
/// function of long double.
template <class F = ExactCoupling> struct Lattice {
    std::ptrdiff_t rows = 0;
    std::ptrdiff_t cols = 0;
    F f;
    long double K = 1;
    km::Boundary boundary = {};
    Exact east = {};  ///< strengths of the bonds to the east; empty: all 1
    Exact south = {}; ///< strengths of the bonds to the south

    /// source + K Σ over the four directions of what flows in from there.
    [[nodiscard]] Exact rate(const Exact& theta, const Exact& source) const {
        Exact result(source);
        for (std::ptrdiff_t i = 0; i < rows; ++i)
            for (std::ptrdiff_t j = 0; j < cols; ++j) {
                long double sum = 0;
                for (const Direction& way : directions) sum += flux(theta, i, j, way);
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

    /// The largest difference between neighbours, those beyond the edges included.
    [[nodiscard]] long double reach(const Exact& theta) const {
        long double largest = 0;
        for (std::ptrdiff_t i = 0; i < rows; ++i)
            for (std::ptrdiff_t j = 0; j < cols; ++j)
                for (const Direction& way : directions) {
                    const Neighbour other = neighbour(theta, i, j, way);
                    if (other.has_phase) largest = std::fmax(largest, std::fabs(other.value - theta[at(i, j)]));
                }
        return largest;
    }

    /// The largest flux that is given at an edge.
    [[nodiscard]] long double largest_given_flux() const {
        long double largest = 0;
        for (const km::BoundaryCondition* edge : {&boundary.north, &boundary.south, &boundary.west, &boundary.east}) {
            if (edge->kind != km::BoundaryKind::fixed_flux) continue;
            largest = std::fmax(largest, std::fabs(static_cast<long double>(edge->value)));
            for (std::ptrdiff_t k = 0; k < edge->count; ++k)
                largest = std::fmax(largest, std::fabs(static_cast<long double>(edge->values[k])));
        }
        return largest;
    }

  private:
    struct Direction {
        std::ptrdiff_t down;
        std::ptrdiff_t right;
    };
    static constexpr Direction directions[4] = {{-1, 0}, {1, 0}, {0, -1}, {0, 1}};

    /// What a cell sees in one direction: the phase of a neighbour, or a flux.
    struct Neighbour {
        bool has_phase;
        long double value;
    };

    [[nodiscard]] const km::BoundaryCondition& edge_towards(const Direction& way) const {
        if (way.down != 0) return way.down < 0 ? boundary.north : boundary.south;
        return way.right < 0 ? boundary.west : boundary.east;
    }

    [[nodiscard]] Neighbour neighbour(const Exact& theta, std::ptrdiff_t i, std::ptrdiff_t j,
                                      const Direction& way) const {
        const std::ptrdiff_t row = i + way.down;
        const std::ptrdiff_t col = j + way.right;
        if (row >= 0 && row < rows && col >= 0 && col < cols) return {true, theta[at(row, col)]};
        const km::BoundaryCondition& edge = edge_towards(way);
        const std::ptrdiff_t along = way.down != 0 ? j : i;
        const auto given = static_cast<long double>(edge.values != nullptr ? edge.values[along] : edge.value);
        switch (edge.kind) {
        case km::BoundaryKind::zero_flux:
            return {false, 0};
        case km::BoundaryKind::periodic:
            return {true, theta[at((row + rows) % rows, (col + cols) % cols)]};
        case km::BoundaryKind::fixed_phase:
            return {true, given};
        case km::BoundaryKind::fixed_flux:
            return {false, given};
        }
        return {false, 0};
    }

    [[nodiscard]] long double flux(const Exact& theta, std::ptrdiff_t i, std::ptrdiff_t j, const Direction& way) const {
        const Neighbour other = neighbour(theta, i, j, way);
        if (!other.has_phase) return other.value;
        const long double strength = strength_of(i, j, way);
        return strength == 0 ? 0 : strength * f(other.value - theta[at(i, j)]);
    }

    /// The strength of the bond of a cell in one direction. A bond belongs to the cell before it.
    [[nodiscard]] long double strength_of(std::ptrdiff_t i, std::ptrdiff_t j, const Direction& way) const {
        const Exact& strengths = way.down != 0 ? south : east;
        if (strengths.empty()) return 1;
        std::ptrdiff_t row = way.down < 0 ? i - 1 : i;
        std::ptrdiff_t col = way.right < 0 ? j - 1 : j;
        const std::ptrdiff_t to_row = i + way.down;
        const std::ptrdiff_t to_col = j + way.right;
        const bool leaves = to_row < 0 || to_row >= rows || to_col < 0 || to_col >= cols;
        if (leaves && edge_towards(way).kind != km::BoundaryKind::periodic) return 1;
        row = (row + rows) % rows;
        col = (col + cols) % cols;
        return strengths[at(row, col)];
    }

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
/// - each flux has an error of its own of at most 4 ulp of F (the sine's is below 1; sum and product of `Skewed`, and
///   the product with a strength, contribute the rest);                                             → 16 |K| ε F
/// - up to eight roundings, products and sums (Serial adds the eight terms one after the other), of a partial sum of
///   at most S = |ω| + 4 |K| F.                                                                     → 8 u S
template <class T, class F>
long double rate_tolerance(const Lattice<F>& lattice, const Exact& theta, const Exact& source) {
    const long double epsilon = static_cast<long double>(std::numeric_limits<T>::epsilon());
    const long double reach = lattice.reach(theta);
    const long double force = std::fabs(lattice.K);
    const long double strongest =
        lattice.east.empty() ? 1 : std::fmax(largest_size(lattice.east), largest_size(lattice.south));
    const long double flux = std::fmax(strongest * lattice.f.largest(reach), lattice.largest_given_flux());
    const long double sum = largest_size(source) + 4 * force * flux;
    return epsilon * (2 * force * strongest * lattice.f.slope() * reach + 16 * force * flux + 4 * sum);
}

/// The state after some steps, and how far a run in T may be from it.
struct ExactRun {
    Exact theta;
    long double tolerance = 0;
};

/// One time step of a Runge–Kutta method whose stages each use the rate of the one before (km::FixedStepper).
///
/// The error of a rate is that of a rate of the same phases and 8 |K| L times that of the phases; a stage multiplies it
/// by its factor of dt, whose own rounding counts, and rounds its result.
template <class T, class Stepper, class F>
void take_step(ExactRun& run, const Lattice<F>& lattice, const Exact& omega, const Stepper& stepper) {
    const long double epsilon = static_cast<long double>(std::numeric_limits<T>::epsilon());
    const long double strongest =
        lattice.east.empty() ? 1 : std::fmax(largest_size(lattice.east), largest_size(lattice.south));
    const long double steepness = 8 * std::fabs(lattice.K) * strongest * lattice.f.slope();
    Exact stage = run.theta;
    long double stage_error = run.tolerance;
    Exact sum = run.theta;
    long double sum_error = run.tolerance;
    const auto add = [&](Exact& to, long double& error, const Exact& rate, long double rate_error, double factor) {
        const auto dt = static_cast<long double>(static_cast<T>(stepper.dt * factor));
        for (std::size_t k = 0; k < to.size(); ++k) to[k] += dt * rate[k];
        error += std::fabs(dt) * (rate_error + epsilon * largest_size(rate)) + epsilon * largest_size(to);
    };
    for (int k = 0; k < Stepper::stages; ++k) {
        const long double rate_error = rate_tolerance<T>(lattice, stage, omega) + steepness * stage_error;
        const Exact rate = lattice.rate(stage, omega);
        add(sum, sum_error, rate, rate_error, Stepper::outer[k]);
        if (k + 1 == Stepper::stages) break;
        stage = run.theta;
        stage_error = run.tolerance;
        add(stage, stage_error, rate, rate_error, Stepper::inner[k]);
    }
    run = {std::move(sum), sum_error};
}

template <class T, class Stepper, class F>
ExactRun exact_run_of(const Stepper& stepper, const Lattice<F>& lattice, Exact theta, const Exact& omega, int steps) {
    ExactRun run{std::move(theta), 0};
    for (int step = 0; step < steps; ++step) take_step<T>(run, lattice, omega, stepper);
    return run;
}

/// Euler's method with the time step dt, which is one of T.
template <class T, class F>
ExactRun exact_run(const Lattice<F>& lattice, Exact theta, const Exact& omega, long double dt, int steps) {
    return exact_run_of<T>(km::Euler{.dt = static_cast<double>(dt)}, lattice, std::move(theta), omega, steps);
}

} // namespace test
