// Mean and spread of the phases as numbers, not as angles.
#pragma once

#include <kuramoto/detail/arithmetic/sealed.hpp>
#include <kuramoto/detail/kernels/product.hpp>
#include <kuramoto/detail/memory/buffer.hpp>
#include <kuramoto/detail/memory/logical_order.hpp>
#include <kuramoto/detail/parallel/parts.hpp>
#include <kuramoto/execution/policy.hpp>
#include <kuramoto/grid/grid.hpp>

#include <cstddef>

namespace kuramoto {

/// Mean, spread and range of the phases of a lattice, in rad.
struct PhaseStatistics {
    double mean = 0;      ///< Σ θ / cells
    double deviation = 0; ///< √(Σ (θ − mean)² / cells), the standard deviation over the lattice
    double least = 0;     ///< the smallest phase
    double greatest = 0;  ///< the largest phase
};

inline namespace KURAMOTO_BUILD {
namespace detail {

/// The first moments of a set of numbers, in a form in which two sets can be joined.
struct Moments {
    double count = 0;
    double mean = 0;
    double squares = 0; ///< Σ (x − mean)²
    double least = 0;
    double greatest = 0;

    /// The moments of both sets together, of which neither is empty (Chan, Golub & LeVeque).
    Moments& operator+=(const Moments& other) noexcept {
        const double all = count + other.count;
        const double apart = other.mean - mean;
        const double share = other.count / all;
        squares = __builtin_fma(apart * apart, count * share, squares + other.squares);
        mean = __builtin_fma(apart, share, mean);
        least = other.least < least ? other.least : least;
        greatest = other.greatest > greatest ? other.greatest : greatest;
        count = all;
        return *this;
    }
};

/// Cells a block: what a task holds at once.
inline constexpr std::ptrdiff_t cells_per_sample = 1024;

/// The moments of `count` numbers, which are lost. The first number is taken off before the mean is formed, and the
/// mean before squares are: there is nothing to cancel, and numbers that are all the same deviate by exactly 0.
inline Moments moments_of(double* x, std::ptrdiff_t count, ProductFunction products) noexcept {
    Moments moments;
    moments.count = static_cast<double>(count);
    const double origin = moments.least = moments.greatest = x[0];
    double sum = 0;
    for (std::ptrdiff_t k = 0; k < count; ++k) {
        moments.least = x[k] < moments.least ? x[k] : moments.least;
        moments.greatest = x[k] > moments.greatest ? x[k] : moments.greatest;
        x[k] -= origin;
        sum += x[k];
    }
    const double mean = sum / moments.count;
    for (std::ptrdiff_t k = 0; k < count; ++k) x[k] -= mean;
    moments.mean = origin + mean;
    moments.squares = products(x, x, count);
    return moments;
}

/// The moments of block `block` of the cells, counted along the rows.
template <class T>
Moments moments_of_block(const Grid<const T>& theta, std::ptrdiff_t block, ProductFunction products) noexcept {
    double phases[cells_per_sample];
    phases[0] = 0; // no block is empty, but GCC does not see it
    const std::ptrdiff_t first = block * cells_per_sample;
    const std::ptrdiff_t count = clamped(theta.size() - first, 0, cells_per_sample);
    visit_cells(theta, first, count, [&](const T& cell, std::ptrdiff_t k) { phases[k] = static_cast<double>(cell); });
    return moments_of(phases, count, products);
}

} // namespace detail

/// Mean, standard deviation and range of the phases `theta` as they stand, not modulo 2π, computed by the workers of
/// `policy`.
///
/// The deviation of unwrapped phases is the roughness of the surface θ(i, j): it grows while cells drift apart and
/// stays where they are locked. A mean that does not mind whole turns is ψ of the order parameter. Also for fields of
/// frequencies. theta: grid-like, any strides. One pass, in double whatever the precision of the cells; 40 bytes of
/// scratch per 1024 cells. The mean of a block of 1024 cells is taken off before squares are summed, and blocks are
/// joined over a fixed tree in logical (row, column) order: nothing cancels however far the phases are from 0, and the
/// bits are the same for any policy, number of threads and strides, per class of instruction set. Error of the mean: a
/// unit in its last place and 10⁻¹³ of the deviation; of the deviation: 10⁻¹³ of it; both are some ten times smaller in
/// practice. All equal: exactly their phase and 0. 0 without cells; all four are NaN if a phase is NaN or infinite, or
/// if the squares of the deviations are beyond the range of double (phases some 10¹⁵⁴ apart). Throws
/// std::invalid_argument for a policy that cannot be.
///
/// Source: T. F. Chan, G. H. Golub, R. J. LeVeque, The American Statistician 37 (1983) 242; roughness of phases: R.
/// Gutiérrez, R. Cuerno, Physical Review Research 5 (2023) 023047.
template <ExecutionPolicy P, GridLike Theta>
[[nodiscard]] PhaseStatistics phase_statistics(const P& policy, const Theta& theta) {
    using T = value_type_of<const Theta>;
    const detail::Execution execution(policy);
    const Grid<const T> in = as_grid(theta);
    if (in.empty()) return {};
    const std::ptrdiff_t blocks = (in.size() + detail::cells_per_sample - 1) / detail::cells_per_sample;
    const detail::Buffer<detail::Moments> moments(blocks);
    const detail::ProductFunction products = detail::product_function(execution.isa);
    detail::for_parts(policy, execution, blocks, in.size(), [&](std::ptrdiff_t block) noexcept {
        moments.data()[block] = detail::moments_of_block(in, block, products);
    });
    detail::add_as_tree(moments.data(), blocks);
    const detail::Moments& all = moments.data()[0];
    if (!detail::is_finite(all.squares)) {
        const double none = __builtin_nan("");
        return {none, none, none, none};
    }
    return {all.mean, detail::sealed(__builtin_sqrt(all.squares / all.count)), all.least, all.greatest};
}

/// The same on the calling thread.
template <GridLike Theta> [[nodiscard]] PhaseStatistics phase_statistics(const Theta& theta) {
    return phase_statistics(Fused{}, theta);
}

} // namespace KURAMOTO_BUILD
} // namespace kuramoto
