// theta() views the phases of its simulation: those of a temporary would be gone.
// Says: the phases of a temporary Simulation would be gone
// Lines: 15
#include <kuramoto/kuramoto.hpp>

auto use(const kuramoto::Field<float>& theta) {
    const kuramoto::Model model{kuramoto::SineLaplacian{}, 0.0};
#if defined(KURAMOTO_REJECTED)
    return kuramoto::Simulation(model, theta, kuramoto::Euler{}).theta();
#else
    const kuramoto::Simulation simulation(model, theta, kuramoto::Euler{});
    return kuramoto::Field<float>(simulation.theta());
#endif
}
