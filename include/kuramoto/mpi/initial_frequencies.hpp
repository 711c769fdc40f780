// Natural frequencies of lattices that are cut over MPI processes.
//
// In each function, `on...` is the policy of the processes and the cells to fill.
#pragma once

#include <kuramoto/detail/mpi/fill.hpp>
#include <kuramoto/grid/axis.hpp>
#include <kuramoto/initial/frequency_patterns.hpp>
#include <kuramoto/initial/mixtures.hpp>
#include <kuramoto/initial/quantiles.hpp>
#include <kuramoto/initial/random.hpp>
#include <kuramoto/mpi/field.hpp>

#include <cstddef>
#include <cstdint>

KURAMOTO_BEGIN_NAMESPACE

/// The natural frequencies of one process, for an mpi::Field: the same cells, to the bit, however the lattice is cut.
///
/// Collective: every process calls the function with the same arguments. Each fills its block, with the workers of the
/// policy, or on the calling thread.
///
/// Throws: as the function of one process, the same on every process, before anything is written.
/// Cost: as in one process; no messages other than the agreement that all arguments are valid.
template <ExecutionPolicy P, Real T>
void uniform_frequencies(const P& policy, mpi::Field<T>& omega, double low, double high, std::uint64_t seed) {
    detail::fill_on_ranks(policy, omega, [&](const auto&... on) { uniform_frequencies(on..., low, high, seed); });
}
/// The same on the calling thread.
template <Real T> void uniform_frequencies(mpi::Field<T>& omega, double low, double high, std::uint64_t seed) {
    uniform_frequencies(Fused{}, omega, low, high, seed);
}

/// See uniform_frequencies.
template <ExecutionPolicy P, Real T>
void normal_frequencies(const P& policy, mpi::Field<T>& omega, double mean, double deviation, std::uint64_t seed) {
    detail::fill_on_ranks(policy, omega, [&](const auto&... on) { normal_frequencies(on..., mean, deviation, seed); });
}
/// The same on the calling thread.
template <Real T> void normal_frequencies(mpi::Field<T>& omega, double mean, double deviation, std::uint64_t seed) {
    normal_frequencies(Fused{}, omega, mean, deviation, seed);
}

/// See uniform_frequencies.
template <ExecutionPolicy P, Real T>
void lorentzian_frequencies(const P& policy, mpi::Field<T>& omega, double centre, double half_width,
                            std::uint64_t seed) {
    detail::fill_on_ranks(policy, omega,
                          [&](const auto&... on) { lorentzian_frequencies(on..., centre, half_width, seed); });
}
/// The same on the calling thread.
template <Real T>
void lorentzian_frequencies(mpi::Field<T>& omega, double centre, double half_width, std::uint64_t seed) {
    lorentzian_frequencies(Fused{}, omega, centre, half_width, seed);
}

/// See uniform_frequencies.
template <ExecutionPolicy P, Real T>
void truncated_lorentzian_frequencies(const P& policy, mpi::Field<T>& omega, double centre, double half_width,
                                      double cut, std::uint64_t seed) {
    detail::fill_on_ranks(policy, omega, [&](const auto&... on) {
        truncated_lorentzian_frequencies(on..., centre, half_width, cut, seed);
    });
}
/// The same on the calling thread.
template <Real T>
void truncated_lorentzian_frequencies(mpi::Field<T>& omega, double centre, double half_width, double cut,
                                      std::uint64_t seed) {
    truncated_lorentzian_frequencies(Fused{}, omega, centre, half_width, cut, seed);
}

/// See uniform_frequencies.
template <ExecutionPolicy P, Real T>
void mixed_frequencies(const P& policy, mpi::Field<T>& omega, double first, double second, double share,
                       std::uint64_t seed) {
    detail::fill_on_ranks(policy, omega,
                          [&](const auto&... on) { mixed_frequencies(on..., first, second, share, seed); });
}
/// The same on the calling thread.
template <Real T>
void mixed_frequencies(mpi::Field<T>& omega, double first, double second, double share, std::uint64_t seed) {
    mixed_frequencies(Fused{}, omega, first, second, share, seed);
}

/// See uniform_frequencies.
template <ExecutionPolicy P, Real T, FrequencyDistribution First, FrequencyDistribution Second>
void mixed_frequencies(const P& policy, mpi::Field<T>& omega, const First& first, const Second& second, double share,
                       std::uint64_t seed) {
    detail::fill_on_ranks(policy, omega,
                          [&](const auto&... on) { mixed_frequencies(on..., first, second, share, seed); });
}
/// The same on the calling thread.
template <Real T, FrequencyDistribution First, FrequencyDistribution Second>
void mixed_frequencies(mpi::Field<T>& omega, const First& first, const Second& second, double share,
                       std::uint64_t seed) {
    mixed_frequencies(Fused{}, omega, first, second, share, seed);
}

/// See uniform_frequencies.
template <ExecutionPolicy P, Real T> void equal_frequencies(const P& policy, mpi::Field<T>& omega, double frequency) {
    detail::fill_on_ranks(policy, omega, [&](const auto&... on) { equal_frequencies(on..., frequency); });
}
/// The same on the calling thread.
template <Real T> void equal_frequencies(mpi::Field<T>& omega, double frequency) {
    equal_frequencies(Fused{}, omega, frequency);
}

/// See uniform_frequencies.
template <ExecutionPolicy P, Real T>
void gradient_frequencies(const P& policy, mpi::Field<T>& omega, double from, double to, Axis axis) {
    detail::fill_on_ranks(policy, omega, [&](const auto&... on) { gradient_frequencies(on..., from, to, axis); });
}
/// The same on the calling thread.
template <Real T> void gradient_frequencies(mpi::Field<T>& omega, double from, double to, Axis axis) {
    gradient_frequencies(Fused{}, omega, from, to, axis);
}

/// See uniform_frequencies.
template <ExecutionPolicy P, Real T>
void halved_frequencies(const P& policy, mpi::Field<T>& omega, double first, double second, Axis axis) {
    detail::fill_on_ranks(policy, omega, [&](const auto&... on) { halved_frequencies(on..., first, second, axis); });
}
/// The same on the calling thread.
template <Real T> void halved_frequencies(mpi::Field<T>& omega, double first, double second, Axis axis) {
    halved_frequencies(Fused{}, omega, first, second, axis);
}

/// See uniform_frequencies.
template <ExecutionPolicy P, Real T>
void checkerboard_frequencies(const P& policy, mpi::Field<T>& omega, double first, double second) {
    detail::fill_on_ranks(policy, omega, [&](const auto&... on) { checkerboard_frequencies(on..., first, second); });
}
/// The same on the calling thread.
template <Real T> void checkerboard_frequencies(mpi::Field<T>& omega, double first, double second) {
    checkerboard_frequencies(Fused{}, omega, first, second);
}

/// See uniform_frequencies.
template <ExecutionPolicy P, Real T>
void defect_frequencies(const P& policy, mpi::Field<T>& omega, const Defect& defect) {
    detail::fill_on_ranks(policy, omega, [&](const auto&... on) { defect_frequencies(on..., defect); });
}
/// The same on the calling thread.
template <Real T> void defect_frequencies(mpi::Field<T>& omega, const Defect& defect) {
    defect_frequencies(Fused{}, omega, defect);
}

/// A quiet start of one process, for an mpi::Field: the same cells, to the bit, however the lattice is cut.
///
/// Collective: every process calls the function with the same arguments. The shuffle runs over all cells: rank 0 makes
/// the whole lattice with the workers of the policy, while the other processes wait.
///
/// Throws: as the function of one process, the same on every process, before anything is written; std::bad_alloc if
/// rank 0 has no room for the whole lattice.
/// Cost: as in one process, and the messages that distribute the lattice; memory of the whole lattice on rank 0.
template <ExecutionPolicy P, Real T>
void uniform_quantiles(const P& policy, mpi::Field<T>& omega, double low, double high, std::uint64_t seed) {
    detail::fill_on_first_rank(policy, omega, [&](const auto&... on) { uniform_quantiles(on..., low, high, seed); });
}
/// The same on the calling thread.
template <Real T> void uniform_quantiles(mpi::Field<T>& omega, double low, double high, std::uint64_t seed) {
    uniform_quantiles(Fused{}, omega, low, high, seed);
}

/// See uniform_quantiles.
template <ExecutionPolicy P, Real T>
void normal_quantiles(const P& policy, mpi::Field<T>& omega, double mean, double deviation, std::uint64_t seed) {
    detail::fill_on_first_rank(policy, omega,
                               [&](const auto&... on) { normal_quantiles(on..., mean, deviation, seed); });
}
/// The same on the calling thread.
template <Real T> void normal_quantiles(mpi::Field<T>& omega, double mean, double deviation, std::uint64_t seed) {
    normal_quantiles(Fused{}, omega, mean, deviation, seed);
}

/// See uniform_quantiles.
template <ExecutionPolicy P, Real T>
void lorentzian_quantiles(const P& policy, mpi::Field<T>& omega, double centre, double half_width, std::uint64_t seed) {
    detail::fill_on_first_rank(policy, omega,
                               [&](const auto&... on) { lorentzian_quantiles(on..., centre, half_width, seed); });
}
/// The same on the calling thread.
template <Real T>
void lorentzian_quantiles(mpi::Field<T>& omega, double centre, double half_width, std::uint64_t seed) {
    lorentzian_quantiles(Fused{}, omega, centre, half_width, seed);
}

/// See uniform_quantiles.
template <ExecutionPolicy P, Real T, FrequencyDistribution First, FrequencyDistribution Second>
void mixed_quantiles(const P& policy, mpi::Field<T>& omega, const First& first, const Second& second, double share,
                     std::uint64_t seed) {
    detail::fill_on_first_rank(policy, omega,
                               [&](const auto&... on) { mixed_quantiles(on..., first, second, share, seed); });
}
/// The same on the calling thread.
template <Real T, FrequencyDistribution First, FrequencyDistribution Second>
void mixed_quantiles(mpi::Field<T>& omega, const First& first, const Second& second, double share, std::uint64_t seed) {
    mixed_quantiles(Fused{}, omega, first, second, share, seed);
}

KURAMOTO_END_NAMESPACE
