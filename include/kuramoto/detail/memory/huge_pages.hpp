// Huge pages: a hint to the system for large arrays. They spare most misses of the translation of addresses.
#pragma once

#include <kuramoto/detail/build/config.hpp>

#include <cstddef>
#include <cstdint>

#if defined(__linux__)
#include <sys/mman.h>
#include <unistd.h>
#endif

namespace kuramoto {
namespace detail {

/// What is usual where there are any.
inline constexpr std::size_t huge_page = std::size_t{1} << 21;

/// Asks the system to use huge pages for memory, as far as it holds whole ones: for what nobody has touched yet at
/// once. The system may refuse.
inline void prefer_huge_pages([[maybe_unused]] void* memory, [[maybe_unused]] std::size_t bytes) noexcept {
#if defined(__linux__) && defined(MADV_HUGEPAGE)
    if (bytes < huge_page) return;
    const auto page = static_cast<std::uintptr_t>(sysconf(_SC_PAGESIZE));
    const auto address = reinterpret_cast<std::uintptr_t>(memory);
    const std::uintptr_t begin = (address + page - 1) / page * page;
    const std::uintptr_t end = (address + bytes) / page * page;
    static_cast<void>(madvise(reinterpret_cast<void*>(begin), end - begin, MADV_HUGEPAGE));
#endif
}

} // namespace detail
} // namespace kuramoto
