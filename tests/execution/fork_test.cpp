// Child processes after the parent has used OpenMP threads: the cases that work according to docs/recipes.md.

#include <kuramoto/kuramoto.hpp>
#include <kuramoto/openmp.hpp>

#include "support/values.hpp"

#include <gtest/gtest.h>

#include <sys/wait.h>
#include <unistd.h>

#if defined(_OPENMP)
#include <omp.h>
#endif

namespace km = kuramoto;

namespace {

template <class P> auto phases_of(const P& policy) {
    km::Field<float> theta(96, 70), omega(96, 70);
    km::uniform_phases(theta, 1);
    km::normal_frequencies(omega, 0.0, 0.1, 2);
    km::advance(policy, km::Euler{.dt = 0.05}, km::Model{km::SineLaplacian{.K = 2.0}, omega}, theta, 20);
    return test::values_of(theta.view());
}

/// Whether the function returns true in a child process. A child that hangs is killed, which counts as false.
template <class Function> bool holds_in_child(const Function& function) {
    const pid_t child = fork();
    if (child == 0) {
        alarm(100);
        _exit(function() ? 0 : 1);
    }
    int status = -1;
    return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

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
