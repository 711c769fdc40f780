// Step 11: all of it at once: float32, vectors, two sines, fused time, threads.
#include "tour.hpp"

#include <kuramoto/openmp.hpp>

int main(int argc, char** argv) {
    return tour::run<float>("11 float32, fused in time, threads", argc, argv, [](tour::State<float>& s, long steps) {
        const tour::km::Model model{tour::km::SineLaplacian{.K = tour::K}, s.omega_grid()};
        tour::km::advance(tour::km::OpenMP{}, tour::km::Euler{.dt = tour::dt}, model, s.theta_grid(), steps);
    });
}
