// The run-time algorithms of a precision, for mpi/runtime_compiled_elsewhere.hpp.
#include <kuramoto/mpi/runtime_compiled_elsewhere.hpp>

namespace kuramoto::runtime {
KURAMOTO_MPI_RUNTIME_ALGORITHMS(, double);
}
