// A cell and its frequency have the same precision.
// Unsatisfied: FrequencyFor
#include <kuramoto/kuramoto.hpp>

#if defined(KURAMOTO_REJECTED)
using Frequency = double;
#else
using Frequency = float;
#endif

void use(kuramoto::Field<float>& theta, const kuramoto::Field<Frequency>& omega) {
    const kuramoto::Model lattice{kuramoto::SineLaplacian{}, omega};
    kuramoto::advance(kuramoto::Fused{}, kuramoto::Euler{}, kuramoto::MeanFieldModel{kuramoto::MeanField{}, lattice},
                      theta, 1);
}
