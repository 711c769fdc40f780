// integrate for ensembles: adaptive steps, which each member chooses for itself.
#pragma once

#include <kuramoto/ensemble/inertia.hpp>
#include <kuramoto/ensemble/mean_field.hpp>
#include <kuramoto/run/integrate.hpp>
#include <kuramoto/run/mean_field.hpp>
#include <kuramoto/run/phase_space.hpp>

#include <concepts>
#include <cstddef>
#include <vector>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// One method for all members, or one for each.
template <class Methods>
concept MethodsOfMembers = std::same_as<ValueOfMember<Methods>, DormandPrince54>;

/// Throws as `integrate` of each member.
template <class Methods, class Models, class T>
void check_members(const Methods& methods, const Models& models, Ensemble<T>& theta, double duration) {
    check_duration(duration);
    check_one_per_member(methods, theta.members(), "methods");
    check_one_per_member(models, theta.members(), "models");
    for (std::ptrdiff_t k = 0; k < theta.members(); ++k)
        name_member(k, [&] { check_method(value_of_member(methods, k)); });
}

} // namespace detail

/// Advances all members of an ensemble by the time `duration`, each with its own steps; returns a report for each.
///
/// methods, models: one for all members, or one for each, of a Model or a MeanFieldModel. The bits are those of
/// `integrate` of each member alone.
///
/// Throws: as `integrate` of one member, with the number of the member. Whatever is thrown, theta is as it was.
/// Cost: that of the members alone, and a copy of the ensemble. Each worker copies a member to a Field and integrates
/// the copy. All copies are written back at the end. First, the calling thread evaluates one rate of each member.
template <ExecutionPolicy P, detail::MethodsOfMembers Methods, class Models, Real T>
requires(detail::LatticeModelsOfMembers<Models> || detail::MeanFieldModelsOfMembers<Models>)
std::vector<IntegrationReport> integrate(const P& policy, const Methods& methods, const Models& models,
                                         Ensemble<T>& theta, double duration) {
    const detail::Execution execution(policy);
    const Fused alone = detail::policy_of_member<P>(execution);
    detail::check_members(methods, models, theta, duration);
    for (std::ptrdiff_t k = 0; k < theta.members(); ++k)
        detail::name_member(k, [&] {
            const auto& model = detail::value_of_member(models, k);
            const Grid<T> member = theta.member(k);
            detail::check_apart_from_model(theta.storage(), "theta", model, Grid<const T>(member));
            static_cast<void>(integrate(alone, detail::value_of_member(methods, k), model, member, 0.0));
        });
    if (duration <= 0) return std::vector<IntegrationReport>(static_cast<std::size_t>(theta.members()));
    return detail::integrate_each(policy, theta, detail::everybody_runs, [&](std::ptrdiff_t k, const Grid<T>& phases) {
        return integrate(alone, detail::value_of_member(methods, k), detail::value_of_member(models, k), phases,
                         duration);
    });
}

/// The same with inertia: velocity has as many members as theta, of the same shape. Whatever is thrown, both are as
/// they were.
template <ExecutionPolicy P, detail::MethodsOfMembers Methods, detail::InertialModelsOfMembers Models, Real T>
std::vector<IntegrationReport> integrate(const P& policy, const Methods& methods, const Models& models,
                                         Ensemble<T>& theta, Ensemble<T>& velocity, double duration) {
    const detail::Execution execution(policy);
    const Fused alone = detail::policy_of_member<P>(execution);
    detail::check_members(methods, models, theta, duration);
    detail::check_velocities(theta, velocity);
    for (std::ptrdiff_t k = 0; k < theta.members(); ++k)
        detail::name_member(k, [&] {
            const auto& model = detail::value_of_member(models, k);
            detail::check_inertial_member(theta, velocity, k, model);
            static_cast<void>(
                integrate(alone, detail::value_of_member(methods, k), model, theta.member(k), velocity.member(k), 0.0));
        });
    if (duration <= 0) return std::vector<IntegrationReport>(static_cast<std::size_t>(theta.members()));
    return detail::integrate_each(policy, theta, velocity, detail::everybody_runs,
                                  [&](std::ptrdiff_t k, const Grid<T>& phases, const Grid<T>& velocities) {
                                      return integrate(alone, detail::value_of_member(methods, k),
                                                       detail::value_of_member(models, k), phases, velocities,
                                                       duration);
                                  });
}

KURAMOTO_END_NAMESPACE
