// The noise of a step depends on its number.
// Says: with noise, pass first_step
// Lines: 15
#include <kuramoto/kuramoto.hpp>

void use(kuramoto::Field<float>& theta, kuramoto::Field<float>& velocity) {
    const kuramoto::InertialModel model{kuramoto::Inertia{}, kuramoto::Model{kuramoto::SineLaplacian{}, 0.0}};
#if defined(KURAMOTO_REJECTED)
    kuramoto::advance(kuramoto::Fused{}, kuramoto::BAOAB{}, model, theta, velocity, 10);
#else
    kuramoto::advance(kuramoto::Fused{}, kuramoto::BAOAB{}, model, theta, velocity, 10, 0);
#endif
}
