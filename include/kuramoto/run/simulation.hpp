// Simulation: a model, its state and a stepper, that knows its step and time; run with an observer.
#pragma once

#include <kuramoto/detail/run/check_model.hpp>
#include <kuramoto/detail/run/own_model.hpp>
#include <kuramoto/detail/run/progress.hpp>
#include <kuramoto/run/advance.hpp>
#include <kuramoto/run/inertia.hpp>
#include <kuramoto/run/integrate.hpp>
#include <kuramoto/run/mean_field.hpp>
#include <kuramoto/run/phase_space.hpp>
#include <kuramoto/run/stepper_of.hpp>
#include <kuramoto/stepping/stability.hpp>

#include <cstdint>
#include <type_traits>
#include <utility>

namespace kuramoto {

/// Whether a Simulation refuses a time step beyond max_stable_dt.
enum class Stability { checked, unchecked };

/// Where a simulation begins: at step 0, or at a state that was saved.
struct Start {
    double time = 0.0; ///< with a fixed time step t₀, the time of step 0; with DormandPrince54 the time of the state
    std::int64_t step = 0; ///< number of steps before the state
};

/// A function that looks at a simulation. It may return something that converts to false to stop the run.
template <class Observer, class S>
concept ObserverOf =
    std::invocable<Observer&, const S&> && (std::is_void_v<std::invoke_result_t<Observer&, const S&>> ||
                                            std::convertible_to<std::invoke_result_t<Observer&, const S&>, bool>);

namespace detail {

/// work(phases, execution): the checks of a simulation's arguments, where they are those of one process.
template <GridLike Theta, class Work> void check_cells(const Theta& theta, const Work& work) {
    const Execution execution(Fused{});
    work(as_grid(theta), execution);
}
/// Throws for a time step beyond the stable one of the model on these cells.
template <GridLike Theta, class Stepper, class ModelType>
void check_stability(const Theta& /*theta*/, const Stepper& stepper, const ModelType& model) {
    check_stable(stepper, model);
}
/// Throws for velocities of another shape than theta.
template <GridLike Theta, GridLike Velocity> void check_velocity(const Theta& theta, const Velocity& velocity) {
    check_same_shape(as_grid(theta), "theta", as_grid(velocity), "velocity");
}
/// What a simulation shows of the cells that it owns.
template <class T> Grid<const T> view_of(const Field<T>& cells) { return cells.view(); }

/// What a simulation can copy to cells of its own: any grid to a Field, otherwise the same type of cells.
template <class Given, class Cells>
concept CopiedTo =
    std::same_as<Given, Cells> || (GridLike<const Given> && std::same_as<Cells, Field<typename Cells::value_type>>);
template <class Cells, class Given> Cells copy_of(const Given& given) {
    if constexpr (std::same_as<Given, Cells>)
        return given;
    else
        return Cells(as_grid(given));
}

} // namespace detail

/// A model, its state and a stepper, advanced together.
///
/// Owns copies of all fields: θ, velocities, ω, D, masses, dampings, strengths of bonds and values along edges.
/// `ModelType` is Model, MeanFieldModel or InertialModel. `Cells` is Field, or mpi::Field for a lattice on many
/// processes (mpi.hpp). All template arguments are deduced.
///
/// With a fixed time step, runs and pauses are counted in steps. Step n is at time t₀ + n · dt, never a running sum.
/// A run in pieces, with or without observer, gives the bits of one call of `advance`.
///
/// With DormandPrince54, runs and pauses are durations. Each piece between two pauses is one call of `integrate`, which
/// begins with the step length that the piece before proposed. Pauses therefore change the result within the tolerance.
/// A run in pieces gives the bits of one run if each piece ends where the one run pauses. `max_steps` limits each
/// piece.
///
/// To resume a run with the same bits, save theta(), velocity(), the model and stepper(), and pass them to a new
/// Simulation. Start{.time, .step} is then {t₀, step()}, or with DormandPrince54 {time(), step()}.
template <class ModelType, Real T, class Stepper = Euler, class Cells = Field<T>> class Simulation {
    static constexpr bool is_adaptive = std::same_as<Stepper, DormandPrince54>;
    static constexpr bool has_velocity = detail::is_inertial<ModelType>;
    using Progress = std::conditional_t<is_adaptive, detail::TimeProgress, detail::StepProgress>;

  public:
    /// What a run is measured in: a number of steps (std::int64_t), or a duration (double) with DormandPrince54.
    using Amount = typename Progress::Amount;
    /// What a run returns: the number of steps done, or an IntegrationReport with DormandPrince54.
    using Report = typename Progress::Report;

    /// Copies the model, the phases `theta` and the stepper. Throws as `advance`, before anything is copied; and for a
    /// dt beyond max_stable_dt(stepper, model) where the coupling has a max_slope, unless `stability` is unchecked; and
    /// for a start.step that is negative or a start.time that is not finite.
    template <detail::CopiedTo<Cells> Theta, class = Build>
    Simulation(const ModelType& model, const Theta& theta, Stepper stepper, Stability stability = Stability::checked,
               Start start = {})
    requires(!has_velocity && !is_adaptive)
        : Simulation(checked(model, theta, stepper, stability, start), theta, stepper, start, Private{}) {}

    /// The same with steps whose length follows the error. Throws as `integrate`.
    template <detail::CopiedTo<Cells> Theta, class = Build>
    Simulation(const ModelType& model, const Theta& theta, Stepper stepper, Start start = {})
    requires(!has_velocity && is_adaptive)
        : Simulation(checked(model, theta, stepper, Stability::unchecked, start), theta, stepper, start, Private{}) {}

    /// The same with inertia. `velocity` is at the time of the phases.
    template <detail::CopiedTo<Cells> Theta, detail::CopiedTo<Cells> Velocity, class = Build>
    Simulation(const ModelType& model, const Theta& theta, const Velocity& velocity, Stepper stepper,
               Stability stability = Stability::checked, Start start = {})
    requires(has_velocity && !is_adaptive)
        : Simulation(checked(model, theta, velocity, stepper, stability, start), theta, velocity, stepper, start,
                     Private{}) {}

    /// The same with inertia and with steps whose length follows the error.
    template <detail::CopiedTo<Cells> Theta, detail::CopiedTo<Cells> Velocity, class = Build>
    Simulation(const ModelType& model, const Theta& theta, const Velocity& velocity, Stepper stepper, Start start = {})
    requires(has_velocity && is_adaptive)
        : Simulation(checked(model, theta, velocity, stepper, Stability::unchecked, start), theta, velocity, stepper,
                     start, Private{}) {}

    /// The phases, rad; never wrapped.
    [[nodiscard]] decltype(auto) theta() const& {
        using detail::view_of;
        return view_of(theta_);
    }
    /// The velocities at the time of the phases, rad / time.
    [[nodiscard]] decltype(auto) velocity() const&
    requires(has_velocity)
    {
        using detail::view_of;
        return view_of(velocity_);
    }
    /// The model. It views this object's own fields.
    [[nodiscard]] ModelType model() const& { return model_.view(); }
    /// The stepper. With DormandPrince54, `initial_dt` is the length of the next step.
    [[nodiscard]] Stepper stepper() const& { return stepper_.view(); }
    /// The time step.
    [[nodiscard]] double dt() const
    requires(!is_adaptive)
    {
        return stepper_.view().dt;
    }
    /// Number of steps done, those before start.step included.
    [[nodiscard]] std::int64_t step() const noexcept { return progress_.step(); }
    /// The time of the state: t₀ + step() · dt(), or the sum of start.time and all durations.
    KURAMOTO_PER_BUILD
    [[nodiscard]] double time() const noexcept {
        if constexpr (is_adaptive)
            return progress_.time();
        else
            return progress_.time(stepper_.view().dt);
    }

    /// Advances by `amount` under `policy`: so many steps, or so much time with DormandPrince54. Returns the number of
    /// steps done, or the report.
    ///
    /// The observer is called with this object at step 0, at every multiple of `every` in step() or time(), and at the
    /// end; every = 0 means only at the end. A state that an observer has seen is not shown again, so that a run in
    /// pieces shows each once. If the observer returns something that converts to false, the run stops there; the next
    /// one continues from that state. The observer is called between two pieces of the run and changes nothing.
    ///
    /// Throws as `advance` or `integrate`, and for an `every` that is negative, not finite, or too short to tell its
    /// multiples apart. An error on entry changes nothing. After a later error, the state is that of the last pause.
    /// There is one exception: if a policy throws while a lattice is advanced with a fixed time step, the phases and
    /// the velocities are unspecified.
    template <ExecutionPolicy P, class Observer, class = Build>
    requires ObserverOf<Observer, Simulation>
    Report run(const P& policy, Amount amount, Amount every, Observer&& observer) {
        const Amount end = checked_end(policy, amount, every);
        Report report{};
        const bool begins = step() == 0 && every > 0 && amount > 0;
        if (begins && !observe(observer)) return report;
        while (progress_.position() < end) {
            advance_to(policy, progress_.next_pause(every, end), report);
            if (!observe(observer)) return report;
        }
        if (amount <= 0) observe(observer);
        return report;
    }

    /// The same without an observer.
    template <ExecutionPolicy P, class = Build> Report run(const P& policy, Amount amount) {
        const Amount end = checked_end(policy, amount, 0);
        Report report{};
        if (progress_.position() < end) advance_to(policy, end, report);
        return report;
    }

    // What does not compile: the comment behind each is in the compiler's message.
    // clang-format off
    Grid<const T> theta() const&& = delete; // the phases of a temporary Simulation would be gone: give it a name
    Grid<const T> velocity() const&& requires(has_velocity) = delete; // the velocities of a temporary Simulation would be gone: give it a name
    ModelType model() const&& = delete; // the model would view a temporary Simulation: give it a name
    Stepper stepper() const&& = delete; // the stepper could view a temporary Simulation: give it a name
    template <ExecutionPolicy P, std::floating_point Number, class... Others> requires(!is_adaptive)
    void run(const P&, Number, Others&&...) = delete; // a run with a fixed time step is counted in steps, an integer; a duration is for DormandPrince54
    template <ExecutionPolicy P, class Observer> requires ObserverOf<Observer, Simulation>
    void run(const P&, Amount, Observer&&) = delete; // say how often: run(policy, amount, every, observer)
    template <class Number, ExecutionPolicy P, class... Others> requires std::is_arithmetic_v<Number>
    void run(Number, const P&, Others&&...) = delete; // the policy comes first: run(policy, amount)
    // clang-format on

  private:
    struct Private {};

    template <class Theta, class = Build>
    Simulation(const ModelType& model, const Theta& theta, const Stepper& stepper, const Start& start, Private)
        : model_(model), stepper_(stepper), theta_(detail::copy_of<Cells>(theta)), progress_(start.time, start.step) {}
    template <class Theta, class Velocity, class = Build>
    Simulation(const ModelType& model, const Theta& theta, const Velocity& velocity, const Stepper& stepper,
               const Start& start, Private)
        : model_(model), stepper_(stepper), theta_(detail::copy_of<Cells>(theta)),
          velocity_(detail::copy_of<Cells>(velocity)), progress_(start.time, start.step) {}

    // Each argument, before the first is copied; returns the model.
    template <class Theta, class = Build>
    static const ModelType& checked(const ModelType& model, const Theta& theta, const Stepper& stepper,
                                    Stability stability, const Start& start) {
        using detail::check_cells;
        check_cells(theta, [&](const Grid<const T>& phases, const detail::Execution& execution) {
            if (!detail::is_finite(start.time))
                detail::invalid_argument("start.time must be finite, but is " + detail::text(start.time));
            detail::check_count(start.step, "start.step");
            detail::check_stepper<T>(stepper, model, phases, start.step, execution);
            detail::check_model<T>(model, phases, execution);
        });
        using detail::check_stability;
        if (stability == Stability::checked) check_stability(theta, stepper, model);
        return model;
    }
    template <class Theta, class Velocity, class = Build>
    static const ModelType& checked(const ModelType& model, const Theta& theta, const Velocity& velocity,
                                    const Stepper& stepper, Stability stability, const Start& start) {
        using detail::check_velocity;
        checked(model, theta, stepper, stability, start);
        check_velocity(theta, velocity);
        return model;
    }

    // Where a run ends. Throws for what `run` refuses on entry.
    template <class P, class = Build> Amount checked_end(const P& policy, Amount amount, Amount every) const {
        using detail::check_cells;
        Amount end{};
        check_cells(theta_, [&](const Grid<const T>&, const detail::Execution&) {
            end = progress_.end_of_run(amount);
            progress_.check_pauses(every, end);
            detail::check_policy(policy);
        });
        return end;
    }

    template <class P, class = Build> void advance_to(const P& policy, Amount pause, Report& report) {
        if constexpr (is_adaptive) {
            DormandPrince54 method = stepper();
            const IntegrationReport piece = integrate_piece(policy, method, progress_.left_to(pause));
            if (piece.next_dt > 0 && detail::is_finite(piece.next_dt)) method.initial_dt = piece.next_dt;
            stepper_ = detail::Own<Stepper>(method);
            progress_.arrive(pause, piece, report);
        } else {
            const std::int64_t steps = progress_.left_to(pause);
            if constexpr (has_velocity)
                advance(policy, stepper(), model(), theta_, velocity_, steps, step());
            else
                advance(policy, stepper(), model(), theta_, steps, step());
            progress_.arrive(pause, report);
        }
    }

    template <class P, class = Build>
    IntegrationReport integrate_piece(const P& policy, const DormandPrince54& method, double duration) {
        if constexpr (has_velocity)
            return integrate(policy, method, model(), theta_, velocity_, duration);
        else
            return integrate(policy, method, model(), theta_, duration);
    }

    // Whether the run goes on.
    template <class Observer> bool observe(Observer& observer) {
        if (has_been_seen_ && seen_ == progress_.position()) return true;
        const Simulation& self = *this;
        bool continues = true;
        if constexpr (std::is_void_v<std::invoke_result_t<Observer&, const Simulation&>>)
            observer(self);
        else
            continues = static_cast<bool>(observer(self));
        has_been_seen_ = true; // not by an observer that throws: the next run shows it the state again
        seen_ = progress_.position();
        return continues;
    }

    detail::Own<ModelType> model_;
    detail::Own<Stepper> stepper_;
    struct NoVelocity {};
    Cells theta_;
    std::conditional_t<has_velocity, Cells, NoVelocity> velocity_;
    Progress progress_;
    bool has_been_seen_ = false;
    Amount seen_ = 0; // where an observer has seen the state last
};

// What arguments that do not fit deduce; the comment behind each deleted constructor is in the compiler's message.
// clang-format off
template <> class Simulation<detail::UnsuitableStepper, double, void, Field<double>> {
  public:
    template <class... Arguments>
    explicit Simulation(const Arguments&...) = delete; // the stepper does not suit the model. Model and MeanFieldModel: (model, theta, stepper) with a FixedStepper or DormandPrince54. InertialModel: (model, theta, velocity, stepper) with BAOAB, VelocityVerlet or DormandPrince54. All fields of one precision
    template <class... Arguments> void run(Arguments&&...);
};
template <> class Simulation<detail::WrongOrder, double, void, Field<double>> {
  public:
    template <class... Arguments>
    explicit Simulation(const Arguments&...) = delete; // write Simulation(model, theta, stepper), or with inertia Simulation(model, theta, velocity, stepper)
    template <class... Arguments> void run(Arguments&&...);
};
// clang-format on

template <class ModelType, GridLike Theta, StepperOf<ModelType, value_type_of<const Theta>> S>
requires(!detail::is_inertial<ModelType>)
Simulation(const ModelType&, const Theta&, S) -> Simulation<ModelType, value_type_of<const Theta>, S>;
template <class ModelType, GridLike Theta, StepperOf<ModelType, value_type_of<const Theta>> S>
requires(!detail::is_inertial<ModelType> && FixedStepper<S>)
Simulation(const ModelType&, const Theta&, S, Stability, Start = {})
    -> Simulation<ModelType, value_type_of<const Theta>, S>;
template <class ModelType, GridLike Theta>
requires StepperOf<DormandPrince54, ModelType, value_type_of<const Theta>>
Simulation(const ModelType&, const Theta&, DormandPrince54, Start)
    -> Simulation<ModelType, value_type_of<const Theta>, DormandPrince54>;
template <class Inner, class Coefficients, GridLike Theta, SamePrecision<Theta> Velocity, InertialStepper S>
requires StepperOf<S, InertialModel<Inner, Coefficients>, value_type_of<const Theta>>
Simulation(const InertialModel<Inner, Coefficients>&, const Theta&, const Velocity&, S, Stability = Stability::checked,
           Start = {}) -> Simulation<InertialModel<Inner, Coefficients>, value_type_of<const Theta>, S>;
template <class Inner, class Coefficients, GridLike Theta, SamePrecision<Theta> Velocity>
requires StepperOf<DormandPrince54, InertialModel<Inner, Coefficients>, value_type_of<const Theta>>
Simulation(const InertialModel<Inner, Coefficients>&, const Theta&, const Velocity&, DormandPrince54, Start = {})
    -> Simulation<InertialModel<Inner, Coefficients>, value_type_of<const Theta>, DormandPrince54>;
template <class First, class Second, class Third, class... Others>
requires(!detail::fit<First, Second, Third, Others...>)
Simulation(const First&, const Second&, const Third&, const Others&...)
    -> Simulation<detail::Misfit<First, Second>, double, void>;

} // namespace kuramoto
