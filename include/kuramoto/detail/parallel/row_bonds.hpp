// The bonds of a lattice, row by row: for observables that are sums over bonds.
#pragma once

#include <kuramoto/detail/parallel/order_free_sum.hpp>
#include <kuramoto/grid/axis.hpp>
#include <kuramoto/grid/grid.hpp>
#include <kuramoto/grid/mask.hpp>
#include <kuramoto/model/bonds.hpp>
#include <kuramoto/model/boundary.hpp>

#include <concepts>
#include <cstddef>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// The bonds that a row owns: to the east, to the south, and to what is beyond the edges that it touches. So each bond
/// of the lattice has one owner.
///
/// The rows have `cols` cells. Behind them and below the last of them there may be one more column and row, of cells
/// that own no bonds here.
///
/// A bond points along its axis, from west to east or from north to south. Bonds of strength 0 and bonds of missing
/// cells are left out, whatever phases are beside them. `Present`: what present_cells returns.
template <class T, class Bonds, class Present> class RowBonds {
  public:
    RowBonds(const Grid<const T>& theta, const Boundary& boundary, const Bonds& strengths, const Present& present,
             std::ptrdiff_t cols) noexcept
        : theta_(theta), boundary_(boundary), strengths_(strengths), present_(present), cols_(cols) {}

    /// Gives the bonds of row i to a sink, which has the members
    /// - add_run(axis, a, b, count): bonds of strength 1 from the phases a[k] to b[k], at most cells_per_part;
    /// - add_bond(axis, a, b) and add_bond(axis, a, b, strength): a bond from phase a to phase b;
    /// - add_flux(flux, phase): a given flux into a cell with this phase.
    template <class Sink> void visit_row(std::ptrdiff_t i, Sink& sink) const noexcept {
        const std::ptrdiff_t last = theta_.cols() - 1;
        const std::ptrdiff_t last_row = theta_.rows() - 1;
        visit_neighbours(i, Axis::cols, last, sink);
        if (i < last_row) visit_neighbours(i, Axis::rows, cols_, sink);
        if (is_periodic(boundary_, Axis::cols)) visit_pair({i, last}, {i, 0}, Axis::cols, sink);
        visit_edge(boundary_.west, Axis::cols, i, {i, 0}, true, sink);
        visit_edge(boundary_.east, Axis::cols, i, {i, last}, false, sink);
        for (std::ptrdiff_t j = 0; j < cols_ && i == 0; ++j)
            visit_edge(boundary_.north, Axis::rows, j, {i, j}, true, sink);
        for (std::ptrdiff_t j = 0; j < cols_ && i == last_row; ++j) {
            if (is_periodic(boundary_, Axis::rows)) visit_pair({i, j}, {0, j}, Axis::rows, sink);
            visit_edge(boundary_.south, Axis::rows, j, {i, j}, false, sink);
        }
    }

  private:
    static constexpr bool are_all_present = std::same_as<Present, AllCells>;
    struct Place {
        std::ptrdiff_t row;
        std::ptrdiff_t col;
    };

    // From the first `count` cells of row i to their neighbours along an axis.
    template <class Sink>
    void visit_neighbours(std::ptrdiff_t i, Axis axis, std::ptrdiff_t count, Sink& sink) const noexcept {
        if constexpr (are_all_present && !has_own_strengths<Bonds>)
            if (theta_.col_stride() == 1) return visit_runs(i, axis, count, sink);
        for (std::ptrdiff_t j = 0; j < count; ++j)
            visit_pair({i, j}, axis == Axis::cols ? Place{i, j + 1} : Place{i + 1, j}, axis, sink);
    }
    // The same for equal bonds between cells that lie one behind the other.
    template <class Sink>
    void visit_runs(std::ptrdiff_t i, Axis axis, std::ptrdiff_t count, Sink& sink) const noexcept {
        const T* const row = theta_.data() + i * theta_.row_stride();
        const T* const next = row + (axis == Axis::cols ? 1 : theta_.row_stride());
        for (std::ptrdiff_t j = 0; j < count; j += cells_per_part)
            sink.add_run(axis, row + j, next + j, clamped(count - j, 0, cells_per_part));
    }

    // The bond from a cell to the next one along an axis.
    template <class Sink> void visit_pair(Place from, Place to, Axis axis, Sink& sink) const noexcept {
        if (!present_(from.row, from.col) || !present_(to.row, to.col)) return;
        if constexpr (has_own_strengths<Bonds>) {
            const double strength = strength_of(from, axis);
            if (strength != 0) sink.add_bond(axis, phase_at(from), phase_at(to), strength);
        } else {
            sink.add_bond(axis, phase_at(from), phase_at(to));
        }
    }

    // What an edge gives to its k-th cell: a bond of strength 1 to a phase, or a flux. `is_first`: the edge comes
    // before the cell.
    template <class Sink>
    void visit_edge(const BoundaryCondition& edge, Axis axis, std::ptrdiff_t k, Place cell, bool is_first,
                    Sink& sink) const noexcept {
        if (edge.kind != BoundaryKind::fixed_phase && edge.kind != BoundaryKind::fixed_flux) return;
        if (!present_(cell.row, cell.col)) return;
        const double given = edge.values != nullptr ? edge.values[k] : edge.value;
        const double phase = phase_at(cell);
        if (edge.kind == BoundaryKind::fixed_flux) return sink.add_flux(given, phase);
        sink.add_bond(axis, is_first ? given : phase, is_first ? phase : given);
    }

    [[nodiscard]] double strength_of(Place first, Axis axis) const noexcept {
        const Grid<const T>& of = axis == Axis::cols ? strengths_.east : strengths_.south;
        return static_cast<double>(of.data()[first.row * of.row_stride() + first.col * of.col_stride()]);
    }
    [[nodiscard]] double phase_at(Place cell) const noexcept {
        return static_cast<double>(theta_.data()[cell.row * theta_.row_stride() + cell.col * theta_.col_stride()]);
    }

    Grid<const T> theta_;
    Boundary boundary_;
    Bonds strengths_;
    Present present_;
    std::ptrdiff_t cols_;
};

} // namespace detail
KURAMOTO_END_NAMESPACE
