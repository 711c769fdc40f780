// The stable time step of a model whose lattice is cut over MPI processes.
#pragma once

#include <kuramoto/detail/mpi/stability.hpp>
#include <kuramoto/model/inertia.hpp>
#include <kuramoto/model/mean_field.hpp>
#include <kuramoto/model/model.hpp>
#include <kuramoto/mpi/decomposition.hpp>
#include <kuramoto/stepping/stability.hpp>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// use(model), where the model has the same stable time step and fields of a few cells, the same on every process.
/// Collective, if the model has fields of strengths or masses.
template <class C, class Frequency, class B, class Use>
auto with_bounding_model(const mpi::Decomposition& decomposition, const Model<C, Frequency, B>& model, const Use& use) {
    if constexpr (has_own_strengths<B>) {
        const StrongestCell strongest(decomposition, model.laplacian.bonds, model.laplacian.boundary);
        Model<C, Frequency, B> small = model;
        small.laplacian.bonds = strongest.bonds();
        small.laplacian.boundary = {};
        return use(small);
    } else {
        return use(model);
    }
}
template <class Local, class Use>
auto with_bounding_model(const mpi::Decomposition& decomposition, const MeanFieldModel<Local>& model, const Use& use) {
    if constexpr (LatticeModel<Local>)
        return with_bounding_model(decomposition, model.local, [&](const auto& local) {
            MeanFieldModel<Local> small = model;
            small.local = local;
            return use(small);
        });
    else
        return use(model);
}
template <class Inner, class Coefficients, class Use>
auto with_bounding_model(const mpi::Decomposition& decomposition, const InertialModel<Inner, Coefficients>& model,
                         const Use& use) {
    return with_bounding_model(decomposition, model.model, [&](const auto& inner) {
        InertialModel<Inner, Coefficients> small = model;
        small.model = inner;
        if constexpr (requires { small.inertia.mass.is_number(); }) {
            const LeastMass least(decomposition, model.inertia.mass);
            small.inertia.mass = least.mass();
            return use(small);
        } else {
            return use(small);
        }
    });
}

} // namespace detail

/// A safe dt of a stepper for a model whose fields are blocks of a lattice: see max_stable_dt. The same on every
/// process. Collective. Without a Decomposition, max_stable_dt would take the block for the lattice.
///
/// Throws: as max_stable_dt, the same on every process.
/// Cost: one pass over the fields of strengths and masses; a copy of the strengths.
template <class Stepper, class ModelType>
requires requires(const Stepper& stepper, const ModelType& model) { max_stable_dt(stepper, model); }
[[nodiscard]] double max_stable_dt(const mpi::Decomposition& decomposition, const Stepper& stepper,
                                   const ModelType& model) {
    return detail::with_bounding_model(decomposition, model,
                                       [&](const auto& small) { return max_stable_dt(stepper, small); });
}

KURAMOTO_END_NAMESPACE
