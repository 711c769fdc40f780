// The dynamics of mean-field coupling with cells of float64.
#include "mean_field.hpp"

template simulate::Dynamics<double> simulate::mean_field_dynamics(const Options&, const Run&, State<double>&);
