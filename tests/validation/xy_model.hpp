// The XY model on a torus without the library: a Monte Carlo method, and the expansion at low temperature.
#pragma once

#include "topics.hpp"

#include <cstdint>
#include <random>

namespace validation {

/// Samples e^(−E/T), E = −Σ cos(θ_b − θ_a) over the bonds of an L × L torus, by the heat bath and over-relaxation
/// (Creutz 1987). It has no time step, and shares no code with the library. From synchrony.
class MonteCarlo {
  public:
    MonteCarlo(std::ptrdiff_t size, double temperature, std::uint64_t seed)
        : size_(size), temperature_(temperature), random_(seed),
          spins_(static_cast<std::size_t>(size * size), Spin{1, 0}) {}

    /// The heat bath once per cell, then over-relaxation twice per cell.
    void sweep();
    /// The phases, modulo 2π.
    [[nodiscard]] km::Field<double> phases() const;

  private:
    struct Spin {
        double x, y;
    };

    [[nodiscard]] std::size_t at(std::ptrdiff_t i, std::ptrdiff_t j) const {
        return static_cast<std::size_t>((i + size_) % size_ * size_ + (j + size_) % size_);
    }
    /// The sum of the neighbours.
    [[nodiscard]] Spin pull(std::ptrdiff_t i, std::ptrdiff_t j) const;
    /// A new direction, from the distribution of von Mises around the sum of the neighbours (Best & Fisher 1979).
    void draw(Spin& spin, const Spin& pull);
    /// The mirror image at the sum of the neighbours: the same energy.
    static void reflect(Spin& spin, const Spin& pull);

    std::ptrdiff_t size_;
    double temperature_;
    std::mt19937_64 random_;
    std::vector<Spin> spins_;
};

/// The mean of 1 − cos(θ_b − θ_a) over the bonds of an L × L torus, without the terms of order T⁴.
[[nodiscard]] double bond_at_low_temperature(std::ptrdiff_t size, double temperature);

/// The mean of 1 − cos(θ_b − θ_a) over the bonds.
template <class T> double bond(const km::Field<T>& theta) {
    const km::SineLaplacian lattice{.K = 1.0, .boundary = km::torus};
    return 1 + km::energy(lattice, theta) / (2 * static_cast<double>(theta.size()));
}
/// The number of vortices of either sign per cell.
template <class T> double vortex_density(const km::Field<T>& theta) {
    const km::VortexCount count = km::count_vortices(km::torus, theta);
    return static_cast<double>(count.positive + count.negative) / static_cast<double>(theta.size());
}

} // namespace validation
