// Signals that announce the end of the program: the run stops after the step, and everything is written.
#pragma once

#include <csignal>
#include <initializer_list>

#include <signal.h>

namespace simulate {

inline volatile std::sig_atomic_t stop_signal = 0; // the first that came, or 0

/// A signal that stops the run. People send some by hand: the second one ends the program at once. Others come more
/// than once by themselves, and must not cut short what the first one began.
struct StopSignal {
    int number;
    bool second_ends;
};

/// The signals with which a terminal, a shell, a batch system or a service manager announces the end. What they do not
/// say before they send SIGKILL cannot be known.
inline constexpr StopSignal stop_signals[] = {
    {SIGINT, true},   // Ctrl-C
    {SIGQUIT, true},  // Ctrl-Backslash
    {SIGTERM, true},  // kill, timeout, shutdown, containers, most batch systems
    {SIGHUP, false},  // the terminal or the connection is gone: from the system, and again from the shell
    {SIGXCPU, false}, // the limit of processor time (ulimit -t): again every second
    {SIGUSR1, false}, // batch systems, some time before the end, as they are asked to: Slurm, Grid Engine
    {SIGUSR2, false}, // the same: Grid Engine, LSF
    {SIGALRM, false}, // an alarm that was set before the program was started
#ifdef SIGPWR
    {SIGPWR, false}, // a failure of power; some containers
#endif
};

/// Takes those that would end the program, and lets them through where the parent has blocked them. One that is
/// ignored, as with nohup, or that belongs to a library that was loaded before, stays what it is.
inline void watch_for_signals() {
    sigset_t taken;
    ::sigemptyset(&taken);
    for (const auto& [number, second_ends] : stop_signals) {
        struct sigaction action {};
        if (::sigaction(number, nullptr, &action) != 0 || action.sa_handler != SIG_DFL) continue;
        action = {};
        action.sa_handler = [](int received) {
            if (stop_signal == 0) stop_signal = received;
        };
        action.sa_flags = SA_RESTART | (second_ends ? static_cast<int>(SA_RESETHAND) : 0);
        ::sigaction(number, &action, nullptr);
        ::sigaddset(&taken, number);
    }
    ::pthread_sigmask(SIG_UNBLOCK, &taken, nullptr);
}

/// Makes a pipe without reader and a file beyond its limit errors of the call that writes; and lets the end of a child
/// be waited for, also where the parent ignores that of its own.
inline void take_errors_from_calls() {
    for (const int number : {SIGPIPE, SIGXFSZ}) std::signal(number, SIG_IGN);
    std::signal(SIGCHLD, SIG_DFL);
}

/// The stop signals, and those that are blocked anyway. A program that we have started must not end by a signal that is
/// sent to all processes of a job: it ends when we close its input.
inline sigset_t signals_kept_from_children() {
    sigset_t signals;
    ::pthread_sigmask(SIG_SETMASK, nullptr, &signals);
    for (const auto& [number, second_ends] : stop_signals) ::sigaddset(&signals, number);
    return signals;
}

} // namespace simulate
