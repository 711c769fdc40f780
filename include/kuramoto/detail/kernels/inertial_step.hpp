// The arithmetic of a step with inertia on a vector of cells: what the row kernel and the cell kernel share.
//
// The closing kick of a step and the opening kick of the next use the same rate. So the work between two evaluations of
// the rate is: the closing kick, the opening kick, half a drift, damping and noise, half a drift. A run begins with the
// opening kick and ends with the closing one. The two kicks are two roundings, so that a run can be split between them.
#pragma once

#include <kuramoto/detail/simd/dispatch.hpp>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// Which kicks follow an evaluation of the rate: that which closes a step, and that which opens the next.
struct InertialKicks {
    bool closes = true;
    bool opens = true;
};

/// The factors of a step in some cells.
template <class V> struct InertialFactorsAt {
    V kick;    ///< dt / 2m
    V decay;   ///< e^(−γ dt/m) − 1
    V half_dt; ///< dt / 2
};

/// The phases and the velocities of some cells.
template <class V> struct InertialCells {
    V theta;
    V velocity;

    KURAMOTO_ALWAYS_INLINE void kick(const InertialFactorsAt<V>& factors, const V& rate) noexcept {
        velocity = fma(factors.kick, rate, velocity);
    }
    /// The rest of a step after its opening kick, without noise.
    KURAMOTO_ALWAYS_INLINE void drift(const InertialFactorsAt<V>& factors) noexcept {
        theta = fma(factors.half_dt, velocity, theta);
        velocity = fma(factors.decay, velocity, velocity);
        theta = fma(factors.half_dt, velocity, theta);
    }
    /// The same with noise.
    KURAMOTO_ALWAYS_INLINE void drift(const InertialFactorsAt<V>& factors, const V& noise) noexcept {
        theta = fma(factors.half_dt, velocity, theta);
        velocity = fma(factors.decay, velocity, velocity) + noise;
        theta = fma(factors.half_dt, velocity, theta);
    }
};

} // namespace detail
KURAMOTO_END_NAMESPACE
