// The largest stable time step of a run, and what is doubtful about the step and the method that were asked for.
#pragma once

#include "model.hpp"
#include "run.hpp"
#include "state.hpp"

#include <kuramoto/kuramoto.hpp>

#include <cmath>
#include <string>
#include <vector>

namespace simulate {

/// The largest time step that is surely stable.
template <class T> double stable_dt(const Run& run, const State<T>& state) {
    double most = 0;
    const auto look = [&](const auto& laplacian) {
        const km::MeanFieldModel model{mean_field_of(run), km::Model{laplacian, 0.0}};
        most =
            run.stepper == "rk4" ? km::max_stable_dt(km::RungeKutta4{}, model) : km::max_stable_dt(km::Euler{}, model);
    };
    with_laplacian(run, [&](const auto& laplacian) {
        if (run.has_fields())
            look(km::with_bonds(laplacian, state.east, state.south));
        else
            look(laplacian);
    });
    return most;
}

/// Throws unless the time step is stable, or may be any.
inline void check_stable(const Run& run, double most) {
    if (run.dt > most && !run.allow_unstable)
        throw BadOption("--dt " + text(run.dt) + ": beyond the stable time step " + text(most) + " for -K " +
                        text(run.K) + ", --coupling " + run.coupling.canonical() +
                        (run.mean_field != 0 ? ", --mean-field " + text(run.mean_field) : "") + " and --stepper " +
                        run.stepper + " (--allow-unstable accepts it)");
}

/// What is doubtful about the time step and its method, in one line each.
/// `most`: the largest stable time step.
inline std::vector<std::string> warnings_of(const Run& run, double most) {
    if (run.dt > most) return {"--dt " + text(run.dt) + " is beyond the stable time step " + text(most)};
    if (!run.has_noise() || run.stepper != "euler-maruyama") return {};
    // A harmonic mode whose stable time step is `most` has a variance that is too large by 1 / (1 − dt / most).
    if (run.dt == most)
        return {"--stepper euler-maruyama has no equilibrium at --dt " + text(run.dt) +
                ": the variance of waves of two cells grows without bound"};
    const double percent = std::round(100 * run.dt / (most - run.dt));
    if (percent == 0) return {};
    return {"--stepper euler-maruyama samples waves of two cells at a temperature that is " + text(percent) +
            " % too high at --dt " + text(run.dt) + "; leimkuhler-matthews does not"};
}

} // namespace simulate
