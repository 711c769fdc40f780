// Advances and integrates the members of an ensemble one by one, on the workers of a policy: for models and methods
// that have no kernel for groups.
#pragma once

#include <kuramoto/detail/ensemble/member.hpp>
#include <kuramoto/detail/parallel/cell_blocks.hpp>
#include <kuramoto/detail/parallel/workers.hpp>
#include <kuramoto/detail/run/lattice_sweep.hpp>
#include <kuramoto/detail/run/mean_field.hpp>
#include <kuramoto/ensemble/ensemble.hpp>
#include <kuramoto/execution/policy.hpp>
#include <kuramoto/run/advance.hpp>
#include <kuramoto/run/mean_field.hpp>
#include <kuramoto/stepping/dormand_prince.hpp>

#include <cstddef>
#include <exception>
#include <vector>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// The error of the first member that threw.
struct MemberError {
    std::ptrdiff_t member = 0;
    std::exception_ptr error = nullptr; ///< null: none threw

    void add(const MemberError& other) {
        if (other.error != nullptr && (error == nullptr || other.member < member)) *this = other;
    }
};

/// The members k for which runs(k) is true, in order.
template <class Runs> std::vector<std::ptrdiff_t> members_that_run(std::ptrdiff_t members, const Runs& runs) {
    std::vector<std::ptrdiff_t> found;
    for (std::ptrdiff_t k = 0; k < members; ++k)
        if (runs(k)) found.push_back(k);
    return found;
}

/// work(k) for the members of an ensemble for which runs(k) is true, on the workers of a policy. If some throw, the
/// error of the one with the lowest number is thrown when all workers are done.
template <class P, class T, class Runs, class Work>
void visit_members(const P& policy, const Execution& execution, const Ensemble<T>& theta, const Runs& runs,
                   const Work& work) {
    const std::vector<std::ptrdiff_t> members = members_that_run(theta.members(), runs);
    const auto count = static_cast<std::ptrdiff_t>(members.size());
    const int tasks = tasks_for(count, theta.size(), execution); // few members may run for long
    std::vector<MemberError> errors(static_cast<std::size_t>(tasks));
    for_pieces(policy, tasks, count, [&](int task, std::ptrdiff_t begin, std::ptrdiff_t end) noexcept {
        const std::ptrdiff_t* k = members.data() + begin;
        const std::ptrdiff_t* const last = members.data() + end;
#if defined(__cpp_exceptions)
        try {
            for (; k != last; ++k) work(*k);
        } catch (...) {
            errors[static_cast<std::size_t>(task)].add({*k, std::current_exception()});
        }
#else
        static_cast<void>(task);
        for (; k != last; ++k) work(*k);
#endif
    });
    MemberError first;
    for (const MemberError& error : errors) first.add(error);
    if (first.error != nullptr) std::rethrow_exception(first.error);
}
/// The same; the error names the member.
template <class P, class T, class Runs, class Work>
void for_each_member(const P& policy, const Execution& execution, const Ensemble<T>& theta, const Runs& runs,
                     const Work& work) {
    visit_members(policy, execution, theta, runs, [&](std::ptrdiff_t k) { name_member(k, [&] { work(k); }); });
}

/// The policy with which a worker of P advances one member.
template <ExecutionPolicy P> Fused policy_of_member(const Execution& execution) {
    static_assert(!works_in_array_passes<P>, "an ensemble has no array passes: use Fused in place of Serial");
    return {.depth = execution.depth, .isa = execution.isa};
}

/// Advances the members k for which runs(k) is true one by one. All arguments have been checked.
template <class P, class Steppers, class Models, class T, class Runs>
void advance_each(const P& policy, const Execution& execution, const Steppers& steppers, const Models& models,
                  Ensemble<T>& theta, const StepsOfMember& steps, const Runs& runs) {
    for_each_member(policy, execution, theta, runs, [&](std::ptrdiff_t k) {
        Field<T> member(theta.member(k));
        advance(policy_of_member<P>(execution), value_of_member(steppers, k), value_of_member(models, k), member,
                steps.count, steps.first);
        copy_cells(Grid<const T>(member), theta.member(k));
    });
}

/// Copies of members. The workers make them at the same time, each that of the member it works on.
template <class T> class MemberCopies {
  public:
    explicit MemberCopies(std::ptrdiff_t members) : copies_(static_cast<std::size_t>(members)) {}

    Grid<T> copy(const Grid<const T>& member, std::ptrdiff_t k) {
        return (copies_[static_cast<std::size_t>(k)] = Field<T>(member)).view();
    }
    /// Writes each copy to its member of `ensemble`.
    void write_back(Ensemble<T>& ensemble) const {
        for (std::size_t k = 0; k < copies_.size(); ++k)
            if (!copies_[k].empty())
                copy_cells(Grid<const T>(copies_[k]), ensemble.member(static_cast<std::ptrdiff_t>(k)));
    }

  private:
    std::vector<Field<T>> copies_;
};

/// Calls integrate_one(k, phases), which returns a report, on a copy of each member k for which runs(k) is true. Writes
/// the copies to theta when all members are done. The reports of other members stay zero.
template <class P, class T, class Runs, class IntegrateOne>
std::vector<IntegrationReport> integrate_each(const P& policy, Ensemble<T>& theta, const Runs& runs,
                                              const IntegrateOne& integrate_one) {
    std::vector<IntegrationReport> reports(static_cast<std::size_t>(theta.members()));
    MemberCopies<T> phases(theta.members());
    for_each_member(policy, Execution(policy), theta, runs, [&](std::ptrdiff_t k) {
        reports[static_cast<std::size_t>(k)] = integrate_one(k, phases.copy(theta.member(k), k));
    });
    phases.write_back(theta);
    return reports;
}
/// The same with velocities, and integrate_one(k, phases, velocities).
template <class P, class T, class Runs, class IntegrateOne>
std::vector<IntegrationReport> integrate_each(const P& policy, Ensemble<T>& theta, Ensemble<T>& velocity,
                                              const Runs& runs, const IntegrateOne& integrate_one) {
    std::vector<IntegrationReport> reports(static_cast<std::size_t>(theta.members()));
    MemberCopies<T> phases(theta.members());
    MemberCopies<T> velocities(theta.members());
    for_each_member(policy, Execution(policy), theta, runs, [&](std::ptrdiff_t k) {
        reports[static_cast<std::size_t>(k)] =
            integrate_one(k, phases.copy(theta.member(k), k), velocities.copy(velocity.member(k), k));
    });
    phases.write_back(theta);
    velocities.write_back(velocity);
    return reports;
}

/// Throws if a field that a model reads overlaps a cell of any member.
template <class T, class ModelType>
void check_apart_from_model(const Grid<T>& cells, const char* name, const ModelType& model,
                            const Grid<const T>& theta) {
    check_apart_from_lattice(cells, name, model);
    check_disjoint(cells, name, source_of(omega_of(model), theta).field, "omega");
}

/// Throws if the noise of a stepper, if it has any, has no numbers for these steps.
template <class T, class S>
void check_noise_numbers([[maybe_unused]] const S& stepper, const StepsOfMember& steps, const Execution& execution) {
    if constexpr (requires { stepper.seed; })
        static_cast<void>(
            numbered_noise<T>(stepper.seed, Grid<const T>(), steps.first, steps.count, AveragedNoise<S>, execution));
}

/// Throws if the field D of a stepper overlaps a cell of any member.
template <class T, class S>
void check_apart_from_noise(const Grid<T>& cells, const char* name, [[maybe_unused]] const S& stepper) {
    if constexpr (requires { Grid<const T>(stepper.D); }) check_disjoint(cells, name, Grid<const T>(stepper.D), "D");
}

} // namespace detail
KURAMOTO_END_NAMESPACE
