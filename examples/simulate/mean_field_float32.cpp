// The dynamics of mean-field coupling with cells of float32.
#include "mean_field.hpp"

template simulate::Dynamics<float> simulate::mean_field_dynamics(const Options&, const Run&, State<float>&);
