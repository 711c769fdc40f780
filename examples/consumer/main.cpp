// Two oscillators that fall into step, in a project outside the library's tree.
#include <kuramoto/kuramoto.hpp>
#include <kuramoto/openmp.hpp>

#include <cmath>
#include <cstdio>

int main() {
    kuramoto::Field<double> theta(1, 2), omega(1, 2);
    omega(0, 0) = -0.5;
    omega(0, 1) = 0.5;
    const kuramoto::Model model{kuramoto::SineLaplacian{.K = 1.0}, omega};
    kuramoto::advance(kuramoto::OpenMP{.threads = 2}, kuramoto::Euler{.dt = 0.1}, model, theta, 1000);

    // They lock where 2 K sin(difference) is the difference of their frequencies.
    const double difference = theta(0, 1) - theta(0, 0);
    std::printf("locked at %.6f rad, exactly %.6f rad\n", difference, std::asin(0.5));
    return std::fabs(difference - std::asin(0.5)) < 1e-9 ? 0 : 1;
}
