// Solvers written by hand, from a naive loop to one that a compiler can vectorise. The library is measured against
// them. They are compiled on their own: by_hand.cpp at -O3 and once more at -Ofast -march=native -fopenmp, whatever the
// flags of the rest.
#pragma once

#include <cstddef>
#include <vector>

namespace by_hand {

/// A row-major rows × cols lattice for dθ/dt = ω + K Σ sin(θ_neighbour − θ), zero flux at the edges. `next` is scratch.
template <class T> struct Lattice {
    std::ptrdiff_t rows = 0;
    std::ptrdiff_t cols = 0;
    T K = 0;
    T dt = 0;
    std::vector<T> theta;
    std::vector<T> omega;
    std::vector<T> next;
};

/// A solver: so many steps of Euler's method.
template <class T> using Solver = void (*)(Lattice<T>& lattice, long steps);

/// The solvers of one set of flags.
template <class T> struct Solvers {
    Solver<T> naive;       ///< a cell after the other along the rows, four sines per cell, conditions at the edges
    Solver<T> wrong_order; ///< the same, down the columns of a row-major array
    Solver<T> passes;      ///< array passes, as NumPy works: differences, sines, sums, each over the whole array
    Solver<T> fused;       ///< one pass over the rows, four sines per cell, in a form that vectorises
    Solver<T> two_sines;   ///< one pass, two sines per cell: the flux of a bond serves both of its cells
    Solver<T> threads;     ///< `fused`, its rows shared out by OpenMP, the same number to each thread
    Solver<T> dynamic;     ///< the same, row by row to whoever is free
    Solver<T> two_sines_threads; ///< `two_sines`, a band of rows for each thread
};

} // namespace by_hand

namespace by_hand::plain { // -O3
template <class T> by_hand::Solvers<T> solvers();
/// y = sin x by the C library, in a loop that the flags may vectorise.
template <class T> void sines(const T* x, T* y, std::size_t count);
} // namespace by_hand::plain

namespace by_hand::fast { // -Ofast -march=native -fopenmp
template <class T> by_hand::Solvers<T> solvers();
template <class T> void sines(const T* x, T* y, std::size_t count);
} // namespace by_hand::fast
