// A whole sweep: its checks, its members in batches, and its table. The template of sweep_float32.cpp and
// sweep_float64.cpp.
#pragma once

#include "checks.hpp"
#include "descriptors.hpp"
#include "interrupt.hpp"
#include "pace.hpp"
#include "progress.hpp"
#include "stability.hpp"
#include "sweep_batch.hpp"
#include "sweep_in_precision.hpp"
#include "sweep_members.hpp"
#include "sweep_table.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

namespace simulate {

/// When a member is looked at. Without --every and --seconds, only the last step is in the table; the first one is
/// looked at for observables that compare two frames.
struct SweepTimes {
    FrameTimes frames;
    bool has_last_only = true;

    [[nodiscard]] bool is_in_table(std::int64_t step) const { return !has_last_only || step == frames.last_step(); }
};
inline SweepTimes sweep_times(const Options& options, std::int64_t last) {
    if (options.every || options.seconds) return {frame_times(options, last), false};
    return {FrameTimes::every(std::max<std::int64_t>(last, 1), last), true};
}

/// The members that are advanced together: their indices, in lists of bounded size.
class SweepPlan {
  public:
    /// Adds a member. Members with the same stepper, coupling and number of steps come together.
    void add(std::size_t index, const Run& run) {
        std::vector<std::size_t>& alike = alike_[run.stepper + " " + std::to_string(run.last_step) + " " +
                                                 text(run.lag) + (run.mean_field != 0 ? " mean field" : "")];
        alike.push_back(index);
        member_steps_ += static_cast<double>(run.last_step);
        cells_ = run.cells();
    }
    [[nodiscard]] std::vector<std::vector<std::size_t>> batches() const {
        std::vector<std::vector<std::size_t>> batches;
        for (const auto& [kind, alike] : alike_)
            for (std::size_t begin = 0; begin < alike.size(); begin += most_together())
                batches.emplace_back(alike.begin() + static_cast<std::ptrdiff_t>(begin),
                                     alike.begin() +
                                         static_cast<std::ptrdiff_t>(std::min(begin + most_together(), alike.size())));
        return batches;
    }
    [[nodiscard]] double cells() const { return cells_; }
    /// Time steps of all members.
    [[nodiscard]] double member_steps() const { return member_steps_; }

  private:
    /// As many members as have some ten million cells, in multiples of a group of an ensemble.
    [[nodiscard]] std::size_t most_together() const {
        const double most = 0x1p24 / std::max(cells_, 0x1p10);
        return most < 16 ? 1 : static_cast<std::size_t>(most) / 16 * 16;
    }

    std::map<std::string, std::vector<std::size_t>> alike_;
    double member_steps_ = 0;
    double cells_ = 0;
};

/// Checks all members as their runs are checked. Throws BadOption. `warnings`: what is doubtful, and in how many
/// members.
template <class T>
SweepPlan checked_plan(const SweepMembers& members, std::map<std::string, std::vector<std::size_t>>& warnings) {
    SweepPlan plan;
    for (std::size_t k = 0; k < members.size(); ++k)
        members.naming_member(k, [&] {
            const Options options = members.options_of(k);
            const Run run = resolve(options);
            check_precision<T>(run);
            static_cast<void>(sweep_times(options, run.last_step));
            const State<T> state = state_of<T>(workers_of(options), options, run);
            const double most = stable_dt(run, state);
            check_stable(run, most);
            for (const std::string& warning : warnings_of(run, state, most)) warnings[warning].push_back(k);
            plan.add(k, run);
        });
    return plan;
}

inline void print_warnings(const SweepMembers& members,
                           const std::map<std::string, std::vector<std::size_t>>& warnings) {
    for (const auto& [warning, of] : warnings) {
        const std::string others =
            of.size() == 1 ? "" : " and " + std::to_string(of.size() - 1) + (of.size() == 2 ? " other" : " others");
        std::fprintf(stderr, "%s: warning: --sweep %s%s: %s\n", program_name, members.name(of.front()).c_str(),
                     others.c_str(), warning.c_str());
    }
}

/// Advances the members of a sweep until the last step or a signal, and fills its table.
class SweepLoop {
  public:
    SweepLoop(const Options& options, const SweepPlan& plan)
        : progress_(options.quiet, 0, whole(plan.member_steps()), plan.cells()) {}

    template <class T> void run(SweepBatch<T>& batch, SweepTable& table) {
        const SweepTimes times = sweep_times(batch.options(), batch.run().last_step);
        Pace pace(batch.run().cells() * static_cast<double>(batch.count()));
        std::int64_t step = 0;
        for (std::int64_t frame = 0;;) {
            if (step == times.frames.step_of(frame)) {
                batch.look(step, times.is_in_table(step), table);
                ++frame;
            }
            if (step == batch.run().last_step || received_signal() != 0) return;
            const std::int64_t end = times.frames.step_of(frame);
            const std::int64_t steps = std::min(end - step, pace.steps());
            const auto start = Clock::now();
            batch.advance(steps, step);
            const double seconds = seconds_since(start);
            seconds_ += seconds;
            pace.took(seconds, steps);
            step += steps;
            done_ += static_cast<double>(steps) * static_cast<double>(batch.count());
            if (progress_.is_due()) progress_.show(whole(done_), [] { return std::string(); });
        }
    }
    void clear_progress() { progress_.clear(); }

    /// Seconds of advancing.
    [[nodiscard]] double seconds() const { return seconds_; }
    /// Time steps of all members.
    [[nodiscard]] double member_steps() const { return done_; }

  private:
    static std::int64_t whole(double steps) { return static_cast<std::int64_t>(std::min(steps, 0x1p62)); }

    Progress progress_;
    double seconds_ = 0;
    double done_ = 0;
};

inline void print_sweep_summary(std::FILE* to, const SweepMembers& members, const Run& run, const SweepLoop& loop,
                                const SweepTable& table) {
    const double cell_steps = run.cells() * loop.member_steps();
    std::fprintf(to, "grid          %td x %td cells, %s\n", run.rows, run.cols, run.is_float32 ? "float32" : "float64");
    std::fprintf(to, "members       %zu\n", members.size());
    std::fprintf(to, "rows          %zu\n", table.rows());
    std::fprintf(to, "steps         %.15g of all members\n", loop.member_steps());
    std::fprintf(to, "seconds       %.6g (%s)\n", loop.seconds(), members.options().policy.c_str());
    std::fprintf(to, "cell-steps/s  %.4g\n", loop.seconds() > 0 ? cell_steps / loop.seconds() : 0.0);
}

/// Throws BadOption if the table cannot be written, as far as that is known before the run.
inline void check_sweep_output(const Options& options) {
    const Output output{"--observe", options.observe_file, Output::Kind::text_stream, ""};
    check_output(output);
    check_different({output}, options.quiet);
}

template <class T> int sweep(const SweepMembers& members, const Run& first) {
    const Options& options = members.options();
    check_sweep_output(options);
    std::map<std::string, std::vector<std::size_t>> warnings;
    const SweepPlan plan = checked_plan<T>(members, warnings);
    watch_for_signals();
    if (!options.quiet) print_warnings(members, warnings);
    SweepTable table(members, columns_of(options.observables));
    SweepLoop loop(options, plan);
    for (const std::vector<std::size_t>& indices : plan.batches()) {
        if (received_signal() != 0) break;
        SweepBatch<T> batch(members, indices);
        loop.run(batch, table);
    }
    loop.clear_progress();
    const bool is_stopped = received_signal() != 0;
    if (is_stopped) std::fprintf(stderr, "%s: stopped; the table has %zu rows\n", program_name, table.rows());
    if (!is_stopped || table.rows() > 0) table.write(options.observe_file);
    if (!options.quiet)
        print_sweep_summary(has_output_on_stdout(options) ? stderr : stdout, members, first, loop, table);
    if (has_lost_output(stdout) && !is_stopped && !was_closed[STDOUT_FILENO])
        throw std::runtime_error("cannot write the summary to the standard output");
    return is_stopped ? 128 + received_signal() : 0;
}

} // namespace simulate
