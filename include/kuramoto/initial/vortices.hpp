// Phases with vortices at given places.
//
// phase_patterns.hpp says what all patterns have in common.
#pragma once

#include <kuramoto/detail/initial/pattern.hpp>
#include <kuramoto/observables/vortex.hpp>

#include <concepts>
#include <cstddef>
#include <initializer_list>
#include <string>
#include <type_traits>

namespace kuramoto {

/// Vortices in a row: braces, std::vector<Vortex>, std::array, std::span …
template <class V>
concept VorticesInARow = requires(const V& vortices) {
    { std::data(vortices) } -> std::convertible_to<const Vortex*>;
    { std::size(vortices) } -> std::convertible_to<std::size_t>;
};

inline namespace KURAMOTO_BUILD {
namespace detail {

template <class T> class VortexPattern {
  public:
    VortexPattern(const Grid<T>&, const Vortex* vortices, std::size_t count) : vortices_(vortices), count_(count) {
        for (std::size_t k = 0; k < count; ++k) {
            const std::string name = "vortices[" + integer_text(k) + "]";
            checked_place(vortices[k].row, name + ".row");
            checked_place(vortices[k].col, name + ".col");
        }
    }

    Rounded operator()(std::ptrdiff_t i, std::ptrdiff_t j) const noexcept {
        Rounded sum(0);
        for (std::size_t k = 0; k < count_; ++k) {
            const Centre centre(settled(Rounded(vortices_[k].row)), settled(Rounded(vortices_[k].col)));
            sum = settled(sum + whole(vortices_[k].charge) * centre.angle(i, j));
        }
        return sum;
    }

  private:
    const Vortex* vortices_;
    std::size_t count_;
};

} // namespace detail

/// Vortices: θ = Σ charge · angle(j − col, i − row), in rad, the angle being that of the vector (x, y) against the x
/// axis, in (−π, π], and 0 at a centre that lies on a cell.
///
/// The phases wind as often as the charges within say around every loop on which neighbours differ by less than π:
/// around the plaquette of a charge of ±1 in its middle, as (1.5, 2.5), if no other is near. No vortices: θ = 0. Made
/// for a lattice that does not go round: on a periodic one the images of the vortices are missing, and the phases do
/// not meet at the edges. The sum runs in the order of the list; relative error of an angle below 6e-16. The list is
/// read during the call alone. See phase_patterns.hpp for the rest.
template <ExecutionPolicy P, class G, VorticesInARow V = std::initializer_list<Vortex>>
requires WritableGridLike<std::remove_reference_t<G>>
void vortex_phases(const P& policy, G&& theta, const V& vortices) {
    const Vortex* const list = std::data(vortices);
    detail::fill_pattern<detail::VortexPattern>(policy, theta, "theta", list,
                                                static_cast<std::size_t>(std::size(vortices)));
}

/// The same on the calling thread.
template <class G, VorticesInARow V = std::initializer_list<Vortex>>
requires WritableGridLike<std::remove_reference_t<G>>
void vortex_phases(G&& theta, const V& vortices) { vortex_phases(Fused{}, theta, vortices); }

} // namespace KURAMOTO_BUILD
} // namespace kuramoto
