// write_npy and read_npy of lattices that are cut over MPI processes: one file, written and read by all of them.
#pragma once

#include <kuramoto/detail/mpi/agreement.hpp>
#include <kuramoto/detail/mpi/shared_file.hpp>
#include <kuramoto/detail/mpi/shared_output.hpp>
#include <kuramoto/mpi/field.hpp>
#include <kuramoto/npy.hpp>

#include <bit>
#include <cstdint>
#include <string>

KURAMOTO_BEGIN_NAMESPACE

/// Writes a lattice to a .npy file: byte for byte the file that one process writes. Collective: the same path and order
/// on every process.
///
/// As with one process, an existing file is replaced as a whole or not at all. All processes must see the same folder.
///
/// Throws: std::runtime_error, the same on every process, with the path and the reason, if a call of the system or of
/// MPI fails on any process. The old file is then still there, and the temporary file is removed. The exception is a
/// file with all bytes that the first process cannot rename, synchronise or close: see write_npy of one process.
/// std::invalid_argument, before anything is written, if the paths or the orders differ.
/// Cost: one pass over the cells, with MPI_File_write_at; each process sends its cells to others of its row of ranks
/// (of its column of ranks for columns). A buffer of 32 MiB.
template <Real T>
void write_npy(const std::string& path, const mpi::Field<T>& cells, NpyOrder order = NpyOrder::row_major) {
    const bool is_column_major = order == NpyOrder::column_major;
    const MPI_Comm communicator = cells.decomposition().communicator();
    const std::string header = detail::with_agreement(communicator, [&](detail::Agreement& agreement) {
        agreement.expect_same("order", {is_column_major ? 1 : 0}); // it decides which processes exchange cells
        return detail::npy_header_text(detail::descr_of<T>(), {cells.rows(), cells.cols()}, is_column_major);
    });
    const auto header_bytes = static_cast<std::int64_t>(header.size());
    detail::SharedOutput output(cells.decomposition(), path);
    output.file().write(0, header);
    output.file().write_cells({.offset = header_bytes, .is_column_major = is_column_major}, cells.local());
    output.commit(header_bytes + cells.size() * static_cast<std::int64_t>(sizeof(T)));
}

/// Reads the lattice in the 2-D .npy file at `path`, of which every process gets its block. Collective: the same path
/// on every process.
///
/// Reads what read_npy of one process reads.
///
/// Throws: std::runtime_error, the same on every process, with the path and the reason: as read_npy of one process, and
/// if the shape is not that of the decomposition.
/// Cost: as write_npy, with MPI_File_read_at.
template <Real T>
[[nodiscard]] mpi::Field<T> read_npy(const std::string& path, const mpi::Decomposition& decomposition) {
    NpyInfo info;
    mpi::Field<T> field = detail::with_agreement(decomposition.communicator(), [&](detail::Agreement& agreement) {
        agreement.expect_same("path", path);
        if (decomposition.rank() == 0) {
            detail::InputFile file(path);
            info = detail::read_npy_info_of<T>(file);
            if (info.rows != decomposition.rows() || info.cols != decomposition.cols())
                file.fail("it holds " + detail::shape_text(info.rows, info.cols) + " cells, but the lattice has " +
                          detail::shape_text(decomposition.rows(), decomposition.cols()));
        }
        return mpi::Field<T>(decomposition);
    });
    MPI_Bcast(&info, static_cast<int>(sizeof info), MPI_BYTE, 0, decomposition.communicator());
    detail::SharedFile file(decomposition, path, path, detail::SharedFile::Access::read);
    file.read_cells({.offset = info.offset,
                     .is_column_major = info.column_major,
                     .is_reversed = info.big_endian != (std::endian::native == std::endian::big)},
                    field.local());
    file.close();
    return field;
}

KURAMOTO_END_NAMESPACE
