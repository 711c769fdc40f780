// physics: what edges, couplings and steppers cost beside Euler's method with the sine and zero flux, at N = 512 in the
// cache, and what steppers cost where the lattice is in memory.
#include "lattice.hpp"

#include <vector>

namespace suite {
namespace {

/// Numbers along an edge.
const std::vector<double>& numbers(std::ptrdiff_t n) {
    static std::vector<double> values;
    values.resize(static_cast<std::size_t>(n));
    for (std::size_t k = 0; k < values.size(); ++k) values[k] = 1e-3 * static_cast<double>(k % 1000);
    return values;
}

template <class T, class C, class S>
void add_case(const std::string& what, std::ptrdiff_t n, const C& coupling, const S& stepper, bool is_mixed,
              const km::Boundary& boundary) {
    add("physics/" + what + "/" + name_of<T> + "/N:" + name(n), false, [=](benchmark::State& state) {
        Lattice<T> lattice(n);
        km::Laplacian<C> laplacian{.K = coupling_strength, .coupling = coupling, .boundary = boundary};
        if (is_mixed) {
            const std::vector<double>& along = numbers(n);
            laplacian.boundary = {km::fixed_phase(along), km::fixed_flux(along), km::fixed_phase(along),
                                  km::fixed_flux(along)};
        }
        const std::int64_t steps = (n > 4000 ? 16 : 64) / S::stages; // as many levels for each
        for (auto _ : state)
            km::advance(km::Fused{}, stepper, km::Model{laplacian, lattice.omega}, lattice.theta, steps);
        count(state, static_cast<double>(n * n * steps));
    });
}

template <class T> void add_precision_of() {
    const km::Euler euler{.dt = time_step};
    add_case<T>("Euler/sine/zero-flux", 512, km::Sine{}, euler, false, {});
    add_case<T>("Euler/sine/torus", 512, km::Sine{}, euler, false, km::torus);
    add_case<T>("Euler/sine/mixed-edges", 512, km::Sine{}, euler, true, {});
    add_case<T>("Euler/lag/zero-flux", 512, km::SakaguchiSine{.lag = 0.3}, euler, false, {});
    add_case<T>("Euler/two-harmonics/zero-flux", 512, km::Harmonics<2>{{1.0, 0.5}}, euler, false, {});
    add_case<T>("Heun/sine/zero-flux", 512, km::Sine{}, km::Heun{.dt = time_step}, false, {});
    add_case<T>("RungeKutta4/sine/zero-flux", 512, km::Sine{}, km::RungeKutta4{.dt = time_step}, false, {});
    add_case<T>("Euler/sine/zero-flux", 10000, km::Sine{}, euler, false, {});
    add_case<T>("Heun/sine/zero-flux", 10000, km::Sine{}, km::Heun{.dt = time_step}, false, {});
    add_case<T>("RungeKutta4/sine/zero-flux", 10000, km::Sine{}, km::RungeKutta4{.dt = time_step}, false, {});
}

} // namespace

void add_physics() {
    add_precision_of<float>();
    add_precision_of<double>();
}

} // namespace suite
