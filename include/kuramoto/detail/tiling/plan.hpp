// How a grid is cut: how many time steps a sweep takes, and into which tiles.
#pragma once

#include <kuramoto/detail/memory/caches.hpp>
#include <kuramoto/detail/parallel/partition.hpp>
#include <kuramoto/detail/tiling/pipeline.hpp>

#include <cstddef>
#include <cstdint>

namespace kuramoto {
inline namespace KURAMOTO_BUILD {
namespace detail {

/// `bands` × `tiles_per_band` tiles, each advanced `depth` steps at a time, distributed over `workers`.
struct Tiling {
    Extent extent = {};
    int bands = 1;
    int tiles_per_band = 1;
    int depth = 1;  ///< time steps a sweep
    int stages = 1; ///< levels a time step
    int fields = 1; ///< that are read beside the phases
    int workers = 1;

    [[nodiscard]] int levels() const noexcept { return depth * stages; }

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

/// Bands for `workers`, none thinner than `thinnest` rows; columns for those who are left, none narrower than
/// `narrowest`.
inline Tiling tiling_for(const Extent& extent, int workers, std::ptrdiff_t thinnest,
                         std::ptrdiff_t narrowest) noexcept {
    Tiling tiling{extent};
    tiling.bands = static_cast<int>(clamped(extent.rows / thinnest, 1, workers));
    tiling.tiles_per_band = static_cast<int>(clamped(extent.cols / narrowest, 1, workers / tiling.bands));
    tiling.workers = tiling.count();
    return tiling;
}

/// One pass over the grid.
inline Tiling tiling_for_one_pass(const Extent& extent, int workers, int fields = 1) noexcept {
    Tiling tiling = tiling_for(extent, workers, 4, 512);
    tiling.fields = fields;
    return tiling;
}

/// `steps` time steps of cells of `cell_size` bytes, so many a sweep that memory is read and written once for all of
/// them, and that threads meet seldom; `given_depth` 0 asks for a choice. The sweep is less deep where bands are thin,
/// because a band computes about half of `depth` rows of each neighbour once more; so does a single one whose rows go
/// round, which has nothing else to gain from depth while it is small.
inline Tiling tiling_for_steps(const Extent& extent, std::ptrdiff_t cell_size, std::int64_t steps, int stages,
                               int workers, int given_depth, int fields = 1) noexcept {
    const std::ptrdiff_t usual_depth = stages < 16 ? 16 / stages : 1;
    const std::ptrdiff_t deepest = 1024 / stages; // deeper sweeps gain nothing and cost memory
    const bool is_given = given_depth > 0;
    std::ptrdiff_t depth = is_given ? clamped(given_depth, 1, deepest) : usual_depth;
    if (depth > steps) depth = static_cast<std::ptrdiff_t>(steps);
    // A tile is at least sixteen cells wide for each one that is computed twice.
    const std::ptrdiff_t narrowest = 32 * depth * stages;
    const std::ptrdiff_t thinnest = (is_given ? 2 * depth : depth) * stages;
    Tiling tiling = tiling_for(extent, workers, thinnest, narrowest);
    if (!is_given && tiling.bands > 1) depth = clamped(extent.rows / tiling.bands / (8 * stages), 1, depth);
    if (!is_given && extent.rows_wrap) depth = clamped(extent.rows / tiling.bands / (64 * stages), 1, depth);
    tiling.depth = static_cast<int>(depth);
    tiling.stages = stages;
    tiling.fields = fields;

    // The rows of all levels fit the second-level cache: on some processors the next one is far away. Where columns are
    // that wide, the ghosts beside them cost next to nothing.
    const std::ptrdiff_t rows_per_level = TilePipeline<float>::rows_per_level(stages, fields);
    constexpr std::ptrdiff_t most_columns = 1 << 16;
    const std::ptrdiff_t fitting = second_level_cache() / (rows_per_level * tiling.levels() * cell_size);
    const std::ptrdiff_t width = fitting < narrowest ? narrowest : fitting;
    const std::ptrdiff_t parts = extent.cols / tiling.tiles_per_band / width + 1; // of each worker's column
    tiling.tiles_per_band = static_cast<int>(clamped(tiling.tiles_per_band * parts, 1, most_columns));
    return tiling;
}

} // namespace detail
} // namespace KURAMOTO_BUILD
} // namespace kuramoto
