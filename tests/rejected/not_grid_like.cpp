// A plain array says nothing of its shape: give a view of it.
// Unsatisfied: GridLike
#include <kuramoto/kuramoto.hpp>

void use(float* theta, kuramoto::Field<float>& rate) {
#if defined(KURAMOTO_REJECTED)
    kuramoto::apply(kuramoto::Fused{}, kuramoto::SineLaplacian{.K = 2.0}, theta, rate);
#else
    kuramoto::apply(kuramoto::Fused{}, kuramoto::SineLaplacian{.K = 2.0}, kuramoto::Grid(theta, 2, 3), rate);
#endif
}
