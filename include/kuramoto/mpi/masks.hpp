// Masks of lattices that are cut over MPI processes.
#pragma once

#include <kuramoto/grid/mask.hpp>
#include <kuramoto/mpi/field.hpp>

#include <concepts>

namespace kuramoto::mpi {

/// A mask for an mpi::Field of T: an mpi::Field of the same Decomposition and precision, or AllCells.
///
/// A cell is missing where the mask is 0, and present where it is any other number.
template <class Present, class T>
concept MaskFor = std::same_as<Present, AllCells> || std::same_as<Present, Field<T>>;

} // namespace kuramoto::mpi
