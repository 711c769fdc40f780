// Step 4: one pass. The rate of a cell is used at once; the new phases go to a second array, because the neighbours
// still need the old ones.
#include "tour.hpp"

#include <cmath>

namespace {

void step_of(const tour::State<double>& s, std::vector<double>& next) {
    for (std::ptrdiff_t i = 0; i < s.N; ++i)
        for (std::ptrdiff_t j = 0; j < s.N; ++j) {
            const double here = s.theta[s.at(i, j)];
            double sum = 0;
            if (i > 0) sum += std::sin(s.theta[s.at(i - 1, j)] - here);
            if (i < s.N - 1) sum += std::sin(s.theta[s.at(i + 1, j)] - here);
            if (j > 0) sum += std::sin(s.theta[s.at(i, j - 1)] - here);
            if (j < s.N - 1) sum += std::sin(s.theta[s.at(i, j + 1)] - here);
            next[s.at(i, j)] = here + tour::dt * (s.omega[s.at(i, j)] + tour::K * sum);
        }
}

void advance(tour::State<double>& s, long steps) {
    std::vector<double> next(s.theta.size());
    for (long step = 0; step < steps; ++step) {
        step_of(s, next);
        s.theta.swap(next);
    }
}

} // namespace

int main(int argc, char** argv) { return tour::run<double>("4 fused loop", argc, argv, advance); }
