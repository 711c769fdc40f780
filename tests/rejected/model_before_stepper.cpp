// The order of arguments: policy, stepper, model.
// Says: write advance\(policy, stepper, model, theta, steps\)
// Lines: 15
#include <kuramoto/kuramoto.hpp>

void use(kuramoto::Field<float>& theta) {
    const kuramoto::Model model{kuramoto::SineLaplacian{.K = 2.0}, 0.0};
#if defined(KURAMOTO_REJECTED)
    kuramoto::advance(kuramoto::Fused{}, model, kuramoto::Euler{.dt = 0.1}, theta, 10);
#else
    kuramoto::advance(kuramoto::Fused{}, kuramoto::Euler{.dt = 0.1}, model, theta, 10);
#endif
}
