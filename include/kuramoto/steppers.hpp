// Steppers: how one time step is made of rates; and the largest stable one.
// May include laplacian.hpp.
#pragma once

#include <kuramoto/laplacian.hpp>

#include <concepts>

namespace kuramoto {

/// Euler's method: θ ← θ + dt · rate(θ). First order; one evaluation of the rate a step.
struct Euler {
    double dt = 0.1; ///< time step; positive

    static constexpr int stages = 1;          ///< evaluations of the rate a step
    static constexpr double inner[1] = {};    ///< see FixedStepper
    static constexpr double outer[1] = {1.0}; ///< see FixedStepper
    static constexpr double stability = 2.0;  ///< see FixedStepper
};

/// Heun's method, the explicit trapezoidal rule: θ ← θ + dt/2 · (rate(θ) + rate(θ + dt · rate(θ))). Second order; two
/// evaluations of the rate a step (Hairer, Nørsett & Wanner, Solving Ordinary Differential Equations I, II.1).
struct Heun {
    double dt = 0.1; ///< time step; positive

    static constexpr int stages = 2;               ///< evaluations of the rate a step
    static constexpr double inner[2] = {1.0};      ///< see FixedStepper
    static constexpr double outer[2] = {0.5, 0.5}; ///< see FixedStepper
    static constexpr double stability = 2.0;       ///< see FixedStepper
};

/// The classical Runge–Kutta method. Fourth order; four evaluations of the rate a step (Kutta 1901; Hairer, Nørsett &
/// Wanner I, II.1).
struct RungeKutta4 {
    double dt = 0.1; ///< time step; positive

    static constexpr int stages = 4;                                         ///< evaluations of the rate a step
    static constexpr double inner[4] = {0.5, 0.5, 1.0};                      ///< see FixedStepper
    static constexpr double outer[4] = {1.0 / 6, 1.0 / 3, 1.0 / 3, 1.0 / 6}; ///< see FixedStepper
    static constexpr double stability = 2.785293563405282; ///< 1 − z + z²/2 − z³/6 + z⁴/24 = 1
};

/// An explicit Runge–Kutta method with a fixed time step `dt`, each of whose at most four stages uses the rate of the
/// one before: k₀ = rate(θ), kᵢ = rate(θ + inner[i − 1] · dt · kᵢ₋₁), θ ← θ + dt Σ outer[i] · kᵢ. `stability` is the
/// largest z for which |R(−z)| ≤ 1, where R is the method's stability function.
template <class S>
concept FixedStepper = std::copyable<S> &&(S::stages >= 1) && (S::stages <= 4) && requires(const S& stepper) {
    { stepper.dt } -> std::convertible_to<double>;
    { S::inner[0] } -> std::convertible_to<double>;
    { S::outer[S::stages - 1] } -> std::convertible_to<double>;
    { S::stability } -> std::convertible_to<double>;
};

static_assert(FixedStepper<Euler> && FixedStepper<Heun> && FixedStepper<RungeKutta4>);

inline namespace KURAMOTO_BUILD {

/// The largest dt for which a method is stable about the synchronous state: 8 |K| · max_slope · dt ≤ S::stability,
/// because the largest eigenvalue of the four-neighbour Laplacian is 8 in magnitude (linear stability analysis; edges
/// of every kind keep it, by Gershgorin's theorem). For Euler and Heun |K| · max_slope · dt ≤ 1/4, for RungeKutta4
/// 0.348. Infinite for K = 0. Past it the sine lattice does not blow up: it settles silently into a wrong checkerboard.
template <FixedStepper S = Euler, class C>
requires HasMaxSlope<C>
[[nodiscard]] constexpr double max_stable_dt(const Laplacian<C>& laplacian) noexcept {
    const double steepness = (laplacian.K < 0 ? -laplacian.K : laplacian.K) * detail::max_slope_of(laplacian.coupling);
    return steepness > 0 ? S::stability / 8 / steepness : __builtin_huge_val();
}

/// The same for a model: natural frequencies do not enter.
template <FixedStepper S = Euler, class C, class Frequency>
requires HasMaxSlope<C>
[[nodiscard]] constexpr double max_stable_dt(const Model<C, Frequency>& model) noexcept {
    return max_stable_dt<S>(model.laplacian);
}

} // namespace KURAMOTO_BUILD
} // namespace kuramoto
