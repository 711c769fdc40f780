// apply, rate, advance and integrate of lattices that are cut over MPI processes.
#pragma once

#include <kuramoto/detail/mpi/rank_policy.hpp>
#include <kuramoto/detail/run/check_model.hpp>
#include <kuramoto/mpi/field.hpp>
#include <kuramoto/run/advance.hpp>
#include <kuramoto/run/apply.hpp>
#include <kuramoto/run/inertia.hpp>
#include <kuramoto/run/integrate.hpp>
#include <kuramoto/run/mean_field.hpp>
#include <kuramoto/run/phase_space.hpp>
#include <kuramoto/run/rate.hpp>

#include <cstdint>

namespace kuramoto {

template <class C, class B, class T> Model(Laplacian<C, B>, mpi::Field<T>&) -> Model<C, Grid<const T>, B>;
template <class C, class B, class T> Model(Laplacian<C, B>, const mpi::Field<T>&) -> Model<C, Grid<const T>, B>;
template <class T> MeanFieldModel(MeanField, mpi::Field<T>&) -> MeanFieldModel<Grid<const T>>;
template <class T> MeanFieldModel(MeanField, const mpi::Field<T>&) -> MeanFieldModel<Grid<const T>>;

} // namespace kuramoto

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// The number of a time, to compare it.
inline std::int64_t number_of(double time) noexcept {
    std::int64_t bits = 0;
    __builtin_memcpy(&bits, &time, sizeof bits);
    return bits;
}

/// What a model needs of other processes, as one number: its kinds of edges, and which of its numbers are fields.
template <class ModelType> std::int64_t needs_of(const ModelType& model) noexcept {
    std::int64_t needs = kinds_of_edges(model);
    const auto add = [&](const auto& number) {
        if constexpr (requires { number.is_number(); }) needs = 2 * needs + (number.is_number() ? 1 : 0);
    };
    if constexpr (is_inertial<ModelType>) {
        add(omega_of(model.model));
        if constexpr (requires { model.inertia.mass.is_number(); }) {
            add(model.inertia.mass);
            add(model.inertia.damping);
        }
    } else {
        add(omega_of(model));
    }
    return needs;
}

/// The numbers of a method that decide how many steps it takes.
template <class Ranks, class ModelType>
void expect_same_method(const Ranks& ranks, const DormandPrince54& method, const ModelType& model, double duration) {
    ranks.expect_same("duration, the numbers of the method, the kinds of edges and which numbers are fields",
                      {number_of(duration), number_of(method.relative_tolerance), number_of(method.absolute_tolerance),
                       number_of(method.initial_dt), number_of(method.max_dt), method.max_steps, needs_of(model)});
}

/// Throws what a run would find later: a check between two communications would come too late for the other processes.
template <class Ranks, class Stepper, class ModelType, class T>
void check_run(const Ranks& ranks, const Stepper& stepper, const ModelType& model, const Grid<const T>& theta) {
    const Execution execution(ranks);
    check_stepper<T>(stepper, model, theta, 0, execution);
    check_model<T>(model, theta, execution);
}

} // namespace detail

/// apply, rate, advance and integrate of an mpi::Field: on every block at once, with the bits of one process. They are
/// collective: every process of the decomposition calls them with the same description and numbers.
///
/// Fields of the model and of the stepper (ω, D, strengths, masses, dampings) are the `local()` of mpi::Fields of the
/// same Decomposition. For ω the mpi::Field itself will do: Model{laplacian, omega}. Numbers along edges are those of
/// the whole edge, on every process. policy: who works within the process, as Fused or OpenMP; not Serial.
///
/// Throws: as the functions of one process, before anything is written; the same on every process, also if only one has
/// an invalid argument. std::invalid_argument for lattices with different decompositions, and if steps, first_step, the
/// duration, the numbers of the method, the kinds of edges or which numbers are fields are not the same on every
/// process.
///
/// Cost: as in one process; per sweep of `depth` steps, one message to each block around (at most eight, unless blocks
/// are thinner than their halos). ω, D and strengths are exchanged once per call. Ghost cells take the memory of
/// `depth` · stages rows and columns around the block for each field. Two small reductions per call. With inertia,
/// velocities have messages of their own.
template <ExecutionPolicy P, class C, class B, Real T>
void apply(const P& policy, const Laplacian<C, B>& laplacian, const mpi::Field<T>& theta, mpi::Field<T>& rate) {
    detail::on_ranks(policy, theta.decomposition(), [&](const auto& ranks) {
        ranks.expect_same("the kinds of edges", {detail::kinds_of_edges(laplacian)});
        kuramoto::apply(ranks, laplacian, theta.local(), detail::local_of(rate, theta.decomposition(), "rate"));
    });
}

/// See apply.
template <ExecutionPolicy P, class ModelType, Real T>
requires(!detail::is_inertial<ModelType>)
void rate(const P& policy, const ModelType& model, const mpi::Field<T>& theta, mpi::Field<T>& rate) {
    detail::on_ranks(policy, theta.decomposition(), [&](const auto& ranks) {
        ranks.expect_same("the kinds of edges and which numbers are fields", {detail::needs_of(model)});
        detail::check_model<T>(model, theta.local(), detail::Execution(ranks));
        kuramoto::rate(ranks, model, theta.local(), detail::local_of(rate, theta.decomposition(), "rate"));
    });
}

/// See apply.
template <ExecutionPolicy P, FixedStepper S, class ModelType, Real T>
void advance(const P& policy, const S& stepper, const ModelType& model, mpi::Field<T>& theta, std::int64_t steps,
             std::int64_t first_step) {
    detail::on_ranks(policy, theta.decomposition(), [&](const auto& ranks) {
        ranks.expect_same("steps, first_step, the kinds of edges and which numbers are fields",
                          {steps, first_step, detail::needs_of(model)});
        detail::check_run(ranks, stepper, model, Grid<const T>(theta.local()));
        kuramoto::advance(ranks, stepper, model, theta.local(), steps, first_step);
    });
}
/// See apply.
template <ExecutionPolicy P, NoiselessStepper S, class ModelType, Real T>
void advance(const P& policy, const S& stepper, const ModelType& model, mpi::Field<T>& theta, std::int64_t steps) {
    kuramoto::advance(policy, stepper, model, theta, steps, 0);
}

/// See apply.
template <ExecutionPolicy P, InertialStepper S, class ModelType, Real T>
void advance(const P& policy, const S& stepper, const ModelType& model, mpi::Field<T>& theta, mpi::Field<T>& velocity,
             std::int64_t steps, std::int64_t first_step) {
    detail::on_ranks(policy, theta.decomposition(), [&](const auto& ranks) {
        ranks.expect_same("steps, first_step, the kinds of edges and which numbers are fields",
                          {steps, first_step, detail::needs_of(model)});
        detail::check_run(ranks, stepper, model, Grid<const T>(theta.local()));
        kuramoto::advance(ranks, stepper, model, theta.local(),
                          detail::local_of(velocity, theta.decomposition(), "velocity"), steps, first_step);
    });
}
/// See apply.
template <ExecutionPolicy P, class ModelType, Real T>
void advance(const P& policy, const VelocityVerlet& stepper, const ModelType& model, mpi::Field<T>& theta,
             mpi::Field<T>& velocity, std::int64_t steps) {
    kuramoto::advance(policy, stepper, model, theta, velocity, steps, 0);
}

/// See apply.
template <ExecutionPolicy P, class ModelType, Real T>
IntegrationReport integrate(const P& policy, const DormandPrince54& method, const ModelType& model,
                            mpi::Field<T>& theta, double duration) {
    return detail::on_ranks(policy, theta.decomposition(), [&](const auto& ranks) {
        detail::expect_same_method(ranks, method, model, duration);
        detail::check_run(ranks, method, model, Grid<const T>(theta.local()));
        return kuramoto::integrate(ranks, method, model, theta.local(), duration);
    });
}
/// See apply.
template <ExecutionPolicy P, class ModelType, Real T>
IntegrationReport integrate(const P& policy, const DormandPrince54& method, const ModelType& model,
                            mpi::Field<T>& theta, mpi::Field<T>& velocity, double duration) {
    return detail::on_ranks(policy, theta.decomposition(), [&](const auto& ranks) {
        detail::expect_same_method(ranks, method, model, duration);
        detail::check_run(ranks, method, model, Grid<const T>(theta.local()));
        return kuramoto::integrate(ranks, method, model, theta.local(),
                                   detail::local_of(velocity, theta.decomposition(), "velocity"), duration);
    });
}

KURAMOTO_END_NAMESPACE
