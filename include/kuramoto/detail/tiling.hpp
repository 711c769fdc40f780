// How a grid is cut: how many time steps a sweep takes, and into which tiles.
// May include detail/caches.hpp, detail/share.hpp and detail/tile_pipeline.hpp.
#pragma once

#include <kuramoto/detail/caches.hpp>
#include <kuramoto/detail/share.hpp>
#include <kuramoto/detail/tile_pipeline.hpp>

#include <cstddef>
#include <cstdint>

namespace kuramoto {
inline namespace KURAMOTO_BUILD {
namespace detail {

/// `bands` × `columns` tiles, each advanced `depth` steps at a time, dealt out to `workers`.
struct Tiling {
    std::ptrdiff_t rows = 0;
    std::ptrdiff_t cols = 0;
    int bands = 1;
    int columns = 1;
    int depth = 1;
    int workers = 1;

    [[nodiscard]] int count() const noexcept { return bands * columns; }
    /// Tile `index`; columns begin on cache lines.
    [[nodiscard]] Tile tile(int index) const noexcept {
        constexpr std::ptrdiff_t line = widest<float>;
        const int band = index / columns;
        const int column = index % columns;
        const auto column_begin = [&](int k) {
            return k == columns ? cols : share_begin(k, columns, cols) / line * line;
        };
        return {share_begin(band, bands, rows), share_begin(band + 1, bands, rows), column_begin(column),
                column_begin(column + 1)};
    }
    /// The tiles of `worker` are [first_tile(worker), first_tile(worker + 1)).
    [[nodiscard]] int first_tile(int worker) const noexcept {
        return static_cast<int>(share_begin(worker, workers, count()));
    }
};

/// Bands for `workers`, none thinner than `thinnest` rows; columns for those who are left, none narrower than
/// `narrowest`.
inline Tiling tiling_for(std::ptrdiff_t rows, std::ptrdiff_t cols, int workers, std::ptrdiff_t thinnest,
                         std::ptrdiff_t narrowest) noexcept {
    Tiling tiling{rows, cols};
    tiling.bands = static_cast<int>(clamped(rows / thinnest, 1, workers));
    tiling.columns = static_cast<int>(clamped(cols / narrowest, 1, workers / tiling.bands));
    tiling.workers = tiling.count();
    return tiling;
}

/// One pass over the grid.
inline Tiling tiling_for_one_pass(std::ptrdiff_t rows, std::ptrdiff_t cols, int workers) noexcept {
    return tiling_for(rows, cols, workers, 4, 512);
}

/// `steps` time steps of cells of `cell_size` bytes, so many a sweep that memory is read and written once for all of
/// them, and that threads meet seldom; `given_depth` 0 asks for a choice. The sweep is less deep where bands are thin,
/// because a band computes about half of `depth` rows of each neighbour once more.
inline Tiling tiling_for_steps(std::ptrdiff_t rows, std::ptrdiff_t cols, std::ptrdiff_t cell_size, std::int64_t steps,
                               int workers, int given_depth) noexcept {
    constexpr std::ptrdiff_t usual_depth = 16;
    constexpr std::ptrdiff_t deepest = 1024; // deeper sweeps gain nothing and cost memory
    const bool is_given = given_depth > 0;
    std::ptrdiff_t depth = is_given ? clamped(given_depth, 1, deepest) : usual_depth;
    if (depth > steps) depth = static_cast<std::ptrdiff_t>(steps);
    // A tile is at least sixteen cells wide for each one that is computed twice.
    const std::ptrdiff_t narrowest = 32 * depth;
    const std::ptrdiff_t thinnest = is_given ? 2 * depth : depth;
    Tiling tiling = tiling_for(rows, cols, workers, thinnest, narrowest);
    if (!is_given && tiling.bands > 1) depth = clamped(rows / tiling.bands / 8, 1, depth);
    tiling.depth = static_cast<int>(depth);

    // The rows of all levels need not fit the second-level cache: what comes from the next one hides behind the
    // arithmetic, while every further tile costs. They should not come from memory.
    constexpr std::ptrdiff_t rows_a_level = 4; // two of phases, one of fluxes, one of ω
    constexpr std::ptrdiff_t most_columns = 1 << 16;
    const std::ptrdiff_t fitting = 8 * second_level_cache() / (rows_a_level * depth * cell_size);
    const std::ptrdiff_t width = fitting < narrowest ? narrowest : fitting;
    const std::ptrdiff_t parts = cols / tiling.columns / width + 1; // of each worker's column
    tiling.columns = static_cast<int>(clamped(tiling.columns * parts, 1, most_columns));
    return tiling;
}

} // namespace detail
} // namespace KURAMOTO_BUILD
} // namespace kuramoto
