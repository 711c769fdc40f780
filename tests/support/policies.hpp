// A policy of a user's own, in the manner of a thread pool: tasks from the last to the first, on one thread or several.
#pragma once

#include <kuramoto/execution/policy.hpp>

#include <atomic>
#include <thread>
#include <vector>

namespace test {

namespace km = kuramoto;

struct Pool {
    int workers = 1; ///< what concurrency() says
    int depth = 0;   ///< as in km::Fused
    km::Isa isa = km::Isa::automatic;
    bool on_threads = false; ///< run `workers` threads; otherwise the calling thread does everything

    template <class Task> void run(int count, const Task& task) const {
        if (!on_threads) {
            for (int i = count - 1; i >= 0; --i) task(i);
            return;
        }
        std::atomic<int> left{count};
        const auto work = [&] {
            for (int i = --left; i >= 0; i = --left) task(i);
        };
        std::vector<std::thread> others;
        for (int k = 1; k < workers && k < count; ++k) others.emplace_back(work);
        work();
        for (std::thread& other : others) other.join();
    }

    [[nodiscard]] int concurrency() const noexcept { return workers; }
};

static_assert(km::ExecutionPolicy<Pool>);

/// The instruction sets that this processor has.
inline std::vector<km::Isa> supported_isas() {
    std::vector<km::Isa> found;
    for (const km::Isa isa : {km::Isa::baseline, km::Isa::avx2, km::Isa::avx512})
        if (km::is_supported(isa)) found.push_back(isa);
    return found;
}

} // namespace test
