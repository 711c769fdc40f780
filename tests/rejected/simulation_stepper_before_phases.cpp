// The order of arguments: model, phases, stepper.
// Says: write Simulation\(model, theta, stepper\)
// Lines: 15
#include <kuramoto/kuramoto.hpp>

void use(const kuramoto::Field<float>& theta) {
    const kuramoto::Model model{kuramoto::SineLaplacian{.K = 2.0}, 0.0};
#if defined(KURAMOTO_REJECTED)
    kuramoto::Simulation simulation(model, kuramoto::Euler{.dt = 0.1}, theta);
#else
    kuramoto::Simulation simulation(model, theta, kuramoto::Euler{.dt = 0.1});
#endif
    simulation.run(kuramoto::Fused{}, 10);
}
