// Fields made by a pattern, and the distance between numbers near a value.
#pragma once

#include <kuramoto/grid/field.hpp>

#include "support/values.hpp"

#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

namespace test {

namespace km = kuramoto;

template <class T, class Make> km::Field<T> made(const Make& make, std::ptrdiff_t rows, std::ptrdiff_t cols) {
    km::Field<T> field(rows, cols);
    make(field);
    return field;
}

/// The cells of the same in row-major order.
template <class T, class Make> std::vector<T> cells_made(const Make& make, std::ptrdiff_t rows, std::ptrdiff_t cols) {
    const auto field = made<T>(make, rows, cols);
    return test::values_of(field.view());
}

/// Half the distance between numbers of T about `size`.
template <class T> long double rounding(long double size) {
    return std::fabs(size) * static_cast<long double>(std::numeric_limits<T>::epsilon()) / 2;
}

} // namespace test
