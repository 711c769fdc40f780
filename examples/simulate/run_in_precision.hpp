// The run in a precision of the cells. float32.cpp and float64.cpp have it, so that they are compiled side by side.
#pragma once

#include "options.hpp"
#include "run.hpp"

#include <string>
#include <vector>

namespace simulate {

/// The whole run; all that can be wrong with the options is found before the first step. `words`: the command line.
/// Returns the exit code.
template <class T> int simulate(const Options& options, const Run& run, const std::vector<std::string>& words);

extern template int simulate<float>(const Options&, const Run&, const std::vector<std::string>&);
extern template int simulate<double>(const Options&, const Run&, const std::vector<std::string>&);

} // namespace simulate
