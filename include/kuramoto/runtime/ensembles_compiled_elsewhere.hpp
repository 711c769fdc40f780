// For programs of several files: include it in place of runtime/ensembles.hpp in all of them, as
// runtime/compiled_elsewhere.hpp in place of runtime.hpp. Kernels and algorithms of ensembles are then compiled in
// other files. Such a file is, for each precision T:
//
//     #include <kuramoto/runtime/ensembles_compiled_elsewhere.hpp>
//     namespace kuramoto {
//     KURAMOTO_ENSEMBLE_COUPLINGS(, T);
//     namespace runtime {
//     KURAMOTO_ENSEMBLE_ALGORITHMS(, T);
//     }
//     }
#pragma once

#include <kuramoto/runtime/compiled_elsewhere.hpp>
#include <kuramoto/runtime/ensembles.hpp>

#include <cstdint>
#include <vector>

KURAMOTO_BEGIN_NAMESPACE

/// Instantiates the kernels of any_ensemble_coupling for ensembles of T; EXTERN is `extern`, or nothing.
#define KURAMOTO_ENSEMBLE_COUPLINGS(EXTERN, T)                                                                         \
    EXTERN template struct CompiledEnsembleKernels<T, Sine>;                                                           \
    EXTERN template struct CompiledEnsembleKernels<T, Linear>

/// \cond
KURAMOTO_ENSEMBLE_COUPLINGS(extern, float);
KURAMOTO_ENSEMBLE_COUPLINGS(extern, double);
/// \endcond

namespace runtime {

/// Instantiates the run-time algorithms of ensembles of T; EXTERN is `extern`, or nothing.
#define KURAMOTO_ENSEMBLE_ALGORITHMS(EXTERN, T)                                                                        \
    EXTERN template void advance(const Policy&, const std::vector<StepperChoice<T>>&,                                  \
                                 const std::vector<ModelChoice<T>>&, Ensemble<T>&, std::int64_t, std::int64_t,         \
                                 const std::vector<bool>&);                                                            \
    EXTERN template void advance(const Policy&, const std::vector<StepperChoice<T>>&,                                  \
                                 const std::vector<ModelChoice<T>>&, Ensemble<T>&, Ensemble<T>&, std::int64_t,         \
                                 std::int64_t, const std::vector<bool>&);                                              \
    EXTERN template std::vector<IntegrationReport> integrate(const Policy&, const std::vector<DormandPrince54>&,       \
                                                             const std::vector<ModelChoice<T>>&, Ensemble<T>&, double, \
                                                             const std::vector<bool>&);                                \
    EXTERN template std::vector<IntegrationReport> integrate(const Policy&, const std::vector<DormandPrince54>&,       \
                                                             const std::vector<ModelChoice<T>>&, Ensemble<T>&,         \
                                                             Ensemble<T>&, double, const std::vector<bool>&)

/// \cond
KURAMOTO_ENSEMBLE_ALGORITHMS(extern, float);
KURAMOTO_ENSEMBLE_ALGORITHMS(extern, double);
/// \endcond

} // namespace runtime
KURAMOTO_END_NAMESPACE
