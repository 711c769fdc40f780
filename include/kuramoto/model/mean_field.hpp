// Mean-field coupling: every cell is coupled to every other, alone (the Kuramoto model) or on top of a lattice.
//
// The sum over all cells follows from the order parameter: with r e^{iψ} = mean of e^{iθ},
//     (K/N) Σ_j sin(θ_j − θ_i − α) = K r sin(ψ − α − θ_i) = Im(K e^{−iα} r e^{iψ} · e^{−iθ_i}),
// so that a rate costs O(cells) (Kuramoto, Chemical Oscillations, Waves, and Turbulence (1984), section 5.4).
#pragma once

#include <kuramoto/grid/field.hpp>
#include <kuramoto/model/bonds.hpp>
#include <kuramoto/model/coupling.hpp>
#include <kuramoto/model/model.hpp>

#include <type_traits>
#include <utility>

namespace kuramoto {

/// Mean-field coupling: (K/N) Σ_j sin(θ_j − θ_i − α) over all N cells j, i included.
///
/// The sum is divided by the number of cells. That of the lattice is not divided by the number of neighbours.
struct MeanField {
    double K = 1.0;   ///< coupling strength, 1 / time; may be negative
    double lag = 0.0; ///< α, rad
};

/// A model with a lattice and nothing else: Model.
template <class Candidate>
concept LatticeModel = requires(const Candidate& model) {
    model.laplacian.coupling;
    model.omega;
};

/// A model with mean-field coupling: dθ_i/dt = local part + (K/N) Σ_j sin(θ_j − θ_i − α).
///
/// `Local` is one of:
/// - double: one ω for all cells (the Kuramoto model);
/// - Grid<const T>: one ω per cell; viewed, not copied: the field must outlive the model;
/// - NumberOrField<T>: either, decided at run time;
/// - a Model: coupling to the neighbours and to all cells.
///
/// The type is deduced: MeanFieldModel{MeanField{.K = 2}, omega}, MeanFieldModel{MeanField{.K = 2}, model}.
template <class Local> struct MeanFieldModel {
    MeanField mean_field = {}; ///< the coupling to all cells
    Local local = {};          ///< natural frequencies, rad / time; or a model with a lattice
};

/// The boundary of the model's lattice, if it has one.
template <LatticeModel Lattice>
[[nodiscard]] constexpr const Boundary& boundary_of(const MeanFieldModel<Lattice>& model) noexcept {
    return boundary_of(model.local);
}

template <class T> MeanFieldModel(MeanField, Field<T>&) -> MeanFieldModel<Grid<const T>>;
template <class T> MeanFieldModel(MeanField, const Field<T>&) -> MeanFieldModel<Grid<const T>>;
template <class T> MeanFieldModel(MeanField, Grid<T>) -> MeanFieldModel<Grid<const std::remove_const_t<T>>>;
template <class Number>
requires std::is_arithmetic_v<Number>
MeanFieldModel(MeanField, Number) -> MeanFieldModel<double>;
template <class T> MeanFieldModel(MeanField, NumberOrField<T>) -> MeanFieldModel<NumberOrField<T>>;
template <LatticeModel Lattice> MeanFieldModel(MeanField, Lattice) -> MeanFieldModel<Lattice>;

} // namespace kuramoto

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// The natural frequencies of a model: a number or a Grid.
template <class Local> const auto& omega_of(const Local& local) noexcept {
    if constexpr (LatticeModel<Local>)
        return local.omega;
    else
        return local;
}
template <class Local> const auto& omega_of(const MeanFieldModel<Local>& model) noexcept {
    return omega_of(model.local);
}

template <class Lattice> using OmegaOf = std::remove_cvref_t<decltype(omega_of(std::declval<const Lattice&>()))>;
template <class Lattice>
using CouplingOf = std::remove_cvref_t<decltype(std::declval<const Lattice&>().laplacian.coupling)>;

template <class Local, class T>
constexpr bool is_local_part = [] {
    if constexpr (LatticeModel<Local>)
        return Coupling<CouplingOf<Local>, T> &&
               BondsFor<std::remove_cvref_t<decltype(std::declval<const Local&>().laplacian.bonds)>, T>;
    else
        return true;
}();

} // namespace detail
KURAMOTO_END_NAMESPACE

namespace kuramoto {

/// The local part of a MeanFieldModel for cells of T: natural frequencies, or a Model. It has the precision T.
template <class Local, class T>
concept LocalPart = FrequencyFor<detail::OmegaOf<Local>, T> && detail::is_local_part<Local, T>;

} // namespace kuramoto
