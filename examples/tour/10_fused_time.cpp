// Step 10: many time steps in one pass over memory.
#include "tour.hpp"

int main(int argc, char** argv) {
    return tour::run<double>("10 fused in time", argc, argv, [](tour::State<double>& s, long steps) {
        const tour::km::Model model{tour::km::SineLaplacian{.K = tour::K}, s.omega_grid()};
        tour::km::advance(tour::km::Fused{}, tour::km::Euler{.dt = tour::dt}, model, s.theta_grid(), steps);
    });
}
