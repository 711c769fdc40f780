// The dynamics of cells with inertia. The template of inertia_float32.cpp and inertia_float64.cpp.
#pragma once

#include "dynamics.hpp"
#include "model.hpp"
#include "policy.hpp"
#include "stepper.hpp"

#include <cstdint>

namespace simulate {

/// Calls `use` with the policy and the model of a run, without its inertia. The model views the state.
template <class T, class Use>
void with_inner_model(const Options& options, const Run& run, const State<T>& state, const Use& use) {
    if (run.mean_field != 0 && run.K == 0)
        return with_omega(run, state, [&](const auto& omega) {
            use(workers_of(options), km::MeanFieldModel{mean_field_of(run), omega});
        });
    with_policy(options, [&](const auto& policy) {
        if (!run.has_fields()) return with_plain_model(run, state, [&](const auto& model) { use(policy, model); });
        with_model_of_fields(run, state, [&](const auto& model) {
            if (run.mean_field != 0)
                use(policy, km::MeanFieldModel{mean_field_of(run), model});
            else
                use(policy, model);
        });
    });
}

template <class T> Dynamics<T> inertial_dynamics(const Options& options, const Run& run, State<T>& state) {
    Dynamics<T> dynamics;
    with_inner_model(options, run, state, [&](const auto& policy, const auto& inner) {
        const km::InertialModel model{inertia_of(run, state), inner};
        with_inertial_stepper(run, [&](const auto& stepper) {
            dynamics.advance = [policy, stepper, model, &state](std::int64_t steps, std::int64_t first) {
                km::advance(policy, stepper, model, state.theta, state.velocity, steps, first);
            };
        });
    });
    return dynamics;
}

} // namespace simulate
