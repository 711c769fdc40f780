// Where a run is and where it pauses next: counted in steps, or in time if the method chooses its steps.
#pragma once

#include <kuramoto/detail/arithmetic/environment.hpp>
#include <kuramoto/detail/arithmetic/rounded.hpp>
#include <kuramoto/detail/build/checks.hpp>
#include <kuramoto/detail/run/dormand_prince.hpp>
#include <kuramoto/stepping/dormand_prince.hpp>

#include <cstdint>

namespace kuramoto {
namespace detail {

/// A run with a fixed time step. It pauses at multiples of a number of steps.
class StepProgress {
  public:
    using Amount = std::int64_t; ///< of a run: steps
    using Report = std::int64_t; ///< steps done

    StepProgress(double start_time, std::int64_t step) noexcept : start_time_(start_time), step_(step) {}

    [[nodiscard]] Amount position() const noexcept { return step_; }
    [[nodiscard]] std::int64_t step() const noexcept { return step_; }
    /// start_time + step · dt, never a running sum.
    KURAMOTO_PER_BUILD
    [[nodiscard]] double time(double dt) const noexcept {
        const DefaultEnvironment environment;
        return (Rounded(start_time_) + Rounded(static_cast<double>(step_)) * Rounded(dt)).value();
    }

    /// Where a run of so many steps ends. Throws if that cannot be.
    KURAMOTO_PER_BUILD
    [[nodiscard]] Amount end_of_run(Amount steps) const {
        check_count(steps, "steps");
        Amount end = 0;
        if (__builtin_add_overflow(step_, steps, &end))
            length_error("steps = " + integer_text(steps) + " overflow the step counter, which is at " +
                         integer_text(step_));
        return end;
    }
    KURAMOTO_PER_BUILD
    static void check_pauses(Amount every, Amount) { check_count(every, "every"); }
    /// The next multiple of `every`, or `end` if that comes first.
    [[nodiscard]] Amount next_pause(Amount every, Amount end) const noexcept {
        const Amount pause = every > 0 ? every - step_ % every : end - step_;
        return end - step_ < pause ? end : step_ + pause;
    }
    [[nodiscard]] std::int64_t left_to(Amount pause) const noexcept { return pause - step_; }

    void arrive(Amount pause, Report& report) noexcept {
        report += pause - step_;
        step_ = pause;
    }

  private:
    double start_time_;
    std::int64_t step_;
};

/// A run whose method chooses its steps. It pauses at multiples of a time interval.
class TimeProgress {
  public:
    using Amount = double;            ///< of a run: a duration
    using Report = IntegrationReport; ///< of all pieces of the run

    TimeProgress(double time, std::int64_t step) noexcept : time_(time), step_(step) {}

    [[nodiscard]] Amount position() const noexcept { return time_; }
    [[nodiscard]] std::int64_t step() const noexcept { return step_; }
    [[nodiscard]] double time() const noexcept { return time_; }

    /// When a run of this duration ends. Throws if that cannot be.
    KURAMOTO_PER_BUILD
    [[nodiscard]] KURAMOTO_NEVER_INLINE Amount end_of_run(Amount duration) const {
        const DefaultEnvironment environment;
        check_duration(duration);
        const double end = (Rounded(time_) + Rounded(duration)).value();
        if (!is_finite(end)) invalid_argument("duration = " + text(duration) + " is too long at time " + text(time_));
        return end;
    }
    /// Throws for an interval with which multiples up to `end` cannot be told apart.
    KURAMOTO_PER_BUILD
    KURAMOTO_NEVER_INLINE void check_pauses(Amount interval, Amount end) const {
        const DefaultEnvironment environment;
        constexpr double most = 0x1p51;
        if (!is_finite(interval) || interval < 0)
            invalid_argument("every must be finite and not negative, but is " + text(interval));
        if (!(interval > 0)) return;
        for (const double time : {time_, end}) {
            const double multiple = (Rounded(time) / Rounded(interval)).value();
            if (!is_finite(multiple) || !(multiple < most) || !(multiple > -most))
                invalid_argument("every = " + text(interval) + " is too short at time " + text(time));
        }
    }
    /// The next multiple of `interval`, or `end` if that comes first.
    KURAMOTO_PER_BUILD
    [[nodiscard]] KURAMOTO_NEVER_INLINE Amount next_pause(Amount interval, Amount end) const {
        const DefaultEnvironment environment;
        stay_in_place();
        if (!(interval > 0)) return end;
        const double multiple = __builtin_floor((Rounded(time_) / Rounded(interval)).value());
        for (int k = -1;; ++k) { // the quotient is rounded: the next multiple is one of three
            const double pause = (Rounded(multiple + k) * Rounded(interval)).value();
            if (pause > time_) return pause < end ? pause : end;
        }
    }
    KURAMOTO_PER_BUILD
    [[nodiscard]] KURAMOTO_NEVER_INLINE double left_to(Amount pause) const {
        const DefaultEnvironment environment;
        return (Rounded(pause) - Rounded(time_)).value();
    }

    /// Adds up the reports of the pieces; those of no steps leave the lengths of the steps as they are.
    void arrive(Amount pause, const IntegrationReport& piece, Report& whole) noexcept {
        time_ = pause;
        if (__builtin_add_overflow(step_, piece.accepted, &step_)) step_ = INT64_MAX;
        whole.rejected += piece.rejected;
        whole.evaluations += piece.evaluations;
        if (piece.accepted == 0) return;
        whole.min_dt = whole.accepted == 0 || piece.min_dt < whole.min_dt ? piece.min_dt : whole.min_dt;
        whole.max_dt = piece.max_dt > whole.max_dt ? piece.max_dt : whole.max_dt;
        whole.next_dt = piece.next_dt;
        whole.accepted += piece.accepted;
    }

  private:
    double time_;
    std::int64_t step_;
};

} // namespace detail
} // namespace kuramoto
