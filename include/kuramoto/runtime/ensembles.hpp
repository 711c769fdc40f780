// advance for ensembles whose models, steppers and policy are chosen at run time. Opt-in: not part of runtime.hpp.
#pragma once

#include <kuramoto/detail/ensemble/choices.hpp>
#include <kuramoto/ensemble/advance.hpp>
#include <kuramoto/ensemble/inertia.hpp>
#include <kuramoto/runtime/algorithms.hpp>
#include <kuramoto/runtime/ensemble_coupling.hpp>

#include <cstddef>
#include <cstdint>
#include <utility>
#include <variant>
#include <vector>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// Whether member k advances: all do if `runs` is empty.
inline bool does_run(const std::vector<bool>& runs, std::ptrdiff_t k) {
    return runs.empty() || runs[static_cast<std::size_t>(k)];
}

/// Throws for a negative number of steps, and for steppers, models or `runs` of another number than members.
template <class T>
void check_choices(const std::vector<runtime::StepperChoice<T>>& steppers,
                   const std::vector<runtime::ModelChoice<T>>& models, const Ensemble<T>& theta,
                   const StepsOfMember& steps, const std::vector<bool>& runs) {
    check_members_and_steps(steppers, models, theta.members(), steps);
    if (!runs.empty() && std::cmp_not_equal(runs.size(), theta.members()))
        invalid_argument("runs has " + integer_text(runs.size()) + " values for " + integer_text(theta.members()) +
                         " members");
}

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
        for (std::size_t k = 0; k < members.size(); ++k)
            members[k].runs = does_run(runs, static_cast<std::ptrdiff_t>(k));
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
        advance_members(policy, typed_steppers, typed_models, theta, velocity, steps,
                        [&](std::ptrdiff_t k) { return does_run(runs, k); });
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
/// All members go side by side, in the lanes of vectors, if their choices are alike: the same kind of stepper, an equal
/// coupling that has kernels for ensembles (see any_ensemble_coupling), the same kinds of edges, bonds with strengths
/// for all or none, D a number or a field for all, and no mean field. Otherwise each worker advances one member after
/// the other; with Serial, the calling thread does. Each member gets the bits that it gets alone, under this policy.
///
/// Throws: std::invalid_argument as `advance` of one member, with the number of the member, before anything is written;
/// and for steppers, models or runs of another number than members. If memory runs out later, the values of theta are
/// unspecified.
/// Cost: side by side as kuramoto::advance of an ensemble, with a copy of the choices per call; otherwise that of the
/// members alone and a copy of the ensemble's cells.
template <class T>
void advance(const Policy& policy, const std::vector<StepperChoice<T>>& steppers,
             const std::vector<ModelChoice<T>>& models, Ensemble<T>& theta, std::int64_t steps, std::int64_t first_step,
             const std::vector<bool>& runs = {}) {
    const detail::StepsOfMember of{.first = first_step, .count = steps};
    detail::check_choices(steppers, models, theta, of, runs);
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
            detail::check_apart_from_choices(theta.storage(), "theta", steppers[at(k)], models[at(k)],
                                             Grid<const T>(member));
            detail::check_noise_of(steppers[at(k)], of);
            advance(alone, steppers[at(k)], models[at(k)], member, 0, first_step);
        });
    if (steps == 0 || theta.empty()) return;
    const AnyPolicy workers = workers_of(policy);
    detail::for_each_member(workers, detail::Execution(workers), theta, [&](std::ptrdiff_t k) {
        if (!detail::does_run(runs, k)) return;
        Field<T> member(theta.member(k));
        advance(alone, steppers[at(k)], models[at(k)], member.view(), steps, first_step);
        detail::copy_cells(Grid<const T>(member), theta.member(k));
    });
}

/// The same with inertia, and for the velocities: as many members as theta, of the same shape.
template <class T>
void advance(const Policy& policy, const std::vector<StepperChoice<T>>& steppers,
             const std::vector<ModelChoice<T>>& models, Ensemble<T>& theta, Ensemble<T>& velocity, std::int64_t steps,
             std::int64_t first_step, const std::vector<bool>& runs = {}) {
    const detail::StepsOfMember of{.first = first_step, .count = steps};
    detail::check_choices(steppers, models, theta, of, runs);
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
            detail::check_apart_from_choices(theta.storage(), "theta", steppers[at(k)], models[at(k)], phases);
            detail::check_apart_from_choices(velocity.storage(), "velocity", steppers[at(k)], models[at(k)], phases);
            detail::check_noise_of(steppers[at(k)], of);
            advance(alone, steppers[at(k)], models[at(k)], theta.member(k), velocity.member(k), 0, first_step);
        });
    if (steps == 0 || theta.empty()) return;
    const AnyPolicy workers = workers_of(policy);
    detail::for_each_member(workers, detail::Execution(workers), theta, [&](std::ptrdiff_t k) {
        if (!detail::does_run(runs, k)) return;
        Field<T> phases(theta.member(k));
        Field<T> velocities(velocity.member(k));
        advance(alone, steppers[at(k)], models[at(k)], phases.view(), velocities.view(), steps, first_step);
        detail::copy_cells(Grid<const T>(phases), theta.member(k));
        detail::copy_cells(Grid<const T>(velocities), velocity.member(k));
    });
}

} // namespace runtime
KURAMOTO_END_NAMESPACE
