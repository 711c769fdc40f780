// Runs with cells of float64.
#include "one_run.hpp"

template int simulate::simulate<double>(const Options&, const Run&, const std::vector<std::string>&);
