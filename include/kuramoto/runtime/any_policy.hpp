// AnyPolicy: one type that stands for every policy of fused loops, so that an algorithm is compiled once for all.
#pragma once

#include <kuramoto/execution/policy.hpp>

#include <cstddef>
#include <functional>
#include <type_traits>

namespace kuramoto {

/// Any policy as one type: Fused, OpenMP or your own, chosen at run time.
///
/// An algorithm under AnyPolicy gives the bits that it gives under the policy itself. Serial is not among them: its
/// array passes are another algorithm.
///
/// Cost: two calls through a pointer per task. A task is a tile or a block of cells.
class AnyPolicy {
  public:
    /// Time steps per sweep: see Fused.
    int depth = 0;
    /// Instruction set of the kernels: see Fused.
    Isa isa = Isa::automatic;
    /// Fewest cells per thread: see OpenMP.
    std::ptrdiff_t min_cells_per_thread = 1;

    /// Copies the policy. Not explicit: a policy passes where this one is asked for.
    ///
    /// Throws: std::invalid_argument for a policy with a member that is out of range.
    template <ExecutionPolicy P, class = Build>
    requires(!std::is_same_v<P, AnyPolicy> && !requires { P::array_passes; })
    AnyPolicy(const P& policy)
        : run_([policy](int count, const AnyTask& task) { policy.run(count, task); }),
          concurrency_([policy] { return static_cast<int>(policy.concurrency()); }) {
        detail::check_policy(policy);
        if constexpr (requires { policy.depth; }) depth = policy.depth;
        if constexpr (requires { policy.isa; }) isa = policy.isa;
        if constexpr (requires { policy.min_cells_per_thread; }) min_cells_per_thread = policy.min_cells_per_thread;
    }

    /// Calls task(0) … task(count − 1) as the policy does.
    template <class Task> void run(int count, const Task& task) const { run_(count, std::cref(task)); }
    /// That of the policy, asked anew at each call.
    [[nodiscard]] int concurrency() const { return concurrency_(); }

  private:
    using AnyTask = std::function<void(int)>;

    std::function<void(int, const AnyTask&)> run_;
    std::function<int()> concurrency_;
};

static_assert(ExecutionPolicy<AnyPolicy>);

} // namespace kuramoto
