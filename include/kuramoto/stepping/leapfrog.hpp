// The leapfrog: time steps of oscillators with inertia.
#pragma once

namespace kuramoto {

/// The leapfrog method (Störmer–Verlet): the velocity is that of half a step before the phases.
///
///     v(t + dt/2) = [(1 − g) v(t − dt/2) + dt/m · rate(θ(t))] / (1 + g),   g = γ dt / 2m
///     θ(t + dt)   = θ(t) + dt · v(t + dt/2)
///
/// Second order. The damping acts on the mean of both velocities. Without damping the method is time-reversible and
/// symplectic: the energy oscillates and does not drift. With a step longer than 2m/γ velocities alternate in sign.
///
/// Cost: one evaluation of the rate per step.
/// Reference: Hairer, Lubich & Wanner, Geometric Numerical Integration, I.1.4.
struct Leapfrog {
    double dt = 0.1; ///< time step; positive
};

} // namespace kuramoto
