// advance_observed: an ensemble whose members are observed from time to time, and can be stopped one by one.
#pragma once

#include <kuramoto/ensemble/advance.hpp>
#include <kuramoto/ensemble/inertia.hpp>
#include <kuramoto/ensemble/mean_field.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <type_traits>
#include <vector>

namespace kuramoto {

/// How long an ensemble is advanced, and how often its members are observed.
struct ObservedSteps {
    std::int64_t steps = 0;      ///< at most
    std::int64_t every = 1;      ///< number of steps between observations; at least 1
    std::int64_t first_step = 0; ///< the number of the first step in the whole run
};

/// A function of a member's index, the number of steps in the whole run and the member's phases; with inertia also of
/// its velocities. It may return something that converts to false to stop this member.
template <class Observer, class T, class... Velocities>
concept MemberObserver =
    std::invocable<Observer&, std::ptrdiff_t, std::int64_t, Grid<const T>, Velocities...> &&
    (std::is_void_v<std::invoke_result_t<Observer&, std::ptrdiff_t, std::int64_t, Grid<const T>, Velocities...>> ||
     std::convertible_to<std::invoke_result_t<Observer&, std::ptrdiff_t, std::int64_t, Grid<const T>, Velocities...>,
                         bool>);

} // namespace kuramoto

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

inline void check_observed_steps(const ObservedSteps& run) {
    check_count(run.steps, "steps");
    check_count(run.first_step, "first_step");
    if (run.steps > INT64_MAX - run.first_step)
        invalid_argument("first_step + steps = " + integer_text(run.first_step) + " + " + integer_text(run.steps) +
                         " must be below 2^63");
    if (run.every < 1) invalid_argument("every must be at least 1, but is " + integer_text(run.every));
}

/// What the observer says of a member: whether it goes on.
template <class Observer, class... Arguments> bool goes_on(Observer& observer, const Arguments&... arguments) {
    if constexpr (std::is_void_v<std::invoke_result_t<Observer&, const Arguments&...>>) {
        std::invoke(observer, arguments...);
        return true;
    } else {
        return static_cast<bool>(std::invoke(observer, arguments...));
    }
}

/// A run whose members are observed. Returns the number of steps of each member. advance(steps, runs) advances the
/// members k for which runs(k) is true; observe(k, step) says whether member k goes on.
template <class Advance, class Observe>
std::vector<std::int64_t> run_observed(std::ptrdiff_t members, const ObservedSteps& run, const Advance& advance,
                                       const Observe& observe) {
    std::vector<std::int64_t> done(static_cast<std::size_t>(members), 0);
    std::vector<char> runs(done.size(), 1);
    const auto observe_all = [&] { // whether any member goes on
        bool does_any = false;
        for (std::size_t k = 0; k < done.size(); ++k) {
            if (runs[k] == 0) continue;
            runs[k] = observe(static_cast<std::ptrdiff_t>(k), run.first_step + done[k]) ? 1 : 0;
            does_any = does_any || runs[k] != 0;
        }
        return does_any;
    };
    bool does_any = observe_all();
    for (std::int64_t at = 0; does_any && at < run.steps;) {
        const std::int64_t steps = run.every < run.steps - at ? run.every : run.steps - at;
        advance(StepsOfMember{.first = run.first_step + at, .count = steps},
                [&](std::ptrdiff_t k) { return runs[static_cast<std::size_t>(k)] != 0; });
        for (std::size_t k = 0; k < done.size(); ++k) done[k] += runs[k] != 0 ? steps : 0;
        at += steps;
        does_any = observe_all();
    }
    return done;
}

} // namespace detail

/// Advances all members of an ensemble, and calls the observer for each: before the first step, every `run.every`
/// steps, and after the last. A member that the observer stops keeps its phases from then on; the others go on. The run
/// ends after `run.steps` steps, or when all members have stopped.
///
/// steppers, models: as in `advance` of an ensemble, also with mean-field coupling.
///
/// Returns: the number of steps of each member.
///
/// Observer: called on the calling thread, member by member.
///
/// Throws: as `advance` of an ensemble, before anything is observed or written; std::invalid_argument if run.every is
/// less than 1, and for step numbers beyond 2⁶³ − 1. What the observer throws is passed on; the members are then as it
/// saw them.
///
/// Cost: one `advance` per `run.every` steps, which checks the arguments of all members. Members that are advanced side
/// by side cost nothing once all of their group have stopped; others, once they have.
///
/// Accuracy: each member gets the bits of one call of `advance` with as many steps.
template <ExecutionPolicy P, class Steppers, class Models, Real T, MemberObserver<T> Observer>
requires(detail::LatticeModelsOfMembers<Models> || detail::MeanFieldModelsOfMembers<Models>) &&
        detail::SteppersOfMembers<Steppers, T>
std::vector<std::int64_t> advance_observed(const P& policy, const Steppers& steppers, const Models& models,
                                           Ensemble<T>& theta, const ObservedSteps& run, Observer&& observer) {
    detail::check_observed_steps(run);
    detail::advance_members(policy, steppers, models, theta, {.first = run.first_step, .count = run.steps},
                            detail::nobody_runs); // throws if an argument is invalid
    return detail::run_observed(
        theta.members(), run,
        [&](const detail::StepsOfMember& steps, const auto& runs) {
            detail::advance_members(policy, steppers, models, theta, steps, runs);
        },
        [&](std::ptrdiff_t k, std::int64_t step) {
            return detail::goes_on(observer, k, step, Grid<const T>(theta.member(k)));
        });
}

/// The same with inertia. The observer sees the velocities too. A member that it stops keeps its phases and velocities.
template <ExecutionPolicy P, class Steppers, detail::InertialModelsOfMembers Models, Real T,
          MemberObserver<T, Grid<const T>> Observer>
requires InertialStepper<detail::ValueOfMember<Steppers>> &&
         (detail::OnePerMember<Steppers> || std::same_as<Steppers, VelocityVerlet>)
std::vector<std::int64_t> advance_observed(const P& policy, const Steppers& steppers, const Models& models,
                                           Ensemble<T>& theta, Ensemble<T>& velocity, const ObservedSteps& run,
                                           Observer&& observer) {
    detail::check_observed_steps(run);
    detail::advance_members(policy, steppers, models, theta, velocity, {.first = run.first_step, .count = run.steps},
                            detail::nobody_runs); // throws if an argument is invalid
    return detail::run_observed(
        theta.members(), run,
        [&](const detail::StepsOfMember& steps, const auto& runs) {
            detail::advance_members(policy, steppers, models, theta, velocity, steps, runs);
        },
        [&](std::ptrdiff_t k, std::int64_t step) {
            return detail::goes_on(observer, k, step, Grid<const T>(theta.member(k)),
                                   Grid<const T>(velocity.member(k)));
        });
}

KURAMOTO_END_NAMESPACE
