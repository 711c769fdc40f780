// The rows of ω, D, strengths … as the row kernel reads them: consecutive cells, continued beyond the lattice's edges.
#pragma once

#include <kuramoto/detail/tiling/halo.hpp>
#include <kuramoto/detail/tiling/storage.hpp>

#include <cstddef>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

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
          packs_(!source.is_uniform && (source.field.col_stride() != 1 || area.leaves_columns())) {
        for (T& value : number_) value = source.number;
    }

    [[nodiscard]] bool is_uniform() const noexcept { return source_.is_uniform; }
    [[nodiscard]] bool packs() const noexcept { return packs_; }

    /// Packs n cells of row i from column `offset` on, counted from the first of the halo.
    void pack(std::ptrdiff_t i, std::ptrdiff_t offset, std::ptrdiff_t n) const noexcept {
        gather_row(packed_row(i) + offset, source_.field, source_.ghosts,
                   {.row = i, .begin = first_col_ + offset, .count = n});
    }
    /// Row i from column `offset` on.
    [[nodiscard]] RowSource<T> row(std::ptrdiff_t i, std::ptrdiff_t offset) const noexcept {
        if (source_.is_uniform) return {number_, 0};
        if (packs_) return {packed_row(i) + offset, 1};
        if (source_.ghosts != nullptr && source_.ghosts->keeps_row(i))
            return {source_.ghosts->cell(i, first_col_ + offset), 1};
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
