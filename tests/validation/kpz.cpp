// Rows about the growth of rough phases on rings with a phase lag and noise, as in the class of Kardar, Parisi and
// Zhang.
#include "topics.hpp"

#include <array>
#include <cstdint>

namespace validation {
namespace {

constexpr std::ptrdiff_t rings = 64;
constexpr std::ptrdiff_t cells = 4096;
constexpr int repetitions = 64;
constexpr double lag = 1.2; // K = 1
constexpr double D = 0.01;
constexpr double dt = 0.5;
constexpr std::array<double, 5> times = {375, 750, 1500, 3000, 6000};

/// The cumulants of the phases at a time, each divided by the power of the time with which it grows.
struct Cumulants {
    double second = 0; ///< m₂ t^(−2/3)
    double third = 0;  ///< m₃ t^(−1)
    double fourth = 0; ///< (m₄ − 3 m₂²) t^(−4/3)

    Cumulants& add(const Cumulants& other, double weight) {
        second += weight * other.second;
        third += weight * other.third;
        fourth += weight * other.fourth;
        return *this;
    }
    [[nodiscard]] double skewness() const { return third / std::pow(second, 1.5); }
    [[nodiscard]] double excess_kurtosis() const { return fourth / (second * second); }
};
using History = std::array<Cumulants, times.size()>;

Cumulants cumulants_of(const km::Field<float>& theta, double time) {
    const km::PhaseMoments moments = km::phase_moments(theta);
    const double m2 = moments.variance;
    return {m2 / std::pow(time, 2.0 / 3), moments.skewness * std::pow(m2, 1.5) / time,
            moments.excess_kurtosis * m2 * m2 / std::pow(time, 4.0 / 3)};
}

struct Repetition {
    History history{};
    double slips = 0; ///< bonds whose difference is above π
};

/// From equal phases. ω cancels the rotation of a flat ring.
Repetition repetition(std::uint64_t seed) {
    const km::Model model{km::Laplacian<km::SakaguchiSine>{
                              .K = 1.0, .coupling = {.lag = lag}, .boundary = {{}, {}, km::periodic, km::periodic}},
                          2 * std::sin(lag)};
    km::Field<float> theta(rings, cells);
    Repetition found;
    std::int64_t now = 0;
    for (std::size_t k = 0; k < times.size(); ++k) {
        const std::int64_t end = std::llround(times[k] / dt);
        for (std::ptrdiff_t ring = 0; ring < rings; ++ring) {
            const km::Grid<float> phases(theta.data() + ring * cells, 1, cells);
            const km::LeimkuhlerMatthews stepper{
                .dt = dt, .D = D, .seed = seed * static_cast<std::uint64_t>(rings) + static_cast<std::uint64_t>(ring)};
            km::advance(km::Fused{}, stepper, model, phases, end - now, now);
        }
        now = end;
        found.history[k] = cumulants_of(theta, times[k]);
    }
    for (std::ptrdiff_t ring = 0; ring < rings; ++ring)
        for (std::ptrdiff_t j = 0; j < cells; ++j)
            if (std::fabs(theta(ring, (j + 1) % cells) - theta(ring, j)) > static_cast<float>(pi)) ++found.slips;
    return found;
}

/// The means of the cumulants over repetitions.
History mean_of(const std::vector<Repetition>& all, std::size_t left_out) {
    History mean{};
    std::size_t count = 0;
    for (std::size_t k = 0; k < all.size(); ++k) count += k == left_out ? 0 : 1;
    for (std::size_t k = 0; k < all.size(); ++k)
        for (std::size_t t = 0; t < times.size() && k != left_out; ++t)
            mean[t].add(all[k].history[t], 1 / static_cast<double>(count));
    return mean;
}

/// What t^(−2/3) leaves of the cumulants at two times, of which the second is four times the first.
Cumulants extrapolated(const Cumulants& early, const Cumulants& late) {
    const double factor = std::pow(4.0, 2.0 / 3);
    Cumulants limit;
    return limit.add(late, factor / (factor - 1)).add(early, -1 / (factor - 1));
}

/// β from the growth of W² between three times, each four times the one before. A constant in W² cancels.
double exponent(const History& of) {
    const auto square = [&](std::size_t t) { return of[t].second * std::pow(times[t], 2.0 / 3); };
    return std::log((square(4) - square(2)) / (square(2) - square(0))) / std::log(4.0) / 2;
}

/// A function of the means, with σ by leaving out one repetition at a time (jackknife).
template <class Value>
void add_row(Report& report, const std::string& name, double expected, const std::vector<Repetition>& all,
             const Value& value, double bias, const Setting& setting) {
    std::vector<double> partial;
    for (std::size_t k = 0; k < all.size(); ++k) partial.push_back(value(mean_of(all, k)));
    const double sigma = Sample(partial).error() * static_cast<double>(all.size() - 1);
    report.statistic(name, expected, value(mean_of(all, all.size())), sigma, bias, setting);
}

} // namespace

void rough_phases(Report& report) {
    if (report.is_quick()) return;
    report.chapter(
        "Rough phases",
        "With a phase lag α, the continuum limit of a ring is ∂θ/∂t = ν ∂²θ/∂x² + (λ/2) (∂θ/∂x)², with ν = K cos\n"
        "α and λ = 2K sin α, in a rotating frame. With Langevin noise it is the equation of Kardar, Parisi &\n"
        "Zhang (KPZ; 1986), and the phases are the heights of a rough surface. Rings of oscillators with noise\n"
        "are in the KPZ class (Lauter, Mitra & Marquardt 2017; Gutiérrez & Cuerno 2024). Random ω without noise\n"
        "would give another class (columnar noise; Gutiérrez & Cuerno 2023).\n"
        "\n"
        "- The variance of the phases, W², grows as t^(2β) with β = 1/3.\n"
        "- The initial phases are equal: a flat surface. Therefore the distribution tends to the Tracy–Widom\n"
        "  distribution of the Gaussian orthogonal ensemble (GOE; Prähofer & Spohn 2000). Its skewness is\n"
        "  0.2935, and its excess kurtosis 0.1652 (Bornemann 2010).\n"
        "- Other initial states have other limits. The limit for a curved surface has 0.224 and 0.093 (GUE). The\n"
        "  limit for a stationary surface has 0.359 and 0.289 (Baik–Rains). The tolerance of the skewness excludes\n"
        "  both; that of the kurtosis is too wide for this.\n"
        "\n"
        "**Finite times.** The k-th cumulant is t^(k/3) (c + c′ t^(−2/3) + …) (Ferrari & Frings 2011). For W² the\n"
        "second term is a constant. It cancels in the ratio (W²(6000) − W²(1500))/(W²(1500) − W²(375)), which\n"
        "gives β. For skewness and kurtosis, we extrapolate each cumulant from two times with t^(−2/3).\n"
        "\n"
        "One repetition is 64 rings. σ comes from leaving out one repetition at a time (jackknife).\n"
        "\n"
        "**What the first runs decided.** With D = 0.012 or dt = 1, the phases of some neighbours slipped by\n"
        "2π. The slips spread until all order was lost (explosive desynchronisation; Lauter, Mitra & Marquardt\n"
        "2017). Therefore we chose D = 0.01 and dt = 1/2. The first check counts slips. At t = 3000, without\n"
        "extrapolation, the skewness was 0.27. We chose the times of each check after 16 repetitions.");
    std::vector<Repetition> all(repetitions);
    for_each_seed(report, "rough phases", repetitions, [&](int k) {
        all[static_cast<std::size_t>(k)] = repetition(static_cast<std::uint64_t>(k));
        return 0.0;
    });
    double slips = 0;
    for (const Repetition& one : all) slips += one.slips;
    const std::string sizes = "64 rings of 4096 cells, float, K = 1, lag 1.2, D = 1/100, LeimkuhlerMatthews, dt = 1/2";
    const std::string used = "0 … 4095 (64 repetitions)";
    constexpr double skewness = 0.293465;
    constexpr double kurtosis = 0.165243;
    report.near("neighbours more than π apart at t = 6000", 0, slips, 0, {sizes, used, "none"});
    add_row(report, "β in: W² − constant ∝ t^(2β)", 1.0 / 3, all, exponent, 0,
            {sizes + ", t = 375, 1500, 6000", used, "terms that fall with t"});
    add_row(report, "skewness, extrapolated to t → ∞", skewness, all,
            [](const History& of) { return extrapolated(of[1], of[3]).skewness(); }, 0,
            {sizes + ", t = 750, 3000", used, "terms that fall faster than t^(−2/3)"});
    add_row(report, "excess kurtosis, extrapolated to t → ∞", kurtosis, all,
            [](const History& of) { return extrapolated(of[1], of[3]).excess_kurtosis(); }, 0,
            {sizes + ", t = 750, 3000", used, "terms that fall faster than t^(−2/3)"});
}

} // namespace validation
