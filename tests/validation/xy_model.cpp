#include "xy_model.hpp"

namespace validation {

MonteCarlo::Spin MonteCarlo::pull(std::ptrdiff_t i, std::ptrdiff_t j) const {
    Spin sum{0, 0};
    for (const std::size_t neighbour : {at(i - 1, j), at(i + 1, j), at(i, j - 1), at(i, j + 1)}) {
        sum.x += spins_[neighbour].x;
        sum.y += spins_[neighbour].y;
    }
    return sum;
}

void MonteCarlo::draw(Spin& spin, const Spin& pull) {
    std::uniform_real_distribution<double> uniform(0, 1);
    const double length = std::fmax(std::hypot(pull.x, pull.y), 1e-4);
    const double kappa = length / temperature_;
    const double tau = 1 + std::sqrt(1 + 4 * kappa * kappa);
    const double rho = (tau - std::sqrt(2 * tau)) / (2 * kappa);
    const double r = (1 + rho * rho) / (2 * rho);
    double cosine = 1;
    for (bool accepted = false; !accepted;) {
        const double z = std::cos(pi * uniform(random_));
        cosine = (1 + r * z) / (r + z);
        const double c = kappa * (r - cosine);
        const double u = 1 - uniform(random_);
        accepted = c * (2 - c) > u || std::log(c / u) + 1 >= c;
    }
    const double sine = std::copysign(std::sqrt(std::fmax(1 - cosine * cosine, 0)), uniform(random_) - 0.5);
    spin = {(cosine * pull.x - sine * pull.y) / length, (sine * pull.x + cosine * pull.y) / length};
}

void MonteCarlo::reflect(Spin& spin, const Spin& pull) {
    const double square = pull.x * pull.x + pull.y * pull.y;
    if (square < 1e-12) return;
    const double share = 2 * (spin.x * pull.x + spin.y * pull.y) / square;
    spin = {share * pull.x - spin.x, share * pull.y - spin.y};
}

void MonteCarlo::sweep() {
    for (std::ptrdiff_t i = 0; i < size_; ++i)
        for (std::ptrdiff_t j = 0; j < size_; ++j) draw(spins_[at(i, j)], pull(i, j));
    for (int round = 0; round < 2; ++round)
        for (std::ptrdiff_t i = 0; i < size_; ++i)
            for (std::ptrdiff_t j = 0; j < size_; ++j) reflect(spins_[at(i, j)], pull(i, j));
    for (Spin& spin : spins_) { // rounding
        const double length = std::hypot(spin.x, spin.y);
        spin = {spin.x / length, spin.y / length};
    }
}

km::Field<double> MonteCarlo::phases() const {
    km::Field<double> theta(size_, size_);
    for (std::ptrdiff_t i = 0; i < size_; ++i)
        for (std::ptrdiff_t j = 0; j < size_; ++j) theta(i, j) = std::atan2(spins_[at(i, j)].y, spins_[at(i, j)].x);
    return theta;
}

// Let d be the difference across a bond. Without anharmonic terms ⟨d²⟩ = a T with a = (1 − 1/N)/2: there are N − 1
// modes, 2N bonds. P = ⟨d d′⟩/T is a projection, so that Σ P² = a over the bonds d′. The terms d⁴ and d⁶ of the cosine
// add N a² T/4 + N T² (a³/12 + S/24) to ln Z, with S = Σ P⁴. From the energy T² d(ln Z)/dT, divided by the 2N bonds:
// a T/2 + a² T²/8 + (a³/12 + S/24) T³.
double bond_at_low_temperature(std::ptrdiff_t size, double temperature) {
    const auto L = static_cast<double>(size);
    const auto wave = [&](std::ptrdiff_t k) { return 2 * pi * static_cast<double>(k) / L; };
    double fourths = 0;
    for (std::ptrdiff_t i = 0; i < size; ++i)
        for (std::ptrdiff_t j = 0; j < size; ++j) {
            double parallel = 0; // P of two bonds along the rows, (i, j) apart
            double crossing = 0; // P of a bond along the rows and one along the columns
            for (std::ptrdiff_t p = 0; p < size; ++p)
                for (std::ptrdiff_t q = p == 0 ? 1 : 0; q < size; ++q) {
                    const double decay = 4 - 2 * std::cos(wave(p)) - 2 * std::cos(wave(q));
                    const double angle = wave(p * i) + wave(q * j);
                    parallel += 2 * (1 - std::cos(wave(p))) * std::cos(angle) / decay;
                    crossing += (std::cos(angle) - std::cos(angle + wave(p)) - std::cos(angle - wave(q)) +
                                 std::cos(angle + wave(p) - wave(q))) /
                                decay;
                }
            const double cells = L * L;
            fourths += std::pow(parallel / cells, 4) + std::pow(crossing / cells, 4);
        }
    const double a = (1 - 1 / (L * L)) / 2;
    const double T = temperature;
    return T * (a / 2 + T * (a * a / 8 + T * (a * a * a / 12 + fourths / 24)));
}

} // namespace validation
