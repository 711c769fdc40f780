// Inertia: oscillators of second order, m θ̈ + γ θ̇ = rate of a model, with a velocity field beside the phases.
//
// Power grids: the swing equation, with ω the power fed in at a node, K the capacity of a line (Filatrella, Nielsen &
// Pedersen, European Physical Journal B 61 (2008) 485). Josephson arrays: m the capacitance and γ the conductance of an
// island to ground, ω the current fed into it, K the critical current of a junction. Mean-field: Tanaka, Lichtenberg &
// Oishi, Physical Review Letters 78 (1997) 2104.
#pragma once

#include <kuramoto/grid/grid.hpp>
#include <kuramoto/model/mean_field.hpp>
#include <kuramoto/model/number_or_field.hpp>

#include <concepts>
#include <type_traits>

namespace kuramoto {

/// m and γ in m θ̈ + γ θ̇ = …, the same in all cells.
struct Inertia {
    double mass = 1.0;    ///< m, positive; m/γ is the relaxation time of the velocity
    double damping = 0.0; ///< γ, not negative
};

/// m and γ in m θ̈ + γ θ̇ = …, each a number or a field of the shape of the phases.
///
/// In a field, a mass that is not positive or a damping that is negative gives NaN. As a number, it throws.
template <Real T> struct InertiaFields {
    NumberOrField<T> mass = 1.0;    ///< m, positive; m/γ is the relaxation time of the velocity
    NumberOrField<T> damping = 0.0; ///< γ, not negative
};

/// Oscillators with inertia: m θ̈ + γ θ̇ = rate of `model`, which is a Model or a MeanFieldModel.
///
/// The type is deduced: InertialModel{Inertia{.mass = 2, .damping = 0.1}, model}, or with fields
/// InertialModel{InertiaFields<float>{.mass = 2, .damping = field}, model}.
template <class ModelType, class Coefficients = Inertia> struct InertialModel {
    Coefficients inertia = {}; ///< m and γ: Inertia or InertiaFields
    ModelType model = {};      ///< the right-hand side
};

/// The boundary of the model's lattice, if it has one.
template <HasBoundary Inner, class Coefficients>
[[nodiscard]] constexpr const Boundary& boundary_of(const InertialModel<Inner, Coefficients>& model) noexcept {
    return boundary_of(model.model);
}

template <class Inner> InertialModel(Inertia, Inner) -> InertialModel<Inner>;
template <class T, class Inner> InertialModel(InertiaFields<T>, Inner) -> InertialModel<Inner, InertiaFields<T>>;

namespace detail {

template <class Inner> constexpr bool is_mean_field = false;
template <class Local> constexpr bool is_mean_field<MeanFieldModel<Local>> = true;
template <class ModelType> constexpr bool is_inertial = false;
template <class Inner, class Coefficients> constexpr bool is_inertial<InertialModel<Inner, Coefficients>> = true;
template <class Coefficients, class T>
constexpr bool is_inertia_for = std::same_as<Coefficients, Inertia> || std::same_as<Coefficients, InertiaFields<T>>;

} // namespace detail

/// Whether an InertialModel for cells of T can hold this model, a Model or a MeanFieldModel, and these coefficients.
template <class Inner, class Coefficients, class T>
concept HasInertia = (LatticeModel<Inner> || detail::is_mean_field<Inner>) && FrequencyFor<detail::OmegaOf<Inner>, T> &&
                     detail::is_inertia_for<Coefficients, T>;

} // namespace kuramoto
