// Runs a sweep over all tiles of a grid through a policy: allocates the scratch of every tile, then hands out tasks.
// May include detail/buffer.hpp, detail/tiling.hpp and execution.hpp.
#pragma once

#include <kuramoto/detail/buffer.hpp>
#include <kuramoto/detail/tiling.hpp>
#include <kuramoto/execution.hpp>

#include <cstddef>
#include <cstdint>

namespace kuramoto {
inline namespace KURAMOTO_BUILD {
namespace detail {

/// The memory of all tiles: for each the rows of its levels and the copies of its neighbours' cells, in one block, no
/// two tiles on one cache line.
template <class T> class TileMemory {
  public:
    TileMemory(const Tiling& tiling, bool with_ghosts)
        : tiling_(tiling), share_(largest_share(tiling, with_ghosts)), values_(share_ * tiling.count()),
          levels_(levels_a_tile(tiling) * tiling.count()) {}

    [[nodiscard]] T* scratch(int index) const noexcept { return values_.data() + share_ * index; }
    [[nodiscard]] Level<T>* levels(int index) const noexcept { return levels_.data() + levels_a_tile(tiling_) * index; }
    /// The ghosts of a tile that is about to be advanced `depth` steps.
    [[nodiscard]] Ghosts<T> ghosts(int index, int depth) const noexcept {
        const Tile tile = tiling_.tile(index);
        const Tile largest = grown(tile, tiling_.depth, tiling_.rows, tiling_.cols);
        T* memory = scratch(index) + TilePipeline<T>::scratch_size(largest.cols(), tiling_.depth);
        return Ghosts<T>(tile, grown(tile, depth, tiling_.rows, tiling_.cols), memory);
    }

  private:
    static std::ptrdiff_t levels_a_tile(const Tiling& tiling) noexcept { return tiling.depth + 1; } // apart by a line

    static std::ptrdiff_t largest_share(const Tiling& tiling, bool with_ghosts) noexcept {
        constexpr std::ptrdiff_t line = 2 * widest<T>;
        std::ptrdiff_t largest = 0;
        for (int index = 0; index < tiling.count(); ++index) {
            const Tile tile = tiling.tile(index);
            const Tile outer = grown(tile, tiling.depth, tiling.rows, tiling.cols);
            std::ptrdiff_t share = TilePipeline<T>::scratch_size(outer.cols(), tiling.depth);
            if (with_ghosts) share += Ghosts<T>::size(tile, outer);
            if (share > largest) largest = share;
        }
        return (largest + line - 1) / line * line;
    }

    Tiling tiling_;
    std::ptrdiff_t share_;
    Buffer<T> values_;
    Buffer<Level<T>> levels_;
};

/// The same sweep with rows and columns exchanged: the arithmetic does not notice.
template <class T> Sweep<T> transposed(const Sweep<T>& sweep) {
    Sweep<T> result = sweep;
    result.in = sweep.in.transposed();
    result.out = sweep.out.transposed();
    result.source.field = sweep.source.field.transposed();
    result.north = sweep.west;
    result.west = sweep.north;
    result.south = sweep.east;
    result.east = sweep.south;
    return result;
}

/// Turns the sweep so that its rows lie along unit strides where one direction has them, or so that a single column
/// becomes a single row.
template <class T> Sweep<T> turned(const Sweep<T>& sweep) {
    const bool has_unit_rows = sweep.in.col_stride() == 1;
    const bool has_unit_columns = sweep.in.row_stride() == 1;
    const bool is_column = sweep.in.cols() == 1 && sweep.in.rows() > 1;
    return is_column || (has_unit_columns && !has_unit_rows && sweep.in.rows() > 1) ? transposed(sweep) : sweep;
}

/// out = K ∇·f(∇in) + source, in one pass. `sweep.out` does not overlap `sweep.in`.
template <class T, class P> void run_one_pass(const P& policy, const Execution& execution, const Sweep<T>& given) {
    const Sweep<T> sweep = turned(given);
    const Tiling tiling = tiling_for_one_pass(sweep.in.rows(), sweep.in.cols(), execution.concurrency);
    const TileMemory<T> memory(tiling, false);
    policy.run(tiling.count(), [&](int index) noexcept {
        TilePipeline<T>(sweep, tiling.tile(index), 1, nullptr, memory.levels(index), memory.scratch(index)).run();
    });
}

/// Advances `given.in` in place by `steps` time steps. A block of `depth` steps is two runs: all tiles save their
/// ghosts, then all tiles advance; a single tile has no ghosts and needs one.
template <class T, class P>
void run_steps(const P& policy, const Execution& execution, const Sweep<T>& given, std::int64_t steps) {
    const Sweep<T> sweep = turned(given);
    const Tiling tiling = tiling_for_steps(sweep.in.rows(), sweep.in.cols(), static_cast<std::ptrdiff_t>(sizeof(T)),
                                           steps, execution.concurrency, execution.depth);
    const bool has_ghosts = tiling.count() > 1;
    const TileMemory<T> memory(tiling, has_ghosts);
    for (std::int64_t done = 0; done < steps;) {
        const int depth = static_cast<int>(steps - done < tiling.depth ? steps - done : tiling.depth);
        if (has_ghosts)
            policy.run(tiling.count(), [&](int index) noexcept { memory.ghosts(index, depth).save(sweep.in); });
        policy.run(tiling.count(), [&](int index) noexcept {
            const Ghosts<T> ghosts = memory.ghosts(index, depth);
            TilePipeline<T>(sweep, tiling.tile(index), depth, has_ghosts ? &ghosts : nullptr, memory.levels(index),
                            memory.scratch(index))
                .run();
        });
        done += depth;
    }
}

} // namespace detail
} // namespace KURAMOTO_BUILD
} // namespace kuramoto
