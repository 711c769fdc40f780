// The kinetic temperature of oscillators with inertia.
#pragma once

#include <kuramoto/detail/arithmetic/rounded.hpp>
#include <kuramoto/detail/build/checks.hpp>
#include <kuramoto/detail/kernels/cell.hpp>
#include <kuramoto/detail/kernels/number_sum.hpp>
#include <kuramoto/detail/parallel/present_cells.hpp>
#include <kuramoto/detail/run/inertial_factors.hpp>
#include <kuramoto/execution/policy.hpp>
#include <kuramoto/grid/grid.hpp>
#include <kuramoto/grid/mask.hpp>
#include <kuramoto/model/inertia.hpp>

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

/// The mean of v² over the present cells.
template <class P, class T, class Present>
double mean_square(const P& policy, const Execution& execution, const Grid<const T>& velocity, const Present& present,
                   std::ptrdiff_t cells) {
    const NumberSumFunction<T> add_squares = number_sum_function<true, T>(execution.isa);
    const auto add = [&](const T* velocities, std::ptrdiff_t count, BinnedSum& into) noexcept {
        add_squares(velocities, count, {}, into);
    };
    return sum_over_cells<BinnedSum>(policy, execution, velocity, present, add).mean(cells);
}

} // namespace detail

/// The kinetic temperature m ⟨v²⟩ of oscillators with inertia, computed by the workers of `policy`: the mean over the
/// cells of mass times squared velocity.
///
/// In thermal equilibrium its average over samples is the temperature T of the noise: by equipartition each cell has
/// the mean kinetic energy m ⟨v²⟩/2 = T/2. With BAOAB it is lower, by an error of the order dt². The mean velocity u is
/// not subtracted: it adds m u². To remove the rotation of a lattice, use a rotating frame.
///
/// inertia: an Inertia, InertiaFields or an InertialModel, of which the mass counts. velocity: dθ/dt, rad / time, at
/// the time of the phases; grid-like, any strides. present: a mask; the mean is over the present cells. A field of
/// masses has the shape and the precision of the velocity; its values are not checked.
///
/// 0 without present cells. NaN or infinite if a velocity or a mass is, or if a term is above 5 · 10³⁰⁰. The sum does
/// not depend on the order of the cells: bit-identical for any policy, number of threads and strides, and for reordered
/// cells.
///
/// Throws: std::invalid_argument for a mass that is not finite and positive, masses or a mask of another shape, or an
/// invalid policy.
/// Cost: one pass; 1 kB of scratch per worker. A mask adds a pass over itself.
/// Accuracy: in double whatever the precision of the cells; relative error below 10⁻¹⁵. Velocities below 10⁻¹⁴⁰ lose
/// digits: a term is rounded to a multiple of 10⁻³⁰¹.
/// Reference: D. Frenkel, B. Smit, Understanding Molecular Simulation, Academic Press (2002), section 4.1.
template <ExecutionPolicy P, class Coefficients, GridLike Velocity, MaskFor<Velocity> Present = AllCells>
requires detail::is_inertia_for<Coefficients, value_type_of<const Velocity>>
[[nodiscard]] double kinetic_temperature(const P& policy, const Coefficients& inertia, const Velocity& velocity,
                                         const Present& present = {}) {
    using T = value_type_of<const Velocity>;
    const detail::Execution execution(policy);
    const Grid<const T> in = as_grid(velocity);
    const InertiaFields<T> of = detail::as_fields<T>(inertia);
    if (of.mass.is_number())
        static_cast<void>(detail::checked_mass<double>(of.mass.number()));
    else
        detail::check_same_shape(in, "velocity", of.mass.field(), "mass");
    const auto there = detail::present_cells(present, in, "velocity");
    const std::ptrdiff_t cells = detail::count_cells(policy, execution, in, there);
    if (cells == 0) return 0;
    if (!of.mass.is_number())
        return detail::twice_kinetic_energy(policy, execution, in, of.mass.field(), there).mean(cells);
    const double square = detail::mean_square(policy, execution, in, there, cells);
    return (detail::Rounded(of.mass.number()) * detail::Rounded(square)).value();
}
/// The kinetic temperature of a model.
template <ExecutionPolicy P, class Inner, class Coefficients, GridLike Velocity, MaskFor<Velocity> Present = AllCells>
[[nodiscard]] double kinetic_temperature(const P& policy, const InertialModel<Inner, Coefficients>& model,
                                         const Velocity& velocity, const Present& present = {}) {
    return kinetic_temperature(policy, model.inertia, velocity, present);
}

/// The same on the calling thread.
template <class Description, GridLike Velocity, MaskFor<Velocity> Present = AllCells>
requires(!ExecutionPolicy<Description>)
[[nodiscard]] double kinetic_temperature(const Description& inertia, const Velocity& velocity,
                                         const Present& present = {}) {
    return kinetic_temperature(Fused{}, inertia, velocity, present);
}

KURAMOTO_END_NAMESPACE
