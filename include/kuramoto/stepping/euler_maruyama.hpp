// The Euler–Maruyama method: a time step with noise.
#pragma once

#include <kuramoto/grid/grid.hpp>
#include <kuramoto/stepping/noisy_stepper.hpp>

#include <cstdint>

namespace kuramoto {

/// The Euler–Maruyama method: θ ← θ + dt · rate(θ) + √(2 D dt) ξ, for dθ = rate(θ) dt + √(2D) dW.
///
/// It samples a temperature that is too high. Let −λ be an eigenvalue of the Laplacian, 0 ≤ λ ≤ 8. The variance of this
/// mode is too large by the factor 1 / (1 − K λ dt / 2). With K dt = 0.1 and D = 0.1 K, the mean of 1 −
/// cos over the bonds is 26 % too high. LeimkuhlerMatthews costs about the same and has no bias of this order. Use
/// EulerMaruyama where single paths matter. The noise is additive, so its strong order is 1.
///
/// Requires: fewer than 2³² rows and columns; step numbers below 2⁵⁶.
/// Accuracy: docs/numerics.md has the distribution of ξ.
/// Reference: Kloeden & Platen, Numerical Solution of Stochastic Differential Equations, 10.2; the bias: Leimkuhler &
/// Matthews, Applied Mathematics Research eXpress 2013, 34.
struct EulerMaruyama {
    double dt = 0.1;        ///< time step; positive
    double D = 0.0;         ///< strength of the noise, rad² / time: a temperature in the units of K; not negative
    std::uint64_t seed = 1; ///< seed of the noise

    static constexpr int stages = 1;          ///< evaluations of the rate per step
    static constexpr double inner[1] = {};    ///< see FixedStepper
    static constexpr double outer[1] = {1.0}; ///< see FixedStepper
    static constexpr double stability = 2.0;  ///< see FixedStepper
};

/// The Euler–Maruyama method with one D per cell. It has the bias of EulerMaruyama.
///
/// Requires: the field is viewed, not copied; it must outlive every run. A negative D gives NaN.
template <class T> struct EulerMaruyamaField {
    double dt = 0.1;        ///< time step; positive
    Grid<const T> D = {};   ///< strengths of the noise, of the shape of the phases
    std::uint64_t seed = 1; ///< seed of the noise

    static constexpr int stages = 1;          ///< evaluations of the rate per step
    static constexpr double inner[1] = {};    ///< see FixedStepper
    static constexpr double outer[1] = {1.0}; ///< see FixedStepper
    static constexpr double stability = 2.0;  ///< see FixedStepper
};

static_assert(NoisyStepper<EulerMaruyama> && NoisyStepper<EulerMaruyamaField<float>>);

} // namespace kuramoto
