// The largest stable time step is that of a method.
// Says: name the method
// Lines: 15
#include <kuramoto/kuramoto.hpp>

double use() {
#if defined(KURAMOTO_REJECTED)
    return kuramoto::max_stable_dt(kuramoto::SineLaplacian{.K = 2.0});
#else
    return kuramoto::max_stable_dt(kuramoto::Euler{}, kuramoto::SineLaplacian{.K = 2.0});
#endif
}
