// How the library says no: one function per exception type, and how a value is written in a message.
#pragma once

#include <kuramoto/detail/build/config.hpp>

#include <clocale>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>
#include <stdexcept>
#include <string>

#if !defined(__cpp_exceptions)
#include <cstdio>
#endif

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// Throws `Exception(message)`; without exceptions prints the message and aborts.
template <class Exception> [[__noreturn__]] KURAMOTO_NEVER_INLINE void raise(const std::string& message) {
#if defined(__cpp_exceptions)
    throw Exception(message);
#else
    std::fprintf(stderr, "kuramoto: %s\n", message.c_str());
    std::abort();
#endif
}

/// Throws std::bad_alloc; without exceptions prints how many bytes there were none of and aborts.
[[__noreturn__]] KURAMOTO_NEVER_INLINE inline void out_of_memory(std::size_t bytes) {
#if defined(__cpp_exceptions)
    static_cast<void>(bytes);
    throw std::bad_alloc();
#else
    std::fprintf(stderr, "kuramoto: no memory for %zu bytes\n", bytes);
    std::abort();
#endif
}

[[__noreturn__]] inline void invalid_argument(const std::string& message) { raise<std::invalid_argument>(message); }
[[__noreturn__]] inline void length_error(const std::string& message) { raise<std::length_error>(message); }
[[__noreturn__]] inline void runtime_error(const std::string& message) { raise<std::runtime_error>(message); }

/// The bits of a number, which may be NaN or infinite under -ffast-math as well: there the compiler folds comparisons
/// that ask for it.
inline std::uint64_t bits_of(double value) noexcept {
    std::uint64_t bits = 0;
    static_assert(sizeof bits == sizeof value);
    __builtin_memcpy(&bits, &value, sizeof bits);
    __asm__("" : "+r"(bits)); // hides from the compiler that these are the bits of a number that it assumes finite
    return bits;
}

/// True for every number, false for NaN and the infinities.
inline bool is_finite(double value) noexcept { return (bits_of(value) >> 52 & 0x7ffU) != 0x7ffU; }

/// True for NaN alone.
constexpr bool is_nan(double value) noexcept {
    if (__builtin_is_constant_evaluated()) return value != value;
    return bits_of(value) << 1 > std::uint64_t{0x7ffU} << 53;
}

// The parts of error messages. Never inlined: with a precompiled header, GCC 12 warns about inlined concatenations of
// short strings.

/// The beginning of a message as a string.
KURAMOTO_NEVER_INLINE inline std::string string_of(const char* characters) { return characters; }

/// A number with a decimal point, whatever the decimal separator of the program's locale is.
KURAMOTO_NEVER_INLINE inline std::string with_point(std::string number, const std::string& decimal_point) {
    const std::size_t at = number.find(decimal_point);
    if (at == std::string::npos) return number;
    number[at] = '.';
    number.erase(at + 1, decimal_point.size() - 1);
    return number;
}

/// `value` as an error message shows it: as many significant digits as tell it from its neighbours, "nan" and "inf"
/// also under -ffast-math.
KURAMOTO_NEVER_INLINE inline std::string text(double value) {
    char buffer[32];
    for (const int digits : {6, 15, 17}) {
        __builtin_snprintf(buffer, sizeof buffer, "%.*g", digits, value);
        if (!is_finite(value) || (std::strtod)(buffer, nullptr) == value) break;
    }
    return with_point(buffer, std::localeconv()->decimal_point);
}

/// An integer as an error message shows it.
template <class Integer> KURAMOTO_NEVER_INLINE std::string integer_text(Integer value) { return std::to_string(value); }

/// "rows x cols" for error messages.
KURAMOTO_NEVER_INLINE inline std::string shape_text(std::ptrdiff_t rows, std::ptrdiff_t cols) {
    return integer_text(rows) + " x " + integer_text(cols);
}

} // namespace detail
KURAMOTO_END_NAMESPACE
