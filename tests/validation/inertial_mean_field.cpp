// Rows about mean-field coupling with inertia: how fast incoherence grows, and the hysteresis of the order parameter.
#include "pendulum.hpp"
#include "topics.hpp"

#include <cstdint>

namespace validation {
namespace {

// --- growth ---------------------------------------------------------------------------------------------------------

constexpr std::ptrdiff_t frequencies = 4096;

/// Oscillators with Lorentzian quantiles as torques, four cells each with phases a quarter turn apart: r = 0, and so is
/// the mean of e^(2iθ). Without the noise of a random start, r is what becomes of a small perturbation.
class Population {
  public:
    Population(double mass, double half_width, double dt)
        : mass_(mass), stepper_{.dt = dt}, theta_(frequencies, 4), omega_(frequencies, 4) {
        km::Field<double> quantiles(frequencies, 1);
        km::lorentzian_quantiles(quantiles, 0, half_width, 1);
        for (std::ptrdiff_t i = 0; i < frequencies; ++i)
            for (std::ptrdiff_t j = 0; j < 4; ++j) {
                theta_(i, j) = pi / 2 * static_cast<double>(j);
                omega_(i, j) = quantiles(i, 0);
            }
        velocity_ = omega_;
    }
    /// All phases 0, at rest.
    void synchronise() {
        theta_.fill(0);
        velocity_.fill(0);
    }
    /// Changes r by half this size.
    void perturb(double size) {
        for (std::ptrdiff_t k = 0; k < theta_.size(); ++k) theta_.data()[k] += size * std::sin(theta_.data()[k]);
    }
    void advance(double K, double time) {
        const km::InertialModel model{km::Inertia{.mass = mass_, .damping = 1},
                                      km::MeanFieldModel{km::MeanField{.K = K}, omega_}};
        km::advance(km::Fused{}, stepper_, model, theta_, velocity_, std::llround(time / stepper_.dt));
    }
    [[nodiscard]] double r() const { return km::order_parameter(theta_).r; }
    /// The mean of r over 40 times.
    double mean_r(double K) {
        double sum = 0;
        for (int k = 0; k < 40; ++k) {
            advance(K, 1);
            sum += r() / 40;
        }
        return sum;
    }

  private:
    double mass_;
    km::VelocityVerlet stepper_;
    km::Field<double> theta_;
    km::Field<double> omega_;
    km::Field<double> velocity_;
};

double growth_rate(double mass, double K, double half_width, double dt) {
    Population cells(mass, half_width, dt);
    cells.perturb(1e-10);
    cells.advance(K, 30);
    const double before = cells.r();
    cells.advance(K, 30);
    return std::log(cells.r() / before) / 30;
}

void growth_rows(Report& report) {
    struct Case {
        double mass, K, half_width, dt;
    };
    for (const Case& of :
         {Case{0.2, 1, 0.25, 0.02}, Case{1, 1, 0.2, 0.05}, Case{2, 2, 0.25, 0.05}, Case{5, 1, 0.1, 0.05}}) {
        const double rate = (std::sqrt(1 + 2 * of.mass * of.K) - 1) / (2 * of.mass) - of.half_width;
        report.near(
            "growth rate, m = " + text(of.mass) + ", K = " + text(of.K) + ", γ̂ = " + text(of.half_width), rate,
            growth_rate(of.mass, of.K, of.half_width, of.dt), 3e-3 * rate,
            {"4096 quantiles, 4 cells each, r(0) = 5·10⁻¹¹, VelocityVerlet, dt = " + text(of.dt) + ", t = 30 … 60",
             "none", "dt²: 10⁻³ of the rate"});
    }
}

// --- hysteresis -----------------------------------------------------------------------------------------------------

struct Point {
    double K, r;
};

/// r at each K in turn, from the state at the K before. Stops below the first point with `is_last`.
template <class IsLast>
std::vector<Point> sweep(Population& cells, const std::vector<double>& strengths, double time, const IsLast& is_last) {
    std::vector<Point> points;
    for (const double K : strengths) {
        cells.perturb(1e-4);
        cells.advance(K, time);
        points.push_back({K, cells.mean_r(K)});
        if (is_last(points.back().r)) break;
    }
    return points;
}

double mean_of_last_two(const std::vector<Point>& points) {
    return points.size() < 2 ? points.back().K : (points[points.size() - 1].K + points[points.size() - 2].K) / 2;
}

void hysteresis_rows(Report& report) {
    constexpr double mass = 2;
    constexpr double dt = 0.1;
    const std::string cells = "m = 2, 4096 quantiles, 4 cells each, VelocityVerlet, dt = 1/10, ";
    const Hysteresis theory(mass);
    const auto at = [](double K) { return ", K = " + text(K); };

    Population up(mass, 1, dt);
    const std::vector<Point> rise = sweep(up, {5.7, 5.9, 6.1, 6.3}, 1000, [](double r) { return r > 0.3; });
    report.near("K of the jump on the way up", 2 * (1 + mass), mean_of_last_two(rise), 0.1,
                {cells + "K = 5.7, 5.9, 6.1, t = 1000 each", "none", "steps of K: 0.1"});
    for (const Point& point : sweep(up, {7, 8}, 400, [](double) { return false; }))
        report.near("r on the way up" + at(point.K), theory.r_going_up(point.K), point.r, 0.01,
                    {cells + "t = 400 at each K", "none", "1/√n: 0.008"});

    Population down(mass, 1, dt);
    down.synchronise();
    for (const Point& point : sweep(down, {10, 8, 6, 5, 4, 3.5}, 400, [](double) { return false; }))
        if (point.K == 8 || point.K == 5 || point.K == 3.5)
            report.near("r on the way down" + at(point.K), theory.r_coming_down(point.K), point.r, 0.01,
                        {cells + "t = 400 at each K", "none", "1/√n: 0.008"});
    const std::vector<Point> fall =
        sweep(down, {3, 2.8, 2.7, 2.65, 2.6, 2.55, 2.5, 2.45}, 1000, [](double r) { return r < 0.2; });
    report.near("K of the jump on the way down", theory.least_K(), mean_of_last_two(fall), 0.05,
                {cells + "K = … 2.65, 2.6, 2.55, 2.5, t = 1000 each", "none", "steps of K: 0.025; 1/√n"});
}

} // namespace

void inertial_mean_field(Report& report) {
    report.chapter(
        "Mean-field coupling with inertia",
        "The equation is m θ̈ + θ̇ = ω + K r sin(ψ − θ) with Lorentzian ω of half width γ̂. The frequencies are\n"
        "the quantiles of the distribution. Four cells have the same ω, and initial phases a quarter turn apart.\n"
        "So r is 0, without the fluctuations of random phases. A small change of the phases then gives r its\n"
        "initial value.\n"
        "\n"
        "**Growth.** From incoherence, a small r grows as e^(λt) for n → ∞. The rate λ obeys\n"
        "(λ + γ̂)(1 + m (λ + γ̂)) = K/2 (Acebrón, Bonilla & Spigler 2000).\n"
        "\n"
        "**Hysteresis**, for m = 2 and γ̂ = 1. K increases and decreases in small steps. Tanaka, Lichtenberg &\n"
        "Oishi (1997) found that the transition is of first order:\n"
        "\n"
        "- On the way up, r is 0 until incoherence becomes unstable. This is at K = 2γ̂ (1 + m γ̂) = 6.\n"
        "- In a mean field of constant r, each cell is a damped pendulum with a torque. It is locked or rotates.\n"
        "  r is stationary if the mean of cos(ψ − θ) over all cells is r.\n"
        "- On the way up, a cell is locked if it cannot rotate for ever.\n"
        "- On the way down from synchrony, a cell is locked if |ω| < K r. Below some K no r > 0 is stationary.\n"
        "\n"
        "The expected values are these stationary r, from numerical solutions of the pendulum in the same\n"
        "program. Tanaka, Lichtenberg & Oishi used approximations: for example (4/π) √(K r/m) for the largest\n"
        "|ω| that cannot rotate.\n"
        "\n"
        "The tolerance of r is of the size of the fluctuations of r with n = 16384 cells, which are of order\n"
        "1/√n. The page [The model](model.md#inertia) shows the hysteresis.");
    growth_rows(report);
    if (!report.is_quick()) hysteresis_rows(report);
}

} // namespace validation
