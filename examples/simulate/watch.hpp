// What is seen of a run while it goes: frames for a video, observables for a plot, fields for a record.
#pragma once

#include "checks.hpp"
#include "frame.hpp"
#include "looks.hpp"
#include "observer.hpp"
#include "parameters.hpp"
#include "picture.hpp"
#include "plot.hpp"
#include "profile.hpp"
#include "record.hpp"
#include "schedule.hpp"
#include "state.hpp"
#include "table.hpp"
#include "video.hpp"

#include <lattices.hpp>
#include <processes.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

namespace simulate {

/// What the colours of a run mean. Frequencies are drawn around the mean of the natural ones, two and a half of their
/// standard deviations to each side, or half of one if they are means over time, which lie closer together; where all
/// are the same, as far as one bond can pull: |K|.
template <class T> Colouring colouring_of(const Options& options, const Run& run, const State<T>& state) {
    if (options.colour == "phase") return {};
    if (options.colour == "sine") return {Colouring::Kind::sine};
    if (options.colour == "local") return {Colouring::Kind::local, {}, DivergingMap(0, 1)};
    km::PhaseStatistics natural{.mean = run.omega.value_or(0)};
    if (run.has_omega_field()) natural = state.mask.statistics(state.omega);
    const bool is_effective = options.colour == "effective";
    double half = (is_effective ? 0.5 : 2.5) * natural.deviation;
    if (!(half > 0)) half = std::fabs(run.K);
    if (!(half > 0) || !std::isfinite(half)) half = 1;
    double mean = natural.mean;
    if (run.has_inertia && run.damping.value_or(0) > 0) { // ω is a torque
        mean /= *run.damping;
        half /= *run.damping;
    }
    const auto kind = is_effective ? Colouring::Kind::effective : Colouring::Kind::frequency;
    return {kind, {}, DivergingMap(mean - half, mean + half)};
}

/// The observables that are plotted, by the names of their columns.
inline Series series_named(const std::string& name) {
    if (name == "r") return {"order parameter r", true, {}};
    if (name == "psi") return {"mean phase ψ, rad", false, {}};
    if (name == "frequency") return {"mean of dθ/dt, rad / time", false, {}};
    if (const auto order = daido_order(name)) return {"Daido moment r" + std::to_string(*order), true, {}};
    if (name == "frequency_deviation") return {"standard deviation of dθ/dt, rad / time", false, {}};
    if (name == "energy") return {"energy, rad / time", false, {}};
    if (name == "helicity_rows") return {"helicity modulus, along rows axis, rad / time", false, {}};
    if (name == "helicity_cols") return {"helicity modulus, along columns axis, rad / time", false, {}};
    if (name == "vortices") return {"vortices", false, {}};
    if (name == "local") return {"mean local r", true, {}};
    if (name == "length") return {"correlation length, cells", false, {}};
    if (name == "cluster") return {"largest frequency cluster", true, {}};
    if (name == "roughness") return {"roughness W, rad", false, {}};
    if (name == "temperature") return {"kinetic temperature, rad / time", false, {}};
    if (name == "skewness") return {"skewness of θ", false, {}};
    return {"excess kurtosis of θ", false, {}};
}

/// Takes the frames.
template <class T> class Watcher {
  public:
    Watcher(const Options& options, const Run& run, const State<T>& state, const Dynamics<T>& dynamics,
            const Looks<T>& looks, const FrameTimes& times, const std::string& ffmpeg, Profile& profile)
        : options_(options), run_(run), state_(state), looks_(looks), profile_(profile), times_(times),
          next_(options.resume_file.empty() ? 0 : times.frames_until(run.step)),
          colouring_(colouring_of(options, run, state)), observer_(options, run, state, dynamics, looks, profile) {
        if (colouring_.kind == Colouring::Kind::effective) together([&] { first_ = state.theta; });
        if (options.observes())
            for (const std::string& name : observer_.columns()) series_.push_back(series_named(name));
        if (!options.observe_file.empty()) open_table();
        if (!options.video_file.empty()) open_video(ffmpeg);
        if (!options.record_file.empty()) open_record();
        if (options.wants("cluster") && is_at_frame() && !lacks_row_) observer_.keep_turns(run.step);
    }

    /// Takes the frame of the first step again, for the files that lack it: a run that cannot write a frame stops
    /// there, with a checkpoint of that step.
    void make_up() {
        const std::int64_t step = run_.step;
        if (lacks_row_) observe(step, observer_.order());
        if (lacks_frame_) Profile::timed(profile_.output, [&] { record(step); });
    }

    /// When the frames are taken.
    [[nodiscard]] const FrameTimes& times() const { return times_; }
    /// The step of the next frame.
    [[nodiscard]] std::int64_t next_step() const { return times_.step_of(next_); }

    /// Takes the frame of this step.
    void look(std::int64_t step) {
        ++next_;
        const bool needs_order = video_ != nullptr || !series_.empty();
        const km::OrderParameter order = needs_order ? observer_.order() : km::OrderParameter{};
        if (!series_.empty()) observe(step, order);
        if (record_) Profile::timed(profile_.output, [&] { record(step); });
        if (video_) Profile::timed(profile_.output, [&] { show(step, order.r); });
    }

    /// Gives the files their names, after the last frame. A failure does not prevent the other files. The errors are
    /// thrown at the end.
    void finish() {
        Errors error;
        if (record_) error.attempt([&] { record_->finish(); });
        error.attempt([&] {
            on_first([&] {
                if (table_) table_->finish();
            });
        });
        if (video_ && is_shown_) error.attempt([&] { on_first([&] { video_->finish(); }); });
        if (!options_.plot_file.empty() && !observed_.empty())
            error.attempt([&] { on_first([&] { Plot(caption(), observed_, series_).write(options_.plot_file); }); });
        video_.reset();
        error.rethrow();
    }

    /// The picture of the state as it is.
    void write_final_picture(std::int64_t step) {
        const Layout layout = layout_of(options_, run_.rows, run_.cols, false);
        Painter painter(run_.cut, layout, colouring_);
        const Frame& frame = painter.paint<T>(numbers(step), run_.time_of(step), looks_.order().r);
        on_first([&] { write_picture(options_.picture_file, frame); });
    }

  private:
    /// Whether the run continues the growing file of the run that it resumes.
    [[nodiscard]] bool goes_on_with(const std::string& name) const {
        return !options_.resume_file.empty() && first_says([&] { return !descriptor_named(name) && can_go_on(name); });
    }

    /// Whether the run begins at a frame that the run before has taken, or tried to take.
    [[nodiscard]] bool is_at_frame() const { return next_ > 0 && times_.step_of(next_ - 1) == run_.step; }
    /// The fewest frames that a file of the run before must have.
    [[nodiscard]] std::int64_t least_frames() const { return is_at_frame() ? next_ - 1 : next_; }

    /// Opens a new table, or continues that of the resumed run, without the rows beyond the checkpoint.
    void open_table() {
        const std::string& name = options_.observe_file;
        const bool goes_on = goes_on_with(name);
        reading("--observe", [&] {
            if (!is_first()) return;
            if (goes_on) {
                const auto step_of = [&](std::int64_t k) { return times_.step_of(k); };
                table_.emplace(name, observer_.columns(), least_frames(), next_, step_of);
            } else {
                table_.emplace(name, observer_.columns());
            }
        });
        if (goes_on) lacks_row_ = first_says([&] { return table_->rows() < next_; });
    }

    void open_video(const std::string& ffmpeg) {
        const Layout layout = layout_of(options_, run_.rows, run_.cols, true);
        painter_.emplace(run_.cut, layout, colouring_);
        reading("--video", [&] {
            if (is_first())
                video_ = sink_for(options_.video_file, ffmpeg, layout, options_.fps.value_or(30));
            else
                video_ = std::make_unique<NoFrames>();
        });
    }

    /// Opens a new record, or continues that of the resumed run, without the frames beyond the checkpoint.
    void open_record() {
        const std::string& name = options_.record_file;
        const std::string parameters = parameters_json(run_, times_);
        reading("--record", [&] {
            if (goes_on_with(name)) {
                const std::int64_t frames =
                    together([&] { return km::npy_series_info(GrowingFile::name_to_take_up(name)).frames; });
                lacks_frame_ = is_at_frame() && frames == next_ - 1;
                record_.emplace(name, run_.cut, parameters, times_of(lacks_frame_ ? frames : next_));
            } else {
                record_.emplace(name, run_.cut, parameters);
            }
        });
    }

    /// The times of the first frames.
    [[nodiscard]] std::vector<double> times_of(std::int64_t frames) const {
        std::vector<double> times;
        for (std::int64_t k = 0; k < frames; ++k) times.push_back(run_.time_of(times_.step_of(k)));
        return times;
    }

    /// Throws the error, with the number of complete rows or frames in a growing file.
    [[noreturn]] static void fail(const std::exception& error, std::int64_t count, const std::string& things) {
        throw std::runtime_error(std::string(error.what()) + "; " + std::to_string(count) + " " + things);
    }

    void add_row(std::int64_t step, const std::vector<double>& values) {
        if (!table_) return;
        try {
            table_->add(step, run_.time_of(step), values);
        } catch (const std::exception& error) {
            const std::int64_t rows = table_->rows();
            const std::string part = table_->part();
            table_.reset(); // the file stays under its present name
            if (rows > 0 && !part.empty()) fail(error, rows, "rows are whole in " + part);
            throw;
        }
    }

    void record(std::int64_t step) {
        try {
            record_->add(state_.theta, run_.time_of(step));
        } catch (const std::exception& error) {
            const std::int64_t frames = record_->frames();
            const std::string part = record_->part();
            record_.reset(); // the file stays under its present name
            fail(error, frames, "frames are whole in " + part);
        }
    }

    void show(std::int64_t step, double r) {
        try {
            const Frame& frame = painter_->template paint<T>(numbers(step), run_.time_of(step), r);
            on_first([&] { video_->add(frame); });
            is_shown_ = true;
        } catch (...) {
            video_.reset();
            throw;
        }
    }

    /// What the colours show; NaN where there is no cell.
    const Lattice<T>& numbers(std::int64_t step) {
        if (colouring_.kind == Colouring::Kind::frequency) return state_.mask.marked(observer_.rates());
        if (colouring_.kind == Colouring::Kind::effective)
            return state_.mask.marked(observer_.effective_rates(first_, run_.step, step));
        if (colouring_.kind == Colouring::Kind::local) return observer_.local_order();
        return state_.mask.marked(state_.theta);
    }

    void observe(std::int64_t step, const km::OrderParameter& order) {
        const std::vector<double> values = observer_.values(step, order);
        observed_.push_back(run_.time_of(step));
        for (std::size_t k = 0; k < series_.size(); ++k) series_[k].values.push_back(values[k]);
        if (!options_.observe_file.empty())
            Profile::timed(profile_.output, [&] { on_first([&] { add_row(step, values); }); });
    }

    [[nodiscard]] std::string caption() const {
        return std::to_string(run_.rows) + " × " + std::to_string(run_.cols) + ", " + run_.coupling.canonical() +
               " coupling, K = " + text(run_.K) + ", dt = " + text(run_.dt);
    }

    const Options& options_;
    const Run& run_;
    const State<T>& state_;
    const Looks<T>& looks_;
    Profile& profile_;
    FrameTimes times_;
    std::int64_t next_; // frame
    Colouring colouring_;
    Observer<T> observer_;
    Lattice<T> first_; // the phases when the run began, if they are looked at
    std::optional<Record<T>> record_;
    bool lacks_frame_ = false;     // whether the record lacks the frame of the first step
    bool lacks_row_ = false;       // whether the table lacks its row
    std::vector<double> observed_; // times
    std::optional<Table> table_;
    std::vector<Series> series_;
    std::optional<Painter> painter_;
    std::unique_ptr<FrameSink> video_;
    bool is_shown_ = false;
};

} // namespace simulate
