// Step 2: whole arrays, as NumPy has them: every operation is a pass of its own.
#include "tour.hpp"

#include <cmath>

namespace {

/// What flows across the bonds from each cell to the one `stride` further on leaves one and enters the other.
void add_fluxes(const tour::State<double>& s, std::ptrdiff_t stride, std::vector<double>& flux,
                std::vector<double>& rate) {
    const std::size_t bonds = s.theta.size() - static_cast<std::size_t>(stride);
    const auto next = static_cast<std::size_t>(stride);
    for (std::size_t k = 0; k < bonds; ++k) flux[k] = s.theta[k + next] - s.theta[k];
    for (std::size_t k = 0; k < bonds; ++k) flux[k] = std::sin(flux[k]);
    for (std::size_t k = 0; k < bonds; ++k) flux[k] *= tour::K;
    if (stride == 1) // the last cell of a row and the first of the next one are no neighbours
        for (std::ptrdiff_t i = 0; i < s.N - 1; ++i) flux[s.at(i, s.N - 1)] = 0;
    for (std::size_t k = 0; k < bonds; ++k) rate[k] += flux[k];
    for (std::size_t k = 0; k < bonds; ++k) rate[k + next] -= flux[k];
}

void advance(tour::State<double>& s, long steps) {
    std::vector<double> flux(s.theta.size()), rate(s.theta.size());
    for (long step = 0; step < steps; ++step) {
        rate = s.omega;
        if (s.N > 1) add_fluxes(s, 1, flux, rate);
        if (s.N > 1) add_fluxes(s, s.N, flux, rate);
        for (std::size_t k = 0; k < s.theta.size(); ++k) s.theta[k] += tour::dt * rate[k];
    }
}

} // namespace

int main(int argc, char** argv) { return tour::run<double>("2 array passes", argc, argv, advance); }
