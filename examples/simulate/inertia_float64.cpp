// The dynamics of cells of float64 with inertia.
#include "inertia.hpp"

template simulate::Dynamics<double> simulate::inertial_dynamics(const Options&, const Run&, State<double>&);
