// The dynamics of cells of float32 with inertia.
#include "inertia.hpp"

template simulate::Dynamics<float> simulate::inertial_dynamics(const Options&, const Run&, State<float>&);
