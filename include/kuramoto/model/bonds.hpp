// Bonds that differ from each other: a strength for each; and lattices in which cells are missing.
#pragma once

#include <kuramoto/detail/arithmetic/environment.hpp>
#include <kuramoto/detail/build/checks.hpp>
#include <kuramoto/grid/field.hpp>
#include <kuramoto/model/boundary.hpp>

#include <concepts>
#include <cstddef>
#include <type_traits>

namespace kuramoto {

/// All bonds have the strength 1.
struct EqualBonds {};

/// A strength for each bond, a factor of K.
///
/// east(i, j) belongs to the bond from cell (i, j) to (i, j + 1), south(i, j) to the bond to (i + 1, j). A bond of
/// strength 0 does not exist: its flux is 0 even if a phase beside it is NaN. The last column of `east` and the last
/// row of `south` are the bonds of periodic edges, and are read for those only. Bonds to a fixed phase have the
/// strength 1; a fixed flux has no strength.
///
/// Requires: the shape and the precision of the phases. Both fields are viewed, not copied: they must outlive the
/// operator.
template <class T> struct BondStrengths {
    Grid<const T> east = {};  ///< of the bonds along rows, dimensionless
    Grid<const T> south = {}; ///< of the bonds along columns, dimensionless
};

/// The bonds of an operator for cells of T: all equal, or with strengths of the same precision.
template <class Bonds, class T>
concept BondsFor = std::same_as<Bonds, EqualBonds> || std::same_as<Bonds, BondStrengths<T>>;

/// Whether bonds have strengths of their own: true for BondStrengths.
template <class T> inline constexpr bool has_own_strengths = false;
/// True.
template <class T> inline constexpr bool has_own_strengths<BondStrengths<T>> = true;

} // namespace kuramoto

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

template <class T> void check_strengths(const EqualBonds&, const Grid<const T>&) {}
template <class T> void check_strengths(const BondStrengths<T>& bonds, const Grid<const T>& theta) {
    check_same_shape(theta, "theta", bonds.east, "bonds.east");
    check_same_shape(theta, "theta", bonds.south, "bonds.south");
}

/// Throws if `written` overlaps a strength.
template <class T> void check_apart(const Grid<T>&, const char*, const EqualBonds&) {}
template <class T, class B> void check_apart(const Grid<T>& written, const char* name, const BondStrengths<B>& bonds) {
    check_disjoint(written, name, bonds.east, "bonds.east");
    check_disjoint(written, name, bonds.south, "bonds.south");
}

/// The largest sum of |strengths| over the bonds of a cell; NaN if one is. With equal bonds 4. Throws for shapes that
/// differ.
constexpr double largest_strength(const EqualBonds&, const Boundary&) noexcept { return 4; }
template <class T> double largest_strength(const BondStrengths<T>& bonds, const Boundary& boundary) {
    check_same_shape(bonds.east, "bonds.east", bonds.south, "bonds.south");
    if (bonds.east.empty()) return 0; // there may be very many rows without cells
    const std::ptrdiff_t rows = bonds.east.rows();
    const std::ptrdiff_t cols = bonds.east.cols();
    const auto size = [](const Grid<const T>& of, std::ptrdiff_t i, std::ptrdiff_t j) {
        const auto value = static_cast<double>(of.data()[i * of.row_stride() + j * of.col_stride()]);
        return value < 0 ? -value : value;
    };
    // The bond from the last cell of a row or a column to what is beyond, or the one into its first.
    const auto beyond = [](const BoundaryCondition& edge, double round) {
        return edge.kind == BoundaryKind::periodic ? round : edge.kind == BoundaryKind::fixed_phase ? 1.0 : 0.0;
    };
    double most = 0;
    for (std::ptrdiff_t i = 0; i < rows; ++i)
        for (std::ptrdiff_t j = 0; j < cols; ++j) {
            const double east = j + 1 < cols ? size(bonds.east, i, j) : beyond(boundary.east, size(bonds.east, i, j));
            const double south =
                i + 1 < rows ? size(bonds.south, i, j) : beyond(boundary.south, size(bonds.south, i, j));
            const double west =
                j > 0 ? size(bonds.east, i, j - 1) : beyond(boundary.west, size(bonds.east, i, cols - 1));
            const double north =
                i > 0 ? size(bonds.south, i - 1, j) : beyond(boundary.north, size(bonds.south, rows - 1, j));
            const double sum = east + south + west + north;
            if (is_nan(sum)) return sum;
            if (sum > most) most = sum;
        }
    return most;
}

} // namespace detail

/// Removes cells from a lattice: sets the strengths of their bonds to 0.
///
/// A cell is removed if `present` is 0. It has no bonds and obeys dθ/dt = ω; with ω = 0 it does not move. Noise,
/// mean-field coupling, and fixed phases and fluxes at an edge still act on it. Observables count it, unless you pass
/// them `present` too.
///
/// Requires: `present`, `east` and `south` of the same shape and precision, any strides.
/// Throws: std::invalid_argument for different shapes, or if `east` or `south` overlaps itself, the other or `present`.
/// Cost: one pass; no allocation.
template <GridLike Present, WritableGridLike East, WritableGridLike South>
void remove_cells(const Present& present, East&& east, South&& south) {
    const detail::DefaultEnvironment environment;
    const auto there = as_grid(present);
    const auto to_east = as_grid(east);
    const auto to_south = as_grid(south);
    detail::check_same_shape(there, "present", to_east, "east");
    detail::check_same_shape(there, "present", to_south, "south");
    detail::check_writable(to_east, "east");
    detail::check_writable(to_south, "south");
    detail::check_disjoint(to_east, "east", there, "present");
    detail::check_disjoint(to_south, "south", there, "present");
    detail::check_disjoint(to_south, "south", to_east, "east");
    const std::ptrdiff_t rows = there.rows();
    const std::ptrdiff_t cols = there.cols();
    if (there.empty()) return; // there may be very many rows without cells
    for (std::ptrdiff_t i = 0; i < rows; ++i)
        for (std::ptrdiff_t j = 0; j < cols; ++j) {
            const bool is_there = there(i, j) != 0;
            if (!is_there || there(i, j + 1 < cols ? j + 1 : 0) == 0) to_east(i, j) = 0;
            if (!is_there || there(i + 1 < rows ? i + 1 : 0, j) == 0) to_south(i, j) = 0;
        }
}

KURAMOTO_END_NAMESPACE
