// The clusters of neighbours that have the same effective frequency.
//
// Source: H. Sakaguchi, S. Shinomoto, Y. Kuramoto, "Local and global self-entrainments in oscillator lattices",
// Progress of Theoretical Physics 77 (1987) 1005.
#pragma once

#include <kuramoto/detail/arithmetic/environment.hpp>
#include <kuramoto/detail/build/checks.hpp>
#include <kuramoto/detail/memory/buffer.hpp>
#include <kuramoto/detail/memory/cell_sets.hpp>
#include <kuramoto/detail/parallel/present_cells.hpp>
#include <kuramoto/detail/parallel/workers.hpp>
#include <kuramoto/execution/policy.hpp>
#include <kuramoto/grid/grid.hpp>
#include <kuramoto/grid/mask.hpp>
#include <kuramoto/model/boundary.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <type_traits>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// part / all. Not inlined, so that the compiler moves no arithmetic out of the floating-point environment of the
/// caller.
KURAMOTO_NEVER_INLINE inline double share_of(std::int64_t part, std::int64_t all) noexcept {
    stay_in_place();
    return static_cast<double>(part) / static_cast<double>(all);
}

} // namespace detail
KURAMOTO_END_NAMESPACE

namespace kuramoto {

namespace detail {

/// Numbers that are 0 at first, in memory of their own; none by default. Can be moved and not copied.
class Zeros {
  public:
    Zeros() noexcept = default;
    KURAMOTO_PER_BUILD
    explicit Zeros(std::int64_t count)
        : first_(static_cast<std::int64_t*>(__builtin_calloc(static_cast<std::size_t>(count), sizeof(std::int64_t)))) {
        if (first_ == nullptr) out_of_memory(static_cast<std::size_t>(count) * sizeof(std::int64_t));
    }
    Zeros(Zeros&& other) noexcept : first_(other.first_) { other.first_ = nullptr; }
    Zeros& operator=(Zeros&& other) noexcept {
        std::int64_t* const kept = first_;
        first_ = other.first_;
        other.first_ = kept;
        return *this;
    }
    Zeros(const Zeros&) = delete;
    Zeros& operator=(const Zeros&) = delete;
    ~Zeros() { __builtin_free(first_); }

    [[nodiscard]] std::int64_t* data() const noexcept { return first_; }

  private:
    std::int64_t* first_ = nullptr;
};

} // namespace detail

/// The clusters of a lattice: a label for each cell and a size for each label. Clusters are numbered 0, 1, 2, … in the
/// order of their first cells, row by row. Missing cells have the label −1. Made by `frequency_clusters`; owns its
/// memory, can be moved and not copied.
class FrequencyClusters {
  public:
    /// No cells, no clusters.
    FrequencyClusters() noexcept = default;
    /// For `frequency_clusters`. numbers: rows · cols labels, then the sizes of `count` clusters; none without cells.
    FrequencyClusters(detail::Zeros numbers, std::ptrdiff_t rows, std::ptrdiff_t cols, std::int64_t count) noexcept
        : numbers_(static_cast<detail::Zeros&&>(numbers)), rows_(rows), cols_(cols), count_(count),
          largest_(count > 0 ? 0 : -1) {
        for (std::int64_t label = 0; label < count; ++label) {
            present_ += sizes()[label];
            if (sizes()[label] > sizes()[largest_]) largest_ = label;
        }
    }
    /// Takes the clusters; `other` then has none.
    FrequencyClusters(FrequencyClusters&& other) noexcept { swap(other); }
    /// Exchanges the clusters with those of `other`.
    FrequencyClusters& operator=(FrequencyClusters&& other) noexcept {
        swap(other);
        return *this;
    }
    FrequencyClusters(const FrequencyClusters&) = delete;
    FrequencyClusters& operator=(const FrequencyClusters&) = delete;
    ~FrequencyClusters() = default;

    /// Exchanges two sets of clusters; nothing is copied.
    void swap(FrequencyClusters& other) noexcept {
        const auto exchange = [](auto& a, auto& b) {
            const auto kept = a;
            a = b;
            b = kept;
        };
        numbers_ = static_cast<detail::Zeros&&>(other.numbers_);
        exchange(rows_, other.rows_);
        exchange(cols_, other.cols_);
        exchange(count_, other.count_);
        exchange(largest_, other.largest_);
        exchange(present_, other.present_);
    }

    /// Number of rows of the lattice.
    [[nodiscard]] std::ptrdiff_t rows() const noexcept { return rows_; }
    /// Number of columns of the lattice.
    [[nodiscard]] std::ptrdiff_t cols() const noexcept { return cols_; }
    /// Number of clusters.
    [[nodiscard]] std::int64_t count() const noexcept { return count_; }
    /// The labels of all cells, row by row without gaps; null without cells.
    [[nodiscard]] const std::int64_t* labels() const noexcept { return numbers_.data(); }
    /// How many cells each cluster has, by label; null without cells.
    [[nodiscard]] const std::int64_t* sizes() const noexcept {
        return labels() == nullptr ? nullptr : labels() + rows_ * cols_;
    }
    /// The label of cell (i, j); −1 if it is missing. Throws std::out_of_range for a cell that there is not.
    KURAMOTO_PER_BUILD
    [[nodiscard]] std::int64_t label(std::ptrdiff_t i, std::ptrdiff_t j) const {
        detail::check_index(i, rows_, "row");
        detail::check_index(j, cols_, "column");
        return labels()[i * cols_ + j];
    }
    /// How many cells a cluster has. Throws std::out_of_range for a label that there is not.
    KURAMOTO_PER_BUILD
    [[nodiscard]] std::int64_t size(std::int64_t label) const {
        detail::check_index(label, count_, "label");
        return sizes()[label];
    }
    /// The label of the largest cluster, of several the first; −1 without present cells.
    [[nodiscard]] std::int64_t largest() const noexcept { return largest_; }
    /// The share of the present cells that the largest cluster has; 0 without present cells.
    KURAMOTO_PER_BUILD
    [[nodiscard]] double largest_share() const noexcept {
        if (largest_ < 0) return 0;
        const detail::DefaultEnvironment environment;
        return detail::share_of(sizes()[largest_], present_);
    }

  private:
    detail::Zeros numbers_;
    std::ptrdiff_t rows_ = 0;
    std::ptrdiff_t cols_ = 0;
    std::int64_t count_ = 0;
    std::int64_t largest_ = -1;
    std::int64_t present_ = 0; // cells with a label
};

} // namespace kuramoto

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// The bonds of a lattice across which two cells belong together.
template <class T, class Present> class Joints {
  public:
    Joints(const Grid<const T>& frequencies, const Present& present, double tolerance,
           const Boundary& boundary) noexcept
        : frequencies_(frequencies), present_(present), tolerance_(tolerance), boundary_(boundary) {}

    /// Joins what belongs together within rows [begin, end), which nobody has joined before.
    void within(std::ptrdiff_t begin, std::ptrdiff_t end, const CellSets& sets) const noexcept {
        const std::ptrdiff_t cols = frequencies_.cols();
        sets.set_apart(begin * cols, end * cols);
        for (std::ptrdiff_t i = begin; i < end; ++i) {
            if (i > begin) between(i - 1, i, sets);
            for (std::ptrdiff_t j = 1; j < cols; ++j) join(i, j - 1, i, j, sets);
            if (is_periodic(boundary_, Axis::cols)) join(i, 0, i, cols - 1, sets);
        }
        sets.compress_paths(begin * cols, end * cols);
    }
    /// Joins what belongs together in two rows.
    void between(std::ptrdiff_t above, std::ptrdiff_t below, const CellSets& sets) const noexcept {
        for (std::ptrdiff_t j = 0; j < frequencies_.cols(); ++j) join(above, j, below, j, sets);
    }
    /// Whether two neighbours, (i, j) and (k, l), belong together.
    [[nodiscard]] bool belong_together(std::ptrdiff_t i, std::ptrdiff_t j, std::ptrdiff_t k,
                                       std::ptrdiff_t l) const noexcept {
        if (!present_(i, j) || !present_(k, l)) return false;
        const double apart = at(i, j) - at(k, l);
        return apart <= tolerance_ && -apart <= tolerance_;
    }

  private:
    void join(std::ptrdiff_t i, std::ptrdiff_t j, std::ptrdiff_t k, std::ptrdiff_t l,
              const CellSets& sets) const noexcept {
        if (belong_together(i, j, k, l)) sets.join(i * frequencies_.cols() + j, k * frequencies_.cols() + l);
    }
    [[nodiscard]] double at(std::ptrdiff_t i, std::ptrdiff_t j) const noexcept {
        return static_cast<double>(frequencies_.data()[i * frequencies_.row_stride() + j * frequencies_.col_stride()]);
    }

    Grid<const T> frequencies_;
    Present present_;
    double tolerance_;
    Boundary boundary_;
};

inline void check_tolerance(double tolerance) {
    static_cast<void>(checked_number<double>(tolerance, "tolerance"));
    if (tolerance < 0) invalid_argument("tolerance must not be negative, but is " + text(tolerance));
}

/// Joins all cells of a lattice that belong together, by the workers of a policy.
template <class P, class T, class Present>
void join_cells(const P& policy, const Execution& execution, const Joints<T, Present>& joints, const Grid<const T>& in,
                const Boundary& boundary, const CellSets& sets) {
    const int tasks = tasks_for(in.rows(), in.size(), execution);
    for_shares(policy, tasks, in.rows(),
               [&](int, std::ptrdiff_t begin, std::ptrdiff_t end) noexcept { joints.within(begin, end, sets); });
    for (int task = 1; task < tasks; ++task) {
        const std::ptrdiff_t seam = share_begin(task, tasks, in.rows());
        joints.between(seam - 1, seam, sets);
    }
    if (is_periodic(boundary, Axis::rows)) joints.between(0, in.rows() - 1, sets);
    if (tasks > 1 || is_periodic(boundary, Axis::rows))
        sets.compress_paths(0, in.size()); // joining makes chains of roots
}

/// The sets of present cells with numbers in the order of their roots, and their sizes.
template <class P, class Present>
FrequencyClusters numbered(const P& policy, const Execution& execution, const CellSets& sets, const Present& present,
                           std::ptrdiff_t rows, std::ptrdiff_t cols) {
    const Buffer<std::int64_t> numbers(rows); // roots in a row, then the number of its first one
    for_parts(policy, execution, rows, rows * cols, [&](std::ptrdiff_t i) noexcept {
        std::int64_t roots = 0;
        for (std::int64_t cell = i * cols; cell < (i + 1) * cols; ++cell)
            roots += sets.is_root(cell) && present(i, cell - i * cols) ? 1 : 0;
        numbers.data()[i] = roots;
    });
    std::int64_t count = 0;
    for (std::ptrdiff_t i = 0; i < rows; ++i) {
        const std::int64_t roots = numbers.data()[i];
        numbers.data()[i] = count;
        count += roots;
    }
    Zeros memory(rows * cols + count);
    std::int64_t* const labels = memory.data();
    std::int64_t* const sizes = labels + rows * cols;
    for_parts(policy, execution, rows, rows * cols, [&](std::ptrdiff_t i) noexcept {
        std::int64_t number = numbers.data()[i];
        for (std::int64_t cell = i * cols; cell < (i + 1) * cols; ++cell)
            if (sets.is_root(cell)) labels[cell] = present(i, cell - i * cols) ? number++ : -1;
    });
    for_parts(policy, execution, rows, rows * cols, [&](std::ptrdiff_t i) noexcept {
        for (std::int64_t cell = i * cols; cell < (i + 1) * cols; ++cell)
            if (!sets.is_root(cell)) labels[cell] = labels[sets.root(cell)];
    });
    for (std::int64_t cell = 0; cell < rows * cols; ++cell)
        if (std::is_same_v<Present, AllCells> || labels[cell] >= 0) ++sizes[labels[cell]];
    return FrequencyClusters(static_cast<Zeros&&>(memory), rows, cols, count);
}

} // namespace detail

/// The frequency clusters of a lattice: the connected sets of cells in which one gets from cell to cell across bonds
/// whose two frequencies differ by at most `tolerance`, found by the workers of `policy`.
///
/// frequencies: grid-like, any strides, in rad / time: those of effective_frequencies. tolerance: in rad / time; 0
/// joins equal frequencies alone. Cells at the two ends of a cluster may differ by more. lattice: a Boundary, or an
/// operator or a model that has one; periodic edges have bonds across them. present: a mask. A missing cell belongs to
/// no cluster and joins none. A frequency that is NaN or infinite is a cluster of its own. Bands of rows are joined
/// side by side and their seams on one thread, by a forest whose roots are first cells: labels and sizes are the same
/// for any policy, number of threads and strides.
///
/// Throws: std::invalid_argument for a tolerance that is negative or not finite, a mask of another shape, and an
/// invalid boundary or policy.
///
/// Cost: five passes and a few steps per cell (log cells at worst); 8 bytes of scratch per cell and 8 per row, beside
/// the result of 8 per cell and 8 per cluster.
template <ExecutionPolicy P, GridLike Frequencies, MaskFor<Frequencies> Present, HasBoundary Lattice = Boundary>
[[nodiscard]] FrequencyClusters frequency_clusters(const P& policy, const Lattice& lattice,
                                                   const Frequencies& frequencies, const Present& present,
                                                   double tolerance) {
    using T = value_type_of<const Frequencies>;
    const detail::Execution execution(policy);
    const Boundary& boundary = boundary_of(lattice);
    const Grid<const T> in = as_grid(frequencies);
    const auto there = detail::present_cells(present, in, "frequencies");
    detail::check_tolerance(tolerance);
    detail::check_boundary<T>(boundary, in.rows(), in.cols());
    if (in.empty()) return FrequencyClusters({}, in.rows(), in.cols(), 0);
    const detail::CellSets sets(in.size());
    const detail::Joints joints(in, there, tolerance, boundary);
    detail::join_cells(policy, execution, joints, in, boundary, sets);
    return detail::numbered(policy, execution, sets, there, in.rows(), in.cols());
}
/// The same with all cells.
template <ExecutionPolicy P, GridLike Frequencies, HasBoundary Lattice = Boundary>
[[nodiscard]] FrequencyClusters frequency_clusters(const P& policy, const Lattice& lattice,
                                                   const Frequencies& frequencies, double tolerance) {
    return frequency_clusters(policy, lattice, frequencies, AllCells{}, tolerance);
}

/// The same on the calling thread.
template <GridLike Frequencies, MaskFor<Frequencies> Present, HasBoundary Lattice = Boundary>
[[nodiscard]] FrequencyClusters frequency_clusters(const Lattice& lattice, const Frequencies& frequencies,
                                                   const Present& present, double tolerance) {
    return frequency_clusters(Fused{}, lattice, frequencies, present, tolerance);
}
/// The same with all cells, on the calling thread.
template <GridLike Frequencies, HasBoundary Lattice = Boundary>
[[nodiscard]] FrequencyClusters frequency_clusters(const Lattice& lattice, const Frequencies& frequencies,
                                                   double tolerance) {
    return frequency_clusters(Fused{}, lattice, frequencies, AllCells{}, tolerance);
}
template <GridLike Frequencies, class... Others>
void frequency_clusters(const Frequencies&, Others&&...) = delete; // write …(boundary or model, frequencies, tolerance)
template <ExecutionPolicy P, GridLike Frequencies, class... Others>
void frequency_clusters(const P&, const Frequencies&,
                        Others&&...) = delete; // write …(policy, boundary or model, frequencies, tolerance)

KURAMOTO_END_NAMESPACE
