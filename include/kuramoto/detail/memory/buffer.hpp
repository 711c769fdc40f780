// Buffer<T>: uninitialised, cache-aligned scratch memory.
#pragma once

#include <kuramoto/detail/build/errors.hpp>

#include <cstddef>
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
    explicit Buffer(std::ptrdiff_t count) {
        std::size_t bytes = 0;
        if (count < 0 || __builtin_mul_overflow(static_cast<std::size_t>(count), sizeof(T), &bytes))
            length_error("scratch of " + integer_text(count) + " elements is larger than the address space");
        data_ = static_cast<T*>(::operator new(bytes, std::align_val_t{64}));
    }
    Buffer(const Buffer&) = delete;
    Buffer& operator=(const Buffer&) = delete;
    ~Buffer() { ::operator delete(data_, std::align_val_t{64}); }

    [[nodiscard]] T* data() const noexcept { return data_; }

  private:
    T* data_ = nullptr;
};

} // namespace detail
} // namespace kuramoto
