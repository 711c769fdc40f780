// Sums over the cells of a lattice, by the workers of a policy. The bits do not depend on the number of workers.
#pragma once

#include <kuramoto/detail/memory/buffer.hpp>
#include <kuramoto/detail/memory/logical_order.hpp>
#include <kuramoto/detail/parallel/workers.hpp>
#include <kuramoto/execution/policy.hpp>
#include <kuramoto/grid/grid.hpp>

#include <cstddef>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// The sum over `parts` parts: calls add(part, sum) for every part. Each worker has a sum of its own; += joins them,
/// and those of all processes, if the policy spans several.
///
/// Requires: the += of Sum is exactly associative and commutative, and Sum{} is its zero (a task may get no parts), as
/// for FixedPointSum, BinnedSum and integers.
template <class Sum, class P, class Add>
Sum sum_over_parts(const P& policy, const Execution& execution, std::ptrdiff_t parts, std::ptrdiff_t cells,
                   const Add& add) {
    const int tasks = tasks_for(parts, cells, execution);
    const Buffer<Sum> sums(tasks);
    share_parts(policy, tasks, parts, [&](int task, const auto& for_pieces_of_task) {
        Sum sum{};
        for_pieces_of_task([&](std::ptrdiff_t begin, std::ptrdiff_t end) {
            for (std::ptrdiff_t part = begin; part < end; ++part) add(part, sum);
        });
        sums.data()[task] = sum;
    });
    Sum total = sums.data()[0];
    for (int task = 1; task < tasks; ++task) total += sums.data()[task];
    if constexpr (SpansProcesses<P>)
        return policy.sum(total);
    else
        return total;
}

/// Cells that a kernel adds at once.
inline constexpr std::ptrdiff_t cells_per_part = 1024;

/// The same for parts of consecutive cells in logical order: add(cells, count, sum), where `cells` points to `count`
/// cells. Cells with gaps between them are copied to the stack.
template <class Sum, class P, class T, class Add>
Sum sum_over_cells(const P& policy, const Execution& execution, const Grid<const T>& grid, const Add& add) {
    const std::ptrdiff_t parts = (grid.size() + cells_per_part - 1) / cells_per_part;
    const bool are_consecutive = is_consecutive(grid);
    return sum_over_parts<Sum>(policy, execution, parts, grid.size(), [&](std::ptrdiff_t part, Sum& sum) noexcept {
        const std::ptrdiff_t first = part * cells_per_part;
        const std::ptrdiff_t count = clamped(grid.size() - first, 0, cells_per_part);
        if (are_consecutive) return add(grid.data() + first, count, sum);
        T cells[cells_per_part];
        visit_cells(grid, first, count, [&](const T& cell, std::ptrdiff_t k) { cells[k] = cell; });
        add(cells, count, sum);
    });
}

} // namespace detail
KURAMOTO_END_NAMESPACE
