// The order of arguments: lattice or model, phases.
// Says: write energy\(lattice or model, theta\)
// Lines: 15
#include <kuramoto/kuramoto.hpp>

auto use(const kuramoto::Field<float>& theta) {
    const kuramoto::SineLaplacian sine{.K = 2.0};
#if defined(KURAMOTO_REJECTED)
    return kuramoto::energy(theta, sine);
#else
    return kuramoto::energy(sine, theta);
#endif
}
