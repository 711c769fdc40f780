// A method that chooses its steps is given a duration, not a number of steps.
// Says: write integrate\(policy, method, model, theta, duration\)
// Lines: 15
#include <kuramoto/kuramoto.hpp>

void use(kuramoto::Field<float>& theta, kuramoto::Field<float>& other) {
    const kuramoto::Model model{kuramoto::SineLaplacian{.K = 2.0}, 0.0};
    const kuramoto::InertialModel inertial{kuramoto::Inertia{}, model};
#if defined(KURAMOTO_REJECTED)
    kuramoto::advance(kuramoto::Fused{}, kuramoto::DormandPrince54{}, model, theta, 10);
#else
    kuramoto::integrate(kuramoto::Fused{}, kuramoto::DormandPrince54{}, model, theta, 10);
#endif
    static_cast<void>(other);
    static_cast<void>(inertial);
}
