// The kinetic temperature of oscillators with inertia.
#pragma once

#include <kuramoto/detail/arithmetic/rounded.hpp>
#include <kuramoto/detail/build/checks.hpp>
#include <kuramoto/detail/kernels/cell.hpp>
#include <kuramoto/detail/kernels/number_sum.hpp>
#include <kuramoto/detail/parallel/present_cells.hpp>
#include <kuramoto/execution/policy.hpp>
#include <kuramoto/grid/grid.hpp>
#include <kuramoto/grid/mask.hpp>

#include <cstddef>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// m v² of every cell, in place of v.
struct TwiceKineticEnergy {
    double* velocity;
    const double* mass;

    template <class Cells> KURAMOTO_ALWAYS_INLINE void operator()(const Cells& at) const noexcept {
        const auto v = at.load(velocity);
        at.store(velocity, v * v * at.load(mass));
    }
};

template <class T> double number_at(const Grid<const T>& grid, std::ptrdiff_t i, std::ptrdiff_t j) noexcept {
    return static_cast<double>(grid.data()[i * grid.row_stride() + j * grid.col_stride()]);
}

/// Σ m v² over the present cells.
template <class P, class T, class Present>
BinnedSum twice_kinetic_energy(const P& policy, const Execution& execution, const Grid<const T>& velocity,
                               const Grid<const T>& mass, const Present& present) {
    const std::ptrdiff_t parts = (velocity.size() + cells_per_part - 1) / cells_per_part;
    const auto multiply = cell_function<double, TwiceKineticEnergy>(execution.isa);
    const auto add_numbers = number_sum_function<false, double>(execution.isa);
    return sum_over_parts<BinnedSum>(
        policy, execution, parts, velocity.size(), [&](std::ptrdiff_t part, BinnedSum& sum) noexcept {
            const std::ptrdiff_t first = part * cells_per_part;
            const std::ptrdiff_t count = clamped(velocity.size() - first, 0, cells_per_part);
            double velocities[cells_per_part];
            double masses[cells_per_part];
            std::ptrdiff_t found = 0;
            std::ptrdiff_t i = first / velocity.cols();
            std::ptrdiff_t j = first % velocity.cols();
            for (std::ptrdiff_t k = 0; k < count; ++k) {
                if (present(i, j)) {
                    velocities[found] = number_at(velocity, i, j);
                    masses[found++] = number_at(mass, i, j);
                }
                if (++j == velocity.cols()) {
                    j = 0;
                    ++i;
                }
            }
            multiply({velocities, masses}, 0, found);
            if (found > 0) add_numbers(velocities, found, {}, sum);
        });
}

} // namespace detail

/// The kinetic temperature m ⟨v²⟩ of oscillators with inertia, computed by the workers of `policy`: the mean over the
/// cells of mass times squared velocity.
///
/// In thermal equilibrium its average over samples is the temperature T of the noise: by equipartition each cell has
/// the mean kinetic energy m ⟨v²⟩/2 = T/2. With BAOAB it is lower, by an error of the order dt². The mean velocity u is
/// not subtracted: it adds m u². To remove the rotation of a lattice, use a rotating frame.
///
/// velocity: dθ/dt, rad / time, at the time of the phases; grid-like, any strides. present: a mask; the mean is over
/// the present cells. mass: one positive number; or a field of the shape and the precision of the velocity, whose
/// values are not checked.
/// 0 without present cells. NaN or infinite if a velocity or a mass is, or if a term is above 5 · 10³⁰⁰. The sum does
/// not depend on the order of the cells: bit-identical for any policy, number of threads and strides, and for reordered
/// cells.
///
/// Throws: std::invalid_argument for a mass that is not finite and positive, masses or a mask of another shape, or an
/// invalid policy.
/// Cost: one pass; 1 kB of scratch per worker. A mask adds a pass over itself.
/// Accuracy: in double whatever the precision of the cells; relative error below 10⁻¹⁵.
/// Reference: D. Frenkel, B. Smit, Understanding Molecular Simulation, Academic Press (2002), section 4.1.
template <ExecutionPolicy P, GridLike Velocity, MaskFor<Velocity> Present>
[[nodiscard]] double kinetic_temperature(const P& policy, const Velocity& velocity, const Present& present,
                                         double mass) {
    using T = value_type_of<const Velocity>;
    const detail::Execution execution(policy);
    const Grid<const T> in = as_grid(velocity);
    static_cast<void>(detail::checked_number<double>(mass, "mass"));
    if (!(mass > 0)) detail::invalid_argument("mass must be positive, but is " + detail::text(mass));
    const auto there = detail::present_cells(present, in, "velocity");
    const std::ptrdiff_t cells = detail::count_cells(policy, execution, in, there);
    if (cells == 0) return 0;
    const detail::NumberSumFunction<T> add_squares = detail::number_sum_function<true, T>(execution.isa);
    const auto sum = detail::sum_over_cells<detail::BinnedSum>(
        policy, execution, in, there, [&](const T* velocities, std::ptrdiff_t count, detail::BinnedSum& into) noexcept {
            add_squares(velocities, count, {}, into);
        });
    return (detail::Rounded(mass) * detail::Rounded(sum.mean(cells))).value();
}
/// The same with a mass for each cell.
template <ExecutionPolicy P, GridLike Velocity, MaskFor<Velocity> Present, GridLike Mass>
requires SamePrecision<const Velocity, const Mass>
[[nodiscard]] double kinetic_temperature(const P& policy, const Velocity& velocity, const Present& present,
                                         const Mass& mass) {
    using T = value_type_of<const Velocity>;
    const detail::Execution execution(policy);
    const Grid<const T> in = as_grid(velocity);
    const Grid<const T> masses = as_grid(mass);
    detail::check_same_shape(in, "velocity", masses, "mass");
    const auto there = detail::present_cells(present, in, "velocity");
    const std::ptrdiff_t cells = detail::count_cells(policy, execution, in, there);
    if (cells == 0) return 0;
    return detail::twice_kinetic_energy(policy, execution, in, masses, there).mean(cells);
}
/// The kinetic temperature of all cells.
template <ExecutionPolicy P, GridLike Velocity>
[[nodiscard]] double kinetic_temperature(const P& policy, const Velocity& velocity, double mass) {
    return kinetic_temperature(policy, velocity, AllCells{}, mass);
}
/// The kinetic temperature of all cells with a mass for each.
template <ExecutionPolicy P, GridLike Velocity, GridLike Mass>
requires SamePrecision<const Velocity, const Mass>
[[nodiscard]] double kinetic_temperature(const P& policy, const Velocity& velocity, const Mass& mass) {
    return kinetic_temperature(policy, velocity, AllCells{}, mass);
}

/// The same on the calling thread.
template <GridLike Velocity, MaskFor<Velocity> Present, class Mass>
[[nodiscard]] double kinetic_temperature(const Velocity& velocity, const Present& present, const Mass& mass) {
    return kinetic_temperature(Fused{}, velocity, present, mass);
}
/// The kinetic temperature of all cells, on the calling thread.
template <GridLike Velocity, class Mass>
[[nodiscard]] double kinetic_temperature(const Velocity& velocity, const Mass& mass) {
    return kinetic_temperature(Fused{}, velocity, AllCells{}, mass);
}

KURAMOTO_END_NAMESPACE
