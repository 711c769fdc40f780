// max_stable_dt: a safe time step of a method for a model.
#pragma once

#include <kuramoto/detail/arithmetic/environment.hpp>
#include <kuramoto/detail/arithmetic/rounded.hpp>
#include <kuramoto/model/inertia.hpp>
#include <kuramoto/model/mean_field.hpp>
#include <kuramoto/model/model.hpp>
#include <kuramoto/stepping/baoab.hpp>
#include <kuramoto/stepping/runge_kutta.hpp>

#include <cstddef>

KURAMOTO_BEGIN_NAMESPACE
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

/// A safe dt: up to it, a method is stable about the synchronous state. 8 |K| · max_slope · dt = S::stability.
///
/// Larger time steps can be stable too, for example with zero flux or a phase lag. If K f'(0) < 0, no dt is stable.
///
/// The stepper names the method; its own dt is not used. For Euler and Heun |K| · max_slope · dt ≤ 1/4, for RungeKutta4
/// ≤ 0.348. With bond strengths, twice the largest sum of |strength| over the bonds of a cell takes the place of 8.
/// Noise and natural frequencies do not change the bound. Past it the sine lattice does not blow up: it settles into a
/// wrong checkerboard.
///
/// No eigenvalue of the four-neighbour Laplacian is larger than 8 in magnitude. By Gershgorin's theorem this holds for
/// all boundary conditions.
///
/// Returns NaN if K or a strength is NaN, infinity if nothing is coupled.
/// Throws: std::invalid_argument if the fields of strengths have different shapes.
/// Cost: one pass over the fields of strengths.
template <FixedStepper S, class C, class B>
requires HasMaxSlope<C>
[[nodiscard]] constexpr double max_stable_dt(const S&, const Laplacian<C, B>& laplacian) {
    const detail::DefaultEnvironment environment;
    return detail::stable_dt<S>(laplacian);
}

/// A safe dt for a model: that of its lattice.
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

/// A safe dt for a mean-field model: (|K| + 8 |K_lattice| · max_slope) · dt = S::stability.
///
/// The second term is that of the lattice, if there is one. Natural frequencies do not change the bound.
///
/// About synchrony the mean-field coupling is −K cos α (1 − J/N), where J is the matrix of ones. Its eigenvalues are 0
/// and −K cos α. Those of the lattice are at most 8 |K_lattice| · max_slope. Both matrices are symmetric, so the
/// largest eigenvalue of the sum is at most the sum of the largest ones (Weyl's inequality).
///
/// Returns NaN if K or that of the lattice is NaN.
template <FixedStepper S, class Local>
requires(!LatticeModel<Local>) || requires(const S& stepper, const Local& local) { max_stable_dt(stepper, local); }
[[nodiscard]] constexpr double max_stable_dt(const S&, const MeanFieldModel<Local>& model) {
    const detail::DefaultEnvironment environment;
    return detail::stable_dt<S>(model);
}

namespace detail {

/// The least mass of all cells; NaN if one is not positive.
inline double least_mass(const Inertia& inertia) { return inertia.mass; }
template <class T> double least_mass(const InertiaFields<T>& inertia) {
    if (inertia.mass.is_number()) return inertia.mass.number();
    const Grid<const T>& masses = inertia.mass.field();
    double least = __builtin_huge_val();
    if (masses.empty()) return least;
    for (std::ptrdiff_t i = 0; i < masses.rows(); ++i)
        for (std::ptrdiff_t j = 0; j < masses.cols(); ++j) {
            const auto mass = static_cast<double>(masses(i, j));
            if (is_nan(mass) || !(mass > 0)) return __builtin_nan("");
            if (mass < least) least = mass;
        }
    return least;
}

} // namespace detail

/// A safe dt of BAOAB and VelocityVerlet, for any damping: 2 √(m / λ).
///
/// λ is a bound of the eigenvalues of the rate about synchrony: 8 |K| · max_slope for a lattice, and |K| more for a
/// mean field. With a field of masses, m is the least of them.
///
/// Without damping, both methods conserve a quadratic form of θ and v about synchrony. It is positive if dt² λ < 4 m.
/// Damping does not increase it, whether it is a number or a field. At the bound itself, without damping, modes grow
/// linearly.
///
/// Returns infinity for K = 0, and NaN if a mass in a field is not positive.
/// Cost: that of the model's own, and one pass over a field of masses.
template <InertialStepper S, class Inner, class Coefficients>
requires requires(const Inner& model) { max_stable_dt(Euler{}, model); }
[[nodiscard]] inline double max_stable_dt(const S&, const InertialModel<Inner, Coefficients>& model) {
    const detail::DefaultEnvironment environment;
    const detail::Rounded of_euler(max_stable_dt(Euler{}, model.model)); // 2 / λ
    return sqrt(detail::Rounded(2) * detail::Rounded(detail::least_mass(model.inertia)) * of_euler).value();
}

// What does not compile: the comment behind each is in the compiler's message.
// clang-format off
template <class Any> double max_stable_dt(const Any&) = delete; // name the method: max_stable_dt(stepper, model)
template <class ModelType, FixedStepper S> requires(!FixedStepper<ModelType>)
double max_stable_dt(const ModelType&, const S&) = delete; // the stepper precedes the model: max_stable_dt(stepper, model)
// clang-format on

KURAMOTO_END_NAMESPACE
