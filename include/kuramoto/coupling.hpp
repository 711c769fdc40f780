// Couplings: the function f that turns the phase difference across a bond into its flux; the concept a user's own
// meets. May include math.hpp.
#pragma once

#include <kuramoto/math.hpp>

#include <concepts>
#include <type_traits>

namespace kuramoto {

/// f(d) = sin d: the Kuramoto lattice (Kuramoto 1975; Sakaguchi, Shinomoto & Kuramoto 1987).
struct Sine {
    /// f(−d) = −f(d), to the bit: one evaluation serves both cells of a bond.
    static constexpr bool odd = true;
    /// The largest |f'(d)|, which bounds the stable time step.
    static constexpr double max_slope = 1.0;

    /// sin d, for a number or for lanes; accuracy as kuramoto::sin.
    template <class V> KURAMOTO_ALWAYS_INLINE V operator()(const V& difference) const {
        return kuramoto::sin(difference);
    }
};

/// f(d) = d: diffusion, the limit of small differences.
struct Linear {
    /// f(−d) = −f(d), to the bit.
    static constexpr bool odd = true;
    /// The largest |f'(d)|.
    static constexpr double max_slope = 1.0;

    /// d, for a number or for lanes.
    template <class V> KURAMOTO_ALWAYS_INLINE V operator()(const V& difference) const { return difference; }
};

/// A functor that says whether it is odd: `static constexpr bool odd`.
template <class C>
concept SaysWhetherOdd = requires {
    typename std::bool_constant<C::odd>;
};

/// A functor that maps lanes of phase differences to lanes of fluxes, V operator()(V) const.
template <class C, class V>
concept MapsLanes = requires(const C& coupling, const V& difference) {
    { coupling(difference) } -> std::same_as<V>;
};

/// What a coupling has to be for fields of T: it says whether it is odd, and maps lanes of T to lanes of T in every
/// instruction set. Written once as a template over V with the functions of math.hpp; may hold parameters; is called
/// from several threads at once and must not throw. With `static constexpr double max_slope` the stable time step is
/// known.
template <class C, class T>
concept Coupling = std::copyable<C> && SaysWhetherOdd<C> && MapsLanes<C, Lanes<T, detail::Baseline>> &&
    MapsLanes<C, Lanes<T, detail::Avx2>> && MapsLanes<C, Lanes<T, detail::Avx512>>;

static_assert(Coupling<Sine, float> && Coupling<Sine, double>);
static_assert(Coupling<Linear, float> && Coupling<Linear, double>);

} // namespace kuramoto
