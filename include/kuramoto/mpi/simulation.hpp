// Simulation of a lattice that is cut over MPI processes.
#pragma once

#include <kuramoto/detail/mpi/rank_policy.hpp>
#include <kuramoto/mpi/field.hpp>
#include <kuramoto/mpi/run.hpp>
#include <kuramoto/mpi/stability.hpp>
#include <kuramoto/run/simulation.hpp>

namespace kuramoto::mpi {

// What Simulation asks of its cells.
template <Real T, class Work> void check_cells(const Field<T>& theta, const Work& work) {
    detail::on_ranks(Fused{}, theta.decomposition(),
                     [&](const auto& ranks) { work(theta.local(), detail::Execution(ranks)); });
}
template <Real T, class Stepper, class ModelType>
void check_stability(const Field<T>& theta, const Stepper& stepper, const ModelType& model) {
    detail::with_bounding_model(theta.decomposition(), model, [&](const auto& small) {
        detail::with_agreement(theta.decomposition().communicator(),
                               [&](detail::Agreement&) { detail::check_stable(stepper, small); });
        return 0;
    });
}
template <Real T> void check_velocity(const Field<T>& theta, const Field<T>& velocity) {
    const Decomposition& decomposition = theta.decomposition();
    detail::with_agreement(decomposition.communicator(), [&](detail::Agreement&) {
        static_cast<void>(detail::local_of(velocity, decomposition, "velocity"));
    });
}
template <Real T> const Field<T>& view_of(const Field<T>& cells) { return cells; }

} // namespace kuramoto::mpi

namespace kuramoto {

namespace detail {

template <class ModelType, Real T, class Stepper, class... Options>
requires(!is_inertial<ModelType> && StepperOf<Stepper, ModelType, T>)
inline constexpr bool fit<ModelType, mpi::Field<T>, Stepper, Options...> = true;
template <class Inner, class Coefficients, Real T, class Stepper, class... Options>
requires StepperOf<Stepper, InertialModel<Inner, Coefficients>, T>
inline constexpr bool fit<InertialModel<Inner, Coefficients>, mpi::Field<T>, mpi::Field<T>, Stepper, Options...> = true;

} // namespace detail

// Simulation(model, theta, stepper) with an mpi::Field is collective, as its runs are. theta() is then an mpi::Field;
// every process calls the observer, and all have to return the same.
template <class ModelType, Real T, StepperOf<ModelType, T> S, class... Options>
requires(!detail::is_inertial<ModelType>)
Simulation(const ModelType&, const mpi::Field<T>&, S, Options...) -> Simulation<ModelType, T, S, mpi::Field<T>>;
template <class Inner, class Coefficients, Real T, StepperOf<InertialModel<Inner, Coefficients>, T> S, class... Options>
Simulation(const InertialModel<Inner, Coefficients>&, const mpi::Field<T>&, const mpi::Field<T>&, S, Options...)
    -> Simulation<InertialModel<Inner, Coefficients>, T, S, mpi::Field<T>>;

} // namespace kuramoto
