// The algorithms of a run, compiled elsewhere. one_process/ has the same names for the program without MPI.
#pragma once

#include "lattices.hpp"

#include <kuramoto/mpi/runtime_compiled_elsewhere.hpp>

namespace simulate {

namespace rt = kuramoto::runtime;

/// A safe time step. Collective.
template <class T>
double largest_stable_dt(const Cut& cut, const rt::StepperChoice<T>& stepper, const rt::ModelChoice<T>& model) {
    return rt::max_stable_dt(*cut, stepper, model);
}

} // namespace simulate
