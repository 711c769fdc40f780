// What fills a field of independent cells: the checks of its parameters, and the shares of the workers.
#pragma once

#include <kuramoto/detail/arithmetic/rounded.hpp>
#include <kuramoto/detail/parallel/partition.hpp>
#include <kuramoto/execution/policy.hpp>
#include <kuramoto/grid/grid.hpp>

#include <cstddef>
#include <string>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// Throws unless T can hold `value`.
template <class T> void check_parameter(double value, const char* name) {
    if (!fits<T>(value))
        invalid_argument(string_of(name) + " must be finite in the precision of the cells, but is " + text(value));
}

/// As check_parameter, and not negative.
template <class T> void check_scale(double value, const char* name) {
    check_parameter<T>(value, name);
    if (value < 0) invalid_argument(string_of(name) + " must not be negative, but is " + text(value));
}

/// A block of cells: rows [row_begin, row_end), columns [col_begin, col_end) with an even col_begin. They count from
/// the first cell of the field, also where that is a part of a lattice.
struct CellBlock {
    std::ptrdiff_t row_begin;
    std::ptrdiff_t row_end;
    std::ptrdiff_t col_begin;
    std::ptrdiff_t col_end;
};

/// fill(block) for blocks that together are all cells, on the workers of a policy. Every worker gets the rows that
/// `advance` gives it where bands are not thin, so that it touches their memory first; where there are fewer rows than
/// workers, columns.
template <class P, class T, class Fill>
void fill_blocks(const P& policy, const Execution& execution, const Grid<T>& field, const Fill& fill) {
    const std::ptrdiff_t rows = field.rows();
    const std::ptrdiff_t cols = field.cols();
    if (field.empty()) return; // there may be very many rows without cells
    const int tasks = workers_for(field.size(), execution);
    run_tasks(policy, tasks, [&](int task) noexcept {
        CellBlock block{0, rows, 0, cols};
        if (rows >= tasks) {
            block.row_begin = share_begin(task, tasks, rows);
            block.row_end = share_begin(task + 1, tasks, rows);
        } else {
            const std::ptrdiff_t pairs = (cols + 1) / 2;
            block.col_begin = 2 * share_begin(task, tasks, pairs);
            block.col_end = clamped(2 * share_begin(task + 1, tasks, pairs), 0, cols);
        }
        fill(block);
    });
}

} // namespace detail
KURAMOTO_END_NAMESPACE
