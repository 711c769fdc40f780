// Rows about mean-field coupling: the Kuramoto model with Lorentzian frequencies, and with noise.
#include "topics.hpp"

#include <cstdint>

namespace validation {
namespace {

constexpr double gamma = 0.5; // half width; K_c = 2 gamma = 1
constexpr double dt = 0.05;

std::int64_t steps(double time) { return std::lround(time / dt); }

/// size × size cells with phases whose order parameter is r₀: the wrapped Lorentzian of half width −ln r₀, on which Ott
/// and Antonsen's solution lives.
struct Population {
    Population(std::ptrdiff_t size, double r0, std::uint64_t seed) : theta(size, size), omega(size, size) {
        km::lorentzian_frequencies(theta, 0, -std::log(r0), 2 * seed);
        km::lorentzian_frequencies(omega, 0, gamma, 2 * seed + 1);
        for (std::ptrdiff_t k = 0; k < theta.size(); ++k) theta.data()[k] = std::remainder(theta.data()[k], 2 * pi);
    }
    void advance(double K, double time) {
        km::advance(km::Fused{}, km::Heun{.dt = dt}, km::MeanFieldModel{km::MeanField{.K = K}, omega}, theta,
                    steps(time));
    }
    [[nodiscard]] double r() const { return km::order_parameter(theta).r; }

    km::Field<double> theta;
    km::Field<double> omega;
};

/// The root of the mean of r² over 100 times.
double stationary_r(double K, std::ptrdiff_t size, double r0, double warm_up, std::uint64_t seed) {
    constexpr int samples = 100;
    Population cells(size, r0, seed);
    cells.advance(K, warm_up);
    double sum = 0;
    for (int k = 0; k < samples; ++k) {
        cells.advance(K, 1);
        sum += cells.r() * cells.r();
    }
    return std::sqrt(sum / samples);
}

void order_rows(Report& report) {
    constexpr int seeds = 16;
    for (const double K : {1.25, 2.0, 4.0}) {
        const double expected = std::sqrt(1 - 1 / K);
        const std::string name = "r∞, K = " + text(K) + " K_c";
        const std::vector<double> found = for_each_seed(report, name, seeds, [&](int seed) {
            return stationary_r(K, 128, expected, 50, static_cast<std::uint64_t>(seed));
        });
        report.statistic(
            name, expected, Sample(found), 1e-3,
            {"16384 cells, γ = 1/2, Heun, dt = 1/20, t = 50 … 150", "0 … 31 (16 repetitions)", "dt² and 1/n: 0.001"});
    }
}

void relaxation_rows(Report& report) {
    constexpr int seeds = 16;
    constexpr double r0 = 0.2;
    for (const auto& [coupling, until] :
         {std::pair{2.0, 1.0}, std::pair{2.0, 2.0}, std::pair{2.0, 4.0}, std::pair{0.5, 2.0}}) {
        const double K = coupling;
        const double time = until;
        const double limit = 1 - 1 / K;
        const double expected = std::sqrt(limit / (1 + (limit / (r0 * r0) - 1) * std::exp(-(K - 1) * time)));
        const std::string name = "r(" + text(time) + ") from r₀ = 0.2, K = " + text(K) + " K_c";
        const std::vector<double> found = for_each_seed(report, name, seeds, [&](int seed) {
            Population cells(256, r0, static_cast<std::uint64_t>(seed));
            cells.advance(K, time);
            return cells.r();
        });
        report.statistic(name, expected, Sample(found), 1e-3,
                         {"65536 cells, γ = 1/2, Heun, dt = 1/20", "0 … 31 (16 repetitions)", "dt² and 1/n: 0.001"});
    }
}

void finite_size_row(Report& report) {
    constexpr int seeds = 32;
    const std::vector<std::ptrdiff_t> sizes = {16, 32, 64, 128};
    const std::string name = "p in: r ∝ n^p, K = K_c/2";
    std::vector<double> logarithms_of_cells;
    for (const std::ptrdiff_t size : sizes) logarithms_of_cells.push_back(2 * std::log(static_cast<double>(size)));
    const std::vector<double> exponents = for_each_seed(report, name, seeds, [&](int seed) {
        std::vector<double> logarithms;
        for (const std::ptrdiff_t size : sizes)
            logarithms.push_back(std::log(stationary_r(0.5, size, 0.05, 50, static_cast<std::uint64_t>(seed))));
        return slope(logarithms_of_cells, logarithms);
    });
    report.statistic(
        name, -0.5, Sample(exponents), 0,
        {"256, 1024, 4096, 16384 cells, γ = 1/2, Heun, dt = 1/20, t = 50 … 150", "0 … 63 (32 repetitions)", "none"});
}

/// r of identical oscillators with noise, from synchrony: the mean over a time of 50, at this time step.
double noisy_r(double K, double D, double step, std::uint64_t seed) {
    const auto every = static_cast<std::int64_t>(std::lround(1 / step));
    const km::MeanFieldModel model{km::MeanField{.K = K}, 0.0};
    const km::EulerMaruyama stepper{.dt = step, .D = D, .seed = seed};
    km::Field<double> theta(256, 256);
    std::int64_t now = 20 * every;
    km::advance(km::Fused{}, stepper, model, theta, now, 0);
    double sum = 0;
    constexpr int samples = 50;
    for (int k = 0; k < samples; ++k, now += every) {
        km::advance(km::Fused{}, stepper, model, theta, every, now);
        sum += km::order_parameter(theta).r / samples;
    }
    return sum;
}

/// The r > 0 with r = I₁(K r/D)/I₀(K r/D), D < K/2.
double noisy_limit(double K, double D) {
    double r = 1;
    for (int k = 0; k < 500; ++k) r = bessel(1, K * r / D) / bessel(0, K * r / D);
    return r;
}

void noise_rows(Report& report) {
    constexpr int seeds = 16;
    constexpr double K = 2;
    for (const double D : {0.25, 0.5, 0.8}) {
        const std::string name = "r of equal oscillators, D = " + text(D / (K / 2)) + " · K/2";
        // The error of the method is a series in dt, whose first two terms three time steps take out.
        const std::vector<double> found = for_each_seed(report, name, seeds, [&](int seed) {
            const auto key = static_cast<std::uint64_t>(3 * seed);
            return (noisy_r(K, D, 0.1, key) - 6 * noisy_r(K, D, 0.05, key + 1) + 8 * noisy_r(K, D, 0.025, key + 2)) / 3;
        });
        report.statistic(name, noisy_limit(K, D), Sample(found), 2e-4,
                         {"65536 cells, K = 2, t = 20 … 70; dt = 1/10, 1/20, 1/40, extrapolated to 0",
                          "0 … 47 (16 repetitions)", "dt³ and 1/n: 0.0002"});
    }
}

} // namespace

void mean_field(Report& report) {
    if (report.is_quick()) return;
    report.chapter(
        "Mean-field coupling",
        "The coupling between any two of n cells is K/n. r∞ is the order parameter for n → ∞ and t → ∞. The\n"
        "checks have K_c = 1, except those with noise.\n"
        "\n"
        "**Lorentzian ω of half width γ**:\n"
        "\n"
        "- Above K_c = 2γ, r∞ = √(1 − K_c/K). The value found is the root of the time average of r².\n"
        "- Let the initial phases have a wrapped Lorentzian distribution with order parameter r₀, independent\n"
        "  of ω. Then r² = A/[1 + (A/r₀² − 1) e^(−(K − 2γ)t)] with A = 1 − K_c/K, for any K (Ott & Antonsen\n"
        "  2008).\n"
        "- Below K_c, r → 0 for n → ∞. In a finite system r is of order n^(−½).\n"
        "\n"
        "**Equal ω with noise**: the phases are ordered for D < K/2. Then r is the positive solution of\n"
        "r = I₁(Kr/D)/I₀(Kr/D), where I₀ and I₁ are modified Bessel functions (Strogatz & Mirollo 1991).");
    order_rows(report);
    relaxation_rows(report);
    finite_size_row(report);
    noise_rows(report);
}

} // namespace validation
