// How run-time choices become types: policy, coupling and stepper are dispatched once, and what is left of them are
// functions.
#pragma once

#include "profile.hpp"
#include "state.hpp"

#include <kuramoto/kuramoto.hpp>
#include <kuramoto/openmp.hpp>
#include <kuramoto/run/mean_field.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace simulate {

/// Calls `use` with the policy that was asked for. `fused` is `openmp` with one thread, and saves a type to compile.
template <class Use> void with_policy(const Options& options, const Use& use) {
    if (options.policy == "serial") return use(km::Serial{});
    use(km::OpenMP{.threads = options.policy == "fused" ? 1 : options.threads});
}

/// Calls `use` with the lattice operator of the run.
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

/// Calls `use` with the stepper of the run; `mask` may be null.
template <class T, class Use> void with_stepper(const Run& run, const Mask<T>* mask, const Use& use) {
    const double dt = run.dt;
    if (run.stepper == "heun") return use(km::Heun{.dt = dt});
    if (run.stepper == "rk4") return use(km::RungeKutta4{.dt = dt});
    if (run.noise == 0) return use(km::Euler{.dt = dt});
    const bool is_averaged = run.stepper == "leimkuhler-matthews";
    if (mask != nullptr && mask->is_given()) {
        const km::Grid<const T> D = mask->noise();
        if (is_averaged) return use(km::LeimkuhlerMatthewsField<T>{.dt = dt, .D = D, .seed = run.seed});
        return use(km::EulerMaruyamaField<T>{.dt = dt, .D = D, .seed = run.seed});
    }
    if (is_averaged) return use(km::LeimkuhlerMatthews{.dt = dt, .D = run.noise, .seed = run.seed});
    use(km::EulerMaruyama{.dt = dt, .D = run.noise, .seed = run.seed});
}

inline km::MeanField mean_field_of(const Run& run) { return {.K = run.mean_field, .lag = run.lag}; }

/// The largest time step that is surely stable.
inline double stable_dt(const Run& run) {
    double most = 0;
    with_laplacian(run, [&](const auto& laplacian) {
        with_stepper<double>(run, nullptr, [&](const auto& stepper) {
            most = km::max_stable_dt(stepper, km::MeanFieldModel{mean_field_of(run), km::Model{laplacian, 0.0}});
        });
    });
    return most;
}

/// Throws unless the time step is stable, or may be any.
inline void check_stable(const Run& run) {
    const double most = stable_dt(run);
    if (run.dt > most && !run.allow_unstable)
        throw BadOption("--dt " + text(run.dt) + ": beyond the stable time step " + text(most) + " for -K " +
                        text(run.K) + ", --coupling " + run.coupling.canonical() +
                        (run.mean_field != 0 ? ", --mean-field " + text(run.mean_field) : "") + " and --stepper " +
                        run.stepper + " (--allow-unstable accepts it)");
}

/// What is doubtful about the time step and its method, in one line each.
inline std::vector<std::string> warnings_of(const Run& run) {
    const double most = stable_dt(run);
    if (run.dt > most) return {"--dt " + text(run.dt) + " is beyond the stable time step " + text(most)};
    if (run.noise == 0 || run.stepper != "euler-maruyama") return {};
    // A harmonic mode whose stable time step is `most` has a variance that is too large by 1 / (1 − dt / most).
    if (run.dt == most)
        return {"--stepper euler-maruyama has no equilibrium at --dt " + text(run.dt) +
                ": the variance of waves of two cells grows without bound"};
    const double percent = std::round(100 * run.dt / (most - run.dt));
    if (percent == 0) return {};
    return {"--stepper euler-maruyama samples waves of two cells at a temperature that is " + text(percent) +
            " % too high at --dt " + text(run.dt) + "; leimkuhler-matthews does not"};
}

/// What can be done with a state, whatever the policy and the model. Each call is some passes over the lattice, so
/// that what the indirection costs is nothing.
template <class T> struct Solver {
    std::function<void(std::int64_t steps, std::int64_t first)> advance;
    std::function<void(km::Field<T>& rates)> rate; ///< dθ/dt
    std::function<km::OrderParameter()> order;
    std::function<double()> energy; ///< of the sine without a lag
    std::function<km::VortexCount()> vortices;
    std::function<void(km::Field<T>& r)> local_order;
    std::function<double()> length; ///< of the correlation, in cells
    /// dθ/dt in the mean since the phases were `before`.
    std::function<void(const km::Field<T>& before, double duration, km::Field<T>& rates)> effective_rate;
    std::function<double(const km::Field<T>& rates, double tolerance)> largest_cluster; ///< its share
    std::function<double()> bandwidth; ///< of the machine, in bytes a second
};

/// Calls `use` with the natural frequencies of the run, which view the state.
template <class T, class Use> void with_omega(const Run& run, const State<T>& state, const Use& use) {
    if (run.has_omega_field())
        use(state.omega.view());
    else
        use(*run.omega);
}

/// Calls `use` with the model of a run without mean-field coupling, which views the state.
template <class T, class Use> void with_lattice(const Run& run, const State<T>& state, const Use& use) {
    with_laplacian(run, [&](const auto& laplacian) {
        with_omega(run, state, [&](const auto& omega) {
            if (state.mask.is_given())
                use(km::Model{km::with_bonds(laplacian, state.mask.east(), state.mask.south()), omega});
            else
                use(km::Model{laplacian, omega});
        });
    });
}

/// Calls `use` with the model of a run with mean-field coupling, which views the state; without a lattice for K = 0.
template <class T, class Use> void with_mean_field(const Run& run, const State<T>& state, const Use& use) {
    with_omega(run, state, [&](const auto& omega) {
        if (run.K == 0) return use(km::MeanFieldModel{mean_field_of(run), omega});
        with_laplacian(run, [&](const auto& laplacian) {
            use(km::MeanFieldModel{mean_field_of(run), km::Model{laplacian, omega}});
        });
    });
}

/// Calls `use` with the model and the stepper of the run, which view the state.
template <class T, class Use> void with_method(const Run& run, const State<T>& state, const Use& use) {
    const auto use_model = [&](const auto& model) {
        with_stepper(run, &state.mask, [&](const auto& stepper) { use(model, stepper); });
    };
    if (run.mean_field != 0)
        with_mean_field(run, state, use_model);
    else
        with_lattice(run, state, use_model);
}

/// The functions that look further than at a cell and its neighbours.
template <class T, class Policy>
void add_looks(Solver<T>& solver, const Policy& policy, const km::Boundary& boundary, const State<T>& state) {
    solver.local_order = [policy, boundary, &state](km::Field<T>& r) {
        state.mask.with_present(
            [&](const auto& present) { km::local_order_parameter(policy, boundary, state.theta, present, r, 2); });
    };
    solver.length = [policy, boundary, &state] {
        const std::ptrdiff_t furthest = std::min(state.theta.rows(), state.theta.cols()) / 2;
        std::vector<double> correlation(static_cast<std::size_t>(furthest) + 1);
        state.mask.with_present([&](const auto& present) {
            km::correlation(policy, boundary, state.theta, present, correlation, km::Pairs::both);
        });
        return km::correlation_length(correlation);
    };
    solver.effective_rate = [policy, &state](const km::Field<T>& before, double duration, km::Field<T>& rates) {
        km::effective_frequencies(policy, before, state.theta, duration, rates);
    };
    solver.largest_cluster = [policy, boundary, &state](const km::Field<T>& rates, double tolerance) {
        return state.mask.with_present([&](const auto& present) {
            return km::frequency_clusters(policy, boundary, rates, present, tolerance).largest_share();
        });
    };
}

/// The functions of a run; they refer to its state.
template <class T, class Policy> Solver<T> solver_of(const Policy& policy, const Run& run, State<T>& state) {
    Solver<T> solver;
    with_method(run, state, [&](const auto& model, const auto& stepper) {
        solver.advance = [policy, stepper, model, &state](std::int64_t steps, std::int64_t first) {
            km::advance(policy, stepper, model, state.theta, steps, first);
        };
        solver.rate = [policy, model, &state](km::Field<T>& rates) { km::rate(policy, model, state.theta, rates); };
    });
    solver.order = [policy, &state] {
        return state.mask.with_present(
            [&](const auto& present) { return km::order_parameter(policy, state.theta, present); });
    };
    const km::SineLaplacian sine{.K = run.K, .boundary = run.boundary};
    solver.energy = [policy, sine, &state] {
        return state.mask.with_present(
            [&](const auto& present) { return km::energy(policy, sine, state.theta, present); });
    };
    solver.vortices = [policy, sine, &state] {
        return state.mask.with_present(
            [&](const auto& present) { return km::count_vortices(policy, sine, state.theta, present); });
    };
    add_looks(solver, policy, sine.boundary, state);
    solver.bandwidth = [policy] { return memory_bandwidth(policy); };
    return solver;
}

} // namespace simulate
