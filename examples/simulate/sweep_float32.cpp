// Sweeps with cells of float32.
#include "sweep.hpp"

template int simulate::sweep<float>(const SweepMembers&, const Run&);
