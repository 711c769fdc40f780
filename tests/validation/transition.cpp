// The row about the transition of Berezinskii, Kosterlitz and Thouless: noise D takes the place of the temperature.
#include "topics.hpp"

#include <array>
#include <cstdint>

namespace validation {
namespace {

// K = 1 throughout.
constexpr std::array<double, 3> temperatures = {0.87, 0.885, 0.90};
constexpr std::array<double, 2> time_steps = {0.04, 0.02};
constexpr std::array<std::ptrdiff_t, 2> sizes = {16, 64};

/// The helicity modulus of one state, Υ L² = Σ cos − (Σ sin)²/T over the bonds of a direction, mean of both directions.
double helicity(const km::Field<float>& theta, double temperature) {
    const std::ptrdiff_t L = theta.rows();
    double cosines = 0;
    double across = 0;
    double down = 0;
    for (std::ptrdiff_t i = 0; i < L; ++i)
        for (std::ptrdiff_t j = 0; j < L; ++j) {
            const float east = theta(i, (j + 1) % L) - theta(i, j);
            const float south = theta((i + 1) % L, j) - theta(i, j);
            cosines += static_cast<double>(std::cos(east) + std::cos(south));
            across += static_cast<double>(std::sin(east));
            down += static_cast<double>(std::sin(south));
        }
    const auto cells = static_cast<double>(theta.size());
    return (cosines - (across * across + down * down) / temperature) / 2 / cells;
}

/// y = π Υ/2T of an L × L torus, from synchrony; the first fifth of the time is left out.
double reduced_helicity(std::ptrdiff_t L, double temperature, double dt, double time, std::uint64_t seed) {
    const km::Model model{km::SineLaplacian{.K = 1.0, .boundary = km::torus}, 0.0};
    const km::EulerMaruyama stepper{.dt = dt, .D = temperature, .seed = seed};
    km::Field<float> theta(L, L);
    const std::int64_t every = std::lround(2 / dt);
    const auto samples = static_cast<std::int64_t>(time / 2);
    std::int64_t now = samples / 4 * every;
    km::advance(km::Fused{}, stepper, model, theta, now, 0);
    double sum = 0;
    for (std::int64_t k = 0; k < samples; ++k, now += every) {
        km::advance(km::Fused{}, stepper, model, theta, every, now);
        sum += helicity(theta, temperature);
    }
    return pi / 2 / temperature * sum / static_cast<double>(samples);
}

/// y of one seed at all temperatures and sizes, with time steps that are extrapolated to 0.
using Curves = std::array<std::array<double, temperatures.size()>, sizes.size()>;

/// The temperature at which y = 1 + 1/(2 ln L + c) holds for both sizes with one c: there 1/(y − 1) grows by 2 ln 4.
double transition_of(const Curves& curves) {
    const std::vector<double> x(temperatures.begin(), temperatures.end());
    std::array<double, sizes.size()> slopes{};
    std::array<double, sizes.size()> middles{};
    for (std::size_t s = 0; s < sizes.size(); ++s) {
        const std::vector<double> y(curves[s].begin(), curves[s].end());
        slopes[s] = slope(x, y);
        middles[s] = Sample(y).mean();
    }
    const auto excess = [&](double temperature) {
        const auto y = [&](std::size_t s) { return middles[s] + slopes[s] * (temperature - Sample(x).mean()); };
        if (y(1) <= 1) return 1e9; // beyond the transition
        return 1 / (y(1) - 1) - 1 / (y(0) - 1) -
               2 * std::log(static_cast<double>(sizes[1]) / static_cast<double>(sizes[0]));
    };
    double below = 0.7;
    double above = 1.1;
    while (above - below > 1e-9) {
        const double middle = (below + above) / 2;
        (excess(middle) > 0 ? above : below) = middle;
    }
    return below;
}

Curves mean_of(const std::vector<Curves>& all, std::size_t left_out) {
    Curves mean{};
    std::size_t count = 0;
    for (std::size_t seed = 0; seed < all.size(); ++seed) count += seed == left_out ? 0 : 1;
    for (std::size_t seed = 0; seed < all.size(); ++seed)
        for (std::size_t s = 0; s < sizes.size() && seed != left_out; ++s)
            for (std::size_t t = 0; t < temperatures.size(); ++t)
                mean[s][t] += all[seed][s][t] / static_cast<double>(count);
    return mean;
}

} // namespace

void transition(Report& report) {
    if (report.is_quick()) return;
    report.chapter(
        "The transition of the XY model",
        "On the square lattice the Berezinskii–Kosterlitz–Thouless (BKT) transition is at T/K = 0.8933(6)\n"
        "(Tomita & Okabe 2002). The temperature T is the noise strength D. T/K needs no conversion: neither\n"
        "the library nor the XY model divides the sum over neighbours by 4.\n"
        "\n"
        "The helicity modulus Υ measures the stiffness of the phases against a twist. At the transition, on\n"
        "L × L cells, Υ = 2T/π [1 + 1/(2 ln L + c)], where c does not depend on L (Weber & Minnhagen 1988).\n"
        "The check finds the T at which two sizes give the same c. One repetition is a run for each size, T\n"
        "and time step. σ comes from leaving out one repetition at a time (jackknife).\n"
        "\n"
        "The tolerance is wide: this check cannot distinguish 0.887 from 0.8933.");
    constexpr int seeds = 16;
    constexpr double time = 4000;
    // A task a seed, size, temperature and time step; the seeds are dealt out, so that no thread gets the large sizes.
    constexpr int of_seed = static_cast<int>(sizes.size() * temperatures.size() * time_steps.size());
    struct Part {
        std::size_t seed, size, temperature, step;
    };
    const auto part_of = [](int task) {
        const auto k = static_cast<std::size_t>(task % of_seed);
        return Part{static_cast<std::size_t>(task / of_seed), k / 6, k % 6 / 2, k % 2};
    };
    const std::vector<double> found = for_each_seed(report, "T_BKT", seeds * of_seed, [&](int task) {
        const Part of = part_of(task);
        return reduced_helicity(sizes[of.size], temperatures[of.temperature], time_steps[of.step], time,
                                static_cast<std::uint64_t>(task));
    });
    std::vector<Curves> curves(seeds, Curves{});
    for (int task = 0; task < seeds * of_seed; ++task) {
        const Part of = part_of(task);
        const double weight = of.step == 0 ? -1 : 2; // a line in dt, continued to 0
        curves[of.seed][of.size][of.temperature] += weight * found[static_cast<std::size_t>(task)];
    }
    // The error by leaving out one seed at a time (jackknife).
    std::vector<double> partial;
    for (std::size_t seed = 0; seed < curves.size(); ++seed) partial.push_back(transition_of(mean_of(curves, seed)));
    const double sigma = Sample(partial).error() * (seeds - 1);
    report.statistic(
        "T_BKT/K", 0.8933, transition_of(mean_of(curves, curves.size())), sigma, 0.01,
        {"16 × 16 and 64 × 64 cells, periodic, float, t = 1000 … 5000, D/K = 0.87, 0.885, 0.90; K dt = 1/25 and "
         "1/50, extrapolated to 0",
         "0 … 191 (16 repetitions)",
         "terms in 1/ln² L: 0.006 (with them left out, Weber & Minnhagen found 0.887); dt²: 0.004"});
}

} // namespace validation
