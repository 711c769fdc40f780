// advance_observed for ensembles whose models, steppers and policy are chosen at run time.
#pragma once

#include <kuramoto/ensemble/observed.hpp>
#include <kuramoto/runtime/ensemble/advance.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// The choice `runs` as a list, one value per member.
template <class Runs> std::vector<bool> choice_of(const Runs& runs, std::ptrdiff_t members) {
    std::vector<bool> all;
    for (std::ptrdiff_t k = 0; k < members; ++k) all.push_back(runs(k));
    return all;
}

} // namespace detail

namespace runtime {

/// Advances members of an ensemble and observes each of them: before the first step, every `run.every` steps, and after
/// the last. The observer can stop single members: see kuramoto::advance_observed.
///
/// steppers, models: one per member, as in `advance`.
///
/// Returns: the number of steps of each member.
///
/// Throws: as `advance`, before anything is observed or written; std::invalid_argument if run.every is less than 1, and
/// for step numbers beyond 2⁶³ − 1. What the observer throws is passed on; the members are then as it saw them.
/// Cost: one `advance` per `run.every` steps, which checks the arguments of all members.
/// Accuracy: each member gets the bits of one call of `advance` with as many steps.
template <class T, MemberObserver<T> Observer>
std::vector<std::int64_t> advance_observed(const Policy& policy, const std::vector<StepperChoice<T>>& steppers,
                                           const std::vector<ModelChoice<T>>& models, Ensemble<T>& theta,
                                           const ObservedSteps& run, Observer&& observer) {
    detail::check_observed_steps(run);
    const auto advance_some = [&](const detail::StepsOfMember& steps, const auto& runs) {
        advance(policy, steppers, models, theta, steps.count, steps.first, detail::choice_of(runs, theta.members()));
    };
    advance_some({.first = run.first_step, .count = run.steps}, detail::nobody_runs); // throws for invalid arguments
    return detail::run_observed(theta.members(), run, advance_some, [&](std::ptrdiff_t k, std::int64_t step) {
        return detail::goes_on(observer, k, step, Grid<const T>(theta.member(k)));
    });
}

/// The same with inertia. The observer sees the velocities too. A member that it stops keeps its phases and velocities.
template <class T, MemberObserver<T, Grid<const T>> Observer>
std::vector<std::int64_t> advance_observed(const Policy& policy, const std::vector<StepperChoice<T>>& steppers,
                                           const std::vector<ModelChoice<T>>& models, Ensemble<T>& theta,
                                           Ensemble<T>& velocity, const ObservedSteps& run, Observer&& observer) {
    detail::check_observed_steps(run);
    const auto advance_some = [&](const detail::StepsOfMember& steps, const auto& runs) {
        advance(policy, steppers, models, theta, velocity, steps.count, steps.first,
                detail::choice_of(runs, theta.members()));
    };
    advance_some({.first = run.first_step, .count = run.steps}, detail::nobody_runs); // throws for invalid arguments
    return detail::run_observed(theta.members(), run, advance_some, [&](std::ptrdiff_t k, std::int64_t step) {
        return detail::goes_on(observer, k, step, Grid<const T>(theta.member(k)), Grid<const T>(velocity.member(k)));
    });
}

} // namespace runtime
KURAMOTO_END_NAMESPACE
