// threads: the same lattice on more threads (strong), more lattice on more threads (weak), how rows are shared out by
// hand (schedule), and lattices so small that threads cost more than they do (small). Cases with `own` in their names
// use the policy Threads, the others OpenMP. mean-field: several calls of the policy per time step. apart:
// independent lattices, one per thread of OpenMP, each with Fused. The threads wait for each other only after all
// steps.
#include "lattice.hpp"

#include <kuramoto/threads.hpp>

namespace suite {
namespace {

template <class T, class P = km::OpenMP>
void add_case(const std::string& what, std::ptrdiff_t rows, std::ptrdiff_t cols, int threads, std::int64_t steps) {
    add("threads/" + what + "/" + name_of<T> + "/threads:" + name(threads), true, [=](benchmark::State& state) {
        Lattice<T> lattice(rows, cols);
        const km::Model model{km::SineLaplacian{.K = coupling_strength}, lattice.omega};
        const P policy{.threads = threads};
        for (auto _ : state) km::advance(policy, km::Euler{.dt = time_step}, model, lattice.theta, steps);
        count<T>(state, static_cast<double>(rows * cols * steps), sine_cost<T>(automatic_depth), threads, false);
    });
}

/// The lattice of the cases "strong", cut into independent lattices, one per thread. There is no case if the threads do
/// not divide the rows.
template <class T> void add_apart(std::ptrdiff_t n, int threads) {
    const std::ptrdiff_t rows = n / threads;
    if (rows * threads != n) return;
    const std::int64_t steps = steps_for(n);
    add("threads/apart/N:" + name(n) + "/" + name_of<T> + "/threads:" + name(threads), true,
        [=](benchmark::State& state) {
            Lattice<T> lattice(n);
            for (auto _ : state) {
#pragma omp parallel for schedule(static) num_threads(threads)
                for (int thread = 0; thread < threads; ++thread) {
                    const std::ptrdiff_t first = thread * rows * n;
                    const km::Grid<T> theta(lattice.theta.data() + first, rows, n);
                    const km::Grid<const T> omega(lattice.omega.data() + first, rows, n);
                    const km::Model model{km::SineLaplacian{.K = coupling_strength}, omega};
                    km::advance(km::Fused{}, km::Euler{.dt = time_step}, model, theta, steps);
                }
            }
            count(state, static_cast<double>(n * n * steps));
        });
}

template <class T, class P> void add_mean_field(const std::string& what, std::ptrdiff_t n, int threads) {
    add("threads/" + what + "/N:" + name(n) + "/" + name_of<T> + "/threads:" + name(threads), true,
        [=](benchmark::State& state) {
            Lattice<T> lattice(n, n);
            const km::MeanFieldModel model{km::MeanField{.K = coupling_strength}, lattice.omega};
            const P policy{.threads = threads};
            const std::int64_t steps = 200'000'000 / (n * n);
            for (auto _ : state) km::advance(policy, km::Euler{.dt = time_step}, model, lattice.theta, steps);
            count(state, static_cast<double>(n * n * steps));
        });
}

template <class T> void add_schedule(const std::string& schedule, by_hand::Solver<T> solver) {
    for (const std::ptrdiff_t n : {100, 1000})
        add("threads/schedule-" + schedule + "/N:" + name(n) + "/" + name_of<T>, true,
            [=](benchmark::State& state) { advance_by_hand<T>(state, solver, n, n <= 100 ? 64 : 8); });
}

template <class T> void add_precision_of() {
    for (const int threads : thread_counts()) {
        for (const std::ptrdiff_t n : {512, 4000}) {
            add_case<T>("strong/N:" + name(n), n, n, threads, steps_for(n));
            add_case<T, km::Threads>("strong-own/N:" + name(n), n, n, threads, steps_for(n));
            add_apart<T>(n, threads);
        }
        for (const std::ptrdiff_t n : {300, 1000}) {
            add_mean_field<T, km::OpenMP>("mean-field", n, threads);
            add_mean_field<T, km::Threads>("mean-field-own", n, threads);
        }
        add_case<T>("weak/N:1000-a-thread", 1000 * threads, 1000, threads, 32);
        for (const std::ptrdiff_t n : {16, 32, 64, 128}) add_case<T>("small/N:" + name(n), n, n, threads, 256);
    }
    add_schedule<T>("static", by_hand::fast::solvers<T>().threads);
    add_schedule<T>("dynamic", by_hand::fast::solvers<T>().dynamic);
}

} // namespace

void add_threads() {
    add_precision_of<float>();
    add_precision_of<double>();
}

} // namespace suite
