// An observer is called every so many steps, and the call says how many.
// Says: run\(policy, amount, every, observer\)
// Lines: 15
#include <kuramoto/kuramoto.hpp>

void use(const kuramoto::Field<float>& theta) {
    kuramoto::Simulation simulation(kuramoto::Model{kuramoto::SineLaplacian{}, 0.0}, theta, kuramoto::Euler{});
    const auto look = [](const auto& now) { static_cast<void>(now.time()); };
#if defined(KURAMOTO_REJECTED)
    simulation.run(kuramoto::Fused{}, 100, look);
#else
    simulation.run(kuramoto::Fused{}, 100, 10, look);
#endif
}
