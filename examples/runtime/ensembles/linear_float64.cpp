// The kernels of a coupling for ensembles, for runtime/ensembles_compiled_elsewhere.hpp.
#include <kuramoto/runtime/ensembles_compiled_elsewhere.hpp>

template struct kuramoto::CompiledEnsembleKernels<double, kuramoto::Linear>;
