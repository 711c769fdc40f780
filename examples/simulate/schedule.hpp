// When a run is looked at: the steps at which frames are taken.
#pragma once

#include "options.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>

namespace simulate {

/// The steps of a run at which frames are taken: step 0, the last step, and steps between them.
///
/// The steps between are the multiples of a number of steps, or spread evenly over the run. All of them follow from the
/// length of the whole run. So a resumed run has the same frames as an uninterrupted one.
class FrameTimes {
  public:
    /// No frames.
    FrameTimes() = default;

    static FrameTimes every(std::int64_t steps, std::int64_t last) {
        FrameTimes times;
        times.last_ = last;
        times.every_ = steps;
        times.frames_ = last / steps + (last % steps != 0 ? 1 : 0) + 1;
        return times;
    }
    /// At most last + 1 frames: no step is shown twice.
    static FrameTimes spread(std::int64_t frames, std::int64_t last) {
        FrameTimes times;
        times.last_ = last;
        times.frames_ = std::min(frames, last + 1);
        return times;
    }

    [[nodiscard]] std::int64_t frames() const { return frames_; }
    /// Steps from a frame to the next; 0 if the frames are spread.
    [[nodiscard]] std::int64_t interval() const { return every_; }
    [[nodiscard]] std::int64_t last_step() const { return last_; }

    /// "every 10, 1000 steps" or "300 spread, 1000 steps".
    [[nodiscard]] std::string name() const {
        const std::string how = every_ > 0 ? "every " + std::to_string(every_) : std::to_string(frames_) + " spread";
        return how + ", " + std::to_string(last_) + " steps";
    }

    /// Whether the frames up to this step are also the first ones of `other`.
    [[nodiscard]] bool begins(const FrameTimes& other, std::int64_t step) const {
        for (std::int64_t k = frames_until(step) - 1; k >= 0; --k)
            if (step_of(k) != other.step_of(k)) return false;
        return true;
    }

    /// The step of frame k; the one after the last frame is beyond every run.
    [[nodiscard]] std::int64_t step_of(std::int64_t k) const {
        if (k >= frames_) return std::numeric_limits<std::int64_t>::max();
        if (k == frames_ - 1) return last_;
        if (every_ > 0) return k * every_;
        return static_cast<std::int64_t>(static_cast<long double>(k) * static_cast<long double>(last_) /
                                         static_cast<long double>(frames_ - 1));
    }

    /// The number of frames up to this step, itself included.
    [[nodiscard]] std::int64_t frames_until(std::int64_t step) const {
        std::int64_t least = 0;
        std::int64_t most = frames_;
        while (least < most) {
            const std::int64_t middle = least + (most - least) / 2;
            if (step_of(middle) <= step)
                least = middle + 1;
            else
                most = middle;
        }
        return least;
    }

  private:
    std::int64_t last_ = 0;
    std::int64_t every_ = 0; // 0: spread
    std::int64_t frames_ = 0;
};

/// What the options ask for, in a run of `last` steps.
inline FrameTimes frame_times(const Options& options, std::int64_t last) {
    if (!options.watches()) return {};
    if (options.every) return FrameTimes::every(*options.every, last);
    const double fps = options.fps.value_or(30);
    const double frames = std::fmax(2, std::round(fps * options.seconds.value_or(10)));
    if (options.seconds && frames > static_cast<double>(last) + 1)
        throw BadOption("--seconds " + text(*options.seconds) + ": " + text(frames) + " frames at --fps " + text(fps) +
                        ", but the run has only " + std::to_string(last) + " steps");
    return FrameTimes::spread(static_cast<std::int64_t>(frames), last);
}

} // namespace simulate
