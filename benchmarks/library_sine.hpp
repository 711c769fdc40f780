// The library's sine over an array.
#pragma once

#include <cstddef>

namespace suite {

/// y = sin x; `count` is a multiple of 16.
template <class T> using Sines = void (*)(const T* x, T* y, std::size_t count);

/// The library's sine in the widest vectors of this machine.
template <class T> Sines<T> library_sine();

} // namespace suite
