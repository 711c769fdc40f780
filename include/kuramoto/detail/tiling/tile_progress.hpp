// How far each tile of a run is, and which tile a worker takes next.
//
// A run has rounds. In a round, a tile reads what its neighbours have made in their round before. So a tile is ready
// for a round when its neighbours have finished the one before. Nobody waits for all tiles: where a thread is held up
// with a tile, the others go on with tiles that are further away, at a distance of d tiles for d rounds.
//
// The workers of a policy share the tiles. A worker waits only while all tiles that are ready are with other workers,
// which are then at work. So a policy may run its tasks on any threads, even all on one.
#pragma once

#include <kuramoto/detail/parallel/pause.hpp>
#include <kuramoto/detail/tiling/plan.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// work(neighbour) for each neighbour of a tile, itself included, once.
template <class Work> void for_each_neighbour(const Tiling& tiling, int index, const Work& work) {
    const auto visit = [](int middle, int count, bool wraps, const auto& visit_one) {
        const int first = middle > 0 ? middle - 1 : wraps && count > 2 ? count - 1 : middle;
        const int last = middle + 1 < count ? middle + 1 : wraps && count > 2 ? 0 : middle;
        visit_one(middle);
        if (first != middle) visit_one(first);
        if (last != middle) visit_one(last);
    };
    const int per_band = tiling.tiles_per_band;
    visit(index / per_band, tiling.bands, tiling.extent.rows_wrap, [&](int band) {
        visit(index % per_band, per_band, tiling.extent.cols_wrap, [&](int column) { work(band * per_band + column); });
    });
}

class TileProgress {
  public:
    /// Rounds 0 … last_round.
    TileProgress(const Tiling& tiling, std::int64_t last_round)
        : tiling_(tiling), last_round_(last_round), tiles_(new Tile[static_cast<std::size_t>(tiling.count())]),
          left_(tiling.count()) {
        for (int worker = 0; worker < tiling.workers; ++worker)
            for (int index = tiling.first_tile(worker); index < tiling.first_tile(worker + 1); ++index)
                tile(index).owner = worker;
    }
    TileProgress(const TileProgress&) = delete;
    TileProgress& operator=(const TileProgress&) = delete;
    ~TileProgress() { delete[] tiles_; }

    /// A tile that is ready, for this worker alone until it is finished: of its own tiles, if one is ready. −1: there
    /// is nothing left to begin.
    [[nodiscard]] int next(int worker) noexcept {
        const Range own{tiling_.first_tile(worker), tiling_.first_tile(worker + 1)};
        for (int idle = 0;; ++idle) {
            const int seen = changes_.load(std::memory_order_acquire);
            if (const int index = take_one(own); index >= 0) return index;
            if (left_.load(std::memory_order_relaxed) == 0) return -1;
            // A tile of another worker is in the cache of that one, which gets some time to come back for it.
            if (idle == patience || idle == longest_spin)
                if (const int other = take_one({0, tiling_.count()}); other >= 0) return other;
            if (idle < longest_spin) {
                pause_processor();
            } else {
                sleep(seen);
                idle = patience - 1;
            }
        }
    }

    /// Takes the tile below one that this worker has, if that is ready and in the same share. Both are then in the same
    /// round: the tile below has finished the one before, and cannot begin the one after.
    [[nodiscard]] bool take_below(int index) noexcept {
        const int below = index + tiling_.tiles_per_band;
        return below < tiling_.count() && tile(below).owner == tile(index).owner && take(below);
    }

    /// The round that a tile is in, for the worker that has it.
    [[nodiscard]] std::int64_t round(int index) const noexcept {
        return tile(index).state.load(std::memory_order_relaxed) / 2;
    }

    /// The worker has finished the round of the tile.
    void finish(int index) noexcept {
        tile(index).state.fetch_add(1, std::memory_order_release);
        changes_.fetch_add(1);
        if (sleepers_.load() > 0) changes_.notify_all();
    }

  private:
    // Twice the number of rounds that are finished, and 1 more while a worker has the tile.
    struct alignas(64) Tile {
        std::atomic<std::int64_t> state{0};
        int owner = 0; // the worker whose share it is in
    };

    static constexpr int patience = 64; // pauses: some microseconds

    [[nodiscard]] Tile& tile(int index) const noexcept { return tiles_[index]; }

    struct Range {
        int begin = 0;
        int end = 0;
    };

    // Takes a ready tile of a range, first of those that have finished the fewest rounds; −1 if none is ready.
    int take_one(const Range& range) noexcept {
        int first = range.begin;
        for (int index = range.begin; index < range.end; ++index)
            if (round(index) < round(first)) first = index;
        for (int index = first; index < range.end; ++index)
            if (take(index)) return index;
        for (int index = range.begin; index < first; ++index)
            if (take(index)) return index;
        return -1;
    }
    bool take(int index) noexcept {
        std::int64_t state = tile(index).state.load(std::memory_order_acquire);
        if (state % 2 != 0 || state / 2 > last_round_ || !is_ready(index, state)) return false;
        if (!tile(index).state.compare_exchange_strong(state, state + 1, std::memory_order_acquire)) return false;
        if (state / 2 == last_round_) left_.fetch_sub(1, std::memory_order_relaxed);
        return true;
    }

    [[nodiscard]] bool is_ready(int index, std::int64_t state) const noexcept {
        bool is_ready = true;
        for_each_neighbour(tiling_, index, [&](int neighbour) {
            if (tile(neighbour).state.load(std::memory_order_acquire) < state) is_ready = false;
        });
        return is_ready;
    }

    // Until some tile is finished that was not when `seen` was read.
    void sleep(int seen) noexcept {
        sleepers_.fetch_add(1);
        changes_.wait(seen);
        sleepers_.fetch_sub(1);
    }

    const Tiling& tiling_;
    std::int64_t last_round_;
    Tile* tiles_;
    alignas(64) std::atomic<int> left_; // tiles whose last round no worker has begun
    std::atomic<int> changes_{0};
    std::atomic<int> sleepers_{0};
};

} // namespace detail
KURAMOTO_END_NAMESPACE
