// advance of a model with inertia; its velocities half a step back and forward.
#pragma once

#include <kuramoto/detail/run/inertia.hpp>
#include <kuramoto/model/inertia.hpp>
#include <kuramoto/stepping/leapfrog.hpp>

#include <concepts>
#include <cstdint>
#include <type_traits>

KURAMOTO_BEGIN_NAMESPACE

/// Advances θ and its velocity in place by `steps` steps of the leapfrog.
///
/// theta (rad) and velocity (rad / time): grid-like, the same shape and precision, any strides; neither may overlap
/// itself, the other or omega. `velocity` is that of half a step before the phases: half_step_back takes it there
/// from the time of the phases, and half_step_forward to that time. In between nothing is to be done: advance(m + n)
/// is advance(m) followed by advance(n), bit for bit. Zero steps change nothing. Throws as `rate` of the model, and for
/// a mass that is not positive, a negative damping, steps or first_step < 0, and a dt that is not finite and positive;
/// whatever is thrown, theta and velocity are as they were. Not fused in time: a step is the pass of `rate` and one
/// that reads three fields and writes two; no sines but the rate's. Three fields are allocated once a call. The same
/// bits for any policy but Serial, any number of threads and strides, per class of instruction set. Never refuses a
/// large dt: see max_stable_dt.
template <ExecutionPolicy P, class Inner, WritableGridLike Theta, WritableGridLike Velocity>
requires SamePrecision<Theta, Velocity> && HasInertia<Inner, value_type_of<Theta>>
void advance(const P& policy, const Leapfrog& stepper, const InertialModel<Inner>& model, Theta&& theta,
             Velocity&& velocity, std::int64_t steps, std::int64_t first_step = 0) {
    using T = value_type_of<Theta>;
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
/// dt/2m · rate(θ). To be called once, before the first step. Exactly the inverse of half_step_forward except for
/// rounding. theta is only read; throws as `advance`; costs one step.
template <ExecutionPolicy P, class Inner, GridLike Theta, WritableGridLike Velocity>
requires SamePrecision<Theta, Velocity> && HasInertia<Inner, value_type_of<Theta>>
void half_step_back(const P& policy, const Leapfrog& stepper, const InertialModel<Inner>& model, const Theta& theta,
                    Velocity&& velocity) {
    detail::half_step(policy, stepper, model, theta, velocity, &detail::Kicks<value_type_of<const Theta>>::back);
}

/// Takes velocities from half a step before the phases to their time, where one looks at them: v ← (v + dt/2m ·
/// rate(θ)) / (1 + g), the mean of the velocities before and behind. To be called on a copy if the run goes on, or to
/// be undone by half_step_back, which costs a rounding. theta is only read; throws as `advance`; costs one step.
template <ExecutionPolicy P, class Inner, GridLike Theta, WritableGridLike Velocity>
requires SamePrecision<Theta, Velocity> && HasInertia<Inner, value_type_of<Theta>>
void half_step_forward(const P& policy, const Leapfrog& stepper, const InertialModel<Inner>& model, const Theta& theta,
                       Velocity&& velocity) {
    detail::half_step(policy, stepper, model, theta, velocity, &detail::Kicks<value_type_of<const Theta>>::forward);
}

// What does not compile: the comment behind each is in the compiler's message.
// clang-format off
template <ExecutionPolicy P, FixedStepper S, class Inner, class... Others>
void advance(const P&, const S&, const InertialModel<Inner>&, Others&&...) = delete; // inertia takes the leapfrog: write advance(policy, leapfrog, model, theta, velocity, steps)
template <ExecutionPolicy P, class ModelType, class... Others> requires(!detail::is_inertial<ModelType>)
void advance(const P&, const Leapfrog&, const ModelType&, Others&&...) = delete; // the leapfrog is for an InertialModel: write advance(policy, leapfrog, model, theta, velocity, steps)
template <ExecutionPolicy P, class Inner, class Theta, std::integral Steps, class... Others>
void advance(const P&, const Leapfrog&, const InertialModel<Inner>&, Theta&&, Steps, Others&&...) = delete; // the velocity is missing: write advance(policy, leapfrog, model, theta, velocity, steps)
template <ExecutionPolicy P, class Inner, class... Others>
void advance(const P&, const InertialModel<Inner>&, const Leapfrog&, Others&&...) = delete; // write advance(policy, leapfrog, model, theta, velocity, steps)
template <ExecutionPolicy P, class Inner, class... Others>
void integrate(const P&, const DormandPrince54&, const InertialModel<Inner>&, Others&&...) = delete; // inertia takes the leapfrog: write advance(policy, leapfrog, model, theta, velocity, steps)
// clang-format on

KURAMOTO_END_NAMESPACE
