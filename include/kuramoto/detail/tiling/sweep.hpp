// Runs a sweep over all tiles of a grid through a policy: allocates the memory of workers and tiles, hands out tasks.
#pragma once

#include <kuramoto/detail/memory/buffer.hpp>
#include <kuramoto/detail/tiling/plan.hpp>
#include <kuramoto/execution/policy.hpp>

#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace kuramoto {
inline namespace KURAMOTO_BUILD {
namespace detail {

/// Elements rounded up to whole pairs of cache lines: processors fetch them in pairs.
template <class T> std::ptrdiff_t whole_lines(std::ptrdiff_t elements) noexcept {
    constexpr std::ptrdiff_t pair = 2 * widest<T>;
    return (elements + pair - 1) / pair * pair;
}

/// The memory of a run: for each worker the rows of all levels, for each tile the copies of its neighbours' cells. No
/// two workers write to one cache line.
template <class T> class RunMemory {
  public:
    RunMemory(const Tiling& tiling, bool has_ghosts)
        : tiling_(tiling), scratch_share_(whole_lines<T>(largest_scratch(tiling))),
          ghost_share_(has_ghosts ? whole_lines<T>(largest_ghosts(tiling)) : 0),
          scratch_(scratch_share_ * tiling.workers), ghosts_(ghost_share_ * tiling.count()),
          tasks_(tasks_per_worker(tiling) * tiling.workers) {}

    [[nodiscard]] Scratch<T> scratch(int worker) const noexcept {
        return {scratch_.data() + scratch_share_ * worker, tasks_.data() + tasks_per_worker(tiling_) * worker};
    }
    /// The ghosts of a tile that is about to go through so many levels.
    [[nodiscard]] Ghosts<T> ghosts(int index, int levels) const noexcept {
        const Tile tile = tiling_.tile(index);
        return Ghosts<T>(tile, with_ghosts<T>(tile, levels, tiling_.extent), ghosts_.data() + ghost_share_ * index);
    }

  private:
    static std::ptrdiff_t tasks_per_worker(const Tiling& tiling) noexcept {
        return TilePipeline<T>::task_count(tiling.levels(), tiling.stages) + 1; // apart by a line
    }

    template <class Size> static std::ptrdiff_t largest(const Tiling& tiling, const Size& size) noexcept {
        std::ptrdiff_t most = 0;
        for (int index = 0; index < tiling.count(); ++index) {
            const Tile tile = tiling.tile(index);
            const std::ptrdiff_t elements = size(tile, with_ghosts<T>(tile, tiling.levels(), tiling.extent));
            if (elements > most) most = elements;
        }
        return most;
    }
    static std::ptrdiff_t largest_scratch(const Tiling& tiling) noexcept {
        return largest(tiling, [&](const Tile&, const Tile& outer) {
            return TilePipeline<T>::scratch_size(outer.cols(), tiling.levels(), tiling.stages, tiling.fields);
        });
    }
    static std::ptrdiff_t largest_ghosts(const Tiling& tiling) noexcept {
        return largest(tiling, [](const Tile& tile, const Tile& outer) { return Ghosts<T>::size(tile, outer); });
    }

    Tiling tiling_;
    std::ptrdiff_t scratch_share_;
    std::ptrdiff_t ghost_share_;
    Buffer<T> scratch_;
    Buffer<T> ghosts_;
    Buffer<RowTask<T>> tasks_;
};

/// task(worker, index) for every tile: every worker does its share of tiles, one after the other.
template <class P, class Task> void for_each_tile(const P& policy, const Tiling& tiling, const Task& task) {
    run_tasks(policy, tiling.workers, [&](int worker) noexcept {
        for (int index = tiling.first_tile(worker); index < tiling.first_tile(worker + 1); ++index) task(worker, index);
    });
}

/// The same sweep with rows and columns exchanged: the arithmetic does not notice.
template <class T> Sweep<T> transposed(const Sweep<T>& sweep) {
    Sweep<T> result = sweep;
    result.in = sweep.in.transposed();
    result.out = sweep.out.transposed();
    result.source.field = sweep.source.field.transposed();
    result.east_strength = sweep.south_strength;
    result.east_strength.field = sweep.south_strength.field.transposed();
    result.south_strength = sweep.east_strength;
    result.south_strength.field = sweep.east_strength.field.transposed();
    result.noise = sweep.noise.transposed();
    const Boundary& boundary = sweep.boundary;
    result.boundary = {boundary.west, boundary.east, boundary.north, boundary.south};
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

/// Whether a grid has many short rows, which cost as much as a few vectors of cells each.
template <class T> bool is_narrow(const Grid<T>& grid) noexcept {
    return grid.cols() <= 2 * widest<std::remove_const_t<T>> && grid.rows() > 8 * grid.cols();
}

/// Turns a grid of many short rows into one of few long rows for a run of several steps. A row costs as much as a few
/// vectors of cells, every step; to gather and scatter the cells of the longer rows costs more, but once a sweep.
template <class T> Sweep<T> turned_if_narrow(const Sweep<T>& sweep, std::int64_t steps) {
    return is_narrow(sweep.in) && steps >= 8 ? transposed(sweep) : sweep;
}

/// out = K ∇·f(∇in) + source, in one pass. `sweep.out` does not overlap `sweep.in`.
template <class T, class P> void run_one_pass(const P& policy, const Execution& execution, const Sweep<T>& given) {
    const Sweep<T> sweep = turned(given);
    const Tiling tiling = tiling_for_one_pass(sweep.extent(), workers_for(sweep.in.size(), execution), sweep.fields());
    const RunMemory<T> memory(tiling, false);
    for_each_tile(policy, tiling, [&](int worker, int index) noexcept {
        TilePipeline<T>(sweep, tiling.tile(index), 1, nullptr, memory.scratch(worker)).run();
    });
}

/// Advances `given.in` in place by `steps` time steps. A block of `depth` steps is two runs: all tiles save their
/// ghosts, then all tiles advance; a single tile has no ghosts and needs one, unless its rows go round.
template <class T, class P>
void run_steps(const P& policy, const Execution& execution, const Sweep<T>& given, std::int64_t steps) {
    Sweep<T> sweep = turned_if_narrow(turned(given), steps);
    const Tiling tiling =
        tiling_for_steps(sweep.extent(), static_cast<std::ptrdiff_t>(sizeof(T)), steps, sweep.stages.count,
                         workers_for(sweep.in.size(), execution), execution.depth, sweep.fields());
    const bool has_ghosts = tiling.count() > 1 || tiling.extent.rows_wrap;
    const RunMemory<T> memory(tiling, has_ghosts);
    for (std::int64_t done = 0; done < steps;) {
        const int depth = static_cast<int>(steps - done < tiling.depth ? steps - done : tiling.depth);
        const int levels = depth * tiling.stages;
        if (has_ghosts)
            for_each_tile(policy, tiling,
                          [&](int, int index) noexcept { memory.ghosts(index, levels).save(sweep.in); });
        for_each_tile(policy, tiling, [&](int worker, int index) noexcept {
            const Ghosts<T> ghosts = memory.ghosts(index, levels);
            TilePipeline<T>(sweep, tiling.tile(index), levels, has_ghosts ? &ghosts : nullptr, memory.scratch(worker))
                .run();
        });
        done += depth;
        sweep.noise.step += static_cast<std::uint64_t>(depth);
    }
}

} // namespace detail
} // namespace KURAMOTO_BUILD
} // namespace kuramoto
