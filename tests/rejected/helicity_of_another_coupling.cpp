// The formula of the helicity modulus is that of the sine.
// Says: other couplings have no helicity modulus here
// Lines: 15
#include <kuramoto/kuramoto.hpp>

auto use(const kuramoto::Field<float>& theta) {
#if defined(KURAMOTO_REJECTED)
    const kuramoto::Laplacian<kuramoto::SakaguchiSine> lattice{.K = 2.0};
#else
    const kuramoto::Laplacian<kuramoto::Sine> lattice{.K = 2.0};
#endif
    return kuramoto::helicity_sums(kuramoto::Fused{}, lattice, theta);
}
