// The dynamics of cells with mean-field coupling. The template of mean_field_float32.cpp and mean_field_float64.cpp.
#pragma once

#include "dynamics.hpp"
#include "model.hpp"
#include "policy.hpp"
#include "stepper.hpp"

namespace simulate {

/// For K = 0: cells without bonds to their neighbours.
template <class T> Dynamics<T> bondless_dynamics(const Options& options, const Run& run, State<T>& state) {
    Dynamics<T> dynamics;
    with_omega(run, state, [&](const auto& omega) {
        const km::OpenMP policy = workers_of(options);
        const km::MeanFieldModel model{mean_field_of(run), omega};
        const auto use = [&](const auto& stepper) { dynamics.set_advance(policy, stepper, model, state); };
        dynamics.set_rate(policy, model, state);
        if (run.has_fields())
            with_stepper_of_fields(run, state, use);
        else
            with_plain_stepper(run, use);
    });
    return dynamics;
}

template <class T> Dynamics<T> mean_field_dynamics(const Options& options, const Run& run, State<T>& state) {
    if (run.K == 0) return bondless_dynamics(options, run, state);
    Dynamics<T> dynamics;
    with_policy(options, [&](const auto& policy) {
        with_model_of_fields(run, state, [&](const auto& lattice) {
            const km::MeanFieldModel model{mean_field_of(run), lattice};
            dynamics.set_rate(policy, model, state);
            with_stepper_of_fields(run, state,
                                   [&](const auto& stepper) { dynamics.set_advance(policy, stepper, model, state); });
        });
    });
    return dynamics;
}

} // namespace simulate
