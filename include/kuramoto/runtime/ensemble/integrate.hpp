// integrate for ensembles whose models and policy are chosen at run time: adaptive steps.
#pragma once

#include <kuramoto/detail/ensemble/choices.hpp>
#include <kuramoto/ensemble/integrate.hpp>
#include <kuramoto/runtime/algorithms.hpp>

#include <cstddef>
#include <vector>

KURAMOTO_BEGIN_NAMESPACE
namespace runtime {

/// Advances members of an ensemble in place by the time `duration`, with adaptive steps: see kuramoto::integrate of an
/// ensemble.
///
/// methods, models: one per member. Models can be mixed.
///
/// runs: which members are integrated, one value per member; if empty, all. The others keep their state. Their methods
/// are checked, their models are not.
///
/// Returns: a report per member. That of a member that is not integrated has only zeros.
///
/// Throws: as `integrate` of one member, with the number of the member; std::invalid_argument if methods, models or
/// runs do not have one value per member. Whatever is thrown, theta is as it was.
/// Cost: that of the members alone, and a copy of those that are integrated. Each worker integrates one member at a
/// time; with Serial, the calling thread does. First, the calling thread evaluates one rate of each member.
/// Accuracy: each member gets the bits that it gets alone, under this policy.
template <class T>
std::vector<IntegrationReport> integrate(const Policy& policy, const std::vector<DormandPrince54>& methods,
                                         const std::vector<ModelChoice<T>>& models, Ensemble<T>& theta, double duration,
                                         const std::vector<bool>& runs = {}) {
    detail::check_members(methods, models, theta, duration);
    detail::check_chosen(runs, theta.members());
    const Policy alone = detail::policy_of_member(policy);
    const auto integrate_one = [&](std::ptrdiff_t k, const Grid<T>& phases, double time) {
        const auto at = static_cast<std::size_t>(k);
        return integrate(alone, methods[at], models[at], phases, time);
    };
    for (const std::ptrdiff_t k : detail::members_that_run(theta.members(), detail::chosen(runs)))
        detail::name_member(k, [&] {
            const Grid<T> member = theta.member(k);
            const ModelChoice<T>& model = models[static_cast<std::size_t>(k)];
            detail::check_apart_from_choice(theta.storage(), "theta", model, Grid<const T>(member));
            integrate_one(k, member, 0.0);
        });
    if (duration <= 0) return std::vector<IntegrationReport>(models.size());
    return detail::integrate_each(
        workers_of(policy), theta, detail::chosen(runs),
        [&](std::ptrdiff_t k, const Grid<T>& phases) { return integrate_one(k, phases, duration); });
}

/// The same with inertia. velocity has as many members as theta, of the same shape. Whatever is thrown, both are as
/// they were.
template <class T>
std::vector<IntegrationReport> integrate(const Policy& policy, const std::vector<DormandPrince54>& methods,
                                         const std::vector<ModelChoice<T>>& models, Ensemble<T>& theta,
                                         Ensemble<T>& velocity, double duration, const std::vector<bool>& runs = {}) {
    detail::check_members(methods, models, theta, duration);
    detail::check_chosen(runs, theta.members());
    detail::check_velocities(theta, velocity);
    const Policy alone = detail::policy_of_member(policy);
    const auto integrate_one = [&](std::ptrdiff_t k, const Grid<T>& phases, const Grid<T>& velocities, double time) {
        const auto at = static_cast<std::size_t>(k);
        return integrate(alone, methods[at], models[at], phases, velocities, time);
    };
    for (const std::ptrdiff_t k : detail::members_that_run(theta.members(), detail::chosen(runs)))
        detail::name_member(k, [&] {
            const Grid<const T> phases = theta.member(k);
            const ModelChoice<T>& model = models[static_cast<std::size_t>(k)];
            detail::check_apart_from_choice(theta.storage(), "theta", model, phases);
            detail::check_apart_from_choice(velocity.storage(), "velocity", model, phases);
            integrate_one(k, theta.member(k), velocity.member(k), 0.0);
        });
    if (duration <= 0) return std::vector<IntegrationReport>(models.size());
    return detail::integrate_each(workers_of(policy), theta, velocity, detail::chosen(runs),
                                  [&](std::ptrdiff_t k, const Grid<T>& phases, const Grid<T>& velocities) {
                                      return integrate_one(k, phases, velocities, duration);
                                  });
}

} // namespace runtime
KURAMOTO_END_NAMESPACE
