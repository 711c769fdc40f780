// The order of arguments: policy, description, inputs.
// Says: the policy comes first
// Lines: 15
#include <kuramoto/kuramoto.hpp>

void use(kuramoto::Field<float>& theta) {
    const kuramoto::Model model{kuramoto::SineLaplacian{.K = 2.0}, 0.0};
#if defined(KURAMOTO_REJECTED)
    kuramoto::advance(kuramoto::Euler{.dt = 0.1}, kuramoto::Fused{}, model, theta, 10);
#else
    kuramoto::advance(kuramoto::Fused{}, kuramoto::Euler{.dt = 0.1}, model, theta, 10);
#endif
}
