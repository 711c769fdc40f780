// Masks of test lattices: cells that are missing at no regular places, and phases that must not be read there.
#pragma once

#include "values.hpp"

#include <kuramoto/grid/field.hpp>

#include <cstddef>
#include <cstdint>

namespace test {

namespace km = kuramoto;

/// 0 in about one of `every` cells, in none for every = 0, in all for every = 1; elsewhere several other numbers.
template <class T> km::Field<T> mask(std::ptrdiff_t rows, std::ptrdiff_t cols, std::uint32_t every) {
    km::Field<T> present(rows, cols);
    for (std::ptrdiff_t k = 0; k < present.size(); ++k) {
        const std::uint32_t number = scrambled(static_cast<std::uint32_t>(k) ^ 77U);
        const bool is_missing = every > 0 && number % every == 0;
        present.data()[k] = is_missing ? T(0) : number % 3 == 0 ? T(-2) : T(1) / static_cast<T>(1 + k % 7);
    }
    return present;
}

/// Distinct phases; `missing` where a mask is 0.
template <class T> km::Field<T> masked_phases(const km::Field<T>& present, std::uint32_t seed, T scale, T missing) {
    km::Field<T> theta(present.rows(), present.cols());
    fill_distinct(theta.view(), seed, scale);
    for (std::ptrdiff_t k = 0; k < theta.size(); ++k)
        if (present.data()[k] == 0) theta.data()[k] = missing;
    return theta;
}

} // namespace test
