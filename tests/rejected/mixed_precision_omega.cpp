// State and natural frequencies have one precision.
// Unsatisfied: FrequencyFor
#include <kuramoto/kuramoto.hpp>

#if defined(KURAMOTO_REJECTED)
using Frequency = double;
#else
using Frequency = float;
#endif

void use(kuramoto::Field<float>& theta, const kuramoto::Field<Frequency>& omega) {
    const kuramoto::Model model{kuramoto::SineLaplacian{.K = 2.0}, omega};
    kuramoto::advance(kuramoto::Fused{}, kuramoto::Euler{.dt = 0.1}, model, theta, 10);
}
