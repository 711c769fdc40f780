// What bounds the stable time step of a lattice that is cut over processes, on every process.
#pragma once

#include <kuramoto/detail/mpi/agreement.hpp>
#include <kuramoto/detail/mpi/window.hpp>
#include <kuramoto/grid/field.hpp>
#include <kuramoto/model/bonds.hpp>
#include <kuramoto/model/number_or_field.hpp>
#include <kuramoto/mpi/decomposition.hpp>

#include <cstddef>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// The process with the largest number, the first of several; NaN is larger than any number.
inline int rank_of_largest(MPI_Comm communicator, double number) {
    struct {
        double number;
        int rank;
    } mine{is_nan(number) ? __builtin_huge_val() : number, 0}, largest{};
    MPI_Comm_rank(communicator, &mine.rank);
    MPI_Allreduce(&mine, &largest, 1, MPI_DOUBLE_INT, MPI_MAXLOC, communicator);
    return largest.rank;
}

/// The bonds of the cell with the largest sum of |strengths|, as those of the middle of a lattice of 3 × 3 cells with
/// zero flux. largest_strength of the two lattices is the same.
template <class T> class StrongestCell {
  public:
    /// Collective. The bonds are those of the block of this process.
    StrongestCell(const mpi::Decomposition& decomposition, const BondStrengths<T>& bonds, const Boundary& boundary)
        : east_(3, 3), south_(3, 3) {
        with_agreement(decomposition.communicator(), [&](Agreement& agreement) {
            const mpi::Block block = decomposition.block();
            check_same_shape(bonds.east, "bonds.east", bonds.south, "bonds.south");
            if (bonds.east.rows() != block.rows() || bonds.east.cols() != block.cols())
                invalid_argument("bonds.east must be the block of this process, " +
                                 shape_text(block.rows(), block.cols()) + " cells, but is " +
                                 shape_text(bonds.east.rows(), bonds.east.cols()));
            Field<T> east(block.rows(), block.cols() + 1);
            Field<T> south(block.rows() + 1, block.cols());
            agreement.begin();
            if (decomposition.rows() == 0 || decomposition.cols() == 0) return;
            collect(decomposition, bonds.east, 0, 1, east);
            collect(decomposition, bonds.south, 1, 0, south);
            find(decomposition, boundary, east, south);
            MPI_Bcast(strengths_, 4, mpi_type<T>(), rank_of_largest(decomposition.communicator(), most_),
                      decomposition.communicator());
        });
        east_(1, 1) = strengths_[0];
        south_(1, 1) = strengths_[1];
        east_(1, 0) = strengths_[2];
        south_(0, 1) = strengths_[3];
    }

    [[nodiscard]] BondStrengths<T> bonds() const { return {east_.view(), south_.view()}; }

  private:
    /// The block with the row before it, or the column.
    static void collect(const mpi::Decomposition& decomposition, const Grid<const T>& local, int rows, int cols,
                        Field<T>& to) {
        const auto window_of = [&](int rank) {
            mpi::Block window = decomposition.block(rank);
            window.row_begin -= rows;
            window.col_begin -= cols;
            return window;
        };
        collect_windows(decomposition, local, window_of, to.view());
    }

    void find(const mpi::Decomposition& decomposition, const Boundary& boundary, const Field<T>& east,
              const Field<T>& south) {
        const mpi::Block block = decomposition.block();
        const auto beyond = [](const BoundaryCondition& edge, T round) {
            return edge.kind == BoundaryKind::periodic ? round : edge.kind == BoundaryKind::fixed_phase ? T{1} : T{0};
        };
        for (std::ptrdiff_t i = 0; i < block.rows(); ++i)
            for (std::ptrdiff_t j = 0; j < block.cols(); ++j) {
                const std::ptrdiff_t row = block.row_begin + i;
                const std::ptrdiff_t col = block.col_begin + j;
                const T to_east = east(i, j + 1);
                const T to_south = south(i + 1, j);
                const T around[4] = {col + 1 < decomposition.cols() ? to_east : beyond(boundary.east, to_east),
                                     row + 1 < decomposition.rows() ? to_south : beyond(boundary.south, to_south),
                                     col > 0 ? east(i, j) : beyond(boundary.west, east(i, j)),
                                     row > 0 ? south(i, j) : beyond(boundary.north, south(i, j))};
                const auto size = [&](int k) { return static_cast<double>(around[k] < 0 ? -around[k] : around[k]); };
                const double sum = size(0) + size(1) + size(2) + size(3);
                if (is_nan(most_) || (!is_nan(sum) && !(sum > most_))) continue;
                most_ = sum;
                for (int k = 0; k < 4; ++k) strengths_[k] = around[k];
            }
    }

    Field<T> east_;
    Field<T> south_;
    double most_ = -1;
    T strengths_[4] = {};
};

/// The least mass of all cells, or one that is not positive, as a number or a field of one cell.
template <class T> class LeastMass {
  public:
    /// Collective.
    LeastMass(const mpi::Decomposition& decomposition, const NumberOrField<T>& mass) : mass_(mass), least_(1, 1) {
        if (mass.is_number()) return;
        const Grid<const T>& masses = mass.field();
        double least = __builtin_huge_val();
        for (std::ptrdiff_t i = 0; i < masses.rows() && !masses.empty(); ++i)
            for (std::ptrdiff_t j = 0; j < masses.cols(); ++j) {
                const auto here = static_cast<double>(masses(i, j));
                if (is_nan(here) || !(here > 0))
                    least = -1; // as good as NaN
                else if (here < least)
                    least = here;
            }
        MPI_Allreduce(MPI_IN_PLACE, &least, 1, MPI_DOUBLE, MPI_MIN, decomposition.communicator());
        least_(0, 0) = static_cast<T>(least);
    }

    [[nodiscard]] NumberOrField<T> mass() const {
        if (mass_.is_number()) return mass_;
        return NumberOrField<T>(least_);
    }

  private:
    NumberOrField<T> mass_;
    Field<T> least_;
};

} // namespace detail
KURAMOTO_END_NAMESPACE
