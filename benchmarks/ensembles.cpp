// ensemble: many small lattices side by side, and the same lattices one after the other (alone).
#include "lattice.hpp"

#include <kuramoto/ensemble.hpp>

#include <string>
#include <vector>

namespace suite {
namespace {

constexpr std::ptrdiff_t members = 1024;

/// A sweep: each member has a K, an initial state and frequencies of its own.
template <class T> struct Sweep {
    explicit Sweep(std::ptrdiff_t n) : theta(members, n, n), omega(members, n, n) {
        for (std::ptrdiff_t k = 0; k < members; ++k) {
            const auto seed = static_cast<std::uint64_t>(2 * k);
            km::uniform_phases(theta.member(k), seed);
            km::normal_frequencies(omega.member(k), 0.0, 0.5, seed + 1);
            const km::SineLaplacian laplacian{.K = 0.5 + static_cast<double>(k) / members, .boundary = km::torus};
            models.push_back(km::Model{laplacian, omega.member(k)});
        }
    }
    km::Ensemble<T> theta;
    km::Ensemble<T> omega;
    std::vector<km::Model<km::Sine, km::Grid<const T>>> models;
};

/// About as many cell-steps for every n.
std::int64_t steps_of(std::ptrdiff_t n) { return 32 * 1024 / (n * n); }

template <class T> void add_size(std::ptrdiff_t n) {
    const std::string shape = name(members) + "x" + name(n) + "x" + name(n) + "/" + name_of<T>;
    const double cell_steps = static_cast<double>(members * n * n * steps_of(n));
    for (const int threads : thread_counts())
        add("ensemble/" + shape + "/threads:" + name(threads), true, [=](benchmark::State& state) {
            Sweep<T> sweep(n);
            const km::OpenMP policy{.threads = threads};
            for (auto _ : state)
                km::advance(policy, km::Euler{.dt = time_step}, sweep.models, sweep.theta, steps_of(n));
            count(state, cell_steps);
        });
    add("ensemble/alone/" + shape, false, [=](benchmark::State& state) {
        const Sweep<T> sweep(n);
        std::vector<km::Field<T>> fields;
        for (std::ptrdiff_t k = 0; k < members; ++k) fields.emplace_back(sweep.theta.member(k));
        for (auto _ : state)
            for (std::size_t k = 0; k < fields.size(); ++k)
                km::advance(km::Fused{}, km::Euler{.dt = time_step}, sweep.models[k], fields[k], steps_of(n));
        count(state, cell_steps);
    });
}

template <class T> void add_sizes_of() {
    for (const std::ptrdiff_t n : {8, 16, 32, 64}) add_size<T>(n);
}

} // namespace

void add_ensembles() {
    add_sizes_of<float>();
    add_sizes_of<double>();
}

} // namespace suite
