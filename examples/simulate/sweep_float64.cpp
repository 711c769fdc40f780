// Sweeps with cells of float64.
#include "sweep.hpp"

template int simulate::sweep<double>(const SweepMembers&, const Run&);
