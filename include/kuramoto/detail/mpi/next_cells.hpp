// A block with the cells that follow it to the south and the east: see detail/parallel/next_cells.hpp.
#pragma once

#include <kuramoto/detail/mpi/agreement.hpp>
#include <kuramoto/detail/mpi/window.hpp>
#include <kuramoto/detail/parallel/present_cells.hpp>
#include <kuramoto/grid/axis.hpp>
#include <kuramoto/grid/field.hpp>
#include <kuramoto/grid/mask.hpp>
#include <kuramoto/model/boundary.hpp>
#include <kuramoto/mpi/decomposition.hpp>

#include <cstddef>
#include <type_traits>

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

/// A CellsWithNext that owns copies of the cells, and of their mask.
template <class T, class Present> class RankCellsWithNext {
    static constexpr bool has_mask = !std::is_same_v<Present, AllCells>;

  public:
    /// Collective.
    RankCellsWithNext(const mpi::Decomposition& decomposition, Agreement& agreement, const Grid<const T>& block,
                      const Present& present_here, const Boundary& whole)
        : RankCellsWithNext(decomposition, agreement, block, present_here, whole,
                            block_with_next(decomposition, whole, decomposition.rank())) {}
    RankCellsWithNext(const RankCellsWithNext&) = delete;
    RankCellsWithNext& operator=(const RankCellsWithNext&) = delete;
    ~RankCellsWithNext() = default;

  private:
    RankCellsWithNext(const mpi::Decomposition& decomposition, Agreement& agreement, const Grid<const T>& block,
                      const Present& present_here, const Boundary& whole, const mpi::Block& window)
        : cells_(window.rows(), window.cols()), mask_(has_mask ? window.rows() : 0, has_mask ? window.cols() : 0),
          theta(cells_.view()), present(present_of(mask_)), boundary(boundary_of_block(whole, decomposition)) {
        agreement.begin();
        const auto window_of = [&](int rank) { return block_with_next(decomposition, whole, rank); };
        collect_windows(decomposition, block, window_of, cells_.view());
        if constexpr (has_mask) collect_windows(decomposition, present_here.mask(), window_of, mask_.view());
    }
    static Present present_of(const Field<T>& mask) {
        if constexpr (has_mask)
            return Present(mask.view());
        else
            return {};
    }

    Field<T> cells_;
    Field<T> mask_;

  public:
    Grid<const T> theta;
    Present present;
    Boundary boundary;
};

} // namespace detail
KURAMOTO_END_NAMESPACE
