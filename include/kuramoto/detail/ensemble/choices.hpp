// The steppers and models of an ensemble that are chosen at run time: whether all members can be advanced side by side,
// and as lists of one type.
#pragma once

#include <kuramoto/detail/ensemble/each_member.hpp>
#include <kuramoto/detail/ensemble/member.hpp>
#include <kuramoto/detail/run/stepper_factors.hpp>
#include <kuramoto/detail/simd/has_kernels.hpp>
#include <kuramoto/ensemble/ensemble.hpp>
#include <kuramoto/model/inertia.hpp>
#include <kuramoto/runtime/models.hpp>
#include <kuramoto/runtime/policies.hpp>
#include <kuramoto/runtime/steppers.hpp>

#include <concepts>
#include <cstddef>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

inline bool have_same_kinds(const Boundary& a, const Boundary& b) noexcept {
    return a.north.kind == b.north.kind && a.south.kind == b.south.kind && a.west.kind == b.west.kind &&
           a.east.kind == b.east.kind;
}

/// Whether a stepper and a model have the types of those of member 0, and a kernel for groups.
template <class T>
bool are_alike(const runtime::StepperChoice<T>& stepper, const runtime::StepperChoice<T>& first) noexcept {
    return stepper.kind == first.kind && stepper.D.is_number() == first.D.is_number();
}
template <class T> bool are_alike(const runtime::ModelChoice<T>& model, const runtime::ModelChoice<T>& first) {
    return model.coupling && first.coupling && *model.coupling == *first.coupling &&
           has_ensemble_kernels<T>(*model.coupling) && have_same_kinds(model.boundary, first.boundary) &&
           model.bonds.has_value() == first.bonds.has_value() && !model.mean_field &&
           model.inertia.has_value() == first.inertia.has_value();
}
template <class Choice> bool are_alike(const std::vector<Choice>& choices) {
    for (const Choice& choice : choices)
        if (!are_alike(choice, choices.front())) return false;
    return true;
}

/// The choices as a list of S. with(choice, use) calls `use` with the choice as a type, which is S for all of them.
template <class S, class Choice, class With>
std::vector<S> typed_as(const std::vector<Choice>& choices, const With& with) {
    std::vector<S> typed;
    typed.reserve(choices.size());
    for (const Choice& choice : choices)
        with(choice, [&](const auto& each) {
            if constexpr (std::same_as<S, std::remove_cvref_t<decltype(each)>>) typed.push_back(each);
        });
    return typed;
}

/// use(steppers, models), as lists of one type each. with_stepper, with_model: see typed_as. All choices are alike:
/// where they have no type, it is member 0 that throws.
template <class T, class WithStepper, class WithModel, class Use>
void with_typed(const std::vector<runtime::StepperChoice<T>>& steppers,
                const std::vector<runtime::ModelChoice<T>>& models, const WithStepper& with_stepper,
                const WithModel& with_model, const Use& use) {
    name_member(0, [&] {
        with_stepper(steppers.front(), [](const auto&) {});
        with_model(models.front(), [](const auto&) {});
    });
    with_stepper(steppers.front(), [&](const auto& stepper) {
        const auto typed = typed_as<std::remove_cvref_t<decltype(stepper)>>(steppers, with_stepper);
        with_model(models.front(), [&](const auto& model) {
            use(typed, typed_as<std::remove_cvref_t<decltype(model)>>(models, with_model));
        });
    });
}

/// use(model), for a lattice without a mean field and without its inertia.
template <class T, class Use> void with_lattice_model(const runtime::ModelChoice<T>& choice, const Use& use) {
    runtime::with_laplacian(choice, [&](const auto& laplacian) { use(kuramoto::Model{laplacian, choice.omega}); });
}

/// The policy with which a worker advances one member.
inline runtime::Policy policy_of_member(const runtime::Policy& policy) {
    if (std::holds_alternative<Serial>(policy)) return policy;
    return AnyPolicy(policy_of_member<AnyPolicy>(Execution(std::get<AnyPolicy>(policy))));
}

/// A function of k: whether member k runs. An empty `runs` means all. It must outlive the function.
inline auto chosen(const std::vector<bool>& runs) {
    return [&runs](std::ptrdiff_t k) { return runs.empty() || runs[static_cast<std::size_t>(k)]; };
}

void chosen(const std::vector<bool>&&) = delete;

/// Throws unless `runs` is empty or has one value per member.
inline void check_chosen(const std::vector<bool>& runs, std::ptrdiff_t members) {
    if (!runs.empty() && std::cmp_not_equal(runs.size(), members))
        invalid_argument("runs has " + integer_text(runs.size()) + " values for " + integer_text(members) + " members");
}

/// Throws if a field that a model reads overlaps a cell of any member.
template <class T>
void check_apart_from_choice(const Grid<T>& cells, const char* of_cells, const runtime::ModelChoice<T>& model,
                             const Grid<const T>& theta) {
    runtime::with_first_order_model(model,
                                    [&](const auto& typed) { check_apart_from_model(cells, of_cells, typed, theta); });
    if (model.inertia) check_inertia_apart(cells, of_cells, *model.inertia);
}
/// The same for the field D of a stepper.
template <class T>
void check_apart_from_choice(const Grid<T>& cells, const char* of_cells, const runtime::StepperChoice<T>& stepper) {
    if (!stepper.D.is_number()) check_disjoint(cells, of_cells, stepper.D.field(), "D");
}

/// Throws if the noise of a stepper has no numbers for these steps.
template <class T> void check_noise_of(const runtime::StepperChoice<T>& stepper, const StepsOfMember& steps) {
    if (!runtime::is_noisy(stepper.kind)) return;
    const bool is_averaged = stepper.kind == runtime::StepperKind::leimkuhler_matthews;
    static_cast<void>(numbered_noise<T>(stepper.seed, Grid<const T>(), steps.first, steps.count, is_averaged,
                                        Execution(AnyPolicy(Fused{}))));
}

} // namespace detail
KURAMOTO_END_NAMESPACE
