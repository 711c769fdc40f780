// advance of a model with inertia.
#pragma once

#include <kuramoto/detail/run/inertia.hpp>
#include <kuramoto/model/inertia.hpp>
#include <kuramoto/stepping/baoab.hpp>

#include <concepts>
#include <cstdint>
#include <type_traits>

KURAMOTO_BEGIN_NAMESPACE

/// Advances θ and its velocity in place by `steps` steps of BAOAB or VelocityVerlet.
///
/// theta (rad) and velocity (rad / time): grid-like, the same shape and precision, any strides; both at the same time,
/// before and after. Neither may overlap itself, the other or a field that the model reads. Zero steps change nothing;
/// advance(m + n) is advance(m) followed by advance(n), bit for bit. `first_step` is the number of the first step in
/// the whole run. The noise of a step depends on its number. Never refuses a large dt: see max_stable_dt.
///
/// Throws: std::invalid_argument, before anything is written, as `rate` of the model; for a mass that is not positive,
/// a negative damping or temperature, steps or first_step < 0, and a dt that is not finite and positive.
/// If `run` of a policy throws later, theta and velocity are unspecified.
///
/// Cost: steps + 1 evaluations of the rate. On a lattice, memory is read and written once for `depth` steps, as in
/// `advance` of a Model; scratch of eight rows per step and thread, nine with noise. With mean-field coupling or under
/// Serial, a step is the pass of `rate` and one that reads three fields and writes two. Fields of masses or dampings
/// cost three more fields per call, and an exponential per cell.
template <ExecutionPolicy P, InertialStepper S, class Inner, class Coefficients, WritableGridLike Theta,
          WritableGridLike Velocity>
requires SamePrecision<Theta, Velocity> && HasInertia<Inner, Coefficients, value_type_of<Theta>>
void advance(const P& policy, const S& stepper, const InertialModel<Inner, Coefficients>& model, Theta&& theta,
             Velocity&& velocity, std::int64_t steps, std::int64_t first_step) {
    using T = value_type_of<Theta>;
    const detail::Execution execution(policy);
    const Grid<T> phases = as_grid(theta);
    const Grid<T> velocities = as_grid(velocity);
    detail::check_count(steps, "steps");
    detail::check_count(first_step, "first_step");
    if (steps == INT64_MAX) detail::invalid_argument("steps must be below 2^63 - 1 with inertia");
    detail::check_state(model, phases, velocities);
    detail::check_inertial_stepper<T>(stepper, model.inertia, phases);
    const detail::InertialFactors<T> factors(policy, execution, stepper, model.inertia, phases);
    detail::Noise<T> noise;
    if constexpr (std::same_as<S, BAOAB>) noise = factors.noise(stepper, phases, first_step, steps, execution);
    const detail::InertialState<T> state{phases, velocities, noise};
    if constexpr (LatticeModel<Inner> && !detail::works_in_array_passes<P>)
        detail::advance_fused<S>(policy, execution, model.model, factors, state, steps);
    else
        detail::advance_unfused(policy, execution, model.model, factors, state, steps);
}

/// The same without noise and with first_step = 0.
template <ExecutionPolicy P, class Inner, class Coefficients, WritableGridLike Theta, WritableGridLike Velocity>
requires SamePrecision<Theta, Velocity> && HasInertia<Inner, Coefficients, value_type_of<Theta>>
void advance(const P& policy, const VelocityVerlet& stepper, const InertialModel<Inner, Coefficients>& model,
             Theta&& theta, Velocity&& velocity, std::int64_t steps) {
    advance(policy, stepper, model, theta, velocity, steps, 0);
}

// What does not compile: the comment behind each is in the compiler's message.
// clang-format off
template <ExecutionPolicy P, class Inner, class Coefficients, class Theta, class Velocity>
void advance(const P&, const BAOAB&, const InertialModel<Inner, Coefficients>&, Theta&&, Velocity&&, std::int64_t) = delete; // with noise, pass first_step, the number of the first step in the whole run; or use Simulation
template <ExecutionPolicy P, FixedStepper S, class Inner, class Coefficients, class... Others>
void advance(const P&, const S&, const InertialModel<Inner, Coefficients>&, Others&&...) = delete; // inertia takes BAOAB or VelocityVerlet: write advance(policy, stepper, model, theta, velocity, steps, first_step)
template <ExecutionPolicy P, InertialStepper S, class ModelType, class... Others> requires(LatticeModel<ModelType> || detail::is_mean_field<ModelType>)
void advance(const P&, const S&, const ModelType&, Others&&...) = delete; // BAOAB and VelocityVerlet are for an InertialModel: write advance(policy, stepper, model, theta, velocity, steps, first_step)
template <ExecutionPolicy P, InertialStepper S, class Inner, class Coefficients, class Theta, std::integral Steps, class... Others>
void advance(const P&, const S&, const InertialModel<Inner, Coefficients>&, Theta&&, Steps, Others&&...) = delete; // the velocity is missing: write advance(policy, stepper, model, theta, velocity, steps, first_step)
template <ExecutionPolicy P, class Inner, class Coefficients, InertialStepper S, class... Others>
void advance(const P&, const InertialModel<Inner, Coefficients>&, const S&, Others&&...) = delete; // write advance(policy, stepper, model, theta, velocity, steps, first_step)
// clang-format on

KURAMOTO_END_NAMESPACE
