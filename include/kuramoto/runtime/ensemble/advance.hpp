// advance for ensembles whose models, steppers and policy are chosen at run time.
#pragma once

#include <kuramoto/detail/ensemble/choices.hpp>
#include <kuramoto/ensemble/advance.hpp>
#include <kuramoto/ensemble/inertia.hpp>
#include <kuramoto/runtime/algorithms.hpp>
#include <kuramoto/runtime/ensemble/coupling.hpp>

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <variant>
#include <vector>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// Advances members whose choices are alike, side by side.
template <class T>
void advance_alike(const AnyPolicy& policy, const std::vector<runtime::StepperChoice<T>>& steppers,
                   const std::vector<runtime::ModelChoice<T>>& models, Ensemble<T>& theta, const StepsOfMember& steps,
                   const std::vector<bool>& runs) {
    const auto with_stepper = [](const auto& choice, const auto& use) {
        runtime::with_first_order_stepper(choice, use);
    };
    const auto with_model = [](const auto& choice, const auto& use) { with_lattice_model(choice, use); };
    with_typed(steppers, models, with_stepper, with_model, [&](const auto& typed_steppers, const auto& typed_models) {
        using S = typename std::remove_cvref_t<decltype(typed_steppers)>::value_type;
        const Execution execution(policy);
        auto members = checked_members(execution, typed_steppers, typed_models, theta, steps);
        if (members.empty() || steps.count == 0) return;
        for (std::size_t k = 0; k < members.size(); ++k) members[k].runs = chosen(runs)(static_cast<std::ptrdiff_t>(k));
        advance_groups<S>(policy, execution, typed_models, members, theta, steps);
    });
}

/// The same with inertia.
template <class T>
void advance_alike(const AnyPolicy& policy, const std::vector<runtime::StepperChoice<T>>& steppers,
                   const std::vector<runtime::ModelChoice<T>>& models, Ensemble<T>& theta, Ensemble<T>& velocity,
                   const StepsOfMember& steps, const std::vector<bool>& runs) {
    const auto with_stepper = [](const auto& choice, const auto& use) { runtime::with_inertial_stepper(choice, use); };
    const auto with_model = [](const auto& choice, const auto& use) {
        with_lattice_model(choice, [&](const auto& inner) { use(InertialModel{*choice.inertia, inner}); });
    };
    with_typed(steppers, models, with_stepper, with_model, [&](const auto& typed_steppers, const auto& typed_models) {
        advance_members(policy, typed_steppers, typed_models, theta, velocity, steps, chosen(runs));
    });
}

} // namespace detail

namespace runtime {

/// Advances members of an ensemble in place by `steps` steps, each with its own stepper and model: see
/// kuramoto::advance of an ensemble.
///
/// steppers, models: one per member. Any choices can be mixed.
///
/// runs: which members advance, one value per member; if empty, all. The others keep their state.
///
/// The members of a group share vector instructions if the choices of all members are alike: the same kind of stepper,
/// an equal coupling that has kernels for ensembles (see any_ensemble_coupling), the same kinds of edges, bonds with
/// strengths for all or none, D a number or a field for all, and no mean field. Otherwise each worker advances one
/// member at a time; with Serial, the calling thread does.
///
/// Throws: std::invalid_argument as `advance` of one member, with the number of the member, before anything is written;
/// and for steppers, models or runs of another number than members. If memory runs out later, the values of theta are
/// unspecified.
/// Cost: side by side as kuramoto::advance of an ensemble, with a copy of the choices per call; otherwise that of the
/// members alone and a copy of the ensemble's cells.
/// Accuracy: each member gets the bits that it gets alone, under this policy.
template <class T>
void advance(const Policy& policy, const std::vector<StepperChoice<T>>& steppers,
             const std::vector<ModelChoice<T>>& models, Ensemble<T>& theta, std::int64_t steps, std::int64_t first_step,
             const std::vector<bool>& runs = {}) {
    const detail::StepsOfMember of{.first = first_step, .count = steps};
    detail::check_members_and_steps(steppers, models, theta.members(), of);
    detail::check_chosen(runs, theta.members());
    if (theta.members() == 0) return;
    for (const ModelChoice<T>& model : models)
        detail::check_first_order(model, "advance the phases and the velocities");
    if (const auto* workers = std::get_if<AnyPolicy>(&policy))
        if (detail::are_alike(steppers) && detail::are_alike(models))
            return detail::advance_alike(*workers, steppers, models, theta, of, runs);
    const Policy alone = detail::policy_of_member(policy);
    const auto at = [](std::ptrdiff_t k) { return static_cast<std::size_t>(k); };
    for (std::ptrdiff_t k = 0; k < theta.members(); ++k)
        detail::name_member(k, [&] {
            const Grid<T> member = theta.member(k);
            detail::check_apart_from_choice(theta.storage(), "theta", models[at(k)], Grid<const T>(member));
            detail::check_apart_from_choice(theta.storage(), "theta", steppers[at(k)]);
            detail::check_noise_of(steppers[at(k)], of);
            advance(alone, steppers[at(k)], models[at(k)], member, 0, first_step);
        });
    if (steps == 0 || theta.empty()) return;
    const AnyPolicy workers = workers_of(policy);
    detail::for_each_member(workers, detail::Execution(workers), theta, detail::chosen(runs), [&](std::ptrdiff_t k) {
        Field<T> member(theta.member(k));
        advance(alone, steppers[at(k)], models[at(k)], member.view(), steps, first_step);
        detail::copy_cells(Grid<const T>(member), theta.member(k));
    });
}

/// The same with inertia. velocity has as many members as theta, of the same shape.
template <class T>
void advance(const Policy& policy, const std::vector<StepperChoice<T>>& steppers,
             const std::vector<ModelChoice<T>>& models, Ensemble<T>& theta, Ensemble<T>& velocity, std::int64_t steps,
             std::int64_t first_step, const std::vector<bool>& runs = {}) {
    const detail::StepsOfMember of{.first = first_step, .count = steps};
    detail::check_members_and_steps(steppers, models, theta.members(), of);
    detail::check_chosen(runs, theta.members());
    detail::check_velocities(theta, velocity);
    if (theta.members() == 0) return;
    if (const auto* workers = std::get_if<AnyPolicy>(&policy))
        if (models.front().inertia && detail::are_alike(steppers) && detail::are_alike(models))
            return detail::advance_alike(*workers, steppers, models, theta, velocity, of, runs);
    const Policy alone = detail::policy_of_member(policy);
    const auto at = [](std::ptrdiff_t k) { return static_cast<std::size_t>(k); };
    for (std::ptrdiff_t k = 0; k < theta.members(); ++k)
        detail::name_member(k, [&] {
            const Grid<const T> phases = theta.member(k);
            const auto check_cells = [&](const Grid<T>& cells, const char* name) {
                detail::check_apart_from_choice(cells, name, models[at(k)], phases);
                detail::check_apart_from_choice(cells, name, steppers[at(k)]);
            };
            check_cells(theta.storage(), "theta");
            check_cells(velocity.storage(), "velocity");
            detail::check_noise_of(steppers[at(k)], of);
            advance(alone, steppers[at(k)], models[at(k)], theta.member(k), velocity.member(k), 0, first_step);
        });
    if (steps == 0 || theta.empty()) return;
    const AnyPolicy workers = workers_of(policy);
    detail::for_each_member(workers, detail::Execution(workers), theta, detail::chosen(runs), [&](std::ptrdiff_t k) {
        Field<T> phases(theta.member(k));
        Field<T> velocities(velocity.member(k));
        advance(alone, steppers[at(k)], models[at(k)], phases.view(), velocities.view(), steps, first_step);
        detail::copy_cells(Grid<const T>(phases), theta.member(k));
        detail::copy_cells(Grid<const T>(velocities), velocity.member(k));
    });
}

} // namespace runtime
KURAMOTO_END_NAMESPACE
