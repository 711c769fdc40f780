// A mask has the precision of the phases.
// Unsatisfied: MaskFor
#include <kuramoto/kuramoto.hpp>

#if defined(KURAMOTO_REJECTED)
using Present = double;
#else
using Present = float;
#endif

double order(const kuramoto::Field<float>& theta, const kuramoto::Field<Present>& present) {
    return kuramoto::order_parameter(theta, present).r;
}
