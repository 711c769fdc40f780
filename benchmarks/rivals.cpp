// rivals: what one could take instead. Loops written by hand, at -O3 and at -Ofast -march=native -fopenmp, and the
// sines of other libraries where they are installed. (NumPy is timed by run.py, from outside.)
#include "lattice.hpp"
#include "sines.hpp"

#include <cmath>

#ifdef SUITE_HAS_SLEEF
namespace sleef {
void sin_u10(const float* x, float* y, std::size_t count);
void sin_u10(const double* x, double* y, std::size_t count);
void sin_u35(const float* x, float* y, std::size_t count);
void sin_u35(const double* x, double* y, std::size_t count);
} // namespace sleef
#endif

namespace suite {

namespace {

template <class T> void add_sine(const std::string& rival, Sines<T> sines) {
    add("rivals/sine/" + rival + "/" + name_of<T>, false,
        [sines](benchmark::State& state) { time_sine<T>(state, sines); });
}

template <class T> void add_loop(const std::string& rival, bool in_parallel, by_hand::Solver<T> solver) {
    for (const std::ptrdiff_t n : {512, 1000, 4000})
        add("rivals/advance/" + rival + "/" + name_of<T> + "/N:" + name(n), in_parallel,
            [=](benchmark::State& state) { advance_by_hand<T>(state, solver, n, 2); });
}

/// The library beside the loops, so that they are timed in turns.
template <class T> void add_library() {
    for (const std::ptrdiff_t n : {512, 4000})
        add("rivals/advance/Fused/" + std::string(name_of<T>) + "/N:" + name(n), false, [=](benchmark::State& state) {
            advance<T>(state, km::Fused{}, km::Sine{}, n, steps_for(n));
            count(state, static_cast<double>(n * n * steps_for(n)));
        });
}

template <class T> void add_precision_of() {
    const by_hand::Solvers<T> plain = by_hand::plain::solvers<T>();
    const by_hand::Solvers<T> fast = by_hand::fast::solvers<T>();
    add_library<T>();
    add_loop<T>("by-hand-O3", false, plain.fused);
    add_loop<T>("by-hand-O3-two-sines", false, plain.two_sines);
    add_loop<T>("by-hand-Ofast", false, fast.fused);
    add_loop<T>("by-hand-Ofast-two-sines", false, fast.two_sines);
    add_loop<T>("by-hand-Ofast-threads", true, fast.threads);
    add_loop<T>("by-hand-Ofast-two-sines-threads", true, fast.two_sines_threads);
    add_sine<T>("kuramoto", library_sine<T>());
    add_sine<T>("libm", by_hand::plain::sines<T>);
    add_sine<T>("libmvec", by_hand::fast::sines<T>);
#ifdef SUITE_HAS_SLEEF
    add_sine<T>("SLEEF-u10", sleef::sin_u10);
    add_sine<T>("SLEEF-u35", sleef::sin_u35);
#endif
}

} // namespace

void add_rivals() {
    add_precision_of<float>();
    add_precision_of<double>();
}

} // namespace suite
