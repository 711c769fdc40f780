// Buffer<T>: uninitialised, cache-aligned scratch memory.
#pragma once

#include <kuramoto/detail/build/errors.hpp>
#include <kuramoto/detail/memory/huge_pages.hpp>

#include <cstddef>
#include <cstdint>
#include <new>
#include <type_traits>

namespace kuramoto {
namespace detail {

/// `count` elements without values, aligned to a cache line; freed on destruction. Whoever writes first touches the
/// pages first. Throws std::bad_alloc.
template <class T>
requires std::is_trivially_copyable_v<T>
class Buffer {
  public:
    /// In huge pages: a whole number of them, which are touched one by one.
    explicit Buffer(std::ptrdiff_t count, bool is_in_huge_pages = false)
        : alignment_{is_in_huge_pages ? huge_page : std::size_t{64}} {
        std::size_t bytes = 0;
        if (count < 0 || __builtin_mul_overflow(static_cast<std::size_t>(count), sizeof(T), &bytes) ||
            bytes > PTRDIFF_MAX)
            length_error("scratch of " + integer_text(count) + " elements is larger than the address space");
        if (is_in_huge_pages) bytes = (bytes + huge_page - 1) / huge_page * huge_page;
        data_ = static_cast<T*>(::operator new(bytes, alignment_));
        if (is_in_huge_pages) prefer_huge_pages(data_, bytes);
    }
    Buffer(const Buffer&) = delete;
    Buffer& operator=(const Buffer&) = delete;
    ~Buffer() { ::operator delete(data_, alignment_); }

    [[nodiscard]] T* data() const noexcept { return data_; }

  private:
    T* data_ = nullptr;
    std::align_val_t alignment_;
};

} // namespace detail
} // namespace kuramoto
