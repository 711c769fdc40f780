// The present cells of a lattice: all of them, or those of a mask. Their number, and sums over them.
//
// An observable is written once for both. It takes a `present` that satisfies MaskFor, and converts it on entry by
// `present_cells`, which checks the shape. The result tells whether a cell is present, by present(i, j), and is passed
// on to `count_cells` and `sum_over_cells`. With AllCells these do what they do without a mask.
#pragma once

#include <kuramoto/detail/build/checks.hpp>
#include <kuramoto/detail/parallel/order_free_sum.hpp>
#include <kuramoto/execution/policy.hpp>
#include <kuramoto/grid/grid.hpp>
#include <kuramoto/grid/mask.hpp>

#include <cstddef>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// The cells where a mask is not 0.
template <class T> class PresentCells {
  public:
    explicit PresentCells(const Grid<const T>& mask) noexcept : mask_(mask) {}

    /// Whether cell (i, j) is present.
    [[nodiscard]] bool operator()(std::ptrdiff_t i, std::ptrdiff_t j) const noexcept {
        return mask_.data()[i * mask_.row_stride() + j * mask_.col_stride()] != 0;
    }
    [[nodiscard]] const Grid<const T>& mask() const noexcept { return mask_; }

  private:
    Grid<const T> mask_;
};

/// The present cells of `grid`, an argument called `name`. Throws std::invalid_argument for a mask of another shape.
template <class T> AllCells present_cells(const AllCells& present, const Grid<const T>&, const char* /*name*/) {
    return present;
}
template <class T, GridLike Present>
PresentCells<T> present_cells(const Present& present, const Grid<const T>& grid, const char* name) {
    const Grid<const T> mask = as_grid(present);
    check_same_shape(mask, "present", grid, name);
    return PresentCells<T>(mask);
}

/// The number of present cells.
template <class P, class T>
std::ptrdiff_t count_cells(const P&, const Execution& execution, const Grid<const T>& grid, const AllCells&) {
    return execution.place.cells_of(grid);
}
template <class P, class T>
std::ptrdiff_t count_cells(const P& policy, const Execution& execution, const Grid<const T>& grid,
                           const PresentCells<T>& present) {
    if (grid.empty()) return 0;
    return sum_over_cells<std::ptrdiff_t>(policy, execution, present.mask(),
                                          [](const T* mask, std::ptrdiff_t count, std::ptrdiff_t& sum) noexcept {
                                              for (std::ptrdiff_t k = 0; k < count; ++k) sum += mask[k] != 0 ? 1 : 0;
                                          });
}

/// The sum over the present cells: add(cells, count, sum) as in the overload for all cells, for up to `cells_per_part`
/// present cells at a time. With a mask they are copied to the stack.
template <class Sum, class P, class T, class Add>
Sum sum_over_cells(const P& policy, const Execution& execution, const Grid<const T>& grid, const AllCells&,
                   const Add& add) {
    return sum_over_cells<Sum>(policy, execution, grid, add);
}
template <class Sum, class P, class T, class Add>
Sum sum_over_cells(const P& policy, const Execution& execution, const Grid<const T>& grid,
                   const PresentCells<T>& present, const Add& add) {
    const std::ptrdiff_t parts = (grid.size() + cells_per_part - 1) / cells_per_part;
    return sum_over_parts<Sum>(policy, execution, parts, grid.size(), [&](std::ptrdiff_t part, Sum& sum) noexcept {
        const std::ptrdiff_t first = part * cells_per_part;
        const std::ptrdiff_t count = clamped(grid.size() - first, 0, cells_per_part);
        T mask[cells_per_part];
        visit_cells(present.mask(), first, count, [&](const T& cell, std::ptrdiff_t k) { mask[k] = cell; });
        T cells[cells_per_part];
        std::ptrdiff_t found = 0;
        visit_cells(grid, first, count, [&](const T& cell, std::ptrdiff_t k) {
            cells[found] = cell; // the next present cell overwrites a missing one
            found += mask[k] != 0 ? 1 : 0;
        });
        if (found > 0) add(cells, found, sum);
    });
}

} // namespace detail
KURAMOTO_END_NAMESPACE
