// physics: what edges, couplings, bonds, noise, steppers and observables cost beside Euler's method with the sine and
// zero flux, at N = 512 in the cache, and what steppers cost where the lattice is in memory.
#include "lattice.hpp"

#include <string>
#include <vector>

namespace suite {
namespace {

constexpr std::ptrdiff_t small = 512;
constexpr std::ptrdiff_t large = 10000;

/// Numbers along an edge.
const std::vector<double>& numbers(std::ptrdiff_t n) {
    static std::vector<double> values;
    values.resize(static_cast<std::size_t>(n));
    for (std::size_t k = 0; k < values.size(); ++k) values[k] = 1e-3 * static_cast<double>(k % 1000);
    return values;
}

/// A case of `advance`; `operator_of(n)` makes what the model holds beside ω, which lives as long as the case.
template <class T, class S, class MakeOperator>
void add_advance(const std::string& what, std::ptrdiff_t n, const S& stepper, const MakeOperator& operator_of) {
    add("physics/" + what + "/" + name_of<T> + "/N:" + name(n), false, [=](benchmark::State& state) {
        Lattice<T> lattice(n);
        const auto made = operator_of(n);
        const std::int64_t steps = (n > 4000 ? 16 : 64) / S::stages; // as many levels for each
        for (auto _ : state)
            km::advance(km::Fused{}, stepper, km::Model{made.laplacian(), lattice.omega}, lattice.theta, steps, 0);
        count(state, static_cast<double>(n * n * steps));
    });
}

/// A case of `advance` with inertia on the sine lattice.
template <class T, class S> void add_inertia(const std::string& what, std::ptrdiff_t n, const S& stepper) {
    add("physics/" + what + "/" + name_of<T> + "/N:" + name(n), false, [=](benchmark::State& state) {
        Lattice<T> lattice(n);
        km::Field<T> velocity(n, n);
        velocity.fill(0); // its memory is touched before it is timed
        const km::Model sine{km::SineLaplacian{.K = coupling_strength}, lattice.omega};
        const km::InertialModel model{km::Inertia{.mass = 1, .damping = 0.5}, sine};
        const std::int64_t steps = (n > 4000 ? 16 : 64) - 1; // one level more
        for (auto _ : state) km::advance(km::Fused{}, stepper, model, lattice.theta, velocity, steps, 0);
        count(state, static_cast<double>(n * n * steps));
    });
}

/// Equal bonds.
template <class C> struct Plain {
    km::Laplacian<C> value;
    [[nodiscard]] const km::Laplacian<C>& laplacian() const { return value; }
};
template <class C> auto plain(const C& coupling, const km::Boundary& boundary = {}) {
    return
        [=](std::ptrdiff_t) { return Plain<C>{{.K = coupling_strength, .coupling = coupling, .boundary = boundary}}; };
}

/// Phases and fluxes given along the edges.
inline auto mixed_edges(std::ptrdiff_t n) {
    const std::vector<double>& along = numbers(n);
    return Plain<km::Sine>{
        {.K = coupling_strength,
         .boundary = {km::fixed_phase(along), km::fixed_flux(along), km::fixed_phase(along), km::fixed_flux(along)}}};
}

/// A strength for each bond; with a mask every ninth cell is missing.
template <class T> struct Strengths {
    km::Field<T> east;
    km::Field<T> south;

    Strengths(std::ptrdiff_t n, bool is_mask) : east(n, n), south(n, n) {
        km::uniform_frequencies(east, 0.5, 1.5, 3);
        km::uniform_frequencies(south, 0.5, 1.5, 4);
        if (!is_mask) return;
        km::Field<T> present(n, n);
        for (std::ptrdiff_t k = 0; k < present.size(); ++k) present.data()[k] = k % 9 == 0 ? T(0) : T(1);
        km::equal_frequencies(east, 1.0);
        km::equal_frequencies(south, 1.0);
        km::remove_cells(present, east, south);
    }
    [[nodiscard]] auto laplacian() const {
        return km::with_bonds(km::SineLaplacian{.K = coupling_strength}, east, south);
    }
};

template <class T> void add_models() {
    const km::Euler euler{.dt = time_step};
    add_advance<T>("Euler/sine/zero-flux", small, euler, plain(km::Sine{}));
    add_advance<T>("Euler/sine/torus", small, euler, plain(km::Sine{}, km::torus));
    add_advance<T>("Euler/sine/mixed-edges", small, euler, mixed_edges);
    add_advance<T>("Euler/lag/zero-flux", small, euler, plain(km::SakaguchiSine{.lag = 0.3}));
    add_advance<T>("Euler/two-harmonics/zero-flux", small, euler, plain(km::Harmonics<2>{{1.0, 0.5}}));
    add_advance<T>("Euler/sine/strengths", small, euler, [](std::ptrdiff_t n) { return Strengths<T>(n, false); });
    add_advance<T>("Euler/sine/mask", small, euler, [](std::ptrdiff_t n) { return Strengths<T>(n, true); });
}

template <class T> void add_steppers() {
    for (const std::ptrdiff_t n : {small, large}) {
        if (n == large) add_advance<T>("Euler/sine/zero-flux", n, km::Euler{.dt = time_step}, plain(km::Sine{}));
        add_advance<T>("EulerMaruyama/sine/zero-flux", n, km::EulerMaruyama{.dt = time_step, .D = 0.1},
                       plain(km::Sine{}));
        add_advance<T>("LeimkuhlerMatthews/sine/zero-flux", n, km::LeimkuhlerMatthews{.dt = time_step, .D = 0.1},
                       plain(km::Sine{}));
        add_advance<T>("Heun/sine/zero-flux", n, km::Heun{.dt = time_step}, plain(km::Sine{}));
        add_advance<T>("RungeKutta4/sine/zero-flux", n, km::RungeKutta4{.dt = time_step}, plain(km::Sine{}));
        add_inertia<T>("VelocityVerlet/sine/zero-flux", n, km::VelocityVerlet{.dt = time_step});
        add_inertia<T>("BAOAB/sine/zero-flux", n, km::BAOAB{.dt = time_step, .temperature = 0.1});
    }
}

/// What works one step at a time: mean-field coupling, alone and with the lattice.
template <class T> void add_unfused() {
    const std::int64_t steps = 16;
    const km::MeanField mean_field{.K = coupling_strength};
    const km::SineLaplacian sine{.K = coupling_strength};
    add(std::string("physics/mean-field/alone/") + name_of<T> + "/N:" + name(small), false,
        [=](benchmark::State& state) {
            Lattice<T> lattice(small);
            const km::MeanFieldModel model{mean_field, lattice.omega};
            for (auto _ : state) km::advance(km::Fused{}, km::Euler{.dt = time_step}, model, lattice.theta, steps);
            count(state, static_cast<double>(small * small * steps));
        });
    add(std::string("physics/mean-field/lattice/") + name_of<T> + "/N:" + name(small), false,
        [=](benchmark::State& state) {
            Lattice<T> lattice(small);
            const km::MeanFieldModel model{mean_field, km::Model{sine, lattice.omega}};
            for (auto _ : state) km::advance(km::Fused{}, km::Euler{.dt = time_step}, model, lattice.theta, steps);
            count(state, static_cast<double>(small * small * steps));
        });
}

/// A look at the phases, by one thread.
template <class T, class Look> void add_look(const std::string& what, const Look& look) {
    add("physics/look/" + what + "/" + name_of<T> + "/N:" + name(small), false, [=](benchmark::State& state) {
        const Lattice<T> lattice(small);
        for (auto _ : state) benchmark::DoNotOptimize(look(lattice.theta));
        count(state, static_cast<double>(small * small));
    });
}

template <class T> void add_observables() {
    add_look<T>("order-parameter", [](const km::Field<T>& theta) { return km::order_parameter(theta); });
    add_look<T>("vortices", [](const km::Field<T>& theta) { return km::count_vortices(km::Boundary{}, theta); });
    add_look<T>("energy", [](const km::Field<T>& theta) { return km::energy(km::SineLaplacian{}, theta); });
}

template <class T> void add_precision_of() {
    add_models<T>();
    add_steppers<T>();
    add_unfused<T>();
    add_observables<T>();
}

} // namespace

void add_physics() {
    add_precision_of<float>();
    add_precision_of<double>();
}

} // namespace suite
