// SharedFile: a file that all processes of a lattice read or write together, through MPI-IO.
#pragma once

#include <kuramoto/detail/build/errors.hpp>
#include <kuramoto/detail/io/cells.hpp>
#include <kuramoto/detail/io/input_file.hpp>
#include <kuramoto/detail/io/system_calls.hpp>
#include <kuramoto/detail/mpi/agreement.hpp>
#include <kuramoto/detail/mpi/api.hpp>
#include <kuramoto/detail/mpi/file_pieces.hpp>
#include <kuramoto/grid/grid.hpp>
#include <kuramoto/mpi/decomposition.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// MPI's text for an error code, on one line.
inline std::string mpi_error_text(int code) {
    char text[MPI_MAX_ERROR_STRING + 1] = "";
    int length = 0;
    MPI_Error_string(code, text, &length);
    for (int k = 0; k < length; ++k)
        if (text[k] == '\n') text[k] = ' ';
    return std::string(text, static_cast<std::size_t>(length));
}

/// The name of a file as MPI-IO takes it. Open MPI cannot open a name of one letter. ROMIO, which MPICH has, takes what
/// precedes a colon for the kind of the file system.
inline std::string name_for_mpi(const std::string& file) {
    std::string path = file.find('/') == std::string::npos ? "./" + file : file;
#if defined(ROMIO_VERSION)
    if (path.find(':') != std::string::npos) path = "ufs:" + path;
#endif
    return path;
}

/// How the cells of a lattice lie in a file.
struct CellsInFile {
    std::int64_t offset = 0;      ///< bytes before the first cell of the lattice
    bool is_column_major = false; ///< the cells of a column are adjacent
    bool is_reversed = false;     ///< the bytes of a cell are not in the order of this machine
};

/// An open file. The constructor, the destructor and all members are collective. All failures are std::runtime_error on
/// every process, with the same message, which names the path.
class SharedFile {
  public:
    enum class Access { read, write };

    /// Opens `where`, which messages call `path`. The file is there already.
    SharedFile(const mpi::Decomposition& decomposition, const std::string& path, const std::string& where,
               Access access)
        : decomposition_(decomposition), path_(path), access_(access) {
        with_agreement(decomposition_.communicator(), [&](Agreement&) { check_is_there(where); });
        together("MPI_File_open", [&] { return open(where); });
    }
    SharedFile(const SharedFile&) = delete;
    SharedFile& operator=(const SharedFile&) = delete;
    ~SharedFile() { static_cast<void>(close_file()); }

    [[nodiscard]] bool is_open() const noexcept { return file_ != MPI_FILE_NULL; }
    [[nodiscard]] bool is_first() const noexcept { return decomposition_.rank() == 0; }
    [[nodiscard]] const mpi::Decomposition& decomposition() const noexcept { return decomposition_; }

    /// Writes bytes that every process has. Only the first one writes them.
    void write(std::int64_t offset, const std::string& bytes) {
        together("MPI_File_write_at",
                 [&] { return is_first() ? write_at(offset, bytes.data(), bytes.size()) : MPI_SUCCESS; });
    }
    /// Reads bytes for every process. Only the first one reads them.
    void read(std::int64_t offset, std::string& bytes) {
        together("MPI_File_read_at",
                 [&] { return is_first() ? read_at(offset, bytes.data(), bytes.size()) : MPI_SUCCESS; });
        MPI_Bcast(bytes.data(), static_cast<int>(bytes.size()), MPI_BYTE, 0, decomposition_.communicator());
    }

    /// Writes the cells of a lattice, of which `local` is the block of this process. `see(first, cells, count)` sees
    /// those that this process writes, in the order of the file.
    template <class T, class See>
    void write_cells(const CellsInFile& where, const Grid<const T>& local, const See& see,
                     std::ptrdiff_t most_bytes = bytes_per_piece) {
        const Grid<T> cells = only_read(local);
        const auto pieces = pieces_of<T>(where, most_bytes);
        for (std::ptrdiff_t round = 0; round < pieces->rounds(); ++round) {
            const auto piece = pieces->collect(round, cells);
            if (where.is_reversed) reverse_bytes(piece.cells, piece.count);
            see(piece.first, static_cast<const T*>(piece.cells), piece.count);
            together("MPI_File_write_at", [&] {
                return write_at(where.offset + piece.first * bytes_of<T>, piece.cells,
                                static_cast<std::size_t>(piece.count) * sizeof(T));
            });
        }
    }
    template <class T> void write_cells(const CellsInFile& where, const Grid<const T>& local) {
        write_cells(where, local, [](std::ptrdiff_t, const T*, std::ptrdiff_t) {});
    }

    /// Reads the cells of a lattice. `see` sees those that this process reads, as they are in the file.
    template <class T, class See>
    void read_cells(const CellsInFile& where, const Grid<T>& local, const See& see,
                    std::ptrdiff_t most_bytes = bytes_per_piece) {
        const auto pieces = pieces_of<T>(where, most_bytes);
        for (std::ptrdiff_t round = 0; round < pieces->rounds(); ++round) {
            const auto piece = pieces->prepare(round, local);
            together("MPI_File_read_at", [&] {
                return read_at(where.offset + piece.first * bytes_of<T>, piece.cells,
                               static_cast<std::size_t>(piece.count) * sizeof(T));
            });
            see(piece.first, static_cast<const T*>(piece.cells), piece.count);
            if (where.is_reversed) reverse_bytes(piece.cells, piece.count);
            pieces->distribute(round, local);
        }
    }
    template <class T> void read_cells(const CellsInFile& where, const Grid<T>& local) {
        read_cells(where, local, [](std::ptrdiff_t, const T*, std::ptrdiff_t) {});
    }

    /// Waits until what all processes wrote is on the disk.
    void synchronise() {
        together("MPI_File_sync", [&] { return MPI_File_sync(file_); });
    }
    void close() {
        together("MPI_File_close", [&] { return close_file(); });
    }

    /// Throws on every process if one has failed. `call` is the name of the call that `work` makes, which returns an
    /// error code of MPI.
    template <class Work> void together(const char* call, const Work& work) const {
        with_agreement(decomposition_.communicator(), [&](Agreement&) {
            const int code = work();
            if (code == MPI_SUCCESS) return;
            if (code == no_bytes_came) fail("it became shorter while it was read, or the system cannot read it");
            fail(string_of(call) + ": " + mpi_error_text(code));
        });
    }
    [[__noreturn__]] void fail(const std::string& what) const {
        const char* verb = access_ == Access::read ? "cannot read '" : "cannot write '";
        runtime_error(verb + std::string(path_.c_str()) + "': " + what);
    }

  private:
    static constexpr int no_bytes_came = -1; // no code of MPI is negative
    template <class T> static constexpr std::int64_t bytes_of = static_cast<std::int64_t>(sizeof(T));

    // If one process does not find the file, as where the folder is not shared, Open MPI 4.1 waits for ever.
    /// Open MPI 4 writes a longer name beyond the end of an array, in the component that this variable leaves out.
    void check_length(const std::string& name) const {
#if defined(OMPI_MAJOR_VERSION)
        constexpr std::size_t most = 230;
        const char* const components = std::getenv("OMPI_MCA_sharedfp");
        if (name.size() > most && (components == nullptr || std::string(components) != "^lockedfile"))
            fail("Open MPI takes names of at most " + integer_text(most) +
                 " characters; with the environment variable OMPI_MCA_sharedfp=^lockedfile it takes longer ones");
#else
        static_cast<void>(name);
#endif
    }
    void check_is_there(const std::string& name) const {
        check_length(name);
        OpenFile file;
        FileStatus status;
        const bool is_read = access_ == Access::read;
        const int code = is_read ? open_to_read(name, file.handle, status) : check_may_overwrite(name);
        if (code == 0) return;
        fail(is_read ? system_text(code) : "'" + name + "' cannot be opened: " + system_text(code));
    }
    /// Opens a file on all processes or on none: closing is collective, so that those that could are left as they are.
    int open(const std::string& name) {
        const int mode = access_ == Access::read ? MPI_MODE_RDONLY : MPI_MODE_WRONLY;
        MPI_File file = MPI_FILE_NULL;
        const int code =
            MPI_File_open(decomposition_.communicator(), name_for_mpi(name).c_str(), mode, MPI_INFO_NULL, &file);
        int is_open = code == MPI_SUCCESS ? 1 : 0;
        MPI_Allreduce(MPI_IN_PLACE, &is_open, 1, MPI_INT, MPI_MIN, decomposition_.communicator());
        if (is_open == 0) return code;
        file_ = file;
        MPI_File_set_errhandler(file_, MPI_ERRORS_RETURN);
        return code;
    }
    int close_file() noexcept {
        int is_over = 0;
        MPI_Finalized(&is_over);
        return file_ == MPI_FILE_NULL || is_over != 0 ? MPI_SUCCESS : MPI_File_close(&file_);
    }

    // The system may move a part of the bytes. The rest is tried again, which gives the reason as an error.
    template <class Pointer, class Move>
    static int move_all(std::int64_t offset, Pointer bytes, std::size_t count, int at_end, const Move& move) {
        constexpr std::size_t most = std::size_t{1} << 30; // MPI counts in int
        while (count > 0) {
            MPI_Status status;
            const int code = move(offset, bytes, static_cast<int>(count < most ? count : most), &status);
            if (code != MPI_SUCCESS) return code;
            int moved = 0;
            MPI_Get_count(&status, MPI_BYTE, &moved);
            if (moved <= 0) return at_end;
            offset += moved;
            bytes += moved;
            count -= static_cast<std::size_t>(moved);
        }
        return MPI_SUCCESS;
    }
    int write_at(std::int64_t offset, const void* bytes, std::size_t count) {
        const auto move = [&](MPI_Offset at, const char* from, int most, MPI_Status* status) {
            return MPI_File_write_at(file_, at, from, most, MPI_BYTE, status);
        };
        return move_all(offset, static_cast<const char*>(bytes), count, MPI_ERR_IO, move);
    }
    int read_at(std::int64_t offset, void* bytes, std::size_t count) {
        const auto move = [&](MPI_Offset at, char* to, int most, MPI_Status* status) {
            return MPI_File_read_at(file_, at, to, most, MPI_BYTE, status);
        };
        return move_all(offset, static_cast<char*>(bytes), count, no_bytes_came, move);
    }

    template <class T>
    [[nodiscard]] std::unique_ptr<FilePieces<T>> pieces_of(const CellsInFile& where, std::ptrdiff_t most_bytes) const {
        return with_agreement(decomposition_.communicator(), [&](Agreement&) {
            return std::make_unique<FilePieces<T>>(decomposition_, where.is_column_major, where.is_reversed,
                                                   most_bytes);
        });
    }
    /// The cells for a FilePieces that does not write to them.
    template <class T> static Grid<T> only_read(const Grid<const T>& cells) {
        return Grid<T>(const_cast<T*>(cells.data()), cells.rows(), cells.cols(), cells.row_stride(),
                       cells.col_stride());
    }

    mpi::Decomposition decomposition_;
    std::string path_;
    Access access_;
    MPI_File file_ = MPI_FILE_NULL;
};

} // namespace detail
KURAMOTO_END_NAMESPACE
