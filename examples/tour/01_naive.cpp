// Step 1: the formula as it stands, a cell after the other.
#include "tour.hpp"

#include <cmath>

namespace {

/// rate = ω + K Σ sin(θ_neighbour − θ), where there is a neighbour.
void rate_of(const tour::State<double>& s, std::vector<double>& rate) {
    for (std::ptrdiff_t i = 0; i < s.N; ++i)
        for (std::ptrdiff_t j = 0; j < s.N; ++j) {
            const double here = s.theta[s.at(i, j)];
            double sum = 0;
            if (i > 0) sum += std::sin(s.theta[s.at(i - 1, j)] - here);
            if (i < s.N - 1) sum += std::sin(s.theta[s.at(i + 1, j)] - here);
            if (j > 0) sum += std::sin(s.theta[s.at(i, j - 1)] - here);
            if (j < s.N - 1) sum += std::sin(s.theta[s.at(i, j + 1)] - here);
            rate[s.at(i, j)] = s.omega[s.at(i, j)] + tour::K * sum;
        }
}

void advance(tour::State<double>& s, long steps) {
    std::vector<double> rate(s.theta.size());
    for (long step = 0; step < steps; ++step) {
        rate_of(s, rate);
        for (std::size_t k = 0; k < s.theta.size(); ++k) s.theta[k] += tour::dt * rate[k];
    }
}

} // namespace

int main(int argc, char** argv) { return tour::run<double>("1 naive loop", argc, argv, advance); }
