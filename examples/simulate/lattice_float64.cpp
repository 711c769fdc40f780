// The dynamics of lattices with cells of float64.
#include "lattice.hpp"

template simulate::Dynamics<double> simulate::lattice_dynamics(const Options&, const Run&, State<double>&);
