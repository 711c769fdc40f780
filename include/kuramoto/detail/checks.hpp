// The checks that every algorithm makes on entry, before anything is written: values, shapes, overlap.
// May include grid.hpp and detail/overlap.hpp.
#pragma once

#include <kuramoto/detail/overlap.hpp>
#include <kuramoto/grid.hpp>

#include <cstdint>
#include <string>

namespace kuramoto {
inline namespace KURAMOTO_BUILD {
namespace detail {

/// `value` in the precision of the cells. Throws unless it is finite before and after.
template <class T> T checked_number(double value, const char* name) {
    if (!is_finite(value)) invalid_argument(std::string(name) + " must be finite, but is " + text(value));
    const T rounded = static_cast<T>(value);
    if (!is_finite(static_cast<double>(rounded)))
        invalid_argument(std::string(name) + " = " + text(value) + " is too large for the precision of the cells");
    return rounded;
}

template <class T> T checked_time_step(double dt) {
    const T rounded = checked_number<T>(dt, "dt");
    if (!(dt > 0)) invalid_argument("dt must be positive, but is " + text(dt));
    if (!(rounded > 0)) invalid_argument("dt = " + text(dt) + " is too small for the precision of the cells");
    return rounded;
}

inline void check_count(std::int64_t count, const char* name) {
    if (count < 0) invalid_argument(std::string(name) + " must not be negative, but is " + std::to_string(count));
}

template <class A, class B>
void check_same_shape(const Grid<A>& a, const char* name_a, const Grid<B>& b, const char* name_b) {
    if (a.rows() != b.rows() || a.cols() != b.cols())
        invalid_argument(std::string(name_a) + " is " + shape_text(a.rows(), a.cols()) + " cells, but " + name_b +
                         " is " + shape_text(b.rows(), b.cols()));
}

/// Throws if a view that will be written names a cell twice.
template <class T> void check_writable(const Grid<T>& grid, const char* name) {
    if (overlaps_itself(grid))
        invalid_argument(std::string(name) + " overlaps itself: row_stride = " + std::to_string(grid.row_stride()) +
                         ", col_stride = " + std::to_string(grid.col_stride()) + " for " +
                         shape_text(grid.rows(), grid.cols()) + " cells");
}

template <class A, class B>
void check_disjoint(const Grid<A>& written, const char* name_written, const Grid<B>& read, const char* name_read) {
    if (overlap(written, read))
        invalid_argument(std::string(name_written) + " is written and must not overlap " + name_read);
}

} // namespace detail
} // namespace KURAMOTO_BUILD
} // namespace kuramoto
