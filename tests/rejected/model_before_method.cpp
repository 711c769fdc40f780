// The order of arguments: policy, method, model.
// Says: write integrate\(policy, method, model, theta, duration\)
// Lines: 15
#include <kuramoto/kuramoto.hpp>

void use(kuramoto::Field<float>& theta, kuramoto::Field<float>& other) {
    const kuramoto::Model model{kuramoto::SineLaplacian{.K = 2.0}, 0.0};
    const kuramoto::InertialModel inertial{kuramoto::Inertia{}, model};
#if defined(KURAMOTO_REJECTED)
    kuramoto::integrate(kuramoto::Fused{}, model, kuramoto::DormandPrince54{}, theta, 1.0);
#else
    kuramoto::integrate(kuramoto::Fused{}, kuramoto::DormandPrince54{}, model, theta, 1.0);
#endif
    static_cast<void>(other);
    static_cast<void>(inertial);
}
