// Lattices that are cut in every way for the processes there are, and comparisons with one process.
#pragma once

#include "support/values.hpp"

#include <kuramoto/model/boundary.hpp>
#include <kuramoto/mpi/field.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <vector>

namespace test {

namespace km = kuramoto;

inline int rank_count() {
    int ranks = 1;
    MPI_Comm_size(MPI_COMM_WORLD, &ranks);
    return ranks;
}

struct Shape {
    std::ptrdiff_t rows;
    std::ptrdiff_t cols;
};

/// Every way to cut a lattice for the processes.
inline std::vector<km::mpi::Decomposition> all_cuts(const Shape& shape) {
    std::vector<km::mpi::Decomposition> cuts;
    const int ranks = rank_count();
    for (int down = 1; down <= ranks; ++down) {
        const int across = ranks / down;
        const bool has_cells = shape.rows > 0 && shape.cols > 0;
        if (down * across != ranks || (has_cells && (down > shape.rows || across > shape.cols))) continue;
        cuts.emplace_back(MPI_COMM_WORLD, shape.rows, shape.cols, km::mpi::RankGrid{down, across});
    }
    return cuts;
}

/// visit(decomposition) for lattices of some shapes, thin and odd ones among them, each with all layouts of the ranks.
template <class Visit> void for_each_cut(const Visit& visit) {
    const std::ptrdiff_t ranks = rank_count();
    const std::vector<Shape> shapes{{19, 23},       {12, 34}, {1, 3 * ranks + 1}, {2 * ranks + 1, 1}, {ranks, ranks},
                                    {2, 2 * ranks}, {0, 5}};
    for (const Shape& shape : shapes)
        for (const km::mpi::Decomposition& lattice : all_cuts(shape)) {
            SCOPED_TRACE(testing::Message() << lattice.rows() << " x " << lattice.cols() << " cells on "
                                            << lattice.ranks().rows << " x " << lattice.ranks().cols);
            visit(lattice);
        }
}

/// The part of a lattice that this process has; without communication.
template <class T> km::mpi::Field<T> part_of(const km::Field<T>& whole, const km::mpi::Decomposition& lattice) {
    km::mpi::Field<T> field(lattice);
    const km::mpi::Block block = lattice.block();
    const km::Grid<T> local = field.local();
    for (std::ptrdiff_t i = 0; i < block.rows() && !local.empty(); ++i)
        for (std::ptrdiff_t j = 0; j < block.cols(); ++j) local(i, j) = whole(block.row_begin + i, block.col_begin + j);
    return field;
}

/// Boundaries with edges of every kind: with numbers along them, too.
class Edges {
  public:
    explicit Edges(const km::mpi::Decomposition& lattice)
        : along_rows_(static_cast<std::size_t>(lattice.cols())), along_cols_(static_cast<std::size_t>(lattice.rows())) {
        for (std::size_t k = 0; k < along_rows_.size(); ++k) along_rows_[k] = 0.1 * static_cast<double>(k * k);
        for (std::size_t k = 0; k < along_cols_.size(); ++k) along_cols_[k] = 1 - 0.2 * static_cast<double>(k * k);
    }
    [[nodiscard]] std::vector<km::Boundary> all() const {
        return {km::torus,
                {},
                {km::periodic, km::periodic, km::fixed_phase(along_cols_), km::fixed_flux(0.3)},
                {km::fixed_flux(along_rows_), km::fixed_phase(along_rows_), km::periodic, km::periodic},
                {km::fixed_phase(along_rows_), km::fixed_phase(0.4), km::fixed_flux(along_cols_), km::zero_flux}};
    }

  private:
    std::vector<double> along_rows_;
    std::vector<double> along_cols_;
};

/// Expects the cells of this process to have the bits of a whole lattice.
template <class T> void expect_part_of(const km::Field<T>& whole, const km::mpi::Field<T>& field) {
    const km::mpi::Block block = field.block();
    const km::Grid<const T> local = field.local();
    ASSERT_EQ(local.rows(), block.rows());
    ASSERT_EQ(local.cols(), block.cols());
    std::ptrdiff_t wrong = 0;
    for (std::ptrdiff_t i = 0; i < block.rows() && !local.empty(); ++i)
        for (std::ptrdiff_t j = 0; j < block.cols(); ++j)
            wrong += same_bits(local(i, j), whole(block.row_begin + i, block.col_begin + j)) ? 0 : 1;
    EXPECT_EQ(wrong, 0) << "cells";
}

} // namespace test
