// Steppers by name, and which of them a model takes.
#pragma once

#include <kuramoto/model/number_or_field.hpp>
#include <kuramoto/runtime/names.hpp>
#include <kuramoto/stepping/baoab.hpp>
#include <kuramoto/stepping/dormand_prince.hpp>
#include <kuramoto/stepping/euler_maruyama.hpp>
#include <kuramoto/stepping/leimkuhler_matthews.hpp>
#include <kuramoto/stepping/runge_kutta.hpp>

#include <cstdint>
#include <string>
#include <string_view>

KURAMOTO_BEGIN_NAMESPACE
namespace runtime {

/// The steppers of the library with a fixed time step.
enum class StepperKind {
    euler,               ///< Euler
    heun,                ///< Heun
    runge_kutta4,        ///< RungeKutta4
    euler_maruyama,      ///< EulerMaruyama, EulerMaruyamaField
    leimkuhler_matthews, ///< LeimkuhlerMatthews, LeimkuhlerMatthewsField
    velocity_verlet,     ///< VelocityVerlet; with inertia
    baoab,               ///< BAOAB; with inertia
};
/// The names of the steppers.
template <> struct Names<StepperKind> {
    /// What the names are those of, for messages.
    static constexpr const char* what = "stepper";
    /// In the order of the enumerators.
    static constexpr std::string_view words[] = {
        "euler", "heun", "rk4", "euler-maruyama", "leimkuhler-matthews", "velocity-verlet", "baoab"};
};

/// Whether a stepper is for a model with inertia.
[[nodiscard]] constexpr bool is_inertial(StepperKind kind) noexcept {
    return kind == StepperKind::velocity_verlet || kind == StepperKind::baoab;
}
/// Whether a stepper has noise.
[[nodiscard]] constexpr bool is_noisy(StepperKind kind) noexcept {
    return kind == StepperKind::euler_maruyama || kind == StepperKind::leimkuhler_matthews ||
           kind == StepperKind::baoab;
}

/// A stepper for cells of T, and its numbers. It ignores numbers that it does not have.
///
/// Requires: a field of D is viewed, not copied; it must outlive every run.
template <class T> struct StepperChoice {
    StepperKind kind = StepperKind::euler; ///< which
    double dt = 0.1;                       ///< time step; positive
    NumberOrField<T> D = 0.0;              ///< strength of the noise, rad² / time
    double temperature = 0.0;              ///< of baoab, in the units of K
    std::uint64_t seed = 1;                ///< seed of the noise
};

/// Calls `use` with the stepper as a type of the library, for a model without inertia.
///
/// Throws: std::invalid_argument for a stepper that needs inertia; the message names both.
template <class T, class Use> void with_first_order_stepper(const StepperChoice<T>& stepper, const Use& use) {
    const double dt = stepper.dt;
    const std::uint64_t seed = stepper.seed;
    const bool is_number = stepper.D.is_number();
    const Grid<const T>& D = stepper.D.field();
    switch (stepper.kind) {
    case StepperKind::euler:
        return use(Euler{.dt = dt});
    case StepperKind::heun:
        return use(Heun{.dt = dt});
    case StepperKind::runge_kutta4:
        return use(RungeKutta4{.dt = dt});
    case StepperKind::euler_maruyama:
        if (is_number) return use(EulerMaruyama{.dt = dt, .D = stepper.D.number(), .seed = seed});
        return use(EulerMaruyamaField<T>{.dt = dt, .D = D, .seed = seed});
    case StepperKind::leimkuhler_matthews:
        if (is_number) return use(LeimkuhlerMatthews{.dt = dt, .D = stepper.D.number(), .seed = seed});
        return use(LeimkuhlerMatthewsField<T>{.dt = dt, .D = D, .seed = seed});
    case StepperKind::velocity_verlet:
    case StepperKind::baoab:
        break;
    }
    detail::invalid_argument("the stepper '" + std::string(name_of(stepper.kind)) +
                             "' needs a model with inertia, but the model has none");
}

/// Calls `use` with the stepper as a type of the library, for a model with inertia.
///
/// Throws: std::invalid_argument for a stepper of first order; the message names both.
template <class T, class Use> void with_inertial_stepper(const StepperChoice<T>& stepper, const Use& use) {
    if (stepper.kind == StepperKind::velocity_verlet) return use(VelocityVerlet{.dt = stepper.dt});
    if (stepper.kind != StepperKind::baoab)
        detail::invalid_argument("the model has inertia, which takes the steppers velocity-verlet and baoab, but the "
                                 "stepper is '" +
                                 std::string(name_of(stepper.kind)) + "'");
    use(BAOAB{.dt = stepper.dt, .temperature = stepper.temperature, .seed = stepper.seed});
}

} // namespace runtime
KURAMOTO_END_NAMESPACE
