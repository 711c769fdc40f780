// A model with inertia has velocities: BAOAB moves them, Euler's method does not.
// Says: the stepper does not suit the model
// Lines: 15
#include <kuramoto/kuramoto.hpp>

void use(const kuramoto::Field<float>& theta, const kuramoto::Field<float>& velocity) {
    const kuramoto::InertialModel model{kuramoto::Inertia{}, kuramoto::Model{kuramoto::SineLaplacian{}, 0.0}};
#if defined(KURAMOTO_REJECTED)
    kuramoto::Simulation simulation(model, theta, kuramoto::Euler{.dt = 0.1});
    static_cast<void>(velocity);
#else
    kuramoto::Simulation simulation(model, theta, velocity, kuramoto::BAOAB{.dt = 0.1});
#endif
    simulation.run(kuramoto::Fused{}, 10);
}
