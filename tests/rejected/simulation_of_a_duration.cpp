// With a fixed time step, a run is a number of steps: a time would be cut to an integer.
// Says: counted in steps
// Lines: 15
#include <kuramoto/kuramoto.hpp>

void use(const kuramoto::Field<float>& theta) {
    kuramoto::Simulation simulation(kuramoto::Model{kuramoto::SineLaplacian{}, 0.0}, theta, kuramoto::Euler{});
#if defined(KURAMOTO_REJECTED)
    simulation.run(kuramoto::Fused{}, 2.5);
#else
    simulation.run(kuramoto::Fused{}, 25);
#endif
}
