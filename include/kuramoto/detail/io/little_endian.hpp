// Integers as bytes, the lowest byte first, on machines of either byte order.
#pragma once

#include <kuramoto/detail/build/config.hpp>

#include <cstdint>
#include <string>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// Appends the lowest `bytes` bytes of a number.
inline void append_little_endian(std::string& to, std::uint64_t number, int bytes) {
    for (int k = 0; k < bytes; ++k) to += static_cast<char>(number >> (8 * k) & 0xff);
}

/// The number in the `bytes` bytes from `from` on.
inline std::uint64_t little_endian(const char* from, int bytes) noexcept {
    std::uint64_t number = 0;
    for (int k = 0; k < bytes; ++k) number |= std::uint64_t{static_cast<unsigned char>(from[k])} << (8 * k);
    return number;
}

} // namespace detail
KURAMOTO_END_NAMESPACE
