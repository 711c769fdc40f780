// precision: float32 against float64 for every operator and policy, and the sine alone: its speed, and its largest
// error over a million arguments within ±2π, in units in the last place.
#include "couplings.hpp"
#include "lattice.hpp"
#include "sines.hpp"

namespace suite {
namespace {

constexpr std::ptrdiff_t n = 1000;
constexpr std::int64_t steps = 32;

template <class T, class C, class P>
void add_case(const std::string& what, const P& policy, const C& coupling, const Cost& cost, int threads) {
    add("precision/" + what + "/" + name_of<T>, threads > 1, [=](benchmark::State& state) {
        advance<T>(state, policy, coupling, n, steps);
        count<T>(state, static_cast<double>(n * n * steps), cost, threads, fits_in_cache<T>(n));
    });
}

template <class T> void add_policies() {
    const int most = km::OpenMP{}.concurrency();
    add_case<T>("Serial/sine", km::Serial{}, km::Sine{}, Cost{12 * sizeof(T), sine_cost<T>(1).multiply_adds}, 1);
    add_case<T>("Serial/linear", km::Serial{}, km::Linear{}, Cost{12 * sizeof(T), 2}, 1);
    add_case<T>("Fused/sine", km::Fused{}, km::Sine{}, sine_cost<T>(automatic_depth), 1);
    add_case<T>("Fused/linear", km::Fused{}, km::Linear{}, linear_cost<T>(automatic_depth), 1);
    add_case<T>("OpenMP/sine", km::OpenMP{}, km::Sine{}, sine_cost<T>(automatic_depth), most);
    add_case<T>("OpenMP/linear", km::OpenMP{}, km::Linear{}, linear_cost<T>(automatic_depth), most);
    add("precision/sine-alone/" + std::string(name_of<T>), false,
        [](benchmark::State& state) { time_sine<T>(state, library_sine<T>()); });
}

} // namespace

void add_precision() {
    add_policies<float>();
    add_policies<double>();
}

} // namespace suite
