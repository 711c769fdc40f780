// apply: adds the lattice operator K ∇·f(∇θ) to a field.
#pragma once

#include <kuramoto/detail/run/rate.hpp>
#include <kuramoto/model/laplacian.hpp>

KURAMOTO_BEGIN_NAMESPACE

/// rate += K ∇·f(∇θ): adds the lattice operator to what `rate` holds.
///
/// rate[i, j] += K Σ f(θ_neighbour − θ_ij), in 1 / time.
///
/// Requires: theta and rate are grid-like, with any strides. rate overlaps none of theta, itself, strengths of bonds
/// and numbers along edges.
///
/// Throws: std::invalid_argument, before anything is written, for different shapes, for overlap, for a K that is not
/// finite, and for an invalid boundary or policy. A boundary is invalid if its numbers are not finite or not as many
/// as the cells along their edge, or if only one of two opposite edges is periodic.
///
/// Cost: one pass over memory (Serial: ten). Two evaluations of f per cell if f is odd, otherwise four. Scratch of a
/// few rows per thread (Serial: three arrays).
///
/// Accuracy: a few units in the last place of the largest term; see docs/numerics.md.
template <ExecutionPolicy P, class C, class B, GridLike Theta, WritableGridLike Rate>
requires SamePrecision<Theta, Rate> && BondsFor<B, value_type_of<Theta>> && Coupling<C, value_type_of<Theta>>
void apply(const P& policy, const Laplacian<C, B>& laplacian, const Theta& theta, Rate&& rate) {
    using T = value_type_of<const Theta>;
    const detail::Execution execution(policy);
    const Grid<const T> in = as_grid(theta);
    const Grid<T> out = as_grid(rate);
    detail::check_same_shape(in, "theta", out, "rate");
    detail::check_writable(out, "rate");
    detail::check_disjoint(out, "rate", in, "theta");
    const detail::SweepViews<T> views{
        .in = in, .out = out, .out_name = "rate", .source = {.field = out, .is_uniform = false}};
    const auto coupling = detail::prepared<T>(laplacian.coupling);
    const auto sweep = detail::sweep_over<detail::StoreRate>(views, laplacian, coupling, execution);
    detail::run_rate(policy, execution, sweep, coupling);
}

KURAMOTO_END_NAMESPACE
