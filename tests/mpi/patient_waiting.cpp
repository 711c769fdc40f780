// Loaded before MPICH: lets a process that waits for a message sleep, so that others have the processor. For tests with
// more processes than processors.
#include <ctime>
#include <dlfcn.h>

// UCX's: how many messages have come.
extern "C" unsigned ucp_worker_progress(void* worker) {
    using Progress = unsigned (*)(void*);
    static const auto progress = reinterpret_cast<Progress>(dlsym(RTLD_NEXT, "ucp_worker_progress"));
    static int idle = 0;
    const unsigned events = progress(worker);
    if (events != 0) {
        idle = 0;
    } else if (++idle > 20) {
        const timespec pause{0, 20'000};
        nanosleep(&pause, nullptr);
    }
    return events;
}
