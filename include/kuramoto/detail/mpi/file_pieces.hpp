// FilePieces: the cells of a lattice as contiguous pieces of a file, one per process and round.
//
// The blocks of a row of ranks are a band: their rows, joined, are a contiguous part of a file. (In a file along the
// columns it is a column of ranks.) In each round the processes of a band exchange cells, so that each has whole rows.
// So every process writes long contiguous pieces, whatever the blocks are. MPI_File_write_at_all does the same for a
// file view of the block, but under Open MPI 4.1 it returns no error if the system writes only a part.
#pragma once

#include <kuramoto/detail/io/cells.hpp>
#include <kuramoto/detail/memory/buffer.hpp>
#include <kuramoto/detail/mpi/datatype.hpp>
#include <kuramoto/detail/parallel/partition.hpp>
#include <kuramoto/grid/grid.hpp>
#include <kuramoto/mpi/decomposition.hpp>

#include <cstddef>
#include <memory>
#include <vector>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// The bytes of a piece, roughly: enough for a disk, and few beside a block.
inline constexpr std::ptrdiff_t bytes_per_piece = std::ptrdiff_t{1} << 25;

/// The pieces of a lattice of cells of T, in the order of a file along the rows or along the columns.
template <class T> class FilePieces {
  public:
    /// Throws std::bad_alloc. `is_copied`: also a piece that lies in memory as in the file is moved through a buffer.
    FilePieces(const mpi::Decomposition& decomposition, bool is_column_major, bool is_copied, std::ptrdiff_t most_bytes)
        : decomposition_(decomposition), is_turned_(is_column_major) {
        const mpi::RankGrid ranks = decomposition.ranks();
        const int rank = decomposition.rank();
        members_ = is_turned_ ? ranks.rows : ranks.cols;
        member_ = is_turned_ ? rank / ranks.cols : rank % ranks.cols;
        cols_ = is_turned_ ? decomposition.rows() : decomposition.cols();
        block_ = block_of(rank);
        most_rows_ = cols_ > 0 ? block_of(0).rows() : 0; // no block has more
        if (most_rows_ == 0) return;
        const std::ptrdiff_t fitting = most_bytes / (cols_ * static_cast<std::ptrdiff_t>(sizeof(T)));
        is_exchanged_ = members_ > 1 && fitting > 0; // a row that is longer than a piece stays in parts
        is_direct_ = !is_exchanged_ && !is_turned_ && !is_copied;
        if (fitting > 0) rows_per_round_ = fitting < most_rows_ ? fitting * members_ : most_rows_;
        const std::ptrdiff_t cells =
            is_exchanged_ ? (rows_per_round_ + members_ - 1) / members_ * cols_ : rows_per_round_ * block_.cols();
        if (!is_direct_) buffer_ = std::make_unique<Buffer<T>>(cells);
    }

    /// The same number on every process.
    [[nodiscard]] std::ptrdiff_t rounds() const noexcept {
        return (most_rows_ + rows_per_round_ - 1) / rows_per_round_;
    }

    /// A piece in memory, and the number of its first cell in the file.
    struct Piece {
        T* cells = nullptr;
        std::ptrdiff_t count = 0;
        std::ptrdiff_t first = 0;
    };

    /// The piece of this process in a round, with the cells of the lattice. Collective.
    [[nodiscard]] Piece collect(std::ptrdiff_t round, const Grid<T>& local) { return piece<true>(round, local); }
    /// The piece of this process in a round, to be filled before `distribute`.
    [[nodiscard]] Piece prepare(std::ptrdiff_t round, const Grid<T>& local) { return piece<false>(round, local); }
    /// Brings the cells of the pieces of this round to the blocks. Collective.
    void distribute(std::ptrdiff_t round, const Grid<T>& local) {
        const Grid<T> cells = in_file_order(local);
        const Rows rows = rows_of(round);
        if (is_exchanged_)
            exchange<false>(rows, cells);
        else if (!is_direct_)
            copy(buffer_view(rows), cells.subgrid(rows.begin, 0, rows.count(), cells.cols()));
    }

  private:
    /// Rows of the band.
    struct Rows {
        std::ptrdiff_t begin = 0;
        std::ptrdiff_t end = 0;
        [[nodiscard]] std::ptrdiff_t count() const noexcept { return end - begin; }
    };

    /// The block of a process, turned as the file is.
    [[nodiscard]] mpi::Block block_of(int rank) const noexcept {
        const mpi::Block block = decomposition_.block(rank);
        return is_turned_ ? mpi::Block{block.col_begin, block.col_end, block.row_begin, block.row_end} : block;
    }
    [[nodiscard]] Grid<T> in_file_order(const Grid<T>& local) const { return is_turned_ ? local.transposed() : local; }
    [[nodiscard]] int rank_of(int member) const noexcept {
        const int across = decomposition_.ranks().cols;
        return is_turned_ ? member * across + decomposition_.rank() % across
                          : decomposition_.rank() / across * across + member;
    }

    /// The rows of a round, and what a member has of them as its piece.
    [[nodiscard]] Rows rows_of(std::ptrdiff_t round) const noexcept {
        const std::ptrdiff_t begin = round * rows_per_round_;
        return {clamped(begin, 0, block_.rows()), clamped(begin + rows_per_round_, 0, block_.rows())};
    }
    [[nodiscard]] Rows share_of(int member, const Rows& rows) const noexcept {
        return {rows.begin + share_begin(member, members_, rows.count()),
                rows.begin + share_begin(member + 1, members_, rows.count())};
    }

    [[nodiscard]] Grid<T> buffer_view(const Rows& rows) const {
        return is_exchanged_ ? Grid<T>(buffer_->data(), share_of(member_, rows).count(), cols_)
                             : Grid<T>(buffer_->data(), rows.count(), block_.cols());
    }

    template <bool IsFilled> Piece piece(std::ptrdiff_t round, const Grid<T>& local) {
        const Grid<T> cells = in_file_order(local);
        const Rows rows = rows_of(round);
        if (is_exchanged_) {
            if constexpr (IsFilled) exchange<true>(rows, cells);
            const Rows mine = share_of(member_, rows);
            return {buffer_->data(), mine.count() * cols_, (block_.row_begin + mine.begin) * cols_};
        }
        const Grid<T> window = cells.subgrid(rows.begin, 0, rows.count(), cells.cols());
        const std::ptrdiff_t first = (block_.row_begin + rows.begin) * cols_ + block_.col_begin;
        if (is_direct_) return {window.data(), window.size(), first};
        if constexpr (IsFilled) copy(window, buffer_view(rows));
        return {buffer_->data(), window.size(), first};
    }

    static void copy(const Grid<T>& from, const Grid<T>& to) noexcept {
        for (std::ptrdiff_t i = 0; i < from.rows(); ++i)
            for (std::ptrdiff_t j = 0; j < from.cols(); ++j) to(i, j) = from(i, j);
    }

    /// Moves cells between the blocks of a band and its pieces.
    template <bool ToPieces> void exchange(const Rows& rows, const Grid<T>& cells) {
        constexpr int tag = 2;
        const MPI_Comm communicator = decomposition_.communicator();
        const Grid<T> piece = buffer_view(rows);
        std::vector<MPI_Request> requests;
        requests.reserve(2 * static_cast<std::size_t>(members_));
        const auto post = [&](const Grid<T>& grid, int member, bool is_sent) {
            if (grid.empty()) return;
            const Datatype type(grid); // freed by MPI when the message is complete
            MPI_Request& request = requests.emplace_back(MPI_REQUEST_NULL);
            if (is_sent)
                MPI_Isend(grid.data(), 1, type.get(), rank_of(member), tag, communicator, &request);
            else
                MPI_Irecv(grid.data(), 1, type.get(), rank_of(member), tag, communicator, &request);
        };
        for (int member = 0; member < members_; ++member) {
            const mpi::Block theirs = block_of(rank_of(member));
            post(piece.subgrid(0, theirs.col_begin, piece.rows(), theirs.cols()), member, !ToPieces);
        }
        for (int member = 0; member < members_; ++member) {
            const Rows theirs = share_of(member, rows);
            post(cells.subgrid(theirs.begin, 0, theirs.count(), cells.cols()), member, ToPieces);
        }
        MPI_Waitall(static_cast<int>(requests.size()), requests.data(), MPI_STATUSES_IGNORE);
    }

    const mpi::Decomposition& decomposition_;
    bool is_turned_;          ///< the file is along the columns
    int members_ = 1;         ///< of the band
    int member_ = 0;          ///< this process
    std::ptrdiff_t cols_ = 0; ///< of the lattice, turned as the file is
    mpi::Block block_ = {};   ///< turned as the file is
    std::ptrdiff_t most_rows_ = 0;
    std::ptrdiff_t rows_per_round_ = 1;
    bool is_exchanged_ = false;
    bool is_direct_ = false; ///< the pieces are in the user's memory
    std::unique_ptr<Buffer<T>> buffer_;
};

} // namespace detail
KURAMOTO_END_NAMESPACE
