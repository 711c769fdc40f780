// What a thread does while it waits, before it sleeps.
#pragma once

#include <kuramoto/detail/build/config.hpp>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// Pauses before a waiting thread sleeps: some 20 microseconds.
inline constexpr int longest_spin = 512;

/// Tells the processor that this thread spins.
inline void pause_processor() noexcept {
#if KURAMOTO_X86
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

} // namespace detail
KURAMOTO_END_NAMESPACE
