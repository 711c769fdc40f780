// StepperOf: which steppers advance which models.
#pragma once

#include <kuramoto/model/inertia.hpp>
#include <kuramoto/model/mean_field.hpp>
#include <kuramoto/model/model.hpp>
#include <kuramoto/stepping/baoab.hpp>
#include <kuramoto/stepping/dormand_prince.hpp>
#include <kuramoto/stepping/noisy_stepper.hpp>

#include <concepts>
#include <type_traits>

namespace kuramoto {

namespace detail {

template <class ModelType>
inline constexpr bool is_model = LatticeModel<ModelType> || is_mean_field<ModelType> || is_inertial<ModelType>;

template <class ModelType, class T> inline constexpr bool is_model_for = false;
template <class C, class Frequency, class B, class T>
inline constexpr bool is_model_for<Model<C, Frequency, B>, T> = StateOf<Grid<T>, C, Frequency, B>;
template <class Local, class T> inline constexpr bool is_model_for<MeanFieldModel<Local>, T> = LocalPart<Local, T>;
template <class Inner, class Coefficients, class T>
inline constexpr bool is_model_for<InertialModel<Inner, Coefficients>, T> =
    is_model_for<Inner, T> && is_inertia_for<Coefficients, T>;

} // namespace detail

/// A stepper that advances such a model with cells of T. Model and MeanFieldModel: a FixedStepper or DormandPrince54.
/// InertialModel: BAOAB, VelocityVerlet or DormandPrince54. All fields have the same precision.
template <class Stepper, class ModelType, class T>
concept StepperOf = detail::is_model_for<ModelType, T> &&
                    (std::same_as<Stepper, DormandPrince54> ||
                     (detail::is_inertial<ModelType> ? InertialStepper<Stepper> : StepperFor<Stepper, T>));

namespace detail {

struct UnsuitableStepper;
struct WrongOrder;
template <class First, class Second>
using Misfit = std::conditional_t<is_model<First> && GridLike<const Second>, UnsuitableStepper, WrongOrder>;

/// Whether the arguments of a constructor of Simulation fit together.
template <class First, class Second, class Third, class... Others> inline constexpr bool fit = false;
template <class ModelType, GridLike Theta, class Stepper, class... Options>
requires(!is_inertial<ModelType> && StepperOf<Stepper, ModelType, value_type_of<const Theta>>)
inline constexpr bool fit<ModelType, Theta, Stepper, Options...> = true;
template <class Inner, class Coefficients, GridLike Theta, SamePrecision<Theta> Velocity, class Stepper,
          class... Options>
requires StepperOf<Stepper, InertialModel<Inner, Coefficients>, value_type_of<const Theta>>
inline constexpr bool fit<InertialModel<Inner, Coefficients>, Theta, Velocity, Stepper, Options...> = true;

} // namespace detail

} // namespace kuramoto
