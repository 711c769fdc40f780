// Rows about random natural frequencies in two dimensions: how far the phases are correlated.
#include "topics.hpp"

#include <cstdint>

namespace validation {
namespace {

constexpr std::ptrdiff_t size = 256;
constexpr double dt = 0.1; // K = 1

/// The mean length over seven times from 1500 to 3000, from random phases.
double stationary_length(double deviation, std::uint64_t seed) {
    constexpr int samples = 7;
    km::Field<float> omega(size, size);
    km::Field<float> theta(size, size);
    km::normal_frequencies(omega, 0, deviation, seed);
    km::uniform_phases(theta, seed);
    const km::Model model{km::SineLaplacian{.K = 1.0, .boundary = km::torus}, omega};
    const km::EulerMaruyama stepper{.dt = dt, .D = 0.3, .seed = seed};
    const std::int64_t every = std::lround(250 / dt);
    std::int64_t now = 5 * every;
    km::advance(km::Fused{}, stepper, model, theta, now, 0);
    std::vector<double> correlation(100);
    double sum = 0;
    for (int k = 0; k < samples; ++k) {
        km::advance(km::Fused{}, stepper, model, theta, every, now);
        now += every;
        km::correlation(km::torus, theta, correlation, km::Pairs::both);
        sum += km::correlation_length(correlation);
    }
    return sum / samples;
}

} // namespace

void disorder(Report& report) {
    if (report.is_quick()) return;
    report.chapter(
        "Random frequencies in two dimensions",
        "Normally distributed ω with standard deviation σ_ω break the lattice into domains. Their size, the\n"
        "correlation length ξ, is proportional to 1/σ_ω (Rouzaire & Levis 2021, 2022). C(d) is the mean of\n"
        "cos(θ_b − θ_a) over all pairs of cells a and b that are d cells apart in the same row or column. ξ\n"
        "is the distance d at which C has fallen to 1/e.\n"
        "\n"
        "**What the first runs decided.** One run per setting led to the choice of D and σ_ω:\n"
        "\n"
        "- At D = 0, vortices were pinned, and ξ was at most 13 cells.\n"
        "- In runs without vortices, ξ was proportional to σ_ω^(−1.3) instead of σ_ω^(−1).\n"
        "- At D/K = 0.3 and σ_ω/K = 0.1, ξ was still growing at t = 2000.");
    constexpr int seeds = 8;
    const std::vector<double> deviations = {0.15, 0.2, 0.3, 0.4};
    const auto count = static_cast<int>(deviations.size());
    const std::vector<double> lengths = for_each_seed(report, "correlation length", count * seeds, [&](int task) {
        return stationary_length(deviations[static_cast<std::size_t>(task % count)],
                                 static_cast<std::uint64_t>(task / count));
    });
    std::vector<double> exponents;
    std::vector<double> logarithms_of_deviations;
    for (const double deviation : deviations) logarithms_of_deviations.push_back(std::log(deviation));
    for (int seed = 0; seed < seeds; ++seed) {
        std::vector<double> logarithms;
        for (int k = 0; k < count; ++k)
            logarithms.push_back(std::log(lengths[static_cast<std::size_t>(seed * count + k)]));
        exponents.push_back(slope(logarithms_of_deviations, logarithms));
    }
    report.statistic(
        "p in: ξ ∝ σ_ω^p", -1, Sample(exponents), 0.1,
        {"256 × 256 cells, periodic, float, σ_ω/K = 0.15, 0.2, 0.3, 0.4, D/K = 0.3, K dt = 1/10, t = 1500 … 3000",
         "0 … 7", "ξ of 6 to 17 cells is neither ≫ 1 nor ≪ 256: 0.1"});
}

} // namespace validation
