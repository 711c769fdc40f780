// Shows the structure factor S(k) of the XY model after a quench. Random phases turn into regions of similar phase with
// vortices between them, and S moves to longer waves. Its tail is that of the vortices: around a vortex, e^{iθ} has a
// Fourier transform of modulus 2π/k², so that S = 4π² ρ / k⁴ for ρ vortices per cell (A. J. Bray, K.
// Humayun, Physical Review E 47 (1993) R9). Ends with 1 if it is not.
#include <kuramoto/fftw.hpp>
#include <kuramoto/kuramoto.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <vector>

namespace km = kuramoto;

constexpr std::ptrdiff_t side = 256; // cells along each axis
constexpr int runs = 4;
const double pi = std::acos(-1.0);

/// Means over the runs at one time.
struct Mean {
    double time;
    std::vector<km::StructureFactorShell> shells = std::vector<km::StructureFactorShell>(side / 2 + 1); // |k| ≤ π
    double vortices = 0;                                                                                // per cell
};

void add(const km::Field<float>& theta, Mean& mean) {
    km::Field<double> s(side, side);
    std::vector<km::StructureFactorShell> shells(side / 2 + 1);
    km::structure_factor(theta, s);
    km::structure_factor_shells(s, shells);
    for (std::size_t n = 0; n < shells.size(); ++n) {
        mean.shells[n].k = shells[n].k;
        mean.shells[n].count = shells[n].count;
        mean.shells[n].mean += shells[n].mean / runs;
    }
    const km::VortexCount count = km::count_vortices(km::torus, theta);
    mean.vortices += static_cast<double>(count.positive + count.negative) / (runs * side * side);
}

/// 2π divided by the mean wave number, in cells.
double size_of_regions(const Mean& mean) {
    double sum = 0;
    double moment = 0;
    for (const km::StructureFactorShell& shell : mean.shells) {
        const double weight = shell.mean * static_cast<double>(shell.count);
        sum += weight;
        moment += weight * shell.k;
    }
    return 2 * pi * sum / moment;
}

/// Prints S between two wave numbers; returns the mean of S divided by 4π² ρ / k⁴ there.
double print_tail(const Mean& mean, double least, double greatest) {
    double sum = 0;
    int count = 0;
    for (const km::StructureFactorShell& shell : mean.shells) {
        if (shell.k < least || shell.k > greatest) continue;
        const double ratio = shell.mean * std::pow(shell.k, 4) / (4 * pi * pi * mean.vortices);
        if (count % 4 == 0) std::printf("    k = %.3f: S = %.4f, %.2f of the tail\n", shell.k, shell.mean, ratio);
        sum += ratio;
        ++count;
    }
    return sum / count;
}

int main() {
    const km::Model model{km::SineLaplacian{.K = 1.0, .boundary = km::torus}, /*omega*/ 0.0};
    std::vector<Mean> means{{.time = 10}, {.time = 40}, {.time = 160}};
    for (int run = 1; run <= runs; ++run) {
        km::Field<float> theta(side, side);
        km::uniform_phases(theta, /*seed*/ static_cast<std::uint64_t>(run));
        double time = 0;
        for (Mean& mean : means) {
            km::advance(km::Fused{}, km::Euler{.dt = 0.2}, model, theta, std::lround((mean.time - time) / 0.2));
            time = mean.time;
            add(theta, mean);
        }
    }
    double tail = 0;
    for (const Mean& mean : means) {
        std::printf("t = %g: regions of %.1f cells, %.5f vortices per cell\n", mean.time, size_of_regions(mean),
                    mean.vortices);
        tail = print_tail(mean, 0.8, 1.5);
    }
    const bool grows = size_of_regions(means[1]) > 1.3 * size_of_regions(means[0]) &&
                       size_of_regions(means[2]) > 1.3 * size_of_regions(means[1]);
    return grows && std::fabs(tail - 1) < 0.15 ? 0 : 1;
}
