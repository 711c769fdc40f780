// How a state advances.
#pragma once

#include "model.hpp"
#include "options.hpp"
#include "policy.hpp"
#include "run.hpp"
#include "state.hpp"

#include <algorithms.hpp>

#include <cstdint>

namespace simulate {

/// The right-hand side and the time steps of a run. They refer to its state.
template <class T> class Dynamics {
  public:
    Dynamics(const Options& options, const Run& run, State<T>& state)
        : policy_(policy_of(options)), model_(model_of(run, state)), stepper_(stepper_of(run, state)), state_(state) {}

    /// Advances the state by `steps` steps, of which the first has the number `first`.
    void advance(std::int64_t steps, std::int64_t first) const {
        if (model_.inertia)
            rt::advance(policy_, stepper_, model_, argument(state_.theta), argument(state_.velocity), steps, first);
        else
            rt::advance(policy_, stepper_, model_, argument(state_.theta), steps, first);
    }
    /// dθ/dt without noise. With inertia it is the velocity, and not asked for.
    void rate(Lattice<T>& rates) const {
        const Lattice<T>& theta = state_.theta;
        rt::rate(policy_, model_, argument(theta), argument(rates));
    }

  private:
    rt::Policy policy_;
    rt::ModelChoice<T> model_;
    rt::StepperChoice<T> stepper_;
    State<T>& state_;
};

} // namespace simulate
