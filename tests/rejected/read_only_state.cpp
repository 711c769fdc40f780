// `advance` writes the state.
// Unsatisfied: WritableGridLike
#include <kuramoto/kuramoto.hpp>

#if defined(KURAMOTO_REJECTED)
using State = const kuramoto::Field<float>;
#else
using State = kuramoto::Field<float>;
#endif

void use(State& theta) {
    const kuramoto::Model model{kuramoto::SineLaplacian{.K = 2.0}, 0.5};
    kuramoto::advance(kuramoto::Fused{}, kuramoto::Euler{.dt = 0.1}, model, theta, 10);
}
