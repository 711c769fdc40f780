// What the levels of a tile prefetch, as the row kernel does it.

#include <kuramoto/detail/tiling/rows_ahead.hpp>
#include <kuramoto/grid/field.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <set>
#include <vector>

namespace km = kuramoto;

namespace {

using km::detail::RowsAhead;
using km::detail::RowTask;
using km::detail::Sweep;
using km::detail::TileWithHalo;

constexpr std::ptrdiff_t line = 64;
constexpr std::ptrdiff_t rows = 4096; // half of a field is larger than second_level_cache() can be
constexpr std::ptrdiff_t cols = 2048;

TileWithHalo tile_of(std::ptrdiff_t col_begin, std::ptrdiff_t col_end, int levels) {
    return {.extent = {.rows = rows, .cols = cols},
            .tile = {.row_begin = 0, .row_end = rows, .col_begin = col_begin, .col_end = col_end},
            .levels = levels};
}

std::uintptr_t line_of(const void* address) { return reinterpret_cast<std::uintptr_t>(address) / line; }

std::set<std::uintptr_t> lines_of(const float* from, std::ptrdiff_t cells) {
    std::set<std::uintptr_t> lines;
    for (std::ptrdiff_t j = 0; j < cells; j += km::detail::widest<float>) lines.insert(line_of(from + j));
    return lines;
}

// The lines that a kernel with vectors of `lanes` cells prefetches along one row of each level.
std::set<std::uintptr_t> prefetched(const std::vector<RowTask<float>>& tasks, std::ptrdiff_t cells,
                                    std::ptrdiff_t lanes = km::detail::widest<float>) {
    std::set<std::uintptr_t> lines;
    for (const RowTask<float>& task : tasks)
        if (task.ahead != nullptr)
            for (std::ptrdiff_t k = 0; k < cells / lanes; ++k)
                lines.insert(line_of(static_cast<const char*>(task.ahead) +
                                     k * (task.ahead_step * lanes / km::detail::widest<float>)));
    return lines;
}

struct Lattice {
    km::Field<float> theta{rows, cols};
    km::Field<float> omega{rows, cols};

    [[nodiscard]] Sweep<float> sweep() const {
        Sweep<float> sweep;
        sweep.in = theta;
        sweep.source = {.field = omega, .is_uniform = false};
        return sweep;
    }
};

TEST(RowsAhead, LevelsShareTheRowsTwoAhead) {
    const Lattice lattice;
    for (const int levels : {2, 3, 12, 16, 33}) {
        const std::ptrdiff_t begin = cols / 4;
        const std::ptrdiff_t width = cols / 2;
        const Sweep<float> sweep = lattice.sweep();
        const TileWithHalo area = tile_of(begin, begin + width, levels);
        const RowsAhead<float> ahead(sweep, area);
        ASSERT_FALSE(ahead.is_empty()) << levels;
        std::vector<RowTask<float>> tasks(static_cast<std::size_t>(levels));
        for (const std::ptrdiff_t front : {std::ptrdiff_t{-2}, std::ptrdiff_t{0}, std::ptrdiff_t{77}, rows - 3}) {
            ahead.aim(tasks.data(), front, 0, levels);
            auto expected = lines_of(&lattice.theta(front + 2, begin), width);
            expected.merge(lines_of(&lattice.omega(front + 2, begin), width));
            for (const std::ptrdiff_t lanes : {4, 8, 16})
                EXPECT_EQ(prefetched(tasks, width, lanes), expected) << levels << " levels, " << lanes << " lanes";
        }
    }
}

TEST(RowsAhead, LevelsThatAreNotAtWorkGetNoShare) {
    const Lattice lattice;
    const Sweep<float> sweep = lattice.sweep();
    const TileWithHalo area = tile_of(0, cols, 16);
    std::vector<RowTask<float>> tasks(16);
    RowsAhead<float>(sweep, area).aim(tasks.data(), 0, 3, 10);
    for (int level = 0; level < 16; ++level)
        EXPECT_EQ(tasks[static_cast<std::size_t>(level)].ahead != nullptr, level >= 3 && level < 10) << level;
}

TEST(RowsAhead, BehindTheTileThereIsNothing) {
    const Lattice lattice;
    const Sweep<float> sweep = lattice.sweep();
    const TileWithHalo area = tile_of(0, cols, 4);
    const RowsAhead<float> ahead(sweep, area);
    std::vector<RowTask<float>> tasks(4);
    for (const std::ptrdiff_t front : {-7L, -3L, rows - 3, rows - 2, rows + 5}) {
        ahead.aim(tasks.data(), front, 0, 4);
        const bool is_in_tile = front + 2 >= 0 && front + 2 < rows;
        for (const RowTask<float>& task : tasks) EXPECT_EQ(task.ahead != nullptr, is_in_tile) << front;
    }
}

TEST(RowsAhead, OnlyTilesThatNoCacheHoldsArePrefetched) {
    const Lattice lattice;
    const Sweep<float> sweep = lattice.sweep();
    EXPECT_TRUE(RowsAhead<float>(sweep, tile_of(0, 1, 16)).is_empty()) << "a small tile";
    EXPECT_TRUE(RowsAhead<float>(sweep, tile_of(0, cols, 1)).is_empty()) << "one level";
}

TEST(RowsAhead, FieldsOfOneNumberAndStridedCellsAreLeftOut) {
    const Lattice lattice;
    Sweep<float> sweep = lattice.sweep();
    sweep.source = {};
    std::vector<RowTask<float>> tasks(4);
    const TileWithHalo area = tile_of(0, cols, 4);
    RowsAhead<float>(sweep, area).aim(tasks.data(), 0, 0, 4);
    const auto theta = lines_of(&lattice.theta(2, 0), cols);
    EXPECT_EQ(prefetched(tasks, cols), theta);

    sweep.in = sweep.in.transposed();
    EXPECT_TRUE(RowsAhead<float>(sweep, area).is_empty());
}

} // namespace
