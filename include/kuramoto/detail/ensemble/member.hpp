// The numbers and fields that one member of an ensemble needs for its steps; and arguments that are one value for all
// members, or one for each.
#pragma once

#include <kuramoto/detail/build/checks.hpp>
#include <kuramoto/detail/kernels/stages.hpp>
#include <kuramoto/detail/random/noise.hpp>
#include <kuramoto/model/boundary.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <type_traits>
#include <utility>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// A std::vector, std::array or std::span of one value per member.
template <class Values>
concept OnePerMember = requires(const Values& values) {
    values.data()[0];
    { values.size() } -> std::convertible_to<std::size_t>;
};

template <class Values> const auto& value_of_member(const Values& values, std::ptrdiff_t k) {
    if constexpr (OnePerMember<Values>)
        return values.data()[k];
    else
        return values;
}
/// The type of these values.
template <class Values>
using ValueOfMember = std::remove_cvref_t<decltype(value_of_member(std::declval<const Values&>(), 0))>;

template <class Values> void check_one_per_member(const Values& values, std::ptrdiff_t members, const char* name) {
    if constexpr (OnePerMember<Values>)
        if (std::cmp_not_equal(values.size(), members))
            invalid_argument(string_of(name) + " has " + integer_text(values.size()) + " values for " +
                             integer_text(members) + " members");
}

/// A choice of members: all run.
inline bool everybody_runs(std::ptrdiff_t) noexcept { return true; }
/// A choice of members: none runs. advance_members then only checks its arguments.
inline bool nobody_runs(std::ptrdiff_t) noexcept { return false; }

/// Time steps [first, first + count) of a run.
struct StepsOfMember {
    std::int64_t first = 0;
    std::int64_t count = 0;
};

/// Throws for negative numbers of steps, and for steppers or models of another number than members.
template <class Steppers, class Models>
void check_members_and_steps(const Steppers& steppers, const Models& models, std::ptrdiff_t members,
                             const StepsOfMember& steps) {
    check_count(steps.count, "steps");
    check_count(steps.first, "first_step");
    check_one_per_member(steppers, members, "steppers");
    check_one_per_member(models, members, "models");
}

/// Calls work(); an error that it throws names the member.
template <class Work> void name_member(std::ptrdiff_t k, const Work& work) {
#if defined(__cpp_exceptions)
    try {
        work();
    } catch (const std::invalid_argument& error) {
        invalid_argument("member " + integer_text(k) + ": " + error.what());
    } catch (const std::runtime_error& error) {
        runtime_error("member " + integer_text(k) + ": " + error.what());
    }
#else
    static_cast<void>(k);
    work();
#endif
}

/// A model and a stepper in the precision of the cells. Lanes without a member, or with one that does not run, have the
/// values given here: their phases stay 0.
template <class T> struct EnsembleMember {
    bool runs = true; ///< otherwise the member stays as it is
    T K = 0;
    Source<T> omega = {};
    Source<T> east_strength = {};
    Source<T> south_strength = {};
    Boundary boundary = {};
    Stages<T> stages = {}; ///< with inertia, outer[0] is half of the time step
    Noise<T> noise = {};
    Source<T> kick = {};  ///< with inertia: dt / 2m
    Source<T> decay = {}; ///< with inertia: e^(−γ dt/m) − 1
};

} // namespace detail
KURAMOTO_END_NAMESPACE
