// Winding numbers along loops, rows and columns of lattices that are cut over MPI processes.
#pragma once

#include <kuramoto/detail/mpi/phases_of_cells.hpp>
#include <kuramoto/mpi/field.hpp>
#include <kuramoto/observables/winding.hpp>

#include <cstddef>
#include <cstdint>

KURAMOTO_BEGIN_NAMESPACE

/// The winding number of an mpi::Field along a loop of cells of the whole lattice: that of one process.
///
/// Collective: every process calls the function with the same loop.
///
/// Throws: as the function of one process, the same on every process; also for loops of different lengths.
/// Cost: one reduction per 4096 cells of the loop; 8 bytes per cell of the loop on every process.
template <Real T, class Loop> [[nodiscard]] std::int64_t winding(const mpi::Field<T>& theta, const Loop& loop) {
    const Cell* const cells = loop.data();
    const auto count = static_cast<std::ptrdiff_t>(loop.size());
    return detail::turns_along_cells(
        theta, count, [&](std::ptrdiff_t k) { return cells[k]; },
        [&] { detail::check_loop(cells, count, theta.rows(), theta.cols()); });
}

/// See winding. `row` is a row of the whole lattice.
template <Real T> [[nodiscard]] std::int64_t row_winding(const mpi::Field<T>& theta, std::ptrdiff_t row) {
    return detail::turns_along_cells(
        theta, theta.cols(), [&](std::ptrdiff_t j) { return Cell{row, j}; },
        [&] { detail::check_index(row, theta.rows(), "row", theta.rows(), theta.cols()); });
}

/// See winding. `col` is a column of the whole lattice.
template <Real T> [[nodiscard]] std::int64_t col_winding(const mpi::Field<T>& theta, std::ptrdiff_t col) {
    return detail::turns_along_cells(
        theta, theta.rows(), [&](std::ptrdiff_t i) { return Cell{i, col}; },
        // As in one process, where the columns are the rows of the transposed lattice.
        [&] { detail::check_index(col, theta.cols(), "col", theta.rows(), theta.cols()); });
}

KURAMOTO_END_NAMESPACE
