// Advances the members of an ensemble one by one, on the workers of a policy: for models and methods that have no
// kernel for groups.
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

/// work(k) for every member of an ensemble, on any workers. If some throw, the error of the first of these members is
/// thrown when all workers are done.
template <class P, class T, class Work>
void for_each_member(const P& policy, const Execution& execution, const Ensemble<T>& theta, const Work& work) {
    const int tasks = tasks_for(theta.members(), theta.size(), execution);
    std::vector<MemberError> errors(static_cast<std::size_t>(tasks));
    for_pieces(policy, tasks, theta.members(), [&](int task, std::ptrdiff_t begin, std::ptrdiff_t end) noexcept {
        std::ptrdiff_t k = begin;
#if defined(__cpp_exceptions)
        try {
            for (; k < end; ++k) name_member(k, [&] { work(k); });
        } catch (...) {
            errors[static_cast<std::size_t>(task)].add({k, std::current_exception()});
        }
#else
        static_cast<void>(task);
        for (; k < end; ++k) work(k);
#endif
    });
    MemberError first;
    for (const MemberError& error : errors) first.add(error);
    if (first.error != nullptr) std::rethrow_exception(first.error);
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
    for_each_member(policy, execution, theta, [&](std::ptrdiff_t k) {
        if (!runs(k)) return;
        Field<T> member(theta.member(k));
        advance(policy_of_member<P>(execution), value_of_member(steppers, k), value_of_member(models, k), member,
                steps.count, steps.first);
        copy_cells(Grid<const T>(member), theta.member(k));
    });
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
