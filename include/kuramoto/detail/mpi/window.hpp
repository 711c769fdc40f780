// Windows: rectangles of a lattice that processes need, collected from the processes that have their cells.
#pragma once

#include <kuramoto/detail/mpi/datatype.hpp>
#include <kuramoto/detail/parallel/cell_blocks.hpp>
#include <kuramoto/grid/grid.hpp>
#include <kuramoto/mpi/decomposition.hpp>

#include <cstddef>
#include <vector>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// visit(cells, first_row, first_col) for every part of a window whose cells are those of a block. The part is counted
/// as the window is. Its first cell is (first_row, first_col) of the block.
///
/// A window is a rectangle of the lattice. Where it goes beyond row 0 or the last row, the lattice goes round; so do
/// the columns.
template <class Visit>
void for_each_common_part(const mpi::Block& window, const mpi::Block& block, std::ptrdiff_t rows, std::ptrdiff_t cols,
                          const Visit& visit) {
    if (rows == 0 || cols == 0) return;
    const auto common = [](std::ptrdiff_t& begin, std::ptrdiff_t& end, std::ptrdiff_t low, std::ptrdiff_t high) {
        begin = begin > low ? begin : low;
        end = end < high ? end : high;
    };
    const auto turn_before = [](std::ptrdiff_t k, std::ptrdiff_t n) {
        return k >= 0 ? k / n * n : -((n - 1 - k) / n) * n;
    };
    for (std::ptrdiff_t down = turn_before(window.row_begin, rows); down < window.row_end; down += rows)
        for (std::ptrdiff_t across = turn_before(window.col_begin, cols); across < window.col_end; across += cols) {
            mpi::Block part = window;
            common(part.row_begin, part.row_end, block.row_begin + down, block.row_end + down);
            common(part.col_begin, part.col_end, block.col_begin + across, block.col_end + across);
            if (part.rows() > 0 && part.cols() > 0)
                visit(part, part.row_begin - down - block.row_begin, part.col_begin - across - block.col_begin);
        }
}

/// Copies the window of every process from the blocks of all. Collective. window_of(rank) is the window of a process,
/// of which `to` has the shape on this one.
///
/// Cost: one message per block that a window touches; a few operations per process.
template <class T, class WindowOf>
void collect_windows(const mpi::Decomposition& decomposition, const Grid<const T>& local, const WindowOf& window_of,
                     const Grid<T>& to) {
    constexpr int tag = 2; // messages between two processes are sent and received in the same order
    std::vector<MPI_Request> requests;
    const auto next_request = [&] {
        requests.push_back(MPI_REQUEST_NULL);
        return &requests.back();
    };
    const mpi::Block mine = decomposition.block();
    const mpi::Block window = window_of(decomposition.rank());
    const auto for_each_part = [&](const mpi::Block& of, const mpi::Block& in, const auto& visit) {
        for_each_common_part(of, in, decomposition.rows(), decomposition.cols(), visit);
    };
    const auto place_of = [&](const mpi::Block& part) {
        return to.subgrid(part.row_begin - window.row_begin, part.col_begin - window.col_begin, part.rows(),
                          part.cols());
    };
    for (int rank = 0; rank < decomposition.size(); ++rank) {
        if (rank == decomposition.rank()) continue;
        for_each_part(window, decomposition.block(rank), [&](const mpi::Block& part, std::ptrdiff_t, std::ptrdiff_t) {
            const Grid<T> cells = place_of(part);
            const Datatype type(cells); // freed by MPI when the message is complete
            MPI_Irecv(cells.data(), 1, type.get(), rank, tag, decomposition.communicator(), next_request());
        });
        for_each_part(window_of(rank), mine, [&](const mpi::Block& part, std::ptrdiff_t row, std::ptrdiff_t col) {
            const Grid<const T> cells = local.subgrid(row, col, part.rows(), part.cols());
            const Datatype type(cells);
            MPI_Isend(const_cast<T*>(cells.data()), 1, type.get(), rank, tag, decomposition.communicator(),
                      next_request());
        });
    }
    for_each_part(window, mine, [&](const mpi::Block& part, std::ptrdiff_t row, std::ptrdiff_t col) {
        copy_cells(local.subgrid(row, col, part.rows(), part.cols()), place_of(part));
    });
    MPI_Waitall(static_cast<int>(requests.size()), requests.data(), MPI_STATUSES_IGNORE);
}

} // namespace detail
KURAMOTO_END_NAMESPACE
