// The dynamics of lattices with cells of float32.
#include "lattice.hpp"

template simulate::Dynamics<float> simulate::lattice_dynamics(const Options&, const Run&, State<float>&);
