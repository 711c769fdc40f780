// Step 7: the rows of step 4 shared out to threads. No row depends on another one of the same time step.
#include "tour.hpp"

namespace {

void step_of(const tour::State<double>& s, std::vector<double>& next) {
#pragma omp parallel for schedule(static)
    for (std::ptrdiff_t i = 0; i < s.N; ++i)
        for (std::ptrdiff_t j = 0; j < s.N; ++j)
            next[s.at(i, j)] = s.theta[s.at(i, j)] + tour::dt * tour::rate_of(s, i, j);
}

void advance(tour::State<double>& s, long steps) {
    std::vector<double> next(s.theta.size());
    for (long step = 0; step < steps; ++step) {
        step_of(s, next);
        s.theta.swap(next);
    }
}

} // namespace

int main(int argc, char** argv) { return tour::run<double>("7 fused loop on threads", argc, argv, advance); }
