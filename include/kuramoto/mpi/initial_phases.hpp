// Initial phases of lattices that are cut over MPI processes.
//
// In each function, `on...` is the policy of the processes and the cells to fill.
#pragma once

#include <kuramoto/detail/mpi/fill.hpp>
#include <kuramoto/initial/phase_patterns.hpp>
#include <kuramoto/initial/random.hpp>
#include <kuramoto/initial/vortex_phases.hpp>
#include <kuramoto/mpi/field.hpp>

#include <cstddef>
#include <cstdint>
#include <initializer_list>

KURAMOTO_BEGIN_NAMESPACE

/// The initial phases of one process, for an mpi::Field: the same cells, to the bit, however the lattice is cut.
///
/// Collective: every process calls the function with the same arguments. Each fills its block, with the workers of the
/// policy, or on the calling thread.
///
/// Throws: as the function of one process, the same on every process, before anything is written.
/// Cost: as in one process; no messages other than the agreement that all arguments are valid.
template <ExecutionPolicy P, Real T> void uniform_phases(const P& policy, mpi::Field<T>& theta, std::uint64_t seed) {
    detail::fill_on_ranks(policy, theta, [&](const auto&... on) { uniform_phases(on..., seed); });
}
/// The same on the calling thread.
template <Real T> void uniform_phases(mpi::Field<T>& theta, std::uint64_t seed) {
    uniform_phases(Fused{}, theta, seed);
}

/// See uniform_phases.
template <ExecutionPolicy P, Real T>
void normal_phases(const P& policy, mpi::Field<T>& theta, double mean, double deviation, std::uint64_t seed) {
    detail::fill_on_ranks(policy, theta, [&](const auto&... on) { normal_phases(on..., mean, deviation, seed); });
}
/// The same on the calling thread.
template <Real T> void normal_phases(mpi::Field<T>& theta, double mean, double deviation, std::uint64_t seed) {
    normal_phases(Fused{}, theta, mean, deviation, seed);
}

/// See uniform_phases.
template <ExecutionPolicy P, Real T> void equal_phases(const P& policy, mpi::Field<T>& theta, double phase) {
    detail::fill_on_ranks(policy, theta, [&](const auto&... on) { equal_phases(on..., phase); });
}
/// The same on the calling thread.
template <Real T> void equal_phases(mpi::Field<T>& theta, double phase) { equal_phases(Fused{}, theta, phase); }

/// See uniform_phases.
template <ExecutionPolicy P, Real T>
void plane_wave_phases(const P& policy, mpi::Field<T>& theta, const PlaneWave& wave) {
    detail::fill_on_ranks(policy, theta, [&](const auto&... on) { plane_wave_phases(on..., wave); });
}
/// The same on the calling thread.
template <Real T> void plane_wave_phases(mpi::Field<T>& theta, const PlaneWave& wave) {
    plane_wave_phases(Fused{}, theta, wave);
}

/// See uniform_phases.
template <ExecutionPolicy P, Real T>
void twisted_phases(const P& policy, mpi::Field<T>& theta, const TwistedState& state) {
    detail::fill_on_ranks(policy, theta, [&](const auto&... on) { twisted_phases(on..., state); });
}
/// The same on the calling thread.
template <Real T> void twisted_phases(mpi::Field<T>& theta, const TwistedState& state) {
    twisted_phases(Fused{}, theta, state);
}

/// See uniform_phases.
template <ExecutionPolicy P, Real T> void target_phases(const P& policy, mpi::Field<T>& theta, const TargetWave& wave) {
    detail::fill_on_ranks(policy, theta, [&](const auto&... on) { target_phases(on..., wave); });
}
/// The same on the calling thread.
template <Real T> void target_phases(mpi::Field<T>& theta, const TargetWave& wave) {
    target_phases(Fused{}, theta, wave);
}

/// See uniform_phases.
template <ExecutionPolicy P, Real T> void spiral_phases(const P& policy, mpi::Field<T>& theta, const SpiralWave& wave) {
    detail::fill_on_ranks(policy, theta, [&](const auto&... on) { spiral_phases(on..., wave); });
}
/// The same on the calling thread.
template <Real T> void spiral_phases(mpi::Field<T>& theta, const SpiralWave& wave) {
    spiral_phases(Fused{}, theta, wave);
}

/// See uniform_phases.
template <ExecutionPolicy P, Real T, VorticesInARow V = std::initializer_list<Vortex>>
void vortex_phases(const P& policy, mpi::Field<T>& theta, const V& vortices) {
    detail::fill_on_ranks(policy, theta, [&](const auto&... on) { vortex_phases(on..., vortices); });
}
/// The same on the calling thread.
template <Real T, VorticesInARow V = std::initializer_list<Vortex>>
void vortex_phases(mpi::Field<T>& theta, const V& vortices) {
    vortex_phases(Fused{}, theta, vortices);
}

KURAMOTO_END_NAMESPACE
