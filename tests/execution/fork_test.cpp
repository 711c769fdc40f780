// Child processes after the parent has used OpenMP threads: the cases that work according to docs/recipes.md.

#include <kuramoto/kuramoto.hpp>
#include <kuramoto/openmp.hpp>

#include "support/child_process.hpp"
#include "support/values.hpp"

#include <gtest/gtest.h>

#include <sys/wait.h>
#include <unistd.h>

#if defined(_OPENMP)
#include <omp.h>
#endif

namespace km = kuramoto;

namespace {

using test::holds_in_child;
using test::phases_of;

TEST(Fork, ChildrenRunOnOneThread) {
    const auto expected = phases_of(km::OpenMP{.threads = 2, .min_cells_per_thread = 1});
    EXPECT_TRUE(holds_in_child([&] { return phases_of(km::Fused{}) == expected; }));
    EXPECT_TRUE(holds_in_child([&] { return phases_of(km::OpenMP{.threads = 1}) == expected; }));
    EXPECT_FALSE(holds_in_child([] { return false; }));
}

#if !defined(__has_feature)
#define __has_feature(name) 0
#endif
// The thread sanitizer allows no new threads in a child.
#if defined(_OPENMP) && !defined(__SANITIZE_THREAD__) && !__has_feature(thread_sanitizer)
TEST(Fork, ChildrenRunOnThreadsThatTheParentReleasedBefore) {
    const auto expected = phases_of(km::OpenMP{.threads = 2, .min_cells_per_thread = 1});
    ASSERT_EQ(omp_pause_resource_all(omp_pause_soft), 0);
    EXPECT_TRUE(
        holds_in_child([&] { return phases_of(km::OpenMP{.threads = 2, .min_cells_per_thread = 1}) == expected; }));
    EXPECT_EQ(phases_of(km::OpenMP{.threads = 2, .min_cells_per_thread = 1}), expected); // the parent goes on
}
#endif

} // namespace
