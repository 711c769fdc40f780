// Rows about windings: twisted states of a ring, vortices and their charges.
#include "topics.hpp"

#include <cstdint>

namespace validation {
namespace {

// --- twisted states -------------------------------------------------------------------------------------------------

constexpr std::ptrdiff_t ring = 24;

km::SineLaplacian around() { return {.K = 1.0, .boundary = {{}, {}, km::periodic, km::periodic}}; }

/// Whether a twisted state that was shaken is back: the same winding, and equal differences.
bool survives(std::int64_t turns) {
    km::Field<double> theta(1, ring);
    km::Field<double> shake(1, ring);
    km::twisted_phases(theta, {.cols = turns});
    km::normal_phases(shake, 0, 1e-3, 1);
    for (std::ptrdiff_t j = 0; j < ring; ++j) theta(0, j) += shake(0, j);
    km::advance(km::Fused{}, km::Euler{.dt = 0.2}, km::Model{around(), 0.0}, theta, 20000);
    double worst = 0;
    for (std::ptrdiff_t j = 0; j < ring; ++j) {
        const double step = theta(0, (j + 1) % ring) - theta(0, j) - 2 * pi * static_cast<double>(turns) / ring;
        worst = std::fmax(worst, std::fabs(std::remainder(step, 2 * pi)));
    }
    return km::row_winding(theta, 0) == turns && worst < 1e-9;
}

/// The factor by which an Euler step multiplies a weak wave on the twisted state.
double growth(std::int64_t turns, int wave) {
    constexpr double weak = 1e-6;
    km::Field<double> state(1, ring);
    km::twisted_phases(state, {.cols = turns});
    km::Field<double> theta = state;
    for (std::ptrdiff_t j = 0; j < ring; ++j)
        theta(0, j) += weak * std::cos(2 * pi * wave * static_cast<double>(j) / ring);
    km::advance(km::Fused{}, km::Euler{.dt = 0.125}, km::Model{around(), 0.0}, theta, 1);
    return (theta(0, 0) - state(0, 0)) / weak;
}

void twisted_rows(Report& report) {
    report.chapter(
        "Twisted states of a ring",
        "On a ring of n cells, the twisted state θ_j = 2πqj/n with winding number q is stable if and only if\n"
        "|q| < n/4. A weak wave with k periods decays on it at the rate 4K cos(2πq/n) sin²(πk/n) (Wiley,\n"
        "Strogatz & Girvan 2006). At |q| = n/4, which is 6 here, this rate is 0.\n"
        "\n"
        "In the first two lines, a state survives if it returns after a perturbation.");
    const Setting setting{"24 cells, perturbed by 10⁻³, t = 4000", "1"};
    int most = 0;
    while (most < ring / 2 && survives(most + 1) && survives(-most - 1)) ++most;
    report.near("largest Q such that all states with |q| ≤ Q survive", 5, most, 0, setting);
    int survivors = 0;
    for (std::int64_t q = 7; q <= ring / 2; ++q) survivors += survives(q) || survives(-q) ? 1 : 0;
    report.near("number of |q| = 7 … 12 that survive", 0, survivors, 0, setting);
    const auto factor = [](int q, int k) {
        const double wave = std::sin(pi * k / ring);
        return 1 - 0.5 * std::cos(2 * pi * q / ring) * wave * wave;
    };
    const Setting wave{"24 cells, one Euler step of K dt = 1/8, amplitude 10⁻⁶", "none",
                       "terms of second order in the amplitude change the factor by at most 10⁻⁷"};
    report.near("factor per step of the wave k = 3 on q = 5", factor(5, 3), growth(5, 3), 1e-6, wave);
    report.near("the same on q = 7, which grows", factor(7, 3), growth(7, 3), 1e-6, wave);
}

// --- charges --------------------------------------------------------------------------------------------------------

std::int64_t total(const km::VortexCount& count) { return count.positive - count.negative; }

/// How many turns the phase makes clockwise along the edge.
std::int64_t winding_along_the_edge(const km::Field<double>& theta) {
    std::vector<km::Cell> loop;
    const std::ptrdiff_t south = theta.rows() - 1;
    const std::ptrdiff_t east = theta.cols() - 1;
    for (std::ptrdiff_t j = 0; j < east; ++j) loop.push_back({0, j});
    for (std::ptrdiff_t i = 0; i < south; ++i) loop.push_back({i, east});
    for (std::ptrdiff_t j = east; j > 0; --j) loop.push_back({south, j});
    for (std::ptrdiff_t i = south; i > 0; --i) loop.push_back({i, 0});
    return km::winding(theta, loop);
}

void charge_rows(Report& report) {
    report.chapter(
        "Charges of vortices",
        "A plaquette is a square of four cells. If their phases are independent and uniform, it contains a\n"
        "vortex (a charge of 1 or −1) with probability exactly 1/3. The sum of all charges is 0 on a torus.\n"
        "With zero flux it is the winding number along the edge.");
    constexpr int seeds = 64;
    constexpr std::ptrdiff_t size = 255;
    std::vector<double> shares;
    std::vector<double> means;
    std::int64_t unbalanced = 0;
    std::int64_t differing = 0;
    for (int seed = 0; seed < seeds; ++seed) {
        km::Field<double> theta(size, size + 2);
        km::uniform_phases(theta, static_cast<std::uint64_t>(seed));
        const km::VortexCount open = km::count_vortices(km::Boundary{}, theta);
        const auto plaquettes = static_cast<double>((size - 1) * (size + 1));
        shares.push_back(static_cast<double>(open.positive + open.negative) / plaquettes);
        means.push_back(static_cast<double>(total(open)) / plaquettes);
        unbalanced += std::abs(total(km::count_vortices(km::torus, theta)));
        differing += std::abs(total(open) - winding_along_the_edge(theta));
    }
    const Setting setting{"255 × 257 cells, 64 fields", "0 … 63", "none"};
    report.statistic("share of plaquettes with a charge", 1.0 / 3, Sample(shares), 0, setting);
    report.statistic("mean charge", 0, Sample(means), 0, setting);
    report.near("Σ |total charge| on a torus", 0, static_cast<double>(unbalanced), 0, setting);
    report.near("Σ |total charge − winding along the edge|, zero flux", 0, static_cast<double>(differing), 0, setting);
}

} // namespace

void topology(Report& report) {
    twisted_rows(report);
    charge_rows(report);
}

} // namespace validation
