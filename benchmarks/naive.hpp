// The loop that everybody writes first: one cell at a time, four sines of the C library, all in one pass.
// Compiled on its own with -O3 (naive.cpp), whatever the flags of the rest: the twin that the library is measured
// against.
#pragma once

#include <vector>

namespace naive {

/// `steps` steps of Euler's method for dθ/dt = ω + K Σ sin(θ_neighbour − θ) on a row-major rows × cols grid with zero
/// flux at the edges. `next` is scratch of the same size.
template <class T>
void advance(std::vector<T>& theta, std::vector<T>& next, const std::vector<T>& omega, long rows, long cols, T K, T dt,
             long steps);

extern template void advance(std::vector<float>&, std::vector<float>&, const std::vector<float>&, long, long, float,
                             float, long);
extern template void advance(std::vector<double>&, std::vector<double>&, const std::vector<double>&, long, long, double,
                             double, long);

} // namespace naive
