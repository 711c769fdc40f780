// How run-time choices become the type of a stepper.
#pragma once

#include "run.hpp"
#include "state.hpp"

#include <kuramoto/kuramoto.hpp>

namespace simulate {

/// Calls `use` with the stepper of a run without noise.
template <class Use> void with_noiseless_stepper(const Run& run, const Use& use) {
    if (run.stepper == "heun") return use(km::Heun{.dt = run.dt});
    if (run.stepper == "rk4") return use(km::RungeKutta4{.dt = run.dt});
    use(km::Euler{.dt = run.dt});
}

/// Calls `use` with the stepper of the run, which has one D for all cells.
template <class Use> void with_plain_stepper(const Run& run, const Use& use) {
    if (!run.has_noise()) return with_noiseless_stepper(run, use);
    if (run.stepper == "euler-maruyama") return use(km::EulerMaruyama{.dt = run.dt, .D = *run.noise, .seed = run.seed});
    use(km::LeimkuhlerMatthews{.dt = run.dt, .D = *run.noise, .seed = run.seed});
}

/// Calls `use` with the stepper of the run, which takes D from a field of the state.
template <class T, class Use> void with_stepper_of_fields(const Run& run, const State<T>& state, const Use& use) {
    if (!run.has_noise()) return with_noiseless_stepper(run, use);
    const km::Grid<const T> D = state.noise;
    if (run.stepper == "euler-maruyama") return use(km::EulerMaruyamaField<T>{.dt = run.dt, .D = D, .seed = run.seed});
    use(km::LeimkuhlerMatthewsField<T>{.dt = run.dt, .D = D, .seed = run.seed});
}

/// Calls `use` with the stepper of a run with inertia.
template <class Use> void with_inertial_stepper(const Run& run, const Use& use) {
    if (run.stepper == "velocity-verlet") return use(km::VelocityVerlet{.dt = run.dt});
    use(km::BAOAB{.dt = run.dt, .temperature = run.noise.value_or(0), .seed = run.seed});
}

} // namespace simulate
