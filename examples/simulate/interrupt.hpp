// Termination signals: the run stops after the current step, and every output is written.
#pragma once

#include <processes.hpp>

#include <csignal>
#include <initializer_list>

#include <signal.h>

namespace simulate {

inline volatile std::sig_atomic_t stop_signal = 0; // the first one received, or 0

/// A signal that stops the run. `second_ends`: a second one ends the program at once. That holds for signals that
/// people send by hand. The system repeats the others, and the repetition must not interrupt the writing of the
/// outputs.
struct StopSignal {
    int number;
    bool second_ends;
};

/// The signals that a terminal, a shell, a batch system or a service manager sends before it ends a program. A program
/// cannot react to SIGKILL.
inline constexpr StopSignal stop_signals[] = {
    {SIGINT, true},   // Ctrl-C
    {SIGQUIT, true},  // Ctrl-Backslash
    {SIGTERM, true},  // kill, timeout, shutdown, containers, most batch systems
    {SIGHUP, false},  // the terminal or the connection is gone: from the system, and again from the shell
    {SIGXCPU, false}, // the limit of processor time (ulimit -t): again every second
    {SIGUSR1, false}, // batch systems on request, some time before the end: Slurm, Grid Engine
    {SIGUSR2, false}, // the same: Grid Engine, LSF
    {SIGALRM, false}, // an alarm that was set before the program was started
#ifdef SIGPWR
    {SIGPWR, false}, // power failure; some containers
#endif
};

/// The signal that any process has received, or 0: the same in all.
inline int received_signal() {
    const auto received = static_cast<int>(largest_of_all(stop_signal));
    if (received != 0) stop_signal = received; // otherwise one that comes meanwhile would be lost
    return received;
}

/// Handles the stop signals, and unblocks them if the parent has blocked them. A signal that is ignored (nohup) or that
/// a loaded library handles stays as it is.
inline void watch_for_signals() {
    sigset_t taken;
    ::sigemptyset(&taken);
    for (const auto& [number, second_ends] : stop_signals) {
        struct sigaction action{};
        if (::sigaction(number, nullptr, &action) != 0 || action.sa_handler != SIG_DFL) continue;
        action = {};
        action.sa_handler = [](int received) {
            if (stop_signal == 0) stop_signal = received;
        };
        action.sa_flags = SA_RESTART | (second_ends && second_signal_ends ? static_cast<int>(SA_RESETHAND) : 0);
        ::sigaction(number, &action, nullptr);
        ::sigaddset(&taken, number);
    }
    ::pthread_sigmask(SIG_UNBLOCK, &taken, nullptr);
}

/// Ignores SIGPIPE and SIGXFSZ: writing to a pipe without a reader, or beyond the size limit of files, is then an error
/// of the call. Resets SIGCHLD, so that the program can wait for a child even if its parent ignores SIGCHLD.
inline void take_errors_from_calls() {
    for (const int number : {SIGPIPE, SIGXFSZ}) std::signal(number, SIG_IGN);
    std::signal(SIGCHLD, SIG_DFL);
}

/// The signals to block in a child: the stop signals, and those that are blocked already. A child must not end by a
/// signal that is sent to all processes of a job. It ends when its input is closed.
inline sigset_t signals_kept_from_children() {
    sigset_t signals;
    ::pthread_sigmask(SIG_SETMASK, nullptr, &signals);
    for (const auto& [number, second_ends] : stop_signals) ::sigaddset(&signals, number);
    return signals;
}

/// Blocks the stop signals for its lifetime; one that comes is delivered afterwards.
class StopSignalsBlocked {
  public:
    StopSignalsBlocked() {
        sigset_t signals;
        ::sigemptyset(&signals);
        for (const auto& [number, second_ends] : stop_signals) ::sigaddset(&signals, number);
        ::pthread_sigmask(SIG_BLOCK, &signals, &before_);
    }
    StopSignalsBlocked(const StopSignalsBlocked&) = delete;
    StopSignalsBlocked& operator=(const StopSignalsBlocked&) = delete;
    ~StopSignalsBlocked() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

  private:
    sigset_t before_;
};

} // namespace simulate
