// The floating-point environment: the library computes in the default one and leaves the caller's as it was.
//
// Rounding mode, flush-to-zero (FTZ) and denormals-are-zero (DAZ) are settings of a thread. A caller may have changed
// them (interval arithmetic, audio hosts, the start-up code of -Ofast). The workers of a policy may have other settings
// than the caller. Results must not depend on them. Exception flags and traps belong to the caller: a flag that a
// computation raises stays raised.
#pragma once

#include <kuramoto/detail/build/config.hpp>

#include <cstdint>

#if !defined(__SSE__) && !defined(__aarch64__)
#include <cfenv>
#endif

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

// The control word of the calling thread. `changes_results`: its bits that change results. They are 0 in the default
// environment (round to nearest, subnormal numbers kept, as in IEEE 754).
#if defined(__SSE__)
using ControlWord = std::uint32_t; // MXCSR
inline constexpr ControlWord changes_results = 0x6000U /* rounding control */ | 0x8000U /* FTZ */ | 0x0040U /* DAZ */;
inline ControlWord control_word() noexcept {
    ControlWord word;
    __asm__ volatile("stmxcsr %0" : "=m"(word));
    return word;
}
inline void set_control_word(ControlWord word) noexcept { __asm__ volatile("ldmxcsr %0" : : "m"(word) : "memory"); }
#elif defined(__aarch64__)
using ControlWord = std::uint64_t; // FPCR
inline constexpr ControlWord changes_results =
    3U << 22U /* RMode */ | 1U << 24U /* FZ */ | 1U << 19U /* FZ16 */ | 3U /* FIZ, AH */;
inline ControlWord control_word() noexcept {
    ControlWord word;
    __asm__ volatile("mrs %0, fpcr" : "=r"(word));
    return word;
}
inline void set_control_word(ControlWord word) noexcept { __asm__ volatile("msr fpcr, %0" : : "r"(word) : "memory"); }
#else
using ControlWord = int; // the rounding mode; 0 is to nearest
static_assert(FE_TONEAREST == 0);
inline constexpr ControlWord changes_results = -1;
inline ControlWord control_word() noexcept { return std::fegetround(); }
inline void set_control_word(ControlWord word) noexcept { std::fesetround(word); }
#endif

/// Sets the default floating-point environment of the thread that creates the object, for its lifetime: round to
/// nearest, no FTZ, no DAZ.
/// Cost: one to two nanoseconds if the thread is in the default environment already.
///
/// The compiler does not know that arithmetic depends on the environment, and may move it out of the lifetime. To
/// prevent that, call a function that is not inlined and begins with `stay_in_place`, or pass the arguments and the
/// results through `sealed`.
class DefaultEnvironment {
  public:
    constexpr DefaultEnvironment() noexcept {
        if (!__builtin_is_constant_evaluated()) enter();
    }
    constexpr ~DefaultEnvironment() {
        if (has_changed_) leave();
    }
    DefaultEnvironment(const DefaultEnvironment&) = delete;
    DefaultEnvironment& operator=(const DefaultEnvironment&) = delete;

  private:
    void enter() noexcept {
        const ControlWord word = control_word();
        if ((word & changes_results) == 0) [[__likely__]]
            return;
        callers_ = word & changes_results;
        has_changed_ = true;
        set_control_word(word & ~changes_results);
    }
    // Keeps the exception flags that were raised in the meantime.
    void leave() const noexcept { set_control_word((control_word() & ~changes_results) | callers_); }

    ControlWord callers_ = 0;
    bool has_changed_ = false;
};

/// Keeps the calls of a function where they are. For functions that are not inlined, as their first statement.
///
/// A function that only reads has no side effect, and the compiler moves its calls: out of a loop, past the statement
/// that sets the environment. This statement is a side effect.
KURAMOTO_ALWAYS_INLINE constexpr void stay_in_place() noexcept {
    if (!__builtin_is_constant_evaluated()) __asm__ volatile("" ::: "memory");
}

} // namespace detail
KURAMOTO_END_NAMESPACE
