// Row storage: the rows that stand between the levels of a tile, carved one after the other out of a worker's scratch.
#pragma once

#include <kuramoto/detail/tiling/tile.hpp>

#include <cstddef>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// What a pipeline stores, as numbers of rows.
struct StorageShape {
    int levels = 1;
    int stages = 1;     ///< levels per time step
    int extra_rows = 1; ///< that are read beside the phases

    static constexpr int most_phases = 4;

    /// Rows of phases that are kept of a level, a power of two. Between two levels, two are enough. The later stages of
    /// a step need its first phases again.
    [[nodiscard]] int phases() const noexcept { return stages > 1 ? most_phases : 2; }
    /// Rows of sums that are kept of a level.
    [[nodiscard]] int sums() const noexcept { return stages > 1 ? 2 : 0; }
    /// Phases, sums, vertical fluxes, and one row of each field.
    [[nodiscard]] int rows_per_level() const noexcept { return phases() + sums() + 1 + extra_rows; }
    /// Beside the rows of the levels there are five: two of results, both edges, noise.
    [[nodiscard]] std::ptrdiff_t rows() const noexcept { return std::ptrdiff_t{rows_per_level()} * levels + 5; }
    /// Number of descriptions of work. There is one for every place in the ring of every level; each is filled in once
    /// and used again for every row that takes this place.
    [[nodiscard]] std::ptrdiff_t tasks() const noexcept { return std::ptrdiff_t{phases()} * levels; }
};

/// The distance between two rows of `cols` cells. It is whole cache lines, and an odd number of them, so that the same
/// column of many rows is spread over all sets of a cache.
template <class T> std::ptrdiff_t row_size(std::ptrdiff_t cols) noexcept {
    constexpr std::ptrdiff_t eight_lines = 8 * widest<T>;
    return (cols + eight_lines - 1) / eight_lines * eight_lines + 5 * widest<T>;
}

/// Elements of memory for rows of `cols` cells: those of a tile with its halo.
template <class T> std::ptrdiff_t storage_size(const StorageShape& shape, std::ptrdiff_t cols) noexcept {
    return shape.rows() * row_size<T>(cols);
}

/// Cuts memory into rows, one after the other.
template <class T> class RowCarver {
  public:
    RowCarver(T* memory, std::ptrdiff_t row_size) noexcept : next_(memory), row_size_(row_size) {}

    /// The next `count` rows, which are row_size elements apart.
    T* take(std::ptrdiff_t count) noexcept {
        T* const first = next_;
        next_ += count * row_size_;
        return first;
    }
    [[nodiscard]] std::ptrdiff_t row_size() const noexcept { return row_size_; }
    [[nodiscard]] const T* next() const noexcept { return next_; }

  private:
    T* next_;
    std::ptrdiff_t row_size_;
};

/// A ring of rows for every level: row i takes the place of row i − rows, where `rows` is a power of two.
template <class T> class RowRings {
  public:
    RowRings(RowCarver<T>& carver, int levels, int rows) noexcept
        : rows_(rows), row_size_(carver.row_size()), first_(carver.take(std::ptrdiff_t{rows} * levels)) {}

    [[nodiscard]] int rows() const noexcept { return rows_; }
    [[nodiscard]] T* row(int level, std::ptrdiff_t i) const noexcept {
        return first_ + (rows_ * level + (i & (rows_ - 1))) * row_size_;
    }

  private:
    int rows_;
    std::ptrdiff_t row_size_;
    T* first_;
};

/// All rows of a pipeline. `carver` has room for as many as `shape` says; what it has left afterwards is one row per
/// level for each field.
template <class T> struct RowStorage {
    RowStorage(const StorageShape& shape, RowCarver<T>& carver) noexcept
        : phases(carver, shape.levels, shape.phases()), fluxes(carver, shape.levels, 1), result(carver.take(1)),
          second_result(carver.take(1)), north(carver.take(1)), south(carver.take(1)), noise(carver.take(1)),
          sums(carver, shape.levels, shape.sums()) {}

    RowRings<T> phases; ///< that a level reads; those of level 0 only where θ must be gathered
    RowRings<T> fluxes; ///< across the bonds to the north of the row that a level works on
    T* result;          ///< of the last level, where it must be scattered; and of early rows
    T* second_result;   ///< velocities of the last level, where they must be scattered; sums that nobody needs
    T* north;           ///< phases beyond the first row of the lattice, or fluxes across that edge
    T* south;           ///< the same of the last row
    T* noise;           ///< of the row at work
    RowRings<T> sums;   ///< θ and the weighted rates of the stages so far, as a level leaves them
};

} // namespace detail
KURAMOTO_END_NAMESPACE
