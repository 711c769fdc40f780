// The kernels and algorithms for main.cpp, as the comment of compiled_elsewhere.hpp shows it.
#include <kuramoto/runtime/compiled_elsewhere.hpp>

namespace kuramoto {
KURAMOTO_RUNTIME_COUPLINGS(, float);
namespace runtime {
KURAMOTO_RUNTIME_ALGORITHMS(, float);
}
} // namespace kuramoto
