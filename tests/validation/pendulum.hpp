// The driven pendulum m θ̈ + θ̇ = Ω − q sin θ, without the library: what a cell does in a mean field of constant size.
#pragma once

#include "topics.hpp"

namespace validation {

/// The stationary states of Tanaka, Lichtenberg & Oishi (1997) for Lorentzian Ω of half width 1 and damping 1, from
/// numerical solutions of the pendulum.
class Hysteresis {
  public:
    explicit Hysteresis(double mass) : mass_(mass) {}

    /// The largest r at this K that reproduces itself, if the locked cells are those with |Ω| < K r: K has come down.
    /// 0 if there is none.
    [[nodiscard]] double r_coming_down(double K) const;
    /// The same if the locked cells are those that cannot rotate: K has gone up.
    [[nodiscard]] double r_going_up(double K) const;
    /// The smallest K with a state that has come down.
    [[nodiscard]] double least_K() const;

    /// The mean of cos θ over a rotation; NaN if the pendulum cannot rotate for ever.
    [[nodiscard]] double mean_cosine(double torque, double q) const;
    /// The smallest torque at which it can.
    [[nodiscard]] double least_torque(double q) const;
    /// The mean of cos θ over all Ω, those with |Ω| < limit being locked.
    [[nodiscard]] double order(double q, double limit) const;

  private:
    template <class Limit> [[nodiscard]] double largest_r(double K, const Limit& limit) const;

    double mass_;
};

} // namespace validation
