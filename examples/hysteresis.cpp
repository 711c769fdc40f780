// Shows the hysteresis of mean-field oscillators with inertia (Tanaka, Lichtenberg & Oishi, Physical Review Letters 78
// (1997) 2104): m θ̈ + θ̇ = ω + K r sin(ψ − θ), m = 2, Lorentzian ω of half width 1. Prints the order parameter r
// against K, as K goes up and down again. Going up, r stays near 0 until K = 2 (1 + m) = 6, where incoherence becomes
// unstable. Going down, the synchronous state lasts until K = 2.57. Ends with 1 if it does not.
//
// Usage: hysteresis [<number of frequencies, 4096>]
// With few frequencies their spectrum is discrete: small perturbations return, and the jump on the way up comes early.
#include <kuramoto/kuramoto.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <vector>

namespace km = kuramoto;

constexpr double mass = 2;
constexpr double dt = 0.1;
constexpr std::int64_t steps = 2000; // per K, and half as many for the mean

/// Four cells per frequency with phases a quarter turn apart, which rotate freely: r = 0 without the noise of a random
/// start.
struct Oscillators {
    explicit Oscillators(std::ptrdiff_t frequencies)
        : theta(frequencies, 4), velocity(frequencies, 4), omega(frequencies, 4) {
        km::Field<double> quantiles(frequencies, 1);
        km::lorentzian_quantiles(quantiles, /*centre*/ 0, /*half_width*/ 1, /*seed*/ 1);
        for (std::ptrdiff_t i = 0; i < frequencies; ++i)
            for (std::ptrdiff_t j = 0; j < 4; ++j) {
                theta(i, j) = std::acos(0.0) * static_cast<double>(j);
                velocity(i, j) = omega(i, j) = quantiles(i, 0);
            }
    }

    /// The mean of r at this K.
    double r_at(double K) {
        for (std::ptrdiff_t k = 0; k < theta.size(); ++k) theta.data()[k] += 1e-4 * std::sin(theta.data()[k]);
        const km::InertialModel model{km::Inertia{.mass = mass, .damping = 1},
                                      km::MeanFieldModel{km::MeanField{.K = K}, omega}};
        const km::VelocityVerlet stepper{.dt = dt};
        km::advance(km::Fused{}, stepper, model, theta, velocity, steps);
        double sum = 0;
        for (int sample = 0; sample < 100; ++sample) {
            km::advance(km::Fused{}, stepper, model, theta, velocity, steps / 200);
            sum += km::order_parameter(theta).r;
        }
        return sum / 100;
    }

    km::Field<double> theta, velocity, omega;
};

int main(int count, char** arguments) {
    const std::ptrdiff_t frequencies = count > 1 ? std::atoi(arguments[1]) : 4096;
    if (frequencies < 1) return 2;
    std::vector<double> strengths;
    for (int k = 0; k <= 36; ++k) strengths.push_back(1 + 0.25 * k);
    Oscillators cells(frequencies);
    std::printf("K,r,direction\n");
    double up = 0;   // K of the jump
    double down = 0; // the same on the way back
    for (const double K : strengths) {
        const double r = cells.r_at(K);
        std::printf("%.3f,%.4f,up\n", K, r);
        if (r > 0.3 && up == 0) up = K;
    }
    for (std::size_t k = strengths.size(); k-- > 0;) {
        const double r = cells.r_at(strengths[k]);
        std::printf("%.3f,%.4f,down\n", strengths[k], r);
        if (r > 0.2) down = strengths[k];
    }
    std::fprintf(stderr, "jumps at K = %.2f on the way up and below K = %.2f on the way down\n", up, down);
    return up >= 6 && up <= 7 && down >= 2.5 && down <= 3 ? 0 : 1;
}
