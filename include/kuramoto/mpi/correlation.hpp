// The correlation function of lattices that are cut over MPI processes.
#pragma once

#include <kuramoto/detail/mpi/collected_cells.hpp>
#include <kuramoto/detail/mpi/rank_policy.hpp>
#include <kuramoto/mpi/field.hpp>
#include <kuramoto/mpi/masks.hpp>
#include <kuramoto/observables/correlation.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// The whole rows, or columns, of which a process has the pairs. The rows of a row of blocks are shared out among its
/// processes, and the columns of a column of blocks, so that each process has about as many cells as in its block.
inline mpi::Block whole_lines(const mpi::Decomposition& decomposition, Pairs pairs, int rank) noexcept {
    const mpi::Block block = decomposition.block(rank);
    const mpi::RankGrid ranks = decomposition.ranks();
    const int row = rank / ranks.cols;
    const int col = rank % ranks.cols;
    if (pairs == Pairs::cols)
        return {block.row_begin + share_begin(col, ranks.cols, block.rows()),
                block.row_begin + share_begin(col + 1, ranks.cols, block.rows()), 0, decomposition.cols()};
    return {0, decomposition.rows(), block.col_begin + share_begin(row, ranks.rows, block.cols()),
            block.col_begin + share_begin(row + 1, ranks.rows, block.cols())};
}

/// The pairs within whole rows, or columns.
template <class T, class Present> class PairsOfLines {
  public:
    /// Collective.
    template <class P>
    PairsOfLines(const RankPolicy<P>& policy, const mpi::Decomposition& decomposition, Agreement& agreement,
                 const Execution& execution, const Grid<const T>& block, const Present& present,
                 const Boundary& boundary, Pairs pairs)
        : cells_(decomposition, agreement, block, present,
                 [&](int rank) { return whole_lines(decomposition, pairs, rank); }),
          phasors_(policy, execution, cells_.theta(), cells_.present()),
          pairs_(phasors_, cells_.theta(), cells_.present(), pairs, boundary,
                 add_difference_cosines_function(execution.isa)) {}

    /// Their sums at `count` distances from `first` on. Collective.
    template <class P>
    SumsAtDistances sums(const RankPolicy<P>& policy, const Execution& execution, std::ptrdiff_t first,
                         std::ptrdiff_t count) const {
        const std::ptrdiff_t rows = cells_.theta().rows();
        return sum_over_parts<SumsAtDistances>(policy, execution, rows, cells_.theta().size(),
                                               [&](std::ptrdiff_t i, SumsAtDistances& into) noexcept {
                                                   for (std::ptrdiff_t k = 0; k < count; ++k)
                                                       pairs_.add_row(i, first + k, into.sums[k]);
                                               });
    }

  private:
    CollectedCells<T, Present> cells_;
    PhasorField phasors_;
    PairSums<Present> pairs_;
};

/// values[d] = C(d), d < distances. Collective.
template <class P, class T, class Present>
void correlation_of_ranks(const P& policy, const Boundary& boundary, const mpi::Field<T>& theta, const Present& present,
                          double* values, std::ptrdiff_t distances, Pairs pairs) {
    const mpi::Decomposition& decomposition = theta.decomposition();
    with_agreement(decomposition.communicator(), [&](Agreement& agreement) {
        agreement.expect_same("the size of out and the pairs", {distances, static_cast<std::int64_t>(pairs)});
        const RankPolicy<P> ranks(policy, decomposition, agreement);
        const Execution execution(ranks);
        const Grid<const T> in = theta.local();
        const auto there = present_cells(local_of(present, decomposition, "present"), in, "theta");
        check_boundary<T>(boundary, decomposition.rows(), decomposition.cols());
        for (std::ptrdiff_t d = 0; d < distances && theta.empty(); ++d) values[d] = 0;
        if (theta.empty() || distances == 0) return;
        using Lines = PairsOfLines<T, decltype(present_cells(local_of(present, decomposition, ""), in, ""))>;
        const auto pairs_along = [&](Pairs along) {
            return std::make_unique<Lines>(ranks, decomposition, agreement, execution, in, there, boundary, along);
        };
        const auto rows = pairs != Pairs::rows ? pairs_along(Pairs::cols) : nullptr;
        const auto cols = pairs != Pairs::cols ? pairs_along(Pairs::rows) : nullptr;
        constexpr std::ptrdiff_t most = SumsAtDistances::most;
        for (std::ptrdiff_t first = 0; first < distances; first += most) {
            const std::ptrdiff_t count = clamped(distances - first, 0, most);
            SumsAtDistances all{};
            if (rows) all += rows->sums(ranks, execution, first, count);
            if (cols) all += cols->sums(ranks, execution, first, count);
            for (std::ptrdiff_t k = 0; k < count; ++k) values[first + k] = all.sums[k].mean();
        }
    });
}

} // namespace detail

/// The correlation function of an mpi::Field: on every process that of one process, to the bit, however the lattice is
/// cut.
///
/// Collective: every process calls the function with the same arguments, and with an `out` of the same size. `present`,
/// a mask, is an mpi::Field of the same Decomposition.
///
/// Throws: as the function of one process, the same on every process; also for a mask of another Decomposition.
/// Cost: as in one process, for about as many cells per process as its block has; for Pairs::both two sines and cosines
/// per cell. The cells are redistributed into whole rows, or columns: for each of the two, memory for a copy of θ and
/// of the mask, and 16 bytes of scratch per cell. One or two reductions of a few kB per 16 distances.
template <ExecutionPolicy P, Real T, mpi::MaskFor<T> Present, WritableNumbersInARow Out, HasBoundary Lattice = Boundary>
void correlation(const P& policy, const Lattice& lattice, const mpi::Field<T>& theta, const Present& present, Out&& out,
                 Pairs pairs) {
    detail::correlation_of_ranks(policy, boundary_of(lattice), theta, present, out.data(),
                                 static_cast<std::ptrdiff_t>(out.size()), pairs);
}
/// The same with all cells.
template <ExecutionPolicy P, Real T, WritableNumbersInARow Out, HasBoundary Lattice = Boundary>
void correlation(const P& policy, const Lattice& lattice, const mpi::Field<T>& theta, Out&& out, Pairs pairs) {
    correlation(policy, lattice, theta, AllCells{}, out, pairs);
}

/// The same on the calling thread.
template <Real T, mpi::MaskFor<T> Present, WritableNumbersInARow Out, HasBoundary Lattice = Boundary>
void correlation(const Lattice& lattice, const mpi::Field<T>& theta, const Present& present, Out&& out, Pairs pairs) {
    correlation(Fused{}, lattice, theta, present, out, pairs);
}
/// The same with all cells, on the calling thread.
template <Real T, WritableNumbersInARow Out, HasBoundary Lattice = Boundary>
void correlation(const Lattice& lattice, const mpi::Field<T>& theta, Out&& out, Pairs pairs) {
    correlation(Fused{}, lattice, theta, AllCells{}, out, pairs);
}

KURAMOTO_END_NAMESPACE
