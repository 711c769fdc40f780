// Which cells of which processes lie around a block: the geometry of the ghost cells.
#pragma once

#include <kuramoto/detail/tiling/tile.hpp>
#include <kuramoto/model/boundary.hpp>
#include <kuramoto/mpi/decomposition.hpp>

#include <cstddef>
#include <vector>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// A range of rows or columns, counted from the first of the block of this process.
struct Range {
    std::ptrdiff_t begin = 0;
    std::ptrdiff_t end = 0;
};

/// The blocks along one axis of the grid of ranks, as one of them sees them. `hop` says how many blocks away a block
/// is. Round a periodic axis, the same process can be met more than once.
struct BlockAlong {
    int hop = 0;
    int index = 0;     ///< of its row or column of ranks
    Range ghosts = {}; ///< its rows or columns that this block needs; of this block itself: all
    Range wanted = {}; ///< the rows or columns of this block that it needs
};

/// An axis of `extent` rows or columns, cut into `parts` blocks.
struct CutAxis {
    std::ptrdiff_t extent = 0;
    int parts = 1;
    bool is_periodic = false;

    /// Where block `k` begins; k counts on round a periodic axis.
    [[nodiscard]] std::ptrdiff_t begin(int k) const noexcept {
        const int rest = ((k % parts) + parts) % parts;
        return share_begin(rest, parts, extent) + (k - rest) / parts * extent;
    }
};

/// The blocks from which block `me` needs rows or columns, if it needs `reach` on either side; itself among them.
inline std::vector<BlockAlong> blocks_around(const CutAxis& axis, int me, std::ptrdiff_t reach) {
    const std::ptrdiff_t origin = axis.begin(me);
    const std::ptrdiff_t size = axis.begin(me + 1) - origin;
    std::vector<BlockAlong> blocks{{0, me, {0, size}, {0, size}}};
    if (axis.parts == 1) return blocks; // what is beyond is here
    const auto overlap = [](Range a, const Range& b) {
        if (b.begin > a.begin) a.begin = b.begin;
        if (b.end < a.end) a.end = b.end;
        return a;
    };
    for (const int step : {-1, 1})
        for (int k = me + step; axis.is_periodic || (k >= 0 && k < axis.parts); k += step) {
            const Range block{axis.begin(k) - origin, axis.begin(k + 1) - origin};
            const Range ghosts = overlap(block, {-reach, size + reach});
            if (ghosts.begin >= ghosts.end) break;
            const Range wanted = overlap({0, size}, {block.begin - reach, block.end + reach});
            blocks.push_back({k - me, ((k % axis.parts) + axis.parts) % axis.parts, ghosts, wanted});
        }
    return blocks;
}

/// What this process exchanges with another one: the cells that it gets, and those that it gives.
struct Neighbour {
    int rank = 0;
    int row_hop = 0; ///< where the other block is
    int col_hop = 0;
    Tile ghosts = {}; ///< counted from the first cell of the block of this process
    Tile wanted = {};
};

/// The processes around a block, for ghost cells `reach` deep.
inline std::vector<Neighbour> neighbours_of(const mpi::Decomposition& decomposition, const Extent& extent,
                                            std::ptrdiff_t reach) {
    const mpi::RankGrid ranks = decomposition.ranks();
    const int rank = decomposition.rank();
    const CutAxis down{decomposition.rows(), ranks.rows, extent.rows_wrap};
    const CutAxis across{decomposition.cols(), ranks.cols, extent.cols_wrap};
    std::vector<Neighbour> neighbours;
    for (const BlockAlong& row : blocks_around(down, rank / ranks.cols, reach))
        for (const BlockAlong& col : blocks_around(across, rank % ranks.cols, reach)) {
            if (row.hop == 0 && col.hop == 0) continue;
            neighbours.push_back({.rank = row.index * ranks.cols + col.index,
                                  .row_hop = row.hop,
                                  .col_hop = col.hop,
                                  .ghosts = {row.ghosts.begin, row.ghosts.end, col.ghosts.begin, col.ghosts.end},
                                  .wanted = {row.wanted.begin, row.wanted.end, col.wanted.begin, col.wanted.end}});
        }
    return neighbours;
}

} // namespace detail
KURAMOTO_END_NAMESPACE
