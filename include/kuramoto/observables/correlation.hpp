// How far phases know of each other: their correlation at a distance, and the length over which it falls.
#pragma once

#include <kuramoto/detail/arithmetic/environment.hpp>
#include <kuramoto/detail/arithmetic/sealed.hpp>
#include <kuramoto/detail/build/checks.hpp>
#include <kuramoto/detail/kernels/difference_cosine.hpp>
#include <kuramoto/detail/parallel/order_free_sum.hpp>
#include <kuramoto/detail/parallel/phasor_field.hpp>
#include <kuramoto/detail/parallel/present_cells.hpp>
#include <kuramoto/execution/policy.hpp>
#include <kuramoto/grid/grid.hpp>
#include <kuramoto/grid/mask.hpp>
#include <kuramoto/model/boundary.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace kuramoto {

/// Which pairs of cells a correlation is taken over.
enum class Pairs {
    rows, ///< two cells of one column, d rows apart
    cols, ///< two cells of one row, d columns apart
    both, ///< all of these: a mean over pairs, not over axes
};

/// Numbers in a row that can be written: std::vector<double>, std::array, std::span …
template <class V>
concept WritableNumbersInARow = requires(V& values) {
    { values.data() } -> std::convertible_to<double*>;
    { values.size() } -> std::convertible_to<std::size_t>;
};

} // namespace kuramoto

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// Some pairs of cells: how many, and Σ cos(θ_b − θ_a).
struct PairSum {
    FixedPointSum<double, 1> cosines;
    std::int64_t pairs = 0;

    PairSum& operator+=(const PairSum& other) noexcept {
        cosines += other.cosines;
        pairs += other.pairs;
        return *this;
    }
    /// The mean cosine; 0 without pairs.
    [[nodiscard]] double mean() const noexcept {
        return pairs > 0 ? sealed(cosines.value() / static_cast<double>(pairs)) : 0;
    }
};

/// The pairs of present cells at a distance, of which row i owns those whose first cell is in it.
template <class Present> class PairSums {
  public:
    template <class T>
    PairSums(const PhasorField& phasors, const Grid<const T>& theta, const Present& present, Pairs pairs,
             const Boundary& boundary, AddDifferenceCosinesFunction add_cosines) noexcept
        : phasors_(phasors), present_(present), add_cosines_(add_cosines), rows_(theta.rows()), cols_(theta.cols()),
          takes_cols_(pairs != Pairs::rows), takes_rows_(pairs != Pairs::cols),
          rows_go_round_(is_periodic(boundary, Axis::rows)), cols_go_round_(is_periodic(boundary, Axis::cols)) {}

    /// Adds those of row i.
    void add_row(std::ptrdiff_t i, std::ptrdiff_t distance, PairSum& sum) const noexcept {
        if (takes_cols_) {
            const std::ptrdiff_t shift = cols_go_round_ ? distance % cols_ : distance;
            if (shift < cols_) add({i, 0}, {i, shift}, cols_ - shift, sum);
            if (cols_go_round_) add({i, cols_ - shift}, {i, 0}, shift, sum);
        }
        if (takes_rows_) {
            const std::ptrdiff_t other = rows_go_round_ ? (distance % rows_ + i) % rows_ : distance + i;
            if (other < rows_) add({i, 0}, {other, 0}, cols_, sum);
        }
    }

  private:
    struct Place {
        std::ptrdiff_t row;
        std::ptrdiff_t col;
    };

    // The pairs of the cells from `a` on with those from `b` on, each `count` cells of a row.
    void add(const Place& a, const Place& b, std::ptrdiff_t count, PairSum& sum) const noexcept {
        if constexpr (std::is_same_v<Present, AllCells>) {
            add_cosines_(phasors_from(a), phasors_from(b), count, sum.cosines);
            sum.pairs += count;
        } else {
            add_present(a, b, count, sum);
        }
    }

    // Kernels take consecutive cells: pairs of two present cells are copied.
    void add_present(const Place& a, const Place& b, std::ptrdiff_t count, PairSum& sum) const noexcept {
        constexpr std::ptrdiff_t most = 256;
        double real_a[most], imaginary_a[most], real_b[most], imaginary_b[most];
        const PhasorRow from_a = phasors_from(a);
        const PhasorRow from_b = phasors_from(b);
        for (std::ptrdiff_t begin = 0; begin < count; begin += most) {
            const std::ptrdiff_t end = begin + clamped(count - begin, 0, most);
            std::ptrdiff_t found = 0;
            for (std::ptrdiff_t k = begin; k < end; ++k) {
                real_a[found] = from_a.real[k]; // the next pair overwrites one with a missing cell
                imaginary_a[found] = from_a.imaginary[k];
                real_b[found] = from_b.real[k];
                imaginary_b[found] = from_b.imaginary[k];
                found += static_cast<int>(present_(a.row, a.col + k)) & static_cast<int>(present_(b.row, b.col + k));
            }
            add_cosines_({real_a, imaginary_a}, {real_b, imaginary_b}, found, sum.cosines);
            sum.pairs += found;
        }
    }

    [[nodiscard]] PhasorRow phasors_from(const Place& cell) const noexcept {
        return {phasors_.real(cell.row) + cell.col, phasors_.imaginary(cell.row) + cell.col};
    }

    const PhasorField& phasors_;
    Present present_;
    AddDifferenceCosinesFunction add_cosines_;
    std::ptrdiff_t rows_;
    std::ptrdiff_t cols_;
    bool takes_cols_;
    bool takes_rows_;
    bool rows_go_round_;
    bool cols_go_round_;
};

/// The sums at several distances. The rows of the lattice are visited once for all of them: phasors stay in the cache.
struct SumsAtDistances {
    static constexpr std::ptrdiff_t most = 16;
    PairSum sums[most];

    SumsAtDistances& operator+=(const SumsAtDistances& other) noexcept {
        for (std::ptrdiff_t k = 0; k < most; ++k) sums[k] += other.sums[k];
        return *this;
    }
};

} // namespace detail

/// The correlation function of the phases, C(d) = mean of cos(θ_b − θ_a) over the pairs of cells (a, b) that are d
/// cells apart along a row, a column or either, for d = 0 … size of `out` − 1, computed by the workers of `policy`.
///
/// C(0) = 1. With growing distance C falls to r² if the whole lattice is ordered (r: order parameter), and to 0 if it
/// is disordered. In the XY model with noise, C falls to 0 on an infinite lattice: as a power of d below the
/// transition, exponentially above it (Kosterlitz 1974). For a plane wave C(d) = cos(kd). It is not the connected
/// correlation: no mean is subtracted.
///
/// theta: grid-like, any strides, phases in rad. present: a mask; the mean is over the pairs of two present cells.
/// Missing cells between the two do not matter. out: anything with data() and size() of double. lattice: a Boundary, or
/// an operator or a model that has one. Pairs across periodic edges count: every cell is then the first of one pair
/// along that axis.
///
/// C(d) is 0 if the lattice has no pairs at distance d, and NaN if a phase in a pair is NaN or infinite. The sums do
/// not depend on the order of the pairs: bit-identical for any policy, number of threads and strides, per class of
/// instruction set.
///
/// Throws: std::invalid_argument for an invalid boundary or policy, or a mask of another shape.
/// Cost: one sine and cosine per cell; two products per cell and distance (four for Pairs::both); 16 bytes of scratch
/// per cell, 0.5 kB per worker. With a mask also a copy of each pair, and 8 kB of stack per worker.
/// Accuracy: in double whatever the precision of the cells; a cosine is rounded to a multiple of 2⁻⁵⁰. Error below
/// 10⁻¹⁵ for any number of cells.
///
/// Reference: for the XY model and its power law J. M. Kosterlitz, Journal of Physics C 7 (1974) 1046; for lattices of
/// oscillators Y. Rouzaire, D. Levis, Frontiers in Physics 10 (2022) 976515.
template <ExecutionPolicy P, GridLike Theta, MaskFor<Theta> Present, WritableNumbersInARow Out,
          HasBoundary Lattice = Boundary>
void correlation(const P& policy, const Lattice& lattice, const Theta& theta, const Present& present, Out&& out,
                 Pairs pairs) {
    using T = value_type_of<const Theta>;
    const detail::Execution execution(policy);
    const Boundary& boundary = boundary_of(lattice);
    const Grid<const T> in = as_grid(theta);
    const auto there = detail::present_cells(present, in, "theta");
    detail::check_boundary<T>(boundary, in.rows(), in.cols());
    double* const values = out.data();
    const auto distances = static_cast<std::ptrdiff_t>(out.size());
    for (std::ptrdiff_t d = 0; d < distances && in.empty(); ++d) values[d] = 0;
    if (in.empty() || distances == 0) return;
    const detail::PhasorField phasors(policy, execution, in, there);
    const detail::PairSums of(phasors, in, there, pairs, boundary,
                              detail::add_difference_cosines_function(execution.isa));
    constexpr std::ptrdiff_t most = detail::SumsAtDistances::most;
    for (std::ptrdiff_t first = 0; first < distances; first += most) {
        const std::ptrdiff_t count = detail::clamped(distances - first, 0, most);
        const auto all = detail::sum_over_parts<detail::SumsAtDistances>(
            policy, execution, in.rows(), in.size(), [&](std::ptrdiff_t i, detail::SumsAtDistances& into) noexcept {
                for (std::ptrdiff_t k = 0; k < count; ++k) of.add_row(i, first + k, into.sums[k]);
            });
        for (std::ptrdiff_t k = 0; k < count; ++k) values[first + k] = all.sums[k].mean();
    }
}
/// The same with all cells.
template <ExecutionPolicy P, GridLike Theta, WritableNumbersInARow Out, HasBoundary Lattice = Boundary>
void correlation(const P& policy, const Lattice& lattice, const Theta& theta, Out&& out, Pairs pairs) {
    correlation(policy, lattice, theta, AllCells{}, out, pairs);
}

/// The same on the calling thread.
template <GridLike Theta, MaskFor<Theta> Present, WritableNumbersInARow Out, HasBoundary Lattice = Boundary>
void correlation(const Lattice& lattice, const Theta& theta, const Present& present, Out&& out, Pairs pairs) {
    correlation(Fused{}, lattice, theta, present, out, pairs);
}
/// The same with all cells, on the calling thread.
template <GridLike Theta, WritableNumbersInARow Out, HasBoundary Lattice = Boundary>
void correlation(const Lattice& lattice, const Theta& theta, Out&& out, Pairs pairs) {
    correlation(Fused{}, lattice, theta, AllCells{}, out, pairs);
}
template <GridLike Theta, class... Others>
void correlation(const Theta&, Others&&...) = delete; // write correlation(boundary or model, theta, out, pairs)
template <ExecutionPolicy P, GridLike Theta, class... Others>
void correlation(const P&, const Theta&, Others&&...) = delete; // write …(policy, boundary or model, theta, out, pairs)

namespace detail {

/// Computes correlation_length. Not inlined, so that the compiler moves no arithmetic out of the floating-point
/// environment of the caller.
KURAMOTO_NEVER_INLINE inline double length_of(const double* values, std::ptrdiff_t distances) noexcept {
    stay_in_place();
    const double level = distances > 0 ? values[0] / 2.71828182845904523536 : 0;
    for (std::ptrdiff_t d = 0; d < distances; ++d) {
        if (!is_finite(values[d])) return __builtin_nan("");
        if (values[0] <= 0) return 0;
        if (values[d] <= level)
            return static_cast<double>(d - 1) + (values[d - 1] - level) / (values[d - 1] - values[d]);
    }
    return distances > 0 ? __builtin_huge_val() : 0;
}

} // namespace detail

/// The correlation length, in cells: the distance at which a correlation function C(0), C(1), … first falls to C(0) /
/// e, taken as a straight line between the last distance above and the first one not above.
///
/// Of C(d) = e^(−d/ξ) this is ξ except for the straight line, which lies above the curve: less than ξ + 1/(8ξ).
/// Infinity if C does not fall so far, as where a lattice has order throughout; 0 without numbers, or if C(0) ≤ 0; NaN
/// if one of the numbers up to there is not finite.
template <NumbersInARow V> [[nodiscard]] double correlation_length(const V& correlation) {
    const detail::DefaultEnvironment environment;
    return detail::length_of(correlation.data(), static_cast<std::ptrdiff_t>(correlation.size()));
}

KURAMOTO_END_NAMESPACE
