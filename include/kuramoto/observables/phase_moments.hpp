// Moments of the phases as numbers, not as angles: how rough the surface θ(i, j) is, and the shape of its distribution.
#pragma once

#include <kuramoto/detail/arithmetic/rounded.hpp>
#include <kuramoto/detail/build/checks.hpp>
#include <kuramoto/detail/kernels/number_sum.hpp>
#include <kuramoto/detail/parallel/present_cells.hpp>
#include <kuramoto/execution/policy.hpp>
#include <kuramoto/grid/grid.hpp>
#include <kuramoto/grid/mask.hpp>
#include <kuramoto/observables/phase_statistics.hpp>

#include <cstddef>

namespace kuramoto {

/// Moments of the phases of a lattice about their mean, mₖ = Σ (θ − mean)ᵏ / cells.
struct PhaseMoments {
    double mean = 0;            ///< Σ θ / cells, rad
    double variance = 0;        ///< m₂, the squared roughness W², rad²
    double skewness = 0;        ///< m₃ / m₂^(3/2): 0 for a symmetric distribution
    double excess_kurtosis = 0; ///< m₄ / m₂² − 3: 0 for a normal distribution
};

} // namespace kuramoto

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// Sums of the third and fourth powers of some numbers.
struct HighPowers {
    BinnedSum cubes, fourths;

    HighPowers& operator+=(const HighPowers& other) noexcept {
        cubes += other.cubes;
        fourths += other.fourths;
        return *this;
    }
};

/// The largest power of two that is not above a positive number, inverted.
inline double scale_for(double number) noexcept {
    return power_of_two(1023 - static_cast<int>(magnitude_bits(number) >> 52));
}

} // namespace detail

/// Mean, variance, skewness and excess kurtosis of the phases `theta` as they stand, not modulo 2π, computed by the
/// workers of `policy`.
///
/// The phases of a lattice of oscillators form a surface. It can grow rough as in the class of Kardar, Parisi and Zhang
/// (KPZ). The variance is its squared roughness W². Skewness and kurtosis distinguish the distributions of this class.
/// You can also pass a field of frequencies. These are the moments of the cells themselves, without corrections for a
/// sample (as in SciPy by default). To average over an ensemble, average m₂, m₃ = skewness · m₂^(3/2) and m₄.
///
/// theta: grid-like, any strides. present: a mask; missing cells do not count. If all phases are equal, the mean
/// is exactly this phase and the variance 0; skewness and kurtosis are then NaN. Without present cells mean and
/// variance are 0. All four are NaN if a phase is NaN or infinite, or if the square of a deviation is above 5 · 10³⁰⁰.
/// The sums do not depend on the order of the cells: bit-identical for any policy, number of threads and strides, and
/// for reordered cells.
///
/// Throws: std::invalid_argument for an invalid policy or a mask of another shape.
/// Cost: four passes (sum and range, rest of the mean, squares, higher powers); 2 kB of scratch per worker. A mask adds
/// a pass over itself.
/// Accuracy: in double whatever the precision of the cells. Error of mean and variance as in phase_statistics. Error of
/// the skewness: 10⁻¹⁴ times the mean of |z|³. Error of the kurtosis: 10⁻¹⁴ times the mean of z⁴. Here z = (θ − mean) /
/// √variance.
///
/// Reference: M. Kardar, G. Parisi, Y.-C. Zhang, Physical Review Letters 56 (1986) 889; for oscillators R. Gutiérrez,
/// R. Cuerno, Physical Review Research 5 (2023) 023047.
template <ExecutionPolicy P, GridLike Theta, MaskFor<Theta> Present = AllCells>
[[nodiscard]] PhaseMoments phase_moments(const P& policy, const Theta& theta, const Present& present = {}) {
    using T = value_type_of<const Theta>;
    using detail::Rounded;
    const detail::Execution execution(policy);
    const Grid<const T> in = as_grid(theta);
    const auto there = detail::present_cells(present, in, "theta");
    const std::ptrdiff_t cells = detail::count_cells(policy, execution, in, there);
    const double none = __builtin_nan("");
    if (cells == 0) return {0, 0, none, none};
    const detail::Spread spread = detail::spread_of(policy, execution, in, there, cells);
    if (!detail::is_finite(spread.variance)) return {none, none, none, none};
    const double mean = (Rounded(spread.mean.value) + Rounded(spread.mean.correction)).value();
    if (spread.variance == 0) return {mean, 0, none, none};

    detail::Origin origin = spread.mean;
    const Rounded deviation = sqrt(Rounded(spread.variance));
    origin.scale = detail::scale_for(deviation.value()); // so that no power is too large or too small for double
    const auto add_cubes = detail::power_sum_function<3, T>(execution.isa);
    const auto add_fourths = detail::power_sum_function<4, T>(execution.isa);
    const auto powers = detail::sum_over_cells<detail::HighPowers>(
        policy, execution, in, there, [&](const T* phases, std::ptrdiff_t count, detail::HighPowers& into) noexcept {
            add_cubes(phases, count, origin, into.cubes);
            add_fourths(phases, count, origin, into.fourths);
        });
    const Rounded unit = deviation * Rounded(origin.scale);
    const Rounded square = unit * unit;
    const Rounded skewness = Rounded(powers.cubes.mean(cells)) / (square * unit);
    const Rounded kurtosis = Rounded(powers.fourths.mean(cells)) / (square * square);
    return {mean, spread.variance, skewness.value(), (kurtosis - Rounded(3)).value()};
}

/// The same on the calling thread.
template <GridLike Theta, MaskFor<Theta> Present = AllCells>
[[nodiscard]] PhaseMoments phase_moments(const Theta& theta, const Present& present = {}) {
    return phase_moments(Fused{}, theta, present);
}

KURAMOTO_END_NAMESPACE
