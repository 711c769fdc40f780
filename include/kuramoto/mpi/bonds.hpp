// remove_cells of lattices that are cut over MPI processes.
#pragma once

#include <kuramoto/detail/mpi/agreement.hpp>
#include <kuramoto/detail/mpi/rank_policy.hpp>
#include <kuramoto/detail/mpi/window.hpp>
#include <kuramoto/model/bonds.hpp>
#include <kuramoto/mpi/field.hpp>

#include <cstddef>

KURAMOTO_BEGIN_NAMESPACE

/// Removes cells from a lattice, as with one process: sets the strengths of their bonds to 0. Collective.
///
/// Throws, on every process: std::invalid_argument for lattices with different decompositions, or if two of them are
/// the same.
/// Cost: one pass; a copy of the block of `present`; one message to each of the three processes before this one.
template <Real T> void remove_cells(const mpi::Field<T>& present, mpi::Field<T>& east, mpi::Field<T>& south) {
    const mpi::Decomposition& decomposition = present.decomposition();
    const mpi::Block block = decomposition.block();
    const auto window_of = [&](int rank) { // with the next row and column, round the lattice
        mpi::Block window = decomposition.block(rank);
        ++window.row_end;
        ++window.col_end;
        return window;
    };
    detail::with_agreement(decomposition.communicator(), [&](detail::Agreement& agreement) {
        const Grid<T> to_east = detail::local_of(east, decomposition, "east");
        const Grid<T> to_south = detail::local_of(south, decomposition, "south");
        detail::check_disjoint(to_east, "east", present.local(), "present");
        detail::check_disjoint(to_south, "south", present.local(), "present");
        detail::check_disjoint(to_south, "south", to_east, "east");
        Field<T> there(block.rows() + 1, block.cols() + 1);
        agreement.begin();
        if (present.empty()) return;
        detail::collect_windows(decomposition, present.local(), window_of, there.view());
        for (std::ptrdiff_t i = 0; i < block.rows(); ++i)
            for (std::ptrdiff_t j = 0; j < block.cols(); ++j) {
                if (there(i, j) == 0 || there(i, j + 1) == 0) to_east(i, j) = 0;
                if (there(i, j) == 0 || there(i + 1, j) == 0) to_south(i, j) = 0;
            }
    });
}

KURAMOTO_END_NAMESPACE
