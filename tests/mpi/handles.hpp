// What a program has made of MPI and not given back.
#pragma once

#include <string>

/// Empty if there is nothing left.
std::string handles_left();
