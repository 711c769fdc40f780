// advance for ensembles of models with inertia.
#pragma once

#include <kuramoto/detail/ensemble/each_member.hpp>
#include <kuramoto/ensemble/ensemble.hpp>
#include <kuramoto/run/inertia.hpp>

#include <concepts>
#include <cstdint>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// One model with inertia for all members, or one for each.
template <class Models>
concept InertialModelsOfMembers = is_inertial<ValueOfMember<Models>>;

/// Throws unless theta and velocity have the same number of members of the same shape, and are two objects.
template <class T> void check_velocities(const Ensemble<T>& theta, const Ensemble<T>& velocity) {
    if (theta.members() != velocity.members())
        invalid_argument("theta has " + integer_text(theta.members()) + " members, but velocity has " +
                         integer_text(velocity.members()));
    if (theta.rows() != velocity.rows() || theta.cols() != velocity.cols())
        invalid_argument("the members of theta are " + shape_text(theta.rows(), theta.cols()) +
                         " cells, but those of velocity are " + shape_text(velocity.rows(), velocity.cols()));
    if (&theta == &velocity && theta.members() > 0) invalid_argument("velocity must not be theta");
}

/// Throws if a field that a member's model reads overlaps the phases or the velocities of any member.
template <class T, class Inner, class Coefficients>
void check_inertial_member(Ensemble<T>& theta, Ensemble<T>& velocity, std::ptrdiff_t k,
                           const InertialModel<Inner, Coefficients>& model) {
    const auto check = [&](const Grid<T>& cells, const char* name) {
        check_apart_from_model(cells, name, model.model, Grid<const T>(theta.member(k)));
        check_inertia_apart(cells, name, model.inertia);
    };
    check(theta.storage(), "theta");
    check(velocity.storage(), "velocity");
}

} // namespace detail

/// Advances all members of an ensemble with inertia, and their velocities.
///
/// Arguments as in `advance` of an ensemble of lattices; velocity: as many members as theta, of the same shape. Each
/// member gets the bits that it gets alone, with Fused.
///
/// Throws: std::invalid_argument as `advance` of one member, with the number of the member, before anything is written.
/// If memory runs out later, the values of theta and velocity are unspecified.
/// Cost: that of the members alone. Each worker copies a member to a Field, advances it, and copies it back.
template <ExecutionPolicy P, class Steppers, detail::InertialModelsOfMembers Models, Real T>
requires InertialStepper<detail::ValueOfMember<Steppers>> &&
         (detail::OnePerMember<Steppers> || std::same_as<Steppers, VelocityVerlet>)
void advance(const P& policy, const Steppers& steppers, const Models& models, Ensemble<T>& theta, Ensemble<T>& velocity,
             std::int64_t steps, std::int64_t first_step) {
    const detail::Execution execution(policy);
    const Fused alone = detail::policy_of_member<P>(execution);
    detail::check_members_and_steps(steppers, models, theta.members(), {.first = first_step, .count = steps});
    detail::check_velocities(theta, velocity);
    for (std::ptrdiff_t k = 0; k < theta.members(); ++k)
        detail::name_member(k, [&] {
            const auto& model = detail::value_of_member(models, k);
            detail::check_inertial_member(theta, velocity, k, model);
            advance(alone, detail::value_of_member(steppers, k), model, theta.member(k), velocity.member(k), 0,
                    first_step);
        });
    if (steps == 0 || theta.empty()) return;
    detail::for_each_member(policy, execution, theta, [&](std::ptrdiff_t k) {
        Field<T> phases(theta.member(k));
        Field<T> velocities(velocity.member(k));
        advance(alone, detail::value_of_member(steppers, k), detail::value_of_member(models, k), phases, velocities,
                steps, first_step);
        detail::copy_cells(Grid<const T>(phases), theta.member(k));
        detail::copy_cells(Grid<const T>(velocities), velocity.member(k));
    });
}

/// The same without noise and with first_step = 0.
template <ExecutionPolicy P, class Steppers, detail::InertialModelsOfMembers Models, Real T>
requires std::same_as<detail::ValueOfMember<Steppers>, VelocityVerlet>
void advance(const P& policy, const Steppers& steppers, const Models& models, Ensemble<T>& theta, Ensemble<T>& velocity,
             std::int64_t steps) {
    advance(policy, steppers, models, theta, velocity, steps, 0);
}

// What does not compile: the comment behind it is in the compiler's message.
// clang-format off
template <ExecutionPolicy P, class Models, Real T, class... Others>
void advance(const P&, const BAOAB&, const Models&, Ensemble<T>&, Ensemble<T>&, Others&&...) = delete; // with noise, pass a std::vector of steppers, one per member with its own seed, and first_step
// clang-format on

KURAMOTO_END_NAMESPACE
