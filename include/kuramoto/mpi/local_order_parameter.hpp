// The local order parameter of lattices that are cut over MPI processes.
#pragma once

#include <kuramoto/detail/mpi/collected_cells.hpp>
#include <kuramoto/detail/mpi/rank_policy.hpp>
#include <kuramoto/grid/axis.hpp>
#include <kuramoto/grid/field.hpp>
#include <kuramoto/mpi/field.hpp>
#include <kuramoto/mpi/masks.hpp>
#include <kuramoto/observables/local_order_parameter.hpp>

#include <cstddef>
#include <type_traits>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// Rows or columns [begin, end) that a block needs of an axis.
struct NeededCells {
    std::ptrdiff_t begin = 0;
    std::ptrdiff_t end = 0;
};

/// Those that the windows around the cells [begin, end) have. All, if the windows have all.
inline NeededCells needed_cells(const WindowsAlong& windows, std::ptrdiff_t begin, std::ptrdiff_t end) noexcept {
    if (windows.takes_all) return {0, windows.cells};
    if (windows.goes_round) return {begin - windows.reach, end + windows.reach};
    return {clamped(begin - windows.reach, 0, begin), end + clamped(windows.cells - end, 0, windows.reach)};
}

/// The cells that the windows of a block have, and where the block lies among them.
class WindowsOfBlocks {
  public:
    WindowsOfBlocks(const mpi::Decomposition& decomposition, const Boundary& boundary,
                    std::ptrdiff_t half_width) noexcept
        : decomposition_(decomposition), down_(half_width, decomposition.rows(), is_periodic(boundary, Axis::rows)),
          across_(half_width, decomposition.cols(), is_periodic(boundary, Axis::cols)) {}

    [[nodiscard]] mpi::Block operator()(int rank) const noexcept {
        const mpi::Block block = decomposition_.block(rank);
        mpi::Block window = block;
        if (decomposition_.ranks().rows > 1) {
            const NeededCells rows = needed_cells(down_, block.row_begin, block.row_end);
            window.row_begin = rows.begin;
            window.row_end = rows.end;
        }
        if (decomposition_.ranks().cols > 1) {
            const NeededCells cols = needed_cells(across_, block.col_begin, block.col_end);
            window.col_begin = cols.begin;
            window.col_end = cols.end;
        }
        return window;
    }

    /// The boundary of the copy: periodic along an axis if all of it is in the copy.
    [[nodiscard]] Boundary boundary() const noexcept {
        const auto edge_of = [](const WindowsAlong& windows, int parts) {
            return windows.goes_round && (parts == 1 || windows.takes_all) ? periodic : zero_flux;
        };
        const BoundaryCondition rows = edge_of(down_, decomposition_.ranks().rows);
        const BoundaryCondition cols = edge_of(across_, decomposition_.ranks().cols);
        return {rows, rows, cols, cols};
    }

  private:
    const mpi::Decomposition& decomposition_;
    WindowsAlong down_;
    WindowsAlong across_;
};

} // namespace detail

/// The local order parameter of an mpi::Field: the cells of one process, to the bit, however the lattice is cut.
///
/// Collective: every process calls the function with the same arguments. `r`, and `present`, a mask, are mpi::Fields of
/// the same Decomposition. Each process fills its part of `r`.
///
/// Throws: as the function of one process, the same on every process, before anything is written; also for fields of
/// different Decompositions, and for a half_width or kinds of edges that differ.
/// Cost: as in one process, for a copy of the block with the `half_width` rows and columns around it; with all rows, or
/// columns, where a periodic axis is not longer than a window. Memory for a copy of θ, r and the mask, and 16 bytes of
/// scratch per cell, of all these cells.
template <ExecutionPolicy P, Real T, mpi::MaskFor<T> Present, Real Order, HasBoundary Lattice = Boundary>
void local_order_parameter(const P& policy, const Lattice& lattice, const mpi::Field<T>& theta, const Present& present,
                           mpi::Field<Order>& r, std::ptrdiff_t half_width) {
    const mpi::Decomposition& decomposition = theta.decomposition();
    detail::with_agreement(decomposition.communicator(), [&](detail::Agreement& agreement) {
        agreement.expect_same("half_width and the kinds of edges", {half_width, detail::kinds_of_edges(lattice)});
        detail::check_policy(policy);
        const Grid<const T> in = theta.local();
        const Grid<Order> out = detail::local_of(r, decomposition, "r");
        const auto there = detail::present_cells(detail::local_of(present, decomposition, "present"), in, "theta");
        detail::check_count(half_width, "half_width");
        detail::check_boundary<T>(boundary_of(lattice), decomposition.rows(), decomposition.cols());
        detail::check_disjoint(out, "r", in, "theta");
        if constexpr (!std::is_same_v<Present, AllCells>) detail::check_disjoint(out, "r", there.mask(), "present");
        if (theta.empty()) return;
        const detail::WindowsOfBlocks windows(decomposition, boundary_of(lattice), half_width);
        const mpi::Block block = decomposition.block();
        const mpi::Block window = windows(decomposition.rank());
        kuramoto::Field<Order> order(window.rows(), window.cols());
        const detail::CollectedCells cells(decomposition, agreement, in, there, windows);
        if constexpr (std::is_same_v<Present, AllCells>)
            kuramoto::local_order_parameter(policy, windows.boundary(), cells.theta(), order, half_width);
        else
            kuramoto::local_order_parameter(policy, windows.boundary(), cells.theta(), cells.present().mask(), order,
                                            half_width);
        detail::copy_cells(
            Grid<const Order>(order.subgrid(block.row_begin - window.row_begin, block.col_begin - window.col_begin,
                                            block.rows(), block.cols())),
            out);
    });
}
/// The same with all cells.
template <ExecutionPolicy P, Real T, Real Order, HasBoundary Lattice = Boundary>
void local_order_parameter(const P& policy, const Lattice& lattice, const mpi::Field<T>& theta, mpi::Field<Order>& r,
                           std::ptrdiff_t half_width) {
    local_order_parameter(policy, lattice, theta, AllCells{}, r, half_width);
}

/// The same on the calling thread.
template <Real T, mpi::MaskFor<T> Present, Real Order, HasBoundary Lattice = Boundary>
void local_order_parameter(const Lattice& lattice, const mpi::Field<T>& theta, const Present& present,
                           mpi::Field<Order>& r, std::ptrdiff_t half_width) {
    local_order_parameter(Fused{}, lattice, theta, present, r, half_width);
}
/// The same with all cells, on the calling thread.
template <Real T, Real Order, HasBoundary Lattice = Boundary>
void local_order_parameter(const Lattice& lattice, const mpi::Field<T>& theta, mpi::Field<Order>& r,
                           std::ptrdiff_t half_width) {
    local_order_parameter(Fused{}, lattice, theta, AllCells{}, r, half_width);
}

KURAMOTO_END_NAMESPACE
