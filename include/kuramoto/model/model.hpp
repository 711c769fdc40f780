// Model: dθ/dt = ω + K ∇·f(∇θ), the lattice operator and the natural frequencies.
#pragma once

#include <kuramoto/grid/field.hpp>
#include <kuramoto/model/laplacian.hpp>
#include <kuramoto/model/number_or_field.hpp>

#include <concepts>
#include <type_traits>

namespace kuramoto {

/// The natural frequencies of a model for cells of T: one number, a Grid<const T>, or a NumberOrField<T>.
template <class Frequency, class T>
concept FrequencyFor = std::same_as<Frequency, double> || std::same_as<Frequency, Grid<const T>> ||
                       std::same_as<Frequency, NumberOrField<T>>;

/// The lattice model dθ/dt = ω + K ∇·f(∇θ).
///
/// `Frequency` is double (one ω for all cells), Grid<const T> (one ω per cell; viewed, not copied: the field must
/// outlive the model), or NumberOrField<T> (either, decided at run time). The type is deduced:
/// Model{SineLaplacian{.K = 2}, omega}.
template <class CouplingType, class Frequency, class Bonds = EqualBonds> struct Model {
    Laplacian<CouplingType, Bonds> laplacian = {}; ///< K ∇·f(∇θ)
    Frequency omega = {};                          ///< ω, rad / time
};

/// A state of a model: grid-like, writable, with the precision of its frequencies and bonds.
template <class Theta, class C, class Frequency, class B>
concept StateOf = WritableGridLike<Theta> && BondsFor<B, value_type_of<Theta>> &&
                  FrequencyFor<Frequency, value_type_of<Theta>> && Coupling<C, value_type_of<Theta>>;

/// The boundary of the model's lattice.
template <class C, class Frequency, class B>
[[nodiscard]] constexpr const Boundary& boundary_of(const Model<C, Frequency, B>& model) {
    return model.laplacian.boundary;
}

template <class C, class B, class T> Model(Laplacian<C, B>, Field<T>&) -> Model<C, Grid<const T>, B>;
template <class C, class B, class T> Model(Laplacian<C, B>, const Field<T>&) -> Model<C, Grid<const T>, B>;
template <class C, class B, class T> Model(Laplacian<C, B>, Grid<T>) -> Model<C, Grid<const std::remove_const_t<T>>, B>;
template <class C, class B, class Number>
requires std::is_arithmetic_v<Number>
Model(Laplacian<C, B>, Number) -> Model<C, double, B>;
template <class C, class B, class T> Model(Laplacian<C, B>, NumberOrField<T>) -> Model<C, NumberOrField<T>, B>;

} // namespace kuramoto
