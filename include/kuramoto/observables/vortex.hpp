// A vortex by itself: what initial/vortices.hpp puts into a lattice and observables/vortices.hpp finds there. Pure
// description.
#pragma once

namespace kuramoto {

/// A vortex: its place and its charge.
struct Vortex {
    double row = 0; ///< place of the centre, in cells
    double col = 0; ///< place of the centre, in cells
    int charge = 1; ///< turns of the phase around it, counted clockwise: from (0, 0) to (0, 1) to (1, 1) to (1, 0)
};

} // namespace kuramoto
