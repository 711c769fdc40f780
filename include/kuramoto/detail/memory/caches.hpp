// How large the caches are: read once at run time, with defaults where the system does not say.
#pragma once

#include <kuramoto/detail/build/config.hpp>

#include <cstddef>

#if defined(__unix__) || defined(__APPLE__)
#include <unistd.h>
#endif

namespace kuramoto {
namespace detail {

/// Bytes of second-level cache that one core can count on.
inline std::ptrdiff_t second_level_cache() noexcept {
    static const std::ptrdiff_t bytes = [] {
        long answer = 0;
#if defined(_SC_LEVEL2_CACHE_SIZE)
        answer = sysconf(_SC_LEVEL2_CACHE_SIZE);
#endif
        constexpr long least = 128 * 1024;
        constexpr long most = 16 * 1024 * 1024;
        constexpr long usual = 512 * 1024;
        if (answer <= 0) return usual;
        return answer < least ? least : answer > most ? most : answer;
    }();
    return bytes;
}

} // namespace detail
} // namespace kuramoto
