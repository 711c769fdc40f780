// The clusters of a lattice that is cut over processes: those of the blocks, joined across the seams between them.
#pragma once

#include <kuramoto/detail/memory/cell_sets.hpp>
#include <kuramoto/detail/mpi/collected_cells.hpp>
#include <kuramoto/detail/mpi/lists.hpp>
#include <kuramoto/detail/mpi/next_cells.hpp>
#include <kuramoto/detail/mpi/window.hpp>
#include <kuramoto/grid/field.hpp>
#include <kuramoto/model/boundary.hpp>
#include <kuramoto/mpi/decomposition.hpp>
#include <kuramoto/observables/frequency_clusters.hpp>

#include <algorithm>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <vector>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// Cells are named by their number in the lattice, counted along the rows. The first cell of a set within a block has
/// the least number of the set, too, because blocks keep the order of their cells.
using FirstCell = std::int64_t;

/// The numbers of a block's cells.
class CellNumbers {
  public:
    explicit CellNumbers(const mpi::Decomposition& decomposition) noexcept
        : block_(decomposition.block()), cols_(decomposition.cols()) {}

    /// Of the cell that has number `cell` in the block.
    [[nodiscard]] FirstCell operator()(std::int64_t cell) const noexcept {
        return (block_.row_begin + cell / block_.cols()) * cols_ + block_.col_begin + cell % block_.cols();
    }

  private:
    mpi::Block block_;
    std::ptrdiff_t cols_;
};

/// The first cells of two sets that belong together.
struct PairOfSets {
    FirstCell a = 0;
    FirstCell b = 0;

    auto operator<=>(const PairOfSets&) const = default;
};

/// The first cells of sets that touch seams, and which of these sets belong together.
class SeamSets {
  public:
    /// `pairs`: the first cells of sets that belong together.
    explicit SeamSets(const std::vector<PairOfSets>& pairs)
        : firsts_(firsts_of(pairs)), sets_(static_cast<std::ptrdiff_t>(firsts_.size())) {
        sets_.set_apart(0, size());
        for (const PairOfSets& pair : pairs) sets_.join(find(pair.a), find(pair.b));
    }

    [[nodiscard]] std::int64_t size() const noexcept { return static_cast<std::int64_t>(firsts_.size()); }
    /// The place of a set in the list; size() if it is not there.
    [[nodiscard]] std::int64_t find(FirstCell first) const noexcept {
        const auto place = std::lower_bound(firsts_.begin(), firsts_.end(), first);
        return place != firsts_.end() && *place == first ? place - firsts_.begin() : size();
    }
    /// The place of the set that is the first of those that belong together with the one at `place`.
    [[nodiscard]] std::int64_t root(std::int64_t place) const noexcept { return sets_.root(place); }

  private:
    static std::vector<FirstCell> firsts_of(const std::vector<PairOfSets>& pairs) {
        std::vector<FirstCell> firsts;
        firsts.reserve(2 * pairs.size());
        for (const PairOfSets& pair : pairs) {
            firsts.push_back(pair.a);
            firsts.push_back(pair.b);
        }
        std::sort(firsts.begin(), firsts.end());
        firsts.erase(std::unique(firsts.begin(), firsts.end()), firsts.end());
        return firsts;
    }

    std::vector<FirstCell> firsts_; // ascending, so that the root of a CellSets is the first of all
    CellSets sets_;
};

/// Which sets belong together across the seam to the south and to the east of a block. Collective.
template <class T, class Present>
std::vector<PairOfSets> pairs_at_seams(const mpi::Decomposition& decomposition, Agreement& agreement,
                                       const Grid<const T>& frequencies, const Present& present, double tolerance,
                                       const Boundary& boundary, const CellSets& sets) {
    const auto window_of = [&](int rank) { return block_with_next(decomposition, boundary, rank); };
    const CollectedCells cells(decomposition, agreement, frequencies, present, window_of);
    const CellNumbers number_of(decomposition);
    const mpi::Block window = window_of(decomposition.rank());
    Field<double> firsts_here(frequencies.rows(), frequencies.cols()); // as numbers that messages have: exact to 2^53
    for (std::ptrdiff_t cell = 0; cell < frequencies.size(); ++cell)
        firsts_here.data()[cell] = static_cast<double>(number_of(sets.root(cell)));
    Field<double> firsts(window.rows(), window.cols());
    collect_windows(decomposition, Grid<const double>(firsts_here), window_of, firsts.view());

    const Joints joints(cells.theta(), cells.present(), tolerance, boundary);
    std::vector<PairOfSets> pairs;
    const auto join = [&](std::ptrdiff_t i, std::ptrdiff_t j, std::ptrdiff_t k, std::ptrdiff_t l) {
        if (joints.belong_together(i, j, k, l))
            pairs.push_back({static_cast<FirstCell>(firsts(i, j)), static_cast<FirstCell>(firsts(k, l))});
    };
    const std::ptrdiff_t rows = frequencies.rows();
    const std::ptrdiff_t cols = frequencies.cols();
    for (std::ptrdiff_t j = 0; j < cols && window.rows() > rows; ++j) join(rows - 1, j, rows, j);
    for (std::ptrdiff_t i = 0; i < rows && window.cols() > cols; ++i) join(i, cols - 1, i, cols);
    std::sort(pairs.begin(), pairs.end());
    pairs.erase(std::unique(pairs.begin(), pairs.end()), pairs.end());
    return pairs;
}

/// For each row of a block, how many of the clusters of the lattice have their first cell before this row's first cell;
/// and how many clusters there are.
struct RowNumbers {
    std::vector<std::int64_t> before;
    std::int64_t count = 0;
};

/// Of blocks in whose rows so many clusters begin. Collective.
inline RowNumbers row_numbers(const mpi::Decomposition& decomposition, const std::vector<std::int64_t>& begin_here) {
    const std::vector<std::int64_t> begin = members_of_all_ranks(decomposition.communicator(), begin_here);
    RowNumbers numbers{begin_here, 0};
    const mpi::RankGrid ranks = decomposition.ranks();
    std::size_t offset = 0; // of the blocks of this row of ranks
    for (int down = 0; down < ranks.rows; ++down) {
        const auto rows = static_cast<std::size_t>(decomposition.block(down * ranks.cols).rows());
        for (std::size_t i = 0; i < rows; ++i)
            for (int across = 0; across < ranks.cols; ++across) {
                if (down * ranks.cols + across == decomposition.rank()) numbers.before[i] = numbers.count;
                numbers.count += begin[offset + static_cast<std::size_t>(across) * rows + i];
            }
        offset += rows * static_cast<std::size_t>(ranks.cols);
    }
    return numbers;
}

/// The clusters of the lattice: labels of the cells of this process, sizes of all. Collective.
template <class Present>
FrequencyClusters numbered_over_ranks(const mpi::Decomposition& decomposition, const CellSets& sets,
                                      const SeamSets& seams, const Present& present) {
    const mpi::Block block = decomposition.block();
    const std::ptrdiff_t rows = block.rows();
    const std::ptrdiff_t cols = block.cols();
    const CellNumbers number_of(decomposition);
    // visit(cell, place in `seams`) for the first cells of the sets of this block.
    const auto for_each_set = [&](std::ptrdiff_t i, const auto& visit) {
        for (std::int64_t cell = i * cols; cell < (i + 1) * cols; ++cell)
            if (sets.is_root(cell) && present(i, cell - i * cols)) visit(cell, seams.find(number_of(cell)));
    };
    const auto begins_cluster = [&](std::int64_t place) { return place == seams.size() || seams.root(place) == place; };

    std::vector<std::int64_t> begin(static_cast<std::size_t>(rows));
    for (std::ptrdiff_t i = 0; i < rows; ++i)
        for_each_set(i, [&](std::int64_t, std::int64_t place) {
            if (begins_cluster(place)) ++begin[static_cast<std::size_t>(i)];
        });
    const RowNumbers numbers = row_numbers(decomposition, begin);

    Zeros memory(rows * cols + numbers.count);
    std::int64_t* const labels = memory.data();
    std::int64_t* const sizes = labels + rows * cols;
    std::vector<std::int64_t> seam_labels(static_cast<std::size_t>(seams.size())); // given by the process that has it
    for (std::ptrdiff_t i = 0; i < rows; ++i) {
        std::int64_t label = numbers.before[static_cast<std::size_t>(i)];
        for_each_set(i, [&](std::int64_t cell, std::int64_t place) {
            if (!begins_cluster(place)) return;
            labels[cell] = label;
            if (place < seams.size()) seam_labels[static_cast<std::size_t>(place)] = label;
            ++label;
        });
    }
    sum_over_ranks(decomposition.communicator(), seam_labels.data(), seams.size());
    for (std::ptrdiff_t i = 0; i < rows; ++i)
        for_each_set(i, [&](std::int64_t cell, std::int64_t place) {
            if (place < seams.size()) labels[cell] = seam_labels[static_cast<std::size_t>(seams.root(place))];
        });
    for (std::int64_t cell = 0; cell < rows * cols; ++cell) {
        labels[cell] = present(cell / cols, cell % cols) ? labels[sets.root(cell)] : -1;
        if (labels[cell] >= 0) ++sizes[labels[cell]];
    }
    sum_over_ranks(decomposition.communicator(), sizes, numbers.count);
    return FrequencyClusters(static_cast<Zeros&&>(memory), rows, cols, numbers.count);
}

} // namespace detail
KURAMOTO_END_NAMESPACE
