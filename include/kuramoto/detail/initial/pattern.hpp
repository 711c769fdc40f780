// What the patterns have in common: the checks of their parameters, a centre, and the field that is filled.
#pragma once

#include <kuramoto/detail/arithmetic/rounded.hpp>
#include <kuramoto/detail/build/checks.hpp>
#include <kuramoto/detail/initial/fill.hpp>
#include <kuramoto/execution/policy.hpp>
#include <kuramoto/grid/grid.hpp>

#include <cstddef>
#include <string>
#include <type_traits>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

// A pattern is made of its parameters, which it checks for cells of T, and of the shape of the lattice. Then its value
// at (i, j) is what the cell gets.

/// The shape of a lattice.
struct Shape {
    std::ptrdiff_t rows = 0;
    std::ptrdiff_t cols = 0;

    [[nodiscard]] bool is_empty() const noexcept { return rows == 0 || cols == 0; }
    [[nodiscard]] std::string text() const { return shape_text(rows, cols); }
};

[[nodiscard]] inline Rounded whole(std::ptrdiff_t count) noexcept { return Rounded(static_cast<double>(count)); }

/// A parameter that T can hold. Throws for any other.
template <class T> Rounded checked_parameter(double value, const char* name) {
    check_parameter<T>(value, name);
    return settled(Rounded(value));
}

/// A place that can be told from its neighbours. Throws for any other.
inline Rounded checked_place(double value, const std::string& name) {
    if (magnitude_bits(value) > magnitude_bits(0x1p53))
        invalid_argument(name + " must lie within 2^53 cells of the first cell, but is " + text(value));
    return settled(Rounded(value));
}

/// Whether T can hold the values of all cells, for a pattern whose largest lie in the corners.
template <class T, class Pattern> bool fits_in_corners(const Shape& lattice, const Pattern& pattern) {
    if (lattice.is_empty()) return true;
    for (const std::ptrdiff_t i : {std::ptrdiff_t{0}, lattice.rows - 1})
        for (const std::ptrdiff_t j : {std::ptrdiff_t{0}, lattice.cols - 1})
            if (!fits<T>(pattern(i, j).value())) return false;
    return true;
}

/// The distance of (i, j) from a centre, and the angle of the ray between them.
class Centre {
  public:
    Centre(Rounded row, Rounded col) noexcept : row_(row), col_(col) {}

    [[nodiscard]] Rounded square_of_distance(std::ptrdiff_t i, std::ptrdiff_t j) const noexcept {
        const Rounded down = whole(i) - row_;
        const Rounded across = whole(j) - col_;
        return settled(settled(down * down) + settled(across * across));
    }
    [[nodiscard]] Rounded angle(std::ptrdiff_t i, std::ptrdiff_t j) const noexcept {
        return atan2(whole(i) - row_, whole(j) - col_);
    }

  private:
    Rounded row_;
    Rounded col_;
};

template <class T> class EqualPattern {
  public:
    EqualPattern(const Shape&, double value, const char* name) : value_(checked_parameter<T>(value, name)) {}

    Rounded operator()(std::ptrdiff_t, std::ptrdiff_t) const noexcept { return value_; }

  private:
    Rounded value_;
};

/// grid(i, j) = Pattern<T>(shape, parameters…)(i, j), by the workers of a policy; (i, j) is the cell of the lattice.
template <template <class> class Pattern, class P, class G, class... Parameters>
void fill_pattern(const P& policy, G& grid, const char* name, const Parameters&... parameters) {
    const Execution execution(policy);
    const auto field = as_grid(grid);
    using T = typename decltype(field)::value_type;
    check_writable(field, name);
    const Place& place = execution.place;
    const Pattern<T> pattern({place.rows_of(field), place.cols_of(field)}, parameters...);
    fill_blocks(policy, execution, field, [&](const CellBlock& block) noexcept {
        for (std::ptrdiff_t i = block.row_begin; i < block.row_end; ++i) {
            T* const row = field.data() + i * field.row_stride();
            for (std::ptrdiff_t j = block.col_begin; j < block.col_end; ++j)
                row[j * field.col_stride()] = flushed<T>(pattern(place.first_row + i, place.first_col + j));
        }
    });
}

} // namespace detail
KURAMOTO_END_NAMESPACE
