// How many steps a run takes at once.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace simulate {

/// How many steps to take at once, so that Ctrl-C and the progress need not wait long: about 0.2 seconds of them, and
/// as a multiple of sixteen, which is what a sweep over the lattice takes at best.
class Pace {
  public:
    explicit Pace(double cells) : steps_(steps_in(1e-9 * std::fmax(cells, 1))) {}

    [[nodiscard]] std::int64_t steps() const { return steps_; }

    void took(double seconds, std::int64_t steps) {
        if (seconds > 1e-3)
            steps_ = steps_in(seconds / static_cast<double>(steps));
        else
            steps_ = std::min(2 * steps_, most);
    }

  private:
    static constexpr std::int64_t most = std::int64_t{1} << 40;
    static std::int64_t steps_in(double seconds_per_step) {
        const auto steps = static_cast<std::int64_t>(std::fmin(0.2 / seconds_per_step, static_cast<double>(most)));
        return std::max<std::int64_t>(1, steps >= 16 ? steps / 16 * 16 : steps);
    }

    std::int64_t steps_;
};

} // namespace simulate
