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

/// The workers of the policy. Throws for Serial.
inline const AnyPolicy& workers_within_rank(const runtime::Policy& policy) {
    const auto* const workers = std::get_if<AnyPolicy>(&policy);
    if (workers == nullptr)
        invalid_argument("the policy 'serial' works on whole arrays of one process; a lattice on several processes "
                         "takes 'fused' or 'openmp'");
    return *workers;
}

/// Which parts a model has, and which of them are fields: they decide what messages there are. As one number.
template <class T> std::int64_t parts_of(const runtime::ModelChoice<T>& model) noexcept {
    std::int64_t parts = 0;
    for (const bool is_so :
         {model.coupling.has_value(), model.bonds.has_value(), model.mean_field.has_value(), model.inertia.has_value(),
          model.omega.is_number(), model.inertia && model.inertia->mass.is_number(),
          model.inertia && model.inertia->damping.is_number()})
        parts = 2 * parts + (is_so ? 1 : 0);
    return parts;
}
/// The same for a stepper.
template <class T> std::int64_t parts_of(const runtime::StepperChoice<T>& stepper) noexcept {
    return 2 * static_cast<int>(stepper.kind) + (stepper.D.is_number() ? 1 : 0);
}

/// What `check` returns. Collective: an error in the choice of one process is that of all, before the algorithm that is
/// chosen communicates. The parts of the choices must be the same on every process.
template <class Check, class... Choice>
decltype(auto) agreed_choice(const mpi::Decomposition& decomposition, const Check& check, const Choice&... choice) {
    return with_agreement(decomposition.communicator(), [&](Agreement& agreement) -> decltype(auto) {
        agreement.expect_same("the kinds of all choices", {parts_of(choice)...});
        return check();
    });
}

/// For a choice that is only checked.
inline constexpr auto only_checked = [](const auto&) {};

} // namespace detail

namespace runtime {

/// The run-time algorithms of an mpi::Field. They are collective. Fields of the model and of the stepper are the
/// `local()` of mpi::Fields of the same Decomposition.
///
/// Throws: as the algorithms of a lattice in one process, the same on every process; std::invalid_argument for the
/// policy Serial, for steppers or parts of a model that are not of the same kind on every process, and as
/// kuramoto::apply of an mpi::Field.
template <class T>
void rate(const Policy& policy, const ModelChoice<T>& model, const mpi::Field<T>& theta, mpi::Field<T>& out) {
    const auto check = [&]() -> const AnyPolicy& {
        detail::check_first_order(model, "the velocity is the rate of the phases");
        with_first_order_model(model, detail::only_checked);
        return detail::workers_within_rank(policy);
    };
    const AnyPolicy& workers = detail::agreed_choice(theta.decomposition(), check, model);
    with_first_order_model(model, [&](const auto& typed) { kuramoto::rate(workers, typed, theta, out); });
}

/// See rate.
template <class T>
void advance(const Policy& policy, const StepperChoice<T>& stepper, const ModelChoice<T>& model, mpi::Field<T>& theta,
             std::int64_t steps, std::int64_t first_step) {
    const auto check = [&]() -> const AnyPolicy& {
        detail::check_first_order(model, "advance the phases and the velocities");
        with_first_order_stepper(stepper, detail::only_checked);
        with_first_order_model(model, detail::only_checked);
        return detail::workers_within_rank(policy);
    };
    const AnyPolicy& workers = detail::agreed_choice(theta.decomposition(), check, stepper, model);
    with_first_order_stepper(stepper, [&](const auto& typed_stepper) {
        with_first_order_model(model, [&](const auto& typed) {
            kuramoto::advance(workers, typed_stepper, typed, theta, steps, first_step);
        });
    });
}

/// See rate.
template <class T>
void advance(const Policy& policy, const StepperChoice<T>& stepper, const ModelChoice<T>& model, mpi::Field<T>& theta,
             mpi::Field<T>& velocity, std::int64_t steps, std::int64_t first_step) {
    const auto check = [&]() -> const AnyPolicy& {
        with_inertial_model(model, detail::only_checked);
        with_inertial_stepper(stepper, detail::only_checked);
        return detail::workers_within_rank(policy);
    };
    const AnyPolicy& workers = detail::agreed_choice(theta.decomposition(), check, stepper, model);
    with_inertial_model(model, [&](const auto& typed) {
        with_inertial_stepper(stepper, [&](const auto& typed_stepper) {
            kuramoto::advance(workers, typed_stepper, typed, theta, velocity, steps, first_step);
        });
    });
}

/// See rate.
template <class T>
IntegrationReport integrate(const Policy& policy, const DormandPrince54& method, const ModelChoice<T>& model,
                            mpi::Field<T>& theta, double duration) {
    const auto check = [&]() -> const AnyPolicy& {
        detail::check_first_order(model, "integrate the phases and the velocities");
        with_first_order_model(model, detail::only_checked);
        return detail::workers_within_rank(policy);
    };
    const AnyPolicy& workers = detail::agreed_choice(theta.decomposition(), check, model);
    IntegrationReport report;
    with_first_order_model(
        model, [&](const auto& typed) { report = kuramoto::integrate(workers, method, typed, theta, duration); });
    return report;
}

/// See rate.
template <class T>
IntegrationReport integrate(const Policy& policy, const DormandPrince54& method, const ModelChoice<T>& model,
                            mpi::Field<T>& theta, mpi::Field<T>& velocity, double duration) {
    const auto check = [&]() -> const AnyPolicy& {
        with_inertial_model(model, detail::only_checked);
        return detail::workers_within_rank(policy);
    };
    const AnyPolicy& workers = detail::agreed_choice(theta.decomposition(), check, model);
    IntegrationReport report;
    with_inertial_model(model, [&](const auto& typed) {
        report = kuramoto::integrate(workers, method, typed, theta, velocity, duration);
    });
    return report;
}

/// A safe dt of a stepper for a model, the same on every process: see kuramoto::max_stable_dt. Collective.
///
/// Throws: as max_stable_dt of a lattice in one process, the same on every process.
/// Cost: one pass over the fields of strengths and masses; a copy of the strengths' blocks.
template <class T>
[[nodiscard]] double max_stable_dt(const mpi::Decomposition& decomposition, const StepperChoice<T>& stepper,
                                   const ModelChoice<T>& model) {
    const auto check = [&] {
        if (model.inertia) {
            with_inertial_stepper(stepper, detail::only_checked);
            with_inertial_model(model, detail::only_checked);
        } else {
            with_first_order_stepper(stepper, detail::only_checked);
            with_first_order_model(model, detail::only_checked);
        }
    };
    detail::agreed_choice(decomposition, check, stepper, model);
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
