// Tiles: blocks of the lattice that are advanced as one task, and the cells around them that they need.
#pragma once

#include <kuramoto/detail/kernels/row.hpp>

#include <cstddef>

namespace kuramoto {
inline namespace KURAMOTO_BUILD {
namespace detail {

/// A block of the lattice: rows [row_begin, row_end), columns [col_begin, col_end).
struct Tile {
    std::ptrdiff_t row_begin = 0;
    std::ptrdiff_t row_end = 0;
    std::ptrdiff_t col_begin = 0;
    std::ptrdiff_t col_end = 0;

    [[nodiscard]] std::ptrdiff_t rows() const noexcept { return row_end - row_begin; }
    [[nodiscard]] std::ptrdiff_t cols() const noexcept { return col_end - col_begin; }
};

/// What is cut into tiles: the size of the lattice, and which of its directions go round.
struct Extent {
    std::ptrdiff_t rows = 0;
    std::ptrdiff_t cols = 0;
    bool rows_wrap = false;
    bool cols_wrap = false;

    /// Index i where indices go round after n.
    static std::ptrdiff_t wrapped(std::ptrdiff_t i, std::ptrdiff_t n) noexcept {
        if (i >= 0 && i < n) return i; // nearly always, and a division costs as much as a vector of cells
        const std::ptrdiff_t rest = i % n;
        return rest < 0 ? rest + n : rest;
    }
};

/// `tile` with the ghosts that so many levels need: as many rows and columns on every side, as far as the lattice goes;
/// where it goes round, rows and columns count on beyond it. To the west it is whole cache lines. A tile of whole rows
/// has no ghosts beside it.
template <class T> Tile with_ghosts(const Tile& tile, std::ptrdiff_t levels, const Extent& extent) noexcept {
    const std::ptrdiff_t west = (levels + widest<T> - 1) / widest<T> * widest<T>;
    Tile outer{tile.row_begin - levels, tile.row_end + levels, tile.col_begin - west, tile.col_end + levels};
    if (!extent.rows_wrap) {
        if (outer.row_begin < 0) outer.row_begin = 0;
        if (outer.row_end > extent.rows) outer.row_end = extent.rows;
    }
    const bool has_whole_rows = tile.cols() == extent.cols;
    if (!extent.cols_wrap || has_whole_rows) {
        if (outer.col_begin < 0) outer.col_begin = 0;
        if (outer.col_end > extent.cols) outer.col_end = extent.cols;
    }
    return outer;
}

} // namespace detail
} // namespace KURAMOTO_BUILD
} // namespace kuramoto
