// Policies for tests: one of a user's own, in the manner of a thread pool, and one type that stands for many.
#pragma once

#include <kuramoto/execution/policy.hpp>
#include <kuramoto/runtime/any_policy.hpp>

#include <atomic>
#include <thread>
#include <vector>

namespace test {

namespace km = kuramoto;

/// A pool of threads: tasks from the last to the first, on one thread or several.
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

/// A test that runs under several policies compiles the library once for all of them. every_algorithm_test, bits_test
/// and openmp_test use the policies themselves.
using km::AnyPolicy;

/// A policy of array passes as it is, any other as AnyPolicy.
template <class P> auto erased(const P& policy) {
    if constexpr (requires { P::array_passes; })
        return policy;
    else
        return AnyPolicy(policy);
}

/// The instruction sets that this processor has.
inline std::vector<km::Isa> supported_isas() {
    std::vector<km::Isa> found;
    for (const km::Isa isa : {km::Isa::baseline, km::Isa::avx2, km::Isa::avx512})
        if (km::is_supported(isa)) found.push_back(isa);
    return found;
}

} // namespace test
