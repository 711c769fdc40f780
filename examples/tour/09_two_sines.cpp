// Step 9: two sines per cell. The sine is odd: what flows into one cell of a bond flows out of the other.
#include "tour.hpp"

int main(int argc, char** argv) {
    return tour::run<double>("9 two sines per cell", argc, argv, [](tour::State<double>& s, long steps) {
        const tour::km::Model model{tour::km::SineLaplacian{.K = tour::K}, s.omega_grid()};
        tour::km::advance(tour::km::Fused{.depth = 1}, tour::km::Euler{.dt = tour::dt}, model, s.theta_grid(), steps);
    });
}
