// All fields of a simulation have one precision.
// Says: of one precision
// Lines: 15
#include <kuramoto/kuramoto.hpp>

void use(const kuramoto::Field<float>& theta, const kuramoto::Field<double>& wide,
         const kuramoto::Field<float>& omega) {
#if defined(KURAMOTO_REJECTED)
    kuramoto::Simulation simulation(kuramoto::Model{kuramoto::SineLaplacian{}, wide}, theta, kuramoto::Euler{});
#else
    kuramoto::Simulation simulation(kuramoto::Model{kuramoto::SineLaplacian{}, omega}, theta, kuramoto::Euler{});
#endif
    static_cast<void>(wide);
    static_cast<void>(omega);
    simulation.run(kuramoto::Fused{}, 10);
}
