// The Euler–Maruyama method: a time step with noise.
#pragma once

#include <kuramoto/grid/grid.hpp>
#include <kuramoto/stepping/runge_kutta.hpp>

#include <concepts>
#include <cstdint>
#include <type_traits>

namespace kuramoto {

/// The Euler–Maruyama method: θ ← θ + dt · rate(θ) + √(2 D dt) ξ, for dθ = rate(θ) dt + √(2D) dW.
///
/// The ξ are independent normal numbers, one per cell and step. ξ is a function of the seed, the row, the column and
/// the number of the step in the whole run (Philox4x32-10). It is the same for any policy, threads, depth, strides and
/// splitting of a run. The strong order is 1, because the noise is additive.
///
/// Requires: fewer than 2³² rows and columns; step numbers below 2⁵⁶.
/// Accuracy: docs/numerics.md has the distribution of ξ.
/// Reference: Kloeden & Platen, Numerical Solution of Stochastic Differential Equations, 10.2.
struct EulerMaruyama {
    double dt = 0.1;        ///< time step; positive
    double D = 0.0;         ///< strength of the noise, rad² / time: a temperature in the units of K; not negative
    std::uint64_t seed = 1; ///< seed of the noise

    static constexpr int stages = 1;          ///< evaluations of the rate per step
    static constexpr double inner[1] = {};    ///< see FixedStepper
    static constexpr double outer[1] = {1.0}; ///< see FixedStepper
    static constexpr double stability = 2.0;  ///< see FixedStepper
};

/// The Euler–Maruyama method with one D per cell.
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

static_assert(FixedStepper<EulerMaruyama> && FixedStepper<EulerMaruyamaField<float>>);

/// A stepper that adds noise to every step.
template <class S>
concept NoisyStepper = FixedStepper<S> && requires(const S& stepper) {
    stepper.D;
    { stepper.seed } -> std::convertible_to<std::uint64_t>;
};

/// A stepper without noise.
template <class S>
concept NoiselessStepper = FixedStepper<S> && !NoisyStepper<S>;

/// A stepper for cells of T.
///
/// A noisy stepper has one stage, and a field of D has the precision of the cells.
template <class S, class T>
concept StepperFor = FixedStepper<S> && (!NoisyStepper<S> || requires(const S& stepper) {
                         requires S::stages == 1;
                         requires std::is_arithmetic_v<std::remove_cvref_t<decltype(stepper.D)>> ||
                                      std::same_as<std::remove_cvref_t<decltype(stepper.D)>, Grid<const T>>;
                     });

} // namespace kuramoto
