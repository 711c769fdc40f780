// The order of arguments: policy, number of steps.
// Says: the policy comes first
// Lines: 15
#include <kuramoto/kuramoto.hpp>

void use(const kuramoto::Field<float>& theta) {
    kuramoto::Simulation simulation(kuramoto::Model{kuramoto::SineLaplacian{}, 0.0}, theta, kuramoto::Euler{});
#if defined(KURAMOTO_REJECTED)
    simulation.run(100, kuramoto::Fused{});
#else
    simulation.run(kuramoto::Fused{}, 100);
#endif
}
