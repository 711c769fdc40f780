// The Leimkuhler–Matthews method: a time step with noise that samples the right temperature at large steps.
#pragma once

#include <kuramoto/grid/grid.hpp>
#include <kuramoto/stepping/noisy_stepper.hpp>

#include <cstdint>

namespace kuramoto {

/// The Leimkuhler–Matthews method: θ ← θ + dt · rate(θ) + √(2 D dt) (ξₙ + ξₙ₊₁) / 2 in step n, for dθ = rate(θ) dt +
/// √(2D) dW.
///
/// It samples the equilibrium of the temperature D. The bias of a mean is of the order dt². It is zero for a harmonic
/// lattice with one D, for every stable dt. EulerMaruyama has a bias of order dt. The noise of a step is correlated
/// with that of the next one, so use EulerMaruyama where single paths matter.
///
/// ξₙ is the number that NoisyStepper describes, with n the number of the step in the whole run. A step uses ξ of its
/// own number and of the next, so that a run is the same however it is split.
///
/// Requires: fewer than 2³² rows and columns; step numbers below 2⁵⁶.
/// Cost: that of EulerMaruyama, and one more normal number per cell in each pass over memory. If a pass has fewer than
/// 16 steps, `advance` keeps these numbers in a field, and draws one more number per cell and call.
/// Accuracy: docs/numerics.md has the distribution of ξ.
/// Reference: Leimkuhler & Matthews, Applied Mathematics Research eXpress 2013, 34; Leimkuhler, Matthews & Tretyakov,
/// Proceedings of the Royal Society A 470 (2014) 20140120.
struct LeimkuhlerMatthews {
    double dt = 0.1;        ///< time step; positive
    double D = 0.0;         ///< strength of the noise, rad² / time: a temperature in the units of K; not negative
    std::uint64_t seed = 1; ///< seed of the noise

    static constexpr int stages = 1;             ///< evaluations of the rate per step
    static constexpr double inner[1] = {};       ///< see FixedStepper
    static constexpr double outer[1] = {1.0};    ///< see FixedStepper
    static constexpr double stability = 2.0;     ///< see FixedStepper
    static constexpr bool averages_noise = true; ///< see AveragedNoise
};

/// The Leimkuhler–Matthews method with one D per cell.
///
/// Requires: the field is viewed, not copied; it must outlive every run. A negative D gives NaN.
template <class T> struct LeimkuhlerMatthewsField {
    double dt = 0.1;        ///< time step; positive
    Grid<const T> D = {};   ///< strengths of the noise, of the shape of the phases
    std::uint64_t seed = 1; ///< seed of the noise

    static constexpr int stages = 1;             ///< evaluations of the rate per step
    static constexpr double inner[1] = {};       ///< see FixedStepper
    static constexpr double outer[1] = {1.0};    ///< see FixedStepper
    static constexpr double stability = 2.0;     ///< see FixedStepper
    static constexpr bool averages_noise = true; ///< see AveragedNoise
};

static_assert(AveragedNoise<LeimkuhlerMatthews> && AveragedNoise<LeimkuhlerMatthewsField<float>>);

} // namespace kuramoto
