// The halo of a tile: copies of the cells around it, as they are before a sweep.
//
// The block of a lattice that a process has is a tile, too. Its halo are the ghost cells: those of other processes.
#pragma once

#include <kuramoto/detail/tiling/rows.hpp>
#include <kuramoto/detail/tiling/tile.hpp>

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

    /// Copies the cells from `in`, and where the tile ends at other processes, from the ghost cells around `in`.
    void save(const Grid<const T>& in, const Halo* ghosts) const noexcept {
        for_each_row([&](T* to, const RowSpan& span) { gather_row(to, in, ghosts, span); });
    }
    /// Copies the cells of a tile from `in`, as far as they are in this halo. A halo reaches less than a period beyond
    /// the columns of the lattice.
    void save_cells_of(const Tile& tile, const Grid<const T>& in) const noexcept {
        for_each_row([&](T* to, const RowSpan& span) {
            const std::ptrdiff_t i = Extent::wrapped(span.row, in.rows());
            if (i < tile.row_begin || i >= tile.row_end) return;
            for (const std::ptrdiff_t shift : {-in.cols(), std::ptrdiff_t{0}, in.cols()}) {
                const std::ptrdiff_t begin = larger(span.begin, tile.col_begin + shift);
                const std::ptrdiff_t end = smaller(span.begin + span.count, tile.col_end + shift);
                if (begin >= end) continue;
                const T* const from = in.data() + i * in.row_stride() + (begin - shift) * in.col_stride();
                gather(to + (begin - span.begin), from, in.col_stride(), end - begin);
            }
        });
    }
    /// Copies only the ghost cells again, which have changed. `cols`: columns of `in`.
    void save_ghosts(std::ptrdiff_t cols, const Halo& ghosts) const noexcept {
        for_each_row([&](T* to, const RowSpan& span) { gather_ghosts(to, cols, ghosts, span); });
    }

    [[nodiscard]] const TileWithHalo& area() const noexcept { return area_; }

    /// Whether row i is above or below the tile.
    [[nodiscard]] bool has_row(std::ptrdiff_t i) const noexcept {
        return i < area_.tile.row_begin || i >= area_.tile.row_end;
    }
    /// Whether there are copies of row i, which may be any: there are none along an axis whose other side comes next.
    [[nodiscard]] bool keeps_row(std::ptrdiff_t i) const noexcept {
        return has_row(i) && i >= area_.outer.row_begin && i < area_.outer.row_end;
    }
    /// A row above or below the tile.
    [[nodiscard]] const T* row(std::ptrdiff_t i) const noexcept {
        return i < area_.tile.row_begin ? north_ + (i - area_.outer.row_begin) * area_.outer.cols()
                                        : south_ + (i - area_.tile.row_end) * area_.outer.cols();
    }
    /// Cell (i, j) of the halo. The next ones of its row follow it, as far as this part of the halo goes.
    [[nodiscard]] T* cell(std::ptrdiff_t i, std::ptrdiff_t j) const noexcept {
        const Tile& tile = area_.tile;
        const Tile& outer = area_.outer;
        if (i < tile.row_begin) return north_ + (i - outer.row_begin) * outer.cols() + (j - outer.col_begin);
        if (i >= tile.row_end) return south_ + (i - tile.row_end) * outer.cols() + (j - outer.col_begin);
        if (j < tile.col_begin) return west_ + (i - tile.row_begin) * area_.west_cols() + (j - outer.col_begin);
        return east_ + (i - tile.row_begin) * area_.east_cols() + (j - tile.col_end);
    }
    /// The cells beside row i of the tile.
    [[nodiscard]] const T* west_of(std::ptrdiff_t i) const noexcept {
        return west_ + (i - area_.tile.row_begin) * area_.west_cols();
    }
    [[nodiscard]] const T* east_of(std::ptrdiff_t i) const noexcept {
        return east_ + (i - area_.tile.row_begin) * area_.east_cols();
    }

  private:
    static std::ptrdiff_t larger(std::ptrdiff_t a, std::ptrdiff_t b) noexcept { return a > b ? a : b; }
    static std::ptrdiff_t smaller(std::ptrdiff_t a, std::ptrdiff_t b) noexcept { return a < b ? a : b; }

    // work(to, span) for every row of every part of the halo.
    template <class Work> void for_each_row(const Work& work) const noexcept {
        const Tile& tile = area_.tile;
        const Tile& outer = area_.outer;
        const auto visit = [&](T* to, const Tile& block) {
            if (block.cols() == 0) return; // beside a tile of whole rows
            for (std::ptrdiff_t i = block.row_begin; i < block.row_end; ++i, to += block.cols())
                work(to, RowSpan{.row = i, .begin = block.col_begin, .count = block.cols()});
        };
        visit(north_, {outer.row_begin, tile.row_begin, outer.col_begin, outer.col_end});
        visit(south_, {tile.row_end, outer.row_end, outer.col_begin, outer.col_end});
        visit(west_, {tile.row_begin, tile.row_end, outer.col_begin, tile.col_begin});
        visit(east_, {tile.row_begin, tile.row_end, tile.col_end, outer.col_end});
    }

    TileWithHalo area_;
    T* north_;
    T* south_;
    T* west_;
    T* east_;
};

/// Copies the ghost cells of a span, each to the place that it has in the span. `cols`: columns of the grid that the
/// ghost cells are around.
template <class T> void gather_ghosts(T* to, std::ptrdiff_t cols, const Halo<T>& ghosts, const RowSpan& span) noexcept {
    const Tile& outer = ghosts.area().outer;
    const bool is_ghost_row = ghosts.keeps_row(span.row);
    const bool has_whole_rows = cols == ghosts.area().extent.whole_cols();
    if (has_whole_rows) { // they may go round
        if (!is_ghost_row) return;
        const Grid<const T> row(ghosts.cell(span.row, outer.col_begin), 1, outer.cols());
        return gather_row(to, row, {.row = 0, .begin = span.begin, .count = span.count});
    }
    const std::ptrdiff_t i = is_ghost_row ? span.row : Extent::wrapped(span.row, ghosts.area().tile.rows());
    const std::ptrdiff_t end = span.begin + span.count;
    const auto copy = [&](std::ptrdiff_t from, std::ptrdiff_t until) {
        if (until > from)
            gather(to + (from - span.begin), static_cast<const T*>(ghosts.cell(i, from)), 1, until - from);
    };
    if (is_ghost_row) return copy(span.begin, end);
    copy(span.begin, end < 0 ? end : 0);
    copy(span.begin > cols ? span.begin : cols, end);
}

/// Copies the cells of a span to consecutive places: those of `grid`, and those around it from the ghost cells. Null:
/// there are none.
template <class T>
void gather_row(T* to, const Grid<const T>& grid, const Halo<T>* ghosts, const RowSpan& span) noexcept {
    if (ghosts == nullptr) return gather_row(to, grid, span);
    gather_ghosts(to, grid.cols(), *ghosts, span);
    if (ghosts->keeps_row(span.row)) return;
    if (grid.cols() == ghosts->area().extent.whole_cols()) return gather_row(to, grid, span);
    const std::ptrdiff_t end = span.begin + span.count;
    const std::ptrdiff_t first = span.begin > 0 ? span.begin : 0;
    const std::ptrdiff_t last = end < grid.cols() ? end : grid.cols();
    if (last > first)
        gather_row(to + (first - span.begin), grid, {.row = span.row, .begin = first, .count = last - first});
}

} // namespace detail
KURAMOTO_END_NAMESPACE
