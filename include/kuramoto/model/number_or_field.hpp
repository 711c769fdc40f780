// NumberOrField: a coefficient that is a number or a field, decided at run time.
#pragma once

#include <kuramoto/grid/grid.hpp>

#include <concepts>
#include <type_traits>

namespace kuramoto {

/// A number for all cells, or a field with one number per cell.
///
/// Requires: a field is viewed, not copied; it must outlive every run.
template <Real T> class NumberOrField {
  public:
    /// The number.
    template <class Number>
    requires std::is_arithmetic_v<Number>
    constexpr NumberOrField(Number number) noexcept : number_(static_cast<double>(number)) {}
    /// The field: a Field that is not a temporary, or a Grid.
    template <class Cells>
    requires std::convertible_to<Cells, Grid<const T>>
    constexpr NumberOrField(Cells&& cells) noexcept : field_(static_cast<Cells&&>(cells)), is_number_(false) {}

    /// Whether there is one number for all cells.
    [[nodiscard]] constexpr bool is_number() const noexcept { return is_number_; }
    /// The number; 0 if there is a field.
    [[nodiscard]] constexpr double number() const noexcept { return number_; }
    /// The field; without cells if there is a number.
    [[nodiscard]] constexpr const Grid<const T>& field() const noexcept { return field_; }

  private:
    double number_ = 0.0;
    Grid<const T> field_ = {};
    bool is_number_ = true;
};

} // namespace kuramoto
