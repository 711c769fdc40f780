// How a grid is cut: how many time steps a sweep takes, and into which tiles.
#pragma once

#include <kuramoto/detail/memory/caches.hpp>
#include <kuramoto/detail/parallel/partition.hpp>
#include <kuramoto/detail/tiling/storage.hpp>
#include <kuramoto/detail/tiling/tile.hpp>

#include <cstddef>
#include <cstdint>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// `bands` × `tiles_per_band` tiles, each advanced `depth` steps at a time, distributed over `workers`.
struct Tiling {
    Extent extent = {};
    int bands = 1;
    int tiles_per_band = 1;
    int depth = 1;      ///< time steps per sweep
    int stages = 1;     ///< levels per time step
    int extra_rows = 1; ///< that are read beside the phases
    int workers = 1;

    [[nodiscard]] int levels() const noexcept { return depth * stages; }
    [[nodiscard]] StorageShape storage() const noexcept { return {levels(), stages, extra_rows}; }

    [[nodiscard]] int count() const noexcept { return bands * tiles_per_band; }
    /// Tile `index`; columns begin on cache lines.
    [[nodiscard]] Tile tile(int index) const noexcept {
        constexpr std::ptrdiff_t line = widest<float>;
        const int band = index / tiles_per_band;
        const int column = index % tiles_per_band;
        const auto column_begin = [&](int k) {
            return k == tiles_per_band ? extent.cols : share_begin(k, tiles_per_band, extent.cols) / line * line;
        };
        return {share_begin(band, bands, extent.rows), share_begin(band + 1, bands, extent.rows), column_begin(column),
                column_begin(column + 1)};
    }
    /// The tiles of `worker` are [first_tile(worker), first_tile(worker + 1)).
    [[nodiscard]] int first_tile(int worker) const noexcept {
        return static_cast<int>(share_begin(worker, workers, count()));
    }
};

/// What decides how a grid is cut.
struct TilingRequest {
    Extent extent = {};
    std::ptrdiff_t cell_size = 0; ///< bytes
    std::int64_t steps = 1;       ///< time steps of the whole run
    int stages = 1;               ///< levels per time step
    int extra_rows = 1;           ///< that are read beside the phases
    int workers = 1;
    int depth = 0; ///< time steps per sweep; 0: chosen
    /// Whether some tiles should be inside, so that they can advance before messages of other processes have come.
    bool hides_messages = false;
};

/// The smallest tile that is worth its overhead.
struct SmallestTile {
    std::ptrdiff_t rows = 1;
    std::ptrdiff_t cols = 1;
};

/// Bands of rows for the workers. No halo reaches beyond the next tile (tile_run.hpp). If there are fewer bands than
/// workers, bands are also split by columns.
inline Tiling tiling_for(const TilingRequest& request, const SmallestTile& smallest) noexcept {
    const Extent& extent = request.extent;
    Tiling tiling{.extent = extent, .stages = request.stages, .extra_rows = request.extra_rows};
    tiling.bands = static_cast<int>(clamped(extent.rows / smallest.rows, 1, request.workers));
    tiling.tiles_per_band = static_cast<int>(clamped(extent.cols / smallest.cols, 1, request.workers / tiling.bands));
    tiling.workers = tiling.count();
    return tiling;
}

/// Bands per worker, each of `least_rows` rows or more. While a thread is held up with a band, other workers go on; in
/// a run of time steps (tile_progress.hpp), with bands that are not next to it.
inline int bands_per_worker(const TilingRequest& request, const Tiling& tiling, std::ptrdiff_t least_rows) noexcept {
    constexpr std::ptrdiff_t most = 4;
    if (tiling.bands == 1 || tiling.tiles_per_band > 1 || request.extent.place.is_part) return 1;
    return static_cast<int>(clamped(request.extent.rows / tiling.bands / least_rows, 1, most));
}

/// One pass over the grid.
inline Tiling tiling_for_one_pass(const TilingRequest& request) noexcept {
    Tiling tiling = tiling_for(request, {.rows = 4, .cols = 512});
    tiling.bands *= bands_per_worker(request, tiling, 48);
    return tiling;
}

/// Whether the fields that a worker works on stay in its second-level cache from sweep to sweep. A field that is one
/// number counts like any other.
inline bool stays_in_cache(const TilingRequest& request, int workers) noexcept {
    const std::ptrdiff_t bytes_per_cell = (1 + request.extra_rows) * request.cell_size;
    return request.extent.rows * request.extent.cols <= second_level_cache() / bytes_per_cell * workers;
}

/// A run of time steps. A sweep takes many of them: memory is read and written once for all of its steps, and threads
/// synchronise seldom. It takes fewer where bands are thin, because a band computes about half of `depth` rows of each
/// neighbour once more. It takes fewer, too, where the fields stay in the caches, so that depth saves no traffic; but
/// not on several processes, whose workers all wait for each other after every sweep. A single band of a periodic
/// lattice also computes rows twice, and has nothing else to gain from depth while it is small.
inline Tiling tiling_for_steps(const TilingRequest& request) noexcept {
    const Extent& extent = request.extent;
    const int stages = request.stages;
    const auto depth_of = [stages](int levels) -> std::ptrdiff_t { return stages < levels ? levels / stages : 1; };
    const std::ptrdiff_t deepest = 1024 / stages; // deeper sweeps gain nothing and cost memory
    const bool is_given = request.depth > 0;
    std::ptrdiff_t depth = is_given ? clamped(request.depth, 1, deepest) : depth_of(16);
    if (depth > request.steps) depth = static_cast<std::ptrdiff_t>(request.steps);
    // A tile is at least sixteen cells wide for each one that is computed twice.
    const SmallestTile smallest{.rows = (is_given ? 2 * depth : depth) * stages, .cols = 32 * depth * stages};
    Tiling tiling = tiling_for(request, smallest);
    if (!is_given && tiling.bands > 1) {
        depth = clamped(extent.rows / tiling.bands / (8 * stages), 1, depth);
        if (!extent.place.is_part && stays_in_cache(request, tiling.workers)) depth = clamped(depth, 1, depth_of(4));
    }
    if (!is_given && extent.rows_wrap) depth = clamped(extent.rows / tiling.bands / (64 * stages), 1, depth);
    // A worker takes its bands in one go, unless it is held up: then up to a quarter of the rows is computed twice.
    const std::ptrdiff_t quarter = depth * stages;
    tiling.bands *= bands_per_worker(request, tiling, quarter > 8 ? 4 * quarter : 32);
    tiling.depth = static_cast<int>(depth);

    // The rows of all levels fit the second-level cache: on some processors the next one is far away. Where columns are
    // that wide, the halo beside them costs next to nothing.
    constexpr std::ptrdiff_t most_columns = 1 << 16;
    const std::ptrdiff_t fitting =
        second_level_cache() / (tiling.storage().rows_per_level() * tiling.levels() * request.cell_size);
    const std::ptrdiff_t width = fitting < smallest.cols ? smallest.cols : fitting;
    const std::ptrdiff_t parts = extent.cols / tiling.tiles_per_band / width + 1; // of each worker's column
    tiling.tiles_per_band = static_cast<int>(clamped(tiling.tiles_per_band * parts, 1, most_columns));
    if (request.hides_messages) tiling.bands = tiling.bands < 2 ? 4 : 2 * tiling.bands; // the first and the last wait
    return tiling;
}

} // namespace detail
KURAMOTO_END_NAMESPACE
