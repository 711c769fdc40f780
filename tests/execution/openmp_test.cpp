// OpenMP runs every task once, on the threads that it is given.
#include <kuramoto/openmp.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <cstddef>
#include <thread>
#include <vector>

namespace km = kuramoto;

TEST(OpenMPThreads, RunEveryTaskOnceHoweverManyThereAre) {
    for (const int n : {0, 1, 2, 3})
        for (const int count : {0, 1, 2, 5, 64}) {
            std::vector<std::atomic<int>> runs(static_cast<std::size_t>(count));
            std::atomic<int> elsewhere = 0;
            const auto here = std::this_thread::get_id();
            km::OpenMP{.threads = n}.run(count, [&](int task) {
                ++runs[static_cast<std::size_t>(task)];
                elsewhere += std::this_thread::get_id() != here;
            });
            for (int task = 0; task < count; ++task)
                EXPECT_EQ(runs[static_cast<std::size_t>(task)], 1) << "task " << task << " of " << count;
            if (n == 1 || count < 2) {
                EXPECT_EQ(elsewhere, 0) << count << " tasks, " << n << " threads";
            }
        }
}
