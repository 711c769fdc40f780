// sealed: a number that the optimiser does not see through.
#pragma once

#include <kuramoto/detail/config.hpp>

namespace kuramoto {
inline namespace KURAMOTO_BUILD {
namespace detail {

/// `value`, of which the compiler now knows nothing: what it was made of and what is made of it are not contracted,
/// reordered or folded together, and it is computed before every later volatile statement. Volatile, because two equal
/// statements would otherwise be merged, and two divisions by the same number turned into products with its reciprocal.
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
} // namespace KURAMOTO_BUILD
} // namespace kuramoto
