// Tiles: blocks of the lattice, each advanced independently of the others, and the halo of cells that its levels read.
#pragma once

#include <kuramoto/detail/kernels/row.hpp>
#include <kuramoto/detail/parallel/place.hpp>

#include <cstddef>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// A block of the lattice: rows [row_begin, row_end), columns [col_begin, col_end).
struct Tile {
    std::ptrdiff_t row_begin = 0;
    std::ptrdiff_t row_end = 0;
    std::ptrdiff_t col_begin = 0;
    std::ptrdiff_t col_end = 0;

    [[nodiscard]] std::ptrdiff_t rows() const noexcept { return row_end - row_begin; }
    [[nodiscard]] std::ptrdiff_t cols() const noexcept { return col_end - col_begin; }
    [[nodiscard]] std::ptrdiff_t cells() const noexcept { return rows() * cols(); }
};

/// The lattice that is cut into tiles, or the block of it that this process has.
struct Extent {
    std::ptrdiff_t rows = 0; ///< here
    std::ptrdiff_t cols = 0;
    bool rows_wrap = false; ///< whether the lattice is periodic along its rows, here or by way of other processes
    bool cols_wrap = false;
    Place place = {};

    [[nodiscard]] std::ptrdiff_t whole_rows() const noexcept { return place.is_part ? place.rows : rows; }
    [[nodiscard]] std::ptrdiff_t whole_cols() const noexcept { return place.is_part ? place.cols : cols; }
    /// Whether other processes have cells around the block.
    [[nodiscard]] bool is_cut() const noexcept { return whole_rows() > rows || whole_cols() > cols; }

    /// The first row and column of the lattice, and its ends: indices count from the first cell here.
    [[nodiscard]] std::ptrdiff_t row_begin() const noexcept { return place.is_part ? -place.first_row : 0; }
    [[nodiscard]] std::ptrdiff_t col_begin() const noexcept { return place.is_part ? -place.first_col : 0; }
    [[nodiscard]] std::ptrdiff_t row_end() const noexcept { return row_begin() + whole_rows(); }
    [[nodiscard]] std::ptrdiff_t col_end() const noexcept { return col_begin() + whole_cols(); }

    /// The same row or column, counted from the first of the lattice.
    [[nodiscard]] std::ptrdiff_t whole_row(std::ptrdiff_t i) const noexcept {
        return wrapped(i - row_begin(), whole_rows());
    }
    [[nodiscard]] std::ptrdiff_t whole_col(std::ptrdiff_t j) const noexcept {
        return wrapped(j - col_begin(), whole_cols());
    }

    /// Index i of a periodic axis of n.
    static std::ptrdiff_t wrapped(std::ptrdiff_t i, std::ptrdiff_t n) noexcept {
        if (i >= 0 && i < n) return i; // nearly always, and a division costs as much as a vector of cells
        const std::ptrdiff_t rest = i % n;
        return rest < 0 ? rest + n : rest;
    }
};

/// A tile that goes through `levels` levels, and the cells that they read.
struct TileWithHalo {
    Extent extent = {};
    Tile tile = {};
    int levels = 1;
    Tile outer = {}; ///< the tile and its halo; where the lattice goes on, its indices count on beyond the extent

    [[nodiscard]] std::ptrdiff_t north_rows() const noexcept { return tile.row_begin - outer.row_begin; }
    [[nodiscard]] std::ptrdiff_t south_rows() const noexcept { return outer.row_end - tile.row_end; }
    [[nodiscard]] std::ptrdiff_t west_cols() const noexcept { return tile.col_begin - outer.col_begin; }
    [[nodiscard]] std::ptrdiff_t east_cols() const noexcept { return outer.col_end - tile.col_end; }

    /// Whether cells of the halo are those of other processes.
    [[nodiscard]] bool has_ghosts() const noexcept {
        const bool beyond_rows = outer.row_begin < 0 || outer.row_end > extent.rows;
        const bool beyond_cols = outer.col_begin < 0 || outer.col_end > extent.cols;
        return (beyond_rows && extent.rows < extent.whole_rows()) || (beyond_cols && extent.cols < extent.whole_cols());
    }
    /// Whether columns of the halo are those at the other side of the lattice, or those of other processes.
    [[nodiscard]] bool leaves_columns() const noexcept { return outer.col_begin < 0 || outer.col_end > extent.cols; }
};

/// `tile` with the halo for so many levels: as many rows and columns on every side, as far as the lattice goes. To the
/// west they are whole cache lines. A tile of whole rows has no halo columns.
template <class T> TileWithHalo with_halo(const Tile& tile, int levels, const Extent& extent) noexcept {
    const std::ptrdiff_t west = (levels + widest<T> - 1) / widest<T> * widest<T>;
    Tile outer{tile.row_begin - levels, tile.row_end + levels, tile.col_begin - west, tile.col_end + levels};
    if (!extent.rows_wrap) {
        if (outer.row_begin < extent.row_begin()) outer.row_begin = extent.row_begin();
        if (outer.row_end > extent.row_end()) outer.row_end = extent.row_end();
    }
    const bool has_whole_rows = tile.cols() == extent.whole_cols();
    if (!extent.cols_wrap || has_whole_rows) {
        if (outer.col_begin < extent.col_begin()) outer.col_begin = extent.col_begin();
        if (outer.col_end > extent.col_end()) outer.col_end = extent.col_end();
    }
    return {extent, tile, levels, outer};
}

} // namespace detail
KURAMOTO_END_NAMESPACE
