// Rows about noise in equilibrium: linear modes, and the bonds of an open chain.
#include "modes.hpp"

#include <cstdint>

namespace validation {
namespace {

// --- linear modes ---------------------------------------------------------------------------------------------------

constexpr double D = 0.5;
constexpr double dt = 0.2; // K = 1

/// The variances of all modes from one seed, as shares of what they should be.
template <class S, class Expected>
km::Field<double> mode_shares(const Modes& modes, const S& stepper, const Expected& expected) {
    constexpr int samples = 4000;
    constexpr int every = 20;
    constexpr int begin = 4000;
    const km::Model model{km::LinearLaplacian{.K = 1.0}, 0.0};
    km::Field<double> theta(Modes::rows, Modes::cols);
    km::Field<double> shares(Modes::rows, Modes::cols);
    km::advance(km::Fused{}, stepper, model, theta, begin, 0);
    for (int k = 0; k < samples; ++k) {
        km::advance(km::Fused{}, stepper, model, theta, every, begin + k * every);
        modes.add_shares(theta, [&](double decay) { return expected(decay) * samples; }, shares);
    }
    return shares;
}

template <class S, class Expected> void mode_rows(Report& report, const std::string& method, const Expected& expected) {
    constexpr int seeds = 32;
    const Modes modes;
    Shares shares(seeds);
    for_each_seed(report, "variance of linear modes" + method, seeds, [&](int seed) {
        const S stepper{.dt = dt, .D = D, .seed = static_cast<std::uint64_t>(seed)};
        shares[static_cast<std::size_t>(seed)] = mode_shares(modes, stepper, expected);
        return 0.0;
    });
    const Setting setting{
        "8 × 12 cells, zero flux, K dt = 1/5, D/K = 1/2, 4000 samples 20 steps apart after 4000 steps", "0 … 31",
        "none"};
    report.statistic("variance ÷ expected variance, mean of all 95 modes" + method, 1, mean_share(shares), 0, setting);
    for (const auto& [p, q] : {std::pair{1, 1}, std::pair{4, 5}, std::pair{7, 11}}) {
        const double variance = expected(Modes::decay(p, q));
        report.statistic("variance of mode (" + std::to_string(p) + ", " + std::to_string(q) + ")" + method, variance,
                         share_of(shares, p, q, variance), 0, setting);
    }
}

// --- an open chain --------------------------------------------------------------------------------------------------

/// The mean of cos(θ_{i+1} − θ_i) over the bonds of a chain and over time, from synchrony.
double mean_cosine(double noise, double step, std::uint64_t seed) {
    constexpr std::ptrdiff_t length = 4096;
    constexpr double warm_up = 50;
    constexpr int samples = 500;
    const auto every = static_cast<std::int64_t>(std::lround(1 / step));
    const km::SineLaplacian laplacian{.K = 1.0};
    const km::Model model{laplacian, 0.0};
    const km::EulerMaruyama stepper{.dt = step, .D = noise, .seed = seed};
    km::Field<float> theta(1, length);
    std::int64_t now = std::lround(warm_up / step);
    km::advance(km::Fused{}, stepper, model, theta, now, 0);
    double sum = 0;
    for (int k = 0; k < samples; ++k, now += every) {
        km::advance(km::Fused{}, stepper, model, theta, every, now);
        sum -= km::energy(laplacian, theta) / (length - 1) / samples;
    }
    return sum;
}

void chain_rows(Report& report) {
    constexpr int seeds = 16;
    for (const double noise : {0.5, 1.0, 2.0}) {
        const std::string name = "⟨cos(θ_{i+1} − θ_i)⟩, D/K = " + text(noise);
        // The error of the method is a series in dt, whose first two terms three time steps take out.
        const std::vector<double> means = for_each_seed(report, name, seeds, [&](int seed) {
            const auto key = static_cast<std::uint64_t>(3 * seed);
            return (mean_cosine(noise, 0.04, key) - 6 * mean_cosine(noise, 0.02, key + 1) +
                    8 * mean_cosine(noise, 0.01, key + 2)) /
                   3;
        });
        report.statistic(name, bessel(1, 1 / noise) / bessel(0, 1 / noise), Sample(means), 0,
                         {"chain of 4096 cells, float, t = 550; K dt = 1/25, 1/50, 1/100, extrapolated to 0",
                          "0 … 47 (16 repetitions)", "dt³: 10⁻⁵"});
    }
}

} // namespace

void noise(Report& report) {
    if (report.is_quick()) return;
    report.chapter("Noise in equilibrium",
                   "- With linear coupling and the Euler–Maruyama method, the stationary variance of a mode with the\n"
                   "  eigenvalue λ is exactly D/(K|λ|) · 1/(1 − K dt |λ|/2).\n"
                   "- With the Leimkuhler–Matthews method it is exactly D/(K|λ|), for every stable dt (Leimkuhler &\n"
                   "  Matthews 2013).\n"
                   "- On an open chain with the sine, the bonds are independent: ⟨cos(θ_{i+1} − θ_i)⟩ =\n"
                   "  I₁(K/D)/I₀(K/D), where I₀ and I₁ are modified Bessel functions.");
    mode_rows<km::EulerMaruyama>(report, "", [](double decay) { return D / decay / (1 - dt * decay / 2); });
    mode_rows<km::LeimkuhlerMatthews>(report, ", LeimkuhlerMatthews", [](double decay) { return D / decay; });
    chain_rows(report);
}

} // namespace validation
