// Simulation: a model, its state and a stepper, that knows its step and time; run with an observer.
#pragma once

#include <kuramoto/detail/arithmetic/environment.hpp>
#include <kuramoto/detail/arithmetic/rounded.hpp>
#include <kuramoto/run/advance.hpp>
#include <kuramoto/stepping/stability.hpp>

#include <cstdint>
#include <type_traits>
#include <utility>

namespace kuramoto {

/// Whether a Simulation refuses a time step beyond max_stable_dt.
enum class Stability { checked, unchecked };

/// Where a simulation takes up a run: at the beginning, or at a state that was saved.
struct Start {
    double time = 0.0;     ///< t₀, the time at step 0
    std::int64_t step = 0; ///< steps done so far
};

/// A function that looks at a simulation, and may return something that converts to false to stop its run.
template <class Observer, class S>
concept ObserverOf = std::invocable<Observer&, const S&> &&
    (std::is_void_v<std::invoke_result_t<Observer&, const S&>> ||
     std::convertible_to<std::invoke_result_t<Observer&, const S&>, bool>);

namespace detail {

/// A boundary that owns the numbers along its edges.
class OwnBoundary {
  public:
    template <class = Build>
    explicit OwnBoundary(const Boundary& boundary)
        : boundary_(boundary), numbers_{copy_of(boundary.north), copy_of(boundary.south), copy_of(boundary.west),
                                        copy_of(boundary.east)} {}

    /// Views this object's own numbers.
    [[nodiscard]] Boundary view() const noexcept {
        return {aimed(boundary_.north, 0), aimed(boundary_.south, 1), aimed(boundary_.west, 2),
                aimed(boundary_.east, 3)};
    }

  private:
    template <class = Build> static Field<double> copy_of(const BoundaryCondition& edge) {
        return Field<double>(Grid<const double>(edge.values, 1, edge.count > 0 ? edge.count : 0));
    }
    [[nodiscard]] BoundaryCondition aimed(BoundaryCondition edge, int k) const noexcept {
        if (edge.values != nullptr) edge.values = numbers_[k].data();
        return edge;
    }

    Boundary boundary_;
    Field<double> numbers_[4];
};

/// Strengths of bonds that it owns, if they differ.
template <class Bonds> struct OwnBonds {
    template <class = Build> explicit OwnBonds(const Bonds&) {}
    [[nodiscard]] EqualBonds view() const noexcept { return {}; }
};
template <class T> class OwnBonds<BondStrengths<T>> {
  public:
    template <class = Build>
    explicit OwnBonds(const BondStrengths<T>& bonds) : east_(bonds.east), south_(bonds.south) {}
    [[nodiscard]] BondStrengths<T> view() const noexcept { return {east_.view(), south_.view()}; }

  private:
    Field<T> east_;
    Field<T> south_;
};

} // namespace detail

/// Owns copies of θ, ω, the strengths of bonds and the numbers along the edges, and advances θ with a fixed time step.
/// A field of D is viewed, as EulerMaruyamaField says.
///
/// Step n is at time t₀ + n · dt, never a running sum. `Frequency` is Grid<const T> or double, as in Model; deduced, as
/// is the stepper.
template <class CouplingType, class Frequency, Real T, FixedStepper Stepper = Euler, class Bonds = EqualBonds>
requires FrequencyFor<Frequency, T> && StepperFor<Stepper, T> && BondsFor<Bonds, T>
class Simulation {
  public:
    /// The model it integrates.
    using ModelType = Model<CouplingType, Frequency, Bonds>;

    /// Copies the phases `theta` and the model's ω. Throws std::invalid_argument for a dt that is not finite and
    /// positive or beyond max_stable_dt(stepper, model) (where the coupling says its slope; `Stability::unchecked` lets
    /// it pass), for an ω of another shape, for numbers that are not finite, and for a negative start.step.
    template <GridLike Theta, class = Build>
    Simulation(const ModelType& model, const Theta& theta, Stepper stepper, Stability stability = Stability::checked,
               Start start = {})
        : laplacian_(model.laplacian), boundary_(model.laplacian.boundary), bonds_(model.laplacian.bonds),
          omega_(copy_of(model.omega)), theta_(Grid<const T>(as_grid(theta))), stepper_(stepper),
          start_time_(start.time), step_(start.step) {
        const detail::DefaultEnvironment environment;
        if (!detail::is_finite(start.time))
            detail::invalid_argument("start.time must be finite, but is " + detail::text(start.time));
        detail::check_count(start.step, "start.step");
        static_cast<void>(detail::checked_time_step<T>(stepper.dt));
        static_cast<void>(detail::checked_number<T>(laplacian_.K, "K"));
        static_cast<void>(detail::prepared<T>(laplacian_.coupling));
        detail::check_boundary<T>(laplacian_.boundary, theta_.rows(), theta_.cols());
        static_cast<void>(detail::source_of(this->model().omega, this->theta()));
        detail::check_strengths<T>(laplacian_.bonds, this->theta());
        if constexpr (NoisyStepper<Stepper>)
            static_cast<void>(detail::noise_of<T>(stepper, this->theta(), start.step, 0, best_isa()));
        if constexpr (HasMaxSlope<CouplingType>) {
            const double most = max_stable_dt(stepper, laplacian_);
            if (stability == Stability::checked && !(stepper.dt <= most))
                detail::invalid_argument("dt = " + detail::text(stepper.dt) + " is beyond the stable time step " +
                                         detail::text(most) + " of this model (Stability::unchecked lets it pass)");
        }
    }

    /// The phases, rad; never wrapped.
    [[nodiscard]] Grid<const T> theta() const noexcept { return theta_.view(); }
    /// The model, viewing this object's own ω and edges.
    [[nodiscard]] ModelType model() const {
        Laplacian<CouplingType, Bonds> laplacian = laplacian_;
        laplacian.boundary = boundary_.view();
        laplacian.bonds = bonds_.view();
        if constexpr (has_field)
            return {laplacian, omega_.view()};
        else
            return {laplacian, omega_};
    }
    /// The time step.
    [[nodiscard]] double dt() const noexcept { return stepper_.dt; }
    /// Number of steps done, those before start.step included.
    [[nodiscard]] std::int64_t step() const noexcept { return step_; }
    /// t₀ + step() · dt().
    template <class = Build> [[nodiscard]] double time() const noexcept {
        using detail::Rounded;
        const detail::DefaultEnvironment environment;
        return (Rounded(start_time_) + Rounded(static_cast<double>(step_)) * Rounded(stepper_.dt)).value();
    }

    /// Advances by `steps` steps under `policy`; returns how many were done. Throws as `advance`, and for every < 0,
    /// before anything changes.
    ///
    /// The observer is called with this object at step 0, at every multiple of `every`, and at the last step; every = 0
    /// means only the last. A step that an observer has seen is not shown again, so that a run in pieces shows each
    /// once. If the observer returns something that converts to false, the run stops there; the next one goes on. It
    /// sees the state between two sweeps and changes nothing: runs with and without observer end with the same bits.
    template <ExecutionPolicy P, class Observer, class = Build>
    requires ObserverOf<Observer, Simulation> std::int64_t run(const P& policy, std::int64_t steps, std::int64_t every,
                                                               Observer&& observer) {
        detail::check_count(steps, "steps");
        detail::check_count(every, "every");
        static_cast<void>(detail::Execution(policy));
        const std::int64_t first = step_;
        const std::int64_t last = step_after(steps);
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
        detail::check_count(steps, "steps");
        const std::int64_t last = step_after(steps);
        advance(policy, stepper_, model(), theta_, steps, step_);
        step_ = last;
        return steps;
    }

  private:
    static constexpr bool has_field = !std::same_as<Frequency, double>;
    using OwnFrequency = std::conditional_t<has_field, Field<T>, double>;

    static OwnFrequency copy_of(const Frequency& omega) { return OwnFrequency(omega); }

    template <class = Build> [[nodiscard]] std::int64_t step_after(std::int64_t steps) const {
        std::int64_t last = 0;
        if (__builtin_add_overflow(step_, steps, &last))
            detail::length_error("steps = " + detail::integer_text(steps) + " overflow the step counter, which is at " +
                                 detail::integer_text(step_));
        return last;
    }

    template <class Observer> bool observe(Observer& observer) {
        if (seen_ == step_) return true;
        seen_ = step_;
        const Simulation& self = *this;
        if constexpr (std::is_void_v<std::invoke_result_t<Observer&, const Simulation&>>) {
            observer(self);
            return true;
        } else {
            return static_cast<bool>(observer(self));
        }
    }

    Laplacian<CouplingType, Bonds> laplacian_;
    detail::OwnBoundary boundary_;
    detail::OwnBonds<Bonds> bonds_;
    OwnFrequency omega_;
    Field<T> theta_;
    Stepper stepper_;
    double start_time_;
    std::int64_t step_;
    std::int64_t seen_ = -1; // the last step that an observer has seen
};

template <class C, class Frequency, class B, GridLike Theta, FixedStepper S>
Simulation(const Model<C, Frequency, B>&, const Theta&, S)
    -> Simulation<C, Frequency, value_type_of<const Theta>, S, B>;
template <class C, class Frequency, class B, GridLike Theta, FixedStepper S>
Simulation(const Model<C, Frequency, B>&, const Theta&, S, Stability, Start = {})
    -> Simulation<C, Frequency, value_type_of<const Theta>, S, B>;

} // namespace kuramoto
