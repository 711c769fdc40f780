// What a module of variant.cpp offers.
#pragma once

#include <cstdint>

namespace suite {

/// So many steps of an n × n lattice on one thread.
template <class T>
using Advance = void (*)(T* theta, T* omega, std::int64_t n, std::int64_t steps, double K, double dt);

struct Variant {
    Advance<float> float32;
    Advance<double> float64;
};

} // namespace suite

extern "C" const suite::Variant kuramoto_variant;
