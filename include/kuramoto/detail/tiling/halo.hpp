// Ghosts: copies of the cells around a tile that its neighbours overwrite while it is being advanced.
#pragma once

#include <kuramoto/detail/tiling/rows.hpp>

#include <cstddef>

namespace kuramoto {
inline namespace KURAMOTO_BUILD {
namespace detail {

/// The cells of its neighbours that a tile needs copies of because they are overwritten while it is being advanced:
/// as many as levels beyond every side where the lattice goes on. Rows above and below are as wide as the grown tile.
template <class T> class Ghosts {
  public:
    /// Elements of memory for the ghosts of a tile.
    static std::ptrdiff_t size(const Tile& tile, const Tile& outer) noexcept {
        return outer.rows() * outer.cols() - tile.rows() * tile.cols();
    }

    Ghosts(const Tile& tile, const Tile& outer, T* memory) noexcept
        : tile_(tile), outer_(outer), north_(memory),
          south_(north_ + (tile.row_begin - outer.row_begin) * outer.cols()),
          west_(south_ + (outer.row_end - tile.row_end) * outer.cols()),
          east_(west_ + tile.rows() * (tile.col_begin - outer.col_begin)) {}

    void save(const Grid<const T>& in) const noexcept {
        copy(in, north_, {outer_.row_begin, tile_.row_begin, outer_.col_begin, outer_.col_end});
        copy(in, south_, {tile_.row_end, outer_.row_end, outer_.col_begin, outer_.col_end});
        copy(in, west_, {tile_.row_begin, tile_.row_end, outer_.col_begin, tile_.col_begin});
        copy(in, east_, {tile_.row_begin, tile_.row_end, tile_.col_end, outer_.col_end});
    }

    [[nodiscard]] bool has_row(std::ptrdiff_t i) const noexcept { return i < tile_.row_begin || i >= tile_.row_end; }
    /// Row i of the grown tile, above or below the tile.
    [[nodiscard]] const T* row(std::ptrdiff_t i) const noexcept {
        return i < tile_.row_begin ? north_ + (i - outer_.row_begin) * outer_.cols()
                                   : south_ + (i - tile_.row_end) * outer_.cols();
    }
    /// The ghosts beside row i of the tile.
    [[nodiscard]] const T* west_of(std::ptrdiff_t i) const noexcept {
        return west_ + (i - tile_.row_begin) * (tile_.col_begin - outer_.col_begin);
    }
    [[nodiscard]] const T* east_of(std::ptrdiff_t i) const noexcept {
        return east_ + (i - tile_.row_begin) * (outer_.col_end - tile_.col_end);
    }

  private:
    static void copy(const Grid<const T>& in, T* to, const Tile& block) noexcept {
        for (std::ptrdiff_t i = block.row_begin; i < block.row_end; ++i, to += block.cols())
            gather_row(to, in, i, block.col_begin, block.cols());
    }

    Tile tile_;
    Tile outer_;
    T* north_;
    T* south_;
    T* west_;
    T* east_;
};

} // namespace detail
} // namespace KURAMOTO_BUILD
} // namespace kuramoto
