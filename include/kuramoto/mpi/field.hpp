// mpi::Field<T>: a lattice of which every process has one block.
#pragma once

#include <kuramoto/detail/mpi/datatype.hpp>
#include <kuramoto/grid/field.hpp>
#include <kuramoto/mpi/decomposition.hpp>

#include <cstddef>
#include <vector>

namespace kuramoto::mpi {

/// A lattice of cells of T, of which every process owns its block: zeroed, row-major, without gaps.
///
/// Algorithms and observables take it where they take a Field, and are then collective: every process of the
/// decomposition calls them, with the same description and numbers. Copying copies the cells. A moved-from field has no
/// cells in local(): assign to it before it is used again.
template <Real T> class Field {
  public:
    /// The type of a cell: `float` or `double`.
    using value_type = T;

    /// A lattice of zeros. Not collective.
    explicit Field(const Decomposition& decomposition)
        : decomposition_(decomposition), cells_(decomposition.block().rows(), decomposition.block().cols()) {}

    /// How the lattice is cut.
    [[nodiscard]] const Decomposition& decomposition() const noexcept { return decomposition_; }
    /// Rows of the whole lattice.
    [[nodiscard]] std::ptrdiff_t rows() const noexcept { return decomposition_.rows(); }
    /// Columns of the whole lattice.
    [[nodiscard]] std::ptrdiff_t cols() const noexcept { return decomposition_.cols(); }
    /// Cells of the whole lattice.
    [[nodiscard]] std::ptrdiff_t size() const noexcept { return rows() * cols(); }
    /// Whether there are no cells.
    [[nodiscard]] bool empty() const noexcept { return size() == 0; }

    /// The block of this process. Its cell (i, j) is cell (block().row_begin + i, block().col_begin + j) of the
    /// lattice.
    [[nodiscard]] Grid<T> local() & { return cells_.view(); }
    /// The same, to read.
    [[nodiscard]] Grid<const T> local() const& { return cells_.view(); }
    Grid<const T> local() const&& = delete;
    /// local(), for a model's ω.
    operator Grid<const T>() const& { return local(); }
    operator Grid<const T>() const&& = delete;
    /// Which part of the lattice this process has.
    [[nodiscard]] Block block() const noexcept { return decomposition_.block(); }

  private:
    Decomposition decomposition_;
    kuramoto::Field<T> cells_;
};

} // namespace kuramoto::mpi

namespace kuramoto::detail {

inline void check_rank(int root, int size) {
    if (root < 0 || root >= size)
        invalid_argument("root must be in [0, " + integer_text(size) + "), but is " + integer_text(root));
}

/// Where a block lies in a view of the whole lattice.
template <class T> Grid<T> window_of(const Grid<T>& whole, const mpi::Block& block) {
    return whole.subgrid(block.row_begin, block.col_begin, block.rows(), block.cols());
}

/// Moves blocks between all processes and `root`, which views the whole lattice.
template <bool ToRoot, class Whole, class Local>
void move_blocks(const mpi::Decomposition& decomposition, int root, const Grid<Whole>& whole,
                 const Grid<Local>& local) {
    constexpr int tag = 1;
    const MPI_Comm communicator = decomposition.communicator();
    std::vector<MPI_Request> requests;
    const auto post = [&](auto&& grid, int rank, bool sends) {
        if (grid.empty()) return;
        const Datatype type(grid); // freed by MPI when the message is complete
        MPI_Request request = MPI_REQUEST_NULL;
        if (sends)
            MPI_Isend(const_cast<void*>(static_cast<const void*>(grid.data())), 1, type.get(), rank, tag, communicator,
                      &request);
        else
            MPI_Irecv(const_cast<void*>(static_cast<const void*>(grid.data())), 1, type.get(), rank, tag, communicator,
                      &request);
        requests.push_back(request);
    };
    if (decomposition.rank() == root)
        for (int rank = 0; rank < decomposition.size(); ++rank)
            post(window_of(whole, decomposition.block(rank)), rank, !ToRoot);
    post(local, root, ToRoot);
    MPI_Waitall(static_cast<int>(requests.size()), requests.data(), MPI_STATUSES_IGNORE);
}

} // namespace kuramoto::detail

namespace kuramoto::mpi {

/// The whole lattice as a Field of process `root`; empty on the others. Collective.
///
/// Throws, on every process: std::bad_alloc if `root` has no room for it, std::invalid_argument for a root that is no
/// rank.
template <Real T> [[nodiscard]] kuramoto::Field<T> gather(const Field<T>& field, int root = 0) {
    const Decomposition& decomposition = field.decomposition();
    return detail::with_agreement(decomposition.communicator(), [&](detail::Agreement& agreement) {
        agreement.expect_same("root", {root});
        detail::check_rank(root, decomposition.size());
        const bool is_root = decomposition.rank() == root;
        kuramoto::Field<T> whole(is_root ? field.rows() : 0, is_root ? field.cols() : 0);
        agreement.begin();
        detail::move_blocks<true>(decomposition, root, whole.view(), field.local());
        return whole;
    });
}

/// Gives every process its block of `whole`, a lattice of process `root`. `whole` means nothing on the others.
/// Collective.
///
/// Throws, on every process: std::invalid_argument if `whole` has another shape than `field`, and for a root that is no
/// rank.
template <Real T> void scatter(Grid<const T> whole, Field<T>& field, int root = 0) {
    const Decomposition& decomposition = field.decomposition();
    detail::with_agreement(decomposition.communicator(), [&](detail::Agreement& agreement) {
        agreement.expect_same("root", {root});
        detail::check_rank(root, decomposition.size());
        if (decomposition.rank() == root && (whole.rows() != field.rows() || whole.cols() != field.cols()))
            detail::invalid_argument("whole is " + detail::shape_text(whole.rows(), whole.cols()) +
                                     " cells, but field is " + detail::shape_text(field.rows(), field.cols()));
        agreement.begin();
        detail::move_blocks<false>(decomposition, root, whole, field.local());
    });
}
/// The same from a Field.
template <Real T> void scatter(const kuramoto::Field<T>& whole, Field<T>& field, int root = 0) {
    scatter(whole.view(), field, root);
}

} // namespace kuramoto::mpi
