// The rows of θ that the first level reads: where they are in memory, from the halo, or gathered.
#pragma once

#include <kuramoto/detail/tiling/halo.hpp>

#include <cstddef>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// The rows of θ before a sweep, of a tile with its halo.
template <class T> class InputRows {
  public:
    /// `halo` is null where the cells around the tile can be read from `in` itself.
    InputRows(const Grid<const T>& in, const TileWithHalo& area, const Halo<T>* halo) noexcept
        : in_(in), area_(area), halo_(halo),
          is_read_in_place_(in.col_stride() == 1 && (halo == nullptr || area.outer.cols() == area.tile.cols()) &&
                            !area.leaves_columns()) {}

    /// Whether row i, which is in the lattice, is read where it is in memory.
    [[nodiscard]] bool is_in_place(std::ptrdiff_t i) const noexcept {
        return is_read_in_place_ && (halo_ == nullptr || !halo_->has_row(i));
    }

    /// Row i of the lattice. It is gathered into `room` if its cells do not lie side by side.
    [[nodiscard]] const T* row(std::ptrdiff_t i, T* room) const noexcept {
        if (halo_ != nullptr && halo_->has_row(i)) return halo_->row(i);
        if (is_read_in_place_)
            return in_.data() + Extent::wrapped(i, area_.extent.rows) * in_.row_stride() + area_.outer.col_begin;
        gather_into(room, i);
        return room;
    }

  private:
    void gather_into(T* room, std::ptrdiff_t i) const noexcept {
        const Tile& tile = area_.tile;
        const Tile& outer = area_.outer;
        if (halo_ == nullptr) {
            gather_row(room, in_, {.row = i, .begin = outer.col_begin, .count = outer.cols()});
            return;
        }
        T* const own_cells = room + area_.west_cols();
        gather(room, halo_->west_of(i), 1, area_.west_cols());
        gather_row(own_cells, in_, {.row = i, .begin = tile.col_begin, .count = tile.cols()});
        gather(own_cells + tile.cols(), halo_->east_of(i), 1, area_.east_cols());
    }

    const Grid<const T>& in_;
    const TileWithHalo& area_;
    const Halo<T>* halo_;
    bool is_read_in_place_;
};

} // namespace detail
KURAMOTO_END_NAMESPACE
