// fusion: what it is worth to go over memory once instead of many times. The arithmetic is the same in all cases of a
// sine: array passes, one pass, and `depth` time steps in one pass. With libm's sine, the sine takes all the time and
// hides what fusion does; with the library's it shows.
#include "couplings.hpp"
#include "lattice.hpp"

namespace suite {
namespace {

constexpr int depths[] = {1, 2, 4, 8, 16, 32, 64};

template <class T, class C> void add_sine(const std::string& sine, std::ptrdiff_t n, std::int64_t steps) {
    const std::string end = std::string("/") + name_of<T> + "/N:" + name(n);
    const bool is_libm = sine == "libm";
    add("fusion/" + sine + "/passes" + end, false, [=](benchmark::State& state) {
        const std::int64_t few = 8; // a step is like the other
        advance<T>(state, km::Serial{}, C{}, n, few);
        count(state, static_cast<double>(n * n * few));
    });
    for (const int depth : depths) {
        if (is_libm && depth > 1 && depth != 16) continue;
        add("fusion/" + sine + "/depth:" + name(depth) + end, false, [=](benchmark::State& state) {
            advance<T>(state, km::Fused{.depth = depth}, C{}, n, steps);
            const double cell_steps = static_cast<double>(n * n * steps);
            if (is_libm) return count(state, cell_steps);
            count<T>(state, cell_steps, sine_cost<T>(depth), 1, fits_in_cache<T>(n));
        });
    }
}

} // namespace

void add_fusion() {
    for (const std::ptrdiff_t n : {512, 3000}) {
        add_sine<float, km::Sine>("kuramoto", n, 64);
        add_sine<double, km::Sine>("kuramoto", n, 64);
    }
    add_sine<float, LibmSine>("libm", 512, 16);
    add_sine<double, LibmSine>("libm", 512, 16);
}

} // namespace suite
