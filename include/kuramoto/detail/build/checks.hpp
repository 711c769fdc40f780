// The checks that every algorithm makes on entry, before anything is written: values, shapes, overlap.
#pragma once

#include <kuramoto/detail/arithmetic/environment.hpp>
#include <kuramoto/detail/memory/overlap.hpp>
#include <kuramoto/grid/grid.hpp>
#include <kuramoto/model/boundary.hpp>

#include <cstdint>
#include <string>
#include <type_traits>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// `value` in the precision of the cells. Throws unless it is finite before and after the conversion. Not inlined:
/// otherwise the compiler may move the conversion out of a loop around the caller, into another floating-point
/// environment.
template <class T> KURAMOTO_NEVER_INLINE T checked_number(double value, const char* name) {
    stay_in_place();
    if (!is_finite(value)) invalid_argument(string_of(name) + " must be finite, but is " + text(value));
    const T rounded = static_cast<T>(value);
    if (!is_finite(static_cast<double>(rounded)))
        invalid_argument(string_of(name) + " = " + text(value) + " is too large for the precision of the cells");
    return rounded;
}

template <class T> T checked_time_step(double dt) {
    const T rounded = checked_number<T>(dt, "dt");
    if (!(dt > 0)) invalid_argument("dt must be positive, but is " + text(dt));
    if (!(rounded > 0)) invalid_argument("dt = " + text(dt) + " is too small for the precision of the cells");
    return rounded;
}

inline void check_count(std::int64_t count, const char* name) {
    if (count < 0) invalid_argument(string_of(name) + " must not be negative, but is " + integer_text(count));
}

template <class First, class Second>
void check_same_shape(const Grid<First>& a, const char* name_a, const Grid<Second>& b, const char* name_b) {
    if (a.rows() != b.rows() || a.cols() != b.cols())
        invalid_argument(string_of(name_a) + " is " + shape_text(a.rows(), a.cols()) + " cells, but " + name_b +
                         " is " + shape_text(b.rows(), b.cols()));
}

/// Throws if a view that will be written names a cell twice.
template <class T> void check_writable(const Grid<T>& grid, const char* name) {
    if (overlaps_itself(grid))
        invalid_argument(string_of(name) + " overlaps itself: row_stride = " + integer_text(grid.row_stride()) +
                         ", col_stride = " + integer_text(grid.col_stride()) + " for " +
                         shape_text(grid.rows(), grid.cols()) + " cells");
}

/// Views of different precision have no cell in common: one memory does not hold numbers of both.
template <class Written, class Read>
void check_disjoint(const Grid<Written>& written, const char* name_written, const Grid<Read>& read,
                    const char* name_read) {
    if constexpr (std::is_same_v<const Written, const Read>)
        if (overlap(written, read))
            invalid_argument(string_of(name_written) + " is written and must not overlap " + name_read);
}

/// An edge along which there are `cells` cells. Its numbers have to be finite in the precision of the cells.
template <class T> void check_edge(const BoundaryCondition& edge, std::ptrdiff_t cells, const char* name) {
    if (edge.kind != BoundaryKind::fixed_phase && edge.kind != BoundaryKind::fixed_flux) return;
    if (edge.count < 0) {
        if (edge.values != nullptr) invalid_argument(string_of(name) + " has numbers, but does not say how many");
        static_cast<void>(checked_number<T>(edge.value, name));
        return;
    }
    if (edge.count != cells || (edge.values == nullptr && cells > 0))
        invalid_argument(string_of(name) + " has " + integer_text(edge.count) + " numbers for " + integer_text(cells) +
                         " cells");
    for (std::ptrdiff_t k = 0; k < cells; ++k)
        if (!is_finite(static_cast<double>(static_cast<T>(edge.values[k]))))
            static_cast<void>(
                checked_number<T>(edge.values[k], (string_of(name) + "[" + integer_text(k) + "]").c_str()));
}

/// The edges of a lattice of rows × cols cells.
template <class T> void check_boundary(const Boundary& boundary, std::ptrdiff_t rows, std::ptrdiff_t cols) {
    const auto check_pair = [](const BoundaryCondition& a, const BoundaryCondition& b, const char* names) {
        if ((a.kind == BoundaryKind::periodic) != (b.kind == BoundaryKind::periodic))
            invalid_argument(string_of(names) + " must be periodic together, but only one of them is");
    };
    check_pair(boundary.north, boundary.south, "boundary.north and boundary.south");
    check_pair(boundary.west, boundary.east, "boundary.west and boundary.east");
    check_edge<T>(boundary.north, cols, "boundary.north");
    check_edge<T>(boundary.south, cols, "boundary.south");
    check_edge<T>(boundary.west, rows, "boundary.west");
    check_edge<T>(boundary.east, rows, "boundary.east");
}

} // namespace detail
KURAMOTO_END_NAMESPACE
