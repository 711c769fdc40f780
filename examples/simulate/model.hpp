// The model and the stepper of a run, for the run-time layer of the library.
#pragma once

#include "run.hpp"
#include "state.hpp"

#include <algorithms.hpp>

#include <optional>

namespace simulate {

/// The coupling of the run. With a lag it is that of Sakaguchi and Kuramoto.
inline rt::NamedCoupling coupling_of(const Run& run) {
    if (run.lag != 0) return {rt::CouplingKind::sakaguchi, {run.lag}};
    return {rt::named<rt::CouplingKind>(run.coupling.name), run.coupling.numbers};
}

/// Mass and damping of a run with inertia. They view the state.
template <class T> km::InertiaFields<T> inertia_of(const Run& run, const State<T>& state) {
    using Coefficient = km::NumberOrField<T>;
    return {.mass = run.mass ? Coefficient(*run.mass) : Coefficient(here(state.mass)),
            .damping = run.has_damping_field() ? Coefficient(here(state.damping)) : Coefficient(*run.damping)};
}

/// The model of a run. It views the state. With a mean field and K = 0 there is no lattice.
template <class T> rt::ModelChoice<T> model_of(const Run& run, const State<T>& state) {
    rt::ModelChoice<T> model{.K = run.K, .boundary = run.boundary};
    if (run.K != 0 || run.mean_field == 0) model.coupling = rt::any_coupling<T>(coupling_of(run));
    if (run.has_strengths()) model.bonds = km::BondStrengths<T>{here(state.east), here(state.south)};
    model.omega = run.has_omega_field() ? km::NumberOrField<T>(here(state.omega)) : km::NumberOrField<T>(*run.omega);
    if (run.mean_field != 0) model.mean_field = km::MeanField{.K = run.mean_field, .lag = run.lag};
    if (run.has_inertia) model.inertia = inertia_of(run, state);
    return model;
}

/// The stepper of a run. It views the state.
template <class T> rt::StepperChoice<T> stepper_of(const Run& run, const State<T>& state) {
    rt::StepperChoice<T> stepper{.kind = rt::named<rt::StepperKind>(run.stepper), .dt = run.dt, .seed = run.seed};
    if (run.has_noise_field())
        stepper.D = here(state.noise);
    else
        stepper.D = stepper.temperature = run.noise.value_or(0);
    return stepper;
}

} // namespace simulate
