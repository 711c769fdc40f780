// Couplings that are chosen at run time, with kernels for ensembles: members that have them are advanced side by side.
// Opt-in, and not part of runtime.hpp: whoever has no ensembles does not compile these kernels.
#pragma once

#include <kuramoto/detail/kernels/ensemble_kernels.hpp>
#include <kuramoto/runtime/any_coupling.hpp>
#include <kuramoto/runtime/couplings.hpp>

#include <type_traits>
#include <utility>

KURAMOTO_BEGIN_NAMESPACE

/// The kernels of the coupling C for ensembles of T, compiled where this template is instantiated. In a program of
/// several files they can be compiled in one of them: see CompiledKernels.
template <class T, class C> struct CompiledEnsembleKernels {
    /// One function per stage, kind of bond and instruction set.
    static const detail::EnsembleKernels<T> table;
};
template <class T, class C>
constinit const detail::EnsembleKernels<T> CompiledEnsembleKernels<T, C>::table =
    detail::EnsembleKernels<T>::template of<decltype(detail::prepared<T>(std::declval<const C&>()))>();

/// AnyCoupling<T>(coupling), with kernels for ensembles.
///
/// `advance` of an ensemble advances members with this coupling side by side. Everything else does with it what it does
/// with AnyCoupling<T>(coupling), and all bits are the same.
///
/// Throws: std::invalid_argument if a parameter is invalid, as the coupling's `prepared`.
template <class T, class C>
requires Coupling<C, T>
[[nodiscard]] AnyCoupling<T> ensemble_coupling(const C& coupling) {
    return AnyCoupling<T>(coupling).with_ensemble_kernels(CompiledEnsembleKernels<T, C>::table);
}

namespace runtime {

/// any_coupling, for ensembles: couplings without parameters (sine and linear) have kernels for ensembles.
///
/// The others have none, because their kernels would take long to compile: members with them are advanced one after the
/// other. Use ensemble_coupling of the coupling itself where they should be advanced side by side.
///
/// Throws: as any_coupling.
template <class T> [[nodiscard]] AnyCoupling<T> any_ensemble_coupling(const NamedCoupling& coupling) {
    return detail::with_coupling(coupling, [](const auto& typed) {
        if constexpr (std::is_empty_v<std::remove_cvref_t<decltype(typed)>>)
            return ensemble_coupling<T>(typed);
        else
            return AnyCoupling<T>(typed);
    });
}

} // namespace runtime
KURAMOTO_END_NAMESPACE
