// Daido's moments of the phases: order parameters of clusters that lie at equal angles.
#pragma once

#include <kuramoto/detail/build/errors.hpp>
#include <kuramoto/detail/kernels/multiple_phasor.hpp>
#include <kuramoto/detail/parallel/present_cells.hpp>
#include <kuramoto/execution/policy.hpp>
#include <kuramoto/grid/grid.hpp>
#include <kuramoto/grid/mask.hpp>
#include <kuramoto/observables/order_parameter.hpp>

#include <cstddef>
#include <cstdint>

KURAMOTO_BEGIN_NAMESPACE

/// The m-th Daido moment of the phases `theta`, r_m e^{iψ_m} = mean of e^{imθ}, computed by the workers of `policy`.
///
/// r_m is 1 if the phases form m clusters (or fewer) at angles that are multiples of 2π/m apart, whatever the sizes of
/// the clusters. For m clusters of equal size r_1 … r_{m−1} are 0. For m = 1 the moment is the order parameter, to the
/// bit. The result holds r_m as `r`, and ψ_m as `psi`.
///
/// theta: grid-like, any strides, phases in rad, wrapped or not. present: a mask; the mean is over the present cells.
/// Without present cells r_m = 0, ψ_m = 0; NaN if a phase is NaN or infinite. The sum does not depend on the order of
/// the cells: bit-identical for any policy, number of threads and strides, per class of instruction set.
///
/// Throws: std::invalid_argument for an m below 1 or above 2²⁶, a mask of another shape, or an invalid policy.
/// Cost: one pass, one sine and one cosine per present cell; 0.2 kB of scratch per worker. A mask adds a pass over
/// itself.
/// Accuracy: while |mθ| < 10⁸ rad, the rounding error of mθ is added to cosine and sine. The error of r_m is then below
/// 6 · 10⁻¹⁶ for any number of cells. Beyond, mθ is rounded to the precision of double.
/// Reference: H. Daido, Physical Review Letters 73 (1994) 760.
template <ExecutionPolicy P, GridLike Theta, MaskFor<Theta> Present>
[[nodiscard]] OrderParameter daido_moment(const P& policy, const Theta& theta, const Present& present, std::int64_t m) {
    using T = value_type_of<const Theta>;
    const detail::Execution execution(policy);
    const Grid<const T> in = as_grid(theta);
    constexpr std::int64_t most = std::int64_t{1} << 26;
    if (m < 1 || m > most)
        detail::invalid_argument("m must be in [1, " + detail::integer_text(most) + "], but is " +
                                 detail::integer_text(m));
    const auto there = detail::present_cells(present, in, "theta");
    const std::ptrdiff_t cells = detail::count_cells(policy, execution, in, there);
    if (cells == 0) return {};
    using Sum = detail::FinePhasorSum;
    const detail::AddMultiplePhasorsFunction<T> add_phasors = detail::add_multiple_phasors_function<T>(execution.isa);
    const auto multiple = static_cast<double>(m);
    const auto sum = detail::sum_over_cells<Sum>(
        policy, execution, in, there,
        [&](const T* phases, std::ptrdiff_t count, Sum& into) noexcept { add_phasors(phases, count, multiple, into); });
    return detail::order_of(sum.mean(cells));
}
/// The moment of all cells.
template <ExecutionPolicy P, GridLike Theta>
[[nodiscard]] OrderParameter daido_moment(const P& policy, const Theta& theta, std::int64_t m) {
    return daido_moment(policy, theta, AllCells{}, m);
}

/// The same on the calling thread.
template <GridLike Theta, MaskFor<Theta> Present>
[[nodiscard]] OrderParameter daido_moment(const Theta& theta, const Present& present, std::int64_t m) {
    return daido_moment(Fused{}, theta, present, m);
}
/// The moment of all cells, on the calling thread.
[[nodiscard]] OrderParameter daido_moment(const GridLike auto& theta, std::int64_t m) {
    return daido_moment(Fused{}, theta, AllCells{}, m);
}

KURAMOTO_END_NAMESPACE
