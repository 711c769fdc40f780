// What lies beyond the edges of a lattice: a source of fluxes or a source of phases.
// May include grid.hpp.
#pragma once

#include <kuramoto/grid.hpp>

namespace kuramoto {

/// What lies beyond one end of a row, or beyond the first or the last row.
///
/// A source of fluxes says what flows across the bond to the outside, and the coupling is not called: a zero flux is an
/// edge without bonds. A source of phases says where the neighbour stands, and the coupling is called as for any bond.
/// The edge of a lattice and the side of a tile are the same thing to a kernel.
enum class EdgeKind { flux, phase };

/// One cell's worth of an edge. Fluxes are positive towards the higher index: eastwards and southwards.
template <Real T> struct EdgeSource {
    EdgeKind kind = EdgeKind::flux; ///< what `value` is
    T value = 0;                    ///< the flux (dimensionless, before the factor K) or the phase (rad)
};

/// The edge of a lattice without bonds to the outside: ∂θ/∂n = 0.
template <Real T> inline constexpr EdgeSource<T> zero_flux{};

} // namespace kuramoto
