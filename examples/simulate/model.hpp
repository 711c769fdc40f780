// How run-time choices become the types of a model.
#pragma once

#include "run.hpp"
#include "state.hpp"

#include <kuramoto/kuramoto.hpp>

#include <vector>

namespace simulate {

/// Calls `use` with the lattice operator of the run, without strengths of bonds.
template <class Use> void with_laplacian(const Run& run, const Use& use) {
    const km::Boundary& boundary = run.boundary;
    if (run.coupling.name == "harmonics") {
        const std::vector<double>& a = run.coupling.numbers;
        return use(km::Laplacian<km::Harmonics<3>>{.K = run.K, .coupling = {{a[0], a[1], a[2]}}, .boundary = boundary});
    }
    if (run.coupling.name == "linear") return use(km::LinearLaplacian{.K = run.K, .boundary = boundary});
    if (run.lag != 0)
        return use(km::Laplacian<km::SakaguchiSine>{.K = run.K, .coupling = {.lag = run.lag}, .boundary = boundary});
    use(km::SineLaplacian{.K = run.K, .boundary = boundary});
}

/// Calls `use` with the natural frequencies of the run, which view the state.
template <class T, class Use> void with_omega(const Run& run, const State<T>& state, const Use& use) {
    if (run.has_omega_field())
        use(state.omega.view());
    else
        use(*run.omega);
}

/// Calls `use` with the lattice model of a run in which everything is a field. The model views the state.
template <class T, class Use> void with_model_of_fields(const Run& run, const State<T>& state, const Use& use) {
    with_laplacian(run, [&](const auto& laplacian) {
        use(km::Model{km::with_bonds(laplacian, state.east, state.south), state.omega});
    });
}

/// Calls `use` with the lattice model of another run. The model views the state.
template <class T, class Use> void with_plain_model(const Run& run, const State<T>& state, const Use& use) {
    with_laplacian(run, [&](const auto& laplacian) {
        with_omega(run, state, [&](const auto& omega) { use(km::Model{laplacian, omega}); });
    });
}

/// Mass and damping of a run with inertia. They view the state.
template <class T> km::InertiaFields<T> inertia_of(const Run& run, const State<T>& state) {
    using Coefficient = km::NumberOrField<T>;
    return {.mass = run.mass ? Coefficient(*run.mass) : Coefficient(state.mass),
            .damping = run.has_damping_field() ? Coefficient(state.damping) : Coefficient(*run.damping)};
}

inline km::MeanField mean_field_of(const Run& run) { return {.K = run.mean_field, .lag = run.lag}; }

} // namespace simulate
