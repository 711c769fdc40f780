// The algorithms of a run, compiled elsewhere. many_processes/ has the same names for the program with MPI.
#pragma once

#include <lattices.hpp>

#include <kuramoto/runtime/compiled_elsewhere.hpp>

namespace simulate {

namespace rt = kuramoto::runtime;

/// A safe time step.
template <class T>
double largest_stable_dt(const Cut& /*cut*/, const rt::StepperChoice<T>& stepper, const rt::ModelChoice<T>& model) {
    return rt::max_stable_dt(stepper, model);
}

} // namespace simulate
