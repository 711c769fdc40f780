// One whole run: what is computed, watched and said. The template of float32.cpp and float64.cpp.
#pragma once

#include "checks.hpp"
#include "descriptors.hpp"
#include "dynamics.hpp"
#include "interrupt.hpp"
#include "looks.hpp"
#include "loop.hpp"
#include "options.hpp"
#include "policy.hpp"
#include "profile.hpp"
#include "read_state.hpp"
#include "resume.hpp"
#include "run_in_precision.hpp"
#include "stability.hpp"
#include "watch.hpp"

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <vector>

#include <unistd.h>

namespace simulate {

inline void print_summary(std::FILE* to, const Options& options, const Run& run, std::int64_t step, double seconds,
                          double r) {
    const std::int64_t first = run.step;
    const double cell_steps = run.cells() * static_cast<double>(step - first);
    std::fprintf(to, "grid          %td x %td cells, %s\n", run.rows, run.cols, run.is_float32 ? "float32" : "float64");
    if (!options.resume_file.empty()) std::fprintf(to, "resumed       at step %lld\n", static_cast<long long>(first));
    print_processes(to, run.cut);
    std::fprintf(to, "steps         %lld of dt = %s\n", static_cast<long long>(step), text(run.dt).c_str());
    std::fprintf(to, "time          %.12g\n", run.time_of(step));
    std::fprintf(to, "seconds       %.6g (%s)\n", seconds, options.policy.c_str());
    std::fprintf(to, "cell-steps/s  %.4g\n", seconds > 0 ? cell_steps / seconds : 0.0);
    if (std::isnan(r))
        std::fprintf(to, "r             nan\n"); // the sign of a NaN depends on the machine
    else
        std::fprintf(to, "r             %.9f\n", r);
}

/// Says where a run has stopped, and how it goes on.
inline void print_stop(const Options& options, const Run& run, std::int64_t step,
                       const std::vector<std::string>& words) {
    std::fprintf(stderr, "%s: stopped at step %lld of %lld", program_name, static_cast<long long>(step),
                 static_cast<long long>(run.last_step));
    if (options.checkpoint_file.empty())
        std::fprintf(stderr, "; --checkpoint FILE would have let it go on\n");
    else
        std::fprintf(stderr, "; to go on%s:\n%s\n", said_before_command().c_str(),
                     resume_command(words, options, step).c_str());
}

template <class T> int simulate(const Options& options, const Run& run, const std::vector<std::string>& words) {
    check_precision<T>(run);
    const std::string ffmpeg = options.video_file.empty() ? "" : program_named("ffmpeg");
    const FrameTimes times = frame_times(options, run.last_step);
    on_first([&] { check_outputs(options, ffmpeg, run, times); });
    State<T> state = state_of<T>(workers_of(options), options, run);
    const double most = stable_dt(run, state);
    check_stable(run, most);
    on_first([&] { check_spaces(options, run, times); });
    std::FILE* const said = has_output_on_stdout(options) ? stderr : stdout;
    const Dynamics<T> dynamics(options, run, state);
    const Looks<T> looks(options, run, state);
    Profile profile;
    watch_for_signals();
    if (!options.quiet)
        for (const std::string& warning : warnings_of(run, state, most))
            if (is_first()) std::fprintf(stderr, "%s: warning: %s\n", program_name, warning.c_str());
    const auto start = Clock::now();
    Watcher<T> watcher(options, run, state, dynamics, looks, times, ffmpeg, profile);
    const std::int64_t step = run_to_the_end(options, run, state, dynamics, looks, watcher, profile);
    const double wall = seconds_since(start);
    const bool is_stopped = step < run.last_step;
    if (is_stopped && is_first()) print_stop(options, run, step, words);
    const double r = options.quiet ? 0 : looks.order().r;
    if (!options.quiet && is_first()) print_summary(said, options, run, step, profile.kernel, r);
    if (options.profile) {
        double arrays = 2; // θ is read and written; the others are read
        for (const Lattice<T>* const field :
             {&state.omega, &state.east, &state.south, &state.noise, &state.mass, &state.damping})
            if (!field->empty()) ++arrays;
        if (run.has_inertia) arrays += 2;
        const double bytes = arrays * sizeof(T) * run.cells() * static_cast<double>(step - run.step);
        const double bandwidth = looks.bandwidth();
        if (is_first()) print_profile(said, profile, wall, bytes, bandwidth);
    }
    const bool is_read = !is_stopped && !was_closed[STDOUT_FILENO]; // whoever stops a run may have closed the terminal
    on_first([&] {
        if (has_lost_output(stdout) && is_read)
            throw std::runtime_error("cannot write the summary to the standard output");
    });
    return is_stopped ? 128 + received_signal() : 0;
}

} // namespace simulate
