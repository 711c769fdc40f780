// On which processor a thread runs, and how it gets to another. The scheduler of Linux leaves a thread for milliseconds
// behind another program's on one processor, while another processor is idle.
//
// Where the system has no such calls, nothing moves.
#pragma once

#include <kuramoto/detail/build/config.hpp>
#include <kuramoto/detail/parallel/pause.hpp>

#include <cstddef>
#include <thread>

#if defined(__linux__) && !defined(__ANDROID__)
#define KURAMOTO_CAN_MOVE_THREADS 1
#include <pthread.h>
#include <sched.h>
#include <time.h>
#else
#define KURAMOTO_CAN_MOVE_THREADS 0
#endif

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

#if KURAMOTO_CAN_MOVE_THREADS

/// The processor on which this thread runs; −1: unknown.
inline int this_processor() noexcept { return sched_getcpu(); }

/// Moves this thread to another processor, if it is on this one and may run on another. Its affinity mask changes for a
/// moment.
inline void leave_processor(int processor) noexcept {
    if (processor < 0 || processor >= CPU_SETSIZE || sched_getcpu() != processor) return;
    cpu_set_t allowed;
    if (sched_getaffinity(0, sizeof allowed, &allowed) != 0) return;
    cpu_set_t others = allowed;
    CPU_CLR(static_cast<std::size_t>(processor), &others);
    if (sched_setaffinity(0, sizeof others, &others) == 0) sched_setaffinity(0, sizeof allowed, &allowed);
}

/// Whether a thread gets no processor, or sleeps. Takes some microseconds.
inline bool is_held_up(std::thread::native_handle_type thread) noexcept {
    clockid_t clock = {};
    timespec before = {};
    timespec after = {};
    if (pthread_getcpuclockid(thread, &clock) != 0 || clock_gettime(clock, &before) != 0) return false;
    for (int k = 0; k < longest_spin / 4; ++k) pause_processor();
    return clock_gettime(clock, &after) == 0 && after.tv_sec == before.tv_sec && after.tv_nsec == before.tv_nsec;
}

/// Moves a thread to the processor of this one, if it may run there. Its affinity mask changes for a moment.
inline void bring_here(std::thread::native_handle_type thread) noexcept {
    const int processor = sched_getcpu();
    cpu_set_t allowed;
    if (processor < 0 || processor >= CPU_SETSIZE) return;
    if (pthread_getaffinity_np(thread, sizeof allowed, &allowed) != 0 ||
        !CPU_ISSET(static_cast<std::size_t>(processor), &allowed))
        return;
    cpu_set_t here;
    CPU_ZERO(&here);
    CPU_SET(static_cast<std::size_t>(processor), &here);
    if (pthread_setaffinity_np(thread, sizeof here, &here) == 0)
        pthread_setaffinity_np(thread, sizeof allowed, &allowed);
}

#else

inline int this_processor() noexcept { return -1; }
inline void leave_processor(int) noexcept {}
inline bool is_held_up(std::thread::native_handle_type) noexcept { return false; }
inline void bring_here(std::thread::native_handle_type) noexcept {}

#endif

} // namespace detail
KURAMOTO_END_NAMESPACE

#undef KURAMOTO_CAN_MOVE_THREADS
