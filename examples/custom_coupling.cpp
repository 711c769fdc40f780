// Shows how to write couplings of your own: a formula, one with a parameter chosen at run time, and one that calls a
// function of plain numbers. Each gets every policy, both precisions and all instruction sets. Each is compared with a
// loop that visits one cell at a time; ends with 1 if they disagree.
#include <kuramoto/kuramoto.hpp>

#include <cmath>
#include <cstdio>

namespace km = kuramoto;

/// f(d) = sin d + 0.1 cos d. V is a number or several of them in a register; the text is the same.
struct Skewed {
    static constexpr bool odd = false; // f(−d) ≠ −f(d): both ends of a bond are evaluated
    template <class V> V operator()(V d) const { return km::sin(d) + 0.1f * km::cos(d); }
};

/// f(d) = sin(d − lag): the phase lag of Sakaguchi and Kuramoto (1986). With max_slope, max_stable_dt is known.
struct Lagged {
    double lag = 0.0; // rad
    static constexpr bool odd = false;
    static constexpr double max_slope = 1.0; // the largest |f'(d)|
    template <class V> V operator()(V d) const { return km::sin(d - lag); }
};

/// f(d) = d − 2π · (nearest whole number to d / 2π): linear, but periodic. std::remainder exists for numbers only.
struct Sawtooth {
    static constexpr bool odd = true; // f(−d) = −f(d): one evaluation serves both ends
    template <class V> V operator()(V d) const {
        return km::each_lane(d, [](auto x) { return std::remainder(static_cast<double>(x), 2 * 3.14159265358979324); });
    }
};

/// The largest difference between km::rate and its definition, over all cells; `f` is the coupling in plain C++.
template <class Coupling, class Function>
double largest_error(const km::Laplacian<Coupling>& laplacian, const km::Field<double>& theta, Function f) {
    km::Field<double> rate(theta.rows(), theta.cols());
    km::rate(km::Fused{}, km::Model{laplacian, 0.0}, theta, rate);
    double largest = 0;
    const auto flux_from = [&](std::ptrdiff_t i, std::ptrdiff_t j, double centre) {
        const bool inside = i >= 0 && i < theta.rows() && j >= 0 && j < theta.cols();
        return inside ? f(theta(i, j) - centre) : 0.0; // no bond leaves the lattice
    };
    for (std::ptrdiff_t i = 0; i < theta.rows(); ++i)
        for (std::ptrdiff_t j = 0; j < theta.cols(); ++j) {
            const double c = theta(i, j);
            const double sum =
                flux_from(i - 1, j, c) + flux_from(i + 1, j, c) + flux_from(i, j - 1, c) + flux_from(i, j + 1, c);
            largest = std::fmax(largest, std::fabs(rate(i, j) - laplacian.K * sum));
        }
    return largest;
}

/// Prints the error of the rate, and r after 500 steps in float; true if the error is one of rounding.
template <class Coupling, class Function> bool demonstrate(const char* name, Coupling coupling, Function f) {
    const km::Laplacian<Coupling> laplacian{.K = 2.0, .coupling = coupling};
    km::Field<double> theta(45, 71);
    km::uniform_phases(theta, 1);
    const double error = largest_error(laplacian, theta, f);

    km::Field<float> phases(45, 71);
    km::uniform_phases(phases, 1);
    km::advance(km::Fused{}, km::Euler{.dt = 0.1}, km::Model{laplacian, 0.0}, phases, 500);
    std::printf("%-9s largest error of the rate %.1e, r after 500 steps %.4f\n", name, error,
                km::order_parameter(phases).r);
    return error < 1e-13;
}

int main() {
    // 0.1f is not 0.1: a float constant keeps float lanes float, and is the same number in double lanes.
    bool good =
        demonstrate("skewed", Skewed{}, [](double d) { return std::sin(d) + static_cast<double>(0.1f) * std::cos(d); });

    const double lag = 0.3;
    good = demonstrate("lagged", Lagged{.lag = lag}, [lag](double d) { return std::sin(d - lag); }) && good;
    std::printf("          stable up to dt = %g\n", km::max_stable_dt(km::Euler{}, km::Laplacian<Lagged>{.K = 2.0}));

    good = demonstrate("sawtooth", Sawtooth{}, [](double d) { return std::remainder(d, 2 * std::acos(-1.0)); }) && good;
    return good ? 0 : 1;
}
