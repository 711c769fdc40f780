// The queue of parts: every part once, whoever takes them; a task's own share first, and then what others have left.

#include <kuramoto/detail/parallel/part_queue.hpp>
#include <kuramoto/detail/parallel/workers.hpp>
#include <kuramoto/kuramoto.hpp>
#include <kuramoto/openmp.hpp>
#include <kuramoto/threads.hpp>

#include "support/policies.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <cstddef>
#include <thread>
#include <vector>

namespace km = kuramoto;
using km::detail::PartQueue;
using km::detail::Piece;

namespace {

/// How often each part was taken.
class Counts {
  public:
    explicit Counts(std::ptrdiff_t parts) : counts_(static_cast<std::size_t>(parts)) {}

    void add(const Piece& piece) { add(piece.begin, piece.end); }
    void add(std::ptrdiff_t begin, std::ptrdiff_t end) {
        for (std::ptrdiff_t part = begin; part < end; ++part) ++counts_.at(static_cast<std::size_t>(part));
    }
    [[nodiscard]] bool are_all_one() const {
        for (const std::atomic<int>& count : counts_)
            if (count != 1) return false;
        return true;
    }

  private:
    std::vector<std::atomic<int>> counts_;
};

constexpr int most_tasks = 7;
const std::vector<std::ptrdiff_t> numbers_of_parts{1, 2, 6, 7, 8, 111, 112, 113, 1000, 4321};

} // namespace

TEST(PartQueue, GivesOneTaskAllParts) {
    for (const std::ptrdiff_t parts : numbers_of_parts)
        for (int tasks = 1; tasks <= most_tasks; ++tasks)
            for (int task = 0; task < tasks; ++task) {
                PartQueue queue(tasks, parts);
                Counts counts(parts);
                for (Piece piece = queue.next(task); !piece.is_empty(); piece = queue.next(task)) counts.add(piece);
                EXPECT_TRUE(counts.are_all_one()) << parts << " parts, task " << task << " of " << tasks;
                EXPECT_TRUE(queue.next(task).is_empty());
            }
}

TEST(PartQueue, GivesATaskItsOwnShareFirst) {
    const std::ptrdiff_t parts = 113;
    const int tasks = 3;
    for (int task = 0; task < tasks; ++task) {
        PartQueue queue(tasks, parts);
        const std::ptrdiff_t end = km::detail::share_begin(task + 1, tasks, parts);
        std::ptrdiff_t expected = km::detail::share_begin(task, tasks, parts);
        while (expected < end) {
            const Piece piece = queue.next(task);
            ASSERT_EQ(piece.begin, expected) << "task " << task;
            ASSERT_GT(piece.end, piece.begin);
            ASSERT_LE(piece.end, end);
            expected = piece.end;
        }
        const Piece of_another = queue.next(task);
        EXPECT_EQ(of_another.begin, km::detail::share_begin((task + 1) % tasks, tasks, parts)) << "task " << task;
    }
}

// A task that is held up keeps one piece, a sixteenth of its share, and the others get the rest.
TEST(PartQueue, LeavesATaskThatIsHeldUpItsPieceOnly) {
    const std::ptrdiff_t parts = 3200;
    PartQueue queue(2, parts);
    Counts counts(parts);
    const Piece held = queue.next(0);
    EXPECT_EQ(held.end - held.begin, 100);
    for (Piece piece = queue.next(1); !piece.is_empty(); piece = queue.next(1)) counts.add(piece);
    EXPECT_FALSE(counts.are_all_one());
    counts.add(held);
    EXPECT_TRUE(counts.are_all_one());
}

TEST(PartQueue, GivesThreadsEveryPartOnce) {
    const std::ptrdiff_t parts = 4321;
    for (int round = 0; round < 50; ++round) {
        PartQueue queue(4, parts);
        Counts counts(parts);
        std::atomic<int> absent = 4; // all begin at once
        std::vector<std::thread> threads;
        for (int task = 0; task < 4; ++task)
            threads.emplace_back([&, task] {
                for (--absent; absent != 0;) std::this_thread::yield();
                for (Piece piece = queue.next(task); !piece.is_empty(); piece = queue.next(task)) counts.add(piece);
            });
        for (std::thread& thread : threads) thread.join();
        ASSERT_TRUE(counts.are_all_one()) << "round " << round;
    }
}

TEST(Pieces, AreAllPartsUnderEveryPolicy) {
    const std::vector<km::AnyPolicy> policies{km::Fused{}, km::OpenMP{.threads = 3}, km::Threads{.threads = 3},
                                              test::Pool{.workers = 3, .on_threads = true}, test::Pool{.workers = 3}};
    for (const km::AnyPolicy& policy : policies)
        for (const std::ptrdiff_t parts : {std::ptrdiff_t{0}, std::ptrdiff_t{2}, std::ptrdiff_t{1000}})
            for (const int tasks : {1, 2, 3}) {
                if (tasks > policy.concurrency()) continue;
                Counts counts(parts);
                km::detail::for_pieces(policy, tasks, parts,
                                       [&](int task, std::ptrdiff_t begin, std::ptrdiff_t end) noexcept {
                                           EXPECT_LT(task, tasks);
                                           counts.add(begin, end);
                                       });
                EXPECT_TRUE(counts.are_all_one()) << parts << " parts, " << tasks << " tasks";
            }
}
