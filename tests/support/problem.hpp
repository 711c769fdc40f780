// Phases and frequencies of a lattice to be advanced, all different.
#pragma once

#include "support/layouts.hpp"
#include "support/values.hpp"

#include <cstddef>
#include <vector>

namespace test {

template <class T> struct Problem {
    std::ptrdiff_t rows;
    std::ptrdiff_t cols;
    std::vector<T> theta;
    std::vector<T> omega;

    Problem(std::ptrdiff_t rows_of, std::ptrdiff_t cols_of) : rows(rows_of), cols(cols_of) {
        Cells<T> cells(Layout::contiguous, rows, cols);
        fill_distinct(cells.view(), 1);
        theta = values_of(cells.view());
        fill_distinct(cells.view(), 77, T{0.25});
        omega = values_of(cells.view());
    }
};

} // namespace test
