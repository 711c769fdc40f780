// The state of a run: the fields that it reads and advances.
#pragma once

#include "mask.hpp"

#include <kuramoto/grid/field.hpp>

namespace simulate {

/// The fields of a run. Those that it does not need have no cells: see Run.
template <class T> struct State {
    km::Field<T> theta;
    km::Field<T> velocity; ///< dθ/dt, with inertia
    km::Field<T> mass;
    km::Field<T> damping;
    km::Field<T> omega;
    km::Field<T> east; ///< strengths of the bonds along rows
    km::Field<T> south;
    km::Field<T> noise; ///< D
    Mask<T> mask;
};

} // namespace simulate
