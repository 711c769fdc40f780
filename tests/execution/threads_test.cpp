// Threads runs every task once, whoever calls it, from wherever and however often.
#include <kuramoto/kuramoto.hpp>
#include <kuramoto/threads.hpp>

#include "support/child_process.hpp"
#include "support/values.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <numeric>
#include <string>
#include <thread>
#include <vector>

#include <sched.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace km = kuramoto;

#if !defined(__has_feature)
#define __has_feature(name) 0
#endif
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__) || __has_feature(thread_sanitizer) ||                \
    __has_feature(address_sanitizer)
#define IS_SANITIZED 1
#else
#define IS_SANITIZED 0
#endif

namespace {

/// Whether a call runs each of `count` tasks once.
bool runs_each_once(const km::Threads& policy, int count) {
    std::vector<std::atomic<int>> runs(static_cast<std::size_t>(count));
    policy.run(count, [&](int task) { ++runs[static_cast<std::size_t>(task)]; });
    bool is_once = true;
    for (const std::atomic<int>& run : runs) is_once = is_once && run == 1;
    return is_once;
}

/// Whether each of many short calls, of 1 to 8 tasks, has run all tasks when it returns.
bool survives_calls(int calls) {
    const km::Threads policy{.threads = 3};
    for (int call = 0; call < calls; ++call) {
        const int count = 1 + call % 8;
        int done[8] = {}; // not atomic: the end of a call comes after all its tasks
        policy.run(count, [&](int task) { done[task] = task + 1; });
        if (std::accumulate(done, done + 8, 0) != count * (count + 1) / 2) return false;
    }
    return true;
}

using test::holds_in_child;
using test::phases_of;

/// Calls the policy when the program ends: before the threads are ended, and afterwards.
struct CallAtTheEnd {
    ~CallAtTheEnd() {
        if (!survives_calls(100)) std::abort();
    }
};
[[gnu::init_priority(101)]] CallAtTheEnd after_the_threads;
CallAtTheEnd before_the_threads;

TEST(Threads, RunEveryTaskOnceHoweverManyThereAre) {
    for (const int threads : {0, 1, 2, 3, 7})
        for (const int count : {0, 1, 2, 5, 64, 1024, 1025, 5000})
            for (int repeat = 0; repeat < 20; ++repeat)
                ASSERT_TRUE(runs_each_once({.threads = threads}, count)) << count << " tasks, " << threads;
}

TEST(Threads, RunOnNoMoreThreadsThanAsked) {
    ASSERT_TRUE(runs_each_once({.threads = 8}, 64)); // starts them
    for (int repeat = 0; repeat < 200; ++repeat) {
        std::atomic<int> at_once = 0, most = 0;
        km::Threads{.threads = 2}.run(16, [&](int) {
            const int now = ++at_once;
            for (int seen = most; seen < now && !most.compare_exchange_weak(seen, now);) {
            }
            std::this_thread::yield();
            --at_once;
        });
        ASSERT_LE(most, 2);
    }
    const auto here = std::this_thread::get_id();
    km::Threads{.threads = 1}.run(16, [&](int) { EXPECT_EQ(std::this_thread::get_id(), here); });
}

TEST(Threads, RunTasksAtTheSameTime) {
    std::atomic<int> begun = 0;
    km::Threads{.threads = 3}.run(3, [&](int) {
        ++begun;
        while (begun < 3) std::this_thread::yield();
    });
    EXPECT_EQ(begun, 3);
}

TEST(Threads, RunWithinTasks) {
    std::atomic<int> runs = 0;
    const km::Threads policy{.threads = 3};
    for (int repeat = 0; repeat < 500; ++repeat)
        policy.run(4, [&](int) { policy.run(5, [&](int) { policy.run(2, [&](int) { ++runs; }); }); });
    EXPECT_EQ(runs, 500 * 4 * 5 * 2);
}

TEST(Threads, RunShortCallsOfSeveralThreads) {
    std::atomic<int> right = 0;
    {
        std::vector<std::jthread> callers;
        for (int k = 0; k < 4; ++k) callers.emplace_back([&] { right += survives_calls(25000); });
    }
    EXPECT_EQ(right, 4);
}

#if defined(_OPENMP)
TEST(Threads, RunWithinParallelRegionsOfOpenMP) {
    std::atomic<int> right = 0;
#pragma omp parallel for num_threads(4)
    for (int k = 0; k < 4; ++k) right += survives_calls(2000);
    EXPECT_EQ(right, 4);
}
#endif

TEST(Threads, GiveTheBitsOfOneThread) {
    const auto expected = phases_of(km::Fused{});
    for (const int threads : {1, 2, 3, 5})
        EXPECT_EQ(phases_of(km::Threads{.threads = threads, .min_cells_per_thread = 1}), expected) << threads;
}

#if !IS_SANITIZED // the thread sanitizer allows no new threads in a child
TEST(Threads, RunInChildren) {
    const km::Threads policy{.threads = 3, .min_cells_per_thread = 1};
    const auto expected = phases_of(policy);
    for (int repeat = 0; repeat < 10; ++repeat) {
        EXPECT_TRUE(holds_in_child([&] { return phases_of(policy) == expected && survives_calls(100); }));
        EXPECT_TRUE(holds_in_child([&] { return holds_in_child([&] { return phases_of(policy) == expected; }); }));
        EXPECT_EQ(phases_of(policy), expected); // the parent goes on
    }
    EXPECT_FALSE(holds_in_child([] { return false; }));
}

TEST(Threads, RunInChildrenOfAProcessThatIsInACall) {
    std::atomic<bool> is_over = false;
    std::atomic<bool> is_right = true;
    std::jthread other([&] {
        while (!is_over)
            if (!survives_calls(100)) is_right = false;
    });
    for (int repeat = 0; repeat < 50; ++repeat) EXPECT_TRUE(holds_in_child([] { return survives_calls(100); }));
    is_over = true;
    other.join();
    EXPECT_TRUE(is_right);
}

TEST(Threads, RunWhereNoThreadCanBeStarted) {
    EXPECT_TRUE(holds_in_child([] {
        const rlimit none{.rlim_cur = 0, .rlim_max = 0}; // no memory for a stack
        if (setrlimit(RLIMIT_AS, &none) != 0) return false;
        return survives_calls(100);
    }));
}
#endif

TEST(Threads, AreAsManyAsTheProcessorsOfTheAffinityMask) {
    EXPECT_EQ(km::Threads{.threads = 5}.concurrency(), 5);
    EXPECT_GE(km::Threads{}.concurrency(), 1);
    int found = 0;
    std::jthread([&] {
        cpu_set_t one;
        CPU_ZERO(&one);
        CPU_SET(static_cast<std::size_t>(sched_getcpu()), &one);
        if (sched_setaffinity(0, sizeof one, &one) == 0) found = km::Threads{}.concurrency();
    }).join();
    EXPECT_EQ(found, 1);
}

/// A folder with the files of control groups as Linux has them, for processors_of_cgroups.
class Cgroups : public testing::Test {
  protected:
    Cgroups() : root_(testing::TempDir() + "kuramoto_cgroups_" + std::to_string(getpid())) {}
    ~Cgroups() override { std::filesystem::remove_all(root_); }

    void write(const std::string& path, const std::string& text) {
        const std::filesystem::path file = root_ + path;
        std::filesystem::create_directories(file.parent_path());
        std::ofstream(file) << text;
    }
    int processors() { return km::detail::processors_of_cgroups(root_); }

  private:
    std::string root_;
};

TEST_F(Cgroups, ThatAreNotThereGrantAll) { EXPECT_EQ(processors(), 0); }

TEST_F(Cgroups, OfVersion2GrantTheLeastOfTheirParents) {
    write("/proc/self/cgroup", "0::/a/b\n");
    EXPECT_EQ(processors(), 0);
    write("/sys/fs/cgroup/a/b/cpu.max", "max 100000\n");
    EXPECT_EQ(processors(), 0);
    write("/sys/fs/cgroup/a/b/cpu.max", "400000 100000\n");
    EXPECT_EQ(processors(), 4);
    write("/sys/fs/cgroup/a/cpu.max", "150000 100000\n"); // rounded up
    EXPECT_EQ(processors(), 2);
    write("/sys/fs/cgroup/cpu.max", "10 100000\n"); // that of a container
    EXPECT_EQ(processors(), 1);
}

TEST_F(Cgroups, OfVersion1GrantTheirQuota) {
    write("/proc/self/cgroup", "9:cpuset:/x\n5:cpu,cpuacct:/a\n1:name=systemd:/a\n0::/\n");
    write("/sys/fs/cgroup/cpu/a/cpu.cfs_quota_us", "-1\n");
    write("/sys/fs/cgroup/cpu/a/cpu.cfs_period_us", "100000\n");
    EXPECT_EQ(processors(), 0);
    write("/sys/fs/cgroup/cpu/a/cpu.cfs_quota_us", "250000\n");
    EXPECT_EQ(processors(), 3);
}

TEST_F(Cgroups, ThatMakeNoSenseGrantAll) {
    for (const char* const text : {"", "\n", "0\n", "0::", "::::", "0::/../..\n", "0::no/slash\n"}) {
        write("/proc/self/cgroup", text);
        EXPECT_EQ(processors(), 0) << text;
    }
    write("/proc/self/cgroup", "0::/\n");
    for (const char* const text : {"", "x y", "5", "5 0", "0 5", "-5 5", "5 -5"}) {
        write("/sys/fs/cgroup/cpu.max", text);
        EXPECT_EQ(processors(), 0) << text;
    }
}

} // namespace
