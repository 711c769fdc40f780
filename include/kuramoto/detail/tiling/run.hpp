// Runs a pass over a lattice, or all sweeps of a run: cuts it into tiles, allocates their memory, and hands tasks to a
// policy.
#pragma once

#include <kuramoto/detail/memory/buffer.hpp>
#include <kuramoto/detail/tiling/small_lattice.hpp>
#include <kuramoto/detail/tiling/sweeps_in_step.hpp>
#include <kuramoto/detail/tiling/tile_run.hpp>
#include <kuramoto/execution/policy.hpp>

#include <cstddef>
#include <cstdint>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// What other processes have of the fields around the cells of a sweep: nothing, where one has them all.
template <class T> struct NoGhosts {
    /// The ghost cells of θ, once `update` has brought them.
    [[nodiscard]] const Halo<T>* phases() const noexcept { return nullptr; }
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
        const Halo<T> halo = memory.halo(index, area, 0);
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

/// Advances `given.in` in place by `steps` time steps, `depth` of them per sweep. With inertia, a run has one level
/// more than steps: see SweepInertia.
template <class T, class P>
void run_steps(const P& policy, const Execution& execution, const Sweep<T>& given, std::int64_t steps) {
    Sweep<T> sweep = turned_if_narrow(turned(given), steps);
    const std::int64_t passes = sweep.inertia.is_present ? steps + 1 : steps;
    const int workers = workers_for(sweep.in.size(), execution);
    if constexpr (!SpansProcesses<P>)
        if (workers == 1 && execution.depth == 0 && SmallLattice<T>::is_small(sweep, passes)) {
            SmallLattice<T> lattice(sweep, passes);
            return run_tasks(policy, 1, [&](int) noexcept { lattice.run(); });
        }
    TilingRequest request{.extent = sweep.extent(),
                          .cell_size = static_cast<std::ptrdiff_t>(sizeof(T)),
                          .steps = passes,
                          .stages = sweep.stages.count,
                          .extra_rows = sweep.extra_rows(),
                          .workers = workers,
                          .depth = execution.depth};
    if constexpr (SpansProcesses<P>) policy.settle(request);
    const Tiling tiling = tiling_for_steps(request);
    sweep.keeps_noise = keeps_noise(sweep, tiling, steps);
    const Buffer<T> kept_noise(sweep.keeps_noise ? sweep.in.size() : 0);
    sweep.kept_noise = Grid<T>(kept_noise.data(), sweep.in.rows(), sweep.in.cols());
    const SweepSequence sweeps(passes, tiling.depth);
    if constexpr (SpansProcesses<P>) {
        auto ghosts = ghosts_of(policy, sweep, tiling.levels());
        SweepsInStep<T, P, decltype(ghosts)> run(policy, sweep, tiling, ghosts);
        for (std::int64_t k = 0; k < sweeps.count(); ++k)
            run.run(sweeps.sweep(sweep, k), sweeps.depth(k) * tiling.stages);
    } else {
        TileRun<T> run(sweep, tiling, sweeps);
        run_tasks(policy, tiling.workers, [&](int worker) noexcept { run.work(worker); });
    }
}

} // namespace detail
KURAMOTO_END_NAMESPACE
