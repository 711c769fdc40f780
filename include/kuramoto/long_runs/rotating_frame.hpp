// Rotating frame: subtracts the mean natural frequency from a model, and adds it to the phases again.
//
// If only phase differences matter, the equation does not change in a rotating frame: if θ(t) solves dθ/dt = ω + F(θ),
// then θ(t) − ω̄ t solves it with ω − ω̄ in place of ω. In that frame a locked lattice stands still, and its phases stay
// small: θ_laboratory(t) = θ_frame(t) + ω̄ t, with ω̄ and the sum in double.
//
// It holds for every coupling and every stepper; for zero flux, periodic edges and fixed fluxes; with bond strengths,
// removed cells, mean-field coupling and noise. It does not hold for a fixed phase at an edge, which would rotate in
// the frame: such a boundary is refused. With inertia and one damping, m θ̈ + γ θ̇ = ω + F, the frame
// rotates at ω̄ / γ instead. With a damping per cell there is no such frame.
#pragma once

#include <kuramoto/detail/arithmetic/environment.hpp>
#include <kuramoto/detail/arithmetic/rounded.hpp>
#include <kuramoto/detail/arithmetic/sealed.hpp>
#include <kuramoto/detail/build/checks.hpp>
#include <kuramoto/detail/initial/fill.hpp>
#include <kuramoto/detail/kernels/number_sum.hpp>
#include <kuramoto/detail/parallel/order_free_sum.hpp>
#include <kuramoto/execution/policy.hpp>
#include <kuramoto/grid/grid.hpp>
#include <kuramoto/model/boundary.hpp>

#include <concepts>
#include <cstddef>
#include <string>
#include <type_traits>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// Computes RotatingFrame::angle. Not inlined, so that the compiler moves no arithmetic out of the floating-point
/// environment of the caller.
KURAMOTO_NEVER_INLINE constexpr double turned_angle(double frequency, double time) noexcept {
    stay_in_place();
    return frequency * time;
}

} // namespace detail
KURAMOTO_END_NAMESPACE

namespace kuramoto {

/// A frame that rotates with a constant frequency. At time 0 it agrees with the laboratory.
struct RotatingFrame {
    double frequency = 0; ///< ω̄, rad / time

    /// The angle of the frame at a time: ω̄ t, rad.
    KURAMOTO_PER_BUILD
    [[nodiscard]] constexpr double angle(double time) const noexcept {
        const detail::DefaultEnvironment environment;
        return detail::turned_angle(frequency, time);
    }
};

} // namespace kuramoto

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// The mean of all cells; 0 without cells.
template <class P, class T>
double mean_of_cells(const P& policy, const Execution& execution, const Grid<const T>& field) {
    if (field.empty()) return 0;
    const NumberSumFunction<T> add_numbers = number_sum_function<false, T>(execution.isa);
    const auto sum = sum_over_cells<BinnedSum>(
        policy, execution, field,
        [&](const T* cells, std::ptrdiff_t count, BinnedSum& into) noexcept { add_numbers(cells, count, {}, into); });
    return sum.mean(execution.place.cells_of(field));
}

inline void check_turns_freely(const Boundary& boundary) {
    const auto check_edge_turns = [](const BoundaryCondition& edge, const char* name) {
        if (edge.kind == BoundaryKind::fixed_phase)
            invalid_argument(string_of(name) + " gives phases that stand still, which turn in a rotating frame: "
                                               "there is no such frame for this lattice");
    };
    check_edge_turns(boundary.north, "boundary.north");
    check_edge_turns(boundary.south, "boundary.south");
    check_edge_turns(boundary.west, "boundary.west");
    check_edge_turns(boundary.east, "boundary.east");
}

} // namespace detail

/// The mean of a field of natural frequencies, in double.
///
/// omega: grid-like, any strides, rad / time. 0 without cells; NaN or infinite if a frequency is, where 5 · 10³⁰⁰
/// counts as infinite. The sum does not depend on the order of the cells: bit-identical for any policy, number of
/// threads and strides.
///
/// Throws: std::invalid_argument for an invalid policy.
/// Cost: one pass; 1 kB of scratch per worker.
/// Accuracy: error below 10⁻¹⁵ of the mean of |ω|.
template <ExecutionPolicy P, GridLike Omega> [[nodiscard]] double mean_frequency(const P& policy, const Omega& omega) {
    using T = value_type_of<const Omega>;
    const detail::Execution execution(policy);
    return detail::mean_of_cells(policy, execution, Grid<const T>(as_grid(omega)));
}

/// The same on the calling thread.
[[nodiscard]] double mean_frequency(const GridLike auto& omega) { return mean_frequency(Fused{}, omega); }

/// Subtracts the mean from the natural frequencies, and returns the frame that rotates with it.
///
/// Each ω becomes ω − ω̄, rounded once. The mean of these roundings is part of the frequency of the frame, so that no
/// bias is left. The phases do not change: this moment is time 0 of the frame. The bits are the same for any policy,
/// number of threads and strides.
///
/// Requires: `omega` grid-like, any strides, rad / time; `lattice` a Boundary, or an operator or a model that has one.
/// Throws: std::invalid_argument, before anything is written, for a boundary with a fixed phase, for a mean that is not
/// finite, for an omega that overlaps itself, and for an invalid policy.
/// Cost: three passes; 1 kB of scratch per worker.
/// Accuracy: the mean of ω is kept to 10⁻¹⁵ of the mean of |ω|.
template <ExecutionPolicy P, HasBoundary Lattice = Boundary, WritableGridLike G>
RotatingFrame enter_rotating_frame(const P& policy, const Lattice& lattice, G&& omega) {
    const detail::Execution execution(policy);
    const auto field = as_grid(omega);
    using T = typename decltype(field)::value_type;
    detail::check_turns_freely(boundary_of(lattice));
    detail::check_writable(field, "omega");
    const double mean = detail::mean_of_cells(policy, execution, Grid<const T>(field));
    if (!detail::is_finite(mean))
        detail::invalid_argument("the mean of omega must be finite, but is " + detail::text(mean));
    detail::fill_blocks(policy, execution, field, [&](const detail::CellBlock& block) noexcept {
        for (std::ptrdiff_t i = block.row_begin; i < block.row_end; ++i)
            for (std::ptrdiff_t j = block.col_begin; j < block.col_end; ++j) {
                T& cell = field.data()[i * field.row_stride() + j * field.col_stride()];
                cell = static_cast<T>(static_cast<double>(cell) - mean);
            }
    });
    return {detail::sealed(mean - detail::mean_of_cells(policy, execution, Grid<const T>(field)))};
}

/// The same on the calling thread.
template <HasBoundary Lattice = Boundary, WritableGridLike G>
RotatingFrame enter_rotating_frame(const Lattice& lattice, G&& omega) {
    return enter_rotating_frame(Fused{}, lattice, omega);
}

/// The same for a lattice with one natural frequency: it becomes 0, and nothing is rounded.
///
/// Throws: std::invalid_argument for a boundary with a fixed phase, and for an omega that is not finite.
template <std::same_as<double> Number, HasBoundary Lattice = Boundary>
RotatingFrame enter_rotating_frame(const Lattice& lattice, Number& omega) {
    const detail::DefaultEnvironment environment;
    detail::check_turns_freely(boundary_of(lattice));
    const RotatingFrame frame{detail::checked_number<double>(omega, "omega")};
    omega = 0;
    return frame;
}

// What does not compile: the comment behind each is in the compiler's message.
// clang-format off
template <GridLike Omega, class... Others>
void enter_rotating_frame(const Omega&, Others&&...) = delete; // the boundary or the model precedes omega: enter_rotating_frame(lattice, omega)
template <ExecutionPolicy P, GridLike Omega, class... Others>
void enter_rotating_frame(const P&, const Omega&, Others&&...) = delete; // the boundary or the model precedes omega: enter_rotating_frame(policy, lattice, omega)
// clang-format on

/// Phases in the laboratory: laboratory = θ + ω̄ t, in double, for phases `theta` in the frame.
///
/// `laboratory` can be `theta` itself, for example the result of `unwrapped`.
///
/// Requires: both grid-like, of the same shape, any strides, in rad; `laboratory` has cells of double.
/// Throws: std::invalid_argument for different shapes, for a laboratory that overlaps itself or a part of theta, for a
/// time or a frequency that is not finite, and for an invalid policy.
/// Cost: one pass.
/// Accuracy: one unit in the last place of |θ| + |ω̄ t|.
template <ExecutionPolicy P, GridLike Theta, WritableGridLike Laboratory>
requires std::same_as<value_type_of<Laboratory>, double>
void to_laboratory(const P& policy, const RotatingFrame& frame, double time, const Theta& theta,
                   Laboratory&& laboratory) {
    using T = value_type_of<const Theta>;
    const detail::Execution execution(policy);
    const Grid<const T> in = as_grid(theta);
    const Grid<double> out = as_grid(laboratory);
    static_cast<void>(detail::checked_number<double>(time, "time"));
    static_cast<void>(detail::checked_number<double>(frame.frequency, "frame.frequency"));
    detail::check_same_shape(in, "theta", out, "laboratory");
    detail::check_writable(out, "laboratory");
    if constexpr (std::same_as<T, double>) {
        const bool is_theta =
            in.data() == out.data() && in.row_stride() == out.row_stride() && in.col_stride() == out.col_stride();
        if (!is_theta) detail::check_disjoint(out, "laboratory", in, "theta");
    }
    const detail::Rounded angle = detail::Rounded(frame.frequency) * detail::Rounded(time);
    detail::fill_blocks(policy, execution, out, [&](const detail::CellBlock& block) noexcept {
        for (std::ptrdiff_t i = block.row_begin; i < block.row_end; ++i)
            for (std::ptrdiff_t j = block.col_begin; j < block.col_end; ++j) {
                const T phase = in.data()[i * in.row_stride() + j * in.col_stride()];
                out.data()[i * out.row_stride() + j * out.col_stride()] =
                    (detail::Rounded(static_cast<double>(phase)) + angle).value();
            }
    });
}

/// The same on the calling thread.
template <GridLike Theta, WritableGridLike Laboratory>
requires std::same_as<value_type_of<Laboratory>, double>
void to_laboratory(const RotatingFrame& frame, double time, const Theta& theta, Laboratory&& laboratory) {
    to_laboratory(Fused{}, frame, time, theta, laboratory);
}

KURAMOTO_END_NAMESPACE
