// Boundary conditions: what lies beyond the four edges of a lattice.
#pragma once

#include <kuramoto/grid/axis.hpp>
#include <kuramoto/grid/grid.hpp>

#include <concepts>
#include <cstddef>

namespace kuramoto {

/// The kinds of boundary conditions: what the bond of a cell at the edge to the outside carries.
enum class BoundaryKind {
    zero_flux,   ///< Neumann, homogeneous: nothing; the bond does not exist, ∂θ/∂n = 0
    periodic,    ///< periodic: the flux from the cell at the opposite edge; opposite edges are periodic together
    fixed_phase, ///< Dirichlet: f(φ − θ), where φ is a given phase that does not change
    fixed_flux,  ///< Neumann: a given flux q in place of f; the rate of the cell gains K q
};

/// The boundary condition on one side: its kind, and the phase (rad) or the flux (dimensionless, as f is) that is given
/// there: one number, or one per cell along the edge, counted from the first row or column. Use the functions below to
/// make one.
struct BoundaryCondition {
    BoundaryKind kind = BoundaryKind::zero_flux; ///< what lies beyond
    double value = 0;                            ///< for all cells, where `values` is null
    const double* values = nullptr;              ///< viewed, not copied: has to outlive every run with this edge
    std::ptrdiff_t count = -1; ///< how many: as many as cells along the edge; −1: one number for all
};

/// Numbers in a row: std::vector<double>, std::array, std::span …
template <class V>
concept NumbersInARow = requires(const V& values) {
    { values.data() } -> std::convertible_to<const double*>;
    { values.size() } -> std::convertible_to<std::size_t>;
};

/// Zero flux (homogeneous Neumann): no bonds to the outside.
inline constexpr BoundaryCondition zero_flux{};

/// Periodic: the edge continues at the opposite one. Along an axis of one cell the cell is its own neighbour. Along an
/// axis of two cells there are two bonds between them.
inline constexpr BoundaryCondition periodic{BoundaryKind::periodic};

/// Fixed phase (Dirichlet): the neighbours beyond the edge keep `phase`, rad.
[[nodiscard]] constexpr BoundaryCondition fixed_phase(double phase) noexcept {
    return {BoundaryKind::fixed_phase, phase};
}
/// The same with one phase per cell along the edge. The numbers are viewed, so that a temporary does not compile.
template <NumbersInARow V> [[nodiscard]] constexpr BoundaryCondition fixed_phase(const V& phases) noexcept {
    return {BoundaryKind::fixed_phase, 0, phases.data(), static_cast<std::ptrdiff_t>(phases.size())};
}
template <NumbersInARow V> BoundaryCondition fixed_phase(const V&& phases) = delete;

/// Fixed flux (Neumann): a flux into every cell along the edge, whose rate gains K · flux.
[[nodiscard]] constexpr BoundaryCondition fixed_flux(double flux) noexcept { return {BoundaryKind::fixed_flux, flux}; }
/// The same with one flux per cell along the edge. The numbers are viewed, so that a temporary does not compile.
template <NumbersInARow V> [[nodiscard]] constexpr BoundaryCondition fixed_flux(const V& fluxes) noexcept {
    return {BoundaryKind::fixed_flux, 0, fluxes.data(), static_cast<std::ptrdiff_t>(fluxes.size())};
}
template <NumbersInARow V> BoundaryCondition fixed_flux(const V&& fluxes) = delete;

/// The boundary conditions on the four sides of a lattice. Kinds can be mixed; periodic ones come in opposite pairs.
struct Boundary {
    BoundaryCondition north = {}; ///< beyond row 0
    BoundaryCondition south = {}; ///< beyond the last row
    BoundaryCondition west = {};  ///< beyond column 0
    BoundaryCondition east = {};  ///< beyond the last column
};

/// The boundary of a description: its own for a Boundary; those of a Laplacian and of the models stand beside them.
[[nodiscard]] constexpr const Boundary& boundary_of(const Boundary& boundary) noexcept { return boundary; }

/// What says which edges of a lattice are periodic: a Boundary, a Laplacian, or a model with a lattice.
template <class Description>
concept HasBoundary = requires(const Description& description) {
    { boundary_of(description) } -> std::same_as<const Boundary&>;
};

/// Periodic along both axes.
inline constexpr Boundary torus{periodic, periodic, periodic, periodic};

/// Whether the lattice is periodic along an axis. Along the rows: the last row's southern neighbour is the first row.
[[nodiscard]] constexpr bool is_periodic(const Boundary& boundary, Axis axis) noexcept {
    return (axis == Axis::rows ? boundary.north : boundary.west).kind == BoundaryKind::periodic;
}

} // namespace kuramoto
