// HasKernels: a coupling that brings its kernels, so that an algorithm does not compile them.
#pragma once

#include <kuramoto/detail/build/config.hpp>

#include <concepts>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// A coupling for fields of T with the kernels that were made of it: AnyCoupling.
template <class C, class T>
concept HasKernels = std::copyable<C> && requires(const C& coupling) {
    requires std::same_as<typename C::cell_type, T>;
    coupling.kernels();
    coupling.ensemble_kernels(); // a pointer; null if there are none
    coupling.address();
};

/// Whether there are kernels for an ensemble whose members have this coupling.
template <class T, class C> bool has_ensemble_kernels([[maybe_unused]] const C& coupling) noexcept {
    if constexpr (HasKernels<C, T>)
        return coupling.ensemble_kernels() != nullptr;
    else
        return true;
}

} // namespace detail
KURAMOTO_END_NAMESPACE
