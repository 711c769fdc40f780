// Explicit Runge–Kutta methods with a fixed time step: Euler, Heun, RungeKutta4, and the concept of such a method.
#pragma once

#include <concepts>

namespace kuramoto {

/// Euler's method: θ ← θ + dt · rate(θ). First order.
struct Euler {
    double dt = 0.1; ///< time step; positive

    static constexpr int stages = 1;          ///< evaluations of the rate per step
    static constexpr double inner[1] = {};    ///< see FixedStepper
    static constexpr double outer[1] = {1.0}; ///< see FixedStepper
    static constexpr double stability = 2.0;  ///< see FixedStepper
};

/// Heun's method: θ ← θ + dt/2 · (rate(θ) + rate(θ + dt · rate(θ))). Second order.
///
/// Reference: Hairer, Nørsett & Wanner, Solving Ordinary Differential Equations I, II.1.
struct Heun {
    double dt = 0.1; ///< time step; positive

    static constexpr int stages = 2;               ///< evaluations of the rate per step
    static constexpr double inner[2] = {1.0};      ///< see FixedStepper
    static constexpr double outer[2] = {0.5, 0.5}; ///< see FixedStepper
    static constexpr double stability = 2.0;       ///< see FixedStepper
};

/// The classical Runge–Kutta method. Fourth order.
///
/// Reference: Kutta 1901; Hairer, Nørsett & Wanner, Solving Ordinary Differential Equations I, II.1.
struct RungeKutta4 {
    double dt = 0.1; ///< time step; positive

    static constexpr int stages = 4;                                         ///< evaluations of the rate per step
    static constexpr double inner[4] = {0.5, 0.5, 1.0};                      ///< see FixedStepper
    static constexpr double outer[4] = {1.0 / 6, 1.0 / 3, 1.0 / 3, 1.0 / 6}; ///< see FixedStepper
    static constexpr double stability = 2.785293563405282;                   ///< 1 − z + z²/2 − z³/6 + z⁴/24 = 1
};

/// An explicit Runge–Kutta method with a fixed time step `dt` and one to four stages.
///
/// Each stage uses the rate of the stage before: k₀ = rate(θ), kᵢ = rate(θ + inner[i − 1] · dt · kᵢ₋₁). The step is θ ←
/// θ + dt Σ outer[i] · kᵢ. `stability` is the largest z with |R(−z)| ≤ 1, where R is the stability function.
template <class S>
concept FixedStepper = std::copyable<S> && (S::stages >= 1) && (S::stages <= 4) && requires(const S& stepper) {
    { stepper.dt } -> std::convertible_to<double>;
    { S::inner[0] } -> std::convertible_to<double>;
    { S::outer[S::stages - 1] } -> std::convertible_to<double>;
    { S::stability } -> std::convertible_to<double>;
};

static_assert(FixedStepper<Euler> && FixedStepper<Heun> && FixedStepper<RungeKutta4>);

} // namespace kuramoto
