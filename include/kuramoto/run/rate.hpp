// rate: the right-hand side ω + K ∇·f(∇θ) of a model.
#pragma once

#include <kuramoto/detail/run/rate.hpp>
#include <kuramoto/model/model.hpp>

KURAMOTO_BEGIN_NAMESPACE

/// rate = ω + K ∇·f(∇θ), the right-hand side of the model, in rad / time.
///
/// theta, rate: as theta and out of `apply`; rate must not overlap omega either.
///
/// Throws: as `apply`; also std::invalid_argument for an ω of another shape, or a number that is not finite.
/// Cost: as `apply`.
template <ExecutionPolicy P, class C, class Frequency, class B, GridLike Theta, WritableGridLike Rate>
requires SamePrecision<Theta, Rate> && BondsFor<B, value_type_of<Theta>> &&
         FrequencyFor<Frequency, value_type_of<Theta>> && Coupling<C, value_type_of<Theta>>
void rate(const P& policy, const Model<C, Frequency, B>& model, const Theta& theta, Rate&& rate) {
    using T = value_type_of<const Theta>;
    const detail::Execution execution(policy);
    const Grid<const T> in = as_grid(theta);
    const Grid<T> out = as_grid(rate);
    detail::check_same_shape(in, "theta", out, "rate");
    const detail::Source<T> source = detail::source_of(model.omega, in);
    detail::check_writable(out, "rate");
    detail::check_disjoint(out, "rate", in, "theta");
    detail::check_disjoint(out, "rate", source.field, "omega");
    const auto coupling = detail::prepared<T>(model.laplacian.coupling);
    const detail::SweepViews<T> views{.in = in, .out = out, .out_name = "rate", .source = source};
    const auto sweep = detail::sweep_over<detail::StoreRate>(views, model.laplacian, coupling, execution);
    detail::run_rate(policy, execution, sweep, coupling);
}

// What does not compile: the comment behind each is in the compiler's message.
// clang-format off
template <class ModelType, GridLike Theta, class Rate> requires(!ExecutionPolicy<ModelType>)
void rate(const ModelType&, const Theta&, Rate&&) = delete; // the policy comes first: rate(policy, model, theta, rate)
template <ExecutionPolicy P, GridLike Theta, class... Others>
void rate(const P&, const Theta&, Others&&...) = delete; // the model precedes the phases: rate(policy, model, theta, rate)
template <ExecutionPolicy P, class ModelType, GridLike Theta> requires(!GridLike<ModelType>)
void rate(const P&, const ModelType&, const Theta&) = delete; // say where to: rate(policy, model, theta, rate)
// clang-format on

KURAMOTO_END_NAMESPACE
