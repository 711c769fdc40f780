// apply: adds the lattice operator K ∇·f(∇θ) to a field.
#pragma once

#include <kuramoto/detail/run/rate.hpp>
#include <kuramoto/model/laplacian.hpp>

KURAMOTO_BEGIN_NAMESPACE

/// rate += K ∇·f(∇θ): adds the lattice operator to what `rate` holds.
///
/// theta and rate: grid-like, the same shape and precision, any strides; rate must overlap neither theta nor itself nor
/// strengths of bonds or numbers along edges.
/// rate[i, j] += K Σ f(θ_neighbour − θ_ij), in 1 / time. Throws std::invalid_argument, before anything is written, for
/// shapes that differ, overlap, a K that is not finite, a boundary that cannot be (numbers that are not finite or not
/// as many as cells along an edge, one of two opposite edges periodic), or a policy that cannot be. One pass over
/// memory (Serial: ten), two evaluations of f per cell where f is odd, else four; scratch of a few rows per thread
/// (Serial: three arrays). Accuracy: a few units in the last place of the largest term; see docs/numerics.md.
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
