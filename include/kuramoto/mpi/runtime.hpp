// The algorithms on models, steppers and policies that are chosen at run time, for lattices that are cut over MPI
// processes. mpi/runtime_compiled_elsewhere.hpp is for programs that compile them in files of their own.
#pragma once

#include <kuramoto/detail/mpi/stability.hpp>
#include <kuramoto/mpi/run.hpp>
#include <kuramoto/runtime/algorithms.hpp>

#include <cstdint>
#include <optional>
#include <variant>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// use(workers), where `workers` is the policy. Throws for Serial.
template <class Use> void with_workers(const runtime::Policy& policy, const Use& use) {
    const auto* const workers = std::get_if<AnyPolicy>(&policy);
    if (workers == nullptr)
        invalid_argument("the policy 'serial' works on whole arrays of one process; a lattice on several processes "
                         "takes 'fused' or 'openmp'");
    use(*workers);
}

} // namespace detail

namespace runtime {

/// The run-time algorithms of an mpi::Field. They are collective. Fields of the model and of the stepper are the
/// `local()` of mpi::Fields of the same Decomposition.
///
/// Throws: as the algorithms of a lattice in one process, the same on every process; std::invalid_argument for the
/// policy Serial, and as kuramoto::apply of an mpi::Field.
template <class T>
void rate(const Policy& policy, const ModelChoice<T>& model, const mpi::Field<T>& theta, mpi::Field<T>& out) {
    detail::with_workers(policy, [&](const auto& workers) {
        detail::check_first_order(model, "the velocity is the rate of the phases");
        with_first_order_model(model, [&](const auto& typed) { kuramoto::rate(workers, typed, theta, out); });
    });
}

/// See rate.
template <class T>
void advance(const Policy& policy, const StepperChoice<T>& stepper, const ModelChoice<T>& model, mpi::Field<T>& theta,
             std::int64_t steps, std::int64_t first_step) {
    detail::check_first_order(model, "advance the phases and the velocities");
    detail::with_workers(policy, [&](const auto& workers) {
        with_first_order_stepper(stepper, [&](const auto& typed_stepper) {
            with_first_order_model(model, [&](const auto& typed) {
                kuramoto::advance(workers, typed_stepper, typed, theta, steps, first_step);
            });
        });
    });
}

/// See rate.
template <class T>
void advance(const Policy& policy, const StepperChoice<T>& stepper, const ModelChoice<T>& model, mpi::Field<T>& theta,
             mpi::Field<T>& velocity, std::int64_t steps, std::int64_t first_step) {
    detail::with_workers(policy, [&](const auto& workers) {
        with_inertial_model(model, [&](const auto& typed) {
            with_inertial_stepper(stepper, [&](const auto& typed_stepper) {
                kuramoto::advance(workers, typed_stepper, typed, theta, velocity, steps, first_step);
            });
        });
    });
}

/// See rate.
template <class T>
IntegrationReport integrate(const Policy& policy, const DormandPrince54& method, const ModelChoice<T>& model,
                            mpi::Field<T>& theta, double duration) {
    detail::check_first_order(model, "integrate the phases and the velocities");
    IntegrationReport report;
    detail::with_workers(policy, [&](const auto& workers) {
        with_first_order_model(
            model, [&](const auto& typed) { report = kuramoto::integrate(workers, method, typed, theta, duration); });
    });
    return report;
}

/// See rate.
template <class T>
IntegrationReport integrate(const Policy& policy, const DormandPrince54& method, const ModelChoice<T>& model,
                            mpi::Field<T>& theta, mpi::Field<T>& velocity, double duration) {
    IntegrationReport report;
    detail::with_workers(policy, [&](const auto& workers) {
        with_inertial_model(model, [&](const auto& typed) {
            report = kuramoto::integrate(workers, method, typed, theta, velocity, duration);
        });
    });
    return report;
}

/// A safe dt of a stepper for a model, the same on every process: see kuramoto::max_stable_dt. Collective.
///
/// Throws: as max_stable_dt of a lattice in one process.
/// Cost: one pass over the fields of strengths and masses; a copy of the strengths' blocks.
template <class T>
[[nodiscard]] double max_stable_dt(const mpi::Decomposition& decomposition, const StepperChoice<T>& stepper,
                                   const ModelChoice<T>& model) {
    ModelChoice<T> small = model; // with the same bound
    std::optional<detail::StrongestCell<T>> strongest;
    std::optional<detail::LeastMass<T>> least;
    if (model.bonds) {
        strongest.emplace(decomposition, *model.bonds, model.boundary);
        small.bonds = strongest->bonds();
        small.boundary = {};
    }
    if (model.inertia) {
        least.emplace(decomposition, model.inertia->mass);
        small.inertia->mass = least->mass();
    }
    return max_stable_dt(stepper, small);
}

} // namespace runtime
KURAMOTO_END_NAMESPACE
