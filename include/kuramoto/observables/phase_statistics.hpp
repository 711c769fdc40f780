// Mean and spread of the phases as numbers, not as angles.
#pragma once

#include <kuramoto/detail/arithmetic/sealed.hpp>
#include <kuramoto/detail/build/checks.hpp>
#include <kuramoto/detail/kernels/number_sum.hpp>
#include <kuramoto/detail/parallel/present_cells.hpp>
#include <kuramoto/execution/policy.hpp>
#include <kuramoto/grid/grid.hpp>
#include <kuramoto/grid/mask.hpp>

#include <cstddef>

namespace kuramoto {

/// Mean, spread and range of the phases of a lattice, in rad.
struct PhaseStatistics {
    double mean = 0;      ///< Σ θ / cells
    double deviation = 0; ///< √(Σ (θ − mean)² / cells), the standard deviation over the lattice
    double least = 0;     ///< the smallest phase
    double greatest = 0;  ///< the largest phase
};

} // namespace kuramoto

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// The sum and the range of a set of numbers.
struct SumAndRange {
    BinnedSum sum;
    NumberRange range;

    SumAndRange& operator+=(const SumAndRange& other) noexcept {
        sum += other.sum;
        range += other.range;
        return *this;
    }
};

/// Σ (θ − origin), or Σ (θ − origin)², over the present cells.
template <bool Squared, class P, class T, class Present>
BinnedSum sum_of_deviations(const P& policy, const Execution& execution, const Grid<const T>& theta,
                            const Present& present, const Origin& origin) {
    const NumberSumFunction<T> add_numbers = number_sum_function<Squared, T>(execution.isa);
    return sum_over_cells<BinnedSum>(policy, execution, theta, present,
                                     [&](const T* phases, std::ptrdiff_t count, BinnedSum& into) noexcept {
                                         add_numbers(phases, count, origin, into);
                                     });
}

/// −0 becomes 0: which of the two is the least number would depend on the order of the cells.
inline double without_sign_of_zero(double number) noexcept { return number == 0 ? 0 : number; }

/// Mean, variance and range of some numbers.
struct Spread {
    Origin mean;
    double variance = 0; ///< mean square of the deviations; NaN or infinite if a number is, or if a square is too large
    NumberRange range;
};

/// Of the numbers in the present cells, of which there are `count`, at least one.
template <class P, class T, class Present>
Spread spread_of(const P& policy, const Execution& execution, const Grid<const T>& numbers, const Present& present,
                 std::ptrdiff_t count) {
    const NumberSumFunction<T> add_numbers = number_sum_function<false, T>(execution.isa);
    const WidenRangeFunction<T> widen_range = widen_range_function<T>(execution.isa);
    const auto all = sum_over_cells<SumAndRange>(
        policy, execution, numbers, present, [&](const T* some, std::ptrdiff_t some_count, SumAndRange& into) noexcept {
            add_numbers(some, some_count, {}, into.sum);
            widen_range(some, some_count, into.range);
        });
    Spread spread;
    spread.range = {without_sign_of_zero(all.range.least), without_sign_of_zero(all.range.greatest)};
    // Kept in the range: the mean of equal numbers is their number.
    const double mean = all.sum.mean(count);
    const auto [least, greatest] = spread.range;
    spread.mean.value = mean < least ? least : mean > greatest ? greatest : mean;
    spread.mean.correction = sum_of_deviations<false>(policy, execution, numbers, present, spread.mean).mean(count);
    spread.variance = sum_of_deviations<true>(policy, execution, numbers, present, spread.mean).mean(count);
    return spread;
}

} // namespace detail

/// Mean, standard deviation and range of the phases `theta` as they stand, not modulo 2π, computed by the workers of
/// `policy`.
///
/// The deviation of unwrapped phases is the roughness of the surface θ(i, j): it grows while cells drift apart and
/// stays where they are locked. For a mean that ignores whole turns, take ψ of the order parameter. Also for fields of
/// frequencies. theta: grid-like, any strides. present: a mask; missing cells do not count. Equal phases have exactly
/// their phase as mean, and deviation 0. 0 without present cells. All four are NaN if a phase is NaN or infinite, or if
/// the square of a deviation is above 5 · 10³⁰⁰. The sums do not depend on the order of the cells: bit-identical for
/// any policy, number of threads and strides, and for reordered cells.
///
/// Throws: std::invalid_argument for an invalid policy or a mask of another shape.
/// Cost: three passes (sum and range, rest of the mean, squares); 1 kB of scratch per worker. A mask adds a pass over
/// itself.
/// Accuracy: in double whatever the precision of the cells. The mean is taken off before squares are summed, so that
/// nothing cancels however far the phases are from 0. Error of the mean: one unit in its last place and 10⁻¹⁵ of the
/// deviation. Error of the deviation: 10⁻¹⁵ of it. Deviations below 10⁻¹⁴⁰ lose digits: a square is rounded to a
/// multiple of 10⁻³⁰¹.
/// Reference: T. F. Chan, G. H. Golub, R. J. LeVeque, The American Statistician 37 (1983) 242 (two passes with a
/// correction); roughness of phases: R. Gutiérrez, R. Cuerno, Physical Review Research 5 (2023) 023047.
template <ExecutionPolicy P, GridLike Theta, MaskFor<Theta> Present = AllCells>
[[nodiscard]] PhaseStatistics phase_statistics(const P& policy, const Theta& theta, const Present& present = {}) {
    using T = value_type_of<const Theta>;
    const detail::Execution execution(policy);
    const Grid<const T> in = as_grid(theta);
    const auto there = detail::present_cells(present, in, "theta");
    const std::ptrdiff_t cells = detail::count_cells(policy, execution, in, there);
    if (cells == 0) return {};
    const detail::Spread spread = detail::spread_of(policy, execution, in, there, cells);
    if (!detail::is_finite(spread.variance)) {
        const double none = __builtin_nan("");
        return {none, none, none, none};
    }
    return {detail::sealed(spread.mean.value + spread.mean.correction), detail::sealed(__builtin_sqrt(spread.variance)),
            spread.range.least, spread.range.greatest};
}

/// The same on the calling thread.
template <GridLike Theta, MaskFor<Theta> Present = AllCells>
[[nodiscard]] PhaseStatistics phase_statistics(const Theta& theta, const Present& present = {}) {
    return phase_statistics(Fused{}, theta, present);
}

KURAMOTO_END_NAMESPACE
