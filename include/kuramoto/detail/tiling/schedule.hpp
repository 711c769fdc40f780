// The schedule of a tile: which level works on which row, and when.
//
// All are pure functions of the tile, its levels and the lattice. Only extend_to changes anything: the tile.
//
// The levels are the stages of a time step, for each of the `depth` steps of a sweep. A wavefront moves down by one row
// at a time: while level 0 works on row `front`, level s works on row front − s. So a level finds its row and the one
// below finished by the level before.
//
// Beyond a tile that ends inside the lattice, level s produces `levels − 1 − s` rows of its neighbours, because the
// next levels read them. They are computed twice, with the same bits.
//
// Where there is a row above its first one, a level begins with that row: it works on it only to learn the fluxes from
// there. The result of such an early row is not used.
#pragma once

#include <kuramoto/detail/tiling/tile.hpp>

#include <cstddef>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// The rows of every level.
class Schedule {
  public:
    /// `has_row_above`: whether phases are given beyond the first row of the lattice.
    Schedule(const TileWithHalo& area, bool has_row_above) noexcept
        : tile_(area.tile), extent_(area.extent), levels_(area.levels), has_row_above_(has_row_above) {}

    [[nodiscard]] int levels() const noexcept { return levels_; }
    [[nodiscard]] bool is_last(int level) const noexcept { return level + 1 == levels_; }

    /// Makes the tile end further down, while the first level is still in it.
    void extend_to(std::ptrdiff_t row_end) noexcept { tile_.row_end = row_end; }

    /// A level produces the rows [begin_row, end_row).
    [[nodiscard]] std::ptrdiff_t begin_row(int level) const noexcept {
        const std::ptrdiff_t row = tile_.row_begin - (levels_ - 1 - level);
        return row > extent_.row_begin() || extent_.rows_wrap ? row : extent_.row_begin();
    }
    [[nodiscard]] std::ptrdiff_t end_row(int level) const noexcept {
        const std::ptrdiff_t row = tile_.row_end + (levels_ - 1 - level);
        return row < extent_.row_end() || extent_.rows_wrap ? row : extent_.row_end();
    }
    /// It works on the rows [first_row, end_row).
    [[nodiscard]] std::ptrdiff_t first_row(int level) const noexcept {
        const std::ptrdiff_t row = begin_row(level);
        return row > extent_.row_begin() || extent_.rows_wrap || has_row_above_ ? row - 1 : row;
    }
    [[nodiscard]] bool is_early(int level, std::ptrdiff_t row) const noexcept { return row < begin_row(level); }

    /// The row that a level works on.
    static std::ptrdiff_t row_at(std::ptrdiff_t front, int level) noexcept { return front - level; }

    /// Whether, at this front, each level has produced `rows` rows or more, and the first is not at the last row that
    /// this process has. Beside a neighbour below, the first levels may be done.
    [[nodiscard]] bool is_steady(std::ptrdiff_t front, int rows) const noexcept {
        return row_at(front, levels_ - 1) >= tile_.row_begin + rows && front + 1 < extent_.rows;
    }

  private:
    Tile tile_;
    Extent extent_;
    int levels_;
    bool has_row_above_;
};

/// The wavefront on its way down a tile. Levels [begin, end) are at work: they start one after the other, and they are
/// done one after the other.
class Wavefront {
  public:
    explicit Wavefront(const Schedule& schedule) noexcept : schedule_(schedule), front_(schedule.first_row(0)) {}

    [[nodiscard]] std::ptrdiff_t front() const noexcept { return front_; }
    [[nodiscard]] int begin() const noexcept { return begin_; }
    [[nodiscard]] int end() const noexcept { return end_; }
    [[nodiscard]] bool is_done() const noexcept { return begin_ == schedule_.levels(); }

    /// Whether level end − 1 works on its first row.
    [[nodiscard]] bool has_started() const noexcept { return has_started_; }

    void move_down() noexcept {
        ++front_;
        while (begin_ < end_ && Schedule::row_at(front_, begin_) >= schedule_.end_row(begin_)) ++begin_;
        has_started_ = end_ < schedule_.levels() && Schedule::row_at(front_, end_) >= schedule_.first_row(end_);
        if (has_started_) ++end_;
    }

  private:
    const Schedule& schedule_;
    std::ptrdiff_t front_;
    int begin_ = 0;
    int end_ = 1;
    bool has_started_ = true;
};

} // namespace detail
KURAMOTO_END_NAMESPACE
