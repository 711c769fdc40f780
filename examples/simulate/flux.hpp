// --coupling: the flux of a bond as a function of its phase difference.
#pragma once

#include "named.hpp"

#include <string>
#include <vector>

namespace simulate {

inline const std::vector<KnownName> known_couplings = {
    {"sine", "", {}}, {"linear", "", {}}, {"harmonics", "A1,A2,A3", {1, 0, 0}}};

/// What --coupling asks for. Throws BadOption.
inline Named parsed_coupling(const std::string& given) { return parsed_name("--coupling", given, known_couplings); }

} // namespace simulate
