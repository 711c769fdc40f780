// How deep the sweeps of a run are where the depth is not given. Halos of any tiling: tile_progress_test.cpp.

#include <kuramoto/detail/memory/caches.hpp>
#include <kuramoto/detail/tiling/plan.hpp>

#include <gtest/gtest.h>

#include <cstddef>

namespace km = kuramoto;

namespace {

using km::detail::TilingRequest;

constexpr std::ptrdiff_t cols = 64;

// As many rows as the second-level caches of the workers hold: θ and one more field, in float32.
std::ptrdiff_t cached_rows(int workers) { return workers * (km::detail::second_level_cache() / (2 * 4 * cols)); }

TilingRequest request_of(std::ptrdiff_t rows, int workers) {
    return {.extent = {rows, cols}, .cell_size = 4, .steps = 100, .workers = workers};
}

int depth_of(const TilingRequest& request) { return km::detail::tiling_for_steps(request).depth; }

} // namespace

TEST(DepthOfSweeps, IsFourLevelsWhereTheFieldsStayInTheCaches) {
    for (const int workers : {2, 3, 7}) {
        TilingRequest request = request_of(cached_rows(workers), workers);
        ASSERT_EQ(km::detail::tiling_for_steps(request).workers, workers);
        EXPECT_EQ(depth_of(request), 4) << workers;
        request.stages = 2;
        EXPECT_EQ(depth_of(request), 2) << workers;
        request.stages = 5;
        EXPECT_EQ(depth_of(request), 1) << workers;
    }
}

TEST(DepthOfSweeps, IsSixteenLevelsWhereTheyDoNot) {
    for (const int workers : {2, 3, 7}) {
        const std::ptrdiff_t rows = cached_rows(workers);
        EXPECT_EQ(depth_of(request_of(rows + 1, workers)), 16) << workers;
        TilingRequest request = request_of(rows, workers);
        request.cell_size = 8;
        EXPECT_EQ(depth_of(request), 16) << workers;
        request = request_of(rows, workers);
        request.extra_rows = 2;
        EXPECT_EQ(depth_of(request), 16) << workers;
        request.stages = 4;
        EXPECT_EQ(depth_of(request), 4) << workers;
    }
}

// All workers wait for each other after every sweep.
TEST(DepthOfSweeps, IsSixteenLevelsOnSeveralProcesses) {
    TilingRequest request = request_of(cached_rows(2), 2);
    request.extent.place = {.is_part = true, .rows = request.extent.rows, .cols = cols};
    EXPECT_EQ(depth_of(request), 16);
}

// Nothing is computed twice.
TEST(DepthOfSweeps, IsSixteenLevelsForOneWorker) {
    EXPECT_EQ(depth_of(request_of(cached_rows(1), 1)), 16);
    EXPECT_EQ(depth_of(request_of(9, 1)), 16);
}

TEST(DepthOfSweeps, IsWhatIsGiven) {
    for (const int depth : {1, 3, 16, 40}) {
        TilingRequest request = request_of(cached_rows(2), 2);
        request.depth = depth;
        EXPECT_EQ(depth_of(request), depth);
    }
}

TEST(DepthOfSweeps, IsAtMostTheNumberOfSteps) {
    TilingRequest request = request_of(cached_rows(2), 2);
    request.steps = 3;
    EXPECT_EQ(depth_of(request), 3);
}

// An eighth of the rows of a band.
TEST(DepthOfSweeps, IsLessInThinBands) { EXPECT_EQ(depth_of(request_of(48, 2)), 3); }
