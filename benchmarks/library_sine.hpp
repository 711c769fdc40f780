// The library's sine over an array.
#pragma once

#include <kuramoto/execution/isa.hpp>

#include <cstddef>

namespace suite {

/// y = sin x; `count` is a multiple of 16.
template <class T> using Sines = void (*)(const T* x, T* y, std::size_t count);

/// The library's sine in the vectors of this instruction set, which the machine has to have.
template <class T> Sines<T> library_sine(kuramoto::Isa isa = kuramoto::best_isa());

} // namespace suite
