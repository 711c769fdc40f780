// The pixels of a lattice. many_processes/ has the same names for the program with MPI.
#pragma once

#include <lattices.hpp>

#include <cstddef>

namespace simulate {

/// Fills the upper left of `frame` with the lattice. A cell is `enlarged` pixels wide, or a pixel `shrunk` cells.
/// paint(cells, frame) does it for cells that fill their pixels.
template <class T, class Frame, class Paint>
void paint_lattice(const Cut& /*cut*/, const Lattice<T>& numbers, std::ptrdiff_t /*enlarged*/,
                   std::ptrdiff_t /*shrunk*/, Frame& frame, const Paint& paint) {
    paint(here(numbers), frame);
}

} // namespace simulate
