// The halo of a tile: copies of the cells around it. detail/tiling/run.hpp fills it before any tile advances.
#pragma once

#include <kuramoto/detail/tiling/rows.hpp>

#include <cstddef>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// The copies of one tile: the rows to the north and south, as wide as the tile with its halo, and the columns to the
/// west and east.
template <class T> class Halo {
  public:
    /// Elements of memory for the halo of a tile.
    static std::ptrdiff_t size(const TileWithHalo& area) noexcept { return area.outer.cells() - area.tile.cells(); }

    Halo(const TileWithHalo& area, T* memory) noexcept
        : area_(area), north_(memory), south_(north_ + area.north_rows() * area.outer.cols()),
          west_(south_ + area.south_rows() * area.outer.cols()), east_(west_ + area.tile.rows() * area.west_cols()) {}

    void save(const Grid<const T>& in) const noexcept {
        const Tile& tile = area_.tile;
        const Tile& outer = area_.outer;
        copy(in, north_, {outer.row_begin, tile.row_begin, outer.col_begin, outer.col_end});
        copy(in, south_, {tile.row_end, outer.row_end, outer.col_begin, outer.col_end});
        copy(in, west_, {tile.row_begin, tile.row_end, outer.col_begin, tile.col_begin});
        copy(in, east_, {tile.row_begin, tile.row_end, tile.col_end, outer.col_end});
    }

    /// Whether row i is above or below the tile.
    [[nodiscard]] bool has_row(std::ptrdiff_t i) const noexcept {
        return i < area_.tile.row_begin || i >= area_.tile.row_end;
    }
    /// Such a row.
    [[nodiscard]] const T* row(std::ptrdiff_t i) const noexcept {
        return i < area_.tile.row_begin ? north_ + (i - area_.outer.row_begin) * area_.outer.cols()
                                        : south_ + (i - area_.tile.row_end) * area_.outer.cols();
    }
    /// The cells beside row i of the tile.
    [[nodiscard]] const T* west_of(std::ptrdiff_t i) const noexcept {
        return west_ + (i - area_.tile.row_begin) * area_.west_cols();
    }
    [[nodiscard]] const T* east_of(std::ptrdiff_t i) const noexcept {
        return east_ + (i - area_.tile.row_begin) * area_.east_cols();
    }

  private:
    static void copy(const Grid<const T>& in, T* to, const Tile& block) noexcept {
        if (block.cols() == 0) return; // beside a tile of whole rows
        for (std::ptrdiff_t i = block.row_begin; i < block.row_end; ++i, to += block.cols())
            gather_row(to, in, {.row = i, .begin = block.col_begin, .count = block.cols()});
    }

    TileWithHalo area_;
    T* north_;
    T* south_;
    T* west_;
    T* east_;
};

} // namespace detail
KURAMOTO_END_NAMESPACE
