// Quiet starts of the Kuramoto model: a small population has the order parameter of infinitely many oscillators.
#include <kuramoto/grid/field.hpp>
#include <kuramoto/initial/mixtures.hpp>
#include <kuramoto/observables/order_parameter.hpp>
#include <kuramoto/run/mean_field.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>

namespace km = kuramoto;

namespace {

/// r of 64 x 64 oscillators with mean-field coupling: from equal phases, averaged from t = 50 to 75.
double order_parameter(double K, const km::Field<double>& omega) {
    km::Field<double> theta(omega.rows(), omega.cols());
    const km::MeanFieldModel model{km::MeanField{.K = K}, omega};
    const km::Heun heun{.dt = 0.05};
    km::advance(km::Fused{}, heun, model, theta, 1000);
    double r = 0;
    for (int sample = 0; sample < 50; ++sample) {
        km::advance(km::Fused{}, heun, model, theta, 10);
        r += km::order_parameter(theta).r / 50;
    }
    return r;
}

// Kuramoto: r = √(1 − 2γ / K). Random frequencies scatter by 0.015.
TEST(QuietStart, OfALorentzianHasTheExactOrderParameter) {
    km::Field<double> omega(64, 64);
    for (const std::uint64_t seed : {1U, 2U}) {
        km::lorentzian_quantiles(omega, 0.2, 0.5, seed);
        EXPECT_NEAR(order_parameter(1.5, omega), std::sqrt(1 - 1 / 1.5), 1e-3);
    }
}

/// The locked state of a bimodal Lorentzian with peaks at ±w0 and the half width g: E. A. Martens et al., Physical
/// Review E 79 (2009) 026204. Each peak has the order parameter ρ, and their phases differ by ψ:
///     4g = K (1 − ρ²) (1 + cos ψ),   4 w0 = K (1 + ρ²) sin ψ,   r = ρ cos(ψ / 2).
double exact_bimodal(double K, double w0, double g) {
    const auto cosine = [=](double rho) { return 4 * g / (K * (1 - rho * rho)) - 1; };
    const auto excess = [=](double rho) {
        const double sine = 4 * w0 / (K * (1 + rho * rho));
        return cosine(rho) * cosine(rho) + sine * sine - 1;
    };
    double below = 0;
    double above = std::sqrt(1 - 2 * g / K); // cos ψ = 1
    for (int k = 0; k < 60; ++k) {
        const double middle = (below + above) / 2;
        (excess(middle) < 0 ? below : above) = middle;
    }
    return below * std::sqrt((1 + cosine(below)) / 2);
}

TEST(QuietStart, OfABimodalLorentzianHasTheExactOrderParameter) {
    EXPECT_NEAR(exact_bimodal(1.5, 0, 0.5), std::sqrt(1 - 1 / 1.5), 1e-12); // one peak
    km::Field<double> omega(64, 64);
    for (const double w0 : {0.3, 0.6}) {
        const km::Lorentzian slow{.centre = -w0, .half_width = 0.5};
        const km::Lorentzian fast{.centre = w0, .half_width = 0.5};
        km::mixed_quantiles(omega, slow, fast, 0.5, 1);
        EXPECT_NEAR(order_parameter(2.5, omega), exact_bimodal(2.5, w0, 0.5), 2e-3) << w0;
    }
}

} // namespace
