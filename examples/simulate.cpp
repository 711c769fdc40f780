// kuramoto-simulate: a lattice of oscillators from the command line, with pictures, videos, plots, records of what it
// does, and checkpoints. simulate/options.hpp has the options, simulate/run.hpp what they come to, simulate/solver.hpp
// how run-time choices become types, simulate/loop.hpp the run, and simulate/watch.hpp what is seen of it.
#include "simulate/interrupt.hpp"
#include "simulate/loop.hpp"
#include "simulate/options.hpp"
#include "simulate/profile.hpp"
#include "simulate/resume.hpp"
#include "simulate/run.hpp"
#include "simulate/solver.hpp"
#include "simulate/watch.hpp"

#include <csignal>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <new>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace simulate {

void print_summary(const Options& options, const Run& run, std::int64_t step, double seconds, double r) {
    const std::int64_t first = run.parameters.step;
    const double cell_steps = run.cells() * static_cast<double>(step - first);
    std::printf("grid          %td x %td cells, %s\n", run.rows, run.cols, run.is_float32 ? "float32" : "float64");
    if (!options.resume_file.empty()) std::printf("resumed       at step %lld\n", static_cast<long long>(first));
    std::printf("steps         %lld of dt = %s\n", static_cast<long long>(step), text(run.parameters.dt).c_str());
    std::printf("time          %.12g\n", run.time_of(step));
    std::printf("seconds       %.6g (%s)\n", seconds, options.policy.c_str());
    std::printf("cell-steps/s  %.4g\n", seconds > 0 ? cell_steps / seconds : 0.0);
    std::printf("r             %.9f\n", r);
}

/// Says where a run has stopped, and how it goes on.
void print_stop(const Options& options, const Run& run, std::int64_t step, const std::vector<std::string>& words) {
    std::fprintf(stderr, "kuramoto-simulate: stopped at step %lld of %lld", static_cast<long long>(step),
                 static_cast<long long>(run.last_step));
    if (options.checkpoint_file.empty())
        std::fprintf(stderr, "; --checkpoint FILE would have let it go on\n");
    else
        std::fprintf(stderr, "; to go on:\n%s\n", resume_command(words, options, step).c_str());
}

/// The whole run in one precision; all that can be wrong with the options is found before the first step. Returns the
/// exit code.
template <class T, class Policy>
int simulate(const Policy& policy, const Options& options, const Run& run, const std::vector<std::string>& words) {
    const std::string ffmpeg = options.video_file.empty() ? "" : program_named("ffmpeg");
    const FrameTimes times = frame_times(options, run.last_step);
    check_outputs(options, run, times, ffmpeg);
    State<T> state = state_of<T>(policy, options, run);
    const Solver<T> solver = solver_of(policy, run, state);
    Profile profile;
    watch_for_signals();
    const auto start = Clock::now();
    Watcher<T> watcher(options, run, state, solver, times, ffmpeg, profile);
    const std::int64_t step = run_to_the_end(options, run, state, solver, watcher, profile);
    const double wall = seconds_since(start);
    const bool is_stopped = step < run.last_step;
    if (is_stopped) print_stop(options, run, step, words);
    if (!options.quiet) print_summary(options, run, step, profile.kernel, solver.order().r);
    if (options.profile) {
        const double arrays = run.has_omega_field ? 3 : 2; // θ is read and written, ω is read
        const double bytes = arrays * sizeof(T) * run.cells() * static_cast<double>(step - run.parameters.step);
        print_profile(profile, wall, bytes, solver.bandwidth());
    }
    if (std::fflush(stdout) != 0) throw std::runtime_error("cannot write the summary to the standard output");
    return is_stopped ? 128 + stop_signal : 0;
}

template <class T> int simulate(const Options& options, const Run& run, const std::vector<std::string>& words) {
    check_precision<T>(run);
    int code = 0;
    with_policy(options, [&](const auto& policy) { code = simulate<T>(policy, options, run, words); });
    return code;
}

/// Everything the command line asks for.
int run_program(int argc, char** argv) {
    const std::optional<Options> options = parse_options(argc, argv);
    if (!options) return 0;
    const Run run = resolve(*options);
    check_stable(*options, run);
    const std::vector<std::string> words(argv, argv + argc);
    return run.is_float32 ? simulate<float>(*options, run, words) : simulate<double>(*options, run, words);
}

/// One line on stderr, whatever the text contains.
int report(std::string message, int status) {
    for (char& c : message)
        if (static_cast<unsigned char>(c) < ' ' || c == '\x7f') c = '?';
    std::fprintf(stderr, "kuramoto-simulate: %s\n", message.c_str());
    return status;
}

} // namespace simulate

int main(int argc, char** argv) {
    try {
        return simulate::run_program(argc, argv);
    } catch (const simulate::BadOption& error) {
        return simulate::report(error.what(), 2);
    } catch (const std::bad_alloc&) {
        return simulate::report("there is not enough memory", 1);
    } catch (const std::exception& error) {
        return simulate::report(error.what(), 1);
    }
}
