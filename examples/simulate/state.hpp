// The state of a run: the fields that it reads and advances.
#pragma once

#include "mask.hpp"

#include <lattices.hpp>

namespace simulate {

/// The fields of a run. Those that it does not need have no cells: see Run.
template <class T> struct State {
    Lattice<T> theta;
    Lattice<T> velocity; ///< dθ/dt, with inertia
    Lattice<T> mass;
    Lattice<T> damping;
    Lattice<T> omega;
    Lattice<T> east; ///< strengths of the bonds along rows
    Lattice<T> south;
    Lattice<T> noise; ///< D
    Mask<T> mask;
};

} // namespace simulate
