// For programs of several files: include it in place of runtime.hpp in all of them. The kernels of the library's
// couplings and the run-time algorithms are then compiled in other files. Such a file is, for each precision T:
//
//     #include <kuramoto/runtime/compiled_elsewhere.hpp>
//     namespace kuramoto {
//     KURAMOTO_RUNTIME_COUPLINGS(, T);
//     namespace runtime {
//     KURAMOTO_RUNTIME_ALGORITHMS(, T);
//     }
//     }
//
// examples/runtime/ has files that compile a coupling each, side by side.
#pragma once

#include <kuramoto/runtime.hpp>

#include <cstdint>

KURAMOTO_BEGIN_NAMESPACE

/// Instantiates the kernels of the library's couplings for cells of T; EXTERN is `extern`, or nothing.
#define KURAMOTO_RUNTIME_COUPLINGS(EXTERN, T)                                                                          \
    EXTERN template struct CompiledKernels<T, Sine>;                                                                   \
    EXTERN template struct CompiledKernels<T, Linear>;                                                                 \
    EXTERN template struct CompiledKernels<T, SakaguchiSine>;                                                          \
    EXTERN template struct CompiledKernels<T, Harmonics<3>>;                                                           \
    EXTERN template struct CompiledKernels<T, Harmonics<runtime::max_harmonics>>

/// \cond
KURAMOTO_RUNTIME_COUPLINGS(extern, float);
KURAMOTO_RUNTIME_COUPLINGS(extern, double);
/// \endcond

namespace runtime {

/// Instantiates the run-time algorithms for cells of T; EXTERN is `extern`, or nothing.
#define KURAMOTO_RUNTIME_ALGORITHMS(EXTERN, T)                                                                         \
    EXTERN template void rate(const Policy&, const ModelChoice<T>&, const Grid<const T>&, const Grid<T>&);             \
    EXTERN template void advance(const Policy&, const StepperChoice<T>&, const ModelChoice<T>&, const Grid<T>&,        \
                                 std::int64_t, std::int64_t);                                                          \
    EXTERN template void advance(const Policy&, const StepperChoice<T>&, const ModelChoice<T>&, const Grid<T>&,        \
                                 const Grid<T>&, std::int64_t, std::int64_t);                                          \
    EXTERN template IntegrationReport integrate(const Policy&, const DormandPrince54&, const ModelChoice<T>&,          \
                                                const Grid<T>&, double);                                               \
    EXTERN template IntegrationReport integrate(const Policy&, const DormandPrince54&, const ModelChoice<T>&,          \
                                                const Grid<T>&, const Grid<T>&, double);                               \
    EXTERN template double max_stable_dt(const StepperChoice<T>&, const ModelChoice<T>&)

/// \cond
KURAMOTO_RUNTIME_ALGORITHMS(extern, float);
KURAMOTO_RUNTIME_ALGORITHMS(extern, double);
/// \endcond

} // namespace runtime
KURAMOTO_END_NAMESPACE
