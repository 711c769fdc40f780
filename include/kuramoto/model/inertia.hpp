// Inertia: oscillators of second order, m θ̈ + γ θ̇ = rate of a model, with a velocity field beside the phases; and the
// leapfrog that advances them.
//
// Power grids: the swing equation, with ω the power fed in at a node, K the capacity of a line (Filatrella, Nielsen &
// Pedersen, European Physical Journal B 61 (2008) 485). Josephson arrays: m the capacitance, γ the conductance, ω the
// bias current of a junction. All-to-all: Tanaka, Lichtenberg & Oishi, Physical Review Letters 78 (1997) 2104.
#pragma once

#include <kuramoto/detail/arithmetic/environment.hpp>
#include <kuramoto/detail/arithmetic/rounded.hpp>
#include <kuramoto/detail/parallel/blocks.hpp>
#include <kuramoto/model/mean_field.hpp>
#include <kuramoto/run/advance.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <type_traits>

namespace kuramoto {

/// m and γ in m θ̈ + γ θ̇ = …
struct Inertia {
    double mass = 1.0;    ///< m, the time over which a velocity is forgotten times γ; positive
    double damping = 0.0; ///< γ, not negative
};

/// m θ̈ + γ θ̇ = rate of `model`: ω + K ∇·f(∇θ) for a Model, with the coupling to all cells for a MeanFieldModel.
/// Deduced: InertialModel{Inertia{.mass = 2, .damping = 0.1}, model}.
template <class ModelType> struct InertialModel {
    Inertia inertia = {}; ///< m and γ
    ModelType model = {}; ///< the right-hand side
};

template <class Inner> InertialModel(Inertia, Inner) -> InertialModel<Inner>;

/// The leapfrog (kick–drift; Störmer, Verlet): velocities stand half a step behind the phases.
///
///     v(t + dt/2) = [(1 − g) v(t − dt/2) + dt/m · rate(θ(t))] / (1 + g),   g = γ dt / 2m
///     θ(t + dt)   = θ(t) + dt · v(t + dt/2)
///
/// The damping is centred: it acts on the mean of both velocities. Second order, one evaluation of the rate a step,
/// time-reversible and symplectic without damping: energy oscillates and does not drift (Hairer, Lubich & Wanner,
/// Geometric Numerical Integration, I.1.4). A step longer than 2m/γ is stable but makes velocities alternate.
struct Leapfrog {
    double dt = 0.1; ///< time step; positive
};

namespace detail {

template <class Inner> constexpr bool is_mean_field = false;
template <class Local> constexpr bool is_mean_field<MeanFieldModel<Local>> = true;

} // namespace detail

/// What an InertialModel can hold for cells of T: a Model or a MeanFieldModel.
template <class Inner, class T>
concept HasInertia = (LatticeModel<Inner> || detail::is_mean_field<Inner>)&&FrequencyFor<detail::OmegaOf<Inner>, T>;

inline namespace KURAMOTO_BUILD {
namespace detail {

/// v ← keep · v + push · force, and then θ ← θ + dt · v where there is a θ.
template <class T> struct KickAndDrift {
    const T* force = nullptr;
    T* velocity = nullptr;
    T* theta = nullptr; ///< null: a kick alone
    T keep = 1;
    T push = 0;
    T dt = 0;

    template <class Cells> KURAMOTO_ALWAYS_INLINE void operator()(const Cells& at) const noexcept {
        using V = typename Cells::Vector;
        const V kicked = fma(V(push), at.load(force), V(keep) * at.load(velocity));
        at.store(velocity, kicked);
        if (theta != nullptr) at.store(theta, fma(V(dt), kicked, at.load(theta)));
    }
};

/// The three kicks of the leapfrog: over a whole step, and over half a step back and forward.
template <class T> struct Kicks {
    KickAndDrift<T> whole;
    KickAndDrift<T> back;
    KickAndDrift<T> forward;
};

/// Throws for a mass, a damping or a time step that is out of range. Not inlined: see checked_number.
template <class T> KURAMOTO_NEVER_INLINE Kicks<T> kicks_of(const Leapfrog& stepper, const Inertia& inertia) {
    stay_in_place();
    const T dt = checked_time_step<T>(stepper.dt);
    static_cast<void>(checked_number<T>(inertia.mass, "mass"));
    static_cast<void>(checked_number<T>(inertia.damping, "damping"));
    if (!(inertia.mass > 0)) invalid_argument("mass must be positive, but is " + text(inertia.mass));
    if (inertia.damping < 0) invalid_argument("damping must not be negative, but is " + text(inertia.damping));
    const Rounded one(1);
    const Rounded half(0.5);
    const Rounded push = Rounded(stepper.dt) / Rounded(inertia.mass);
    const Rounded g = Rounded(inertia.damping) * push * half;
    static_cast<void>(checked_number<T>(push.value(), "dt / mass"));
    static_cast<void>(checked_number<T>((one + g).value(), "1 + damping · dt / 2 mass"));
    Kicks<T> kicks;
    kicks.whole.keep = static_cast<T>(((one - g) / (one + g)).value());
    kicks.whole.push = static_cast<T>((push / (one + g)).value());
    kicks.whole.dt = dt;
    kicks.back.keep = static_cast<T>((one + g).value());
    kicks.back.push = static_cast<T>((-push * half).value());
    kicks.forward.keep = static_cast<T>((one / (one + g)).value());
    kicks.forward.push = static_cast<T>((push * half / (one + g)).value());
    return kicks;
}

/// Phases, velocities and forces as consecutive cells.
template <class T, class P, class Inner> class InertialRun {
  public:
    InertialRun(const P& policy, const Execution& execution, const Inner& model, const Grid<const T>& theta,
                const Grid<const T>& velocity)
        : policy_(policy), execution_(execution), model_(model), theta_(theta), velocity_(velocity),
          force_(theta.rows(), theta.cols()) {}

    /// A kick with the force of the phases as they are; then they drift, or do not.
    void kick(KickAndDrift<T> kick, bool drifts) {
        rate(policy_, model_, theta_, force_);
        kick.force = force_.data();
        kick.velocity = velocity_.data();
        kick.theta = drifts ? theta_.data() : nullptr;
        run_cells<T>(policy_, execution_, theta_.size(), kick);
    }

    [[nodiscard]] const Field<T>& theta() const noexcept { return theta_; }
    [[nodiscard]] const Field<T>& velocity() const noexcept { return velocity_; }

  private:
    const P& policy_;
    const Execution& execution_;
    Inner model_;
    Field<T> theta_;
    Field<T> velocity_;
    Field<T> force_;
};

/// Throws unless `velocity` can be written beside `theta`, which `omega` may not overlap either if it is written.
template <class T, class Inner>
void check_state(const Inner& model, const Grid<const T>& theta, const Grid<T>& velocity, bool writes_theta) {
    const Source<T> omega = source_of(omega_of(model), theta);
    check_same_shape(theta, "theta", velocity, "velocity");
    check_writable(velocity, "velocity");
    check_disjoint(velocity, "velocity", theta, "theta");
    check_disjoint(velocity, "velocity", omega.field, "omega");
    check_apart_from_lattice(velocity, "velocity", model);
    if (!writes_theta) return;
    check_writable(theta, "theta");
    check_disjoint(theta, "theta", omega.field, "omega");
    check_apart_from_lattice(theta, "theta", model);
}

/// A kick over half a step; which of the two is a member of Kicks.
template <class P, class Inner, class Theta, class Velocity, class Which>
void half_step(const P& policy, const Leapfrog& stepper, const InertialModel<Inner>& model, const Theta& theta,
               Velocity& velocity, Which which) {
    using T = value_type_of<const Theta>;
    const Execution execution(policy);
    const Grid<const T> in = as_grid(theta);
    const Grid<T> out = as_grid(velocity);
    check_state(model.model, in, out, false);
    const Kicks<T> kicks = kicks_of<T>(stepper, model.inertia);
    InertialRun<T, P, Inner> run(policy, execution, model.model, in, out);
    run.kick(kicks.*which, false);
    copy_cells(run.velocity().view(), out);
}

} // namespace detail

/// Advances θ and its velocity in place by `steps` steps of the leapfrog.
///
/// theta (rad) and velocity (rad / time): grid-like, the same shape and precision, any strides; neither may overlap
/// itself, the other or omega. `velocity` is that of half a step before the phases: half_a_step_back takes it there
/// from the time of the phases, and half_a_step_forward to that time. In between nothing is to be done: advance(m + n)
/// is advance(m) followed by advance(n), bit for bit. Zero steps change nothing. Throws as `rate` of the model, and for
/// a mass that is not positive, a negative damping, steps or first_step < 0, and a dt that is not finite and positive;
/// whatever is thrown, theta and velocity are as they were. Not fused in time: a step is the pass of `rate` and one
/// that reads three fields and writes two; no sines but the rate's. Three fields are allocated once a call. The same
/// bits for any policy but Serial, any number of threads and strides, per class of instruction set. Never refuses a
/// large dt: see max_stable_dt.
template <ExecutionPolicy P, class Inner, class Theta, class Velocity>
requires WritableGridLike<std::remove_reference_t<Theta>> && WritableGridLike<std::remove_reference_t<Velocity>> &&
    SamePrecision<std::remove_reference_t<Theta>, std::remove_reference_t<Velocity>> &&
    HasInertia<Inner, value_type_of<std::remove_reference_t<Theta>>>
void advance(const P& policy, const Leapfrog& stepper, const InertialModel<Inner>& model, Theta&& theta,
             Velocity&& velocity, std::int64_t steps, std::int64_t first_step = 0) {
    using T = value_type_of<std::remove_reference_t<Theta>>;
    const detail::Execution execution(policy);
    const Grid<T> phases = as_grid(theta);
    const Grid<T> velocities = as_grid(velocity);
    detail::check_count(steps, "steps");
    detail::check_count(first_step, "first_step");
    detail::check_state<T>(model.model, phases, velocities, true);
    const detail::Kicks<T> kicks = detail::kicks_of<T>(stepper, model.inertia);
    detail::InertialRun<T, P, Inner> run(policy, execution, model.model, phases, velocities);
    // A step of copies checks the rest of the model, also where none is asked for.
    run.kick(kicks.whole, true);
    if (steps == 0) return;
    for (std::int64_t step = 1; step < steps; ++step) run.kick(kicks.whole, true);
    detail::copy_cells(run.theta().view(), phases);
    detail::copy_cells(run.velocity().view(), velocities);
}

/// Takes velocities from the time of the phases to half a step before, where `advance` wants them: v ← (1 + g) v −
/// dt/2m · rate(θ). To be called once, before the first step. Exactly the inverse of half_a_step_forward but for
/// rounding. theta is only read; throws as `advance`; costs one step.
template <ExecutionPolicy P, class Inner, GridLike Theta, class Velocity>
requires WritableGridLike<std::remove_reference_t<Velocity>> &&
    SamePrecision<Theta, std::remove_reference_t<Velocity>> && HasInertia<Inner, value_type_of<Theta>>
void half_a_step_back(const P& policy, const Leapfrog& stepper, const InertialModel<Inner>& model, const Theta& theta,
                      Velocity&& velocity) {
    detail::half_step(policy, stepper, model, theta, velocity, &detail::Kicks<value_type_of<const Theta>>::back);
}

/// Takes velocities from half a step before the phases to their time, where one looks at them: v ← (v + dt/2m ·
/// rate(θ)) / (1 + g), the mean of the velocities before and behind. To be called on a copy if the run goes on, or to
/// be undone by half_a_step_back, which costs a rounding. theta is only read; throws as `advance`; costs one step.
template <ExecutionPolicy P, class Inner, GridLike Theta, class Velocity>
requires WritableGridLike<std::remove_reference_t<Velocity>> &&
    SamePrecision<Theta, std::remove_reference_t<Velocity>> && HasInertia<Inner, value_type_of<Theta>>
void half_a_step_forward(const P& policy, const Leapfrog& stepper, const InertialModel<Inner>& model,
                         const Theta& theta, Velocity&& velocity) {
    detail::half_step(policy, stepper, model, theta, velocity, &detail::Kicks<value_type_of<const Theta>>::forward);
}

/// The largest dt for which the leapfrog is stable about the synchronous state, whatever the damping: 2 √(m / λ), λ
/// being the largest eigenvalue of the rate there, 8 |K| · max_slope for a lattice (and |K| more for coupling to all).
///
/// A mode of eigenvalue −λ is multiplied by the roots of z² − (1 + a − bλ) z + a, a = (1 − g)/(1 + g), b = dt²/m/(1 +
/// g); both are within the unit circle as long as bλ < 2 (1 + a), which is dt² λ < 4 m. At the bound itself modes of
/// λ grow linearly without damping. Infinite for K = 0.
template <class Inner>
requires requires(const Inner& model) { max_stable_dt(model); }
[[nodiscard]] inline double max_stable_dt(const InertialModel<Inner>& model) {
    const detail::DefaultEnvironment environment;
    const detail::Rounded of_euler(max_stable_dt(model.model)); // 2 / λ
    return sqrt(detail::Rounded(2) * detail::Rounded(model.inertia.mass) * of_euler).value();
}

} // namespace KURAMOTO_BUILD
} // namespace kuramoto
