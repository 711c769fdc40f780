// Observables of lattices that are cut over MPI processes: sums over cells.
#pragma once

#include <kuramoto/detail/mpi/rank_policy.hpp>
#include <kuramoto/mpi/field.hpp>
#include <kuramoto/mpi/masks.hpp>
#include <kuramoto/observables/daido.hpp>
#include <kuramoto/observables/effective_frequencies.hpp>
#include <kuramoto/observables/kinetic_temperature.hpp>
#include <kuramoto/observables/order_parameter.hpp>
#include <kuramoto/observables/phase_moments.hpp>
#include <kuramoto/observables/phase_statistics.hpp>

#include <cstdint>

KURAMOTO_BEGIN_NAMESPACE

/// An observable of an mpi::Field: on every process the result of one process, to the bit, however the lattice is cut.
///
/// Collective: every process calls the function with the same arguments. `present`, a mask, is an mpi::Field of the
/// same Decomposition.
///
/// Throws: as the function of one process, the same on every process; also for a mask of another Decomposition.
/// Cost: as in one process, per block, and one reduction of at most a few kB per pass.
template <ExecutionPolicy P, Real T, mpi::MaskFor<T> Present = AllCells>
[[nodiscard]] OrderParameter order_parameter(const P& policy, const mpi::Field<T>& theta, const Present& present = {}) {
    return detail::on_ranks(policy, theta.decomposition(), [&](const auto& ranks) {
        return order_parameter(ranks, theta.local(), detail::local_of(present, theta.decomposition(), "present"));
    });
}
/// The same on the calling thread.
template <Real T, mpi::MaskFor<T> Present = AllCells>
[[nodiscard]] OrderParameter order_parameter(const mpi::Field<T>& theta, const Present& present = {}) {
    return order_parameter(Fused{}, theta, present);
}

/// See order_parameter.
template <ExecutionPolicy P, Real T, mpi::MaskFor<T> Present = AllCells>
[[nodiscard]] PhaseStatistics phase_statistics(const P& policy, const mpi::Field<T>& theta,
                                               const Present& present = {}) {
    return detail::on_ranks(policy, theta.decomposition(), [&](const auto& ranks) {
        return phase_statistics(ranks, theta.local(), detail::local_of(present, theta.decomposition(), "present"));
    });
}
/// The same on the calling thread.
template <Real T, mpi::MaskFor<T> Present = AllCells>
[[nodiscard]] PhaseStatistics phase_statistics(const mpi::Field<T>& theta, const Present& present = {}) {
    return phase_statistics(Fused{}, theta, present);
}

/// See order_parameter.
template <ExecutionPolicy P, Real T, mpi::MaskFor<T> Present = AllCells>
[[nodiscard]] PhaseMoments phase_moments(const P& policy, const mpi::Field<T>& theta, const Present& present = {}) {
    return detail::on_ranks(policy, theta.decomposition(), [&](const auto& ranks) {
        return phase_moments(ranks, theta.local(), detail::local_of(present, theta.decomposition(), "present"));
    });
}
/// The same on the calling thread.
template <Real T, mpi::MaskFor<T> Present = AllCells>
[[nodiscard]] PhaseMoments phase_moments(const mpi::Field<T>& theta, const Present& present = {}) {
    return phase_moments(Fused{}, theta, present);
}

/// See order_parameter.
template <ExecutionPolicy P, Real T, mpi::MaskFor<T> Present>
[[nodiscard]] OrderParameter daido_moment(const P& policy, const mpi::Field<T>& theta, const Present& present,
                                          std::int64_t m) {
    return detail::on_ranks(policy, theta.decomposition(), [&](const auto& ranks) {
        return daido_moment(ranks, theta.local(), detail::local_of(present, theta.decomposition(), "present"), m);
    });
}
/// The moment of all cells.
template <ExecutionPolicy P, Real T>
[[nodiscard]] OrderParameter daido_moment(const P& policy, const mpi::Field<T>& theta, std::int64_t m) {
    return daido_moment(policy, theta, AllCells{}, m);
}
/// The same on the calling thread.
template <Real T, mpi::MaskFor<T> Present>
[[nodiscard]] OrderParameter daido_moment(const mpi::Field<T>& theta, const Present& present, std::int64_t m) {
    return daido_moment(Fused{}, theta, present, m);
}
/// The moment of all cells, on the calling thread.
template <Real T> [[nodiscard]] OrderParameter daido_moment(const mpi::Field<T>& theta, std::int64_t m) {
    return daido_moment(Fused{}, theta, AllCells{}, m);
}

/// See order_parameter. A field of masses is the part that this process has.
template <ExecutionPolicy P, class Coefficients, Real T, mpi::MaskFor<T> Present = AllCells>
requires detail::is_inertia_for<Coefficients, T>
[[nodiscard]] double kinetic_temperature(const P& policy, const Coefficients& inertia, const mpi::Field<T>& velocity,
                                         const Present& present = {}) {
    return detail::on_ranks(policy, velocity.decomposition(), [&](const auto& ranks) {
        return kinetic_temperature(ranks, inertia, velocity.local(),
                                   detail::local_of(present, velocity.decomposition(), "present"));
    });
}
/// The same on the calling thread.
template <class Coefficients, Real T, mpi::MaskFor<T> Present = AllCells>
requires detail::is_inertia_for<Coefficients, T>
[[nodiscard]] double kinetic_temperature(const Coefficients& inertia, const mpi::Field<T>& velocity,
                                         const Present& present = {}) {
    return kinetic_temperature(Fused{}, inertia, velocity, present);
}
/// The kinetic temperature of a model.
template <ExecutionPolicy P, class Inner, class Coefficients, Real T, mpi::MaskFor<T> Present = AllCells>
[[nodiscard]] double kinetic_temperature(const P& policy, const InertialModel<Inner, Coefficients>& model,
                                         const mpi::Field<T>& velocity, const Present& present = {}) {
    return detail::on_ranks(policy, velocity.decomposition(), [&](const auto& ranks) {
        return kinetic_temperature(ranks, model, velocity.local(),
                                   detail::local_of(present, velocity.decomposition(), "present"));
    });
}
/// The same on the calling thread.
template <class Inner, class Coefficients, Real T, mpi::MaskFor<T> Present = AllCells>
[[nodiscard]] double kinetic_temperature(const InertialModel<Inner, Coefficients>& model, const mpi::Field<T>& velocity,
                                         const Present& present = {}) {
    return kinetic_temperature(Fused{}, model, velocity, present);
}

/// See order_parameter. All three fields have the same Decomposition. Each process fills its part of `out`.
template <ExecutionPolicy P, Real Before, Real After, Real Out>
void effective_frequencies(const P& policy, const mpi::Field<Before>& theta_before,
                           const mpi::Field<After>& theta_after, double duration, mpi::Field<Out>& out) {
    const mpi::Decomposition& lattice = theta_before.decomposition();
    detail::on_ranks(policy, lattice, [&](const auto& ranks) {
        effective_frequencies(ranks, theta_before.local(), detail::local_of(theta_after, lattice, "theta_after"),
                              duration, detail::local_of(out, lattice, "out"));
    });
}
/// The same on the calling thread.
template <Real Before, Real After, Real Out>
void effective_frequencies(const mpi::Field<Before>& theta_before, const mpi::Field<After>& theta_after,
                           double duration, mpi::Field<Out>& out) {
    effective_frequencies(Fused{}, theta_before, theta_after, duration, out);
}

KURAMOTO_END_NAMESPACE
