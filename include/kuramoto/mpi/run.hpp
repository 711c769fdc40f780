// apply, rate, advance and integrate of lattices that are cut over MPI processes.
#pragma once

#include <kuramoto/detail/mpi/rank_policy.hpp>
#include <kuramoto/mpi/field.hpp>
#include <kuramoto/run/advance.hpp>
#include <kuramoto/run/apply.hpp>
#include <kuramoto/run/inertia.hpp>
#include <kuramoto/run/integrate.hpp>
#include <kuramoto/run/mean_field.hpp>
#include <kuramoto/run/rate.hpp>

#include <cstdint>

KURAMOTO_BEGIN_NAMESPACE

/// apply, rate, advance and integrate of an mpi::Field: those of one process, on every block, with the bits of one
/// process. Collective: every process calls them with the same description and numbers, and its own part of ω, D, …
/// (an mpi::Field of the same Decomposition, or its `local()`). Numbers along edges are those of the whole edge, on
/// every process.
///
/// Throws: as the functions of one process, the same on every process, before anything is written.
/// Cost: as in one process, and one message to each of the (at most eight) blocks around per sweep of `depth` steps;
/// ω, D and strengths once per call.
template <ExecutionPolicy P, class C, class B, Real T>
void apply(const P& policy, const Laplacian<C, B>& laplacian, const mpi::Field<T>& theta, mpi::Field<T>& rate) {
    detail::on_ranks(policy, theta.decomposition(), [&](const auto& ranks) {
        kuramoto::apply(ranks, laplacian, theta.local(), detail::local_of(rate, theta.decomposition(), "rate"));
    });
}

/// See apply.
template <ExecutionPolicy P, class ModelType, Real T>
void rate(const P& policy, const ModelType& model, const mpi::Field<T>& theta, mpi::Field<T>& rate) {
    detail::on_ranks(policy, theta.decomposition(), [&](const auto& ranks) {
        kuramoto::rate(ranks, model, theta.local(), detail::local_of(rate, theta.decomposition(), "rate"));
    });
}

/// See apply.
template <ExecutionPolicy P, FixedStepper S, class ModelType, Real T>
void advance(const P& policy, const S& stepper, const ModelType& model, mpi::Field<T>& theta, std::int64_t steps,
             std::int64_t first_step) {
    detail::on_ranks(policy, theta.decomposition(), [&](const auto& ranks) {
        kuramoto::advance(ranks, stepper, model, theta.local(), steps, first_step);
    });
}
/// See apply.
template <ExecutionPolicy P, NoiselessStepper S, class ModelType, Real T>
void advance(const P& policy, const S& stepper, const ModelType& model, mpi::Field<T>& theta, std::int64_t steps) {
    kuramoto::advance(policy, stepper, model, theta, steps, 0);
}

/// See apply.
template <ExecutionPolicy P, InertialStepper S, class ModelType, Real T>
void advance(const P& policy, const S& stepper, const ModelType& model, mpi::Field<T>& theta, mpi::Field<T>& velocity,
             std::int64_t steps, std::int64_t first_step) {
    detail::on_ranks(policy, theta.decomposition(), [&](const auto& ranks) {
        kuramoto::advance(ranks, stepper, model, theta.local(),
                          detail::local_of(velocity, theta.decomposition(), "velocity"), steps, first_step);
    });
}

/// See apply.
template <ExecutionPolicy P, class ModelType, Real T>
IntegrationReport integrate(const P& policy, const DormandPrince54& method, const ModelType& model,
                            mpi::Field<T>& theta, double duration) {
    return detail::on_ranks(policy, theta.decomposition(), [&](const auto& ranks) {
        return kuramoto::integrate(ranks, method, model, theta.local(), duration);
    });
}

KURAMOTO_END_NAMESPACE
