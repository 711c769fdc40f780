// integrate: a model to a given time, with steps whose length follows the error.
#pragma once

#include <kuramoto/detail/run/dormand_prince.hpp>
#include <kuramoto/detail/run/lattice_sweep.hpp>
#include <kuramoto/model/model.hpp>
#include <kuramoto/stepping/dormand_prince.hpp>
#include <kuramoto/stepping/runge_kutta.hpp>

#include <concepts>

KURAMOTO_BEGIN_NAMESPACE

/// Advances θ in place by the time `duration`, by steps whose length the tolerance determines; the last one ends there.
///
/// theta: as in `advance`. The bits are the same for any policy but Serial, any number of threads and any strides.
///
/// Throws: std::invalid_argument as `rate`, for a duration or a tolerance that is negative or not finite, and for a
/// max_dt that is not positive; std::runtime_error, with the time that was reached, if a phase or its rate is not
/// finite, if steps become too short, or after max_steps. Whatever is thrown, θ is as it was.
/// Cost: six evaluations of the rate per step, each one pass under Fused and OpenMP, and seven passes of arithmetic;
/// nine fields are allocated once. Steps are not fused in time: each needs the error of the whole lattice.
template <ExecutionPolicy P, class C, class Frequency, class B, class Theta>
requires StateOf<Theta, C, Frequency, B>
IntegrationReport integrate(const P& policy, const DormandPrince54& method, const Model<C, Frequency, B>& model,
                            Theta&& theta, double duration) {
    using T = value_type_of<Theta>;
    const detail::Execution execution(policy);
    const Grid<T> out = as_grid(theta);
    detail::check_method(method);
    detail::check_duration(duration);
    const detail::Source<T> source = detail::source_of(model.omega, Grid<const T>(out));
    detail::check_writable(out, "theta");
    detail::check_disjoint(out, "theta", source.field, "omega");
    detail::check_apart(out, "theta", model.laplacian);
    return detail::integrate_model(policy, execution, method, model, out, duration);
}

// What does not compile: the comment behind each is in the compiler's message.
// clang-format off
template <class... Others>
void integrate(const DormandPrince54&, Others&&...) = delete; // the policy comes first: integrate(policy, method, model, theta, duration)
template <ExecutionPolicy P, class ModelType, class... Others> requires(!std::same_as<ModelType, DormandPrince54>)
void integrate(const P&, const ModelType&, const DormandPrince54&, Others&&...) = delete; // write integrate(policy, method, model, theta, duration)
template <ExecutionPolicy P, FixedStepper S, class... Others>
void integrate(const P&, const S&, Others&&...) = delete; // a fixed time step is for advance(policy, stepper, model, theta, steps); integrate takes DormandPrince54
template <ExecutionPolicy P, GridLike Theta, class... Others>
void integrate(const P&, const DormandPrince54&, const Theta&, Others&&...) = delete; // the model precedes the phases: integrate(policy, method, model, theta, duration)
// clang-format on

KURAMOTO_END_NAMESPACE
