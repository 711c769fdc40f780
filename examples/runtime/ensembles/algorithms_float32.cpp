// The run-time algorithms of ensembles of a precision, for runtime/ensembles_compiled_elsewhere.hpp.
#include <kuramoto/runtime/ensembles_compiled_elsewhere.hpp>

namespace kuramoto::runtime {
KURAMOTO_ENSEMBLE_ALGORITHMS(, float);
}
