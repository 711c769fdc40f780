// Rows about inertia on a lattice: linear modes at a temperature, the energy without noise, and strong damping.
#include "modes.hpp"

#include <cstdint>

namespace validation {
namespace {

// --- linear modes ---------------------------------------------------------------------------------------------------

constexpr double temperature = 0.5; // K = m = 1
constexpr int seeds = 32;

struct ModesOfSeeds {
    Shares phases = Shares(seeds);
    Shares velocities = Shares(seeds);
    std::vector<double> kinetic = std::vector<double>(seeds);
};

/// m⟨v²⟩ of a mode under BAOAB.
double velocity_variance(double decay, double dt) { return temperature * (1 - dt * dt * decay / 4); }

void run_modes(const Modes& modes, double dt, double damping, std::size_t seed, ModesOfSeeds& found) {
    constexpr int samples = 2000;
    const auto every = static_cast<std::int64_t>(std::lround(4 / dt));
    const km::InertialModel model{km::Inertia{.mass = 1, .damping = damping},
                                  km::Model{km::LinearLaplacian{.K = 1.0}, 0.0}};
    const km::BAOAB stepper{.dt = dt, .temperature = temperature, .seed = seed};
    km::Field<double> theta(Modes::rows, Modes::cols);
    km::Field<double> velocity(Modes::rows, Modes::cols);
    found.phases[seed] = km::Field<double>(Modes::rows, Modes::cols);
    found.velocities[seed] = km::Field<double>(Modes::rows, Modes::cols);
    std::int64_t now = 200 * every;
    km::advance(km::Fused{}, stepper, model, theta, velocity, now, 0);
    for (int k = 0; k < samples; ++k, now += every) {
        km::advance(km::Fused{}, stepper, model, theta, velocity, every, now);
        modes.add_shares(theta, [&](double decay) { return temperature / decay * samples; }, found.phases[seed]);
        modes.add_shares(
            velocity, [&](double decay) { return velocity_variance(decay, dt) * samples; }, found.velocities[seed]);
        found.kinetic[seed] += km::kinetic_temperature(model, velocity) / samples;
    }
}

/// The mean of K|λ| over all modes, the uniform one included: K times the mean number of neighbours.
double mean_decay() {
    return 2 * (1 - 1.0 / static_cast<double>(Modes::rows)) + 2 * (1 - 1.0 / static_cast<double>(Modes::cols));
}

void mode_rows(Report& report) {
    struct Case {
        double dt, damping;
    };
    const Modes modes;
    for (const Case& of : {Case{0.2, 1}, Case{0.6, 1}, Case{0.6, 0.2}, Case{0.4, 5}}) {
        const std::string at = ", γ = " + text(of.damping) + ", dt = " + text(of.dt);
        ModesOfSeeds found;
        for_each_seed(report, "modes" + at, seeds, [&](int seed) {
            run_modes(modes, of.dt, of.damping, static_cast<std::size_t>(seed), found);
            return 0.0;
        });
        const Setting setting{"8 × 12 cells, zero flux, K = m = 1, T = 1/2, 2000 samples about 4 apart after t = 800",
                              "0 … 31", "none"};
        report.statistic("variance ÷ (T/K|λ|), mean of all 95 modes" + at, 1, mean_share(found.phases), 0, setting);
        report.at_most("largest distance of a mode from it, in σ" + at, 5, largest_deviation(found.phases), setting);
        report.statistic("⟨v²⟩ ÷ [(T/m)(1 − dt² K|λ|/4m)], mean of all 95 modes" + at, 1, mean_share(found.velocities),
                         0, setting);
        report.statistic("kinetic temperature" + at, velocity_variance(mean_decay(), of.dt), Sample(found.kinetic), 0,
                         setting);
    }
}

// --- energy ---------------------------------------------------------------------------------------------------------

/// The largest change of the energy per cell in each of two halves of a run without damping.
struct Errors {
    double first = 0;
    double second = 0;
};

Errors energy_errors(double dt, double time) {
    constexpr std::ptrdiff_t size = 16;
    const km::SineLaplacian lattice{.K = 1.0, .boundary = km::torus};
    const km::InertialModel model{km::Inertia{.mass = 1, .damping = 0}, km::Model{lattice, 0.0}};
    km::Field<double> theta(size, size);
    km::Field<double> velocity(size, size);
    km::normal_phases(theta, 0, 0.5, 1);
    km::normal_phases(velocity, 0, 0.5, 2);
    const auto energy = [&] {
        return km::energy(lattice, theta) / (size * size) + km::kinetic_temperature(model, velocity) / 2;
    };
    const double start = energy();
    const auto steps = static_cast<std::int64_t>(std::lround(time / dt));
    Errors errors;
    for (std::int64_t step = 0; step < steps; ++step) {
        km::advance(km::Fused{}, km::VelocityVerlet{.dt = dt}, model, theta, velocity, 1);
        double& largest = step < steps / 2 ? errors.first : errors.second;
        largest = std::fmax(largest, std::fabs(energy() - start));
    }
    return errors;
}

void energy_rows(Report& report) {
    const std::string sizes =
        "16 × 16 cells, periodic, K = m = 1, γ = 0, normal phases and velocities of deviation 1/2";
    const double coarse = energy_errors(0.05, 4).first;
    const double fine = energy_errors(0.025, 4).first;
    report.near("order of the error of the energy", 2, std::log2(coarse / fine), 0.02,
                {sizes + ", t = 0 … 2, dt = 1/20 and 1/40", "1, 2", "dt⁴"});
    const Errors errors = energy_errors(0.1, 2000);
    report.at_most("largest error in t = 1000 … 2000 ÷ largest error in t = 0 … 1000", 1.5,
                   errors.second / errors.first, {sizes + ", dt = 1/10", "1, 2", "none"});
}

// --- strong damping -------------------------------------------------------------------------------------------------

void strong_damping_row(Report& report) {
    constexpr std::ptrdiff_t size = 16;
    constexpr double dt = 0.25;
    constexpr double mass = 0.5;
    constexpr std::int64_t steps = 50;
    const km::Model lattice{km::SineLaplacian{.K = 1.25, .boundary = km::torus}, 0.0};
    const km::InertialModel model{km::Inertia{.mass = mass, .damping = 1000}, lattice};
    const km::BAOAB stepper{.dt = dt, .temperature = temperature, .seed = 1};
    km::Field<double> theta(size, size);
    km::Field<double> velocity(size, size);
    km::uniform_phases(theta, 1);
    km::advance(km::Fused{}, stepper, model, theta, velocity, 1, 0); // what is left of the first velocity
    km::Field<double> same = theta;
    km::advance(km::Fused{}, stepper, model, theta, velocity, steps, 1);
    const km::LeimkuhlerMatthews limit{.dt = dt * dt / (2 * mass), .D = temperature, .seed = 1};
    km::advance(km::Fused{}, limit, lattice, same, steps, 0);
    double largest = 0;
    for (std::ptrdiff_t k = 0; k < theta.size(); ++k)
        largest = std::fmax(largest, std::fabs(theta.data()[k] - same.data()[k]));
    report.near("largest difference of the phases of BAOAB and LeimkuhlerMatthews", 0, largest, 1e-12,
                {"16 × 16 cells, periodic, K = 5/4, m = 1/2, γ dt/m = 500, T = 1/2, 50 steps of dt = 1/4", "1"});
}

} // namespace

void inertia(Report& report) {
    report.chapter(
        "Inertia",
        "- The velocity Verlet method without damping: the error of the energy is of the order dt², and does\n"
        "  not grow.\n"
        "- BAOAB with a linear coupling: the variance of a mode with the eigenvalue λ is exactly T/(K|λ|), for\n"
        "  every stable dt and every damping γ (Leimkuhler & Matthews 2013). The variance of its velocity is\n"
        "  (T/m)(1 − dt² K|λ|/4m). The kinetic temperature m⟨v²⟩ is the mean over all modes. The mean of |λ| is\n"
        "  the mean number of neighbours. dt is stable below 2 √(m/8K) = 0.71.\n"
        "- For γ dt/m ≫ 1, a step of BAOAB is a step of LeimkuhlerMatthews with D = T and the time step dt²/2m.\n"
        "\n"
        "The bounds with ≤ are our choice. The section [Sampling the XY\n"
        "model](#sampling-the-xy-model) has the bonds and the vortices of BAOAB.");
    energy_rows(report);
    strong_damping_row(report);
    if (!report.is_quick()) mode_rows(report);
}

} // namespace validation
