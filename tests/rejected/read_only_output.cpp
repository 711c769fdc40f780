// A view that only reads cannot take the rates.
// Unsatisfied: WritableGridLike
#include <kuramoto/kuramoto.hpp>

#if defined(KURAMOTO_REJECTED)
using Cell = const float;
#else
using Cell = float;
#endif

void use(const kuramoto::Field<float>& theta, kuramoto::Grid<Cell> rate) {
    kuramoto::apply(kuramoto::Fused{}, kuramoto::SineLaplacian{.K = 2.0}, theta, rate);
}
