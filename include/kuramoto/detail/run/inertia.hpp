// Kicks and drifts of oscillators with inertia.
#pragma once

#include <kuramoto/detail/arithmetic/rounded.hpp>
#include <kuramoto/detail/build/checks.hpp>
#include <kuramoto/detail/parallel/cell_blocks.hpp>
#include <kuramoto/detail/run/mean_field.hpp>
#include <kuramoto/grid/field.hpp>
#include <kuramoto/model/inertia.hpp>
#include <kuramoto/run/mean_field.hpp>
#include <kuramoto/run/rate.hpp>
#include <kuramoto/stepping/leapfrog.hpp>

KURAMOTO_BEGIN_NAMESPACE
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
KURAMOTO_END_NAMESPACE
