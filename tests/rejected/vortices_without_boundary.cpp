// An observable of neighbours must know which edges are periodic.
// Says: write count_vortices\(boundary or model, theta\)
// Lines: 15
#include <kuramoto/kuramoto.hpp>

auto use(const kuramoto::Field<float>& theta) {
#if defined(KURAMOTO_REJECTED)
    return kuramoto::count_vortices(theta);
#else
    return kuramoto::count_vortices(kuramoto::torus, theta);
#endif
}
