// Runs a sweep: allocates the memory of workers and tiles, and hands the tiles to a policy as tasks.
#pragma once

#include <kuramoto/detail/memory/buffer.hpp>
#include <kuramoto/detail/tiling/pipeline.hpp>
#include <kuramoto/detail/tiling/plan.hpp>
#include <kuramoto/execution/policy.hpp>

#include <cstddef>
#include <cstdint>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// Elements rounded up to whole pairs of cache lines: processors fetch them in pairs.
template <class T> std::ptrdiff_t whole_lines(std::ptrdiff_t elements) noexcept {
    constexpr std::ptrdiff_t pair = 2 * widest<T>;
    return (elements + pair - 1) / pair * pair;
}

/// The memory of a run: the scratch of each worker, and the halos of each tile, of which the first is that of the
/// phases and the second that of the velocities. No two workers write to one cache line.
template <class T> class RunMemory {
  public:
    RunMemory(const Tiling& tiling, int halos)
        : tiling_(tiling), scratch_share_(whole_lines<T>(largest_scratch(tiling))),
          halo_share_(halos > 0 ? whole_lines<T>(largest_halo(tiling)) : 0), scratch_(scratch_share_ * tiling.workers),
          halos_(halo_share_ * tiling.count() * halos), tasks_(tasks_per_worker(tiling) * tiling.workers) {}

    [[nodiscard]] Scratch<T> scratch(int worker) const noexcept {
        return {scratch_.data() + scratch_share_ * worker, tasks_.data() + tasks_per_worker(tiling_) * worker};
    }
    /// A halo of tile `index`, which is that of `area`.
    [[nodiscard]] Halo<T> halo(int index, const TileWithHalo& area, int which = 0) const noexcept {
        return Halo<T>(area, halos_.data() + halo_share_ * (index + std::ptrdiff_t{tiling_.count()} * which));
    }

  private:
    static std::ptrdiff_t tasks_per_worker(const Tiling& tiling) noexcept {
        return tiling.storage().tasks() + 1; // apart by a line
    }

    template <class Size> static std::ptrdiff_t largest(const Tiling& tiling, const Size& size) noexcept {
        std::ptrdiff_t most = 0;
        for (int index = 0; index < tiling.count(); ++index) {
            const std::ptrdiff_t elements = size(with_halo<T>(tiling.tile(index), tiling.levels(), tiling.extent));
            if (elements > most) most = elements;
        }
        return most;
    }
    static std::ptrdiff_t largest_scratch(const Tiling& tiling) noexcept {
        return largest(tiling,
                       [&](const TileWithHalo& area) { return storage_size<T>(tiling.storage(), area.outer.cols()); });
    }
    static std::ptrdiff_t largest_halo(const Tiling& tiling) noexcept {
        return largest(tiling, [](const TileWithHalo& area) { return Halo<T>::size(area); });
    }

    Tiling tiling_;
    std::ptrdiff_t scratch_share_;
    std::ptrdiff_t halo_share_;
    Buffer<T> scratch_;
    Buffer<T> halos_;
    Buffer<RowTask<T>> tasks_;
};

/// task(worker, index) for every tile: every worker does its share of tiles, one after the other.
template <class P, class Task> void for_each_tile(const P& policy, const Tiling& tiling, const Task& task) {
    run_tasks(policy, tiling.workers, [&](int worker) noexcept {
        for (int index = tiling.first_tile(worker); index < tiling.first_tile(worker + 1); ++index) task(worker, index);
    });
}

/// What other processes have of the fields around the cells of a sweep: nothing, where one has them all.
template <class T> struct NoGhosts {
    /// The ghost cells of θ and of the velocities, once `update` has brought them.
    [[nodiscard]] const Halo<T>* phases() const noexcept { return nullptr; }
    [[nodiscard]] const Halo<T>* velocities() const noexcept { return nullptr; }
    /// start() sends the cells that others need, finish() waits for theirs; update() is both. progress() lets messages
    /// go on while tiles advance.
    void start() const noexcept {}
    void progress() const noexcept {}
    void finish() const noexcept {}
    void update() const noexcept {}
};

/// The ghosts of a sweep of so many levels. Those of ω, strengths and D, which do not change, are there at once.
template <class T, class P> auto ghosts_of(const P& policy, Sweep<T>& sweep, int levels) {
    if constexpr (SpansProcesses<P>)
        return policy.ghosts(sweep, levels);
    else
        return NoGhosts<T>{};
}

/// out = K ∇·f(∇in) + source, in one pass. `sweep.out` does not overlap `sweep.in`.
template <class T, class P> void run_one_pass(const P& policy, const Execution& execution, const Sweep<T>& given) {
    Sweep<T> sweep = turned(given);
    const Tiling tiling = tiling_for_one_pass({.extent = sweep.extent(),
                                               .extra_rows = sweep.extra_rows(),
                                               .workers = workers_for(sweep.in.size(), execution)});
    auto ghosts = ghosts_of(policy, sweep, 1);
    const bool has_halo = tiling.extent.is_cut();
    const RunMemory<T> memory(tiling, has_halo ? 1 : 0);
    ghosts.update();
    for_each_tile(policy, tiling, [&](int worker, int index) noexcept {
        const TileWithHalo area = with_halo<T>(tiling.tile(index), 1, tiling.extent);
        const Halo<T> halo = memory.halo(index, area);
        if (has_halo) halo.save(sweep.in, ghosts.phases());
        TilePipeline<T>(sweep, {.area = area, .halo = has_halo ? &halo : nullptr, .scratch = memory.scratch(worker)})
            .run();
    });
}

/// Whether the averaged noise of the last step of a sweep is kept for the next sweep, in a field. To draw it again
/// costs one normal number per cell and sweep. That is less than the field costs where a sweep takes many steps.
template <class T> bool keeps_noise(const Sweep<T>& sweep, const Tiling& tiling, std::int64_t steps) noexcept {
    return sweep.noise.is_averaged && tiling.depth < 16 && steps > tiling.depth;
}

/// Sweeps over the same tiles, one after the other.
template <class T, class P, class Ghosts> class TileSweeps {
  public:
    /// `sweep` may change between sweeps, except in its fields.
    TileSweeps(const P& policy, const Sweep<T>& sweep, const Tiling& tiling, Ghosts& ghosts)
        : policy_(policy), sweep_(sweep), tiling_(tiling), ghosts_(ghosts),
          has_halo_(tiling.count() > 1 || tiling.extent.rows_wrap || tiling.extent.is_cut()),
          memory_(tiling, !has_halo_                 ? 0
                          : sweep.inertia.is_present ? 2
                                                     : 1) {}

    /// One sweep is two runs of tasks: all tiles save their halo, then all tiles advance. A single tile needs a halo
    /// only if the lattice is periodic along its rows, or has cells in other processes. Tiles that need none of these
    /// advance before they have come.
    void run(int levels) {
        const auto all = [](const TileWithHalo&) { return true; };
        const auto is_inside = [](const TileWithHalo& area) { return !area.has_ghosts(); };
        const auto meets_others = [](const TileWithHalo& area) { return area.has_ghosts(); };
        levels_ = levels;
        ghosts_.start();
        const bool waits_at_once = !tiling_.extent.is_cut() || !has_tiles(is_inside);
        if (waits_at_once) ghosts_.finish();
        if (has_halo_ && waits_at_once)
            save_halos(ghosts_.phases(), ghosts_.velocities());
        else if (has_halo_)
            save_halos(nullptr, nullptr); // what has not come is saved again below
        if (waits_at_once) return advance_tiles(all);
        advance_tiles(is_inside);
        ghosts_.finish();
        save_ghosts();
        advance_tiles(meets_others);
    }

  private:
    [[nodiscard]] TileWithHalo area(int index) const noexcept {
        return with_halo<T>(tiling_.tile(index), levels_, tiling_.extent);
    }
    template <class Which> [[nodiscard]] bool has_tiles(const Which& which) const noexcept {
        for (int index = 0; index < tiling_.count(); ++index)
            if (which(area(index))) return true;
        return false;
    }

    void save_halos(const Halo<T>* phases, const Halo<T>* velocities) {
        for_each_tile(policy_, tiling_, [&](int, int index) noexcept {
            memory_.halo(index, area(index)).save(sweep_.in, phases);
            if (sweep_.inertia.is_present)
                memory_.halo(index, area(index), 1).save(sweep_.inertia.velocity_in, velocities);
        });
    }
    void save_ghosts() {
        const std::ptrdiff_t cols = sweep_.in.cols();
        for_each_tile(policy_, tiling_, [&](int, int index) noexcept {
            memory_.halo(index, area(index)).save_ghosts(cols, *ghosts_.phases());
            if (sweep_.inertia.is_present) memory_.halo(index, area(index), 1).save_ghosts(cols, *ghosts_.velocities());
        });
    }

    template <class Which> void advance_tiles(const Which& which) {
        for_each_tile(policy_, tiling_, [&](int worker, int index) noexcept {
            const TileWithHalo tile = area(index);
            if (!which(tile)) return;
            const Halo<T> halo = memory_.halo(index, tile);
            const Halo<T> velocity_halo = memory_.halo(index, tile, sweep_.inertia.is_present ? 1 : 0);
            TilePipeline<T>(sweep_, {.area = tile,
                                     .halo = has_halo_ ? &halo : nullptr,
                                     .velocity_halo = has_halo_ ? &velocity_halo : nullptr,
                                     .scratch = memory_.scratch(worker)})
                .run();
            ghosts_.progress();
        });
    }

    const P& policy_;
    const Sweep<T>& sweep_;
    const Tiling& tiling_;
    Ghosts& ghosts_;
    bool has_halo_;
    RunMemory<T> memory_;
    int levels_ = 1;
};

/// Advances `given.in` in place by `steps` time steps, `depth` of them per sweep. With inertia, a run has one level
/// more than steps: see SweepInertia.
template <class T, class P>
void run_steps(const P& policy, const Execution& execution, const Sweep<T>& given, std::int64_t steps) {
    Sweep<T> sweep = turned_if_narrow(turned(given), steps);
    const std::int64_t passes = sweep.inertia.is_present ? steps + 1 : steps;
    TilingRequest request{.extent = sweep.extent(),
                          .cell_size = static_cast<std::ptrdiff_t>(sizeof(T)),
                          .steps = passes,
                          .stages = sweep.stages.count,
                          .extra_rows = sweep.extra_rows(),
                          .workers = workers_for(sweep.in.size(), execution),
                          .depth = execution.depth};
    if constexpr (SpansProcesses<P>) policy.settle(request);
    const Tiling tiling = tiling_for_steps(request);
    auto ghosts = ghosts_of(policy, sweep, tiling.levels());
    TileSweeps<T, P, decltype(ghosts)> sweeps(policy, sweep, tiling, ghosts);
    sweep.keeps_noise = keeps_noise(sweep, tiling, steps);
    const Buffer<T> kept_noise(sweep.keeps_noise ? sweep.in.size() : 0);
    sweep.kept_noise = Grid<T>(kept_noise.data(), sweep.in.rows(), sweep.in.cols());
    for (std::int64_t done = 0; done < passes;) {
        const int depth = static_cast<int>(passes - done < tiling.depth ? passes - done : tiling.depth);
        sweep.inertia.begins_run = done == 0;
        sweep.inertia.ends_run = done + depth == passes;
        sweeps.run(depth * tiling.stages);
        done += depth;
        sweep.noise.step += static_cast<std::uint64_t>(depth);
        sweep.has_kept_noise = sweep.keeps_noise;
    }
}

} // namespace detail
KURAMOTO_END_NAMESPACE
