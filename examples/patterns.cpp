// Shows the states that a run can begin with, drawn with letters, and what becomes of three of them under the sine
// coupling without frequencies: a pair of vortices annihilates, a single one stays, and a disc of faster cells sends
// out rings. Ends with 1 if they do not.
#include <kuramoto/kuramoto.hpp>

#include <cmath>
#include <cstdio>

namespace km = kuramoto;

constexpr std::ptrdiff_t rows = 15;
constexpr std::ptrdiff_t cols = 44;
constexpr double turn = 6.283185307179586;

/// Draws the phases: ten characters for a turn, the denser the nearer to half of it.
void draw(const char* name, const km::Field<double>& theta) {
    std::printf("%s\n", name);
    for (std::ptrdiff_t i = 0; i < theta.rows(); ++i) {
        for (std::ptrdiff_t j = 0; j < theta.cols(); ++j) {
            const double turns = theta(i, j) / turn;
            std::putchar(" .:-=#=-:."[static_cast<int>(10 * (turns - std::floor(turns))) % 10]);
        }
        std::putchar('\n');
    }
    std::putchar('\n');
}

/// The lattice 400 time units later.
km::Field<double> later(km::Field<double> theta, const km::Field<double>& omega) {
    km::advance(km::Fused{}, km::Euler{.dt = 0.2}, km::Model{km::SineLaplacian{.K = 1.0}, omega}, theta, 2000);
    return theta;
}

int main() {
    km::Field<double> theta(rows, cols), omega(rows, cols);

    km::plane_wave_phases(theta, {.rows = 0.2, .cols = 0.3});
    draw("a plane wave", theta);
    km::twisted_phases(theta, {.rows = 1, .cols = 2});
    draw("a twisted state: 1 turn over the rows, 2 over the columns, and no seam at the edges of a periodic lattice",
         theta);
    km::target_phases(theta, {.row = 7, .col = 22, .wavelength = 8});
    draw("target waves", theta);
    km::spiral_phases(theta, {.row = 7, .col = 22, .arms = 2, .wavelength = 12});
    draw("a spiral of two arms", theta);

    // Opposite charges attract each other, and leave one phase behind.
    km::vortex_phases(theta, {{.row = 7.5, .col = 18.5, .charge = 1}, {.row = 7.5, .col = 25.5, .charge = -1}});
    draw("a pair of vortices", theta);
    const double r_of_pair = km::order_parameter(later(theta, omega)).r;

    // A single one has nothing to annihilate with, and far from the edges the lattice holds it.
    km::vortex_phases(theta, {{.row = 7.5, .col = 21.5, .charge = 1}});
    const double r_of_one = km::order_parameter(later(theta, omega)).r;

    // A faster centre is ahead of its surroundings: the waves run outwards.
    km::equal_phases(theta, 0.0);
    km::defect_frequencies(omega, {.row = 7, .col = 22, .radius = 3.5, .inside = 0.5});
    const km::Field<double> rings = later(theta, omega);
    draw("the rings of a defect", rings);

    std::printf("r of the pair: %.3f, of a single vortex: %.3f; the defect is %.2f turns ahead of the corner\n",
                r_of_pair, r_of_one, (rings(7, 22) - rings(0, 0)) / turn);
    return r_of_pair > 0.99 && r_of_one < 0.5 && rings(7, 22) - rings(0, 0) > turn ? 0 : 1;
}
