// sealed: hides from the optimiser how a number was computed.
#pragma once

#include <kuramoto/detail/build/config.hpp>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// `value`, of which the compiler now knows nothing.
///
/// The compiler does not contract, reorder or fold the arithmetic before `sealed` with that after it. It computes the
/// number before every later volatile statement. Without volatile, it would merge two equal statements, and turn two
/// divisions by the same number into products with its reciprocal.
template <class T> KURAMOTO_ALWAYS_INLINE T sealed(T value) noexcept {
#if defined(__SSE2__)
    __asm__ volatile("" : "+x"(value));
#elif defined(__aarch64__)
    __asm__ volatile("" : "+w"(value));
#else
    volatile T kept = value;
    value = kept;
#endif
    return value;
}

} // namespace detail
KURAMOTO_END_NAMESPACE
