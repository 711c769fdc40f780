// How a lattice is cut, and blocks that move between processes.
#include "lattices.hpp"

#include <kuramoto/kuramoto.hpp>
#include <kuramoto/mpi.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <stdexcept>
#include <string>

namespace km = kuramoto;

namespace {

TEST(Decomposition, BlocksAreTheWholeLattice) {
    const km::mpi::Decomposition lattice(MPI_COMM_WORLD, 23, 31);
    km::Field<float> hits(23, 31);
    for (int rank = 0; rank < lattice.size(); ++rank) {
        const km::mpi::Block block = lattice.block(rank);
        EXPECT_GT(block.rows(), 0);
        EXPECT_GT(block.cols(), 0);
        for (std::ptrdiff_t i = block.row_begin; i < block.row_end; ++i)
            for (std::ptrdiff_t j = block.col_begin; j < block.col_end; ++j) hits(i, j) += 1;
    }
    for (std::ptrdiff_t k = 0; k < hits.size(); ++k) EXPECT_EQ(hits.data()[k], 1) << k;
    EXPECT_EQ(lattice.ranks().rows * lattice.ranks().cols, lattice.size());
}

TEST(Decomposition, KeepsRowsLong) {
    const km::mpi::Decomposition lattice(MPI_COMM_WORLD, 1000, 1000);
    EXPECT_GE(lattice.ranks().rows, lattice.ranks().cols);
}

TEST(Decomposition, RefusesTooManyRanksAndNamesTheLimit) {
    const int ranks = test::rank_count();
    if (ranks == 1) return;
    try {
        km::mpi::Decomposition(MPI_COMM_WORLD, ranks - 1, 5, {ranks, 1});
        FAIL() << "no error";
    } catch (const std::invalid_argument& error) {
        const std::string message = error.what();
        EXPECT_NE(message.find("at most " + std::to_string(ranks - 1) + " (rows)"), std::string::npos) << message;
    }
}

TEST(Decomposition, RefusesArgumentsThatDiffer) {
    if (test::rank_count() == 1) return;
    int rank = 0;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    EXPECT_THROW(km::mpi::Decomposition(MPI_COMM_WORLD, 50 + rank, 50), std::invalid_argument);
    EXPECT_THROW(km::mpi::Decomposition(MPI_COMM_WORLD, rank == 0 ? -1 : 50, 50), std::invalid_argument);
}

template <class T> void expect_gathered() {
    for (const std::ptrdiff_t cols : {17, 40}) {
        const km::mpi::Decomposition lattice(MPI_COMM_WORLD, 19, cols);
        km::Field<T> whole(19, cols);
        km::uniform_phases(whole, 5);
        const int root = lattice.size() - 1;
        km::mpi::Field<T> field(lattice);
        km::mpi::scatter(whole, field, root);
        const km::mpi::Block block = lattice.block();
        const km::Grid<const T> local = static_cast<const km::mpi::Field<T>&>(field).local();
        for (std::ptrdiff_t i = 0; i < block.rows(); ++i)
            for (std::ptrdiff_t j = 0; j < block.cols(); ++j)
                EXPECT_EQ(local(i, j), whole(block.row_begin + i, block.col_begin + j));
        const km::Field<T> again = km::mpi::gather(field, root);
        if (lattice.rank() != root) {
            EXPECT_TRUE(again.empty());
            continue;
        }
        ASSERT_EQ(again.rows(), 19);
        for (std::ptrdiff_t k = 0; k < whole.size(); ++k) EXPECT_EQ(again.data()[k], whole.data()[k]);
    }
}

TEST(Field, ScattersAndGathers) {
    expect_gathered<float>();
    expect_gathered<double>();
}

TEST(Field, RefusesWhatIsNoRankOrNoShape) {
    const km::mpi::Decomposition lattice(MPI_COMM_WORLD, 20, 30);
    km::mpi::Field<float> field(lattice);
    EXPECT_THROW(static_cast<void>(km::mpi::gather(field, lattice.size())), std::invalid_argument);
    EXPECT_THROW(km::mpi::scatter(km::Field<float>(30, 20), field), std::invalid_argument);
}

TEST(Field, HasNoCellsWhereTheLatticeHasNone) {
    const km::mpi::Decomposition lattice(MPI_COMM_WORLD, 0, 7);
    const km::mpi::Field<double> field(lattice);
    EXPECT_TRUE(field.empty());
    EXPECT_TRUE(km::mpi::gather(field).empty());
}

} // namespace
