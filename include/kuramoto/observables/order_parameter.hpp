// Observables: what one looks at. The order parameter.
#pragma once

#include <kuramoto/detail/arithmetic/rounded.hpp>
#include <kuramoto/detail/kernels/phasor.hpp>
#include <kuramoto/detail/memory/buffer.hpp>
#include <kuramoto/detail/memory/logical_order.hpp>
#include <kuramoto/detail/parallel/parts.hpp>
#include <kuramoto/execution/policy.hpp>
#include <kuramoto/grid/grid.hpp>

#include <cstddef>

namespace kuramoto {

/// Kuramoto's order parameter, r e^{iψ} = mean of e^{iθ}.
struct OrderParameter {
    double r = 0;   ///< 1: all phases agree; about 1/√cells for phases at random
    double psi = 0; ///< the mean phase, rad, in (−π, π]
};

inline namespace KURAMOTO_BUILD {
namespace detail {

/// Cells a block: the sums of blocks are added as a binary tree.
inline constexpr std::ptrdiff_t cells_per_sum = 1024;

/// Σ e^{iθ} over the cells of block `block`, counted along the rows.
template <class T> Phasor sum_block(const Grid<const T>& theta, std::ptrdiff_t block, PhasorFunction add) noexcept {
    double phases[cells_per_sum];
    const std::ptrdiff_t first = block * cells_per_sum;
    const std::ptrdiff_t rest = theta.size() - first;
    const std::ptrdiff_t count = rest < cells_per_sum ? rest : cells_per_sum;
    visit_cells(theta, first, count, [&](const T& cell, std::ptrdiff_t k) { phases[k] = static_cast<double>(cell); });
    for (std::ptrdiff_t k = count; k % strands != 0; ++k) phases[k] = 0;
    Phasor sum;
    add(phases, count, sum);
    return sum;
}

} // namespace detail

/// The order parameter of the phases `theta`, computed by the workers of `policy`.
///
/// theta: grid-like, any strides, phases in rad, never wrapped. One pass, one sine and one cosine a cell, in double
/// whatever the precision of the cells; 16 bytes of scratch per 1024 cells. The sum runs in logical (row, column) order
/// over a fixed tree: the same bits for any policy, number of threads and strides, per class of instruction set. Error
/// of r: about 2 · 10⁻¹⁶ · log₂(cells). Without cells r = 0, ψ = 0; NaN if a phase is NaN or infinite. Throws
/// std::invalid_argument for a policy that cannot be. Source: Kuramoto, Chemical Oscillations, Waves, and Turbulence
/// (1984), section 5.4.
template <ExecutionPolicy P, GridLike Theta>
[[nodiscard]] OrderParameter order_parameter(const P& policy, const Theta& theta) {
    using T = value_type_of<const Theta>;
    const detail::Execution execution(policy);
    const Grid<const T> in = as_grid(theta);
    if (in.empty()) return {};
    const std::ptrdiff_t blocks = (in.size() + detail::cells_per_sum - 1) / detail::cells_per_sum;
    const detail::Buffer<detail::Phasor> sums(blocks);
    const detail::PhasorFunction add = detail::phasor_function(execution.isa);
    detail::for_parts(policy, execution, blocks, in.size(),
                      [&](std::ptrdiff_t block) noexcept { sums.data()[block] = detail::sum_block(in, block, add); });
    detail::add_as_tree(sums.data(), blocks);
    const double real = sums.data()[0].real / static_cast<double>(in.size());
    const double imaginary = sums.data()[0].imaginary / static_cast<double>(in.size());
    const double r = __builtin_sqrt(__builtin_fma(real, real, imaginary * imaginary));
    const auto rounded = [](double x) { return detail::settled(detail::Rounded(x)); };
    return {detail::sealed(r), detail::atan2(rounded(imaginary), rounded(real)).value()};
}

/// The order parameter, on the calling thread.
template <GridLike Theta> [[nodiscard]] OrderParameter order_parameter(const Theta& theta) {
    return order_parameter(Fused{}, theta);
}

} // namespace KURAMOTO_BUILD
} // namespace kuramoto
