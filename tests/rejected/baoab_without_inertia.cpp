// Without inertia there is no velocity that BAOAB could move.
// Says: BAOAB and VelocityVerlet are for an InertialModel
// Lines: 15
#include <kuramoto/kuramoto.hpp>

void use(kuramoto::Field<float>& theta, kuramoto::Field<float>& other) {
    const kuramoto::Model model{kuramoto::SineLaplacian{.K = 2.0}, 0.0};
    const kuramoto::InertialModel inertial{kuramoto::Inertia{}, model};
#if defined(KURAMOTO_REJECTED)
    kuramoto::advance(kuramoto::Fused{}, kuramoto::BAOAB{}, model, theta, 10, 0);
#else
    kuramoto::advance(kuramoto::Fused{}, kuramoto::Euler{}, model, theta, 10);
#endif
    static_cast<void>(other);
    static_cast<void>(inertial);
}
