// A sweep in a precision of the cells. sweep_float32.cpp and sweep_float64.cpp have it, so that they are compiled side
// by side.
#pragma once

#include "run.hpp"
#include "sweep_members.hpp"

namespace simulate {

/// The whole sweep; all that can be wrong with the options is found before the first step. `first`: the run of the
/// first member. Returns the exit code.
template <class T> int sweep(const SweepMembers& members, const Run& first);

extern template int sweep<float>(const SweepMembers&, const Run&);
extern template int sweep<double>(const SweepMembers&, const Run&);

} // namespace simulate
