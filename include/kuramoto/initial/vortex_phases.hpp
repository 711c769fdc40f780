// Phases with vortices at given places.
//
// The top of phase_patterns.hpp has what all patterns have in common.
#pragma once

#include <kuramoto/detail/initial/pattern.hpp>
#include <kuramoto/grid/vortex.hpp>

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

} // namespace kuramoto

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

template <class T> class VortexPattern {
  public:
    VortexPattern(const Shape&, const Vortex* vortices, std::size_t count) : vortices_(vortices), count_(count) {
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

/// Vortices at given places: θ = Σ charge · angle(j − col, i − row), in rad.
///
/// angle(x, y) is the angle of the vector (x, y) to the x axis, in (−π, π], and 0 at a centre that lies on a cell. The
/// phase winds around a loop as often as the charges within it say, if neighbours on the loop differ by less than π.
/// Put a charge of ±1 into the middle of a plaquette, for example at (1.5, 2.5). Without vortices θ = 0. On a periodic
/// lattice the images of the vortices are missing, so that the phases do not match across the edges. The sum runs in
/// the order of the list. phase_patterns.hpp has the rest.
///
/// Accuracy: relative error of an angle below 6e-16.
template <ExecutionPolicy P, WritableGridLike G, VorticesInARow V = std::initializer_list<Vortex>>
void vortex_phases(const P& policy, G&& theta, const V& vortices) {
    const Vortex* const list = std::data(vortices);
    detail::fill_pattern<detail::VortexPattern>(policy, theta, "theta", list,
                                                static_cast<std::size_t>(std::size(vortices)));
}

/// The same on the calling thread.
template <WritableGridLike G, VorticesInARow V = std::initializer_list<Vortex>>
void vortex_phases(G&& theta, const V& vortices) {
    vortex_phases(Fused{}, theta, vortices);
}

KURAMOTO_END_NAMESPACE
