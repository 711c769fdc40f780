// The cells of a lattice with those that follow them to the south and the east: for sums over bonds and plaquettes.
#pragma once

#include <kuramoto/execution/policy.hpp>
#include <kuramoto/grid/grid.hpp>
#include <kuramoto/model/boundary.hpp>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// The cells of a lattice, of which each owns its bonds to the south and the east, and the plaquette between them.
template <class T, class Present> struct CellsWithNext {
    Grid<const T> theta;
    Present present; ///< what present_cells returns
    Boundary boundary;
};

/// The cells of a lattice as they are; or those that this process has, with the next row and column of the lattice
/// behind them where other processes have these. In the latter case `boundary` is that of the block: zero_flux where
/// the block does not end at an edge of the lattice.
template <class P, class T, class Present>
auto with_next_cells(const P& policy, const Grid<const T>& theta, const Present& present, const Boundary& boundary) {
    if constexpr (SpansProcesses<P>)
        return policy.with_next_cells(theta, present, boundary);
    else
        return CellsWithNext<T, Present>{theta, present, boundary};
}

} // namespace detail
KURAMOTO_END_NAMESPACE
