// Signals that announce the end of the program: the run stops after the step, and everything is written.
#pragma once

#include <csignal>

namespace simulate {

inline volatile std::sig_atomic_t stop_signal = 0; // the first signal that came, or 0

/// The signals with which the end is announced, and whether a second one ends the program at once. A terminal sends
/// SIGINT (Ctrl-C), SIGQUIT (Ctrl-\) and SIGHUP (it closes), `kill` and batch systems SIGTERM, Slurm (--signal) and
/// Grid Engine (-notify) SIGUSR1 or SIGUSR2, the kernel SIGXCPU (limit of processor time), init SIGPWR (power failure).
/// Only those of the keyboard end the program when they are repeated: SIGHUP and SIGTERM often come twice, from the
/// terminal and the shell, or from `timeout`.
struct StopSignal {
    int number;
    bool second_ends;
};
inline constexpr StopSignal stop_signals[] = {
    {SIGINT, true},   {SIGQUIT, true},  {SIGHUP, false},  {SIGTERM, false},
    {SIGUSR1, false}, {SIGUSR2, false}, {SIGXCPU, false},
#if defined(SIGPWR)
    {SIGPWR, false},
#endif
};

/// Lets each of them stop the run, also where the parent has blocked it. One that the parent ignores stays ignored, as
/// SIGHUP under nohup. Also makes a pipe without reader and a file beyond its limit errors of the call that writes.
inline void watch_for_signals() {
    sigset_t wanted;
    sigemptyset(&wanted);
    for (const StopSignal& stop : stop_signals) {
        struct sigaction action {};
        if (::sigaction(stop.number, nullptr, &action) != 0 || action.sa_handler == SIG_IGN) continue;
        action = {};
        action.sa_handler = [](int received) {
            if (stop_signal == 0) stop_signal = received;
        };
        action.sa_flags = static_cast<int>(stop.second_ends ? SA_RESETHAND | SA_RESTART : SA_RESTART);
        ::sigaction(stop.number, &action, nullptr);
        sigaddset(&wanted, stop.number);
    }
    ::sigprocmask(SIG_UNBLOCK, &wanted, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN);
}

} // namespace simulate
