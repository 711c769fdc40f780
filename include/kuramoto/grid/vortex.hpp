// Vortex: the place and charge of a vortex. initial/vortex_phases.hpp makes them; observables/winding.hpp finds them.
#pragma once

namespace kuramoto {

/// A vortex: its place and its charge.
struct Vortex {
    double row = 0; ///< place of the centre, in cells
    double col = 0; ///< place of the centre, in cells
    int charge = 1; ///< turns of the phase around it, counted clockwise: from (0, 0) to (0, 1) to (1, 1) to (1, 0)
};

} // namespace kuramoto
