// Cells in logical order, whatever the strides.
#pragma once

#include <kuramoto/grid/grid.hpp>

#include <cstddef>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// Whether the cells of a grid lie one behind the other in memory, in logical order.
template <class Element> bool is_consecutive(const Grid<Element>& grid) noexcept {
    return grid.col_stride() == 1 && grid.row_stride() == grid.cols();
}

/// visit(cell of a grid, k) for the cells [first, first + count), counted along the rows; k from 0.
template <class Element, class Visit>
void visit_cells(const Grid<Element>& grid, std::ptrdiff_t first, std::ptrdiff_t count, const Visit& visit) noexcept {
    std::ptrdiff_t i = first / grid.cols();
    std::ptrdiff_t j = first % grid.cols();
    for (std::ptrdiff_t k = 0; k < count; ++i, j = 0) {
        Element* row = grid.data() + i * grid.row_stride();
        for (; k < count && j < grid.cols(); ++k, ++j) visit(row[j * grid.col_stride()], k);
    }
}

} // namespace detail
KURAMOTO_END_NAMESPACE
