// A model with inertia is integrated with its velocities.
// Says: the velocity is missing
// Lines: 15
#include <kuramoto/kuramoto.hpp>

void use(kuramoto::Field<float>& theta, kuramoto::Field<float>& velocity) {
    const kuramoto::Model model{kuramoto::SineLaplacian{.K = 2.0}, 0.0};
    const kuramoto::InertialModel inertial{kuramoto::Inertia{}, model};
#if defined(KURAMOTO_REJECTED)
    kuramoto::integrate(kuramoto::Fused{}, kuramoto::DormandPrince54{}, inertial, theta, 1.0);
#else
    kuramoto::integrate(kuramoto::Fused{}, kuramoto::DormandPrince54{}, inertial, theta, velocity, 1.0);
#endif
    static_cast<void>(velocity);
    static_cast<void>(inertial);
}
