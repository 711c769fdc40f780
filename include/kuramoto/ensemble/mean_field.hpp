// advance for ensembles of models with mean-field coupling.
#pragma once

#include <kuramoto/detail/ensemble/each_member.hpp>
#include <kuramoto/ensemble/advance.hpp>
#include <kuramoto/ensemble/ensemble.hpp>
#include <kuramoto/run/mean_field.hpp>

#include <cstdint>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// One model with mean-field coupling for all members, or one for each.
template <class Models>
concept MeanFieldModelsOfMembers = is_mean_field<ValueOfMember<Models>>;

/// Advances the members k for which runs(k) is true.
template <class P, class Steppers, MeanFieldModelsOfMembers Models, class T, class Runs>
void advance_members(const P& policy, const Steppers& steppers, const Models& models, Ensemble<T>& theta,
                     const StepsOfMember& steps, const Runs& runs) {
    const Execution execution(policy);
    const Fused alone = policy_of_member<P>(execution);
    check_members_and_steps(steppers, models, theta.members(), steps);
    for (std::ptrdiff_t k = 0; k < theta.members(); ++k)
        name_member(k, [&] {
            const auto& stepper = value_of_member(steppers, k);
            const auto& model = value_of_member(models, k);
            const Grid<T> member = theta.member(k);
            check_apart_from_model(theta.storage(), "theta", model, Grid<const T>(member));
            check_apart_from_noise(theta.storage(), "theta", stepper);
            check_noise_numbers<T>(stepper, steps, execution);
            advance(alone, stepper, model, member, 0, steps.first);
        });
    if (steps.count == 0 || theta.empty()) return;
    advance_each(policy, execution, steppers, models, theta, steps, runs);
}

} // namespace detail

/// Advances all members of an ensemble with mean-field coupling: each cell is coupled to all cells of its member.
///
/// Arguments as in `advance` of an ensemble of lattices. Each member gets the bits that it gets alone, with Fused.
///
/// Throws: std::invalid_argument as `advance` of one member, with the number of the member, before anything is written.
/// If memory runs out later, the values of theta are unspecified.
/// Cost: that of the members alone. Each worker copies a member to a Field, advances it, and copies it back.
template <ExecutionPolicy P, class Steppers, detail::MeanFieldModelsOfMembers Models, Real T>
requires detail::SteppersOfMembers<Steppers, T>
void advance(const P& policy, const Steppers& steppers, const Models& models, Ensemble<T>& theta, std::int64_t steps,
             std::int64_t first_step) {
    detail::advance_members(policy, steppers, models, theta, {.first = first_step, .count = steps},
                            detail::everybody_runs);
}

/// The same with first_step = 0.
template <ExecutionPolicy P, class Steppers, detail::MeanFieldModelsOfMembers Models, Real T>
requires NoiselessStepper<detail::ValueOfMember<Steppers>>
void advance(const P& policy, const Steppers& steppers, const Models& models, Ensemble<T>& theta, std::int64_t steps) {
    advance(policy, steppers, models, theta, steps, 0);
}

KURAMOTO_END_NAMESPACE
