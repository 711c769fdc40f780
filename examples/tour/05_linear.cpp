// Step 5: the linear operator, sin d ≈ d. Another equation, and compared with that.
#include "tour.hpp"

int main(int argc, char** argv) {
    return tour::run<double, tour::km::Linear>("5 linear operator", argc, argv, [](tour::State<double>& s, long steps) {
        const tour::km::Model model{tour::km::LinearLaplacian{.K = tour::K}, s.omega_grid()};
        tour::km::advance(tour::km::Fused{.depth = 1}, tour::km::Euler{.dt = tour::dt}, model, s.theta_grid(), steps);
    });
}
