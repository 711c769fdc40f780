// Where the time goes: the steps, looking at them, writing what was seen.
#pragma once

#include "progress.hpp"

#include <kuramoto/grid/field.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdio>

namespace simulate {

/// Seconds of a run, by what they were spent on.
struct Profile {
    double kernel = 0;    ///< advancing the phases
    double observers = 0; ///< order parameter, frequencies
    double output = 0;    ///< pictures, video, plot, record, checkpoints, the final state

    /// Calls `work` and adds the time it takes.
    template <class Work> static auto timed(double& seconds, const Work& work) {
        struct Timer {
            double& seconds;
            Clock::time_point start = Clock::now();
            ~Timer() { seconds += seconds_since(start); }
        };
        const Timer timer{seconds};
        return work();
    }
};

/// Bytes a second that the workers of `policy` move between memory and themselves: the fastest of a few rounds of
/// a = b + s c over arrays far beyond the caches. (A write also reads what it replaces; that is not counted, as is
/// usual.)
template <class Policy> double memory_bandwidth(const Policy& policy) {
    constexpr std::ptrdiff_t cells = std::ptrdiff_t{1} << 23; // 64 MiB an array
    kuramoto::Field<double> a(1, cells), b(1, cells), c(1, cells);
    const int workers = std::max(policy.concurrency(), 1);
    const auto each = [&](const auto& work) {
        const auto share = [&](int task) { return cells * task / workers; };
        policy.run(workers, [&](int task) noexcept {
            for (std::ptrdiff_t k = share(task); k < share(task + 1); ++k) work(k);
        });
    };
    each([&](std::ptrdiff_t k) { a.data()[k] = b.data()[k] = c.data()[k] = 1; });
    double fastest = HUGE_VAL;
    for (int round = 0; round < 5; ++round) {
        const auto start = Clock::now();
        each([&](std::ptrdiff_t k) { a.data()[k] = b.data()[k] + round * c.data()[k]; });
        fastest = std::min(fastest, seconds_since(start));
    }
    return 3 * sizeof(double) * static_cast<double>(cells) / fastest;
}

/// `bytes`: moved if every step passed once over the arrays. `bandwidth`: of the machine, in bytes a second.
inline void print_profile(std::FILE* to, const Profile& profile, double wall, double bytes, double bandwidth) {
    const auto line = [&](const char* name, double seconds) {
        std::fprintf(to, "%-13s %.4g s, %.1f %%\n", name, seconds, wall > 0 ? 100 * seconds / wall : 0.0);
    };
    line("kernel", profile.kernel);
    line("observers", profile.observers);
    line("output", profile.output);
    line("other", std::max(0.0, wall - profile.kernel - profile.observers - profile.output));
    if (!(profile.kernel > 0)) return;
    const double rate = bytes / profile.kernel;
    std::fprintf(
        to,
        "memory        %.3g GB/s if every step passed once over the arrays: %.0f %% of the %.3g GB/s that this "
        "machine moves\n",
        rate / 1e9, 100 * rate / bandwidth, bandwidth / 1e9);
}

} // namespace simulate
