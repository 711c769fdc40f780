// The dynamics of a lattice. The template of lattice_float32.cpp and lattice_float64.cpp.
#pragma once

#include "dynamics.hpp"
#include "model.hpp"
#include "policy.hpp"
#include "stepper.hpp"

namespace simulate {

template <class T> Dynamics<T> lattice_dynamics(const Options& options, const Run& run, State<T>& state) {
    Dynamics<T> dynamics;
    with_policy(options, [&](const auto& policy) {
        if (run.has_fields())
            with_model_of_fields(run, state, [&](const auto& model) {
                dynamics.set_rate(policy, model, state);
                with_stepper_of_fields(
                    run, state, [&](const auto& stepper) { dynamics.set_advance(policy, stepper, model, state); });
            });
        else
            with_plain_model(run, state, [&](const auto& model) {
                dynamics.set_rate(policy, model, state);
                with_plain_stepper(run,
                                   [&](const auto& stepper) { dynamics.set_advance(policy, stepper, model, state); });
            });
    });
    return dynamics;
}

} // namespace simulate
