// Rows of cells: copied to consecutive places whatever the strides, and continued beyond periodic edges.
#pragma once

#include <kuramoto/detail/tiling/tile.hpp>
#include <kuramoto/grid/grid.hpp>

#include <cstddef>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// Copies n cells that lie `stride` elements apart to consecutive places, or back.
template <class T> void gather(T* to, const T* from, std::ptrdiff_t stride, std::ptrdiff_t n) noexcept {
    if (stride == 1) {
        if (n > 0) __builtin_memcpy(to, from, static_cast<std::size_t>(n) * sizeof(T));
        return;
    }
    for (std::ptrdiff_t j = 0; j < n; ++j) to[j] = from[j * stride];
}
template <class T> void scatter(T* to, std::ptrdiff_t stride, const T* from, std::ptrdiff_t n) noexcept {
    for (std::ptrdiff_t j = 0; j < n; ++j) to[j * stride] = from[j];
}

/// Cells [begin, begin + count) of a row.
struct RowSpan {
    std::ptrdiff_t row = 0;
    std::ptrdiff_t begin = 0;
    std::ptrdiff_t count = 0;
};

/// Copies the cells of a span to consecutive places; rows and columns beyond the grid are those at its other side.
template <class T> void gather_row(T* to, const Grid<const T>& grid, const RowSpan& span) noexcept {
    if (span.count <= 0) return;
    const T* row = grid.data() + Extent::wrapped(span.row, grid.rows()) * grid.row_stride();
    std::ptrdiff_t left = span.count;
    for (std::ptrdiff_t j = Extent::wrapped(span.begin, grid.cols()); left > 0; j = 0) {
        const std::ptrdiff_t most = grid.cols() - j;
        const std::ptrdiff_t count = left < most ? left : most;
        gather(to, row + j * grid.col_stride(), grid.col_stride(), count);
        to += count;
        left -= count;
    }
}

template <class T> class Halo;

/// A field that is read and never written while a sweep goes on (ω, strengths of bonds, …), or one number for all
/// cells: `field` is then empty. For `apply`, what is added to.
template <class T> struct Source {
    Grid<const T> field = {};
    bool is_uniform = true;
    T number = 0;
    const Halo<T>* ghosts = nullptr; ///< what other processes have of the field around `field`, if a sweep reads it
};

} // namespace detail
KURAMOTO_END_NAMESPACE
