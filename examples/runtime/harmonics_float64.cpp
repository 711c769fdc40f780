// The kernels of a coupling, for runtime/compiled_elsewhere.hpp.
#include <kuramoto/runtime/compiled_elsewhere.hpp>

template struct kuramoto::CompiledKernels<double, kuramoto::Harmonics<3>>;
template struct kuramoto::CompiledKernels<double, kuramoto::Harmonics<kuramoto::runtime::max_harmonics>>;
