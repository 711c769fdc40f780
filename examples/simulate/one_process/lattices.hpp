// The lattices of a run: each a Field of this process. many_processes/ has the same names for the program with MPI.
#pragma once

#include "../options.hpp"

#include <kuramoto/checkpoint.hpp>
#include <kuramoto/grid/field.hpp>
#include <kuramoto/kuramoto.hpp>
#include <kuramoto/npy.hpp>
#include <kuramoto/npy_series.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace simulate {

namespace km = kuramoto;

/// The cells of a lattice.
template <class T> using Lattice = km::Field<T>;

/// How the lattices of a run are cut over the processes: not at all.
struct Cut {
    std::ptrdiff_t rows = 0;
    std::ptrdiff_t cols = 0;
};
inline Cut cut_of(const Options& /*options*/, std::ptrdiff_t rows, std::ptrdiff_t cols) { return {rows, cols}; }

/// A lattice of zeros.
template <class T> Lattice<T> lattice_of(const Cut& cut) { return Lattice<T>(cut.rows, cut.cols); }

/// The cells of this process, and where they begin.
template <class T> km::Grid<T> here(Lattice<T>& lattice) { return lattice.view(); }
template <class T> km::Grid<const T> here(const Lattice<T>& lattice) { return lattice.view(); }
struct Origin {
    std::ptrdiff_t row = 0;
    std::ptrdiff_t col = 0;
};
template <class T> Origin origin_of(const Lattice<T>& /*lattice*/) { return {}; }

/// What the algorithms take.
template <class T> km::Grid<T> argument(Lattice<T>& lattice) { return lattice.view(); }
template <class T> km::Grid<const T> argument(const Lattice<T>& lattice) { return lattice.view(); }

/// A cell of the whole lattice.
template <class T> struct Found {
    std::ptrdiff_t row = 0;
    std::ptrdiff_t col = 0;
    T number = 0;
};
/// The first of the cells that were found in each process, for all.
template <class T> std::optional<Found<T>> first_of_all(const Cut& /*cut*/, const std::optional<Found<T>>& found) {
    return found;
}

/// The lattice in a .npy file.
template <class T> Lattice<T> read_lattice(const std::string& name, const Cut& /*cut*/) {
    return km::read_npy<T>(name);
}
/// work(whole lattice), in the process that writes a stream.
template <class T, class Work> void with_whole(const Lattice<T>& lattice, const Work& work) { work(lattice); }

/// The growing file of frames.
template <class T> using FrameSeries = km::NpySeries<T>;
template <class T> void begin_series(std::optional<FrameSeries<T>>& series, const std::string& name, const Cut& cut) {
    series.emplace(name, cut.rows, cut.cols);
}
template <class T>
void go_on_series(std::optional<FrameSeries<T>>& series, const std::string& name, const Cut& cut, std::int64_t frames) {
    series.emplace(name, cut.rows, cut.cols, frames);
}

/// A checkpoint with its lattices.
using Checkpoint = km::Checkpoint;
inline Checkpoint new_checkpoint(const Cut& /*cut*/) { return {}; }
inline Checkpoint read_saved(const std::string& name, const Cut& /*cut*/) { return km::read_checkpoint(name); }
inline void write_saved(const std::string& name, const Checkpoint& checkpoint) {
    km::write_checkpoint(name, checkpoint);
}

} // namespace simulate
