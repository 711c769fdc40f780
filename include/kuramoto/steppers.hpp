// Steppers: how one time step is made of rates; and the largest stable one.
// May include laplacian.hpp.
#pragma once

#include <kuramoto/laplacian.hpp>

namespace kuramoto {

/// Euler's method: θ ← θ + dt · rate(θ). First order; one evaluation of the rate a step.
struct Euler {
    double dt = 0.1; ///< time step; positive
};

/// A coupling whose largest slope is known, so that the stable time step is.
template <class C>
concept HasMaxSlope = requires {
    typename std::integral_constant<bool, (C::max_slope > 0)>;
};

inline namespace KURAMOTO_BUILD {

/// The largest dt for which Euler's method is stable about the synchronous state: |K| · max_slope · dt ≤ 1/4, because
/// the largest eigenvalue of the four-neighbour Laplacian is 8 in magnitude and Euler needs |1 − 8 K dt| ≤ 1
/// (linear stability analysis). Infinite for K = 0. Past it the sine lattice does not blow up: it settles
/// silently into a wrong checkerboard.
template <class C>
requires HasMaxSlope<C>
[[nodiscard]] constexpr double max_stable_dt(const Laplacian<C>& laplacian) noexcept {
    const double steepness = (laplacian.K < 0 ? -laplacian.K : laplacian.K) * C::max_slope;
    return steepness > 0 ? 0.25 / steepness : __builtin_huge_val();
}

/// The same for a model: natural frequencies do not enter.
template <class C, class Frequency>
requires HasMaxSlope<C>
[[nodiscard]] constexpr double max_stable_dt(const Model<C, Frequency>& model) noexcept {
    return max_stable_dt(model.laplacian);
}

} // namespace KURAMOTO_BUILD
} // namespace kuramoto
