// Rows of fields as the row kernel reads them: consecutive cells whatever the strides, continued beyond periodic edges.
#pragma once

#include <kuramoto/detail/tiling/storage.hpp>
#include <kuramoto/detail/tiling/tile.hpp>
#include <kuramoto/grid/grid.hpp>

#include <cstddef>

KURAMOTO_BEGIN_NAMESPACE
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

/// Cells [begin, begin + count) of a row.
struct RowSpan {
    std::ptrdiff_t row = 0;
    std::ptrdiff_t begin = 0;
    std::ptrdiff_t count = 0;
};

/// Copies the cells of a span to consecutive places; rows and columns beyond the grid are those at its other side.
template <class T> void gather_row(T* to, const Grid<const T>& grid, const RowSpan& span) noexcept {
    if (span.count <= 0) return;
    const T* row = grid.data() + Extent::wrapped(span.row, grid.rows()) * grid.row_stride();
    std::ptrdiff_t left = span.count;
    for (std::ptrdiff_t j = Extent::wrapped(span.begin, grid.cols()); left > 0; j = 0) {
        const std::ptrdiff_t most = grid.cols() - j;
        const std::ptrdiff_t count = left < most ? left : most;
        gather(to, row + j * grid.col_stride(), grid.col_stride(), count);
        to += count;
        left -= count;
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
/// A row is read where it is, if its cells are consecutive. Otherwise it is packed once, when the first level asks for
/// it; the others follow within as many rows as there are levels.
template <class T> class FieldRows {
  public:
    FieldRows() = default;
    /// Takes one row per level.
    FieldRows(const Source<T>& source, const TileWithHalo& area, RowCarver<T>& carver) noexcept
        : source_(source), lattice_rows_(area.extent.rows), first_col_(area.outer.col_begin), levels_(area.levels),
          row_size_(carver.row_size()), packed_(carver.take(area.levels)),
          packs_(!source.is_uniform && (source.field.col_stride() != 1 || area.wraps_columns())) {
        for (T& value : number_) value = source.number;
    }

    [[nodiscard]] bool is_uniform() const noexcept { return source_.is_uniform; }
    [[nodiscard]] bool packs() const noexcept { return packs_; }

    /// Packs n cells of row i from column `offset` on, counted from the first of the halo.
    void pack(std::ptrdiff_t i, std::ptrdiff_t offset, std::ptrdiff_t n) const noexcept {
        gather_row(packed_row(i) + offset, source_.field, {.row = i, .begin = first_col_ + offset, .count = n});
    }
    /// Row i from column `offset` on.
    [[nodiscard]] RowSource<T> row(std::ptrdiff_t i, std::ptrdiff_t offset) const noexcept {
        if (source_.is_uniform) return {number_, 0};
        if (packs_) return {packed_row(i) + offset, 1};
        const T* first = source_.field.data() + Extent::wrapped(i, lattice_rows_) * source_.field.row_stride();
        return {first + first_col_ + offset, 1};
    }
    /// How far apart row i and row i + 1 are where they are not packed.
    [[nodiscard]] std::ptrdiff_t step() const noexcept { return source_.is_uniform ? 0 : source_.field.row_stride(); }

  private:
    [[nodiscard]] T* packed_row(std::ptrdiff_t i) const noexcept {
        return packed_ + Extent::wrapped(i, levels_) * row_size_;
    }

    Source<T> source_ = {};
    std::ptrdiff_t lattice_rows_ = 0;
    std::ptrdiff_t first_col_ = 0;
    int levels_ = 0;
    std::ptrdiff_t row_size_ = 0;
    T* packed_ = nullptr;
    bool packs_ = false;
    T number_[widest<T>] = {}; // what a row of one number is read from
};

} // namespace detail
KURAMOTO_END_NAMESPACE
