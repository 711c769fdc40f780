// What lies beyond the four edges of a lattice. Pure description.
#pragma once

#include <kuramoto/grid/grid.hpp>

#include <concepts>
#include <cstddef>

namespace kuramoto {

/// What lies beyond one edge of a lattice. The bond of a cell at the edge to the outside carries
enum class EdgeKind {
    zero_flux,   ///< nothing: the bond does not exist, ∂θ/∂n = 0
    periodic,    ///< what the bond to the cell at the opposite edge carries; opposite edges are periodic together
    fixed_phase, ///< f(φ − θ), where φ is a given phase, the same for ever
    fixed_flux,  ///< a given flux q in place of f: the rate of the cell gains K q
};

/// One edge: its kind, and the phase (rad) or the flux (dimensionless, as f is) that is given there: one number, or one
/// for each cell along the edge, counted from the first row or column. Made by the functions below.
struct Edge {
    EdgeKind kind = EdgeKind::zero_flux; ///< what lies beyond
    double value = 0;                    ///< for all cells, where `values` is null
    const double* values = nullptr;      ///< viewed, not copied: has to outlive every run with this edge
    std::ptrdiff_t count = -1;           ///< how many: as many as cells along the edge; −1: one number for all
};

/// Numbers in a row: std::vector<double>, std::array, std::span …
template <class V>
concept NumbersInARow = requires(const V& values) {
    { values.data() } -> std::convertible_to<const double*>;
    { values.size() } -> std::convertible_to<std::size_t>;
};

/// An edge without bonds to the outside.
inline constexpr Edge zero_flux{};

/// An edge that continues at the opposite one. Along a direction of one cell the cell is its own neighbour, and along
/// one of two cells there are two bonds between them.
inline constexpr Edge periodic{EdgeKind::periodic};

/// Neighbours beyond the edge that stand still at `phase`, rad.
[[nodiscard]] constexpr Edge fixed_phase(double phase) noexcept { return {EdgeKind::fixed_phase, phase}; }
/// The same with a phase for each cell along the edge; the numbers are viewed, so that a temporary does not compile.
template <NumbersInARow V> [[nodiscard]] constexpr Edge fixed_phase(const V& phases) noexcept {
    return {EdgeKind::fixed_phase, 0, phases.data(), static_cast<std::ptrdiff_t>(phases.size())};
}
template <NumbersInARow V> Edge fixed_phase(const V&& phases) = delete;

/// A flux into every cell along the edge: its rate gains K · flux.
[[nodiscard]] constexpr Edge fixed_flux(double flux) noexcept { return {EdgeKind::fixed_flux, flux}; }
/// The same with a flux for each cell along the edge; the numbers are viewed, so that a temporary does not compile.
template <NumbersInARow V> [[nodiscard]] constexpr Edge fixed_flux(const V& fluxes) noexcept {
    return {EdgeKind::fixed_flux, 0, fluxes.data(), static_cast<std::ptrdiff_t>(fluxes.size())};
}
template <NumbersInARow V> Edge fixed_flux(const V&& fluxes) = delete;

/// The four edges of a lattice: above the first row, below the last, before the first column, behind the last. Kinds
/// can be mixed, but that opposite edges are periodic together.
struct Boundary {
    Edge north = {}; ///< beyond row 0
    Edge south = {}; ///< beyond the last row
    Edge west = {};  ///< beyond column 0
    Edge east = {};  ///< beyond the last column
};

/// Periodic in both directions.
inline constexpr Boundary torus{periodic, periodic, periodic, periodic};

/// Whether the rows go round: the last one's southern neighbour is the first.
[[nodiscard]] constexpr bool rows_are_periodic(const Boundary& boundary) noexcept {
    return boundary.north.kind == EdgeKind::periodic;
}
/// Whether the columns go round.
[[nodiscard]] constexpr bool cols_are_periodic(const Boundary& boundary) noexcept {
    return boundary.west.kind == EdgeKind::periodic;
}

} // namespace kuramoto
