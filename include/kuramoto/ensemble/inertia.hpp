// advance for ensembles of models with inertia.
#pragma once

#include <kuramoto/detail/ensemble/each_member.hpp>
#include <kuramoto/ensemble/advance.hpp>
#include <kuramoto/ensemble/ensemble.hpp>
#include <kuramoto/run/inertia.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <vector>

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
    const auto check_cells = [&](const Grid<T>& cells, const char* name) {
        check_apart_from_model(cells, name, model.model, Grid<const T>(theta.member(k)));
        check_inertia_apart(cells, name, model.inertia);
    };
    check_cells(theta.storage(), "theta");
    check_cells(velocity.storage(), "velocity");
}

/// Advances the members k for which runs(k) is true one after the other. All arguments have been checked.
template <class P, class Steppers, class Models, class T, class Runs>
void advance_each_with_inertia(const P& policy, const Execution& execution, const Steppers& steppers,
                               const Models& models, Ensemble<T>& theta, Ensemble<T>& velocity,
                               const StepsOfMember& steps, const Runs& runs) {
    for_each_member(policy, execution, theta, runs, [&](std::ptrdiff_t k) {
        Field<T> phases(theta.member(k));
        Field<T> velocities(velocity.member(k));
        advance(policy_of_member<P>(execution), value_of_member(steppers, k), value_of_member(models, k), phases,
                velocities, steps.count, steps.first);
        copy_cells(Grid<const T>(phases), theta.member(k));
        copy_cells(Grid<const T>(velocities), velocity.member(k));
    });
}

/// The same in groups of lattices.
template <class P, class Steppers, class Models, class T, class Runs>
void advance_groups_with_inertia(const P& policy, const Execution& execution, const Steppers& steppers,
                                 const Models& models, Ensemble<T>& theta, Ensemble<T>& velocity,
                                 const StepsOfMember& steps, const Runs& runs) {
    using S = ValueOfMember<Steppers>;
    using Bonds = decltype(value_of_member(models, 0).model.laplacian.bonds);
    using Strength = std::conditional_t<has_own_strengths<Bonds>, OwnStrength, EqualStrength>;
    std::vector<InertialFactors<T>> factors; // own the fields that members view
    std::vector<EnsembleMember<T>> members;
    factors.reserve(static_cast<std::size_t>(theta.members()));
    members.reserve(factors.capacity());
    for (std::ptrdiff_t k = 0; k < theta.members(); ++k) {
        const S& stepper = value_of_member(steppers, k);
        const auto& model = value_of_member(models, k);
        const Grid<const T> phases = theta.member(k);
        const InertialFactors<T>& of_member =
            factors.emplace_back(policy_of_member<P>(execution), execution, stepper, model.inertia, phases);
        EnsembleMember<T>& member =
            members.emplace_back(lattice_of_member(model.model, theta.member(k), theta.storage(), execution));
        member.runs = runs(k);
        member.stages.outer[0] = of_member.half_dt();
        member.kick = of_member.kick();
        member.decay = of_member.decay();
        if constexpr (std::same_as<S, BAOAB>)
            member.noise = of_member.noise(stepper, phases, steps.first, steps.count, execution);
    }
    const auto coupling = prepared<T>(value_of_member(models, 0).model.laplacian.coupling);
    const EnsembleSteps<T> of{.rows = theta.rows(),
                              .cols = theta.cols(),
                              .steps = steps.count,
                              .has_strengths = has_own_strengths<Bonds>,
                              .has_noise = std::same_as<S, BAOAB>,
                              .has_inertia = true,
                              .kernel = ensemble_kernel<S, Strength, T>(coupling, execution.isa)};
    run_groups(policy, execution, of, members, theta.storage().data(), velocity.storage().data());
}

/// Advances the members k for which runs(k) is true.
template <class P, class Steppers, class Models, class T, class Runs>
void advance_members(const P& policy, const Steppers& steppers, const Models& models, Ensemble<T>& theta,
                     Ensemble<T>& velocity, const StepsOfMember& steps, const Runs& runs) {
    const Execution execution(policy);
    const Fused alone = policy_of_member<P>(execution);
    check_members_and_steps(steppers, models, theta.members(), steps);
    if (steps.count == INT64_MAX) invalid_argument("steps must be below 2^63 - 1 with inertia");
    check_velocities(theta, velocity);
    for (std::ptrdiff_t k = 0; k < theta.members(); ++k)
        name_member(k, [&] {
            const auto& stepper = value_of_member(steppers, k);
            const auto& model = value_of_member(models, k);
            check_inertial_member(theta, velocity, k, model);
            if constexpr (OnePerMember<Models> && LatticeModel<decltype(model.model)>)
                check_alike(model.model, value_of_member(models, 0).model);
            check_noise_numbers<T>(stepper, steps, execution);
            advance(alone, stepper, model, theta.member(k), velocity.member(k), 0, steps.first);
        });
    if (steps.count == 0 || theta.empty()) return;
    if constexpr (LatticeModel<decltype(value_of_member(models, 0).model)>)
        if (has_ensemble_kernels<T>(value_of_member(models, 0).model.laplacian.coupling))
            return advance_groups_with_inertia(policy, execution, steppers, models, theta, velocity, steps, runs);
    advance_each_with_inertia(policy, execution, steppers, models, theta, velocity, steps, runs);
}

} // namespace detail

/// Advances all members of an ensemble with inertia, and their velocities.
///
/// Arguments as in `advance` of an ensemble of lattices; velocity: as many members as theta, of the same shape. Each
/// member gets the bits that it gets alone, with Fused.
///
/// Throws: std::invalid_argument as `advance` of one member, with the number of the member, before anything is written.
/// If memory runs out later, the values of theta and velocity are unspecified.
///
/// Cost: on lattices, that of one large lattice, as in `advance` of an ensemble; fields of masses or dampings cost
/// three more fields per member. With mean-field coupling, or an AnyCoupling that has no kernels for ensembles, each
/// worker copies a member to a Field, advances it, and copies it back.
template <ExecutionPolicy P, class Steppers, detail::InertialModelsOfMembers Models, Real T>
requires InertialStepper<detail::ValueOfMember<Steppers>> &&
         (detail::OnePerMember<Steppers> || std::same_as<Steppers, VelocityVerlet>)
void advance(const P& policy, const Steppers& steppers, const Models& models, Ensemble<T>& theta, Ensemble<T>& velocity,
             std::int64_t steps, std::int64_t first_step) {
    detail::advance_members(policy, steppers, models, theta, velocity, {.first = first_step, .count = steps},
                            detail::everybody_runs);
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
