// Two calls with the same steps would have the same noise.
// Says: pass first_step
// Lines: 15
#include <kuramoto/kuramoto.hpp>

void use(kuramoto::Field<float>& theta) {
    const kuramoto::Model model{kuramoto::SineLaplacian{.K = 2.0}, 0.0};
#if defined(KURAMOTO_REJECTED)
    kuramoto::advance(kuramoto::Fused{}, kuramoto::EulerMaruyama{.D = 0.1}, model, theta, 10);
#else
    kuramoto::advance(kuramoto::Fused{}, kuramoto::EulerMaruyama{.D = 0.1}, model, theta, 10, 0);
#endif
}
