// Where part k of n begins, when a range is cut into nearly equal, contiguous parts.
#pragma once

#include <kuramoto/detail/build/config.hpp>

#include <cstddef>

namespace kuramoto {
namespace detail {

/// Where part `k` of `parts` begins: part k of [0, extent) is [share_begin(k, …), share_begin(k + 1, …)).
///
/// The sizes of the parts differ by at most one. Equal arguments give equal parts: a thread gets the same rows every
/// time.
inline std::ptrdiff_t share_begin(std::ptrdiff_t k, std::ptrdiff_t parts, std::ptrdiff_t extent) noexcept {
    const std::ptrdiff_t rest = extent % parts;
    return extent / parts * k + (k < rest ? k : rest);
}

inline std::ptrdiff_t clamped(std::ptrdiff_t value, std::ptrdiff_t low, std::ptrdiff_t high) noexcept {
    return value < low ? low : value > high ? high : value;
}

} // namespace detail
} // namespace kuramoto
