// The run-time algorithms of a precision, for runtime/compiled_elsewhere.hpp.
#include <kuramoto/runtime/compiled_elsewhere.hpp>

namespace kuramoto::runtime {
KURAMOTO_RUNTIME_ALGORITHMS(, float);
}
