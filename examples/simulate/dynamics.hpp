// How a state advances. The functions below are templates over all models and steppers, and therefore most of the work
// of the compiler. They are defined in headers of their own, which lattice_float32.cpp and its kin instantiate.
#pragma once

#include "options.hpp"
#include "run.hpp"
#include "state.hpp"

#include <kuramoto/kuramoto.hpp>

#include <cstdint>
#include <functional>

namespace simulate {

/// The right-hand side and the time steps of a run, whatever the policy, the model and the stepper. They refer to its
/// state. Each call is some passes over the lattice, so that the indirection costs nothing.
template <class T> struct Dynamics {
    std::function<void(std::int64_t steps, std::int64_t first)> advance;
    std::function<void(km::Field<T>& rates)> rate; ///< dθ/dt without noise

    /// Sets `rate`.
    template <class Policy, class Model>
    void set_rate(const Policy& policy, const Model& model, const State<T>& state) {
        rate = [policy, model, &state](km::Field<T>& rates) { km::rate(policy, model, state.theta, rates); };
    }
    /// Sets `advance`.
    template <class Policy, class Stepper, class Model>
    void set_advance(const Policy& policy, const Stepper& stepper, const Model& model, State<T>& state) {
        advance = [policy, stepper, model, &state](std::int64_t steps, std::int64_t first) {
            km::advance(policy, stepper, model, state.theta, steps, first);
        };
    }
};

/// The dynamics of a run without mean-field coupling.
template <class T> Dynamics<T> lattice_dynamics(const Options& options, const Run& run, State<T>& state);
/// The dynamics of a run with mean-field coupling.
template <class T> Dynamics<T> mean_field_dynamics(const Options& options, const Run& run, State<T>& state);

/// The dynamics of a run with inertia. They have no `rate`: dθ/dt is the velocity.
template <class T> Dynamics<T> inertial_dynamics(const Options& options, const Run& run, State<T>& state);

/// The dynamics of a run.
template <class T> Dynamics<T> dynamics_of(const Options& options, const Run& run, State<T>& state) {
    if (run.has_inertia) return inertial_dynamics(options, run, state);
    if (run.mean_field != 0) return mean_field_dynamics(options, run, state);
    return lattice_dynamics(options, run, state);
}

} // namespace simulate
