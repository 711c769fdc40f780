// Couplings: the function f from the phase difference across a bond to its flux, and the concept of a coupling.
#pragma once

#include <kuramoto/detail/arithmetic/environment.hpp>
#include <kuramoto/detail/arithmetic/sealed.hpp>
#include <kuramoto/detail/build/checks.hpp>
#include <kuramoto/math.hpp>

#include <concepts>
#include <cstddef>
#include <string>
#include <type_traits>

namespace kuramoto {

/// f(d) = sin d: the coupling of the Kuramoto lattice.
///
/// Reference: Kuramoto 1975; Sakaguchi, Shinomoto & Kuramoto 1987.
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

/// f(d) and f(−d): the fluxes of a bond into both of its cells.
template <class V> struct BothWays {
    V forward;  ///< f(d)
    V backward; ///< f(−d)
};

} // namespace kuramoto

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// The type of a number, or of a lane.
template <Real T> T number_of(T);
template <class T, class Level> T number_of(const Lanes<T, Level>&);

/// a · b, rounded before it is added to anything. Products of lanes always are.
template <Real T> T product(T a, T b) noexcept { return sealed(a * b); }
template <class T, class Level>
KURAMOTO_ALWAYS_INLINE Lanes<T, Level> product(const Lanes<T, Level>& a, const Lanes<T, Level>& b) {
    return a * b;
}

/// sin(d − α) with the cosine and the sine of α at hand.
template <class T> struct PreparedLag {
    static constexpr bool odd = false;

    template <class V> KURAMOTO_ALWAYS_INLINE BothWays<V> both_ways(const V& difference) const {
        V sine_of, cosine_of;
        absolute_sine_and_cosine(difference, sine_of, cosine_of);
        const V part = sine_of * V(cosine);
        return {fma(cosine_of, V(-sine), part), -fma(cosine_of, V(sine), part)};
    }
    template <class V> KURAMOTO_ALWAYS_INLINE V operator()(const V& difference) const {
        return both_ways(difference).forward;
    }
    bool operator==(const PreparedLag&) const = default;

    T cosine = 1;
    T sine = 0;
};

/// Computes Harmonics::max_slope. Not inlined, so that the compiler moves no arithmetic out of the floating-point
/// environment of the caller.
KURAMOTO_NEVER_INLINE constexpr double slope_of_harmonics(const double* a, std::size_t n) noexcept {
    stay_in_place();
    double slope = 0;
    double tail = 0; // |aₖ| + |aₖ₊₁| + …: no products, so no compiler contracts it
    for (std::size_t k = n; k-- > 0;) {
        tail += a[k] < 0 ? -a[k] : a[k];
        slope += tail;
    }
    return slope;
}

/// Σ aₖ sin kd in the precision of the cells.
template <class T, std::size_t n> struct PreparedHarmonics {
    static constexpr bool odd = true;

    template <class V> KURAMOTO_ALWAYS_INLINE V operator()(const V& difference) const {
        if constexpr (n == 1) {
            return kuramoto::sin(difference) * V(a[0]);
        } else {
            const SinCos<V> of = (kuramoto::sincos)(difference);
            return clenshaw<n>(of.cos + of.cos, V(0), V(0)) * of.sin;
        }
    }
    bool operator==(const PreparedHarmonics&) const = default;

    T a[n];

  private:
    // bₖ = aₖ + 2 cos d · bₖ₊₁ − bₖ₊₂ down to b₁, and the sum is b₁ sin d (Clenshaw 1955).
    template <std::size_t k, class V>
    KURAMOTO_ALWAYS_INLINE V clenshaw(const V& twice_cosine, const V& b1, const V& b2) const {
        const V b = fma(twice_cosine, b1, V(a[k - 1]) - b2);
        if constexpr (k == 1)
            return b;
        else
            return clenshaw<k - 1>(twice_cosine, b, b1);
    }
};

} // namespace detail
KURAMOTO_END_NAMESPACE

namespace kuramoto {

/// f(d) = sin(d − α): a sine with a phase lag α.
///
/// Not odd: f(0) = −sin α drives even a synchronous lattice.
///
/// Cost: one sine and one cosine per bond, for both directions: sin d cos α ∓ cos d sin α.
/// Accuracy: an absolute error of at most 3 units in the last place of 1.
/// Reference: Sakaguchi & Kuramoto, Progress of Theoretical Physics 76 (1986) 576.
struct SakaguchiSine {
    double lag = 0.0; ///< α, rad

    /// f(−d) is not −f(d).
    static constexpr bool odd = false;
    /// The largest |f'(d)|.
    static constexpr double max_slope = 1.0;

    /// sin(d − α), for a number or for lanes.
    template <class V> KURAMOTO_ALWAYS_INLINE V operator()(const V& difference) const {
        if constexpr (Real<V>)
            return detail::in_default_environment(difference, [this](V number) { return value(number); });
        else
            return value(difference);
    }
    /// Whether both have the same lag.
    friend bool operator==(const SakaguchiSine&, const SakaguchiSine&) = default;

    /// The same coupling with cos α and sin α computed once.
    ///
    /// Throws: std::invalid_argument for an α that is not finite.
    template <Real T> [[nodiscard]] auto prepared() const {
        static_cast<void>(detail::checked_number<double>(lag, "lag"));
        const SinCos<double> of = (kuramoto::sincos)(lag);
        return detail::PreparedLag<T>{static_cast<T>(of.cos), static_cast<T>(of.sin)};
    }

  private:
    template <class V> KURAMOTO_ALWAYS_INLINE V value(const V& difference) const {
        using Number = decltype(detail::number_of(difference));
        return kuramoto::sin(difference - V(static_cast<Number>(detail::sealed(lag))));
    }
};

/// f(d) = Σ aₖ sin kd for k = 1 … n: a coupling with higher harmonics.
///
/// Cost: one sine and one cosine per bond, and n − 1 multiply-adds (Clenshaw's recurrence).
/// Reference: Daido, Physical Review Letters 73 (1994) 760.
template <std::size_t n>
requires(n >= 1)
struct Harmonics {
    double a[n] = {1.0}; ///< aₖ is a[k − 1]

    /// f(−d) = −f(d), to the bit.
    static constexpr bool odd = true;
    /// A bound of |f'(d)|: Σ k |aₖ|.
    KURAMOTO_PER_BUILD
    [[nodiscard]] constexpr double max_slope() const noexcept {
        const detail::DefaultEnvironment environment;
        return detail::slope_of_harmonics(a, n);
    }

    /// Σ aₖ sin kd, for a number or for lanes, term by term.
    template <class V> KURAMOTO_ALWAYS_INLINE V operator()(const V& difference) const {
        if constexpr (Real<V>)
            return detail::in_default_environment(difference, [this](V number) { return value(number); });
        else
            return value(difference);
    }
    /// Whether all coefficients are the same.
    friend bool operator==(const Harmonics&, const Harmonics&) = default;

    /// The same coupling in the precision of the cells.
    ///
    /// Throws: std::invalid_argument if an aₖ is not finite in that precision.
    template <Real T> [[nodiscard]] auto prepared() const {
        detail::PreparedHarmonics<T, n> harmonics;
        for (std::size_t k = 0; k < n; ++k)
            harmonics.a[k] = detail::checked_number<T>(a[k], ("a[" + detail::integer_text(k) + "]").c_str());
        return harmonics;
    }

  private:
    template <class V> KURAMOTO_ALWAYS_INLINE V value(const V& difference) const {
        using Number = decltype(detail::number_of(difference));
        const SinCos<V> of = (kuramoto::sincos)(difference);
        V previous = V(0);
        V current = of.sin; // sin kd = 2 cos d sin (k − 1)d − sin (k − 2)d
        V sum = V(0);
        for (std::size_t k = 0; k < n; ++k) {
            sum = sum + detail::product(current, V(static_cast<Number>(detail::sealed(a[k]))));
            const V next = detail::product(of.cos + of.cos, current) - previous;
            previous = current;
            current = next;
        }
        return sum;
    }
};

/// A functor with the member `static constexpr bool odd`.
template <class C>
concept SaysWhetherOdd = requires { typename std::bool_constant<C::odd>; };

/// A functor that maps lanes of phase differences to lanes of fluxes: V operator()(V) const.
template <class C, class V>
concept MapsLanes = requires(const C& coupling, const V& difference) {
    { coupling(difference) } -> std::same_as<V>;
};

/// A functor with a known largest slope |f'(d)|, from which the stable time step follows.
///
/// The member is `static constexpr double max_slope`, or a function `max_slope()` if it depends on parameters.
template <class C>
concept HasMaxSlope =
    requires { typename std::integral_constant<bool, (C::max_slope > 0)>; } || requires(const C& coupling) {
        { coupling.max_slope() } -> std::convertible_to<double>;
    };

/// A coupling for fields of T: it says whether it is odd, and maps lanes of T to lanes of T in every instruction set.
///
/// Write it once, as a template over V with the functions of math.hpp. It can hold parameters.
///
/// Requires: the call operator does not throw, and can run on several threads at once.
///
/// Optional members:
/// - `max_slope`: see HasMaxSlope.
/// - `both_ways(V) const`, for a coupling that is not odd: f(d) and f(−d) as a BothWays<V>, if both together cost less.
/// - `prepared<T>() const`: returns the coupling that an algorithm calls on fields of T in place of this one. An
///   algorithm calls `prepared` once, at its beginning. Use it to compute constants once, or to throw if a parameter is
///   invalid.
template <class C, class T>
concept Coupling = std::copyable<C> && SaysWhetherOdd<C> && MapsLanes<C, Lanes<T, detail::Baseline>> &&
                   MapsLanes<C, Lanes<T, detail::Avx2>> && MapsLanes<C, Lanes<T, detail::Avx512>>;

static_assert(Coupling<Sine, float> && Coupling<Sine, double>);
static_assert(Coupling<Linear, float> && Coupling<Linear, double>);
static_assert(Coupling<SakaguchiSine, float> && Coupling<SakaguchiSine, double>);
static_assert(Coupling<Harmonics<3>, float> && Coupling<Harmonics<3>, double>);

} // namespace kuramoto

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// What the algorithms call on fields of T in place of a coupling.
template <class T, class C> auto prepared(const C& coupling) {
    if constexpr (requires { coupling.template prepared<T>(); })
        return coupling.template prepared<T>();
    else
        return coupling;
}

/// The largest slope of a coupling that says it.
template <HasMaxSlope C> constexpr double max_slope_of(const C& coupling) noexcept {
    if constexpr (requires { coupling.max_slope(); })
        return coupling.max_slope();
    else
        return C::max_slope;
}

} // namespace detail
KURAMOTO_END_NAMESPACE
