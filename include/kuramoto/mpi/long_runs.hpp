// Long runs of lattices that are cut over MPI processes: phase wrapping and the rotating frame.
#pragma once

#include <kuramoto/detail/mpi/rank_policy.hpp>
#include <kuramoto/long_runs/phase_wrapping.hpp>
#include <kuramoto/long_runs/rotating_frame.hpp>
#include <kuramoto/mpi/field.hpp>

namespace kuramoto::mpi {

/// The turns that wrapping has taken from the phases of an mpi::Field. See kuramoto::WrappedTurns.
template <Real T> struct WrappedTurns {
    Field<double> turns; ///< turns of a cell, of any sign; exact up to 2^53
    Field<T> rest;       ///< rounding of the wrapped phase, rad: at most half the spacing of T at π

    /// Zero turns.
    explicit WrappedTurns(const Decomposition& decomposition) : turns(decomposition), rest(decomposition) {}
};

} // namespace kuramoto::mpi

KURAMOTO_BEGIN_NAMESPACE

/// Phase wrapping of an mpi::Field: the cells of one process, to the bit, however the lattice is cut.
///
/// Collective: every process calls the function with the same arguments. All fields have the same Decomposition.
///
/// Throws: as the function of one process, the same on every process, before anything is written; also for fields of
/// different Decompositions.
/// Cost: as in one process, per block; no messages other than the agreement that all arguments are valid.
template <ExecutionPolicy P, Real T> void wrap(const P& policy, mpi::Field<T>& theta, mpi::WrappedTurns<T>& turns) {
    const mpi::Decomposition& lattice = theta.decomposition();
    detail::on_ranks(policy, lattice, [&](const auto& ranks) {
        detail::wrap_cells(ranks, theta.local(), detail::local_of(turns.turns, lattice, "turns.turns"),
                           detail::local_of(turns.rest, lattice, "turns.rest"));
    });
}
/// The same on the calling thread.
template <Real T> void wrap(mpi::Field<T>& theta, mpi::WrappedTurns<T>& turns) { wrap(Fused{}, theta, turns); }

/// See wrap.
template <ExecutionPolicy P, Real T>
void unwrapped(const P& policy, const mpi::Field<T>& theta, const mpi::WrappedTurns<T>& turns,
               mpi::Field<double>& total) {
    const mpi::Decomposition& lattice = theta.decomposition();
    detail::on_ranks(policy, lattice, [&](const auto& ranks) {
        detail::unwrap_cells(ranks, theta.local(), detail::local_of(turns.turns, lattice, "turns.turns"),
                             detail::local_of(turns.rest, lattice, "turns.rest"),
                             detail::local_of(total, lattice, "total"));
    });
}
/// The same on the calling thread.
template <Real T>
void unwrapped(const mpi::Field<T>& theta, const mpi::WrappedTurns<T>& turns, mpi::Field<double>& total) {
    unwrapped(Fused{}, theta, turns, total);
}

/// The mean of an mpi::Field of natural frequencies: that of one process, to the bit. Collective.
template <ExecutionPolicy P, Real T> [[nodiscard]] double mean_frequency(const P& policy, const mpi::Field<T>& omega) {
    return detail::on_ranks(policy, omega.decomposition(),
                            [&](const auto& ranks) { return mean_frequency(ranks, omega.local()); });
}
/// The same on the calling thread.
template <Real T> [[nodiscard]] double mean_frequency(const mpi::Field<T>& omega) {
    return mean_frequency(Fused{}, omega);
}

/// Subtracts the mean from an mpi::Field of natural frequencies: the frame and the cells of one process, to the bit.
///
/// Collective.
///
/// Throws: as the function of one process, the same on every process, before anything is written.
///
/// Cost: as in one process, per block, and two reductions.
template <ExecutionPolicy P, HasBoundary Lattice = Boundary, Real T>
RotatingFrame enter_rotating_frame(const P& policy, const Lattice& lattice, mpi::Field<T>& omega) {
    return detail::on_ranks(policy, omega.decomposition(),
                            [&](const auto& ranks) { return enter_rotating_frame(ranks, lattice, omega.local()); });
}
/// The same on the calling thread.
template <HasBoundary Lattice = Boundary, Real T>
RotatingFrame enter_rotating_frame(const Lattice& lattice, mpi::Field<T>& omega) {
    return enter_rotating_frame(Fused{}, lattice, omega);
}

/// Phases in the laboratory, for an mpi::Field of phases in the frame: the cells of one process, to the bit. See wrap.
///
/// `laboratory` can be `theta` itself.
template <ExecutionPolicy P, Real T>
void to_laboratory(const P& policy, const RotatingFrame& frame, double time, const mpi::Field<T>& theta,
                   mpi::Field<double>& laboratory) {
    const mpi::Decomposition& lattice = theta.decomposition();
    detail::on_ranks(policy, lattice, [&](const auto& ranks) {
        to_laboratory(ranks, frame, time, theta.local(), detail::local_of(laboratory, lattice, "laboratory"));
    });
}
/// The same on the calling thread.
template <Real T>
void to_laboratory(const RotatingFrame& frame, double time, const mpi::Field<T>& theta,
                   mpi::Field<double>& laboratory) {
    to_laboratory(Fused{}, frame, time, theta, laboratory);
}

KURAMOTO_END_NAMESPACE
