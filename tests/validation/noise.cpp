// Rows about noise in equilibrium: linear modes, and the bonds of an open chain.
#include "topics.hpp"

#include <cstdint>

namespace validation {
namespace {

// --- linear modes ---------------------------------------------------------------------------------------------------

constexpr std::ptrdiff_t rows = 8;
constexpr std::ptrdiff_t cols = 12;
constexpr double D = 0.5;
constexpr double dt = 0.2; // K = 1

/// All modes of a lattice with zero-flux edges, with squares that add up to 1 over the cells.
class Modes {
  public:
    Modes() : down_(shapes(rows)), across_(shapes(cols)) {}

    /// The amplitude of mode (p, q).
    [[nodiscard]] double amplitude(const km::Field<double>& theta, std::ptrdiff_t p, std::ptrdiff_t q) const {
        double sum = 0;
        for (std::ptrdiff_t i = 0; i < rows; ++i) {
            double row = 0;
            for (std::ptrdiff_t j = 0; j < cols; ++j) row += across_(q, j) * theta(i, j);
            sum += down_(p, i) * row;
        }
        return sum;
    }
    /// −λ of it.
    static double decay(std::ptrdiff_t p, std::ptrdiff_t q) {
        const double down = std::sin(pi * static_cast<double>(p) / (2.0 * rows));
        const double across = std::sin(pi * static_cast<double>(q) / (2.0 * cols));
        return 4 * (down * down + across * across);
    }
    /// The stationary variance under the Euler–Maruyama method.
    static double variance(std::ptrdiff_t p, std::ptrdiff_t q) { return D / decay(p, q) / (1 - dt * decay(p, q) / 2); }

  private:
    static km::Field<double> shapes(std::ptrdiff_t n) {
        km::Field<double> shape(n, n);
        for (std::ptrdiff_t p = 0; p < n; ++p)
            for (std::ptrdiff_t i = 0; i < n; ++i)
                shape(p, i) =
                    std::sqrt((p == 0 ? 1.0 : 2.0) / static_cast<double>(n)) *
                    std::cos(pi * static_cast<double>(p) * (static_cast<double>(i) + 0.5) / static_cast<double>(n));
        return shape;
    }

    km::Field<double> down_;
    km::Field<double> across_;
};

/// The variances of all modes from one seed, as shares of what they should be.
km::Field<double> mode_variances(const Modes& modes, std::uint64_t seed) {
    constexpr int samples = 4000;
    constexpr int every = 20;
    constexpr int begin = 4000;
    const km::Model model{km::LinearLaplacian{.K = 1.0}, 0.0};
    const km::EulerMaruyama stepper{.dt = dt, .D = D, .seed = seed};
    km::Field<double> theta(rows, cols);
    km::Field<double> shares(rows, cols);
    km::advance(km::Fused{}, stepper, model, theta, begin, 0);
    for (int k = 0; k < samples; ++k) {
        km::advance(km::Fused{}, stepper, model, theta, every, begin + k * every);
        for (std::ptrdiff_t p = 0; p < rows; ++p)
            for (std::ptrdiff_t q = 0; q < cols; ++q)
                if (p + q > 0) {
                    const double a = modes.amplitude(theta, p, q);
                    shares(p, q) += a * a / Modes::variance(p, q) / samples;
                }
    }
    return shares;
}

void mode_rows(Report& report) {
    constexpr int seeds = 32;
    const Modes modes;
    std::vector<km::Field<double>> shares(seeds);
    const std::vector<double> means = for_each_seed(report, "variance of linear modes", seeds, [&](int seed) {
        km::Field<double>& of_seed = shares[static_cast<std::size_t>(seed)];
        of_seed = mode_variances(modes, static_cast<std::uint64_t>(seed));
        double sum = 0;
        for (std::ptrdiff_t k = 0; k < of_seed.size(); ++k) sum += of_seed.data()[k];
        return sum / static_cast<double>(of_seed.size() - 1);
    });
    const Setting setting{
        "8 × 12 cells, zero flux, K dt = 1/5, D/K = 1/2, 4000 samples 20 steps apart after 4000 steps", "0 … 31",
        "none"};
    report.statistic("variance ÷ expected variance, mean of all 95 modes", 1, Sample(means), 0, setting);
    for (const auto& [p, q] : {std::pair{1, 1}, std::pair{4, 5}, std::pair{7, 11}}) {
        std::vector<double> variances;
        for (const km::Field<double>& of_seed : shares) variances.push_back(of_seed(p, q) * Modes::variance(p, q));
        report.statistic("variance of mode (" + std::to_string(p) + ", " + std::to_string(q) + ")",
                         Modes::variance(p, q), Sample(variances), 0, setting);
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
                   "- On an open chain with the sine, the bonds are independent: ⟨cos(θ_{i+1} − θ_i)⟩ =\n"
                   "  I₁(K/D)/I₀(K/D), where I₀ and I₁ are modified Bessel functions.");
    mode_rows(report);
    chain_rows(report);
}

} // namespace validation
