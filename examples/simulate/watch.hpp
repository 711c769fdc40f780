// What is seen of a run while it goes: frames for a video, observables for a plot, fields for a record.
#pragma once

#include "frame.hpp"
#include "picture.hpp"
#include "plot.hpp"
#include "profile.hpp"
#include "run.hpp"
#include "schedule.hpp"
#include "solver.hpp"
#include "table.hpp"
#include "video.hpp"

#include <kuramoto/npy_series.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <limits>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

namespace simulate {

struct MeanAndSpread {
    double mean = 0;
    double spread = 0; ///< standard deviation
};

template <class T> MeanAndSpread mean_and_spread(kuramoto::Grid<const T> cells) {
    const auto mean_of = [&](const auto& function) {
        double sum = 0;
        for (std::ptrdiff_t i = 0; i < cells.rows(); ++i) {
            double row = 0;
            for (std::ptrdiff_t j = 0; j < cells.cols(); ++j) row += function(static_cast<double>(cells(i, j)));
            sum += row;
        }
        return cells.empty() ? 0.0 : sum / static_cast<double>(cells.size());
    };
    const double mean = mean_of([](double x) { return x; });
    return {mean, std::sqrt(mean_of([&](double x) { return (x - mean) * (x - mean); }))};
}

/// What the colours of a run mean. Frequencies are drawn around the mean of the natural ones, two and a half of their
/// standard deviations to each side, or half of one if they are means over time, which lie closer together; where all
/// are the same, as far as one bond can pull: |K|.
template <class T> Colouring colouring_of(const Options& options, const Run& run, const State<T>& state) {
    if (options.colour == "phase") return {};
    if (options.colour == "sine") return {Colouring::Kind::sine};
    if (options.colour == "local") return {Colouring::Kind::local, {}, DivergingMap(0, 1)};
    MeanAndSpread natural{run.parameters.omega, 0};
    if (run.has_omega_field) natural = mean_and_spread<T>(state.mask.present(state.omega));
    const bool is_effective = options.colour == "effective";
    double half = (is_effective ? 0.5 : 2.5) * natural.spread;
    if (!(half > 0)) half = std::fabs(run.parameters.K);
    if (!(half > 0) || !std::isfinite(half)) half = 1;
    const auto kind = is_effective ? Colouring::Kind::effective : Colouring::Kind::frequency;
    return {kind, {}, DivergingMap(natural.mean - half, natural.mean + half)};
}

/// Throws BadOption if the disk has not enough room for the frames of a record.
inline void check_space(const Options& options, const Run& run, const FrameTimes& times) {
    if (options.record_file.empty()) return;
    const std::filesystem::path folder = followed(options.record_file).parent_path();
    std::error_code error;
    const std::filesystem::space_info space = std::filesystem::space(folder.empty() ? "." : folder, error);
    if (error) return;
    const bool is_resumed = !options.resume_file.empty();
    const auto frames =
        static_cast<double>(times.frames() - (is_resumed ? times.frames_until(run.parameters.step) : 0));
    const double bytes = frames * run.cells() * (run.is_float32 ? 4 : 8);
    if (bytes <= static_cast<double>(space.available)) return;
    char line[160];
    std::snprintf(line, sizeof line, ": %.0f frames take %.4g GB, but %.4g GB are free", frames, bytes / 1e9,
                  static_cast<double>(space.available) / 1e9);
    throw BadOption("--record " + options.record_file + line);
}

/// Throws BadOption if there is no picture of the lattice, or one with too many pixels.
inline void check_pixels(const std::string& option, const std::string& name, const Options& options, const Run& run) {
    if (name.empty()) return;
    if (run.rows == 0 || run.cols == 0)
        throw BadOption(option + " " + name + ": there is no picture of " + std::to_string(run.rows) + " x " +
                        std::to_string(run.cols) + " cells");
    const bool is_video = option == "--video";
    check_frame(option + " " + name, layout_of(options, run.rows, run.cols, is_video), is_video ? 16000 : 1000000);
}

/// Whether a record of this name was left by a run that did not come to its end.
inline bool is_left(const std::string& record) {
    return std::filesystem::exists(std::filesystem::symlink_status(followed(record).string() + ".part"));
}

/// Throws BadOption if something that is to be written cannot be, as far as that is known before the run.
inline void check_outputs(const Options& options, const Run& run, const FrameTimes& times, const std::string& ffmpeg) {
    const std::vector<NamedFile> files = {{"--save", options.save_file},      {"--picture", options.picture_file},
                                          {"--video", options.video_file},    {"--plot", options.plot_file},
                                          {"--record", options.record_file},  {"--checkpoint", options.checkpoint_file},
                                          {"--observe", options.observe_file}};
    check_video(options.video_file, ffmpeg);
    for (const auto& [option, name] : files) check_output(option, name);
    check_different(files);
    if (!options.plot_file.empty() && !Plot::is_png(options.plot_file) && !Plot::is_svg(options.plot_file))
        throw BadOption("--plot " + options.plot_file + ": its name must end with .png or .svg");
    check_pixels("--picture", options.picture_file, options, run);
    check_pixels("--video", options.video_file, options, run);
    check_space(options, run, times);
    if (options.resume_file.empty()) {
        if (!options.record_file.empty() && is_left(options.record_file))
            throw BadOption("--record " + options.record_file + ": there is a '" + options.record_file +
                            ".part', the frames of a run that was interrupted; move it, or go on with --resume");
        return;
    }
    for (const auto& [option, name] :
         {NamedFile{"--video", options.video_file}, {"--plot", options.plot_file}, {"--observe", options.observe_file}})
        if (!name.empty() && std::filesystem::exists(name))
            throw BadOption(option + " " + name + ": it is there already, and may show the time before " +
                            options.resume_file + "; give another name");
}

/// The observables that are plotted, by their names in the options.
inline Series series_named(const std::string& name) {
    if (name == "r") return {"order parameter r", true, {}};
    if (name == "psi") return {"mean phase ψ, rad", false, {}};
    if (name == "frequency") return {"mean of dθ/dt, rad / time", false, {}};
    if (name == "energy") return {"energy, rad / time", false, {}};
    if (name == "vortices") return {"vortices", false, {}};
    if (name == "local") return {"mean local r", true, {}};
    if (name == "length") return {"correlation length, cells", false, {}};
    if (name == "cluster") return {"largest frequency cluster", true, {}};
    return {"spread of dθ/dt, rad / time", false, {}};
}

/// Takes the frames.
template <class T> class Watcher {
  public:
    Watcher(const Options& options, const Run& run, const State<T>& state, const Solver<T>& solver,
            const FrameTimes& times, const std::string& ffmpeg, Profile& profile)
        : options_(options), run_(run), state_(state), solver_(solver), profile_(profile), times_(times),
          next_(options.resume_file.empty() ? 0 : times.frames_until(run.parameters.step)),
          colouring_(colouring_of(options, run, state)) {
        if (colouring_.kind == Colouring::Kind::effective) first_ = state.theta;
        if (!options.record_file.empty()) open_record();
        if (!options.observe_file.empty()) table_.emplace(options.observables);
        if (options.observes())
            for (const std::string& name : options.observables) series_.push_back(series_named(name));
        if (options.video_file.empty()) return;
        const Layout layout = layout_of(options, run.rows, run.cols, true);
        painter_.emplace(layout, colouring_);
        video_ = sink_for(options.video_file, ffmpeg, layout, options.fps.value_or(30));
    }

    /// The step of the next frame.
    [[nodiscard]] std::int64_t next_step() const { return times_.step_of(next_); }

    /// Takes the frame of this step.
    void look(std::int64_t step) {
        ++next_;
        const bool needs_order = video_ != nullptr || !series_.empty();
        const km::OrderParameter order =
            needs_order ? Profile::timed(profile_.observers, solver_.order) : km::OrderParameter{};
        if (!series_.empty()) observe(step, order);
        if (record_) Profile::timed(profile_.output, [&] { record(); });
        if (video_) Profile::timed(profile_.output, [&] { show(step, order.r); });
    }

    /// No more frames: puts the files under their names. What fails does not keep the others from theirs; the errors
    /// are thrown at the end.
    void finish() {
        Errors error;
        if (record_) error.attempt([&] { record_->finish(); });
        if (video_ && is_shown_) error.attempt([&] { video_->finish(); });
        if (!series_.empty() && !observed_.empty()) error.attempt([&] { write_observables(); });
        video_.reset();
        error.rethrow();
    }

    /// The picture of the state as it is.
    void write_final_picture(std::int64_t step) {
        const Layout layout = layout_of(options_, run_.rows, run_.cols, false);
        Painter painter(layout, colouring_);
        write_picture(options_.picture_file, painter.paint<T>(numbers(step), run_.time_of(step), solver_.order().r));
    }

  private:
    void write_observables() {
        Errors error;
        if (table_) error.attempt([&] { table_->write(options_.observe_file); });
        if (!options_.plot_file.empty())
            error.attempt([&] { Plot(caption(), observed_, series_).write(options_.plot_file); });
        error.rethrow();
    }

    /// A new one; or the one that the run had begun, without the frames beyond the checkpoint.
    void open_record() {
        const std::string& name = options_.record_file;
        reading("--record", [&] {
            const bool goes_on = !options_.resume_file.empty() && (std::filesystem::exists(name) || is_left(name));
            if (goes_on)
                record_.emplace(name, run_.rows, run_.cols, next_);
            else
                record_.emplace(name, run_.rows, run_.cols);
        });
    }

    void record() {
        try {
            record_->add(state_.theta);
        } catch (const std::exception& error) {
            const std::int64_t frames = record_->frames();
            record_.reset(); // what is there stays, under the name that it has
            throw std::runtime_error(std::string(error.what()) + "; " + std::to_string(frames) +
                                     " frames are whole in " + options_.record_file + ".part");
        }
    }

    void show(std::int64_t step, double r) {
        try {
            video_->add(painter_->template paint<T>(numbers(step), run_.time_of(step), r));
            is_shown_ = true;
        } catch (...) {
            video_.reset();
            throw;
        }
    }

    /// What the colours show; NaN where there is no cell.
    kuramoto::Grid<const T> numbers(std::int64_t step) {
        if (colouring_.kind == Colouring::Kind::frequency) return state_.mask.marked(rates());
        if (colouring_.kind == Colouring::Kind::effective)
            return state_.mask.marked(effective_rates(first_, run_.parameters.step, step));
        if (colouring_.kind == Colouring::Kind::local) return local_order();
        return state_.mask.marked(state_.theta);
    }

    km::Field<T>& scratch() {
        if (scratch_.rows() != run_.rows || scratch_.cols() != run_.cols) scratch_ = km::Field<T>(run_.rows, run_.cols);
        return scratch_;
    }
    const km::Field<T>& rates() {
        Profile::timed(profile_.observers, [&] { solver_.rate(scratch()); });
        return scratch_;
    }
    const km::Field<T>& local_order() {
        Profile::timed(profile_.observers, [&] { solver_.local_order(scratch()); });
        return scratch_;
    }
    /// Those between two steps; where no time has passed, the rates.
    const km::Field<T>& effective_rates(const km::Field<T>& before, std::int64_t from, std::int64_t step) {
        if (step == from) return rates();
        const double duration = static_cast<double>(step - from) * run_.parameters.dt;
        Profile::timed(profile_.observers, [&] { solver_.effective_rate(before, duration, scratch()); });
        return scratch_;
    }

    /// The share of the largest cluster of cells that have turned alike since the last call; NaN in the first one.
    double largest_cluster(std::int64_t step) {
        double share = std::numeric_limits<double>::quiet_NaN();
        if (looked_at_ >= 0) {
            const double duration = static_cast<double>(step - looked_at_) * run_.parameters.dt;
            const km::Field<T>& found = effective_rates(before_, looked_at_, step);
            share = Profile::timed(profile_.observers, [&] { return solver_.largest_cluster(found, pi / duration); });
        }
        before_ = state_.theta;
        looked_at_ = step;
        return share;
    }

    void observe(std::int64_t step, const km::OrderParameter& order) {
        const bool needs_rates = options_.wants("frequency") || options_.wants("spread");
        const MeanAndSpread rate = needs_rates ? mean_and_spread<T>(state_.mask.present(rates())) : MeanAndSpread{};
        std::vector<double> values;
        for (const std::string& name : options_.observables) values.push_back(value_of(name, step, order, rate));
        observed_.push_back(run_.time_of(step));
        for (std::size_t k = 0; k < series_.size(); ++k) series_[k].values.push_back(values[k]);
        if (table_) table_->add(step, run_.time_of(step), values);
    }

    double value_of(const std::string& name, std::int64_t step, const km::OrderParameter& order,
                    const MeanAndSpread& rate) {
        if (name == "r") return order.r;
        if (name == "psi") return order.psi;
        if (name == "frequency") return rate.mean;
        if (name == "spread") return rate.spread;
        if (name == "local") return mean_and_spread<T>(local_order()).mean;
        if (name == "length") return Profile::timed(profile_.observers, solver_.length);
        if (name == "cluster") return largest_cluster(step);
        if (name == "energy") return Profile::timed(profile_.observers, solver_.energy);
        const km::VortexCount count = Profile::timed(profile_.observers, solver_.vortices);
        return static_cast<double>(count.positive + count.negative);
    }

    [[nodiscard]] std::string caption() const {
        return std::to_string(run_.rows) + " × " + std::to_string(run_.cols) + ", " + run_.coupling +
               " coupling, K = " + text(run_.parameters.K) + ", dt = " + text(run_.parameters.dt);
    }

    const Options& options_;
    const Run& run_;
    const State<T>& state_;
    const Solver<T>& solver_;
    Profile& profile_;
    FrameTimes times_;
    std::int64_t next_; // frame
    Colouring colouring_;
    km::Field<T> scratch_;        // allocated when something is looked at
    km::Field<T> first_;          // the phases when the run began, if they are looked at
    km::Field<T> before_;         // those of the last look for clusters
    std::int64_t looked_at_ = -1; // its step
    std::optional<km::NpySeries<T>> record_;
    std::vector<double> observed_; // times
    std::optional<Table> table_;
    std::vector<Series> series_;
    std::optional<Painter> painter_;
    std::unique_ptr<FrameSink> video_;
    bool is_shown_ = false;
};

} // namespace simulate
