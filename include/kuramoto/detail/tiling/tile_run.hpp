// A run of time steps on the tiles of a lattice: each tile goes on as soon as its neighbours have gone so far.
//
// Round 0 of a tile copies its own cells to the halos of its neighbours. Round k + 1 advances it by sweep k, and copies
// its new cells. A tile has two halos: neighbours may fill that of the next sweep while it still reads this one's.
//
// From a tile, a worker goes on into the one below if that one is ready: no row between the two is computed twice.
#pragma once

#include <kuramoto/detail/tiling/run_memory.hpp>
#include <kuramoto/detail/tiling/tile_progress.hpp>

#include <cstddef>
#include <cstdint>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// The sweeps of a run: they take `depth` passes each. The last one takes what is left.
class SweepSequence {
  public:
    SweepSequence(std::int64_t passes, int depth) noexcept : passes_(passes), depth_(depth) {}

    [[nodiscard]] std::int64_t count() const noexcept { return passes_ / depth_ + (passes_ % depth_ != 0 ? 1 : 0); }
    [[nodiscard]] int depth(std::int64_t k) const noexcept {
        return k + 1 < count() ? depth_ : static_cast<int>(passes_ - k * depth_);
    }
    /// Sweep k, made of what all have in common.
    template <class T> [[nodiscard]] Sweep<T> sweep(const Sweep<T>& common, std::int64_t k) const noexcept {
        Sweep<T> sweep = common;
        sweep.inertia.begins_run = k == 0;
        sweep.inertia.ends_run = k + 1 == count();
        sweep.noise.step += static_cast<std::uint64_t>(k * depth_);
        sweep.has_kept_noise = k > 0 && common.keeps_noise;
        return sweep;
    }

  private:
    std::int64_t passes_;
    int depth_;
};

/// The tiles of a run, which workers share. `common` and `tiling` have to outlive it.
template <class T> class TileRun {
  public:
    TileRun(const Sweep<T>& common, const Tiling& tiling, const SweepSequence& sweeps)
        : common_(common), tiling_(tiling), sweeps_(sweeps), has_halo_(tiling.count() > 1 || tiling.extent.rows_wrap),
          memory_(tiling, has_halo_ ? halos() * fields() : 0), progress_(tiling, sweeps.count()) {}

    /// What one worker does.
    void work(int worker) noexcept {
        for (int index = progress_.next(worker); index >= 0; index = progress_.next(worker)) {
            const std::int64_t round = progress_.round(index);
            if (round > 0)
                advance_from(index, worker, round - 1);
            else
                finish(index, 0);
        }
    }

  private:
    // Of a tile and a field.
    [[nodiscard]] int halos() const noexcept { return sweeps_.count() > 1 ? 2 : 1; }
    [[nodiscard]] int fields() const noexcept { return common_.inertia.is_present ? 2 : 1; }
    [[nodiscard]] TileWithHalo area(int index, std::int64_t k) const noexcept {
        return with_halo<T>(tiling_.tile(index), sweeps_.depth(k) * tiling_.stages, tiling_.extent);
    }
    // The halo of a tile in sweep k: that of the phases (0) or the velocities (1).
    [[nodiscard]] Halo<T> halo(int index, const TileWithHalo& area, std::int64_t k, int field) const noexcept {
        return memory_.halo(index, area, halos() * field + static_cast<int>(k % 2));
    }

    // Advances a tile by sweep k, and with it those below that are ready when the first level comes to them.
    void advance_from(int index, int worker, std::int64_t k) noexcept {
        const Sweep<T> sweep = sweeps_.sweep(common_, k);
        TileWithHalo tile = area(index, k);
        Halo<T> phases = halo(index, tile, k, 0);
        Halo<T> velocities = halo(index, tile, k, fields() - 1);
        TilePipeline<T> pipeline(sweep, {.area = tile,
                                         .halo = has_halo_ ? &phases : nullptr,
                                         .velocity_halo = has_halo_ ? &velocities : nullptr,
                                         .scratch = memory_.scratch(worker)});
        const int per_band = tiling_.tiles_per_band;
        int last = index; // the tiles index, index + per_band, …, last are not finished
        for (pipeline.begin(); !pipeline.is_done(); pipeline.work_on_front()) {
            for (; index < last && pipeline.next_row() >= tiling_.tile(index).row_end; index += per_band)
                finish(index, k + 1);
            if (!pipeline.is_at_last_row() || !progress_.take_below(last)) continue;
            last += per_band;
            tile = area(last, k);
            phases = halo(last, tile, k, 0);
            velocities = halo(last, tile, k, fields() - 1);
            pipeline.extend_to(tile);
        }
        for (; index <= last; index += per_band) finish(index, k + 1);
    }

    // Copies the new cells to the halos of the neighbours, if there is a next sweep, and ends the round.
    void finish(int index, std::int64_t round) noexcept {
        if (has_halo_ && round < sweeps_.count()) fill_halos(index, round);
        progress_.finish(index);
    }

    // Copies the cells of a tile to the halos that its neighbours, and it itself, read in sweep k.
    void fill_halos(int index, std::int64_t k) noexcept {
        const Tile own = tiling_.tile(index);
        for_each_neighbour(tiling_, index, [&](int neighbour) {
            const TileWithHalo around = area(neighbour, k);
            halo(neighbour, around, k, 0).save_cells_of(own, common_.in);
            if (common_.inertia.is_present)
                halo(neighbour, around, k, 1).save_cells_of(own, common_.inertia.velocity_in);
        });
    }

    const Sweep<T>& common_;
    const Tiling& tiling_;
    SweepSequence sweeps_;
    bool has_halo_;
    RunMemory<T> memory_;
    TileProgress progress_;
};

} // namespace detail
KURAMOTO_END_NAMESPACE
