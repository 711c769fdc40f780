// Sweeps of kuramoto-simulate. many_processes/ has the same name for the program with MPI, which has none.
#pragma once

#include "../sweep_in_precision.hpp"
#include "../sweep_members.hpp"

namespace simulate {

/// The whole sweep. Returns the exit code.
inline int run_sweep(const SweepMembers& members) {
    const Run first = members.naming_member(0, [&] { return resolve(members.options_of(0)); });
    return first.is_float32 ? sweep<float>(members, first) : sweep<double>(members, first);
}

} // namespace simulate
