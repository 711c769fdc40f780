// Inertia: oscillators of second order, m θ̈ + γ θ̇ = rate of a model, with a velocity field beside the phases.
//
// Power grids: the swing equation, with ω the power fed in at a node, K the capacity of a line (Filatrella, Nielsen &
// Pedersen, European Physical Journal B 61 (2008) 485). Josephson arrays: m the capacitance, γ the conductance, ω the
// bias current of a junction. Mean-field: Tanaka, Lichtenberg & Oishi, Physical Review Letters 78 (1997) 2104.
#pragma once

#include <kuramoto/model/mean_field.hpp>

namespace kuramoto {

/// m and γ in m θ̈ + γ θ̇ = …
struct Inertia {
    double mass = 1.0;    ///< m, positive; m/γ is the relaxation time of the velocity
    double damping = 0.0; ///< γ, not negative
};

/// Oscillators with inertia: m θ̈ + γ θ̇ = rate of `model`, which is a Model or a MeanFieldModel.
///
/// The type is deduced: InertialModel{Inertia{.mass = 2, .damping = 0.1}, model}.
template <class ModelType> struct InertialModel {
    Inertia inertia = {}; ///< m and γ
    ModelType model = {}; ///< the right-hand side
};

/// The boundary of the model's lattice, if it has one.
template <HasBoundary Inner>
[[nodiscard]] constexpr const Boundary& boundary_of(const InertialModel<Inner>& model) noexcept {
    return boundary_of(model.model);
}

template <class Inner> InertialModel(Inertia, Inner) -> InertialModel<Inner>;

namespace detail {

template <class Inner> constexpr bool is_mean_field = false;
template <class Local> constexpr bool is_mean_field<MeanFieldModel<Local>> = true;
template <class ModelType> constexpr bool is_inertial = false;
template <class Inner> constexpr bool is_inertial<InertialModel<Inner>> = true;

} // namespace detail

/// A model that an InertialModel for cells of T can hold: a Model or a MeanFieldModel.
template <class Inner, class T>
concept HasInertia = (LatticeModel<Inner> || detail::is_mean_field<Inner>) && FrequencyFor<detail::OmegaOf<Inner>, T>;

} // namespace kuramoto
