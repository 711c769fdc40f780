// Step 3: the loop of step 1 down the columns, so that neighbours in time are far apart in memory.
#include "tour.hpp"

namespace {

void rates_of(const tour::State<double>& s, std::vector<double>& rate) {
    for (std::ptrdiff_t j = 0; j < s.N; ++j)
        for (std::ptrdiff_t i = 0; i < s.N; ++i) rate[s.at(i, j)] = tour::rate_of(s, i, j);
}

void advance(tour::State<double>& s, long steps) {
    std::vector<double> rate(s.theta.size());
    for (long step = 0; step < steps; ++step) {
        rates_of(s, rate);
        for (std::size_t k = 0; k < s.theta.size(); ++k) s.theta[k] += tour::dt * rate[k];
    }
}

} // namespace

int main(int argc, char** argv) { return tour::run<double>("3 the loop in the wrong order", argc, argv, advance); }
