// Runs with cells of float32.
#include "one_run.hpp"

template int simulate::simulate<float>(const Options&, const Run&, const std::vector<std::string>&);
