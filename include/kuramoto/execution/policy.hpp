// Policies say who does the work: the concept, Serial and Fused, and how many workers pay for so many cells.
//
// A policy has two members. run(n, task) calls task(0) … task(n − 1), each once, in any order and on any threads, and
// returns when all are done; the tasks do not throw. concurrency() is an upper bound of n.
// Everything else (what a task is, how the grid is cut) is decided above; examples/custom_policy.cpp is a complete one.
#pragma once

#include <kuramoto/detail/arithmetic/environment.hpp>
#include <kuramoto/detail/build/config.hpp>
#include <kuramoto/detail/build/errors.hpp>
#include <kuramoto/detail/parallel/partition.hpp>
#include <kuramoto/detail/parallel/place.hpp>
#include <kuramoto/execution/isa.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

namespace kuramoto {

namespace detail {
/// Stands for a task where a concept asks for one.
struct AnyTask {
    void operator()(int) const noexcept {}
};
} // namespace detail

/// A policy runs the tasks of an algorithm: Serial, Fused, OpenMP, Threads, or your own.
///
/// Requires: run(count, task) calls task(0) … task(count − 1), each once, on any threads, and returns when all are
/// done. A thread that has begun a task ends it before it begins another task of the same call: a task may wait for
/// others, but only for those that have begun. concurrency() is at least 1. An algorithm calls run with at most this
/// many tasks, and with at most 1024.
///
/// Throws: `run` may throw, for example if it cannot start a thread, but only when none of its tasks is running any
/// more. The algorithm passes the exception on. Its output is then unspecified, unless the algorithm states otherwise.
template <class P>
concept ExecutionPolicy = requires(const P& policy, int count, const detail::AnyTask& task) {
    policy.run(count, task);
    { policy.concurrency() } -> std::convertible_to<int>;
};

/// Array passes on the calling thread: one pass per term, with temporaries, as in NumPy.
///
/// The baseline for loop fusion: differences, fluxes and two accumulations along each axis, one time step at a time.
/// Agrees with the other policies to rounding, not to the bit.
struct Serial {
    Isa isa = Isa::automatic; ///< instruction set of the passes

    /// Selects array passes.
    static constexpr bool array_passes = true;

    /// Calls task(0) … task(count − 1), one after the other.
    template <class Task> void run(int count, const Task& task) const {
        for (int i = 0; i < count; ++i) task(i);
    }
    /// 1: the calling thread.
    [[nodiscard]] int concurrency() const noexcept { return 1; }
};

/// Fused loops on the calling thread: one pass over the cells; `advance` also fuses time steps (temporal blocking).
struct Fused {
    int depth = 0;            ///< time steps per sweep of `advance`, at most 1024; 0: chosen from the grid
    Isa isa = Isa::automatic; ///< instruction set of the kernels

    /// Calls task(0) … task(count − 1), one after the other.
    template <class Task> void run(int count, const Task& task) const {
        for (int i = 0; i < count; ++i) task(i);
    }
    /// 1: the calling thread.
    [[nodiscard]] int concurrency() const noexcept { return 1; }
};

static_assert(ExecutionPolicy<Serial> && ExecutionPolicy<Fused>);

} // namespace kuramoto

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

template <class P>
constexpr bool works_in_array_passes = [] {
    if constexpr (requires { P::array_passes; })
        return P::array_passes;
    else
        return false;
}();

/// A member of a policy, of any integer type, cut off at `most`. Throws if it is less than `least`.
template <class Result, class Number> Result checked_count(Number value, Result least, Result most, const char* name) {
    if (std::cmp_less(value, least)) {
        const std::string bound = least == 0 ? "not be negative" : "be at least " + integer_text(least);
        invalid_argument(string_of(name) + " must " + bound + ", but is " + integer_text(value));
    }
    return std::cmp_greater(value, most) ? most : static_cast<Result>(value);
}

/// A policy that spans several processes, each of which has a part of the lattice. Besides run and concurrency, it has
/// - place(): where the cells of this process lie;
/// - sum(local): the sum over all processes of what each has summed;
/// - settle(request): the same depth of sweeps for all processes;
/// - ghosts(sweep, levels): what others have of the fields around the cells of this process. See SweepsInStep.
/// - with_next_cells(theta, present, boundary): see detail/parallel/next_cells.hpp.
template <class P>
concept SpansProcesses = ExecutionPolicy<P> && requires(const P& policy) {
    { policy.place() } -> std::same_as<Place>;
};

/// The members of a policy, with a value for every optional one. An algorithm creates it first: during its lifetime,
/// the calling thread computes in the default floating-point environment.
struct Execution {
    /// Throws std::invalid_argument for a policy with a member that is out of range.
    template <ExecutionPolicy P> explicit Execution(const P& policy) {
        // Upper bound of depth and workers: more bring no speed-up, and without a bound threads abort the process.
        constexpr int most = 1024;
        if constexpr (requires { policy.threads; })
            static_cast<void>(checked_count<int>(policy.threads, 0, most, "threads"));
        if constexpr (requires { policy.depth; }) depth = checked_count<int>(policy.depth, 0, most, "depth");
        if constexpr (requires { policy.min_cells_per_thread; })
            min_cells_per_task =
                checked_count<std::ptrdiff_t>(policy.min_cells_per_thread, 1, PTRDIFF_MAX, "min_cells_per_thread");
        if constexpr (requires { policy.isa; }) isa = policy.isa;
        isa = resolve(isa);
        concurrency = checked_count<int>(policy.concurrency(), 1, most, "concurrency()");
        if constexpr (SpansProcesses<P>) place = policy.place();
    }

    DefaultEnvironment environment;
    Isa isa = Isa::automatic;              ///< never automatic
    int depth = 0;                         ///< 0: automatic
    int concurrency = 1;                   ///< at least 1
    std::ptrdiff_t min_cells_per_task = 1; ///< fewest cells per task; at least 1
    Place place = {};                      ///< of the cells of this process in the lattice
};

/// Throws std::invalid_argument for a policy with a member that is out of range.
template <ExecutionPolicy P> void check_policy(const P& policy) { static_cast<void>(Execution(policy)); }

/// Calls task(index). Not inlined, so that the compiler moves no arithmetic out of the floating-point environment of
/// the caller.
template <class Task> KURAMOTO_NEVER_INLINE void call_task(const Task& task, int index) noexcept { task(index); }

/// Runs task(0) … task(count − 1) on the workers of a policy, each task in the default floating-point environment.
template <ExecutionPolicy P, class Task> void run_tasks(const P& policy, int count, const Task& task) {
    policy.run(count, [&](int index) noexcept {
        const DefaultEnvironment environment;
        call_task(task, index);
    });
}

/// As many workers as pay for so many cells, of those that the policy has.
inline int workers_for(std::ptrdiff_t cells, const Execution& execution) noexcept {
    return static_cast<int>(clamped(cells / execution.min_cells_per_task, 1, execution.concurrency));
}

} // namespace detail
KURAMOTO_END_NAMESPACE
