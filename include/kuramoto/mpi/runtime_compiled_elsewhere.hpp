// For programs of several files: runtime/compiled_elsewhere.hpp with the run-time algorithms of lattices that are cut
// over MPI processes. These are compiled in other files. Such a file is, for each precision T:
//
//     #include <kuramoto/mpi/runtime_compiled_elsewhere.hpp>
//     namespace kuramoto::runtime {
//     KURAMOTO_MPI_RUNTIME_ALGORITHMS(, T);
//     }
#pragma once

#include <kuramoto/mpi/runtime.hpp>
#include <kuramoto/runtime/compiled_elsewhere.hpp>

#include <cstdint>

KURAMOTO_BEGIN_NAMESPACE
namespace runtime {

/// Instantiates the run-time algorithms of mpi::Field<T>; EXTERN is `extern`, or nothing.
#define KURAMOTO_MPI_RUNTIME_ALGORITHMS(EXTERN, T)                                                                     \
    EXTERN template void rate(const Policy&, const ModelChoice<T>&, const mpi::Field<T>&, mpi::Field<T>&);             \
    EXTERN template void advance(const Policy&, const StepperChoice<T>&, const ModelChoice<T>&, mpi::Field<T>&,        \
                                 std::int64_t, std::int64_t);                                                          \
    EXTERN template void advance(const Policy&, const StepperChoice<T>&, const ModelChoice<T>&, mpi::Field<T>&,        \
                                 mpi::Field<T>&, std::int64_t, std::int64_t);                                          \
    EXTERN template IntegrationReport integrate(const Policy&, const DormandPrince54&, const ModelChoice<T>&,          \
                                                mpi::Field<T>&, double);                                               \
    EXTERN template IntegrationReport integrate(const Policy&, const DormandPrince54&, const ModelChoice<T>&,          \
                                                mpi::Field<T>&, mpi::Field<T>&, double);                               \
    EXTERN template double max_stable_dt(const mpi::Decomposition&, const StepperChoice<T>&, const ModelChoice<T>&)

/// \cond
KURAMOTO_MPI_RUNTIME_ALGORITHMS(extern, float);
KURAMOTO_MPI_RUNTIME_ALGORITHMS(extern, double);
/// \endcond

} // namespace runtime
KURAMOTO_END_NAMESPACE
