// The run: steps in pieces, and between them what is looked at, saved and said.
#pragma once

#include "interrupt.hpp"
#include "output.hpp"
#include "pace.hpp"
#include "progress.hpp"
#include "save.hpp"
#include "saved_run.hpp"
#include "watch.hpp"

#include <algorithm>
#include <cstdint>
#include <exception>
#include <limits>
#include <optional>

#include <unistd.h>

namespace simulate {

/// When checkpoints are written, and writing them.
template <class T> class Checkpoints {
  public:
    Checkpoints(const Options& options, const Run& run, const FrameTimes& times, const State<T>& state,
                Profile& profile)
        : options_(options), run_(run), profile_(profile), checkpoint_(new_checkpoint(run.cut)) {
        Run saved = run;
        saved.recorded = options.record_file.empty() ? std::nullopt : std::optional(times);
        set_records(checkpoint_, saved);
        set_fields(checkpoint_, saved, state);
    }

    /// The next step that asks for one.
    [[nodiscard]] std::int64_t next_step(std::int64_t step) const {
        constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();
        if (options_.checkpoint_file.empty() || !options_.checkpoint_steps) return never;
        const std::int64_t every = *options_.checkpoint_steps;
        return step > never - every ? never : step + every - step % every;
    }
    [[nodiscard]] bool is_due(std::int64_t step) const {
        if (options_.checkpoint_file.empty() || step == run_.step) return false;
        if (options_.checkpoint_steps) return step % *options_.checkpoint_steps == 0;
        return first_says([&] { return seconds_since(last_) >= options_.checkpoint_seconds.value_or(60); });
    }

    /// Saves the state after `step` steps, if --checkpoint is given and this step was not tried before. A failed
    /// attempt is not repeated: its message names the file if one is kept.
    void save(std::int64_t step) {
        if (options_.checkpoint_file.empty() || step == tried_) return;
        tried_ = step;
        checkpoint_.set("step", step);
        Profile::timed(profile_.output, [&] { write_saved(options_.checkpoint_file, checkpoint_); });
        last_ = Clock::now();
    }

  private:
    const Options& options_;
    const Run& run_;
    Profile& profile_;
    Checkpoint checkpoint_;   // views the state
    std::int64_t tried_ = -1; // the last step that `save` tried
    Clock::time_point last_ = Clock::now();
};

/// Whether the table goes to a terminal. There, lines of progress would mix with its rows.
inline bool has_table_on_terminal(const Options& options) {
    const auto descriptor = descriptor_named(options.observe_file);
    return descriptor && ::isatty(*descriptor) != 0;
}

/// Runs until the last step or a signal, and writes every output in both cases. Returns the step that was reached. If
/// an output cannot be written, the run stops, the other outputs are written, and the errors are thrown.
template <class T>
std::int64_t run_to_the_end(const Options& options, const Run& run, const State<T>& state, const Dynamics<T>& dynamics,
                            const Looks<T>& looks, Watcher<T>& watcher, Profile& profile) {
    Progress progress(!is_first() || options.quiet || has_table_on_terminal(options), run.step, run.last_step,
                      run.cells());
    Checkpoints<T> checkpoints(options, run, watcher.times(), state, profile);
    Pace pace(run.cells());
    std::int64_t step = run.step;
    const auto go = [&] {
        watcher.make_up();
        while (true) {
            if (step == watcher.next_step()) watcher.look(step);
            if (checkpoints.is_due(step)) checkpoints.save(step);
            if (step == run.last_step || received_signal() != 0) return;
            const std::int64_t end = std::min({run.last_step, watcher.next_step(), checkpoints.next_step(step)});
            const std::int64_t steps = std::min(end - step, pace.steps());
            const auto start = Clock::now();
            dynamics.advance(steps, step);
            const double seconds = seconds_since(start);
            profile.kernel += seconds;
            pace.took(first_says([&] { return seconds; }), steps);
            step += steps;
            if (first_says([&] { return progress.is_due(); }))
                progress.show(step, [&] {
                    return order_text(Profile::timed(profile.observers, [&] { return looks.order(); }).r);
                });
        }
    };
    Errors error;
    error.attempt(go);
    progress.clear();
    error.attempt([&] { checkpoints.save(step); });
    error.attempt([&] { Profile::timed(profile.output, [&] { watcher.finish(); }); });
    if (!options.save_file.empty())
        error.attempt([&] { Profile::timed(profile.output, [&] { write_phases(options.save_file, state.theta); }); });
    if (!options.save_velocity_file.empty())
        error.attempt(
            [&] { Profile::timed(profile.output, [&] { write_phases(options.save_velocity_file, state.velocity); }); });
    if (!options.picture_file.empty())
        error.attempt([&] { Profile::timed(profile.output, [&] { watcher.write_final_picture(step); }); });
    error.rethrow();
    return step;
}

} // namespace simulate
