// Edges: what lies beyond the first and the last row of the lattice, and beyond the ends of a row.
//
// A flux across the first or the last row takes the place of the fluxes from the row beyond. Phases that are given
// there are a row of their own, which is read and never advanced. Beyond a periodic edge lies the other side: for rows,
// in the halo; for columns, at the other end of the row, or in the halo of a tile that is narrower than the lattice.
// Beyond the block of a process lie cells of others, in the halo too.
#pragma once

#include <kuramoto/detail/tiling/tile.hpp>
#include <kuramoto/model/boundary.hpp>

#include <cstddef>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// What is given at cell k of an edge: a phase or a flux.
template <class T> T given_at(const BoundaryCondition& edge, std::ptrdiff_t k) noexcept {
    return static_cast<T>(edge.values != nullptr ? edge.values[k] : edge.value);
}

/// What lies beyond cell k of an edge that is not periodic. Fluxes are positive towards the lower index: an inflow is
/// negative at the edges before the first cell (`is_low`), and positive at the others.
template <class T> Beyond<T> beyond(const BoundaryCondition& edge, std::ptrdiff_t k, bool is_low) noexcept {
    if (edge.kind == BoundaryKind::fixed_phase) return {BeyondKind::phase, given_at<T>(edge, k)};
    if (edge.kind == BoundaryKind::fixed_flux)
        return {BeyondKind::flux, is_low ? -given_at<T>(edge, k) : given_at<T>(edge, k)};
    return {};
}

/// The edges of a lattice as a tile meets them.
template <class T> class Edges {
  public:
    /// `north` and `south`: memory for what is given along these edges, a row of the tile with its halo each.
    Edges(const Boundary& boundary, const TileWithHalo& area, T* north, T* south) noexcept
        : boundary_(boundary), area_(area), north_(north), south_(south),
          is_at_west_(area.outer.col_begin == area.extent.col_begin() && !area.extent.cols_wrap),
          is_at_east_(area.outer.col_end == area.extent.col_end() && !area.extent.cols_wrap),
          is_row_closed_(area.extent.cols_wrap && area.tile.cols() == area.extent.whole_cols()),
          do_ends_vary_(is_row_closed_ || (is_at_west_ && boundary.west.values != nullptr) ||
                        (is_at_east_ && boundary.east.values != nullptr)) {}

    /// Writes what is given along the first and the last row: phases, or fluxes across the edge.
    void fill() const noexcept {
        fill(north_, boundary_.north, true);
        fill(south_, boundary_.south, false);
    }

    // Beyond the first and the last row.

    [[nodiscard]] bool is_in_lattice(std::ptrdiff_t i) const noexcept {
        return area_.extent.rows_wrap || (i >= area_.extent.row_begin() && i < area_.extent.row_end());
    }
    /// The phases of a row beyond the lattice; null where a flux is given instead.
    [[nodiscard]] const T* phases_beyond(std::ptrdiff_t i) const noexcept {
        const BoundaryCondition& edge = i < 0 ? boundary_.north : boundary_.south;
        if (edge.kind != BoundaryKind::fixed_phase) return nullptr;
        return i < 0 ? north_ : south_;
    }
    [[nodiscard]] const T* north() const noexcept { return north_; }
    [[nodiscard]] const T* south() const noexcept { return south_; }

    // Beyond the ends of a row.

    /// Whether the ends of a row are each other's neighbours.
    [[nodiscard]] bool is_row_closed() const noexcept { return is_row_closed_; }
    /// Whether what is beyond the ends differs from row to row, for a level that does not end among the halo.
    [[nodiscard]] bool do_ends_vary() const noexcept { return do_ends_vary_; }

    /// Where it does not differ. An end inside the lattice is then like an edge without flux.
    void set_constant_ends(RowTask<T>& task) const noexcept { set_given_ends(0, task); }

    /// Where it differs. The task has its phases.
    void set_varying_ends(std::ptrdiff_t i, RowTask<T>& task) const noexcept {
        if (is_row_closed_) {
            task.west = {BeyondKind::phase, task.phase[task.cells - 1]};
            task.east = {BeyondKind::phase, task.phase[0]};
        } else if (is_in_lattice(i)) { // otherwise a row of given phases, whose own ends do not matter
            set_given_ends(area_.extent.whole_row(i), task);
        }
    }

    /// For the last level, which works on the columns of the tile alone: the cells of the halo beside them.
    void set_ends_in_halo(RowTask<T>& task) const noexcept {
        if (area_.west_cols() > 0) task.west = {BeyondKind::phase, task.phase[-1]};
        if (area_.east_cols() > 0) task.east = {BeyondKind::phase, task.phase[task.cells]};
    }

  private:
    void fill(T* row, const BoundaryCondition& edge, bool is_low) const noexcept {
        const std::ptrdiff_t cols = area_.outer.cols() + widest<T>;
        if (edge.values == nullptr) {
            const T value = beyond<T>(edge, 0, is_low).value;
            for (std::ptrdiff_t j = 0; j < cols; ++j) row[j] = value;
            return;
        }
        for (std::ptrdiff_t j = 0; j < cols; ++j)
            row[j] = beyond<T>(edge, area_.extent.whole_col(area_.outer.col_begin + j), is_low).value;
    }

    void set_given_ends(std::ptrdiff_t k, RowTask<T>& task) const noexcept {
        if (is_at_west_) task.west = beyond<T>(boundary_.west, k, true);
        if (is_at_east_) task.east = beyond<T>(boundary_.east, k, false);
    }

    const Boundary& boundary_;
    const TileWithHalo& area_;
    T* north_;
    T* south_;
    bool is_at_west_;
    bool is_at_east_;
    bool is_row_closed_;
    bool do_ends_vary_;
};

} // namespace detail
KURAMOTO_END_NAMESPACE
