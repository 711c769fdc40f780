// For programs of several files: include it in place of runtime.hpp in all of them. The kernels of the library's
// couplings and the run-time algorithms are then compiled in other files, which instantiate what is named here.
// examples/runtime/ has such files: to link them is enough.
#pragma once

#include <kuramoto/runtime.hpp>

#include <cstdint>

KURAMOTO_BEGIN_NAMESPACE

extern template struct CompiledKernels<float, Sine>;
extern template struct CompiledKernels<float, Linear>;
extern template struct CompiledKernels<float, SakaguchiSine>;
extern template struct CompiledKernels<float, Harmonics<3>>;
extern template struct CompiledKernels<float, Harmonics<runtime::most_harmonics>>;
extern template struct CompiledKernels<double, Sine>;
extern template struct CompiledKernels<double, Linear>;
extern template struct CompiledKernels<double, SakaguchiSine>;
extern template struct CompiledKernels<double, Harmonics<3>>;
extern template struct CompiledKernels<double, Harmonics<runtime::most_harmonics>>;

namespace runtime {

#define KURAMOTO_RUNTIME_ALGORITHMS(EXTERN, T)                                                                         \
    EXTERN template void rate(const Policy&, const Model<T>&, const Grid<const T>&, const Grid<T>&);                   \
    EXTERN template void rate_of_state(const Policy&, const Model<T>&, const Grid<const T>&, const Grid<T>&);          \
    EXTERN template void advance(const Policy&, const Stepper<T>&, const Model<T>&, const Grid<T>&, std::int64_t,      \
                                 std::int64_t);                                                                        \
    EXTERN template void advance(const Policy&, const Stepper<T>&, const Model<T>&, const Grid<T>&, const Grid<T>&,    \
                                 std::int64_t, std::int64_t);                                                          \
    EXTERN template IntegrationReport integrate(const Policy&, const DormandPrince54&, const Model<T>&,                \
                                                const Grid<T>&, double);                                               \
    EXTERN template IntegrationReport integrate(const Policy&, const DormandPrince54&, const Model<T>&,                \
                                                const Grid<T>&, const Grid<T>&, double);                               \
    EXTERN template double max_stable_dt(const Stepper<T>&, const Model<T>&)

KURAMOTO_RUNTIME_ALGORITHMS(extern, float);
KURAMOTO_RUNTIME_ALGORITHMS(extern, double);

} // namespace runtime
KURAMOTO_END_NAMESPACE
