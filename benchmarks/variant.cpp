// The library as one compiler makes it with one set of flags: a shared module that compilers.cpp loads.
#include "variant.hpp"

#include <kuramoto/kuramoto.hpp>

namespace km = kuramoto;

namespace {

template <class T> void advance(T* theta, T* omega, std::int64_t n, std::int64_t steps, double K, double dt) {
    const km::Model model{km::SineLaplacian{.K = K}, km::Grid<T>(omega, n, n, n, 1)};
    km::advance(km::Fused{}, km::Euler{.dt = dt}, model, km::Grid<T>(theta, n, n, n, 1), steps);
}

} // namespace

extern "C" [[gnu::visibility("default")]] const suite::Variant kuramoto_variant{advance<float>, advance<double>};
