// The ten lines: a 512 x 512 lattice of oscillators with random phases and frequencies, a thousand Euler steps on all
// cores, and how far it has synchronised. The README shows the same program.
//
// On this lattice r is small: neighbours agree, but domains and vortices remain.
#include <kuramoto/kuramoto.hpp> // the core: standard library only
#include <kuramoto/openmp.hpp>   // threads: opt-in

#include <cstdio>

namespace km = kuramoto;

int main() {
    km::Field<float> theta(512, 512), omega(512, 512);
    km::uniform_phases(theta, /*seed*/ 1);
    km::normal_frequencies(omega, /*mean*/ 0.0, /*deviation*/ 0.1, /*seed*/ 2);
    const km::Model model{km::SineLaplacian{.K = 2.0}, omega};
    km::advance(km::OpenMP{}, km::Euler{.dt = 0.1}, model, theta, /*steps*/ 1000);
    const auto [r, psi] = km::order_parameter(theta);
    std::printf("r = %.4f, psi = %.4f\n", r, psi);
}
