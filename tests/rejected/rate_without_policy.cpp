// The order of arguments: policy, model, phases, rate.
// Says: the policy comes first
// Lines: 15
#include <kuramoto/kuramoto.hpp>

void use(kuramoto::Field<float>& theta, kuramoto::Field<float>& other) {
    const kuramoto::Model model{kuramoto::SineLaplacian{.K = 2.0}, 0.0};
    const kuramoto::InertialModel inertial{kuramoto::Inertia{}, model};
#if defined(KURAMOTO_REJECTED)
    kuramoto::rate(model, theta, other);
#else
    kuramoto::rate(kuramoto::Fused{}, model, theta, other);
#endif
    static_cast<void>(other);
    static_cast<void>(inertial);
}
