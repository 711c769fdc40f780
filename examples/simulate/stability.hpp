// The largest stable time step of a run, and what is doubtful about the step and the method that were asked for.
#pragma once

#include "model.hpp"
#include "run.hpp"
#include "state.hpp"

#include <kuramoto/kuramoto.hpp>

#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

namespace simulate {

/// The largest time step that is surely stable.
template <class T> double stable_dt(const Run& run, const State<T>& state) {
    return largest_stable_dt(run.cut, stepper_of(run, state), model_of(run, state));
}

/// Throws unless the time step is stable, or may be any.
inline void check_stable(const Run& run, double most) {
    if (run.dt > most && !run.allow_unstable)
        throw BadOption("--dt " + text(run.dt) + ": beyond the stable time step " + text(most) + " for -K " +
                        text(run.K) + ", --coupling " + run.coupling.canonical() +
                        (run.mean_field != 0 ? ", --mean-field " + text(run.mean_field) : "") +
                        (run.has_inertia ? ", --inertia " + (run.mass ? text(*run.mass) : "FILE.npy") : "") +
                        " and --stepper " + run.stepper + " (--allow-unstable accepts it)");
}

/// What is doubtful about Euler-Maruyama. `most`: the largest stable time step.
inline std::vector<std::string> warnings_of_euler_maruyama(const Run& run, double most) {
    // A harmonic mode whose stable time step is `most` has a variance that is too large by 1 / (1 − dt / most).
    if (run.dt == most)
        return {"--stepper euler-maruyama has no equilibrium at --dt " + text(run.dt) +
                ": the variance of waves of two cells grows without bound"};
    const double percent = std::round(100 * run.dt / (most - run.dt));
    if (percent == 0) return {};
    return {"--stepper euler-maruyama samples waves of two cells at a temperature that is " + text(percent) +
            " % too high at --dt " + text(run.dt) + "; leimkuhler-matthews does not"};
}

/// Whether a constant force acts on cells.
inline bool has_drive(const Run& run) {
    const auto has_flux = [](const km::BoundaryCondition& edge) {
        return edge.kind == km::BoundaryKind::fixed_flux && edge.value != 0;
    };
    const km::Boundary& edges = run.boundary;
    return run.omega != 0.0 || has_flux(edges.north) || has_flux(edges.south) || has_flux(edges.west) ||
           has_flux(edges.east);
}

/// What is doubtful about inertia.
template <class T> std::vector<std::string> warnings_of_inertia(const Run& run, const State<T>& state) {
    std::vector<std::string> warnings;
    double largest = 0; // damping
    double fastest = 0; // damping / mass
    const km::Grid<const T> dampings = here(state.damping);
    const km::Grid<const T> masses = here(state.mass);
    const auto look = [&](std::ptrdiff_t i, std::ptrdiff_t j) {
        const double damping = run.has_damping_field() ? static_cast<double>(dampings(i, j)) : *run.damping;
        const double mass = run.mass ? *run.mass : static_cast<double>(masses(i, j));
        largest = std::fmax(largest, damping);
        fastest = std::fmax(fastest, damping / mass);
    };
    const bool are_numbers = run.mass && !run.has_damping_field();
    const km::Grid<const T> cells = here(state.theta);
    for (std::ptrdiff_t i = 0; i < (are_numbers ? 1 : cells.rows()) && run.cells() > 0; ++i)
        for (std::ptrdiff_t j = 0; j < (are_numbers ? 1 : cells.cols()); ++j) look(i, j);
    largest = largest_of_all(largest);
    fastest = largest_of_all(fastest);
    if (run.cells() > 0 && run.has_noise() && largest == 0)
        warnings.push_back("--noise " + text(*run.noise) +
                           " has no effect with --damping 0: without damping the run has no temperature");
    // A free cell turns at ω/γ · (x/2) coth(x/2).
    const double x = fastest * run.dt;
    const double percent = x > 0 ? std::round(1000 * (x / 2 / std::tanh(x / 2) - 1)) / 10 : 0;
    if (percent >= 1 && has_drive(run))
        warnings.push_back("free cells turn " + text(percent) + " % too fast at --dt " + text(run.dt) +
                           ": keep damping * dt / inertia well below 1");
    return warnings;
}

/// What is doubtful about the time step and its method, in one line each. `most`: the largest stable time step.
template <class T> std::vector<std::string> warnings_of(const Run& run, const State<T>& state, double most) {
    if (run.dt > most) return {"--dt " + text(run.dt) + " is beyond the stable time step " + text(most)};
    if (run.has_inertia) return warnings_of_inertia(run, state);
    if (run.has_noise() && run.stepper == "euler-maruyama") return warnings_of_euler_maruyama(run, most);
    return {};
}

} // namespace simulate
