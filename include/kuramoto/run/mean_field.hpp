// rate, advance and integrate of a mean-field model.
#pragma once

#include <kuramoto/detail/run/dormand_prince.hpp>
#include <kuramoto/detail/run/mean_field.hpp>
#include <kuramoto/detail/run/stepper_factors.hpp>
#include <kuramoto/model/mean_field.hpp>

#include <cstdint>
#include <type_traits>

KURAMOTO_BEGIN_NAMESPACE

/// rate = ω + (K/N) Σ_j sin(θ_j − θ_i − α), and the lattice operator if the model has one; in rad / time.
///
/// theta and rate: grid-like, the same shape and precision, any strides; rate must overlap neither theta, nor itself,
/// nor omega. One phase that is NaN or infinite makes all rates NaN. The mean of e^{iθ} does not depend on the order of
/// the cells: bit-identical for any policy, number of threads and strides, per class of instruction set; with a
/// lattice, for any except Serial.
///
/// Throws: std::invalid_argument, before anything is written, as `rate` of a Model, and for a K or a lag that is not
/// finite.
/// Cost: two passes besides that of the lattice, for the mean of e^{iθ} and for the pull. Each takes the sine and the
/// cosine of every cell at once, for the price of a sine and a half; 0.2 kB of scratch per worker.
/// Accuracy: in the precision of the cells. The pull is right to a few units in the last place of K, for phases of any
/// number of turns. In the sum, cosines and sines are rounded to multiples of 2⁻⁴² in float and of 2⁻⁵⁰ in double: the
/// order parameter in the pull has an error of about one unit in the last place of the cells.
template <ExecutionPolicy P, class Local, GridLike Theta, WritableGridLike Rate>
requires SamePrecision<Theta, Rate> && LocalPart<Local, value_type_of<Theta>>
void rate(const P& policy, const MeanFieldModel<Local>& model, const Theta& theta, Rate&& rate) {
    using T = value_type_of<const Theta>;
    const detail::Execution execution(policy);
    const Grid<const T> in = as_grid(theta);
    const Grid<T> out = as_grid(rate);
    const detail::Phasor coupling = detail::checked_coupling<T>(model.mean_field);
    detail::Source<T> source{.field = out, .is_uniform = false};
    if constexpr (LatticeModel<Local>) {
        kuramoto::rate(policy, model.local, in, out);
    } else {
        detail::check_same_shape(in, "theta", out, "rate");
        source = detail::source_of(model.local, in);
        detail::check_writable(out, "rate");
        detail::check_disjoint(out, "rate", in, "theta");
        detail::check_disjoint(out, "rate", source.field, "omega");
    }
    detail::add_mean_field(policy, execution, coupling, in, source, out);
}

/// Advances θ in place by `steps` time steps of a method: Euler, Heun, RungeKutta4, LeimkuhlerMatthews, EulerMaruyama,
/// or a user's own FixedStepper.
///
/// theta, steps, first_step: as in `advance` of a Model. The bits are those of `rate`, step by step. Never refuses a
/// large dt: see max_stable_dt.
///
/// Throws: std::invalid_argument as `rate`, for steps or first_step < 0 and a dt that is not finite and positive, and
/// for noise as `advance` of a Model. Whatever is thrown, θ is as it was.
/// Cost: one step and one stage at a time, because each needs the order parameter of the whole field. A stage is one
/// pass, which also adds up the order parameter of the next stage, and the pass of the lattice if there is one. Noise
/// makes two passes more per step, and a call begins with one pass more. Two fields are allocated per call, four with
/// several stages; one less for one ω for all cells without a lattice, one more for LeimkuhlerMatthews.
template <ExecutionPolicy P, FixedStepper S, class Local, WritableGridLike Theta>
requires StepperFor<S, value_type_of<Theta>> && LocalPart<Local, value_type_of<Theta>>
void advance(const P& policy, const S& stepper, const MeanFieldModel<Local>& model, Theta&& theta, std::int64_t steps,
             std::int64_t first_step) {
    using T = value_type_of<Theta>;
    const detail::Execution execution(policy);
    const Grid<T> out = as_grid(theta);
    detail::check_count(steps, "steps");
    detail::check_count(first_step, "first_step");
    const detail::Source<T> omega = detail::source_of(detail::omega_of(model), Grid<const T>(out));
    detail::check_writable(out, "theta");
    detail::check_disjoint(out, "theta", omega.field, "omega");
    detail::check_apart_from_lattice(out, "theta", model);
    const detail::Phasor coupling = detail::checked_coupling<T>(model.mean_field);
    const detail::Stages<T> stages = detail::stages_of<T>(stepper);
    detail::Noise<T> noise;
    if constexpr (NoisyStepper<S>) {
        noise = detail::noise_of<T>(stepper, Grid<const T>(out), first_step, steps, execution);
        detail::check_disjoint(out, "theta", noise.diffusion.field, "D");
    }
    detail::MeanFieldRun<T, P, Local> run(policy, execution, model.local, coupling, omega, stages, noise, out);
    // A step of a copy checks the rest of the model, also where none is asked for.
    run.run(steps > 0 ? steps : 1);
    if (steps == 0) return;
    detail::copy_cells(run.theta().view(), out);
}

/// The same with first_step = 0.
template <ExecutionPolicy P, NoiselessStepper S, class Local, WritableGridLike Theta>
requires LocalPart<Local, value_type_of<Theta>>
void advance(const P& policy, const S& stepper, const MeanFieldModel<Local>& model, Theta&& theta, std::int64_t steps) {
    advance(policy, stepper, model, theta, steps, 0);
}

/// Advances θ in place by the time `duration`, by steps whose length the tolerance determines.
///
/// As `integrate` of a Model.
///
/// Throws: also as `rate` of this model.
template <ExecutionPolicy P, class Local, WritableGridLike Theta>
requires LocalPart<Local, value_type_of<Theta>>
IntegrationReport integrate(const P& policy, const DormandPrince54& method, const MeanFieldModel<Local>& model,
                            Theta&& theta, double duration) {
    using T = value_type_of<Theta>;
    const detail::Execution execution(policy);
    const Grid<T> out = as_grid(theta);
    detail::check_method(method);
    detail::check_duration(duration);
    const detail::Source<T> omega = detail::source_of(detail::omega_of(model), Grid<const T>(out));
    detail::check_writable(out, "theta");
    detail::check_disjoint(out, "theta", omega.field, "omega");
    detail::check_apart_from_lattice(out, "theta", model);
    static_cast<void>(detail::checked_coupling<T>(model.mean_field));
    return detail::integrate_model(policy, execution, method, model, out, duration);
}

KURAMOTO_END_NAMESPACE
