// State and rate have one precision.
// Unsatisfied: SamePrecision
#include <kuramoto/kuramoto.hpp>

#if defined(KURAMOTO_REJECTED)
using Rate = double;
#else
using Rate = float;
#endif

void use(const kuramoto::Field<float>& theta, kuramoto::Field<Rate>& rate) {
    kuramoto::apply(kuramoto::Fused{}, kuramoto::SineLaplacian{.K = 2.0}, theta, rate);
}
