// advance_observed: an ensemble whose members are observed from time to time, and can be stopped one by one.
#pragma once

#include <kuramoto/ensemble/advance.hpp>

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

/// A function of a member's index, the number of steps in the whole run and the member's phases. It may return
/// something that converts to false to stop this member.
template <class Observer, class T>
concept MemberObserver =
    std::invocable<Observer&, std::ptrdiff_t, std::int64_t, Grid<const T>> &&
    (std::is_void_v<std::invoke_result_t<Observer&, std::ptrdiff_t, std::int64_t, Grid<const T>>> ||
     std::convertible_to<std::invoke_result_t<Observer&, std::ptrdiff_t, std::int64_t, Grid<const T>>, bool>);

} // namespace kuramoto

KURAMOTO_BEGIN_NAMESPACE

/// Advances all members of an ensemble, and calls the observer for each: before the first step, every `run.every`
/// steps, and after the last. A member that the observer stops keeps its phases from then on; the others go on. The run
/// ends after `run.steps` steps, or when all members have stopped.
///
/// Returns the number of steps that each member has made. steppers, models: as in `advance` of an ensemble. Each member
/// gets the bits of one call of `advance` with as many steps as it has made. The observer is called on the calling
/// thread, member by member.
///
/// Throws: as `advance` of an ensemble, before anything is observed or written; std::invalid_argument if run.every is
/// less than 1, and for step numbers beyond 2⁶³ − 1. What the observer throws is passed on; the members are then as it
/// saw them.
///
/// Cost: one `advance` per `run.every` steps. A member that has stopped costs nothing once all members of its group
/// have.
template <ExecutionPolicy P, class Steppers, class Models, Real T, MemberObserver<T> Observer>
requires detail::LatticeModelsOfMembers<Models> && detail::SteppersOfMembers<Steppers, T>
std::vector<std::int64_t> advance_observed(const P& policy, const Steppers& steppers, const Models& models,
                                           Ensemble<T>& theta, const ObservedSteps& run, Observer&& observer) {
    detail::check_count(run.steps, "steps");
    detail::check_count(run.first_step, "first_step");
    if (run.steps > INT64_MAX - run.first_step)
        detail::invalid_argument("first_step + steps = " + detail::integer_text(run.first_step) + " + " +
                                 detail::integer_text(run.steps) + " must be below 2^63");
    if (run.every < 1) detail::invalid_argument("every must be at least 1, but is " + detail::integer_text(run.every));
    std::vector<std::int64_t> done(static_cast<std::size_t>(theta.members()), 0);
    std::vector<char> runs(done.size(), 1);
    const auto advance_all = [&](std::int64_t at, std::int64_t steps) {
        detail::advance_members(policy, steppers, models, theta, {.first = run.first_step + at, .count = steps},
                                [&](std::ptrdiff_t k) { return runs[static_cast<std::size_t>(k)] != 0; });
    };
    // Whether any member goes on.
    const auto observe_all = [&] {
        bool goes_on = false;
        for (std::size_t k = 0; k < done.size(); ++k) {
            if (runs[k] == 0) continue;
            const auto member = static_cast<std::ptrdiff_t>(k);
            const Grid<const T> phases = theta.member(member);
            const std::int64_t step = run.first_step + done[k];
            if constexpr (std::is_void_v<decltype(std::invoke(observer, member, step, phases))>)
                std::invoke(observer, member, step, phases);
            else
                runs[k] = static_cast<bool>(std::invoke(observer, member, step, phases)) ? 1 : 0;
            goes_on = goes_on || runs[k] != 0;
        }
        return goes_on;
    };
    static_cast<void>(detail::checked_members(detail::Execution(policy), steppers, models, theta,
                                              {.first = run.first_step, .count = run.steps}));
    bool goes_on = observe_all();
    for (std::int64_t at = 0; goes_on && at < run.steps;) {
        const std::int64_t steps = run.every < run.steps - at ? run.every : run.steps - at;
        advance_all(at, steps);
        for (std::size_t k = 0; k < done.size(); ++k) done[k] += runs[k] != 0 ? steps : 0;
        at += steps;
        goes_on = observe_all();
    }
    return done;
}

KURAMOTO_END_NAMESPACE
