// Frequency clusters of lattices that are cut: the labels and sizes of one process.
#include "lattices.hpp"

#include "support/expect_error.hpp"
#include "support/masks.hpp"

#include <kuramoto/kuramoto.hpp>
#include <kuramoto/mpi.hpp>
#include <kuramoto/openmp.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <stdexcept>

namespace km = kuramoto;

namespace {

void expect_same(const km::FrequencyClusters& whole, const km::FrequencyClusters& here, const km::mpi::Block& block) {
    ASSERT_EQ(whole.count(), here.count());
    EXPECT_EQ(whole.largest(), here.largest());
    EXPECT_EQ(whole.largest_share(), here.largest_share());
    ASSERT_EQ(here.rows(), block.rows());
    ASSERT_EQ(here.cols(), block.cols());
    for (std::int64_t label = 0; label < whole.count(); ++label) EXPECT_EQ(whole.size(label), here.size(label));
    if (whole.labels() == nullptr) return;
    for (std::ptrdiff_t i = 0; i < block.rows(); ++i)
        for (std::ptrdiff_t j = 0; j < block.cols(); ++j)
            EXPECT_EQ(whole.label(block.row_begin + i, block.col_begin + j), here.label(i, j)) << i << ", " << j;
}

// Few frequencies make large clusters that wind through many blocks.
template <class T>
void expect_same_clusters(const km::mpi::Decomposition& lattice, const km::Field<T>& frequencies, double tolerance) {
    const km::mpi::Field<T> parts = test::part_of(frequencies, lattice);
    const test::Edges edges(lattice);
    for (const km::Boundary& boundary : edges.all()) {
        expect_same(km::frequency_clusters(boundary, frequencies, tolerance),
                    km::frequency_clusters(boundary, parts, tolerance), lattice.block());
        for (const std::uint32_t every : {1U, 2U, 3U, 7U}) {
            const km::Field<T> present = test::mask<T>(lattice.rows(), lattice.cols(), every);
            expect_same(km::frequency_clusters(boundary, frequencies, present, tolerance),
                        km::frequency_clusters(km::OpenMP{.threads = 3, .min_cells_per_thread = 1}, boundary, parts,
                                               test::part_of(present, lattice), tolerance),
                        lattice.block());
        }
    }
}

TEST(Clusters, WindThroughBlocks) {
    test::for_each_cut([](const km::mpi::Decomposition& lattice) {
        for (const double share : {0.2, 0.45, 0.6}) {
            km::Field<float> frequencies(lattice.rows(), lattice.cols());
            km::mixed_frequencies(frequencies, 0, 1, share, 5);
            expect_same_clusters(lattice, frequencies, 0.1);
        }
    });
}

TEST(Clusters, OfManySizes) {
    test::for_each_cut([](const km::mpi::Decomposition& lattice) {
        km::Field<double> frequencies(lattice.rows(), lattice.cols());
        km::normal_frequencies(frequencies, 0, 1, 6);
        for (const double tolerance : {0.0, 0.3, 0.7, 1.2}) expect_same_clusters(lattice, frequencies, tolerance);
    });
}

// One cluster that goes from block to block like a spiral: its sets are joined by a long chain of pairs.
TEST(Clusters, OfASnake) {
    test::for_each_cut([](const km::mpi::Decomposition& lattice) {
        km::Field<double> frequencies(lattice.rows(), lattice.cols());
        for (std::ptrdiff_t i = 0; i < lattice.rows() && !frequencies.empty(); ++i)
            for (std::ptrdiff_t j = 0; j < lattice.cols(); ++j) {
                const bool is_gap = i % 2 == 1 && j != (i % 4 == 1 ? lattice.cols() - 1 : 0);
                frequencies(i, j) = is_gap ? static_cast<double>(10 * (i + 1)) : 0;
            }
        expect_same_clusters(lattice, frequencies, 0);
    });
}

TEST(Clusters, OfFrequenciesThatAreNoNumbers) {
    test::for_each_cut([](const km::mpi::Decomposition& lattice) {
        km::Field<double> frequencies(lattice.rows(), lattice.cols());
        for (std::ptrdiff_t k = 0; k < frequencies.size(); k += 3)
            frequencies.data()[k] =
                k % 2 == 0 ? std::numeric_limits<double>::quiet_NaN() : std::numeric_limits<double>::infinity();
        expect_same_clusters(lattice, frequencies, 0.5);
    });
}

TEST(Clusters, RefuseTheSameOnEveryProcess) {
    const km::mpi::Decomposition lattice(MPI_COMM_WORLD, 20, 30);
    const km::mpi::Field<float> frequencies(lattice);
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("tolerance must not be negative, but is -1"),
                 static_cast<void>(km::frequency_clusters(km::torus, frequencies, lattice.rank() == 0 ? -1 : 1)));
}

} // namespace
