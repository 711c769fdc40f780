// Boundary conditions: what lies beyond the four edges of a lattice.
#pragma once

#include <kuramoto/grid/axis.hpp>
#include <kuramoto/grid/grid.hpp>

#include <concepts>
#include <cstddef>

namespace kuramoto {

/// The kinds of boundary conditions: Neumann, periodic, Dirichlet.
enum class BoundaryKind {
    zero_flux,   ///< homogeneous Neumann: the bond beyond the edge does not exist, ∂θ/∂n = 0
    periodic,    ///< periodic: a bond to the cell at the opposite edge; both edges must be periodic
    fixed_phase, ///< Dirichlet: the flux f(φ − θ), where φ is a phase that does not change
    fixed_flux,  ///< Neumann: the flux q in place of f; the rate of the cell gains K q
};

/// The boundary condition on one side. Make it with zero_flux, periodic, fixed_phase or fixed_flux.
///
/// A fixed phase (rad) or a fixed flux (dimensionless, as f is) is one number, or one number per cell along the edge,
/// counted from the first row or column.
struct BoundaryCondition {
    BoundaryKind kind = BoundaryKind::zero_flux; ///< kind of the condition
    double value = 0;                            ///< phase or flux of all cells, if `values` is null
    const double* values = nullptr;              ///< one number per cell; viewed, not copied: must outlive every run
    std::ptrdiff_t count = -1; ///< how many `values`: the number of cells along the edge; −1: `value` is used
};

/// Numbers in a row: std::vector<double>, std::array, std::span …
template <class V>
concept NumbersInARow = requires(const V& values) {
    { values.data() } -> std::convertible_to<const double*>;
    { values.size() } -> std::convertible_to<std::size_t>;
};

/// Zero flux (homogeneous Neumann): no bonds beyond the edge.
inline constexpr BoundaryCondition zero_flux{};

/// Periodic: the edge continues at the opposite one. Along an axis of one cell the cell is its own neighbour. Along an
/// axis of two cells there are two bonds between them.
inline constexpr BoundaryCondition periodic{BoundaryKind::periodic};

/// Fixed phase (Dirichlet): the neighbours beyond the edge keep the phase `phase`, in rad.
[[nodiscard]] constexpr BoundaryCondition fixed_phase(double phase) noexcept {
    return {BoundaryKind::fixed_phase, phase};
}
/// Fixed phases (Dirichlet), one per cell along the edge. They are viewed, so that a temporary does not compile.
template <NumbersInARow V> [[nodiscard]] constexpr BoundaryCondition fixed_phase(const V& phases) noexcept {
    return {BoundaryKind::fixed_phase, 0, phases.data(), static_cast<std::ptrdiff_t>(phases.size())};
}
template <NumbersInARow V> BoundaryCondition fixed_phase(const V&& phases) = delete;

/// Fixed flux (Neumann): the rate of every cell along the edge gains K · flux.
[[nodiscard]] constexpr BoundaryCondition fixed_flux(double flux) noexcept { return {BoundaryKind::fixed_flux, flux}; }
/// Fixed fluxes (Neumann), one per cell along the edge. They are viewed, so that a temporary does not compile.
template <NumbersInARow V> [[nodiscard]] constexpr BoundaryCondition fixed_flux(const V& fluxes) noexcept {
    return {BoundaryKind::fixed_flux, 0, fluxes.data(), static_cast<std::ptrdiff_t>(fluxes.size())};
}
template <NumbersInARow V> BoundaryCondition fixed_flux(const V&& fluxes) = delete;

/// The boundary conditions on the four sides of a lattice. Kinds can be mixed; periodic edges come in opposite pairs.
struct Boundary {
    BoundaryCondition north = {}; ///< beyond row 0
    BoundaryCondition south = {}; ///< beyond the last row
    BoundaryCondition west = {};  ///< beyond column 0
    BoundaryCondition east = {};  ///< beyond the last column
};

/// The boundary of a description: a Boundary itself, or that of a Laplacian or a model.
[[nodiscard]] constexpr const Boundary& boundary_of(const Boundary& boundary) noexcept { return boundary; }

/// Anything with a boundary: a Boundary, a Laplacian, or a model with a lattice.
template <class Description>
concept HasBoundary = requires(const Description& description) {
    { boundary_of(description) } -> std::same_as<const Boundary&>;
};

/// Periodic along both axes.
inline constexpr Boundary torus{periodic, periodic, periodic, periodic};

/// Whether the lattice is periodic along an axis. Axis::rows: the southern neighbour of the last row is the first row.
[[nodiscard]] constexpr bool is_periodic(const Boundary& boundary, Axis axis) noexcept {
    return (axis == Axis::rows ? boundary.north : boundary.west).kind == BoundaryKind::periodic;
}

} // namespace kuramoto
