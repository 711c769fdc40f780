// Sweeps: check_processes refuses them. kuramoto-simulate has them, in one_process/.
#pragma once

#include "../sweep_members.hpp"

namespace simulate {

inline int run_sweep(const SweepMembers& members) {
    throw BadOption("--sweep " + members.options().sweep_text + ": kuramoto-simulate has it");
}

} // namespace simulate
