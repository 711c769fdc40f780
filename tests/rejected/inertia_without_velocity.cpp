// A state with inertia is phases and velocities.
// Says: the velocity is missing
// Lines: 15
#include <kuramoto/kuramoto.hpp>

void use(kuramoto::Field<float>& theta, kuramoto::Field<float>& other) {
    const kuramoto::Model model{kuramoto::SineLaplacian{.K = 2.0}, 0.0};
    const kuramoto::InertialModel inertial{kuramoto::Inertia{}, model};
#if defined(KURAMOTO_REJECTED)
    kuramoto::advance(kuramoto::Fused{}, kuramoto::VelocityVerlet{}, inertial, theta, 10);
#else
    kuramoto::advance(kuramoto::Fused{}, kuramoto::VelocityVerlet{}, inertial, theta, other, 10);
#endif
    static_cast<void>(other);
    static_cast<void>(inertial);
}
