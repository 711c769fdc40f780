// The pixels of a lattice: every process paints some. one_process/ has the same names for the program without MPI.
#pragma once

#include "lattices.hpp"

#include <kuramoto/detail/mpi/window.hpp>

#include <algorithm>
#include <cstddef>

namespace simulate {

/// A type of three bytes, for MPI's counts.
class PixelType {
  public:
    PixelType() {
        MPI_Type_contiguous(3, MPI_UINT8_T, &type_);
        MPI_Type_commit(&type_);
    }
    PixelType(const PixelType&) = delete;
    PixelType& operator=(const PixelType&) = delete;
    ~PixelType() { MPI_Type_free(&type_); }
    [[nodiscard]] MPI_Datatype get() const { return type_; }

  private:
    MPI_Datatype type_ = MPI_DATATYPE_NULL;
};

/// The pixels that a process paints: those whose first cell it has. `side` cells are a pixel.
inline km::mpi::Block pixels_of(const Cut& cut, int rank, std::ptrdiff_t side) {
    const km::mpi::Block block = cut->block(rank);
    const auto up = [&](std::ptrdiff_t cells) { return (cells + side - 1) / side; };
    return {up(block.row_begin), up(block.row_end), up(block.col_begin), up(block.col_end)};
}

/// Fills the upper left of `frame` of the first process with the lattice. A cell is `enlarged` pixels wide, or a pixel
/// `shrunk` cells. paint(cells, frame) does it for cells that fill their pixels. Collective.
///
/// A process paints whole pixels: it gets what it lacks of them from its neighbours. So the picture does not depend on
/// the number of processes, and the first one has the memory of a picture, not of a lattice.
template <class T, class Frame, class Paint>
void paint_lattice(const Cut& cut, const Lattice<T>& numbers, std::ptrdiff_t enlarged, std::ptrdiff_t shrunk,
                   Frame& frame, const Paint& paint) {
    const auto window_of = [&](int rank) {
        const km::mpi::Block pixels = pixels_of(cut, rank, shrunk);
        const auto cell = [&](std::ptrdiff_t pixel, std::ptrdiff_t cells) { return std::min(pixel * shrunk, cells); };
        return km::mpi::Block{cell(pixels.row_begin, cut->rows()), cell(pixels.row_end, cut->rows()),
                              cell(pixels.col_begin, cut->cols()), cell(pixels.col_end, cut->cols())};
    };
    const auto part_of = [&](int rank) {
        const km::mpi::Block pixels = pixels_of(cut, rank, shrunk);
        Frame part;
        part.rows = pixels.rows() * enlarged;
        part.cols = pixels.cols() * enlarged;
        part.bytes.resize(static_cast<std::size_t>(3 * part.rows * part.cols));
        return part;
    };
    const km::mpi::Block window = window_of(team.rank);
    km::Field<T> cells = together([&] { return km::Field<T>(window.rows(), window.cols()); });
    km::detail::collect_windows(*cut, here(numbers), window_of, cells.view());
    Frame part = together([&] { return part_of(team.rank); });
    if (!cells.empty()) paint(km::Grid<const T>(cells), part);

    constexpr int tag = 3;
    const PixelType pixel;
    const auto count = [](const Frame& of) { return static_cast<int>(of.rows * of.cols); };
    if (!is_first()) {
        MPI_Send(part.bytes.data(), count(part), pixel.get(), 0, tag, team.communicator);
        return;
    }
    for (int rank = 0; rank < team.size; ++rank) {
        if (rank > 0) {
            part = part_of(rank);
            MPI_Recv(part.bytes.data(), count(part), pixel.get(), rank, tag, team.communicator, MPI_STATUS_IGNORE);
        }
        const km::mpi::Block pixels = pixels_of(cut, rank, shrunk);
        for (std::ptrdiff_t i = 0; i < part.rows && part.cols > 0; ++i)
            std::copy_n(part.pixel(i, 0), 3 * part.cols,
                        frame.pixel(pixels.row_begin * enlarged + i, pixels.col_begin * enlarged));
    }
}

} // namespace simulate
