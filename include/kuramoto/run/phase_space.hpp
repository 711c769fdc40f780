// Oscillators with inertia as a system of first order: states of phases and velocities, their rate, and integrate.
#pragma once

#include <kuramoto/detail/build/checks.hpp>
#include <kuramoto/detail/run/acceleration.hpp>
#include <kuramoto/detail/run/dormand_prince.hpp>
#include <kuramoto/detail/run/inertia.hpp>
#include <kuramoto/detail/run/inertial_factors.hpp>
#include <kuramoto/grid/field.hpp>
#include <kuramoto/model/inertia.hpp>
#include <kuramoto/run/mean_field.hpp>
#include <kuramoto/run/rate.hpp>

#include <cstddef>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// Rows of phases in a state; as many rows of velocities follow.
inline std::ptrdiff_t rows_of_phases(std::ptrdiff_t rows, std::ptrdiff_t cols) {
    if (rows % 2 != 0)
        invalid_argument("a state of phases and velocities has an even number of rows, but is " +
                         shape_text(rows, cols) + " cells");
    return rows / 2;
}

} // namespace detail

/// The phases in a state of a model with inertia: a view of its upper half.
///
/// A state of R × C oscillators is one field of 2R × C cells. Its first R rows are the phases, in rad. The others are
/// the velocities, in rad / time. It is what `rate` of an InertialModel takes, and a state for Boost.odeint.
///
/// Throws: std::invalid_argument for an odd number of rows.
template <class Element> [[nodiscard]] Grid<Element> phases_of(Grid<Element> state) {
    return state.subgrid(0, 0, detail::rows_of_phases(state.rows(), state.cols()), state.cols());
}
/// The same of a Field, or of whatever is grid-like.
template <GridLike State> [[nodiscard]] auto phases_of(State& state) { return phases_of(as_grid(state)); }

/// The velocities in a state of a model with inertia: a view of its lower half. See phases_of.
///
/// Throws: std::invalid_argument for an odd number of rows.
template <class Element> [[nodiscard]] Grid<Element> velocities_of(Grid<Element> state) {
    const std::ptrdiff_t rows = detail::rows_of_phases(state.rows(), state.cols());
    return state.subgrid(rows, 0, rows, state.cols());
}
/// The same of a Field, or of whatever is grid-like.
template <GridLike State> [[nodiscard]] auto velocities_of(State& state) { return velocities_of(as_grid(state)); }

/// A state of a model with inertia: a copy of phases and velocities in one field. See phases_of.
///
/// theta, velocity: grid-like, the same shape and precision, any strides.
/// Throws: std::invalid_argument for different shapes; std::bad_alloc, or std::length_error if the state is larger than
/// the address space.
template <GridLike Theta, GridLike Velocity>
requires SamePrecision<Theta, Velocity>
[[nodiscard]] Field<value_type_of<const Theta>> phase_space_state(const Theta& theta, const Velocity& velocity) {
    using T = value_type_of<const Theta>;
    const Grid<const T> phases = as_grid(theta);
    const Grid<const T> velocities = as_grid(velocity);
    detail::check_same_shape(phases, "theta", velocities, "velocity");
    Field<T> state(2 * phases.rows(), phases.cols());
    detail::copy_cells(phases, phases_of(state));
    detail::copy_cells(velocities, velocities_of(state));
    return state;
}

/// The rate of a state of a model with inertia: θ̇ in the upper half of `rate`, θ̈ = (rate of the model − γ θ̇)/m in its
/// lower half.
///
/// state, rate: grid-like, the same shape, an even number of rows, the same precision, any strides; see phases_of.
/// `rate` must overlap neither itself, nor the state, nor a field that the model reads. A mass that is not finite and
/// positive and a damping that is negative or not finite give NaN in a field.
///
/// Throws: std::invalid_argument, before anything is written, as `rate` of the model without inertia; for a mass that
/// is not finite and positive in the precision of the cells, a damping that is negative or not finite, and fields of
/// another shape.
/// Cost: the passes of the model, and one that reads its rate and the velocities and writes the rate of the state.
/// Accuracy: in the precision of the cells; beside the errors of the model's rate one rounding of the quotient and one
/// of γ θ̇ and the sum, two without FMA.
template <ExecutionPolicy P, class Inner, class Coefficients, GridLike State, WritableGridLike Rate>
requires SamePrecision<State, Rate> && HasInertia<Inner, Coefficients, value_type_of<State>>
void rate(const P& policy, const InertialModel<Inner, Coefficients>& model, const State& state, Rate&& rate) {
    using T = value_type_of<const State>;
    const detail::Execution execution(policy);
    const Grid<const T> in = as_grid(state);
    const Grid<T> out = as_grid(rate);
    detail::check_same_shape(in, "state", out, "rate");
    detail::check_writable(out, "rate");
    detail::check_disjoint(out, "rate", in, "state");
    const Grid<const T> theta = phases_of(in);
    const Grid<const T> velocity = velocities_of(in);
    const detail::Source<T> omega = detail::source_of(detail::omega_of(model.model), theta);
    detail::check_disjoint(out, "rate", omega.field, "omega");
    detail::check_apart_from_lattice(out, "rate", model.model);
    detail::check_inertia(model.inertia, theta);
    detail::check_inertia_apart(out, "rate", model.inertia);
    const Grid<T> acceleration = velocities_of(out);
    kuramoto::rate(policy, model.model, theta, acceleration);
    detail::accelerate(policy, execution, detail::as_fields<T>(model.inertia), velocity,
                       detail::StateRate<T>{phases_of(out), acceleration});
}

/// Advances θ and its velocity in place by the time `duration`, by steps whose length the tolerance determines.
///
/// As `integrate` of a Model, for the system of first order of phases and velocities. The tolerances apply to both: to
/// phases in rad and to velocities in rad / time. Without damping the energy drifts, slowly, by the error of the
/// method; VelocityVerlet keeps it within a bound. There is no noise: see BAOAB.
///
/// theta, velocity: as in `advance` of an InertialModel.
/// Throws: as `integrate` of a Model and as `rate` of an InertialModel. Whatever is thrown, θ and velocity are as they
/// were.
/// Cost: six evaluations of the rate per step; scratch of ten fields of twice the cells.
template <ExecutionPolicy P, class Inner, class Coefficients, WritableGridLike Theta, WritableGridLike Velocity>
requires SamePrecision<Theta, Velocity> && HasInertia<Inner, Coefficients, value_type_of<Theta>>
IntegrationReport integrate(const P& policy, const DormandPrince54& method,
                            const InertialModel<Inner, Coefficients>& model, Theta&& theta, Velocity&& velocity,
                            double duration) {
    using T = value_type_of<Theta>;
    const detail::Execution execution(policy);
    const Grid<T> phases = as_grid(theta);
    const Grid<T> velocities = as_grid(velocity);
    detail::check_method(method);
    detail::check_duration(duration);
    detail::check_state(model, phases, velocities);
    detail::check_inertia(model.inertia, Grid<const T>(phases));
    Field<T> state = phase_space_state(phases, velocities);
    const Grid<T> cells = state.view();
    const IntegrationReport report = detail::integrate_model(policy, execution, method, model, cells, duration);
    detail::copy_cells(Grid<const T>(phases_of(cells)), phases);
    detail::copy_cells(Grid<const T>(velocities_of(cells)), velocities);
    return report;
}

// What does not compile: the comment behind each is in the compiler's message.
// clang-format off
template <ExecutionPolicy P, class Inner, class Coefficients, GridLike Theta>
void integrate(const P&, const DormandPrince54&, const InertialModel<Inner, Coefficients>&, Theta&&, double) = delete; // the velocity is missing: write integrate(policy, method, model, theta, velocity, duration)
// clang-format on

KURAMOTO_END_NAMESPACE
