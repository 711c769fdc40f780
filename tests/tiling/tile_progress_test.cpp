// How tiles share a run: who is whose neighbour, what the halos of a tile are made of, and that workers take tiles only
// when they are ready, with any number of threads.

#include <kuramoto/detail/tiling/halo.hpp>
#include <kuramoto/detail/tiling/tile_progress.hpp>
#include <kuramoto/grid/field.hpp>

#include "support/draw.hpp"
#include "support/values.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

namespace km = kuramoto;

namespace {

using km::detail::Extent;
using km::detail::Halo;
using km::detail::Tile;
using km::detail::TileProgress;
using km::detail::TileWithHalo;
using km::detail::Tiling;

std::string text(const Tiling& tiling) {
    return std::to_string(tiling.bands) + " x " + std::to_string(tiling.tiles_per_band) + " tiles of " +
           std::to_string(tiling.extent.rows) + " x " + std::to_string(tiling.extent.cols) + " cells, depth " +
           std::to_string(tiling.depth) + (tiling.extent.rows_wrap ? ", rows wrap" : "") +
           (tiling.extent.cols_wrap ? ", columns wrap" : "");
}

/// Tilings whose tiles are at least as large as their halos.
template <class Check> void for_drawn_tilings(const Check& check) {
    test::Draw draw(5);
    for (int k = 0; k < 200; ++k) {
        Tiling tiling{.bands = 1 + draw.below(5), .tiles_per_band = 1 + draw.below(4), .depth = 1 + draw.below(4)};
        tiling.extent = {.rows = tiling.bands * (tiling.depth + draw.below(4)) + draw.below(3),
                         .cols = tiling.tiles_per_band * 32 + draw.below(40),
                         .rows_wrap = draw.is_heads(),
                         .cols_wrap = draw.is_heads()};
        check(tiling);
        if (testing::Test::HasFailure()) FAIL() << text(tiling);
    }
}

template <class T> std::vector<T> cells_of(const Halo<T>& halo, const TileWithHalo& area) {
    std::vector<T> cells;
    for (std::ptrdiff_t i = area.outer.row_begin; i < area.outer.row_end; ++i)
        for (std::ptrdiff_t j = area.outer.col_begin; j < area.outer.col_end; ++j) {
            const Tile& tile = area.tile;
            const bool is_inside = i >= tile.row_begin && i < tile.row_end && j >= tile.col_begin && j < tile.col_end;
            if (!is_inside) cells.push_back(*halo.cell(i, j));
        }
    return cells;
}

// So that no halo needs cells of a tile that is not a neighbour.
TEST(Halos, ReachNoFurtherThanTheNextTile) {
    test::Draw draw(9);
    int narrow = 0;
    for (int k = 0; k < 20000; ++k) {
        const km::detail::TilingRequest request{.extent = {.rows = 1 + draw.below(1 << draw.below(15)),
                                                           .cols = 1 + draw.below(1 << draw.below(20)),
                                                           .rows_wrap = draw.is_heads(),
                                                           .cols_wrap = draw.is_heads()},
                                                .cell_size = draw.one_of({4, 8}),
                                                .steps = 1 + draw.below(100),
                                                .stages = 1 + draw.below(4),
                                                .extra_rows = 1 + draw.below(9),
                                                .workers = 1 + draw.below(40),
                                                .depth = draw.one_of({0, 1, 7, 100, 1024})};
        const Tiling tiling = km::detail::tiling_for_steps(request);
        narrow += tiling.tiles_per_band > 1 ? 1 : 0;
        std::ptrdiff_t least_rows = tiling.extent.rows;
        std::ptrdiff_t least_cols = tiling.extent.cols;
        for (int index = 0; index < tiling.count(); ++index) {
            least_rows = std::min(least_rows, tiling.tile(index).rows());
            least_cols = std::min(least_cols, tiling.tile(index).cols());
        }
        for (int index = 0; index < tiling.count(); ++index) {
            const TileWithHalo area = km::detail::with_halo<float>(tiling.tile(index), tiling.levels(), tiling.extent);
            EXPECT_TRUE(tiling.bands == 1 || std::max(area.north_rows(), area.south_rows()) <= least_rows);
            EXPECT_TRUE(tiling.tiles_per_band == 1 || std::max(area.west_cols(), area.east_cols()) <= least_cols);
        }
        if (testing::Test::HasFailure()) FAIL() << text(tiling);
    }
    EXPECT_GT(narrow, 1000);
}

TEST(Halos, AreFilledByTheNeighboursOfATile) {
    for_drawn_tilings([](const Tiling& tiling) {
        km::Field<float> theta(tiling.extent.rows, tiling.extent.cols);
        test::fill_distinct(theta.view(), 3);
        for (int index = 0; index < tiling.count(); ++index) {
            const TileWithHalo area = km::detail::with_halo<float>(tiling.tile(index), tiling.levels(), tiling.extent);
            const auto size = static_cast<std::size_t>(Halo<float>::size(area));
            std::vector<float> whole(size), pieces(size, -1);
            const Halo<float> at_once(area, whole.data());
            const Halo<float> by_pieces(area, pieces.data());
            at_once.save(theta, nullptr);
            // A neighbour fills the halos of its own neighbours: the relation must hold both ways.
            for (int other = 0; other < tiling.count(); ++other)
                km::detail::for_each_neighbour(tiling, other, [&](int neighbour) {
                    if (neighbour == index) by_pieces.save_cells_of(tiling.tile(other), theta.view());
                });
            EXPECT_EQ(test::first_difference(cells_of(by_pieces, area), cells_of(at_once, area)), -1) << index;
        }
    });
}

/// What workers do with tiles, checked: a round of a tile begins after the neighbours have ended the round before, and
/// ends before any of them begins the one after.
class CheckedRun {
  public:
    CheckedRun(const Tiling& tiling, std::int64_t rounds)
        : tiling_(tiling), progress_(tiling, rounds - 1), ended_(static_cast<std::size_t>(tiling.count())) {}

    /// One round of a tile and of those below that are ready meanwhile. In the round of each, `meanwhile(index, round)`
    /// is called. False if nothing is left to begin.
    template <class Meanwhile> bool step(int worker, const Meanwhile& meanwhile) {
        int index = progress_.next(worker);
        if (index < 0) return false;
        const std::int64_t round = progress_.round(index);
        for (bool goes_on = true; goes_on; index += tiling_.tiles_per_band) {
            begin(index, round);
            meanwhile(index, round);
            goes_on = progress_.take_below(index);
            extensions_ += goes_on ? 1 : 0;
            end(index, round);
        }
        return true;
    }

    [[nodiscard]] int mistakes() const { return mistakes_; }
    [[nodiscard]] std::int64_t rounds() const { return rounds_; }
    [[nodiscard]] std::int64_t extensions() const { return extensions_; }

  private:
    void begin(int index, std::int64_t round) {
        if (ended(index) != round || progress_.round(index) != round) ++mistakes_;
        check_neighbours(index, round);
    }
    void end(int index, std::int64_t round) {
        check_neighbours(index, round);
        ++rounds_;
        ended(index) = round + 1;
        progress_.finish(index);
    }
    std::atomic<std::int64_t>& ended(int index) { return ended_[static_cast<std::size_t>(index)]; }
    void check_neighbours(int index, std::int64_t round) {
        km::detail::for_each_neighbour(tiling_, index, [&](int neighbour) {
            const std::int64_t other = ended(neighbour);
            if (other < round || other > round + 1) ++mistakes_;
        });
    }

    Tiling tiling_;
    TileProgress progress_;
    std::vector<std::atomic<std::int64_t>> ended_; // rounds
    std::atomic<int> mistakes_{0};
    std::atomic<std::int64_t> rounds_{0};
    std::atomic<std::int64_t> extensions_{0};
};

void expect_all_rounds(const CheckedRun& run, const Tiling& tiling, std::int64_t rounds) {
    EXPECT_EQ(run.mistakes(), 0) << text(tiling);
    EXPECT_EQ(run.rounds(), rounds * tiling.count()) << text(tiling);
}

TEST(TileProgress, LetsOneWorkerDoEverything) {
    for_drawn_tilings([](Tiling tiling) {
        tiling.workers = 1 + tiling.count() / 2;
        CheckedRun run(tiling, 7);
        for (int worker = tiling.workers; worker-- > 0;)
            while (run.step(worker, [](int, std::int64_t) {})) {
            }
        expect_all_rounds(run, tiling, 7);
    });
}

TEST(TileProgress, SharesTilesAmongThreads) {
    for (const int bands : {1, 2, 3, 8})
        for (const int columns : {1, 3})
            for (const bool wraps : {false, true}) {
                Tiling tiling{.extent = {.rows = 100, .cols = 300, .rows_wrap = wraps, .cols_wrap = wraps},
                              .bands = bands,
                              .tiles_per_band = columns,
                              .workers = 4};
                constexpr std::int64_t rounds = 300;
                CheckedRun run(tiling, rounds);
                std::vector<std::thread> threads;
                for (int worker = 0; worker < tiling.workers; ++worker)
                    threads.emplace_back([&run, worker] {
                        while (run.step(worker, [&](int index, std::int64_t round) {
                            if ((index + round + worker) % 37 == 0) // long enough for others to fall asleep
                                std::this_thread::sleep_for(std::chrono::microseconds(300));
                        })) {
                        }
                    });
                for (std::thread& thread : threads) thread.join();
                expect_all_rounds(run, tiling, rounds);
                EXPECT_EQ(run.extensions() > 0, bands > 4) << text(tiling);
            }
}

// A worker that nobody holds up takes its whole share in one go, column by column.
TEST(TileProgress, ExtendsATileThroughTheShareOfItsWorker) {
    for (const int columns : {1, 2}) {
        const Tiling tiling{.extent = {.rows = 100, .cols = 100}, .bands = 6, .tiles_per_band = columns, .workers = 2};
        TileProgress progress(tiling, 1);
        for (int round = 0; round < 2; ++round)
            for (int worker = 0; worker < 2; ++worker)
                for (int column = 0; column < columns; ++column) {
                    const int first = 3 * columns * worker + column;
                    ASSERT_EQ(progress.next(worker), first);
                    EXPECT_TRUE(progress.take_below(first));
                    EXPECT_FALSE(progress.take_below(first)) << "somebody has it";
                    EXPECT_TRUE(progress.take_below(first + columns));
                    EXPECT_FALSE(progress.take_below(first + 2 * columns)) << "another share, or none";
                    for (int k = 0; k < 3; ++k) progress.finish(first + k * columns);
                }
        EXPECT_EQ(progress.next(0), -1);
    }
}

TEST(TileProgress, ExtendsNoTileByOneThatIsNotReady) {
    const Tiling tiling{.extent = {.rows = 100, .cols = 100}, .bands = 4, .workers = 1};
    TileProgress progress(tiling, 5);
    ASSERT_EQ(progress.next(0), 0);
    ASSERT_TRUE(progress.take_below(0));
    progress.finish(0);
    progress.finish(1);
    ASSERT_EQ(progress.next(0), 2); // the least far
    ASSERT_EQ(progress.next(0), 3);
    progress.finish(2);
    ASSERT_EQ(progress.next(0), 0);
    ASSERT_TRUE(progress.take_below(0));
    EXPECT_FALSE(progress.take_below(1)) << "tile 3 is a round behind";
    progress.finish(0);
    progress.finish(1);
    progress.finish(3);
    ASSERT_EQ(progress.next(0), 2);
    progress.finish(2);
    ASSERT_EQ(progress.next(0), 3);
    progress.finish(3);
    ASSERT_EQ(progress.next(0), 0);
    progress.finish(0); // is now a round ahead of tile 1
    ASSERT_EQ(progress.next(0), 1);
    EXPECT_TRUE(progress.take_below(1));
}

// Where a thread is held up, tiles at a distance of d can go on for d rounds.
TEST(TileProgress, GoesOnFarFromATileThatIsHeldUp) {
    const Tiling tiling{.extent = {.rows = 100, .cols = 5}, .bands = 8, .workers = 2};
    constexpr std::int64_t rounds = 20;
    CheckedRun run(tiling, rounds);
    std::atomic<std::int64_t> farthest{0};
    const auto hold_up = [&](int index,
                             std::int64_t round) { // the second round of the first tile, until the last has had eight
        if (index == 0 && round == 1)
            while (farthest < 8) std::this_thread::yield();
        if (index == 7) farthest = round + 1;
    };
    std::thread other([&] {
        while (run.step(1, hold_up)) {
        }
    });
    while (run.step(0, hold_up)) {
    }
    other.join();
    expect_all_rounds(run, tiling, rounds);
}

} // namespace
