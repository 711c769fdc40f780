// Decomposition: a lattice cut into one block per MPI process.
#pragma once

#include <kuramoto/detail/build/errors.hpp>
#include <kuramoto/detail/mpi/agreement.hpp>
#include <kuramoto/detail/mpi/api.hpp>
#include <kuramoto/detail/mpi/network.hpp>
#include <kuramoto/detail/parallel/partition.hpp>
#include <kuramoto/detail/parallel/place.hpp>
#include <kuramoto/grid/grid.hpp>
#include <kuramoto/mpi/network.hpp>

#include <climits>
#include <cstddef>
#include <memory>

namespace kuramoto::mpi {

/// How the ranks are laid out: `rows` × `cols` blocks. 0: chosen.
struct RankGrid {
    int rows = 0; ///< ranks down a column of blocks
    int cols = 0; ///< ranks along a row of blocks
};

/// A block of a lattice: rows [row_begin, row_end), columns [col_begin, col_end).
struct Block {
    std::ptrdiff_t row_begin = 0; ///< first row
    std::ptrdiff_t row_end = 0;   ///< behind the last row
    std::ptrdiff_t col_begin = 0; ///< first column
    std::ptrdiff_t col_end = 0;   ///< behind the last column

    /// Number of rows.
    [[nodiscard]] std::ptrdiff_t rows() const noexcept { return row_end - row_begin; }
    /// Number of columns.
    [[nodiscard]] std::ptrdiff_t cols() const noexcept { return col_end - col_begin; }
};

} // namespace kuramoto::mpi

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// The layout of `ranks` ranks for a lattice of rows × cols cells, as far as it is given. Throws if there is none.
///
/// The chosen one has the least halo per rank. A column of the halo counts as two rows: its cells do not lie side by
/// side, and long rows are good for vectors.
inline mpi::RankGrid layout_of(int ranks, std::ptrdiff_t rows, std::ptrdiff_t cols, const mpi::RankGrid& given) {
    if (given.rows < 0) invalid_argument("ranks.rows must not be negative, but is " + integer_text(given.rows));
    if (given.cols < 0) invalid_argument("ranks.cols must not be negative, but is " + integer_text(given.cols));
    const bool has_cells = rows > 0 && cols > 0;
    mpi::RankGrid best;
    double least = 0;
    for (int down = 1; down <= ranks; ++down) {
        const int across = ranks / down;
        if (down * across != ranks) continue;
        if (given.rows != 0 && given.rows != down) continue;
        if (given.cols != 0 && given.cols != across) continue;
        if (has_cells && (down > rows || across > cols)) continue;
        const double row_cells = down > 1 ? static_cast<double>(cols) / across : 0;
        const double col_cells = across > 1 ? 2 * static_cast<double>(rows) / down : 0;
        if (best.rows != 0 && row_cells + col_cells >= least) continue;
        least = row_cells + col_cells;
        best = {down, across};
    }
    if (best.rows != 0) return best;
    const std::string asked = given.rows != 0 || given.cols != 0
                                  ? " as " + shape_text(given.rows, given.cols) + " blocks (0: any)"
                                  : string_of("");
    invalid_argument("a lattice of " + shape_text(rows, cols) + " cells cannot be cut for " + integer_text(ranks) +
                     " ranks" + asked + ": their number must be a product of at most " + integer_text(rows) +
                     " (rows) and at most " + integer_text(cols) + " (columns)");
}

} // namespace detail
KURAMOTO_END_NAMESPACE

namespace kuramoto::mpi {

/// A lattice of rows × cols cells, cut into one block per process of an MPI communicator.
///
/// Blocks are contiguous and form a grid of ranks. Their sizes differ by at most one row and one column. Whether the
/// lattice is periodic is not said here: the boundary of a model says it. Copies share the communicator, which is a
/// duplicate of the one given, and is freed with the last copy or with MPI_Finalize: all processes give up their last
/// copies in the same order.
class Decomposition {
  public:
    /// Collective. `ranks`: how many blocks along each axis; 0 is chosen such that the halos are small and rows long.
    ///
    /// Throws, on every process: std::invalid_argument for MPI_COMM_NULL or an intercommunicator, negative extents,
    /// extents from 2³¹ on, arguments that are not the same on every process, and a number of ranks for which the
    /// lattice has too few rows or columns.
    Decomposition(MPI_Comm communicator, std::ptrdiff_t rows, std::ptrdiff_t cols, RankGrid ranks = {})
        : shared_(std::make_shared<Shared>(checked(communicator))), rows_(rows), cols_(cols) {
        MPI_Comm_rank(shared_->communicator, &rank_);
        MPI_Comm_size(shared_->communicator, &size_);
        detail::with_agreement(shared_->communicator, [&](detail::Agreement&) {
            detail::check_extents(rows, cols, sizeof(double));
            if (rows > INT_MAX || cols > INT_MAX)
                detail::invalid_argument("a lattice for MPI must have fewer than 2^31 rows and columns, but is " +
                                         detail::shape_text(rows, cols) + " cells");
            ranks_ = detail::layout_of(size_, rows, cols, ranks);
        });
        check_same(ranks);
    }

    /// Shares the communicator. There is no move: no Decomposition is without a communicator.
    Decomposition(const Decomposition&) = default;
    /// Shares the communicator.
    Decomposition& operator=(const Decomposition&) = default;
    ~Decomposition() = default;

    /// The communicator of the blocks: a duplicate of the one given. Rank r has the block (r / ranks().cols,
    /// r % ranks().cols) of the grid of ranks.
    [[nodiscard]] MPI_Comm communicator() const noexcept { return shared_->communicator; }
    /// This process.
    [[nodiscard]] int rank() const noexcept { return rank_; }
    /// The number of processes.
    [[nodiscard]] int size() const noexcept { return size_; }
    /// How the processes are laid out.
    [[nodiscard]] RankGrid ranks() const noexcept { return ranks_; }
    /// Rows of the whole lattice.
    [[nodiscard]] std::ptrdiff_t rows() const noexcept { return rows_; }
    /// Columns of the whole lattice.
    [[nodiscard]] std::ptrdiff_t cols() const noexcept { return cols_; }

    /// The block of a process.
    [[nodiscard]] Block block(int rank) const noexcept {
        using detail::share_begin;
        const int row = rank / ranks_.cols;
        const int col = rank % ranks_.cols;
        return {share_begin(row, ranks_.rows, rows_), share_begin(row + 1, ranks_.rows, rows_),
                share_begin(col, ranks_.cols, cols_), share_begin(col + 1, ranks_.cols, cols_)};
    }
    /// The block of this process.
    [[nodiscard]] Block block() const noexcept { return block(rank_); }

    /// Whether two are copies of one Decomposition, and so cut alike for the same processes.
    [[nodiscard]] bool is_same(const Decomposition& other) const noexcept {
        return shared_ == other.shared_ && rows_ == other.rows_ && cols_ == other.cols_;
    }

    /// What messages between the processes cost: it decides how many time steps a sweep takes, and nothing else.
    /// Measured at the first call, which is collective; `advance` makes it.
    [[nodiscard]] const Network& network() const {
        if (!shared_->is_network_known) set_network(detail::measured_network(shared_->communicator));
        return shared_->network;
    }
    /// The same as it is known, in place of a measurement. Every process gives the same.
    void set_network(const Network& network) const noexcept {
        shared_->network = network;
        shared_->is_network_known = true;
    }

  private:
    struct Shared {
        explicit Shared(MPI_Comm given) {
            MPI_Comm_dup(given, &communicator);
            MPI_Comm_set_errhandler(communicator, MPI_ERRORS_ARE_FATAL); // the codes of messages are not looked at
        }
        Shared(const Shared&) = delete;
        Shared& operator=(const Shared&) = delete;
        ~Shared() {
            int is_over = 0;
            MPI_Finalized(&is_over);
            if (is_over == 0) MPI_Comm_free(&communicator);
        }
        MPI_Comm communicator = MPI_COMM_NULL;
        Network network = {};
        bool is_network_known = false;
    };

    static MPI_Comm checked(MPI_Comm communicator) {
        if (communicator == MPI_COMM_NULL) detail::invalid_argument("communicator must not be MPI_COMM_NULL");
        int is_inter = 0;
        MPI_Comm_test_inter(communicator, &is_inter);
        if (is_inter != 0) detail::invalid_argument("communicator must not be an intercommunicator");
        return communicator;
    }

    void check_same(const RankGrid& given) const {
        const long long mine[4] = {rows_, cols_, given.rows, given.cols};
        long long least[4];
        long long most[4];
        MPI_Allreduce(mine, least, 4, MPI_LONG_LONG, MPI_MIN, communicator());
        MPI_Allreduce(mine, most, 4, MPI_LONG_LONG, MPI_MAX, communicator());
        const char* const names[4] = {"rows", "cols", "ranks.rows", "ranks.cols"};
        for (int k = 0; k < 4; ++k)
            if (least[k] != most[k])
                detail::invalid_argument(detail::string_of(names[k]) +
                                         " must be the same on every rank, but is between " +
                                         detail::integer_text(least[k]) + " and " + detail::integer_text(most[k]));
    }

    std::shared_ptr<Shared> shared_;
    std::ptrdiff_t rows_;
    std::ptrdiff_t cols_;
    int rank_ = 0;
    int size_ = 1;
    RankGrid ranks_ = {};
};

} // namespace kuramoto::mpi
