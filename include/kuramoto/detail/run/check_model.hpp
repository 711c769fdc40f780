// check_model and check_stepper: what `advance` and `integrate` refuse, found before a run begins.
#pragma once

#include <kuramoto/detail/build/checks.hpp>
#include <kuramoto/detail/run/dormand_prince.hpp>
#include <kuramoto/detail/run/inertia.hpp>
#include <kuramoto/detail/run/inertial_factors.hpp>
#include <kuramoto/detail/run/lattice_sweep.hpp>
#include <kuramoto/detail/run/mean_field.hpp>
#include <kuramoto/detail/run/stepper_factors.hpp>
#include <kuramoto/execution/policy.hpp>
#include <kuramoto/model/inertia.hpp>
#include <kuramoto/model/mean_field.hpp>
#include <kuramoto/model/model.hpp>
#include <kuramoto/stepping/baoab.hpp>
#include <kuramoto/stepping/dormand_prince.hpp>
#include <kuramoto/stepping/stability.hpp>

#include <concepts>
#include <cstdint>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

template <class T, class C, class Frequency, class B>
void check_model(const Model<C, Frequency, B>& model, const Grid<const T>& theta, const Execution& execution) {
    static_cast<void>(checked_number<T>(model.laplacian.K, "K"));
    static_cast<void>(prepared<T>(model.laplacian.coupling));
    check_boundary<T>(model.laplacian.boundary, execution.place.rows_of(theta), execution.place.cols_of(theta));
    static_cast<void>(source_of(model.omega, theta));
    check_strengths<T>(model.laplacian.bonds, theta);
}
template <class T, class Local>
void check_model(const MeanFieldModel<Local>& model, const Grid<const T>& theta, const Execution& execution) {
    static_cast<void>(checked_coupling<T>(model.mean_field));
    if constexpr (LatticeModel<Local>)
        check_model(model.local, theta, execution);
    else
        static_cast<void>(source_of(model.local, theta));
}
template <class T, class Inner, class Coefficients>
void check_model(const InertialModel<Inner, Coefficients>& model, const Grid<const T>& theta,
                 const Execution& execution) {
    check_model(model.model, theta, execution);
}

template <class T, FixedStepper S, class ModelType>
void check_stepper(const S& stepper, const ModelType&, const Grid<const T>& theta, std::int64_t step,
                   const Execution& execution) {
    static_cast<void>(checked_time_step<T>(stepper.dt));
    if constexpr (NoisyStepper<S>) static_cast<void>(noise_of<T>(stepper, theta, step, 0, execution));
}
template <class T, InertialStepper S, class Inner, class Coefficients>
void check_stepper(const S& stepper, const InertialModel<Inner, Coefficients>& model, const Grid<const T>& theta,
                   std::int64_t step, const Execution& execution) {
    check_inertial_stepper<T>(stepper, model.inertia, theta);
    if constexpr (std::same_as<S, BAOAB>)
        static_cast<void>(numbered_noise<T>(stepper.seed, theta, step, 0, false, execution));
}
template <class T, class ModelType>
void check_stepper(const DormandPrince54& method, const ModelType&, const Grid<const T>&, std::int64_t,
                   const Execution&) {
    check_method(method);
}

template <class T, class Inner, class Coefficients>
void check_stepper(const DormandPrince54& method, const InertialModel<Inner, Coefficients>& model,
                   const Grid<const T>& theta, std::int64_t, const Execution&) {
    check_method(method);
    check_inertia(model.inertia, theta);
}

/// Throws for a time step beyond the stable one, where the coupling tells its slope.
template <class S, class ModelType> void check_stable(const S& stepper, const ModelType& model) {
    if constexpr (requires { max_stable_dt(stepper, model); }) {
        const double most = max_stable_dt(stepper, model);
        if (!(stepper.dt <= most))
            invalid_argument("dt = " + text(stepper.dt) + " is beyond the stable time step " + text(most) +
                             " of this model (Stability::unchecked lets it pass)");
    }
}

} // namespace detail
KURAMOTO_END_NAMESPACE
