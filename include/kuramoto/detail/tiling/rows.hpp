// Rows of fields as the row kernel reads them: cells side by side, whatever the strides, beyond the edges where the
// lattice goes round.
#pragma once

#include <kuramoto/detail/tiling/tile.hpp>
#include <kuramoto/grid/grid.hpp>

#include <cstddef>

namespace kuramoto {
inline namespace KURAMOTO_BUILD {
namespace detail {

/// Copies n cells that lie `stride` elements apart to consecutive places, or back.
template <class T> void gather(T* to, const T* from, std::ptrdiff_t stride, std::ptrdiff_t n) noexcept {
    if (stride == 1) {
        if (n > 0) __builtin_memcpy(to, from, static_cast<std::size_t>(n) * sizeof(T));
        return;
    }
    for (std::ptrdiff_t j = 0; j < n; ++j) to[j] = from[j * stride];
}
template <class T> void scatter(T* to, std::ptrdiff_t stride, const T* from, std::ptrdiff_t n) noexcept {
    for (std::ptrdiff_t j = 0; j < n; ++j) to[j * stride] = from[j];
}

/// Copies n cells of row i, from column `begin` on, to consecutive places; rows and columns beyond the grid are those
/// at its other side.
template <class T>
void gather_row(T* to, const Grid<const T>& grid, std::ptrdiff_t i, std::ptrdiff_t begin, std::ptrdiff_t n) noexcept {
    if (n <= 0) return;
    const T* row = grid.data() + Extent::wrapped(i, grid.rows()) * grid.row_stride();
    for (std::ptrdiff_t j = Extent::wrapped(begin, grid.cols()); n > 0; j = 0) {
        const std::ptrdiff_t most = grid.cols() - j;
        const std::ptrdiff_t count = n < most ? n : most;
        gather(to, row + j * grid.col_stride(), grid.col_stride(), count);
        to += count;
        n -= count;
    }
}

/// A field that is read and never written while a sweep goes on (ω, strengths of bonds, …), or one number for all
/// cells: `field` is then empty. For `apply`, what is added to.
template <class T> struct Source {
    Grid<const T> field = {};
    bool is_uniform = true;
    T number = 0;
};

/// The rows of a source for the levels of a tile.
///
/// A field whose rows can be read where they are is. Otherwise a row is packed once, when the first level asks for it;
/// the others follow within as many rows as there are levels.
template <class T> class FieldRows {
  public:
    FieldRows() = default;
    /// `memory`: levels · row_size elements. `outer`: the tile with its ghosts.
    FieldRows(const Source<T>& source, const Extent& extent, const Tile& outer, int levels, std::ptrdiff_t row_size,
              T* memory) noexcept
        : source_(source), extent_(extent), outer_(outer), levels_(levels), row_size_(row_size), memory_(memory),
          packs_(!source.is_uniform &&
                 (source.field.col_stride() != 1 || outer.col_begin < 0 || outer.col_end > extent.cols)) {
        for (T& value : number_) value = source.number;
    }

    [[nodiscard]] bool packs() const noexcept { return packs_; }

    /// Packs n cells of row i from column `offset` on, counted from the first with ghosts.
    void pack(std::ptrdiff_t i, std::ptrdiff_t offset, std::ptrdiff_t n) const noexcept {
        gather_row(packed_row(i) + offset, source_.field, i, outer_.col_begin + offset, n);
    }
    /// Row i from column `offset` on.
    [[nodiscard]] RowSource<T> row(std::ptrdiff_t i, std::ptrdiff_t offset) const noexcept {
        if (source_.is_uniform) return {number_, 0};
        if (packs_) return {packed_row(i) + offset, 1};
        const T* first = source_.field.data() + Extent::wrapped(i, extent_.rows) * source_.field.row_stride();
        return {first + outer_.col_begin + offset, 1};
    }
    /// How far apart row i and row i + 1 are where they are not packed.
    [[nodiscard]] std::ptrdiff_t step() const noexcept { return source_.is_uniform ? 0 : source_.field.row_stride(); }

  private:
    [[nodiscard]] T* packed_row(std::ptrdiff_t i) const noexcept {
        return memory_ + Extent::wrapped(i, levels_) * row_size_;
    }

    Source<T> source_ = {};
    Extent extent_ = {};
    Tile outer_ = {};
    int levels_ = 0;
    std::ptrdiff_t row_size_ = 0;
    T* memory_ = nullptr;
    bool packs_ = false;
    T number_[widest<T>] = {}; // what a row of one number is read from
};

} // namespace detail
} // namespace KURAMOTO_BUILD
} // namespace kuramoto
