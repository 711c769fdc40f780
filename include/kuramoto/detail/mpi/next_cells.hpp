// A block with the cells that follow it to the south and the east: see detail/parallel/next_cells.hpp.
#pragma once

#include <kuramoto/detail/mpi/agreement.hpp>
#include <kuramoto/detail/mpi/collected_cells.hpp>
#include <kuramoto/grid/axis.hpp>
#include <kuramoto/model/boundary.hpp>
#include <kuramoto/mpi/decomposition.hpp>

#include <cstddef>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// The numbers [begin, begin + count) of an edge.
inline BoundaryCondition part_of_edge(BoundaryCondition edge, std::ptrdiff_t begin, std::ptrdiff_t count) noexcept {
    if (edge.values == nullptr || edge.count < 0) return edge;
    edge.values += begin;
    edge.count = count;
    return edge;
}

/// The boundary of a block: zero_flux where the lattice goes on at other processes.
inline Boundary boundary_of_block(const Boundary& boundary, const mpi::Decomposition& decomposition) noexcept {
    const mpi::Block block = decomposition.block();
    const mpi::RankGrid ranks = decomposition.ranks();
    const auto edge_of = [&](const BoundaryCondition& edge, Axis across, bool is_at_edge) -> BoundaryCondition {
        const bool is_cut = (across == Axis::rows ? ranks.rows : ranks.cols) > 1;
        if (is_cut && (edge.kind == BoundaryKind::periodic || !is_at_edge)) return zero_flux;
        return across == Axis::rows ? part_of_edge(edge, block.col_begin, block.cols())
                                    : part_of_edge(edge, block.row_begin, block.rows());
    };
    return {edge_of(boundary.north, Axis::rows, block.row_begin == 0),
            edge_of(boundary.south, Axis::rows, block.row_end == decomposition.rows()),
            edge_of(boundary.west, Axis::cols, block.col_begin == 0),
            edge_of(boundary.east, Axis::cols, block.col_end == decomposition.cols())};
}

/// The block of a process, with one more row and column where another process has the next one.
inline mpi::Block block_with_next(const mpi::Decomposition& decomposition, const Boundary& boundary,
                                  int rank) noexcept {
    mpi::Block block = decomposition.block(rank);
    if (block.rows() == 0 || block.cols() == 0) return block; // there are no cells at all
    const mpi::RankGrid ranks = decomposition.ranks();
    const auto goes_on = [&](int parts, Axis axis, std::ptrdiff_t end, std::ptrdiff_t cells) {
        return parts > 1 && (end < cells || is_periodic(boundary, axis));
    };
    if (goes_on(ranks.rows, Axis::rows, block.row_end, decomposition.rows())) ++block.row_end;
    if (goes_on(ranks.cols, Axis::cols, block.col_end, decomposition.cols())) ++block.col_end;
    return block;
}

/// A CellsWithNext that owns copies of the cells.
template <class T, class Present> class RankCellsWithNext {
  public:
    /// Collective.
    RankCellsWithNext(const mpi::Decomposition& decomposition, Agreement& agreement, const Grid<const T>& block,
                      const Present& present_here, const Boundary& whole)
        : cells_(decomposition, agreement, block, present_here,
                 [&](int rank) { return block_with_next(decomposition, whole, rank); }),
          theta(cells_.theta()), present(cells_.present()), boundary(boundary_of_block(whole, decomposition)) {}

  private:
    CollectedCells<T, Present> cells_;

  public:
    Grid<const T> theta;
    Present present;
    Boundary boundary;
};

} // namespace detail
KURAMOTO_END_NAMESPACE
