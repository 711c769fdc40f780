// There are no adaptive steps with inertia.
// Says: inertia takes BAOAB or VelocityVerlet
// Lines: 15
#include <kuramoto/kuramoto.hpp>

void use(kuramoto::Field<float>& theta, kuramoto::Field<float>& other) {
    const kuramoto::Model model{kuramoto::SineLaplacian{.K = 2.0}, 0.0};
    const kuramoto::InertialModel inertial{kuramoto::Inertia{}, model};
#if defined(KURAMOTO_REJECTED)
    kuramoto::integrate(kuramoto::Fused{}, kuramoto::DormandPrince54{}, inertial, theta, 1.0);
#else
    kuramoto::advance(kuramoto::Fused{}, kuramoto::VelocityVerlet{}, inertial, theta, other, 10);
#endif
    static_cast<void>(other);
    static_cast<void>(inertial);
}
