// advance for ensembles: time steps of all members together.
#pragma once

#include <kuramoto/detail/ensemble/each_member.hpp>
#include <kuramoto/detail/ensemble/group.hpp>
#include <kuramoto/detail/ensemble/member.hpp>
#include <kuramoto/detail/kernels/ensemble_kernels.hpp>
#include <kuramoto/detail/memory/buffer.hpp>
#include <kuramoto/detail/run/check_model.hpp>
#include <kuramoto/detail/run/lattice_sweep.hpp>
#include <kuramoto/detail/run/stepper_factors.hpp>
#include <kuramoto/detail/simd/has_kernels.hpp>
#include <kuramoto/ensemble/ensemble.hpp>
#include <kuramoto/execution/policy.hpp>
#include <kuramoto/model/mean_field.hpp>
#include <kuramoto/model/model.hpp>
#include <kuramoto/stepping/baoab.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <vector>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// One lattice model for all members, or one for each.
template <class Models>
concept LatticeModelsOfMembers = LatticeModel<ValueOfMember<Models>>;
/// One stepper for all members, or one for each. With noise one for each: a seed for all would give all members the
/// same noise.
template <class Steppers, class T>
concept SteppersOfMembers = FixedStepper<ValueOfMember<Steppers>> && StepperFor<ValueOfMember<Steppers>, T> &&
                            (OnePerMember<Steppers> || NoiselessStepper<ValueOfMember<Steppers>>);

/// Throws unless member k has the coupling and the kinds of edges of member 0.
template <class ModelType> void check_alike(const ModelType& model, const ModelType& first) {
    using C = decltype(model.laplacian.coupling);
    if constexpr (!std::is_empty_v<C>) {
        static_assert(std::equality_comparable<C>, "the coupling of an ensemble needs an operator==");
        if (!(model.laplacian.coupling == first.laplacian.coupling))
            invalid_argument("coupling differs from that of member 0; the members of an ensemble have the same");
    }
    const auto check_side = [](const BoundaryCondition& edge, const BoundaryCondition& other, const char* name) {
        if (edge.kind != other.kind) invalid_argument(string_of(name) + " is of another kind than that of member 0");
    };
    const Boundary& boundary = model.laplacian.boundary;
    check_side(boundary.north, first.laplacian.boundary.north, "boundary.north");
    check_side(boundary.south, first.laplacian.boundary.south, "boundary.south");
    check_side(boundary.west, first.laplacian.boundary.west, "boundary.west");
    check_side(boundary.east, first.laplacian.boundary.east, "boundary.east");
}

/// The model of a member. Throws as `advance` of one lattice. `cells`: those of all members.
template <class T, class C, class Frequency, class B>
EnsembleMember<T> lattice_of_member(const Model<C, Frequency, B>& model, const Grid<T>& theta, const Grid<T>& cells,
                                    const Execution& execution) {
    const Grid<const T> in = theta;
    check_model(model, in, execution);
    check_apart(cells, "theta", model.laplacian);
    EnsembleMember<T> member;
    member.K = static_cast<T>(model.laplacian.K);
    member.boundary = model.laplacian.boundary;
    member.omega = source_of(model.omega, in);
    check_disjoint(cells, "theta", member.omega.field, "omega");
    if constexpr (has_own_strengths<B>) {
        member.east_strength = {.field = model.laplacian.bonds.east, .is_uniform = false};
        member.south_strength = {.field = model.laplacian.bonds.south, .is_uniform = false};
    }
    return member;
}

/// The same and its stepper.
template <class T, class S, class C, class Frequency, class B>
EnsembleMember<T> ensemble_member(const S& stepper, const Model<C, Frequency, B>& model, const Grid<T>& theta,
                                  const Grid<T>& cells, const StepsOfMember& steps, const Execution& execution) {
    const Grid<const T> in = theta;
    EnsembleMember<T> member = lattice_of_member(model, theta, cells, execution);
    member.stages = stages_of<T>(stepper);
    if constexpr (NoisyStepper<S>) {
        member.noise = noise_of<T>(stepper, in, steps.first, steps.count, execution);
        check_disjoint(cells, "theta", member.noise.diffusion.field, "D");
    }
    return member;
}

/// The kernels for a stepper.
template <class S, class Strength, class T, class C> AnyEnsembleKernel<T> ensemble_kernel(const C& coupling, Isa isa) {
    if constexpr (std::same_as<S, BAOAB>)
        return AnyEnsembleKernel<T>::template of<BAOABStage, Strength>(coupling, isa);
    else if constexpr (std::same_as<S, VelocityVerlet>)
        return AnyEnsembleKernel<T>::template of<VelocityVerletStage, Strength>(coupling, isa);
    else if constexpr (AveragedNoise<S>)
        return AnyEnsembleKernel<T>::template of<LeimkuhlerMatthewsStep, Strength>(coupling, isa);
    else if constexpr (NoisyStepper<S>)
        return AnyEnsembleKernel<T>::template of<EulerMaruyamaStep, Strength>(coupling, isa);
    else if constexpr (S::stages == 1)
        return AnyEnsembleKernel<T>::template of<EulerStep, Strength>(coupling, isa);
    else
        return AnyEnsembleKernel<T>::template of<RungeKuttaStage, Strength>(coupling, isa);
}

/// Advances all groups; velocities: null without inertia. A worker takes one group through all steps, then the next.
template <class T, class P>
void run_groups(const P& policy, const Execution& execution, const EnsembleSteps<T>& of,
                const std::vector<EnsembleMember<T>>& members, T* cells, T* velocities) {
    const auto count = static_cast<std::ptrdiff_t>(members.size());
    const std::ptrdiff_t groups = (count + widest<T> - 1) / widest<T>;
    const std::ptrdiff_t group_size = of.rows * of.row_size();
    const int tasks = tasks_for(groups, groups * group_size, execution);
    const Buffer<T> scratch(of.scratch_size() * tasks);
    for_pieces(policy, tasks, groups, [&](int task, std::ptrdiff_t begin, std::ptrdiff_t end) noexcept {
        for (std::ptrdiff_t g = begin; g < end; ++g) {
            const std::ptrdiff_t first = g * widest<T>;
            const EnsembleGroupTask<T> group{.members = members.data() + first,
                                             .count = clamped(count - first, 0, widest<T>),
                                             .cells = cells + g * group_size,
                                             .velocities =
                                                 velocities == nullptr ? nullptr : velocities + g * group_size,
                                             .scratch = scratch.data() + of.scratch_size() * task};
            if (group.does_any_run()) EnsembleGroup<T>(of, group).run();
        }
    });
}

/// All members of an ensemble that makes these steps; none, if they have no cells. Throws as `advance` of an ensemble.
template <class Steppers, class Models, class T>
std::vector<EnsembleMember<T>> checked_members(const Execution& execution, const Steppers& steppers,
                                               const Models& models, Ensemble<T>& theta, const StepsOfMember& steps) {
    check_members_and_steps(steppers, models, theta.members(), steps);
    constexpr bool differ = OnePerMember<Steppers> || OnePerMember<Models>;
    std::vector<EnsembleMember<T>> members;
    if (!theta.empty()) members.reserve(static_cast<std::size_t>(theta.members()));
    // There may be very many members without cells: if all are alike, the first stands for them.
    const std::ptrdiff_t count = theta.empty() && !differ ? clamped(theta.members(), 0, 1) : theta.members();
    for (std::ptrdiff_t k = 0; k < count; ++k)
        name_member(k, [&] {
            const auto& model = value_of_member(models, k);
            const EnsembleMember<T> member = ensemble_member(value_of_member(steppers, k), model, theta.member(k),
                                                             theta.storage(), steps, execution);
            if constexpr (OnePerMember<Models>)
                if (k > 0) check_alike(model, value_of_member(models, 0));
            if (!theta.empty()) members.push_back(member);
        });
    return members;
}

/// Advances members that have been checked by the stepper S, side by side.
template <class S, class P, class Models, class T>
void advance_groups(const P& policy, const Execution& execution, const Models& models,
                    const std::vector<EnsembleMember<T>>& members, Ensemble<T>& theta, const StepsOfMember& steps) {
    static_assert(!works_in_array_passes<P>, "an ensemble has no array passes: use Fused in place of Serial");
    using Bonds = decltype(value_of_member(models, 0).laplacian.bonds);
    using Strength = std::conditional_t<has_own_strengths<Bonds>, OwnStrength, EqualStrength>;
    const auto coupling = prepared<T>(value_of_member(models, 0).laplacian.coupling);
    const EnsembleSteps<T> of{.rows = theta.rows(),
                              .cols = theta.cols(),
                              .steps = steps.count,
                              .stages = S::stages,
                              .has_strengths = has_own_strengths<Bonds>,
                              .has_noise = NoisyStepper<S>,
                              .is_averaged = AveragedNoise<S>,
                              .kernel = ensemble_kernel<S, Strength, T>(coupling, execution.isa)};
    run_groups(policy, execution, of, members, theta.storage().data(), static_cast<T*>(nullptr));
}

/// Advances the members k for which runs(k) is true: side by side, or one after the other where the coupling brings no
/// kernels for ensembles.
template <class P, class Steppers, class Models, class T, class Runs>
void advance_members(const P& policy, const Steppers& steppers, const Models& models, Ensemble<T>& theta,
                     const StepsOfMember& steps, const Runs& runs) {
    const Execution execution(policy);
    std::vector<EnsembleMember<T>> members = checked_members(execution, steppers, models, theta, steps);
    if (members.empty() || steps.count == 0) return;
    if constexpr (HasKernels<CouplingOf<ValueOfMember<Models>>, T>)
        if (!has_ensemble_kernels<T>(value_of_member(models, 0).laplacian.coupling))
            return advance_each(policy, execution, steppers, models, theta, steps, runs);
    for (std::size_t k = 0; k < members.size(); ++k) members[k].runs = runs(static_cast<std::ptrdiff_t>(k));
    advance_groups<ValueOfMember<Steppers>>(policy, execution, models, members, theta, steps);
}

} // namespace detail

/// Advances all members of an ensemble in place by `steps` time steps.
///
/// steppers, models: one for all members, or a std::vector, std::array or std::span of one for each. Steppers with
/// noise are always one for each: members with the same seed have the same noise. Each member then has its own K, ω,
/// bonds, D, seed, dt, and values of fixed phases and fluxes. The coupling f and the kind of boundary condition on each
/// side are the same for all. Fields are viewed, not copied: one field for all members, or one each. first_step: as in
/// `advance` of one lattice; required with noise.
///
/// A member gets the bits that `advance` of this member alone gives it, with Fused, for any policy and number of
/// threads, and whatever the other members are.
///
/// Throws: std::invalid_argument as `advance` of one lattice, with the number of the member, before anything is
/// written; for steppers or models of another number than members; and for couplings or kinds of boundary conditions
/// that differ.
///
/// Cost: per cell that of a large lattice, if a group of `Ensemble::lanes` members fits the second-level cache of a
/// core. Members with an AnyCoupling that has no kernels for ensembles are advanced one after the other: each worker
/// copies a member to a Field, advances it, and copies it back. ω and bonds are read in place where a full group has
/// the members of another Ensemble, in order. Otherwise they are copied once per call. The workers of the policy
/// share the groups: the policy is called once. Scratch per worker, in multiples of θ of one group: 2;
/// 2 more with bonds; 2 more with several stages; 1 more with LeimkuhlerMatthews.
template <ExecutionPolicy P, class Steppers, class Models, Real T>
requires detail::LatticeModelsOfMembers<Models> && detail::SteppersOfMembers<Steppers, T>
void advance(const P& policy, const Steppers& steppers, const Models& models, Ensemble<T>& theta, std::int64_t steps,
             std::int64_t first_step) {
    detail::advance_members(policy, steppers, models, theta, {.first = first_step, .count = steps},
                            detail::everybody_runs);
}

/// The same with first_step = 0.
template <ExecutionPolicy P, class Steppers, class Models, Real T>
requires detail::LatticeModelsOfMembers<Models> && NoiselessStepper<detail::ValueOfMember<Steppers>>
void advance(const P& policy, const Steppers& steppers, const Models& models, Ensemble<T>& theta, std::int64_t steps) {
    advance(policy, steppers, models, theta, steps, 0);
}

// What does not compile: the comment behind each is in the compiler's message.
// clang-format off
template <ExecutionPolicy P, detail::OnePerMember Steppers, class Models, Real T>
requires NoisyStepper<detail::ValueOfMember<Steppers>>
void advance(const P&, const Steppers&, const Models&, Ensemble<T>&, std::int64_t) = delete; // with noise, pass first_step, the number of the first step in the whole run
template <ExecutionPolicy P, class Models, class Steppers, Real T, class... Others>
requires FixedStepper<detail::ValueOfMember<Steppers>> && detail::LatticeModelsOfMembers<Models> && (detail::OnePerMember<Models> || detail::OnePerMember<Steppers>)
void advance(const P&, const Models&, const Steppers&, Ensemble<T>&, Others&&...) = delete; // write advance(policy, steppers, models, theta, steps)
template <ExecutionPolicy P, NoisyStepper S, class Models, Real T, class... Others>
void advance(const P&, const S&, const Models&, Ensemble<T>&, Others&&...) = delete; // with noise, pass a std::vector of steppers, one per member with its own seed, and first_step
// clang-format on

KURAMOTO_END_NAMESPACE
