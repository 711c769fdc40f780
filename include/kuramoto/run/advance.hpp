// advance: time steps of a method with a fixed time step, in place; and what the compiler says to swapped arguments.
#pragma once

#include <kuramoto/detail/run/lattice_sweep.hpp>
#include <kuramoto/detail/run/passes.hpp>
#include <kuramoto/detail/run/stepper_factors.hpp>
#include <kuramoto/detail/tiling/run.hpp>
#include <kuramoto/execution/policy.hpp>
#include <kuramoto/model/model.hpp>
#include <kuramoto/stepping/dormand_prince.hpp>
#include <kuramoto/stepping/noisy_stepper.hpp>

#include <cstdint>

KURAMOTO_BEGIN_NAMESPACE

/// Advances θ in place by `steps` time steps of a method: Euler, Heun, RungeKutta4, LeimkuhlerMatthews, EulerMaruyama,
/// or a user's own FixedStepper.
///
/// theta: grid-like, any strides, phases in rad, never wrapped. It must overlap neither itself nor a field that the
/// model or the stepper reads. Zero steps change nothing. advance(m + n) is advance(m) followed by advance(n), bit for
/// bit. first_step: the number of the first step in the whole run. Required with noise: the noise of a step depends on
/// its number. Never refuses a large dt: see max_stable_dt.
///
/// Throws: as `rate`, before anything is written; std::invalid_argument for steps or first_step < 0 and a dt that is
/// not finite and positive. If `run` of a policy throws later, for example because no thread can be started, the
/// exception is passed on, and the values of theta are unspecified.
///
/// Cost: memory is read and written once for `depth` steps, whatever their stages. Scratch is allocated once per call:
/// per step and thread four rows for Euler, five for EulerMaruyama, seven for LeimkuhlerMatthews, eight per stage for
/// the others, and the rows around each block of a thread twice; for a small lattice at most a copy of each field and
/// four more. Under Serial every stage is some twelve passes over memory.
template <ExecutionPolicy P, FixedStepper S, class C, class Frequency, class B, class Theta>
requires StateOf<Theta, C, Frequency, B> && StepperFor<S, value_type_of<Theta>>
void advance(const P& policy, const S& stepper, const Model<C, Frequency, B>& model, Theta&& theta, std::int64_t steps,
             std::int64_t first_step) {
    using T = value_type_of<Theta>;
    const detail::Execution execution(policy);
    const Grid<T> out = as_grid(theta);
    const Grid<const T> in = out;
    detail::check_count(steps, "steps");
    detail::check_count(first_step, "first_step");
    const detail::Source<T> source = detail::source_of(model.omega, in);
    detail::check_writable(out, "theta");
    detail::check_disjoint(out, "theta", source.field, "omega");
    const auto coupling = detail::prepared<T>(model.laplacian.coupling);
    const detail::SweepViews<T> views{.in = in, .out = out, .out_name = "theta", .source = source};
    detail::Sweep<T> sweep;
    if constexpr (AveragedNoise<S>)
        sweep = detail::sweep_over<detail::LeimkuhlerMatthewsStep>(views, model.laplacian, coupling, execution);
    else if constexpr (NoisyStepper<S>)
        sweep = detail::sweep_over<detail::EulerMaruyamaStep>(views, model.laplacian, coupling, execution);
    else if constexpr (S::stages == 1)
        sweep = detail::sweep_over<detail::EulerStep>(views, model.laplacian, coupling, execution);
    else
        sweep = detail::sweep_over<detail::RungeKuttaStage>(views, model.laplacian, coupling, execution);
    sweep.stages = detail::stages_of<T>(stepper);
    if constexpr (NoisyStepper<S>) {
        sweep.noise = detail::noise_of<T>(stepper, in, first_step, steps, execution);
        detail::check_disjoint(out, "theta", sweep.noise.diffusion.field, "D");
    }
    if (steps == 0 || in.empty()) return;
    if constexpr (detail::works_in_array_passes<P>)
        detail::steps_in_passes(sweep, detail::AnyCouplingPass<T>(coupling, execution.isa), execution.isa, steps);
    else
        detail::run_steps(policy, execution, sweep, steps);
}

/// The same with first_step = 0.
template <ExecutionPolicy P, NoiselessStepper S, class C, class Frequency, class B, class Theta>
requires StateOf<Theta, C, Frequency, B>
void advance(const P& policy, const S& stepper, const Model<C, Frequency, B>& model, Theta&& theta,
             std::int64_t steps) {
    advance(policy, stepper, model, theta, steps, 0);
}

// What does not compile: the comment behind each is in the compiler's message.
// clang-format off
template <ExecutionPolicy P, NoisyStepper S, class ModelType, class Theta>
void advance(const P&, const S&, const ModelType&, Theta&&, std::int64_t) = delete; // with noise, pass first_step, the number of the first step in the whole run; or use Simulation
template <FixedStepper S, class... Others>
void advance(const S&, Others&&...) = delete; // the policy comes first: advance(policy, stepper, model, theta, steps)
template <ExecutionPolicy P, class ModelType, FixedStepper S, class... Others>
requires(!FixedStepper<ModelType>)
void advance(const P&, const ModelType&, const S&, Others&&...) = delete; // write advance(policy, stepper, model, theta, steps)
template <ExecutionPolicy P, FixedStepper S, GridLike Theta, class... Others>
void advance(const P&, const S&, const Theta&, Others&&...) = delete; // the model precedes the phases: advance(policy, stepper, model, theta, steps)
template <ExecutionPolicy P, class... Others>
void advance(const P&, const DormandPrince54&, Others&&...) = delete; // the method chooses its steps: write integrate(policy, method, model, theta, duration)
// clang-format on

KURAMOTO_END_NAMESPACE
