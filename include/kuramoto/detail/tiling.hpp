// How a grid is cut: how many time steps a sweep takes, and into which tiles.
// May include detail/caches.hpp and detail/tile_pipeline.hpp.
#pragma once

#include <kuramoto/detail/caches.hpp>
#include <kuramoto/detail/tile_pipeline.hpp>

#include <cstddef>
#include <cstdint>

namespace kuramoto {
inline namespace KURAMOTO_BUILD {
namespace detail {

/// `bands` × `columns` tiles, each advanced `depth` steps at a time.
struct Tiling {
    std::ptrdiff_t rows = 0;
    std::ptrdiff_t cols = 0;
    int bands = 1;
    int columns = 1;
    int depth = 1;

    [[nodiscard]] int count() const noexcept { return bands * columns; }
    [[nodiscard]] Tile tile(int index) const noexcept {
        const int band = index / columns;
        const int column = index % columns;
        return {begin_of(band, bands, rows), begin_of(band + 1, bands, rows), begin_of(column, columns, cols),
                begin_of(column + 1, columns, cols)};
    }

  private:
    // Where part k of n nearly equal parts begins.
    static std::ptrdiff_t begin_of(int k, int n, std::ptrdiff_t extent) noexcept {
        const std::ptrdiff_t rest = extent % n;
        return extent / n * k + (k < rest ? k : rest);
    }
};

inline std::ptrdiff_t clamped(std::ptrdiff_t value, std::ptrdiff_t low, std::ptrdiff_t high) noexcept {
    return value < low ? low : value > high ? high : value;
}

/// Bands for `workers`, none thinner than `thinnest` rows.
inline int bands_for(std::ptrdiff_t rows, int workers, std::ptrdiff_t thinnest) noexcept {
    return static_cast<int>(clamped(rows / thinnest, 1, workers));
}

/// One pass over the grid: bands for the workers; columns only where there are too few rows for that.
inline Tiling tiling_for_one_pass(std::ptrdiff_t rows, std::ptrdiff_t cols, int workers) noexcept {
    constexpr std::ptrdiff_t thinnest = 4;
    constexpr std::ptrdiff_t narrowest = 512;
    Tiling tiling{rows, cols, bands_for(rows, workers, thinnest), 1, 1};
    tiling.columns = static_cast<int>(clamped(cols / narrowest, 1, workers / tiling.bands));
    return tiling;
}

/// `steps` time steps of cells of `cell_size` bytes. `depth` 0 asks for a choice:
/// - a grid that stays in the second-level cache gains nothing from it, except that threads meet less often;
/// - any other grid takes `usual_depth`, so that memory is read and written once for that many steps.
/// Tiles are narrow enough for the buffers of all levels to stay in the second-level cache.
inline Tiling tiling_for_steps(std::ptrdiff_t rows, std::ptrdiff_t cols, std::ptrdiff_t cell_size, std::int64_t steps,
                               int workers, int depth) noexcept {
    constexpr int usual_depth = 16;
    constexpr int deepest = 1024;   // deeper sweeps gain nothing and cost memory
    constexpr int rows_a_level = 4; // two of phases, one of fluxes, one of ω
    if (depth > deepest) depth = deepest;
    const std::ptrdiff_t cache = second_level_cache();
    Tiling tiling{rows, cols, 1, 1, depth};

    tiling.bands = bands_for(rows, workers, depth > 0 ? 2 * depth : usual_depth);
    if (depth == 0) {
        const std::ptrdiff_t cells_of_a_worker = rows / tiling.bands * cols;
        const bool fits = cells_of_a_worker < cache / (2 * cell_size);
        tiling.depth = usual_depth;
        if (fits)
            tiling.depth = tiling.bands == 1 ? 1 : static_cast<int>(clamped(rows / tiling.bands / 8, 1, usual_depth));
    }
    if (tiling.depth > steps) tiling.depth = static_cast<int>(steps);

    // Not narrower than that many cells for each one that is computed twice.
    const std::ptrdiff_t narrowest = std::ptrdiff_t{16} * tiling.depth;
    const std::ptrdiff_t fitting = cache / 2 / (rows_a_level * tiling.depth * cell_size);
    const std::ptrdiff_t width = fitting < narrowest ? narrowest : fitting;
    constexpr std::ptrdiff_t most_columns = 1 << 16;
    if (tiling.depth > 1 && cols > width + width / 2)
        tiling.columns = static_cast<int>(clamped((cols + width - 1) / width, 1, most_columns));
    return tiling;
}

} // namespace detail
} // namespace KURAMOTO_BUILD
} // namespace kuramoto
