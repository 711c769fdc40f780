// Prints the bits of the plain unit. With WITH_OTHER_UNITS runs the others before and compares them by value.
#include "two_units.hpp"

#include <cmath>
#include <cstdio>

int main() {
#if defined(WITH_OTHER_UNITS)
    const Result fast = fast_unit();
    const Result no_exceptions = no_exceptions_unit();
#endif
    const Result plain = plain_unit();
    print(plain);
#if defined(WITH_OTHER_UNITS)
    if (refusals() != refusals_asked) {
        std::fprintf(stderr, "%d wrong calls of %d are refused\n", refusals(), refusals_asked);
        return 1;
    }
    if (!(std::fabs(fast.first_cell - plain.first_cell) < 1e-9)) {
        std::fprintf(stderr, "-ffast-math: %.17g, plain: %.17g\n", fast.first_cell, plain.first_cell);
        return 1;
    }
    if (fast.bits_float == plain.bits_float || fast.bits_double == plain.bits_double) {
        std::fprintf(stderr, "-ffast-math gives the bits of the plain unit: a mixture of the two would not be seen\n");
        return 1;
    }
    if (no_exceptions.bits_float != plain.bits_float || no_exceptions.bits_double != plain.bits_double ||
        no_exceptions.bits_every != plain.bits_every) {
        std::fprintf(stderr, "-fno-exceptions gives other bits\n");
        return 1;
    }
#endif
    return 0;
}
