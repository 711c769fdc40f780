// The algorithms on models, steppers and policies that are chosen at run time. Each is a template over the precision
// alone. compiled_elsewhere.hpp is for programs that compile them in a file of its own.
#pragma once

#include <kuramoto/run/advance.hpp>
#include <kuramoto/run/inertia.hpp>
#include <kuramoto/run/integrate.hpp>
#include <kuramoto/run/mean_field.hpp>
#include <kuramoto/run/phase_space.hpp>
#include <kuramoto/run/rate.hpp>
#include <kuramoto/runtime/models.hpp>
#include <kuramoto/runtime/policies.hpp>
#include <kuramoto/runtime/steppers.hpp>
#include <kuramoto/stepping/stability.hpp>

#include <cstdint>
#include <limits>
#include <variant>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

template <class T> void check_first_order(const runtime::ModelChoice<T>& model, const char* instead) {
    if (model.inertia) invalid_argument(string_of("the model has inertia, and so a velocity: ") + instead);
}

} // namespace detail

namespace runtime {

/// dθ/dt without noise: see kuramoto::rate. With inertia, theta and out are states of phases and velocities: see
/// phases_of.
///
/// Throws: as kuramoto::rate.
template <class T>
void rate(const Policy& policy, const ModelChoice<T>& model, const Grid<const T>& theta, const Grid<T>& out) {
    const auto of = [&](const auto& typed) {
        std::visit([&](const auto& workers) { kuramoto::rate(workers, typed, theta, out); }, policy);
    };
    if (model.inertia)
        with_inertial_model(model, of);
    else
        with_first_order_model(model, of);
}

/// Advances θ in place by `steps` steps: see kuramoto::advance.
///
/// Throws: as kuramoto::advance, and std::invalid_argument for a stepper that the model does not take.
template <class T>
void advance(const Policy& policy, const StepperChoice<T>& stepper, const ModelChoice<T>& model, const Grid<T>& theta,
             std::int64_t steps, std::int64_t first_step) {
    detail::check_first_order(model, "advance the phases and the velocities");
    with_first_order_stepper(stepper, [&](const auto& typed_stepper) {
        with_first_order_model(model, [&](const auto& typed) {
            std::visit(
                [&](const auto& workers) {
                    kuramoto::advance(workers, typed_stepper, typed, theta, steps, first_step);
                },
                policy);
        });
    });
}

/// Advances θ and its velocity in place by `steps` steps.
///
/// Throws: as kuramoto::advance, and std::invalid_argument for a stepper that the model does not take.
template <class T>
void advance(const Policy& policy, const StepperChoice<T>& stepper, const ModelChoice<T>& model, const Grid<T>& theta,
             const Grid<T>& velocity, std::int64_t steps, std::int64_t first_step) {
    with_inertial_model(model, [&](const auto& typed) {
        with_inertial_stepper(stepper, [&](const auto& typed_stepper) {
            std::visit(
                [&](const auto& workers) {
                    kuramoto::advance(workers, typed_stepper, typed, theta, velocity, steps, first_step);
                },
                policy);
        });
    });
}

/// Advances θ in place by the time `duration`: see kuramoto::integrate.
///
/// Throws: as kuramoto::integrate, and std::invalid_argument for a model with inertia.
template <class T>
IntegrationReport integrate(const Policy& policy, const DormandPrince54& method, const ModelChoice<T>& model,
                            const Grid<T>& theta, double duration) {
    detail::check_first_order(model, "integrate the phases and the velocities");
    IntegrationReport report;
    with_first_order_model(model, [&](const auto& typed) {
        std::visit([&](const auto& workers) { report = kuramoto::integrate(workers, method, typed, theta, duration); },
                   policy);
    });
    return report;
}

/// Advances θ and its velocity in place by the time `duration`.
///
/// Throws: as kuramoto::integrate, and std::invalid_argument for a model without inertia.
template <class T>
IntegrationReport integrate(const Policy& policy, const DormandPrince54& method, const ModelChoice<T>& model,
                            const Grid<T>& theta, const Grid<T>& velocity, double duration) {
    IntegrationReport report;
    with_inertial_model(model, [&](const auto& typed) {
        std::visit(
            [&](const auto& workers) {
                report = kuramoto::integrate(workers, method, typed, theta, velocity, duration);
            },
            policy);
    });
    return report;
}

/// A safe dt of a stepper for a model: see kuramoto::max_stable_dt. Infinity if nothing bounds it; NaN for a
/// coupling without a max_slope.
///
/// Throws: as kuramoto::max_stable_dt, and std::invalid_argument for a stepper that the model does not take.
template <class T> [[nodiscard]] double max_stable_dt(const StepperChoice<T>& stepper, const ModelChoice<T>& model) {
    double most = std::numeric_limits<double>::infinity();
    const auto look_at = [&](const auto& typed_stepper, const auto& typed) {
        if constexpr (requires { kuramoto::max_stable_dt(typed_stepper, typed); })
            most = kuramoto::max_stable_dt(typed_stepper, typed);
    };
    if (model.inertia)
        with_inertial_stepper(stepper, [&](const auto& typed_stepper) {
            with_inertial_model(model, [&](const auto& typed) { look_at(typed_stepper, typed); });
        });
    else
        with_first_order_stepper(stepper, [&](const auto& typed_stepper) {
            with_first_order_model(model, [&](const auto& typed) { look_at(typed_stepper, typed); });
        });
    return most;
}

} // namespace runtime
KURAMOTO_END_NAMESPACE
