// Arithmetic on every cell, without neighbours: blocks of cells in logical order, shared out among workers.
#pragma once

#include <kuramoto/detail/kernels/cell.hpp>
#include <kuramoto/detail/parallel/workers.hpp>
#include <kuramoto/execution/policy.hpp>
#include <kuramoto/grid/grid.hpp>

#include <cstddef>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// Cells per block: the unit in which the cells of a run are shared out.
inline constexpr std::ptrdiff_t cells_per_block = 4096;

/// work(begin, end) for every block of cells, by the workers of a policy.
template <class P, class Work>
void for_blocks(const P& policy, const Execution& execution, std::ptrdiff_t cells, const Work& work) {
    const std::ptrdiff_t blocks = (cells + cells_per_block - 1) / cells_per_block;
    for_parts(policy, execution, blocks, cells, [&](std::ptrdiff_t block) noexcept {
        const std::ptrdiff_t end = (block + 1) * cells_per_block;
        work(block * cells_per_block, end < cells ? end : cells);
    });
}

/// An operation of the cell kernel on fields of `cells` consecutive cells of T.
template <class T, class P, class Operation>
void run_cells(const P& policy, const Execution& execution, std::ptrdiff_t cells, const Operation& operation) {
    const CellFunction<Operation> function = cell_function<T, Operation>(execution.isa);
    for_blocks(policy, execution, cells,
               [&](std::ptrdiff_t begin, std::ptrdiff_t end) { function(operation, begin, end); });
}

/// Copies the cells of one view to another of the same shape.
template <class T> void copy_cells(const Grid<const T>& from, const Grid<T>& to) noexcept {
    if (from.empty()) return; // there may be very many rows without cells
    for (std::ptrdiff_t i = 0; i < from.rows(); ++i)
        for (std::ptrdiff_t j = 0; j < from.cols(); ++j)
            to.data()[i * to.row_stride() + j * to.col_stride()] =
                from.data()[i * from.row_stride() + j * from.col_stride()];
}

} // namespace detail
KURAMOTO_END_NAMESPACE
