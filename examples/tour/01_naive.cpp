// Step 1: the formula as it stands, a cell after the other.
#include "tour.hpp"

namespace {

void rates_of(const tour::State<double>& s, std::vector<double>& rate) {
    for (std::ptrdiff_t i = 0; i < s.N; ++i)
        for (std::ptrdiff_t j = 0; j < s.N; ++j) rate[s.at(i, j)] = tour::rate_of(s, i, j);
}

void advance(tour::State<double>& s, long steps) {
    std::vector<double> rate(s.theta.size());
    for (long step = 0; step < steps; ++step) {
        rates_of(s, rate);
        for (std::size_t k = 0; k < s.theta.size(); ++k) s.theta[k] += tour::dt * rate[k];
    }
}

} // namespace

int main(int argc, char** argv) { return tour::run<double>("1 naive loop", argc, argv, advance); }
