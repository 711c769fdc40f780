// Laplacian: the lattice operator K ∇·f(∇θ), with its coupling, boundary and bonds.
#pragma once

#include <kuramoto/grid/field.hpp>
#include <kuramoto/model/bonds.hpp>
#include <kuramoto/model/boundary.hpp>
#include <kuramoto/model/coupling.hpp>

#include <concepts>

namespace kuramoto {

/// The lattice operator K Σ_j f(θ_j − θ_i), summed over the four nearest neighbours j of cell i.
///
/// If f is odd, this is the divergence K ∇·f(∇θ) on the lattice.
/// The lattice spacing is 1. The sum is not divided by the number of neighbours. `Bonds` is EqualBonds, or
/// BondStrengths<T> for fields of T: see with_bonds.
template <class CouplingType, class Bonds = EqualBonds> struct Laplacian {
    double K = 1.0;             ///< coupling strength, 1 / time; may be negative
    CouplingType coupling = {}; ///< f
    Boundary boundary = {};     ///< boundary conditions; zero flux by default
    Bonds bonds = {};           ///< strengths of the bonds, factors of K
};

/// The boundary of the operator.
template <class C, class B> [[nodiscard]] constexpr const Boundary& boundary_of(const Laplacian<C, B>& laplacian) {
    return laplacian.boundary;
}

/// The lattice operator with sine coupling, K ∇·sin(∇θ).
using SineLaplacian = Laplacian<Sine>;
/// The lattice operator with linear coupling, K ∇·∇θ.
using LinearLaplacian = Laplacian<Linear>;

/// The same operator with a strength for each bond: see BondStrengths for `east` and `south`.
///
/// Requires: both of the same precision. Fields are viewed, so that a temporary does not compile.
template <class C, class OldBonds, GridLike East, GridLike South>
requires std::same_as<value_type_of<const East>, value_type_of<const South>>
[[nodiscard]] auto with_bonds(const Laplacian<C, OldBonds>& laplacian, const East& east, const South& south) {
    using T = value_type_of<const East>;
    return Laplacian<C, BondStrengths<T>>{
        laplacian.K, laplacian.coupling, laplacian.boundary, {as_grid(east), as_grid(south)}};
}
template <class C, class OldBonds, class T, GridLike South>
void with_bonds(const Laplacian<C, OldBonds>& laplacian, Field<T>&& east, const South& south) = delete;
template <class C, class OldBonds, GridLike East, class T>
void with_bonds(const Laplacian<C, OldBonds>& laplacian, const East& east, Field<T>&& south) = delete;

} // namespace kuramoto
