// Threads: the policy that runs tasks on threads of the library's own, without OpenMP. Opt-in: not part of
// kuramoto.hpp.
#pragma once

#include <kuramoto/detail/build/config.hpp>
#include <kuramoto/detail/parallel/available_processors.hpp>
#include <kuramoto/detail/parallel/thread_pool.hpp>
#include <kuramoto/execution/policy.hpp>

#include <cstddef>

namespace kuramoto {

/// Fused loops on threads that the library keeps: bit-identical to Fused for any number of threads.
///
/// Requires: the system's threads (CMake: link kuramoto::threads). It needs no OpenMP.
///
/// Busy machines: tasks are handed out one by one, so a thread that comes late delays nobody. A waiting thread sleeps
/// after some 20 microseconds. On Linux, a thread that another program holds up within a task gets the processor of the
/// waiting caller. For this, its affinity mask is changed for a moment.
///
/// Calls at the same time: one call uses the threads. A call that begins meanwhile, on another thread or within a task,
/// runs on the thread that calls.
///
/// After fork: works. The child process starts threads of its own. Do not fork within a task.
///
/// If a thread cannot be started, a call uses those that were started before: at least the calling thread.
///
/// Cost: the first call starts the threads (some 0.1 ms). They live until the program ends, or until the shared library
/// that has started them is unloaded. Each shared library has threads of its own.
struct Threads {
    /// Number of threads, the calling one included. 0: as many as processors are available. These are the processors of
    /// the affinity mask of the calling thread, but no more than the CPU quota of the cgroups, rounded up. The quota is
    /// read once. Systems other than Linux: std::thread::hardware_concurrency. At most 1024 are used.
    int threads = 0;
    int depth = 0;            ///< time steps per sweep of `advance`, at most 1024; 0: chosen from the grid
    Isa isa = Isa::automatic; ///< instruction set of the kernels
    /// A small grid gets at most one thread per this number of cells, at least 1: to wake a thread takes microseconds.
    std::ptrdiff_t min_cells_per_thread = 4096;

    /// Calls task(0) … task(count − 1). Each thread begins with its share of the tasks, and then takes what is left.
    template <class Task, class = Build> void run(int count, const Task& task) const {
        const int most = detail::ThreadPool::most;
        const int asked = concurrency();
        detail::thread_pool.run(count, asked < most ? asked : most, task);
    }

    /// Number of threads.
    KURAMOTO_PER_BUILD
    [[nodiscard]] int concurrency() const { return threads > 0 ? threads : detail::available_processors(); }
};

static_assert(ExecutionPolicy<Threads>);

} // namespace kuramoto
