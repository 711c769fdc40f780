// Masks: which cells of a lattice are present, and which are missing.
#pragma once

#include <kuramoto/grid/grid.hpp>

#include <concepts>
#include <cstddef>

namespace kuramoto {

/// Stands for a mask with which no cell is missing.
struct AllCells {
    /// Whether cell (i, j) is present: true.
    [[nodiscard]] constexpr bool operator()(std::ptrdiff_t /*i*/, std::ptrdiff_t /*j*/) const noexcept { return true; }
};

/// A mask for the phases `Theta`: a grid-like object of the same precision, or AllCells.
///
/// A cell is missing where the mask is 0, and present where it is any other number.
template <class Present, class Theta>
concept MaskFor = std::same_as<Present, AllCells> || SamePrecision<const Present, const Theta>;

} // namespace kuramoto
