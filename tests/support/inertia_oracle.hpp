// The oracle of inertia: steps of BAOAB in long double, and how far a run of the library may be from them. Without a
// temperature they are those of velocity Verlet.
#pragma once

#include "support/noise_oracle.hpp"
#include "support/oracle.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace test {

/// What a step depends on besides the lattice: a mass and a damping for each cell.
struct ExactInertia {
    long double dt = 0;
    Exact mass;
    Exact damping;
    long double temperature = 0;
    std::uint64_t seed = 0;
};

/// A state, and how far a run in T may be from it: each factor and each sum rounds; the force moves by its own error
/// and by 8 |K| L times that of the phases.
template <class T> struct ExactInertialRun {
    Exact theta;
    Exact velocity;
    long double theta_error = 0;
    long double velocity_error = 0;

    static constexpr long double epsilon = static_cast<long double>(std::numeric_limits<T>::epsilon());

    template <class F>
    void step(const Lattice<F>& lattice, const Exact& omega, const ExactInertia& of, std::uint64_t number) {
        kick(lattice, omega, of);
        drift(of.dt);
        damp(lattice.cols, of, number);
        drift(of.dt);
        kick(lattice, omega, of);
    }

  private:
    template <class F> void kick(const Lattice<F>& lattice, const Exact& omega, const ExactInertia& of) {
        const Exact force = lattice.rate(theta, omega);
        const long double strongest =
            lattice.east.empty() ? 1 : std::fmax(largest_size(lattice.east), largest_size(lattice.south));
        const long double force_error = rate_tolerance<T>(lattice, theta, omega) +
                                        8 * std::fabs(lattice.K) * strongest * lattice.f.slope() * theta_error;
        const long double lightest = *std::min_element(of.mass.begin(), of.mass.end());
        velocity_error += of.dt / (2 * lightest) * (force_error + epsilon * largest_size(force));
        for (std::size_t k = 0; k < theta.size(); ++k) velocity[k] += of.dt / (2 * of.mass[k]) * force[k];
        velocity_error += epsilon * largest_size(velocity);
    }
    void drift(long double dt) {
        for (std::size_t k = 0; k < theta.size(); ++k) theta[k] += dt / 2 * velocity[k];
        theta_error += dt / 2 * velocity_error + epsilon * largest_size(theta);
    }
    void damp(std::ptrdiff_t cols, const ExactInertia& of, std::uint64_t number) {
        velocity_error += 2 * epsilon * largest_size(velocity);
        long double strongest = 0;
        for (std::size_t k = 0; k < theta.size(); ++k) {
            const auto cell = static_cast<std::ptrdiff_t>(k);
            const long double c = std::exp(-of.damping[k] * of.dt / of.mass[k]);
            const long double amplitude = std::sqrt(of.temperature * (1 - c) * (1 + c) / of.mass[k]);
            strongest = std::fmax(strongest, amplitude);
            velocity[k] *= c;
            if (amplitude > 0) velocity[k] += amplitude * normal_of<T>(cell / cols, cell % cols, number, of.seed);
        }
        velocity_error += strongest * (normal_tolerance<T> + 2 * 9 * epsilon);
        velocity_error += epsilon * largest_size(velocity);
    }
};

} // namespace test
