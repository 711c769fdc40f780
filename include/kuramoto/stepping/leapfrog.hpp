// The leapfrog: time steps of oscillators with inertia.
#pragma once

namespace kuramoto {

/// The leapfrog (kick–drift; Störmer, Verlet): velocities stand half a step behind the phases.
///
///     v(t + dt/2) = [(1 − g) v(t − dt/2) + dt/m · rate(θ(t))] / (1 + g),   g = γ dt / 2m
///     θ(t + dt)   = θ(t) + dt · v(t + dt/2)
///
/// The damping is centred: it acts on the mean of both velocities. Second order, one evaluation of the rate a step,
/// time-reversible and symplectic without damping: energy oscillates and does not drift (Hairer, Lubich & Wanner,
/// Geometric Numerical Integration, I.1.4). A step longer than 2m/γ is stable but makes velocities alternate.
struct Leapfrog {
    double dt = 0.1; ///< time step; positive
};

} // namespace kuramoto
