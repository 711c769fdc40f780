// Rows with exact solutions: two cells, chains, linear modes, invariants, the energy, the stable time step.
#include "topics.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>

namespace validation {
namespace {

constexpr double epsilon = std::numeric_limits<double>::epsilon();

/// Advances a copy of `theta`.
template <class S, class M>
km::Field<double> after(const S& stepper, const M& model, const km::Field<double>& theta, std::int64_t steps) {
    km::Field<double> end = theta;
    km::advance(km::Fused{}, stepper, model, end, steps);
    return end;
}

// --- two cells ------------------------------------------------------------------------------------------------------

/// φ = θ₂ − θ₁ after `time`, by the Runge–Kutta method.
double two_cells(double K, double detuning, double phi, double time, int steps) {
    km::Field<double> theta(1, 2);
    km::Field<double> omega(1, 2);
    theta(0, 1) = phi;
    omega(0, 1) = detuning;
    const auto end =
        after(km::RungeKutta4{.dt = time / steps}, km::Model{km::SineLaplacian{.K = K}, omega}, theta, steps);
    return end(0, 1) - end(0, 0);
}

/// The mean of dφ/dt over 16 of the beats that are expected.
double beat(double detuning) {
    const double time = 16 * 2 * pi / std::sqrt(detuning * detuning - 1);
    return two_cells(0.5, detuning, 0, time, 16384) / time;
}

void two_cell_rows(Report& report) {
    report.chapter("Two cells",
                   "The phase difference φ = θ₂ − θ₁ obeys φ' = Δ − 2K sin φ, where Δ is the difference of the\n"
                   "natural frequencies (Adler 1946).\n"
                   "\n"
                   "- For Δ = 0, tan(φ/2) = tan(φ₀/2) e^(−2Kt).\n"
                   "- For |Δ| ≤ 2K the cells lock at φ = asin(Δ/2K).\n"
                   "- For |Δ| > 2K the phases drift apart, at the mean rate √(Δ² − 4K²): the beat frequency.");
    const Setting setting{"K = 1/2; RungeKutta4"};
    report.near("φ(2) from φ₀ = 2, Δ = 0", 2 * std::atan(std::tan(1.0) * std::exp(-2.0)), two_cells(0.5, 0, 2, 2, 1024),
                1e-12, {"K = 1/2; RungeKutta4, dt = 1/512", "none", "dt⁴: 10⁻¹³"});
    report.near("locked phase, Δ = 0.75", std::asin(0.75), two_cells(0.5, 0.75, 0, 64, 1024), 1e-12, setting);
    report.near("locked phase, Δ = −0.99, near the limit of locking", std::asin(-0.99),
                two_cells(0.5, -0.99, 0, 512, 4096), 1e-11,
                {"K = 1/2; RungeKutta4", "none", "rounding of θ (up to 250 rad), amplified by 1/cos φ"});
    report.near("beat frequency, Δ = 1.25", 0.75, beat(1.25), 1e-8,
                {"K = 1/2; 16 beats (turns of φ) in 16384 steps", "none", "dt⁴: 10⁻⁹"});
    report.near("beat frequency, Δ = 1.01, just beyond locking", std::sqrt(1.01 * 1.01 - 1), beat(1.01), 1e-6,
                {"K = 1/2; 16 beats (turns of φ) in 16384 steps", "none", "dt⁴: 10⁻⁷"});
}

// --- open chains ----------------------------------------------------------------------------------------------------

const std::vector<double> frequencies = {0.25, -0.5, 0.125, 0.375, -0.125, 0.5, -0.25};

/// The fluxes of the locked state: minus the partial sums of ω − ω̄.
std::vector<double> fluxes() {
    double mean = 0;
    for (const double value : frequencies) mean += value / static_cast<double>(frequencies.size());
    std::vector<double> sums;
    double sum = 0;
    for (std::size_t i = 0; i + 1 < frequencies.size(); ++i) sums.push_back(sum += mean - frequencies[i]);
    return sums;
}

double critical_coupling() {
    double critical = 0;
    for (const double flux : fluxes()) critical = std::fmax(critical, std::fabs(flux));
    return critical;
}

/// A chain down the rows, repeated over `cols` columns.
km::Field<double> chain(double K, std::ptrdiff_t cols, double dt, std::int64_t steps) {
    const auto rows = static_cast<std::ptrdiff_t>(frequencies.size());
    km::Field<double> omega(rows, cols);
    for (std::ptrdiff_t i = 0; i < rows; ++i)
        for (std::ptrdiff_t j = 0; j < cols; ++j) omega(i, j) = frequencies[static_cast<std::size_t>(i)];
    return after(km::Euler{.dt = dt}, km::Model{km::SineLaplacian{.K = K}, omega}, km::Field<double>(rows, cols),
                 steps);
}

/// The largest error of K sin(θ_{i+1} − θ_i) beside the fluxes.
double flux_error(const km::Field<double>& theta, double K) {
    const std::vector<double> expected = fluxes();
    double worst = 0;
    for (std::ptrdiff_t i = 0; i + 1 < theta.rows(); ++i)
        for (std::ptrdiff_t j = 0; j < theta.cols(); ++j)
            worst = std::fmax(
                worst, std::fabs(K * std::sin(theta(i + 1, j) - theta(i, j)) - expected[static_cast<std::size_t>(i)]));
    return worst;
}

/// The smallest K at which no bond of the chain slips, by bisection.
double found_critical_coupling(double below, double above) {
    while (above - below > 1e-4) {
        const double K = (below + above) / 2;
        const km::Field<double> end = chain(K, 1, 0.1, 20000);
        double widest = 0;
        for (std::ptrdiff_t i = 0; i + 1 < end.rows(); ++i)
            widest = std::fmax(widest, std::fabs(end(i + 1, 0) - end(i, 0)));
        (widest > pi ? below : above) = K;
    }
    return (below + above) / 2;
}

void chain_rows(Report& report) {
    report.chapter("Open chains",
                   "In the locked state, the flux through bond i is K sin(θ_{i+1} − θ_i) = Σ_{j ≤ i} (ω̄ − ω_j), where\n"
                   "ω̄ is the mean of ω. This state exists for K ≥ K_c = max |Σ_{j ≤ i} (ω_j − ω̄)| (Ermentrout &\n"
                   "Kopell 1984; Strogatz & Mirollo 1988). Here ω = 0.25, −0.5, 0.125, 0.375, −0.125, 0.5, −0.25.");
    const Setting setting{"7 cells, Euler, dt = 1/10", "none", "rounding of θ (up to 40 rad)"};
    const double critical = critical_coupling();
    report.near("largest error of a flux, K = 1.05 K_c", 0,
                flux_error(chain(1.05 * critical, 1, 0.1, 8000), 1.05 * critical), 1e-10, setting);
    report.near("the same in two dimensions; ω depends on the row only", 0,
                flux_error(chain(1.05 * critical, 5, 0.1, 8000), 1.05 * critical), 1e-10,
                {"7 × 5 cells, Euler, dt = 1/10", "none", "rounding of θ (up to 40 rad)"});
    const double found = found_critical_coupling(0.8 * critical, 1.2 * critical);
    report.near("K_c by bisection", critical, found, 1e-3 * critical,
                {"7 cells, t = 2000", "none",
                 "phase slips that take longer than t = 2000 are missed: 4·10⁻⁶ K_c; bisection to 10⁻⁴"});
}

// --- linear modes ---------------------------------------------------------------------------------------------------

/// The mode (p, q) of a lattice with zero-flux or periodic edges.
template <class T> km::Field<T> mode(std::ptrdiff_t rows, std::ptrdiff_t cols, int p, int q, bool is_periodic) {
    km::Field<T> theta(rows, cols);
    for (std::ptrdiff_t i = 0; i < rows; ++i)
        for (std::ptrdiff_t j = 0; j < cols; ++j) {
            const double down = pi * p * (static_cast<double>(i) + 0.5) / static_cast<double>(rows);
            const double across = pi * q * (static_cast<double>(j) + 0.5) / static_cast<double>(cols);
            theta(i, j) =
                static_cast<T>(is_periodic ? std::cos(2 * down + 2 * across) : std::cos(down) * std::cos(across));
        }
    return theta;
}

/// The largest deviation of a cell of any mode from (1 + K dt λ)^n times its beginning.
template <class T> double mode_error(bool is_periodic) {
    constexpr std::ptrdiff_t rows = 5;
    constexpr std::ptrdiff_t cols = 7;
    constexpr int steps = 400;
    constexpr double K_dt = 1.0 / 1024;
    const km::Boundary boundary = is_periodic ? km::torus : km::Boundary{};
    double worst = 0;
    for (int p = 0; p < rows; ++p)
        for (int q = 0; q < cols; ++q) {
            const double half = is_periodic ? pi : pi / 2;
            const double down = std::sin(half * p / static_cast<double>(rows));
            const double across = std::sin(half * q / static_cast<double>(cols));
            const double factor = std::pow(1 - 4 * K_dt * (down * down + across * across), steps);
            const km::Field<T> start = mode<T>(rows, cols, p, q, is_periodic);
            km::Field<T> end = start;
            const km::LinearLaplacian laplacian{.K = 1.0, .boundary = boundary};
            km::advance(km::Fused{}, km::Euler{.dt = K_dt}, km::Model{laplacian, 0.0}, end, steps);
            for (std::ptrdiff_t k = 0; k < start.size(); ++k)
                worst = std::fmax(worst, std::fabs(static_cast<double>(end.data()[k]) -
                                                   factor * static_cast<double>(start.data()[k])));
        }
    return worst;
}

/// The error of the rate −5π² of cos πx cos 2πy on the unit square with n × n cells.
double continuum_error(std::ptrdiff_t n) {
    const km::Field<double> theta = mode<double>(n, n, 1, 2, false);
    km::Field<double> rate(n, n);
    km::apply(km::Fused{}, km::LinearLaplacian{.K = static_cast<double>(n * n)}, theta, rate);
    return std::fabs(rate(0, 0) / theta(0, 0) + 5 * pi * pi);
}

void linear_rows(Report& report) {
    report.chapter("Linear coupling",
                   "On R × C cells, n Euler steps multiply a mode by exactly (1 + K dt λ)^n (Strang 1999).\n"
                   "\n"
                   "- Zero flux: modes cos(πp(i+½)/R) cos(πq(j+½)/C), λ = −4[sin²(πp/2R) + sin²(πq/2C)].\n"
                   "- Periodic: Fourier modes, λ = −4[sin²(πp/R) + sin²(πq/C)].\n"
                   "- On the unit square with cells of side h, decay rates differ from those of the continuum by an\n"
                   "  error of order h².");
    const Setting setting{"5 × 7 cells, all 35 modes, 400 steps of K dt = 1/1024"};
    const double root = std::sqrt(400.0);
    const double single = static_cast<double>(std::numeric_limits<float>::epsilon());
    report.near("zero flux, double: largest error of a cell", 0, mode_error<double>(false), 4 * epsilon * root,
                setting);
    report.near("zero flux, float", 0, mode_error<float>(false), 4 * single * root, setting);
    report.near("periodic, double", 0, mode_error<double>(true), 4 * epsilon * root, setting);
    report.near("periodic, float", 0, mode_error<float>(true), 4 * single * root, setting);
    report.near("order in h of the rate of cos πx cos 2πy", 2, std::log2(continuum_error(32) / continuum_error(64)),
                0.01, {"32 × 32 and 64 × 64 cells", "none", "h⁴: 0.003"});
}

// --- invariants -----------------------------------------------------------------------------------------------------

double mean_of(const km::Field<double>& field) {
    double sum = 0;
    for (std::ptrdiff_t k = 0; k < field.size(); ++k) sum += field.data()[k];
    return sum / static_cast<double>(field.size());
}

/// The mean phase after 100 steps, less what the mean frequency makes of it.
template <class C> double mean_phase_error(const C& coupling, const km::Boundary& boundary) {
    km::Field<double> theta(13, 21);
    km::Field<double> omega(13, 21);
    km::uniform_phases(theta, 1);
    km::uniform_frequencies(omega, -1, 2, 1);
    const km::Model model{km::Laplacian<C>{1.0, coupling, boundary}, omega};
    return std::fabs(mean_of(after(km::Euler{.dt = 0.125}, model, theta, 100)) - mean_of(theta) -
                     12.5 * mean_of(omega));
}

/// The largest change of a rate when all phases are shifted, and one cell by whole turns as well.
double shift_error(const km::Boundary& boundary) {
    km::Field<double> theta(13, 21);
    km::uniform_phases(theta, 2);
    km::Field<double> shifted = theta;
    for (std::ptrdiff_t k = 0; k < shifted.size(); ++k) shifted.data()[k] += 1.5;
    shifted(4, 8) -= 6 * pi;
    shifted(0, 20) += 2 * pi;
    km::Field<double> rate(13, 21);
    km::Field<double> rate_of_shifted(13, 21);
    const km::Model model{km::SineLaplacian{.K = 1.0, .boundary = boundary}, 0.25};
    km::rate(km::Fused{}, model, theta, rate);
    km::rate(km::Fused{}, model, shifted, rate_of_shifted);
    double worst = 0;
    for (std::ptrdiff_t k = 0; k < rate.size(); ++k)
        worst = std::fmax(worst, std::fabs(rate.data()[k] - rate_of_shifted.data()[k]));
    return worst;
}

/// The largest rise of the energy in one of 400 Euler steps from random phases.
double largest_rise(double dt, const km::Boundary& boundary) {
    const km::SineLaplacian laplacian{.K = 1.0, .boundary = boundary};
    km::Field<double> theta(23, 31);
    km::uniform_phases(theta, 11);
    double before = km::energy(laplacian, theta);
    double rise = 0;
    for (int step = 0; step < 400; ++step) {
        km::advance(km::Fused{}, km::Euler{.dt = dt}, km::Model{laplacian, 0.0}, theta, 1);
        const double now = km::energy(laplacian, theta);
        rise = std::fmax(rise, now - before);
        before = now;
    }
    return rise;
}

void invariant_rows(Report& report) {
    report.chapter("Invariants",
                   "- With an odd coupling and zero-flux or periodic edges, d/dt Σθ = Σω.\n"
                   "- Adding the same number to all phases changes no rate dθ/dt.\n"
                   "- With the sine, adding whole turns to one phase changes no rate either.\n"
                   "- For equal ω, the energy E = −K Σ cos(θ_j − θ_i) never increases. With Euler's method this holds\n"
                   "  for K dt ≤ 1/4.");
    const Setting drift{"13 × 21 cells, 100 Euler steps, mean phase up to 10", "1"};
    report.near("change of the mean phase − mean frequency × time, sine, zero flux", 0,
                mean_phase_error(km::Sine{}, {}), 400 * epsilon, drift);
    report.near("the same, periodic", 0, mean_phase_error(km::Sine{}, km::torus), 400 * epsilon, drift);
    report.near("the same, linear, north and south periodic, west and east zero flux", 0,
                mean_phase_error(km::Linear{}, {km::periodic, km::periodic, km::zero_flux, km::zero_flux}),
                400 * epsilon, drift);
    report.near("the same, two harmonics, periodic", 0, mean_phase_error(km::Harmonics<2>{{1.0, -0.5}}, km::torus),
                400 * epsilon, drift);
    const Setting shift{"13 × 21 cells; 1.5 added to all phases, whole turns to two cells", "2"};
    report.near("largest change of dθ/dt by shifts of phases, zero flux", 0, shift_error({}), 128 * epsilon, shift);
    report.near("the same, periodic", 0, shift_error(km::torus), 128 * epsilon, shift);
    const Setting energy{"23 × 31 cells, random phases, 400 Euler steps", "11", "rounding of an energy of 1400"};
    report.at_most("largest rise of the energy in a step, K dt = 1/4, zero flux", 1e-11, largest_rise(0.25, {}),
                   energy);
    report.at_most("the same, periodic", 1e-11, largest_rise(0.25, km::torus), energy);
    report.at_most("the same, K dt = 1/20", 1e-11, largest_rise(0.05, {}), energy);
}

// --- the stable time step -------------------------------------------------------------------------------------------

/// Whether a weak checkerboard on a torus, or on a ring, has decayed after 20000 Euler steps.
bool checkerboard_decays(std::ptrdiff_t rows, double dt) {
    km::Field<double> theta(rows, 12);
    km::checkerboard_frequencies(theta, 1e-9, -1e-9);
    const km::BoundaryCondition ends = rows == 1 ? km::zero_flux : km::periodic;
    const km::SineLaplacian laplacian{.K = 1.0, .boundary = {ends, ends, km::periodic, km::periodic}};
    const auto end = after(km::Euler{.dt = dt}, km::Model{laplacian, 0.0}, theta, 20000);
    return std::fabs(end(0, 0)) < 1e-9;
}

double largest_stable(std::ptrdiff_t rows, double below, double above) {
    while (above - below > 1e-6) {
        const double dt = (below + above) / 2;
        (checkerboard_decays(rows, dt) ? below : above) = dt;
    }
    return (below + above) / 2;
}

/// The largest difference of neighbours in a row.
double depth_of(const km::Field<double>& theta) {
    double deepest = 0;
    for (std::ptrdiff_t i = 0; i < theta.rows(); ++i)
        for (std::ptrdiff_t j = 0; j + 1 < theta.cols(); ++j)
            deepest = std::fmax(deepest, std::fabs(theta(i, j) - theta(i, j + 1)));
    return deepest;
}

void stability_rows(Report& report) {
    report.chapter(
        "Euler's method beyond its stability bound",
        "On a periodic lattice with even sides, synchrony is stable if and only if 0 < K dt ≤ 1/4. On a ring\n"
        "with an even number of cells the bound is 1/2.\n"
        "\n"
        "Beyond the bound the sine lattice does not blow up. It settles into a checkerboard, in which\n"
        "neighbours differ by φ with φ = 4 K dt sin φ. Near zero-flux edges the difference is smaller.");
    const Setting setting{"12 × 12 and 1 × 12 cells, periodic, 20000 steps", "none", "slow growth is missed: 10⁻⁵"};
    report.near("largest stable K dt, periodic lattice", 0.25, largest_stable(12, 0.2, 0.3), 1e-5, setting);
    report.near("largest stable K dt, ring", 0.5, largest_stable(1, 0.4, 0.6), 1e-5, setting);
    km::Field<double> theta(12, 12);
    km::uniform_phases(theta, 3);
    for (std::ptrdiff_t k = 0; k < theta.size(); ++k) theta.data()[k] *= 0.01;
    const km::Euler euler{.dt = 0.26};
    const auto open = after(euler, km::Model{km::SineLaplacian{.K = 1.0}, 0.0}, theta, 40000);
    const Setting checkered{"12 × 12 cells, zero flux, phases in [0, 0.06], 40000 steps", "3",
                            "expected value not published; its source does not give the size of the lattice"};
    report.near("largest difference of neighbours at K dt = 0.26", 0.44, depth_of(open), 0.005, checkered);
    report.near("order parameter of that state", 0.991, km::order_parameter(open).r, 0.001, checkered);
    double phi = 0.5;
    for (int k = 0; k < 1000; ++k) phi = 4 * 0.26 * std::sin(phi);
    km::checkerboard_frequencies(theta, 0.01, -0.01);
    const auto closed = after(euler, km::Model{km::SineLaplacian{.K = 1.0, .boundary = km::torus}, 0.0}, theta, 40000);
    const Setting torus{"12 × 12 cells, periodic, starts from a weak checkerboard, 40000 steps"};
    report.near("largest difference of neighbours on a torus", phi, depth_of(closed), 1e-12, torus);
    report.near("order parameter of that state, cos(φ/2)", std::cos(phi / 2), km::order_parameter(closed).r, 1e-12,
                torus);
}

} // namespace

void exact_solutions(Report& report) {
    two_cell_rows(report);
    chain_rows(report);
    linear_rows(report);
    invariant_rows(report);
    stability_rows(report);
}

} // namespace validation
