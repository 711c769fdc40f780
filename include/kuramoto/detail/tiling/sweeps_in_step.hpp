// Sweeps of a block whose lattice has cells in other processes: all tiles end a sweep before one begins the next, since
// messages come in between.
#pragma once

#include <kuramoto/detail/parallel/workers.hpp>
#include <kuramoto/detail/tiling/run_memory.hpp>
#include <kuramoto/execution/policy.hpp>

#include <cstddef>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// task(worker, index) for every tile, in any order.
template <class P, class Task> void for_each_tile(const P& policy, const Tiling& tiling, const Task& task) {
    for_pieces(policy, tiling.workers, tiling.count(),
               [&](int worker, std::ptrdiff_t begin, std::ptrdiff_t end) noexcept {
                   for (std::ptrdiff_t index = begin; index < end; ++index) task(worker, static_cast<int>(index));
               });
}

/// Sweeps over the tiles of a block, one after the other.
template <class T, class P, class Ghosts> class SweepsInStep {
  public:
    /// `sweep` is what all sweeps have in common.
    SweepsInStep(const P& policy, const Sweep<T>& sweep, const Tiling& tiling, Ghosts& ghosts)
        : policy_(policy), sweep_(sweep), tiling_(tiling), ghosts_(ghosts),
          has_halo_(tiling.count() > 1 || tiling.extent.rows_wrap || tiling.extent.is_cut()),
          memory_(tiling, !has_halo_                 ? 0
                          : sweep.inertia.is_present ? 2
                                                     : 1) {}

    /// One sweep: all tiles save their halo, then all tiles advance. Tiles that need no cells of other processes
    /// advance before these have come.
    void run(const Sweep<T>& sweep, int levels) {
        const auto all = [](const TileWithHalo&) { return true; };
        const auto is_inside = [](const TileWithHalo& area) { return !area.has_ghosts(); };
        const auto meets_others = [](const TileWithHalo& area) { return area.has_ghosts(); };
        sweep_ = sweep;
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
            memory_.halo(index, area(index), 0).save(sweep_.in, phases);
            if (sweep_.inertia.is_present)
                memory_.halo(index, area(index), 1).save(sweep_.inertia.velocity_in, velocities);
        });
    }
    void save_ghosts() {
        const std::ptrdiff_t cols = sweep_.in.cols();
        for_each_tile(policy_, tiling_, [&](int, int index) noexcept {
            memory_.halo(index, area(index), 0).save_ghosts(cols, *ghosts_.phases());
            if (sweep_.inertia.is_present) memory_.halo(index, area(index), 1).save_ghosts(cols, *ghosts_.velocities());
        });
    }

    template <class Which> void advance_tiles(const Which& which) {
        for_each_tile(policy_, tiling_, [&](int worker, int index) noexcept {
            const TileWithHalo tile = area(index);
            if (!which(tile)) return;
            const Halo<T> halo = memory_.halo(index, tile, 0);
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
    Sweep<T> sweep_;
    const Tiling& tiling_;
    Ghosts& ghosts_;
    bool has_halo_;
    RunMemory<T> memory_;
    int levels_ = 1;
};

} // namespace detail
KURAMOTO_END_NAMESPACE
