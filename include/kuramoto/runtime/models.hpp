// A model whose parts are chosen at run time.
#pragma once

#include <kuramoto/model/bonds.hpp>
#include <kuramoto/model/boundary.hpp>
#include <kuramoto/model/inertia.hpp>
#include <kuramoto/model/laplacian.hpp>
#include <kuramoto/model/mean_field.hpp>
#include <kuramoto/model/model.hpp>
#include <kuramoto/model/number_or_field.hpp>
#include <kuramoto/runtime/any_coupling.hpp>
#include <kuramoto/runtime/couplings.hpp>

#include <optional>
#include <string>

KURAMOTO_BEGIN_NAMESPACE
namespace runtime {

/// A model for cells of T with any of the library's parts: m θ̈ + γ θ̇ = ω + K Σ_j f(θ_j − θ_i) + mean field.
///
/// Without a coupling there is no lattice: K, the boundary and the bonds are then ignored. Without inertia the
/// left-hand side is θ̇.
///
/// Requires: fields and edge values are viewed, not copied; they must outlive every run.
template <class T> struct ModelChoice {
    double K = 1.0;                               ///< strength of the coupling to the neighbours, 1 / time
    std::optional<AnyCoupling<T>> coupling = {};  ///< f; without it, no lattice
    Boundary boundary = {};                       ///< boundary conditions of the lattice
    std::optional<BondStrengths<T>> bonds = {};   ///< strengths of the bonds of the lattice
    NumberOrField<T> omega = 0.0;                 ///< ω, rad / time
    std::optional<MeanField> mean_field = {};     ///< coupling to all cells
    std::optional<InertiaFields<T>> inertia = {}; ///< m and γ
};

/// Calls `use` with the lattice operator of a model as a type of the library.
///
/// Throws: std::invalid_argument for a model without a lattice.
template <class T, class Use> void with_laplacian(const ModelChoice<T>& model, const Use& use) {
    if (!model.coupling) detail::invalid_argument("the model has no lattice");
    const Laplacian<AnyCoupling<T>> lattice{.K = model.K, .coupling = *model.coupling, .boundary = model.boundary};
    if (model.bonds)
        use(with_bonds(lattice, model.bonds->east, model.bonds->south));
    else
        use(lattice);
}

/// Calls `use` with a model as a type of the library, without its inertia.
///
/// Throws: std::invalid_argument for a model that has neither a lattice nor a mean field.
template <class T, class Use> void with_first_order_model(const ModelChoice<T>& model, const Use& use) {
    if (!model.coupling) {
        if (!model.mean_field)
            detail::invalid_argument("the model has neither a coupling to its neighbours nor a mean field");
        return use(MeanFieldModel{*model.mean_field, model.omega});
    }
    with_laplacian(model, [&](const auto& laplacian) {
        const kuramoto::Model lattice{laplacian, model.omega};
        if (model.mean_field)
            use(MeanFieldModel{*model.mean_field, lattice});
        else
            use(lattice);
    });
}

/// Calls `use` with a model with inertia as a type of the library.
///
/// Throws: std::invalid_argument for a model without inertia, or that has neither a lattice nor a mean field.
template <class T, class Use> void with_inertial_model(const ModelChoice<T>& model, const Use& use) {
    if (!model.inertia) detail::invalid_argument("the model has no inertia");
    with_first_order_model(model, [&](const auto& inner) { use(InertialModel{*model.inertia, inner}); });
}

} // namespace runtime
KURAMOTO_END_NAMESPACE
