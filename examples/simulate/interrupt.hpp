// Ctrl-C and the signal to terminate: the first asks the run to stop after the step, the second ends the program.
#pragma once

#include <csignal>
#include <initializer_list>

namespace simulate {

inline volatile std::sig_atomic_t stop_signal = 0; // the signal that came, or 0

/// Also makes a pipe without reader and a file beyond its limit errors of the call that writes.
inline void watch_for_signals() {
    for (const int signal : {SIGINT, SIGTERM}) {
        struct sigaction action {};
        if (::sigaction(signal, nullptr, &action) != 0 || action.sa_handler == SIG_IGN) continue; // as with nohup
        action = {};
        action.sa_handler = [](int received) { stop_signal = received; };
        action.sa_flags = static_cast<int>(SA_RESETHAND | SA_RESTART);
        ::sigaction(signal, &action, nullptr);
    }
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN);
}

} // namespace simulate
