// test::AnyPolicy stands for the policy that it is made of: tests that compare policies rely on it.
#include <kuramoto/openmp.hpp>

#include "support/policies.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <thread>
#include <type_traits>
#include <vector>

namespace km = kuramoto;

TEST(AnyPolicy, HasTheMembersOfThePolicy) {
    const test::AnyPolicy fused = km::Fused{.depth = 3, .isa = km::Isa::baseline};
    EXPECT_EQ(fused.depth, 3);
    EXPECT_EQ(fused.isa, km::Isa::baseline);
    EXPECT_EQ(fused.min_cells_per_thread, 1);
    EXPECT_EQ(fused.concurrency(), 1);
    const test::AnyPolicy threads =
        km::OpenMP{.threads = 5, .depth = 2, .isa = km::Isa::avx2, .min_cells_per_thread = 7};
    EXPECT_EQ(threads.depth, 2);
    EXPECT_EQ(threads.isa, km::Isa::avx2);
    EXPECT_EQ(threads.min_cells_per_thread, 7);
    EXPECT_EQ(threads.concurrency(), 5);
    const test::AnyPolicy pool = test::Pool{.workers = 4, .depth = 9};
    EXPECT_EQ(pool.depth, 9);
    EXPECT_EQ(pool.concurrency(), 4);
}

TEST(AnyPolicy, RunsTheTasksAsThePolicyDoes) {
    std::vector<int> order;
    const auto note = [&](int task) { order.push_back(task); };
    test::AnyPolicy(test::Pool{}).run(3, note);
    EXPECT_EQ(order, (std::vector<int>{2, 1, 0}));
    order.clear();
    test::AnyPolicy(km::Fused{}).run(3, note);
    EXPECT_EQ(order, (std::vector<int>{0, 1, 2}));
    const auto here = std::this_thread::get_id();
    std::atomic<int> elsewhere = 0;
    const auto look = [&](int) { elsewhere += std::this_thread::get_id() != here; };
    test::AnyPolicy(km::OpenMP{.threads = 1}).run(4, look);
    EXPECT_EQ(elsewhere, 0);
#if defined(_OPENMP)
    test::AnyPolicy(km::OpenMP{.threads = 2}).run(4, look);
    EXPECT_EQ(elsewhere, 2);
#endif
}

namespace {

struct Refusing {
    template <class Task> void run(int, const Task&) const { throw std::runtime_error("no thread"); }
    [[nodiscard]] int concurrency() const noexcept { return 2; }
};

} // namespace

TEST(AnyPolicy, PassesAnExceptionOn) {
    EXPECT_THROW(test::AnyPolicy(Refusing{}).run(2, [](int) {}), std::runtime_error);
}

TEST(AnyPolicy, IsNotMadeOfArrayPasses) {
    static_assert(std::is_same_v<decltype(test::erased(km::Serial{})), km::Serial>);
    static_assert(std::is_same_v<decltype(test::erased(km::OpenMP{})), test::AnyPolicy>);
    static_assert(!std::is_convertible_v<km::Serial, test::AnyPolicy>);
}
