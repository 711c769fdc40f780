// max_stable_dt: the largest stable time step of a method for a model.
#pragma once

#include <kuramoto/detail/arithmetic/environment.hpp>
#include <kuramoto/detail/arithmetic/rounded.hpp>
#include <kuramoto/model/inertia.hpp>
#include <kuramoto/model/mean_field.hpp>
#include <kuramoto/model/model.hpp>
#include <kuramoto/stepping/leapfrog.hpp>
#include <kuramoto/stepping/runge_kutta.hpp>

namespace kuramoto {
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

/// The largest dt for which a method is stable about the synchronous state: 8 |K| · max_slope · dt ≤ S::stability. The
/// stepper names the method; its own dt does not matter. The bound holds because the largest eigenvalue of the
/// four-neighbour Laplacian is 8 in magnitude (linear stability analysis; edges of every kind keep it, by Gershgorin's
/// theorem). For Euler and Heun |K| · max_slope · dt ≤ 1/4, for RungeKutta4 0.348. Bonds with strengths: twice the
/// largest sum of |strength| over the bonds of a cell takes the place of 8 (one pass over both fields; throws if their
/// shapes differ). NaN if K or a strength is; infinite where nothing couples. Noise does not enter. Past it the sine
/// lattice does not blow up: it settles silently into a wrong checkerboard.
template <FixedStepper S, class C, class B>
requires HasMaxSlope<C>
[[nodiscard]] constexpr double max_stable_dt(const S&, const Laplacian<C, B>& laplacian) {
    const detail::DefaultEnvironment environment;
    return detail::stable_dt<S>(laplacian);
}

/// The same for a model: natural frequencies do not enter.
template <FixedStepper S, class C, class Frequency, class B>
requires HasMaxSlope<C>
[[nodiscard]] constexpr double max_stable_dt(const S& stepper, const Model<C, Frequency, B>& model) {
    return max_stable_dt(stepper, model.laplacian);
}

namespace detail {

/// Computes max_stable_dt. Not inlined, so that the compiler moves no arithmetic out of the floating-point environment
/// of the caller.
template <FixedStepper S, class Local>
KURAMOTO_NEVER_INLINE constexpr double stable_dt(const MeanFieldModel<Local>& model) {
    stay_in_place();
    const double K = model.mean_field.K < 0 ? -model.mean_field.K : model.mean_field.K;
    if (is_nan(K)) return K;
    double steepness = K;
    if constexpr (LatticeModel<Local>) {
        const double alone = stable_dt<S>(model.local.laplacian);
        if (K == 0 || is_nan(alone)) return alone;
        steepness += S::stability / alone;
    }
    return steepness > 0 ? S::stability / steepness : __builtin_huge_val();
}

} // namespace detail

/// The largest dt for which a method is stable about the synchronous state: (|K| + 8 |K_lattice| · max_slope) · dt ≤
/// S::stability, where the second term is that of the lattice, if there is one.
///
/// About synchrony the mean-field coupling is −K cos α (1 − J/N), J being the matrix of ones: its eigenvalues are 0 and
/// −K cos α. Those of the lattice are at most 8 |K_lattice| · max_slope (see max_stable_dt of a Laplacian). Both
/// matrices are symmetric there, so that the largest eigenvalue of the sum is at most the sum of the largest (Weyl's
/// inequality). Natural frequencies do not enter. NaN if K or that of the lattice is.
template <FixedStepper S, class Local>
requires(!LatticeModel<Local>) || requires(const S& stepper, const Local& local) { max_stable_dt(stepper, local); }
[[nodiscard]] constexpr double max_stable_dt(const S&, const MeanFieldModel<Local>& model) {
    const detail::DefaultEnvironment environment;
    return detail::stable_dt<S>(model);
}

/// The largest dt for which the leapfrog is stable about the synchronous state, whatever the damping: 2 √(m / λ), λ
/// being the largest eigenvalue of the rate there, 8 |K| · max_slope for a lattice (and |K| more for coupling to all).
///
/// A mode of eigenvalue −λ is multiplied by the roots of z² − (1 + a − bλ) z + a, a = (1 − g)/(1 + g), b = dt²/m/(1 +
/// g); both are within the unit circle as long as bλ < 2 (1 + a), which is dt² λ < 4 m. At the bound itself modes of
/// λ grow linearly without damping. Infinite for K = 0.
template <class Inner>
requires requires(const Inner& model) { max_stable_dt(Euler{}, model); }
[[nodiscard]] inline double max_stable_dt(const Leapfrog&, const InertialModel<Inner>& model) {
    const detail::DefaultEnvironment environment;
    const detail::Rounded of_euler(max_stable_dt(Euler{}, model.model)); // 2 / λ
    return sqrt(detail::Rounded(2) * detail::Rounded(model.inertia.mass) * of_euler).value();
}

template <class Any> double max_stable_dt(const Any&) = delete; // name the method: max_stable_dt(stepper, model)

} // namespace KURAMOTO_BUILD
} // namespace kuramoto
