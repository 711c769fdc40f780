// OpenMP: the policy that runs tasks on OpenMP threads. Opt-in: not part of kuramoto.hpp.
#pragma once

#include <kuramoto/execution/policy.hpp>

#include <cstddef>

#if defined(_OPENMP)
#include <omp.h>
#endif

namespace kuramoto {

/// Fused loops on OpenMP threads: bit-identical to Fused for any number of threads.
///
/// Requires: -fopenmp (CMake: link kuramoto::openmp). Without it, everything runs on the calling thread.
///
/// Busy machines: waiting threads spin by default. Set OMP_WAIT_POLICY=passive, or use fewer threads.
///
/// After fork: with GCC's runtime (libgomp), this policy hangs in a child process if the parent has used OpenMP
/// threads. Use Fused in the child, or call omp_pause_resource_all(omp_pause_soft) in the parent before the fork.
/// docs/recipes.md has the details.
struct OpenMP {
    /// Number of threads; 0: as many as OpenMP would use (OMP_NUM_THREADS, or all cores). At most 1024 are used.
    int threads = 0;
    int depth = 0;            ///< time steps per sweep of `advance`, at most 1024; 0: chosen from the grid
    Isa isa = Isa::automatic; ///< instruction set of the kernels
    /// A small grid gets at most one thread per this number of cells, at least 1: starting a thread takes microseconds.
    std::ptrdiff_t min_cells_per_thread = 4096;

    /// Calls task(0) … task(count − 1), spread evenly over the threads.
    template <class Task> void run(int count, const Task& task) const {
#if defined(_OPENMP)
        const int workers = count < concurrency() ? count : concurrency();
        if (workers > 1) {
#pragma omp parallel for schedule(static) num_threads(workers)
            for (int i = 0; i < count; ++i) task(i);
            return;
        }
#endif
        for (int i = 0; i < count; ++i) task(i);
    }

    /// Number of threads.
    [[nodiscard]] int concurrency() const noexcept {
#if defined(_OPENMP)
        return threads > 0 ? threads : omp_get_max_threads();
#else
        return 1;
#endif
    }
};

static_assert(ExecutionPolicy<OpenMP>);

} // namespace kuramoto
