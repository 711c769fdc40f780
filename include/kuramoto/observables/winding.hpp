// Winding numbers of the phase: vortices, with their charges, places and number, and the winding along lines.
//
// A vortex is a point around which the phase makes a whole turn.
//
// The difference across a bond is taken as the one in [−π, π], d − 2π round(d / 2π). Around a plaquette, the square of
// four cells, these add up to 2π times a whole number, its charge: −1, 0 or 1 (±2 only where differences are exactly
// π), minus the sum of the four whole numbers that were taken off. A bond gives the same number, except for its sign,
// to the two plaquettes beside it, so that charges add up like fluxes: to the winding along the edges of the lattice,
// or to exactly 0 on a torus. (N. D. Mermin, "The topological theory of defects in ordered media", Reviews of Modern
// Physics 51 (1979) 591.)
#pragma once

#include <kuramoto/detail/arithmetic/environment.hpp>
#include <kuramoto/detail/build/checks.hpp>
#include <kuramoto/detail/kernels/plaquette.hpp>
#include <kuramoto/detail/parallel/next_cells.hpp>
#include <kuramoto/detail/parallel/order_free_sum.hpp>
#include <kuramoto/detail/parallel/present_cells.hpp>
#include <kuramoto/execution/policy.hpp>
#include <kuramoto/grid/grid.hpp>
#include <kuramoto/grid/mask.hpp>
#include <kuramoto/grid/vortex.hpp>
#include <kuramoto/model/boundary.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>

namespace kuramoto {

/// How many vortices there are of either sense.
struct VortexCount {
    std::int64_t positive = 0; ///< of charge 1; one of charge 2 counts twice
    std::int64_t negative = 0; ///< of charge −1
};

/// A cell of a loop.
struct Cell {
    std::ptrdiff_t row = 0; ///< its row
    std::ptrdiff_t col = 0; ///< its column
};

} // namespace kuramoto

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// Whether a bond has so few turns that they can be told.
inline bool are_few(double turns) noexcept { return is_finite(turns) && turns < most_turns && turns > -most_turns; }

/// Whole turns in the difference from a to b, to the nearest; 0 where they cannot be told.
inline int turns_between(double a, double b) noexcept {
    const double turns = (b - a) * turns_per_radian;
    return are_few(turns) ? static_cast<int>(__builtin_rint(turns)) : 0;
}

/// Turns of the phases phase(0) … phase(n − 1) and back to the first.
template <class Phase> KURAMOTO_NEVER_INLINE std::int64_t turns_along(std::ptrdiff_t n, const Phase& phase) noexcept {
    stay_in_place();
    std::int64_t taken_off = 0;
    for (std::ptrdiff_t k = 0; k < n; ++k) taken_off += turns_between(phase(k), phase(k + 1 < n ? k + 1 : 0));
    return -taken_off;
}

/// The phase that a missing cell is given: too many turns from every phase for a bond, as NaN is. A build may assume
/// that there is no NaN.
inline constexpr double phase_of_missing_cell = 0x1p1000;

/// VortexCount that can be summed.
struct VortexSum {
    VortexCount count;

    VortexSum& operator+=(const VortexSum& other) noexcept {
        count.positive += other.count.positive;
        count.negative += other.count.negative;
        return *this;
    }
};

/// The plaquettes of a lattice: those between its rows and columns, and those across edges that are periodic. Those
/// with a missing cell have no charge.
template <class T, class Present> struct Plaquettes {
    Plaquettes(const Grid<const T>& phases, const Present& present_cells, const Boundary& boundary) noexcept
        : theta(phases), present(present_cells), rows(phases.rows() - (is_periodic(boundary, Axis::rows) ? 0 : 1)),
          cols(phases.cols() - (is_periodic(boundary, Axis::cols) ? 0 : 1)) {
        if (theta.empty() || rows < 1 || cols < 1) rows = cols = 0;
    }

    /// The charge of the plaquette whose first cell is (i, j); 0 if the turns of one of its bonds cannot be told.
    [[nodiscard]] KURAMOTO_NEVER_INLINE int charge(std::ptrdiff_t i, std::ptrdiff_t j) const noexcept {
        stay_in_place();
        const std::ptrdiff_t below = i + 1 < theta.rows() ? i + 1 : 0;
        const std::ptrdiff_t right = j + 1 < theta.cols() ? j + 1 : 0;
        const double corners[4] = {at(i, j), at(i, right), at(below, right), at(below, j)};
        for (int k = 0; k < 4; ++k)
            if (!are_few((corners[(k + 1) % 4] - corners[k]) * turns_per_radian)) return 0;
        return static_cast<int>(turns_along(4, [&](std::ptrdiff_t k) { return corners[k]; }));
    }

    [[nodiscard]] double at(std::ptrdiff_t i, std::ptrdiff_t j) const noexcept {
        const T& phase = theta.data()[i * theta.row_stride() + j * theta.col_stride()];
        return present(i, j) ? static_cast<double>(phase) : phase_of_missing_cell;
    }

    /// n phases of row i from column `begin` on; behind the last one comes the first.
    void copy_row(std::ptrdiff_t i, std::ptrdiff_t begin, std::ptrdiff_t n, double* to) const noexcept {
        const std::ptrdiff_t rest = theta.cols() - begin;
        const std::ptrdiff_t whole = n < rest ? n : rest;
        const T* from = theta.data() + i * theta.row_stride() + begin * theta.col_stride();
        for (std::ptrdiff_t k = 0; k < whole; ++k)
            to[k] = present(i, begin + k) ? static_cast<double>(from[k * theta.col_stride()]) : phase_of_missing_cell;
        if (whole < n) to[whole] = at(i, 0);
    }

    Grid<const T> theta;
    Present present;
    std::ptrdiff_t rows;
    std::ptrdiff_t cols;
};

/// Throws unless `index` is that of a row or a column, of which there are `count`.
inline void check_index(std::ptrdiff_t index, std::ptrdiff_t count, const char* name, std::ptrdiff_t rows,
                        std::ptrdiff_t cols) {
    if (index < 0 || index >= count)
        invalid_argument(string_of(name) + " = " + detail::integer_text(index) + " is not in a lattice of " +
                         shape_text(rows, cols) + " cells");
}

/// Throws unless all cells of a loop are in a lattice.
inline void check_loop(const Cell* cells, std::ptrdiff_t count, std::ptrdiff_t rows, std::ptrdiff_t cols) {
    for (std::ptrdiff_t k = 0; k < count; ++k)
        if (cells[k].row < 0 || cells[k].row >= rows || cells[k].col < 0 || cells[k].col >= cols)
            invalid_argument("loop[" + integer_text(k) + "] = (" + integer_text(cells[k].row) + ", " +
                             integer_text(cells[k].col) + ") is not in a lattice of " + shape_text(rows, cols) +
                             " cells");
}

/// The vortices of a row of plaquettes.
template <class T, class Present>
VortexSum vortices_in_row(const Plaquettes<T, Present>& plaquettes, std::ptrdiff_t i,
                          ChargesFunction charges) noexcept {
    constexpr std::ptrdiff_t most = 512; // plaquettes at a time
    double above[most + 1];
    double below[most + 1];
    const std::ptrdiff_t next = i + 1 < plaquettes.theta.rows() ? i + 1 : 0;
    VortexSum sum;
    for (std::ptrdiff_t begin = 0; begin < plaquettes.cols; begin += most) {
        const std::ptrdiff_t rest = plaquettes.cols - begin;
        const std::ptrdiff_t n = rest < most ? rest : most;
        plaquettes.copy_row(i, begin, n + 1, above);
        plaquettes.copy_row(next, begin, n + 1, below);
        const Charges some = charges(above, below, n);
        sum += {{static_cast<std::int64_t>(some.positive), static_cast<std::int64_t>(some.negative)}};
    }
    return sum;
}

} // namespace detail

/// How many vortices of either sense there are, counted by the workers of `policy`.
///
/// lattice: a Boundary, or an operator or a model that has one. Periodic edges have plaquettes across them; the other
/// kinds make no difference. theta: grid-like, any strides, phases in rad, wrapped or not. present: a mask. A plaquette
/// with a missing cell has no vortex; nor has one with a phase that is NaN or infinite, or with two neighbours 10⁹
/// turns apart. The same for any policy and strides.
///
/// Throws: std::invalid_argument for an invalid boundary or policy, or a mask of another shape.
/// Cost: one pass, no sines.
template <ExecutionPolicy P, GridLike Theta, MaskFor<Theta> Present = AllCells, HasBoundary Lattice = Boundary>
[[nodiscard]] VortexCount count_vortices(const P& policy, const Lattice& lattice, const Theta& theta,
                                         const Present& present = {}) {
    using T = value_type_of<const Theta>;
    const detail::Execution execution(policy);
    const Boundary& boundary = boundary_of(lattice);
    const Grid<const T> in = as_grid(theta);
    const auto there = detail::present_cells(present, in, "theta");
    detail::check_boundary<T>(boundary, execution.place.rows_of(in), execution.place.cols_of(in));
    const auto cells = detail::with_next_cells(policy, in, there, boundary);
    const detail::Plaquettes plaquettes(cells.theta, cells.present, cells.boundary);
    const detail::ChargesFunction charges = detail::charges_function(execution.isa);
    const auto total = detail::sum_over_parts<detail::VortexSum>(
        policy, execution, plaquettes.rows, in.size(), [&](std::ptrdiff_t i, detail::VortexSum& into) noexcept {
            into += detail::vortices_in_row(plaquettes, i, charges);
        });
    return total.count;
}

/// The same on the calling thread.
template <GridLike Theta, MaskFor<Theta> Present = AllCells, HasBoundary Lattice = Boundary>
[[nodiscard]] VortexCount count_vortices(const Lattice& lattice, const Theta& theta, const Present& present = {}) {
    return count_vortices(Fused{}, lattice, theta, present);
}
template <GridLike Theta, class... Others>
void count_vortices(const Theta&, Others&&...) = delete; // write count_vortices(boundary or model, theta)
template <ExecutionPolicy P, GridLike Theta, class... Others>
void count_vortices(const P&, const Theta&,
                    Others&&...) = delete; // write count_vortices(policy, boundary or model, theta)

/// visit(vortex) for all vortices, row by row, at the centres of their plaquettes: (i + ½, j + ½) for the first cell
/// (i, j). As count_vortices, on the calling thread; allocates nothing.
template <GridLike Theta, MaskFor<Theta> Present, std::invocable<const Vortex&> Visit, HasBoundary Lattice = Boundary>
void for_each_vortex(const Lattice& lattice, const Theta& theta, const Present& present, Visit&& visit) {
    using T = value_type_of<const Theta>;
    const Boundary& boundary = boundary_of(lattice);
    const Grid<const T> in = as_grid(theta);
    const auto there = detail::present_cells(present, in, "theta");
    detail::check_boundary<T>(boundary, in.rows(), in.cols());
    const detail::Plaquettes plaquettes(in, there, boundary);
    const auto charge_of = [&](std::ptrdiff_t i, std::ptrdiff_t j) { // `visit` runs in the caller's environment
        const detail::DefaultEnvironment environment;
        return plaquettes.charge(i, j);
    };
    for (std::ptrdiff_t i = 0; i < plaquettes.rows; ++i)
        for (std::ptrdiff_t j = 0; j < plaquettes.cols; ++j)
            if (const int charge = charge_of(i, j))
                visit(Vortex{static_cast<double>(i) + 0.5, static_cast<double>(j) + 0.5, charge});
}
/// The same with all cells.
template <GridLike Theta, std::invocable<const Vortex&> Visit, HasBoundary Lattice = Boundary>
void for_each_vortex(const Lattice& lattice, const Theta& theta, Visit&& visit) {
    for_each_vortex(lattice, theta, AllCells{}, visit);
}
template <GridLike Theta, class... Others>
void for_each_vortex(const Theta&, Others&&...) = delete; // write for_each_vortex(boundary or model, theta, visit)

/// How often the phase turns along a closed loop of cells: the sum of the differences in [−π, π] from each cell to the
/// next, and from the last to the first, over 2π. A whole number; the sum of the charges inside if neighbours in the
/// loop are neighbours in the lattice.
///
/// theta: as above; there is no mask, as the loop chooses the cells. `loop`: anything with data() and size() of Cell.
/// Throws std::invalid_argument for a cell that is not in the lattice. A difference with a phase that is not finite, or
/// of 10⁹ turns and more, counts as 0.
template <GridLike Theta, class Loop> [[nodiscard]] std::int64_t winding(const Theta& theta, const Loop& loop) {
    const detail::DefaultEnvironment environment;
    using T = value_type_of<const Theta>;
    const Grid<const T> in = as_grid(theta);
    const Cell* cells = loop.data();
    const auto count = static_cast<std::ptrdiff_t>(loop.size());
    detail::check_loop(cells, count, in.rows(), in.cols());
    return detail::turns_along(count, [&](std::ptrdiff_t k) {
        return static_cast<double>(in.data()[cells[k].row * in.row_stride() + cells[k].col * in.col_stride()]);
    });
}

/// How often the phase turns along row i from its first cell to its last and, as a ring, back to the first: the winding
/// number of a lattice whose columns go round. Throws std::invalid_argument for a row that there is not.
template <GridLike Theta> [[nodiscard]] std::int64_t row_winding(const Theta& theta, std::ptrdiff_t row) {
    const detail::DefaultEnvironment environment;
    using T = value_type_of<const Theta>;
    const Grid<const T> in = as_grid(theta);
    detail::check_index(row, in.rows(), "row", in.rows(), in.cols());
    const T* first = in.data() + row * in.row_stride();
    return detail::turns_along(in.cols(),
                               [&](std::ptrdiff_t j) { return static_cast<double>(first[j * in.col_stride()]); });
}

/// The same along column j, from the first row to the last and back.
template <GridLike Theta> [[nodiscard]] std::int64_t col_winding(const Theta& theta, std::ptrdiff_t col) {
    using T = value_type_of<const Theta>;
    const Grid<const T> in = as_grid(theta);
    detail::check_index(col, in.cols(), "col", in.rows(), in.cols());
    return row_winding(in.transposed(), col);
}

KURAMOTO_END_NAMESPACE
