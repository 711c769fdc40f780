// Simulation: a model, its state and a stepper, that knows its step and time; run with an observer.
// May include algorithm.hpp.
#pragma once

#include <kuramoto/algorithm.hpp>

#include <cstdint>
#include <type_traits>
#include <utility>

namespace kuramoto {

/// Whether a Simulation refuses a time step beyond max_stable_dt.
enum class Stability { checked, unchecked };

/// Owns copies of θ and ω and advances them with a fixed time step.
///
/// Step n is at time n · dt, never a running sum. `Frequency` is Grid<const T> or double, as in Model; deduced.
template <class CouplingType, class Frequency, Real T>
requires FrequencyFor<Frequency, T>
class Simulation {
  public:
    /// The model it integrates.
    using ModelType = Model<CouplingType, Frequency>;

    /// Copies the phases `theta` and the model's ω. Throws std::invalid_argument for a dt that is not finite and
    /// positive or beyond max_stable_dt(model) (where the coupling says its slope; `Stability::unchecked` lets it
    /// pass), for an ω of another shape, and for numbers that are not finite.
    template <GridLike Theta>
    Simulation(const ModelType& model, const Theta& theta, Euler stepper, Stability stability = Stability::checked)
        : laplacian_(model.laplacian), omega_(copy_of(model.omega)), theta_(Grid<const T>(as_grid(theta))),
          stepper_(stepper) {
        static_cast<void>(detail::checked_time_step<T>(stepper.dt));
        static_cast<void>(detail::checked_number<T>(laplacian_.K, "K"));
        static_cast<void>(detail::source_of(this->model().omega, this->theta()));
        if constexpr (HasMaxSlope<CouplingType>) {
            const double most = max_stable_dt(laplacian_);
            if (stability == Stability::checked && stepper.dt > most)
                detail::invalid_argument("dt = " + detail::text(stepper.dt) + " is beyond the stable time step " +
                                         detail::text(most) + " of this model (Stability::unchecked lets it pass)");
        }
    }

    /// The phases, rad; never wrapped.
    [[nodiscard]] Grid<const T> theta() const noexcept { return theta_.view(); }
    /// The model, viewing this object's own ω.
    [[nodiscard]] ModelType model() const {
        if constexpr (has_field)
            return {laplacian_, omega_.view()};
        else
            return {laplacian_, omega_};
    }
    /// The time step.
    [[nodiscard]] double dt() const noexcept { return stepper_.dt; }
    /// Number of steps done.
    [[nodiscard]] std::int64_t step() const noexcept { return step_; }
    /// step() · dt().
    [[nodiscard]] double time() const noexcept { return static_cast<double>(step_) * stepper_.dt; }

    /// Advances by `steps` steps under `policy`; returns how many were done. Throws as `advance`, and for every < 0,
    /// before anything changes.
    ///
    /// The observer is called with this object at step 0, at every multiple of `every`, and at the last step, once
    /// each; every = 0 means only the last. If it returns something that converts to false, the run stops there. It
    /// sees the state between two sweeps and changes nothing: runs with and without observer end with the same bits.
    template <ExecutionPolicy P, class Observer, class = Build>
    std::int64_t run(const P& policy, std::int64_t steps, std::int64_t every, Observer&& observer) {
        detail::check_count(steps, "steps");
        detail::check_count(every, "every");
        static_cast<void>(detail::examine(policy));
        const std::int64_t first = step_;
        std::int64_t last = 0;
        if (__builtin_add_overflow(first, steps, &last))
            detail::length_error("steps = " + std::to_string(steps) + " overflow the step counter, which is at " +
                                 std::to_string(first));
        const bool begins = first == 0 && every > 0 && steps > 0;
        if (begins && !observe(observer)) return 0;
        while (step_ < last) {
            const std::int64_t pause = every > 0 ? every - step_ % every : last - step_;
            const std::int64_t count = last - step_ < pause ? last - step_ : pause;
            advance(policy, stepper_, model(), theta_, count, step_);
            step_ += count;
            if (!observe(observer)) break;
        }
        if (steps == 0) observe(observer);
        return step_ - first;
    }

    /// The same without an observer.
    template <ExecutionPolicy P, class = Build> std::int64_t run(const P& policy, std::int64_t steps) {
        return run(policy, steps, 0, [](const Simulation&) {});
    }

  private:
    static constexpr bool has_field = !std::same_as<Frequency, double>;
    using OwnFrequency = std::conditional_t<has_field, Field<T>, double>;

    static OwnFrequency copy_of(const Frequency& omega) { return OwnFrequency(omega); }

    template <class Observer> bool observe(Observer& observer) const {
        if constexpr (std::is_void_v<std::invoke_result_t<Observer&, const Simulation&>>) {
            observer(*this);
            return true;
        } else {
            return static_cast<bool>(observer(*this));
        }
    }

    Laplacian<CouplingType> laplacian_;
    OwnFrequency omega_;
    Field<T> theta_;
    Euler stepper_;
    std::int64_t step_ = 0;
};

template <class C, class Frequency, GridLike Theta>
Simulation(const Model<C, Frequency>&, const Theta&, Euler) -> Simulation<C, Frequency, value_type_of<const Theta>>;
template <class C, class Frequency, GridLike Theta>
Simulation(const Model<C, Frequency>&, const Theta&, Euler, Stability)
    -> Simulation<C, Frequency, value_type_of<const Theta>>;

} // namespace kuramoto
