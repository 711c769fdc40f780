// Effective frequencies of cells alone, of a beating pair and of a locked lattice; clusters against a flood fill, on
// shapes that wind, and the same labels for any policy and layout.

#include <kuramoto/kuramoto.hpp>
#include <kuramoto/openmp.hpp>

#include "support/expect_error.hpp"
#include "support/layouts.hpp"
#include "support/policies.hpp"
#include "support/values.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace km = kuramoto;

namespace {

const km::Boundary round_rows{.north = km::periodic, .south = km::periodic, .west = {}, .east = {}};
const km::Boundary round_cols{.north = {}, .south = {}, .west = km::periodic, .east = km::periodic};
const std::vector<km::Boundary> all_boundaries{{}, km::torus, round_rows, round_cols};

template <class T> class Frequencies : public testing::Test {};
using Precisions = testing::Types<float, double>;
TYPED_TEST_SUITE(Frequencies, Precisions);

TYPED_TEST(Frequencies, AreDifferencesOverTheDuration) {
    using T = TypeParam;
    for (const auto& [rows, cols] :
         {std::pair{1, 1}, std::pair{1, 9}, std::pair{8, 1}, std::pair{13, 7}, std::pair{0, 3}, std::pair{3, 0}})
        for (const test::Layout layout : test::all_layouts) {
            test::Cells<T> before(layout, rows, cols), after(test::Layout::padded, rows, cols), out(layout, rows, cols);
            km::Field<double> in_double(rows, cols);
            test::fill_distinct(before.view(), 3);
            test::fill_distinct(after.view(), 4, T(50));
            const double duration = 3.7;
            km::effective_frequencies(test::Pool{.workers = 3}, before.view(), after.view(), duration, out.view());
            km::effective_frequencies(before.view(), after.view(), duration, in_double);
            for (std::ptrdiff_t i = 0; i < rows; ++i)
                for (std::ptrdiff_t j = 0; j < cols; ++j) {
                    const double exact =
                        (static_cast<double>(after.view()(i, j)) - static_cast<double>(before.view()(i, j))) / duration;
                    EXPECT_DOUBLE_EQ(in_double(i, j), exact);
                    EXPECT_NEAR(static_cast<double>(out.view()(i, j)), exact,
                                static_cast<double>(std::numeric_limits<T>::epsilon()) * std::fabs(exact));
#if !defined(__FAST_MATH__)
                    EXPECT_EQ(out.view()(i, j), static_cast<T>(in_double(i, j)));
#endif
                }
            EXPECT_TRUE(out.canaries_alive());
        }
}

// Two cells with frequencies Δ apart, Δ > 2K, drift apart by a turn in 2π / √(Δ² − 4K²) (Adler 1946): over a whole
// number of such beats the effective frequencies are √(Δ² − 4K²) apart, less than the natural ones.
TEST(Pairs, BeatAtAdlersFrequency) {
    const double beat = std::sqrt(3.0 * 3.0 - 4.0);
    const double duration = 5 * 6.28318530717958647692 / beat;
    km::Field<double> theta(1, 2), omega(1, 2), before(1, 2), found(1, 2);
    omega(0, 1) = 3;
    theta(0, 1) = 0.25;
    before = theta;
    const km::Model model{km::SineLaplacian{.K = 1}, omega};
    const int steps = 20000;
    km::advance(km::Fused{}, km::RungeKutta4{.dt = duration / steps}, model, theta, steps);
    km::effective_frequencies(before, theta, duration, found);
    EXPECT_NEAR(found(0, 1) - found(0, 0), beat, 1e-9);
    EXPECT_NEAR(found(0, 1) + found(0, 0), 3.0, 1e-12);
    EXPECT_EQ(km::frequency_clusters(km::Boundary{}, found, beat - 1e-3).count(), 2);
    EXPECT_EQ(km::frequency_clusters(km::Boundary{}, found, beat + 1e-3).count(), 1);
}

// Strongly coupled, an open lattice locks to its mean frequency: one cluster. Without coupling every cell keeps its
// own.
TEST(Lattices, LockOrDoNot) {
    const std::ptrdiff_t cells = 9 * 7;
    for (const double K : {5.0, 0.0}) {
        km::Field<double> theta(9, 7), omega(9, 7), before(9, 7), found(9, 7);
        test::fill_distinct(omega.view(), 3, 0.25);
        double mean = 0;
        for (std::ptrdiff_t k = 0; k < cells; ++k) mean += omega.data()[k] / static_cast<double>(cells);
        const km::Model model{km::SineLaplacian{.K = K}, omega};
        km::advance(km::Fused{}, km::Euler{.dt = 0.04}, model, theta, 5000);
        before = theta;
        km::advance(km::Fused{}, km::Euler{.dt = 0.04}, model, theta, 1000);
        km::effective_frequencies(before, theta, 40.0, found);
        const km::FrequencyClusters clusters = km::frequency_clusters(km::Boundary{}, found, 1e-9);
        EXPECT_EQ(clusters.count(), K > 0 ? 1 : cells);
        EXPECT_EQ(clusters.largest_share(), K > 0 ? 1 : 1.0 / static_cast<double>(cells));
        for (std::ptrdiff_t k = 0; k < cells; ++k) EXPECT_NEAR(found.data()[k], K > 0 ? mean : omega.data()[k], 1e-11);
    }
}

/// Labels by a flood fill from every cell that has none, row by row.
template <class T>
std::vector<std::int64_t> flooded(const km::Grid<const T>& frequencies, double tolerance,
                                  const km::Boundary& boundary) {
    const std::ptrdiff_t rows = frequencies.rows();
    const std::ptrdiff_t cols = frequencies.cols();
    std::vector<std::int64_t> labels(static_cast<std::size_t>(rows * cols), -1);
    std::int64_t count = 0;
    std::vector<km::Cell> open;
    for (std::ptrdiff_t start = 0; start < rows * cols; ++start) {
        if (labels[static_cast<std::size_t>(start)] >= 0) continue;
        labels[static_cast<std::size_t>(start)] = count;
        open.push_back({start / cols, start % cols});
        while (!open.empty()) {
            const km::Cell cell = open.back();
            open.pop_back();
            const auto visit = [&](std::ptrdiff_t row, std::ptrdiff_t col) {
                if (km::is_periodic(boundary, km::Axis::rows)) row = (row + rows) % rows;
                if (km::is_periodic(boundary, km::Axis::cols)) col = (col + cols) % cols;
                if (row < 0 || row >= rows || col < 0 || col >= cols) return;
                const double here = static_cast<double>(frequencies(cell.row, cell.col));
                if (!(std::fabs(static_cast<double>(frequencies(row, col)) - here) <= tolerance)) return;
                std::int64_t& label = labels[static_cast<std::size_t>(row * cols + col)];
                if (label >= 0) return;
                label = count;
                open.push_back({row, col});
            };
            visit(cell.row - 1, cell.col);
            visit(cell.row + 1, cell.col);
            visit(cell.row, cell.col - 1);
            visit(cell.row, cell.col + 1);
        }
        ++count;
    }
    return labels;
}

void expect_labels(const km::FrequencyClusters& found, const std::vector<std::int64_t>& expected,
                   const std::string& what) {
    std::vector<std::int64_t> sizes;
    ASSERT_EQ(static_cast<std::size_t>(found.rows() * found.cols()), expected.size());
    for (std::size_t k = 0; k < expected.size(); ++k) {
        ASSERT_EQ(found.labels()[k], expected[k]) << what << ", cell " << k;
        const auto label = static_cast<std::size_t>(expected[k]);
        if (label == sizes.size()) sizes.push_back(0);
        ++sizes[label];
    }
    ASSERT_EQ(found.count(), static_cast<std::int64_t>(sizes.size())) << what;
    std::int64_t largest = -1;
    for (std::int64_t label = 0; label < found.count(); ++label) {
        EXPECT_EQ(found.size(label), sizes[static_cast<std::size_t>(label)]) << what;
        if (largest < 0 || found.size(label) > found.size(largest)) largest = label;
    }
    EXPECT_EQ(found.largest(), largest) << what;
    const double share =
        largest < 0 ? 0 : static_cast<double>(found.size(largest)) / static_cast<double>(expected.size());
    EXPECT_EQ(found.largest_share(), share) << what;
}

TYPED_TEST(Frequencies, ClusterAsAFloodFillFindsThem) {
    using T = TypeParam;
    for (const auto& [rows, cols] :
         {std::pair{1, 1}, std::pair{1, 9}, std::pair{8, 1}, std::pair{2, 2}, std::pair{13, 7}, std::pair{37, 53}})
        for (const std::uint32_t seed : {1U, 2U, 3U}) {
            km::Field<T> frequencies(rows, cols);
            test::fill_distinct(frequencies.view(), seed);
            km::Field<T> levels(rows, cols); // a few equal values: large clusters
            for (std::ptrdiff_t k = 0; k < levels.size(); ++k)
                levels.data()[k] = std::floor(frequencies.data()[k] * T(0.3));
            const km::Grid<const T> view = frequencies.view();
            const km::Grid<const T> view_of_levels = levels.view();
            for (const km::Boundary& boundary : all_boundaries) {
                for (const double tolerance : {0.0, 0.5, 1.5, 8.0})
                    expect_labels(km::frequency_clusters(boundary, frequencies, tolerance),
                                  flooded(view, tolerance, boundary), "distinct");
                expect_labels(km::frequency_clusters(boundary, levels, 0.0), flooded(view_of_levels, 0, boundary),
                              "levels");
            }
        }
}

/// A lattice from a drawing: a frequency for each character.
km::Field<double> drawn(const std::vector<std::string>& lines) {
    km::Field<double> field(static_cast<std::ptrdiff_t>(lines.size()), static_cast<std::ptrdiff_t>(lines[0].size()));
    for (std::size_t i = 0; i < lines.size(); ++i)
        for (std::size_t j = 0; j < lines[i].size(); ++j)
            field(static_cast<std::ptrdiff_t>(i), static_cast<std::ptrdiff_t>(j)) = lines[i][j];
    return field;
}

// A spiral, a comb whose teeth meet in the last row, nested angles that meet in the last column: each is one set that
// is found piece by piece.
TEST(Clusters, ThatWindAreOne) {
    const std::vector<std::vector<std::string>> drawings{
        {"#########", "........#", "#######.#", "#.....#.#", "#.###.#.#", "#.#...#.#", "#.#####.#", "#.......#",
         "#########"},
        {"#.#.#.#.#", "#.#.#.#.#", "#.#.#.#.#", "#########"},
        {"#.#.#.#.#", "#.#.#.###", "#.#.#...#", "#.#.#####", "#.#.....#", "#.#######", "#.......#", "#########"}};
    for (const auto& lines : drawings) {
        const km::Field<double> field = drawn(lines);
        const km::Grid<const double> view = field.view();
        for (const km::Boundary& boundary : all_boundaries)
            for (const int workers : {1, 2, 3, 9})
                expect_labels(km::frequency_clusters(test::Pool{.workers = workers}, boundary, field, 0.0),
                              flooded(view, 0, boundary), lines[0]);
        const km::FrequencyClusters open = km::frequency_clusters(km::Boundary{}, field, 0.0);
        std::int64_t marked = 0;
        for (std::ptrdiff_t k = 0; k < field.size(); ++k) marked += field.data()[k] == '#' ? 1 : 0;
        EXPECT_EQ(open.label(0, 0), 0);
        EXPECT_EQ(open.size(0), marked) << lines[0];
    }
}

TEST(Clusters, AreJoinedAcrossPeriodicEdges) {
    const km::Field<double> field = drawn({"a.bba", "..b.."});
    EXPECT_EQ(km::frequency_clusters(km::Boundary{}, field, 0.0).count(), 5);
    EXPECT_EQ(km::frequency_clusters(round_cols, field, 0.0).count(), 3);
    EXPECT_EQ(km::frequency_clusters(round_rows, field, 0.0).count(), 5);
    const km::FrequencyClusters torus = km::frequency_clusters(km::torus, field, 0.0);
    EXPECT_EQ(torus.count(), 3);
    EXPECT_EQ(torus.label(0, 4), 0);
    EXPECT_EQ(torus.label(1, 4), 1);
    EXPECT_EQ(torus.label(1, 2), 2);
    EXPECT_EQ(torus.largest(), 1);
    EXPECT_EQ(torus.size(1), 5);
    EXPECT_EQ(torus.largest_share(), 0.5);
}

TYPED_TEST(Frequencies, ClusterAlikeUnderEveryPolicyAndLayout) {
    using T = TypeParam;
    km::Field<T> levels(61, 43);
    test::fill_distinct(levels.view(), 5);
    for (std::ptrdiff_t k = 0; k < levels.size(); ++k) levels.data()[k] = std::floor(levels.data()[k] * T(0.25));
    const std::vector<T> values = test::values_of(levels.view());
    for (const km::Boundary& boundary : all_boundaries) {
        const std::vector<std::int64_t> expected = flooded(km::Grid<const T>(levels.view()), 0, boundary);
        for (const test::Layout layout : test::all_layouts) {
            test::Cells<T> cells(layout, 61, 43);
            test::assign(cells.view(), values);
            expect_labels(km::frequency_clusters(km::Serial{}, boundary, cells.view(), 0.0), expected, "Serial");
            expect_labels(km::frequency_clusters(km::OpenMP{.threads = 2, .min_cells_per_thread = 1}, boundary,
                                                 cells.view(), 0.0),
                          expected, "OpenMP");
            for (const int workers : {2, 7, 61, 100})
                expect_labels(km::frequency_clusters(test::Pool{.workers = workers, .on_threads = workers < 10},
                                                     boundary, cells.view(), 0.0),
                              expected, test::name(layout));
        }
    }
}

#if !defined(__FAST_MATH__)
TYPED_TEST(Frequencies, ThatAreNoNumbersAreAlone) {
    using T = TypeParam;
    for (const T bad : {std::numeric_limits<T>::quiet_NaN(), std::numeric_limits<T>::infinity()}) {
        km::Field<T> field(3, 4);
        field(1, 1) = field(1, 2) = bad;
        const km::FrequencyClusters clusters = km::frequency_clusters(km::Boundary{}, field, 1.0);
        EXPECT_EQ(clusters.count(), 3);
        EXPECT_EQ(clusters.label(1, 1), 1);
        EXPECT_EQ(clusters.label(1, 2), 2);
        EXPECT_EQ(clusters.size(0), 10);
    }
}
#endif

TEST(Clusters, OfNoCellsAreNone) {
    for (const auto& [rows, cols] : {std::pair{0, 5}, std::pair{5, 0}, std::pair{0, 0}}) {
        const km::FrequencyClusters clusters = km::frequency_clusters(km::torus, km::Field<float>(rows, cols), 0.5);
        EXPECT_EQ(clusters.rows(), rows);
        EXPECT_EQ(clusters.cols(), cols);
        EXPECT_EQ(clusters.count(), 0);
        EXPECT_EQ(clusters.largest(), -1);
        EXPECT_EQ(clusters.largest_share(), 0);
        EXPECT_EQ(clusters.labels(), nullptr);
        EXPECT_EQ(clusters.sizes(), nullptr);
    }
}

TEST(Clusters, CanBeMoved) {
    km::FrequencyClusters first = km::frequency_clusters(km::Boundary{}, drawn({"ab"}), 0.0);
    km::FrequencyClusters second = std::move(first);
    EXPECT_EQ(second.count(), 2);
    first = km::frequency_clusters(km::Boundary{}, drawn({"aab"}), 0.0);
    second = std::move(first);
    EXPECT_EQ(second.cols(), 3);
    EXPECT_EQ(second.size(0), 2);
    EXPECT_ERROR(std::out_of_range, TEST_PARTS("row must be in [0, 1), but is 1"),
                 static_cast<void>(second.label(1, 0)));
    EXPECT_ERROR(std::out_of_range, TEST_PARTS("label must be in [0, 2), but is -1"),
                 static_cast<void>(second.size(-1)));
}

TEST(Clusters, ThatCannotBeAreRefused) {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    km::Field<float> theta(3, 4), later(3, 4), out(3, 4), other(4, 3);
    out.fill(-1);
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("duration must be positive, but is 0"),
                 km::effective_frequencies(theta, later, 0, out));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("duration must be positive, but is -2"),
                 km::effective_frequencies(theta, later, -2, out));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("duration must be finite, but is nan"),
                 km::effective_frequencies(theta, later, nan, out));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("theta_before is 3 x 4 cells, but theta_after is 4 x 3"),
                 km::effective_frequencies(theta, other, 1, out));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("theta_before is 3 x 4 cells, but out is 4 x 3"),
                 km::effective_frequencies(theta, later, 1, other));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("out is written and must not overlap theta_after"),
                 km::effective_frequencies(theta, out, 1, out));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("out overlaps itself"),
                 km::effective_frequencies(theta, later, 1, km::Grid<float>(out.data(), 3, 4, 1, 1)));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("threads must not be negative"),
                 km::effective_frequencies(km::OpenMP{.threads = -1}, theta, later, 1, out));
    for (std::ptrdiff_t k = 0; k < out.size(); ++k) EXPECT_EQ(out.data()[k], -1);
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("tolerance must not be negative, but is -0.5"),
                 static_cast<void>(km::frequency_clusters(km::Boundary{}, theta, -0.5)));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("tolerance must be finite, but is nan"),
                 static_cast<void>(km::frequency_clusters(km::Boundary{}, theta, nan)));
    EXPECT_ERROR(std::invalid_argument, TEST_PARTS("periodic together"),
                 static_cast<void>(km::frequency_clusters({.west = km::periodic}, theta, 0)));
}

} // namespace
