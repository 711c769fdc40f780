// The lattices of a run: of each, this process has a block. one_process/ has the same names for the program without
// MPI.
#pragma once

#include "processes.hpp"

#include <kuramoto/kuramoto.hpp>
#include <kuramoto/mpi.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>

namespace simulate {

namespace km = kuramoto;

/// How the lattices of a run are cut over the processes.
using Cut = std::optional<km::mpi::Decomposition>;

/// The rows and the columns of --ranks. Throws BadOption.
inline km::mpi::RankGrid parsed_ranks(const std::string& given) {
    if (given.empty()) return {};
    const std::size_t cross = std::min(given.find('x'), given.size());
    const std::optional<int> rows = parsed<int>(given.substr(0, cross));
    const std::optional<int> cols = cross < given.size() ? parsed<int>(given.substr(cross + 1)) : std::nullopt;
    if (!rows || !cols || *rows < 0 || *cols < 0)
        throw BadOption("--ranks " + given + ": must be ROWSxCOLS, two numbers of blocks; 0 is chosen");
    return {*rows, *cols};
}

inline Cut cut_of(const Options& options, std::ptrdiff_t rows, std::ptrdiff_t cols) {
    try {
        return km::mpi::Decomposition(team.communicator, rows, cols, parsed_ranks(options.ranks));
    } catch (const std::logic_error& error) {
        const std::string option = options.ranks.empty() ? "" : "--ranks " + options.ranks + ": ";
        throw BadOption(option + error.what());
    }
}

/// The cut of lattices without cells.
inline const Cut& no_cells() {
    static const Cut cut = km::mpi::Decomposition(team.communicator, 0, 0);
    return cut;
}

/// The cells of a lattice.
template <class T> class Lattice : public km::mpi::Field<T> {
  public:
    Lattice() : km::mpi::Field<T>(*no_cells()) {}
    Lattice(km::mpi::Field<T> cells) : km::mpi::Field<T>(std::move(cells)) {}
};

/// A lattice of zeros. Collective.
template <class T> Lattice<T> lattice_of(const Cut& cut) {
    return together([&] { return Lattice<T>(km::mpi::Field<T>(*cut)); });
}

/// The cells of this process, and where they begin.
template <class T> km::Grid<T> here(Lattice<T>& lattice) { return lattice.local(); }
template <class T> km::Grid<const T> here(const Lattice<T>& lattice) { return lattice.local(); }
struct Origin {
    std::ptrdiff_t row = 0;
    std::ptrdiff_t col = 0;
};
template <class T> Origin origin_of(const Lattice<T>& lattice) {
    return {lattice.block().row_begin, lattice.block().col_begin};
}

/// What the algorithms take.
template <class T> km::mpi::Field<T>& argument(Lattice<T>& lattice) { return lattice; }
template <class T> const km::mpi::Field<T>& argument(const Lattice<T>& lattice) { return lattice; }

/// A cell of the whole lattice.
template <class T> struct Found {
    std::ptrdiff_t row = 0;
    std::ptrdiff_t col = 0;
    T number = 0;
};
/// The first of the cells that were found in each process, for all. Collective.
template <class T> std::optional<Found<T>> first_of_all(const Cut& cut, const std::optional<Found<T>>& found) {
    constexpr auto none = std::numeric_limits<std::int64_t>::max();
    const std::int64_t mine = found ? std::int64_t{found->row} * cut->cols() + found->col : none;
    std::int64_t first = none;
    MPI_Allreduce(&mine, &first, 1, MPI_INT64_T, MPI_MIN, team.communicator);
    if (first == none) return std::nullopt;
    int owner = mine == first ? team.rank : 0;
    MPI_Allreduce(MPI_IN_PLACE, &owner, 1, MPI_INT, MPI_MAX, team.communicator);
    T number = found ? found->number : T{0};
    MPI_Bcast(&number, 1, km::detail::mpi_type<T>(), owner, team.communicator);
    return Found<T>{static_cast<std::ptrdiff_t>(first / cut->cols()), static_cast<std::ptrdiff_t>(first % cut->cols()),
                    number};
}

/// The lattice in a .npy file. Collective.
template <class T> Lattice<T> read_lattice(const std::string& name, const Cut& cut) {
    return km::read_npy<T>(name, *cut);
}
/// work(whole lattice), in the process that writes a stream. Collective.
template <class T, class Work> void with_whole(const Lattice<T>& lattice, const Work& work) {
    const km::Field<T> whole = km::mpi::gather(lattice);
    on_first([&] { work(whole); });
}

/// The growing file of frames.
template <class T> using FrameSeries = km::mpi::NpySeries<T>;
template <class T> void begin_series(std::optional<FrameSeries<T>>& series, const std::string& name, const Cut& cut) {
    series.emplace(name, *cut);
}
template <class T>
void go_on_series(std::optional<FrameSeries<T>>& series, const std::string& name, const Cut& cut, std::int64_t frames) {
    series.emplace(name, *cut, frames);
}

/// A checkpoint with its lattices.
using Checkpoint = km::mpi::Checkpoint;
inline Checkpoint new_checkpoint(const Cut& cut) { return Checkpoint(*cut); }
inline Checkpoint read_saved(const std::string& name, const Cut& cut) { return km::read_checkpoint(name, *cut); }
inline void write_saved(const std::string& name, const Checkpoint& checkpoint) {
    km::write_checkpoint(name, checkpoint);
}

} // namespace simulate
