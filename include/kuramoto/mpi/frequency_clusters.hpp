// The frequency clusters of lattices that are cut over MPI processes.
#pragma once

#include <kuramoto/detail/mpi/clusters.hpp>
#include <kuramoto/detail/mpi/rank_policy.hpp>
#include <kuramoto/mpi/field.hpp>
#include <kuramoto/mpi/masks.hpp>
#include <kuramoto/observables/frequency_clusters.hpp>

KURAMOTO_BEGIN_NAMESPACE

/// The frequency clusters of an mpi::Field: the labels and sizes of one process, however the lattice is cut.
///
/// rows(), cols(), labels() and label(i, j) of the result are those of the block of this process. count(), sizes(),
/// largest() and largest_share() are those of the whole lattice, on every process.
///
/// Collective: every process calls the function with the same arguments. `present`, a mask, is an mpi::Field of the
/// same Decomposition.
///
/// Throws: as the function of one process, the same on every process; also for a mask of another Decomposition
/// and for kinds of edges that differ; std::runtime_error if 2³¹ pairs of sets or more meet at seams.
/// Cost: the blocks are joined as in one process, and their sets are numbered on the calling thread. Pairs of sets that
/// meet at a seam between blocks are sent to every process. Memory of every process, beside that for its block: up to
/// 60 bytes per cell along the seams of the whole lattice, and 8 bytes per cluster of the whole lattice. For an
/// incoherent lattice that is 8 bytes per cell of the lattice.
template <ExecutionPolicy P, Real T, mpi::MaskFor<T> Present, HasBoundary Lattice = Boundary>
[[nodiscard]] FrequencyClusters frequency_clusters(const P& policy, const Lattice& lattice,
                                                   const mpi::Field<T>& frequencies, const Present& present,
                                                   double tolerance) {
    const mpi::Decomposition& decomposition = frequencies.decomposition();
    return detail::with_agreement(decomposition.communicator(), [&](detail::Agreement& agreement) {
        agreement.expect_same("the kinds of edges", {detail::kinds_of_edges(lattice)});
        const detail::RankPolicy<P> ranks(policy, decomposition, agreement);
        const detail::Execution execution(ranks);
        const Boundary& boundary = boundary_of(lattice);
        const Grid<const T> in = frequencies.local();
        const auto there =
            detail::present_cells(detail::local_of(present, decomposition, "present"), in, "frequencies");
        detail::check_tolerance(tolerance);
        detail::check_boundary<T>(boundary, decomposition.rows(), decomposition.cols());
        if (frequencies.empty()) return FrequencyClusters({}, in.rows(), in.cols(), 0);
        const detail::CellSets sets(in.size());
        const Boundary here = detail::boundary_of_block(boundary, decomposition);
        const detail::Joints joints(in, there, tolerance, here);
        detail::join_cells(ranks, execution, joints, in, here, sets);
        const detail::SeamSets seams(detail::members_of_all_ranks(
            decomposition.communicator(),
            detail::pairs_at_seams(decomposition, agreement, in, there, tolerance, boundary, sets)));
        return detail::numbered_over_ranks(decomposition, sets, seams, there);
    });
}
/// The same with all cells.
template <ExecutionPolicy P, Real T, HasBoundary Lattice = Boundary>
[[nodiscard]] FrequencyClusters frequency_clusters(const P& policy, const Lattice& lattice,
                                                   const mpi::Field<T>& frequencies, double tolerance) {
    return frequency_clusters(policy, lattice, frequencies, AllCells{}, tolerance);
}

/// The same on the calling thread.
template <Real T, mpi::MaskFor<T> Present, HasBoundary Lattice = Boundary>
[[nodiscard]] FrequencyClusters frequency_clusters(const Lattice& lattice, const mpi::Field<T>& frequencies,
                                                   const Present& present, double tolerance) {
    return frequency_clusters(Fused{}, lattice, frequencies, present, tolerance);
}
/// The same with all cells, on the calling thread.
template <Real T, HasBoundary Lattice = Boundary>
[[nodiscard]] FrequencyClusters frequency_clusters(const Lattice& lattice, const mpi::Field<T>& frequencies,
                                                   double tolerance) {
    return frequency_clusters(Fused{}, lattice, frequencies, AllCells{}, tolerance);
}

KURAMOTO_END_NAMESPACE
