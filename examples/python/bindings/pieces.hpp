// Divides a run into pieces. Between two of them, signals (Ctrl-C) are handled and progress is shown.
#pragma once

#include "model.hpp"

#include <chrono>
#include <cstdint>
#include <utility>

namespace kuramoto_python {

using Clock = std::chrono::steady_clock;

/// How long a piece should take, in seconds. After Ctrl-C a run stops within twice this time, or after one sweep if
/// that takes longer.
inline constexpr double patience = 0.08;

/// Throws the pending exception of Python again, with the attribute steps_done: how far the state is. A
/// KeyboardInterrupt becomes Interrupted.
[[noreturn]] void raise_interrupted(std::int64_t steps_done);

/// The fewest steps of a piece. Several steps per sweep save passes over memory, which pays only if a step is cheap.
/// With noise or several stages, a quick response matters more. Array passes and mean fields take one step per pass.
std::int64_t least_steps(rt::StepperKind stepper, const rt::Policy& policy, bool has_mean_field);

/// The number of steps of each piece of a run.
class Pieces {
  public:
    Pieces(double cells, std::int64_t least);

    [[nodiscard]] std::int64_t of(std::int64_t left) const { return left < piece_ ? left : piece_; }
    void took(double seconds);

  private:
    [[nodiscard]] std::int64_t rounded(double steps) const;

    std::int64_t least_;
    std::int64_t piece_;
};

/// What is called with the steps of each piece: a callable of the caller, or the bar of the package for True. `unit` is
/// the word for a step.
py::object progress_of(py::handle given, std::int64_t steps, const char* unit = "step");

/// Ends the bar of the package when a run ends, however it does.
class ShownProgress {
  public:
    explicit ShownProgress(py::object progress, bool is_bar) : progress_(std::move(progress)), is_bar_(is_bar) {}
    ShownProgress(const ShownProgress&) = delete;
    ShownProgress& operator=(const ShownProgress&) = delete;
    ~ShownProgress();

    [[nodiscard]] bool is_none() const { return progress_.is_none(); }
    [[nodiscard]] py::handle get() const { return progress_; }

  private:
    py::object progress_;
    bool is_bar_;
};

/// Calls progress(piece). It is code of Python, so Ctrl-C can interrupt it.
void report(py::handle progress, std::int64_t piece, std::int64_t steps_done);

/// advance(count, done) for all pieces of a run, with signals and `progress(steps)` between them. `check` refuses a run
/// as a whole, before its first piece.
template <class Check, class Advance>
void advance_in_pieces(std::int64_t steps, Pieces pieces, py::handle progress, const Check& check,
                       const Advance& advance) {
    const bool is_quiet = progress.is_none() || progress.is(py::bool_(false));
    if (steps <= 0 || (is_quiet && steps <= pieces.of(steps))) {
        {
            const py::gil_scoped_release released;
            advance(steps, 0);
        }
        if (PyErr_CheckSignals() != 0) raise_interrupted(steps);
        return;
    }
    check();
    const ShownProgress shown(progress_of(progress, steps), progress.is(py::bool_(true)));
    for (std::int64_t done = 0; done < steps;) {
        const std::int64_t piece = pieces.of(steps - done);
        const Clock::time_point begin = Clock::now();
        {
            const py::gil_scoped_release released;
            advance(piece, done);
        }
        done += piece;
        pieces.took(std::chrono::duration<double>(Clock::now() - begin).count());
        if (!shown.is_none()) report(shown.get(), piece, done);
        if (PyErr_CheckSignals() != 0) raise_interrupted(done);
    }
}

/// Has the library check the numbers of all steps of a run: on an empty lattice, whatever the model.
template <class T>
void check_steps(rt::StepperChoice<T> stepper, bool has_inertia, std::int64_t steps, std::int64_t first) {
    const rt::Policy policy = km::AnyPolicy(km::Fused{});
    const km::Grid<T> none;
    rt::ModelChoice<T> model{.coupling = km::AnyCoupling<T>(km::Sine{})};
    stepper.D = 0.0;
    if (!has_inertia) return rt::advance(policy, stepper, model, none, steps, first);
    model.inertia = km::InertiaFields<T>{.mass = 1.0, .damping = 0.0};
    rt::advance(policy, stepper, model, none, none, steps, first);
}

/// The argument first_step of a run. Throws unless it is an integer of 64 bits, and if it is missing for a stepper with
/// noise; `advice` ends that message.
std::int64_t first_step_of(const Stepper& stepper, py::handle given, const char* advice);

} // namespace kuramoto_python
