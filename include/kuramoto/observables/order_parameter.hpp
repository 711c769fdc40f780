// The order parameter of a lattice: r, the modulus of the mean of exp(iθ), and its phase ψ.
#pragma once

#include <kuramoto/detail/arithmetic/rounded.hpp>
#include <kuramoto/detail/kernels/phasor.hpp>
#include <kuramoto/detail/parallel/present_cells.hpp>
#include <kuramoto/execution/policy.hpp>
#include <kuramoto/grid/grid.hpp>
#include <kuramoto/grid/mask.hpp>

#include <cstddef>

namespace kuramoto {

/// Kuramoto's order parameter, r e^{iψ} = mean of e^{iθ}.
struct OrderParameter {
    double r = 0;   ///< 1: all phases agree; about 1/√cells for phases at random
    double psi = 0; ///< the mean phase, rad, in (−π, π]
};

} // namespace kuramoto

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// The modulus and the phase of a mean of e^{iθ}.
inline OrderParameter order_of(const Phasor& mean) noexcept {
    const auto [real, imaginary] = mean;
    const double r = __builtin_sqrt(__builtin_fma(real, real, imaginary * imaginary));
    const auto rounded = [](double x) { return settled(Rounded(x)); };
    return {sealed(r), atan2(rounded(imaginary), rounded(real)).value()};
}

} // namespace detail

/// The order parameter of the phases `theta`, computed by the workers of `policy`.
///
/// theta: grid-like, any strides, phases in rad, never wrapped. present: a mask; the mean is over the present cells.
/// Without present cells r = 0, ψ = 0; NaN if a phase is NaN or infinite. The sum does not depend on the order of the
/// cells: bit-identical for any policy, number of threads and strides, per class of instruction set.
///
/// Throws: std::invalid_argument for an invalid policy or a mask of another shape.
/// Cost: one pass, one sine and one cosine per present cell; 0.2 kB of scratch per worker. A mask adds a pass over
/// itself.
/// Accuracy: cosines and sines are computed in double whatever the precision of the cells, and their sum is exact to
/// 2⁻¹⁰⁰ per cell. Error of r below 4 · 10⁻¹⁶ for any number of cells.
/// Reference: Kuramoto, Chemical Oscillations, Waves, and Turbulence (1984), section 5.4.
template <ExecutionPolicy P, GridLike Theta, MaskFor<Theta> Present = AllCells>
[[nodiscard]] OrderParameter order_parameter(const P& policy, const Theta& theta, const Present& present = {}) {
    using T = value_type_of<const Theta>;
    const detail::Execution execution(policy);
    const Grid<const T> in = as_grid(theta);
    const auto there = detail::present_cells(present, in, "theta");
    const std::ptrdiff_t cells = detail::count_cells(policy, execution, in, there);
    if (cells == 0) return {};
    using Sum = detail::FinePhasorSum;
    const detail::AddPhasorsFunction<T> add_phasors = detail::add_phasors_function<T>(execution.isa);
    const auto sum = detail::sum_over_cells<Sum>(
        policy, execution, in, there,
        [&](const T* phases, std::ptrdiff_t count, Sum& into) noexcept { add_phasors(phases, count, into); });
    return detail::order_of(sum.mean(cells));
}

/// The order parameter, on the calling thread.
template <GridLike Theta, MaskFor<Theta> Present = AllCells>
[[nodiscard]] OrderParameter order_parameter(const Theta& theta, const Present& present = {}) {
    return order_parameter(Fused{}, theta, present);
}

KURAMOTO_END_NAMESPACE
