// Observables of lattices that are cut over MPI processes: sums over bonds and plaquettes.
#pragma once

#include <kuramoto/detail/mpi/rank_policy.hpp>
#include <kuramoto/detail/mpi/vortices.hpp>
#include <kuramoto/mpi/field.hpp>
#include <kuramoto/mpi/masks.hpp>
#include <kuramoto/observables/energy.hpp>
#include <kuramoto/observables/helicity.hpp>
#include <kuramoto/observables/winding.hpp>

#include <concepts>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// A lattice with an energy: a Laplacian of Sine, or a Model with one, for cells of T.
template <class Lattice, class T>
concept SineLatticeFor = requires(const Lattice& lattice, const Grid<const T>& theta) {
    { energy(lattice, theta) } -> std::same_as<double>;
};

} // namespace detail

/// An observable of an mpi::Field: on every process the result of one process, to the bit, however the lattice is cut.
///
/// Collective: every process calls the function with the same arguments. `present`, a mask, is an mpi::Field of the
/// same Decomposition. Bond strengths are the part that this process has, numbers along edges those of the whole edge.
///
/// Throws: as the function of one process, the same on every process; also for a mask of another Decomposition, and for
/// kinds of edges that are not the same on every process.
/// Cost: as in one process, per block. Each process also copies its block of θ and of the mask, with one row and one
/// column from up to three other processes, and there is one reduction.
template <ExecutionPolicy P, class Lattice, Real T, mpi::MaskFor<T> Present = AllCells>
requires detail::SineLatticeFor<Lattice, T>
[[nodiscard]] double energy(const P& policy, const Lattice& lattice, const mpi::Field<T>& theta,
                            const Present& present = {}) {
    return detail::on_ranks(policy, theta.decomposition(), [&](const auto& ranks) {
        ranks.expect_same("the kinds of edges", {detail::kinds_of_edges(lattice)});
        return energy(ranks, lattice, theta.local(), detail::local_of(present, theta.decomposition(), "present"));
    });
}
/// The same on the calling thread.
template <class Lattice, Real T, mpi::MaskFor<T> Present = AllCells>
requires detail::SineLatticeFor<Lattice, T>
[[nodiscard]] double energy(const Lattice& lattice, const mpi::Field<T>& theta, const Present& present = {}) {
    return energy(Fused{}, lattice, theta, present);
}

/// See energy.
template <ExecutionPolicy P, class Lattice, Real T, mpi::MaskFor<T> Present = AllCells>
requires detail::SineLatticeFor<Lattice, T>
[[nodiscard]] HelicitySums helicity_sums(const P& policy, const Lattice& lattice, const mpi::Field<T>& theta,
                                         const Present& present = {}) {
    return detail::on_ranks(policy, theta.decomposition(), [&](const auto& ranks) {
        ranks.expect_same("the kinds of edges", {detail::kinds_of_edges(lattice)});
        return helicity_sums(ranks, lattice, theta.local(),
                             detail::local_of(present, theta.decomposition(), "present"));
    });
}
/// The same on the calling thread.
template <class Lattice, Real T, mpi::MaskFor<T> Present = AllCells>
requires detail::SineLatticeFor<Lattice, T>
[[nodiscard]] HelicitySums helicity_sums(const Lattice& lattice, const mpi::Field<T>& theta,
                                         const Present& present = {}) {
    return helicity_sums(Fused{}, lattice, theta, present);
}

/// See energy.
template <ExecutionPolicy P, HasBoundary Lattice = Boundary, Real T, mpi::MaskFor<T> Present = AllCells>
[[nodiscard]] VortexCount count_vortices(const P& policy, const Lattice& lattice, const mpi::Field<T>& theta,
                                         const Present& present = {}) {
    return detail::on_ranks(policy, theta.decomposition(), [&](const auto& ranks) {
        ranks.expect_same("the kinds of edges", {detail::kinds_of_edges(lattice)});
        return count_vortices(ranks, lattice, theta.local(),
                              detail::local_of(present, theta.decomposition(), "present"));
    });
}
/// The same on the calling thread.
template <HasBoundary Lattice = Boundary, Real T, mpi::MaskFor<T> Present = AllCells>
[[nodiscard]] VortexCount count_vortices(const Lattice& lattice, const mpi::Field<T>& theta,
                                         const Present& present = {}) {
    return count_vortices(Fused{}, lattice, theta, present);
}

/// visit(vortex) on every process for all vortices of the lattice, row by row, as for_each_vortex of one process.
///
/// Collective, as energy is; `visit` itself is called when all messages are complete.
///
/// Throws: also std::runtime_error for 2³¹ vortices and more.
/// Cost: also 24 bytes per vortex of the lattice, on every process, and their sorting.
template <Real T, mpi::MaskFor<T> Present, std::invocable<const Vortex&> Visit, HasBoundary Lattice = Boundary>
void for_each_vortex(const Lattice& lattice, const mpi::Field<T>& theta, const Present& present, Visit&& visit) {
    for (const Vortex& vortex : detail::vortices_of_all_ranks(boundary_of(lattice), theta, present)) visit(vortex);
}
/// The same with all cells.
template <Real T, std::invocable<const Vortex&> Visit, HasBoundary Lattice = Boundary>
void for_each_vortex(const Lattice& lattice, const mpi::Field<T>& theta, Visit&& visit) {
    for_each_vortex(lattice, theta, AllCells{}, visit);
}

KURAMOTO_END_NAMESPACE
