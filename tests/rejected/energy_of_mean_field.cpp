// The energy is that of the bonds: a part of what a mean-field model has, which the call has to name.
// Says: pass the lattice within
// Lines: 15
#include <kuramoto/kuramoto.hpp>

auto use(const kuramoto::Field<float>& theta) {
    const kuramoto::Model lattice{kuramoto::SineLaplacian{.K = 2.0}, 0.5};
    const kuramoto::MeanFieldModel model{kuramoto::MeanField{.K = 1.0}, lattice};
#if defined(KURAMOTO_REJECTED)
    return kuramoto::energy(kuramoto::Fused{}, model, theta);
#else
    return kuramoto::energy(kuramoto::Fused{}, model.local, theta);
#endif
}
