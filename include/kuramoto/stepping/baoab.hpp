// BAOAB and VelocityVerlet: time steps of oscillators with inertia, with and without noise.
#pragma once

#include <concepts>
#include <cstdint>

namespace kuramoto {

/// The velocity Verlet method with damping: a step is half a kick, half a drift, damping, half a drift, half a kick.
///
///     v ← v + dt/2m · rate(θ)
///     θ ← θ + dt/2 · v
///     v ← e^(−γ dt/m) · v
///     θ ← θ + dt/2 · v
///     v ← v + dt/2m · rate(θ)
///
/// Before and after each step, θ and v are at the same time. Second order. Without damping the method is
/// time-reversible and symplectic: the error of the energy is of the order dt², and does not grow.
///
/// Cost: one evaluation of the rate per step, and one more in each call of `advance`.
/// Reference: Hairer, Lubich & Wanner, Geometric Numerical Integration, I.1.4.
struct VelocityVerlet {
    double dt = 0.1; ///< time step; positive
};

/// The BAOAB method for Langevin dynamics, m dv = (rate(θ) − γ v) dt + √(2 γ T) dW, dθ = v dt.
///
/// It is the step of VelocityVerlet with noise after the damping: v ← c · v + √(T (1 − c²) / m) ξ, c = e^(−γ dt/m).
/// This solves dv = −γ/m v dt + noise exactly. BAOAB samples the equilibrium of the temperature T.
///
/// - Averages of the phases have a bias of the order dt². It is zero for a harmonic lattice, for every stable dt, any
///   masses and any dampings.
/// - The kinetic temperature m⟨v²⟩ is too low: by the factor 1 − dt² k / 4m for a mode of stiffness k.
///
/// A constant force has a bias, too: with x = γ dt / m, a free oscillator turns at ω/γ · (x/2) coth(x/2), which is ω/γ
/// (1 + x²/12) for small x. Keep γ dt/m small where natural frequencies count.
///
/// T is in the units of K. With γ = 0 there is no noise. For γ dt ≫ m, a step equals a step of LeimkuhlerMatthews
/// with D = T and the time step dt² / 2m.
///
/// ξ is the number that NoisyStepper describes.
///
/// Requires: fewer than 2³² rows and columns; step numbers below 2⁵⁶.
/// Cost: that of VelocityVerlet, and one normal number per cell and step.
/// Accuracy: docs/numerics.md has the distribution of ξ.
/// Reference: Leimkuhler & Matthews, Applied Mathematics Research eXpress 2013, 34; Leimkuhler & Matthews, Journal of
/// Chemical Physics 138 (2013) 174102.
struct BAOAB {
    double dt = 0.1;          ///< time step; positive
    double temperature = 0.0; ///< T, in the units of K; not negative
    std::uint64_t seed = 1;   ///< seed of the noise
};

/// A stepper of an InertialModel.
template <class S>
concept InertialStepper = std::same_as<S, VelocityVerlet> || std::same_as<S, BAOAB>;

} // namespace kuramoto
