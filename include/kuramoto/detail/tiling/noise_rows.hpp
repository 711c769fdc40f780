// The noise of the rows at work: that of a row's own step and, where noise is averaged, that of the next step.
//
// Averaged noise: a level adds half of the ξ of its own step and half of that of the next. It draws the second half;
// the next level, which works on the same row one front later, finds it here. What the last level draws is kept for the
// first level of the next sweep, if sweeps are short. So one normal number is drawn per cell and step, except for a few
// that the first level draws again.
#pragma once

#include <kuramoto/detail/tiling/field_rows.hpp>
#include <kuramoto/detail/tiling/sweep.hpp>

#include <cstddef>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

template <class T> class NoiseRows {
  public:
    /// Takes one row per level for the D, if there is noise, and Sweep::averaged_noise_rows if it is averaged; `spare`
    /// is one row more.
    NoiseRows(const Sweep<T>& sweep, const TileWithHalo& area, RowCarver<T>& carver, T* spare) noexcept
        : sweep_(sweep), area_(area), spare_(spare),
          halves_(carver, sweep.noise.is_averaged ? area.levels : 0, Sweep<T>::averaged_noise_rows) {
        if (sweep.noise.is_present()) diffusion_ = FieldRows<T>(sweep.noise.diffusion, area, carver);
    }

    /// Draws what a level adds to row i, and aims its task at it.
    void aim(int level, std::ptrdiff_t i, RowTask<T>& task) noexcept {
        const bool is_last = level + 1 == area_.levels;
        const RowSpan cells{.row = i, .begin = is_last ? area_.west_cols() : 0, .count = task.cells};
        if (level == 0 && diffusion_.packs()) diffusion_.pack(i, 0, area_.outer.cols());
        if (!sweep_.noise.is_averaged) {
            draw(spare_, level, cells);
            task.noise = spare_;
            return;
        }
        T* const own = halves_.row(level, i) + cells.begin;
        if (level == 0) find_first(own, cells);
        T* const next = !is_last ? halves_.row(level + 1, i) : sweep_.keeps_noise ? kept(i) : spare_;
        draw(next, level + 1, cells);
        task.noise = own;
        task.next_noise = next;
    }

  private:
    // What the first level adds for its own step: the cells of the tile were drawn by the sweep before.
    void find_first(T* to, const RowSpan& cells) noexcept {
        const Tile& tile = area_.tile;
        if (!sweep_.has_kept_noise || cells.row < tile.row_begin || cells.row >= tile.row_end) {
            draw(to, 0, cells);
            return;
        }
        const std::ptrdiff_t west = area_.west_cols() - cells.begin;
        const std::ptrdiff_t east = cells.count - west - tile.cols();
        draw(to, 0, {.row = cells.row, .begin = cells.begin, .count = west});
        gather(to + west, static_cast<const T*>(kept(cells.row)), 1, tile.cols());
        draw(to + west + tile.cols(), 0, {.row = cells.row, .begin = cells.begin + west + tile.cols(), .count = east});
    }

    // The noise of some cells, `later` steps after the first of the sweep; columns count from the first of the halo.
    void draw(T* to, int later, const RowSpan& cells) const noexcept {
        const Extent& extent = area_.extent;
        const RowSource<T> diffusion = diffusion_.row(cells.row, cells.begin);
        RowSpan span{.row = extent.whole_row(cells.row),
                     .begin = extent.whole_col(area_.outer.col_begin + cells.begin)};
        for (std::ptrdiff_t done = 0; done < cells.count; done += span.count, span.begin = 0) { // columns may wrap
            const std::ptrdiff_t most = extent.whole_cols() - span.begin;
            span.count = cells.count - done < most ? cells.count - done : most;
            sweep_.noise.fill(to + done, later, span, diffusion.values + done * diffusion.step);
        }
    }

    // The tile's cells of row i.
    [[nodiscard]] T* kept(std::ptrdiff_t i) const noexcept {
        return sweep_.kept_noise.data() + i * sweep_.kept_noise.row_stride() + area_.tile.col_begin;
    }

    const Sweep<T>& sweep_;
    const TileWithHalo& area_;
    T* spare_;
    RowRings<T> halves_; // of the ξ of a level's own step
    FieldRows<T> diffusion_;
};

} // namespace detail
KURAMOTO_END_NAMESPACE
