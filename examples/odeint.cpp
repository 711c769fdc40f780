// Shows Boost.odeint on a lattice: a Field is its state and a model its system. A method of several steps and one of
// extrapolation reach the same phases as the library's own steppers, with so many evaluations of the rate. Ends with 1
// if they do not.
#include <kuramoto/kuramoto.hpp>
#include <kuramoto/odeint.hpp>

#include <boost/numeric/odeint.hpp>

#include <cmath>
#include <cstdio>

namespace km = kuramoto;
namespace odeint = boost::numeric::odeint;

using State = km::Field<double>;

constexpr std::ptrdiff_t rows = 48;
constexpr std::ptrdiff_t cols = 80;
constexpr double duration = 5.0;

double distance(const State& a, const State& b) {
    double largest = 0;
    for (std::ptrdiff_t i = 0; i < rows; ++i)
        for (std::ptrdiff_t j = 0; j < cols; ++j) largest = std::fmax(largest, std::fabs(a(i, j) - b(i, j)));
    return largest;
}

int main() {
    State omega(rows, cols), start(rows, cols);
    km::normal_frequencies(omega, 1.0, 0.3, 1);
    km::uniform_phases(start, 2);
    const km::Model model{km::SineLaplacian{.K = 1.0}, omega};

    // The right phases: the library's adaptive method with a small tolerance.
    State exact = start;
    km::integrate(km::Fused{}, {.relative_tolerance = 0, .absolute_tolerance = 1e-12}, model, exact, duration);

    // Whatever can be called with (θ, rate, t) is a system: this one counts.
    const auto rate = km::odeint_system(km::Fused{}, model);
    long evaluations = 0;
    const auto system = [&](const State& theta, State& to, double time) {
        ++evaluations;
        rate(theta, to, time);
    };

    bool good = true;
    const auto report = [&](const char* name, const State& theta, double tolerance) {
        const double error = distance(theta, exact);
        std::printf("%-42s %6ld evaluations, error %.1e\n", name, evaluations, error);
        good = good && error < tolerance;
        evaluations = 0;
    };

    State theta = start;
    km::advance(km::Fused{}, km::RungeKutta4{.dt = 0.03125}, model, theta, 160);
    evaluations = 640;
    report("the library's Runge-Kutta, dt = 1/32", theta, 1e-3);

    const State ours = theta;
    theta = start;
    odeint::integrate_const(odeint::runge_kutta4<State>(), system, theta, 0.0, duration, 0.03125);
    report("odeint's Runge-Kutta, dt = 1/32", theta, 1e-3);
    good = good && distance(theta, ours) < 1e-11; // the same method

    theta = start;
    odeint::adams_bashforth_moulton<5, State> adams;
    odeint::integrate_const(adams, system, theta, 0.0, duration, 0.015625);
    report("Adams, Bashforth & Moulton, dt = 1/64", theta, 2e-5);

    theta = start;
    odeint::bulirsch_stoer<State> extrapolation(1e-10, 1e-10);
    odeint::integrate_adaptive(extrapolation, system, theta, 0.0, duration, 0.1);
    report("Bulirsch & Stoer, tolerance 1e-10", theta, 1e-7);

    return good ? 0 : 1;
}
