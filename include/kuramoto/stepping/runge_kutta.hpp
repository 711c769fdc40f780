// Steppers: how one time step is made of rates; and the largest stable one.
#pragma once

#include <kuramoto/detail/arithmetic/environment.hpp>
#include <kuramoto/model/laplacian.hpp>

#include <concepts>
#include <cstdint>
#include <type_traits>

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

/// The Euler–Maruyama method for dθ = rate(θ) dt + √(2D) dW: θ ← θ + dt · rate(θ) + √(2 D dt) ξ, where the ξ are
/// independent normal numbers, one for each cell and step. Strong order 1 here, because the noise is additive (Kloeden
/// & Platen, Numerical Solution of Stochastic Differential Equations, 10.2).
///
/// ξ is a function of the seed, the cell's row and column and the number of the step in the whole run alone
/// (Philox4x32-10): the same for any policy, threads, depth, strides and splitting of a run. Grids of fewer than 2³²
/// rows and columns, steps below 2⁵⁶. The distribution: docs/numerics.md.
struct EulerMaruyama {
    double dt = 0.1;        ///< time step; positive
    double D = 0.0;         ///< strength of the noise, rad² / time, a temperature beside K; not negative
    std::uint64_t seed = 1; ///< of the noise

    static constexpr int stages = 1;          ///< evaluations of the rate a step
    static constexpr double inner[1] = {};    ///< see FixedStepper
    static constexpr double outer[1] = {1.0}; ///< see FixedStepper
    static constexpr double stability = 2.0;  ///< see FixedStepper
};

/// The same with a D for each cell. The field is viewed, and has to outlive every run. A negative D gives NaN.
template <class T> struct EulerMaruyamaField {
    double dt = 0.1;        ///< time step; positive
    Grid<const T> D = {};   ///< strengths of the noise, of the shape of the phases
    std::uint64_t seed = 1; ///< of the noise

    static constexpr int stages = 1;          ///< evaluations of the rate a step
    static constexpr double inner[1] = {};    ///< see FixedStepper
    static constexpr double outer[1] = {1.0}; ///< see FixedStepper
    static constexpr double stability = 2.0;  ///< see FixedStepper
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
static_assert(FixedStepper<EulerMaruyama> && FixedStepper<EulerMaruyamaField<float>>);

/// A stepper that adds noise to every step.
template <class S>
concept NoisyStepper = FixedStepper<S> && requires(const S& stepper) {
    stepper.D;
    { stepper.seed } -> std::convertible_to<std::uint64_t>;
};

/// A stepper for cells of T: a field of D has their precision, and noise is that of the Euler–Maruyama method, which
/// has one stage.
template <class S, class T>
concept StepperFor = FixedStepper<S> &&(!NoisyStepper<S> || requires(const S& stepper) {
    requires S::stages == 1;
    requires std::is_arithmetic_v<std::remove_cvref_t<decltype(stepper.D)>> ||
        std::same_as<std::remove_cvref_t<decltype(stepper.D)>, Grid<const T>>;
});

inline namespace KURAMOTO_BUILD {
namespace detail {

/// Computes max_stable_dt. Not inlined, so that the compiler moves no arithmetic out of the floating-point environment
/// of the caller.
template <FixedStepper S, class C, class B>
KURAMOTO_NEVER_INLINE constexpr double stable_dt(const Laplacian<C, B>& laplacian) {
    stay_in_place();
    const double steepness = (laplacian.K < 0 ? -laplacian.K : laplacian.K) * max_slope_of(laplacian.coupling);
    const double strength = largest_strength(laplacian.bonds, laplacian.boundary);
    if (is_nan(steepness)) return steepness;
    if (is_nan(strength)) return strength;
    return steepness > 0 && strength > 0 ? S::stability / (2 * strength) / steepness : __builtin_huge_val();
}

} // namespace detail

/// The largest dt for which a method is stable about the synchronous state: 8 |K| · max_slope · dt ≤ S::stability,
/// because the largest eigenvalue of the four-neighbour Laplacian is 8 in magnitude (linear stability analysis; edges
/// of every kind keep it, by Gershgorin's theorem). For Euler and Heun |K| · max_slope · dt ≤ 1/4, for RungeKutta4
/// 0.348. Bonds with strengths: twice the largest sum of |strength| over the bonds of a cell takes the place of 8 (one
/// pass over both fields; throws if their shapes differ). NaN if K or a strength is; infinite where nothing couples.
/// Noise does not enter. Past it the sine lattice does not blow up: it settles silently into a wrong checkerboard.
template <FixedStepper S = Euler, class C, class B>
requires HasMaxSlope<C>
[[nodiscard]] constexpr double max_stable_dt(const Laplacian<C, B>& laplacian) {
    const detail::DefaultEnvironment environment;
    return detail::stable_dt<S>(laplacian);
}

/// The same for a model: natural frequencies do not enter.
template <FixedStepper S = Euler, class C, class Frequency, class B>
requires HasMaxSlope<C>
[[nodiscard]] constexpr double max_stable_dt(const Model<C, Frequency, B>& model) {
    return max_stable_dt<S>(model.laplacian);
}

} // namespace KURAMOTO_BUILD
} // namespace kuramoto
