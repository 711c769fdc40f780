// advance and apply: every policy, precision and kind of coupling, N = 100 … 4000, and the loop that one writes first.
#include "couplings.hpp"
#include "lattice.hpp"

namespace suite {
namespace {

constexpr std::ptrdiff_t sizes[] = {100, 512, 1000, 4000};

template <class T, class C, class P> void apply(benchmark::State& state, const P& policy, std::ptrdiff_t n) {
    Lattice<T> lattice(n);
    const km::Laplacian<C> laplacian{.K = coupling_strength};
    for (auto _ : state) km::apply(policy, laplacian, lattice.theta, lattice.omega); // adds to what is there
}

template <class T, class C, class P>
void add_policy(const std::string& policy_name, const std::string& coupling, const P& policy, const Cost& cost,
                int threads) {
    for (const std::ptrdiff_t n : sizes) {
        const std::string end = policy_name + "/" + coupling + "/" + name_of<T> + "/" + name(n);
        const std::int64_t steps = steps_for(n);
        const auto cells = static_cast<double>(n * n);
        add("advance/" + end, threads > 1, [=](benchmark::State& state) {
            advance<T>(state, policy, C{}, n, steps);
            if (policy_name == "Serial") return count(state, cells * static_cast<double>(steps));
            count<T>(state, cells * static_cast<double>(steps), cost, threads, fits_in_cache<T>(n));
        });
        add("apply/" + end, threads > 1, [=](benchmark::State& state) {
            apply<T, C>(state, policy, n);
            if (policy_name == "Serial") return count(state, cells);
            count<T>(state, cells, Cost{3 * sizeof(T), cost.multiply_adds - 1}, threads, fits_in_cache<T>(n));
        });
    }
}

template <class T, class C> void add_coupling(const std::string& coupling, const Cost& cost) {
    add_policy<T, C>("Serial", coupling, km::Serial{}, cost, 1);
    add_policy<T, C>("Fused", coupling, km::Fused{}, cost, 1);
    add_policy<T, C>("OpenMP", coupling, km::OpenMP{}, cost, km::OpenMP{}.concurrency());
}

template <class T> void add_precision_of() {
    for (const std::ptrdiff_t n : sizes)
        add("advance/naive/sine/" + std::string(name_of<T>) + "/" + name(n), false,
            [n](benchmark::State& state) { advance_by_hand<T>(state, by_hand::plain::solvers<T>().naive, n, 1); });
    const Cost sine = sine_cost<T>(automatic_depth);
    add_coupling<T, km::Sine>("sine", sine);
    add_coupling<T, km::Linear>("linear", linear_cost<T>(automatic_depth));
    const double sines = sine.multiply_adds - 2; // two of them
    add_policy<T, TwoHarmonics>("Fused", "two-harmonics", km::Fused{}, Cost{sine.bytes, 2 * sines + 4}, 1);
    add_policy<T, Lagged>("Fused", "lagged", km::Fused{}, Cost{sine.bytes, 2 * sines + 2}, 1);
}

} // namespace

void add_operators() {
    add_precision_of<float>();
    add_precision_of<double>();
}

} // namespace suite
