// Step 4: one pass. The rate of a cell is used at once; the new phases go to a second array, because the neighbours
// still need the old ones.
#include "tour.hpp"

namespace {

void step_of(const tour::State<double>& s, std::vector<double>& next) {
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

int main(int argc, char** argv) { return tour::run<double>("4 fused loop", argc, argv, advance); }
