// The concepts of steppers with noise, and which steppers advance cells of a precision.
#pragma once

#include <kuramoto/grid/grid.hpp>
#include <kuramoto/stepping/runge_kutta.hpp>

#include <concepts>
#include <cstdint>
#include <type_traits>

namespace kuramoto {

/// A stepper that adds noise to every step: √(2 D dt) ξ, where D is a number or a field.
///
/// The ξ are independent normal numbers, one per cell and step. ξ is a function of the seed, the row, the column and
/// the number of the step in the whole run (Philox4x32-10). It is the same for any policy, threads, depth, strides and
/// splitting of a run. See AveragedNoise for steppers that add the mean of two of them.
///
/// Accuracy: docs/numerics.md has the distribution of ξ.
template <class S>
concept NoisyStepper = FixedStepper<S> && requires(const S& stepper) {
    stepper.D;
    { stepper.seed } -> std::convertible_to<std::uint64_t>;
};

/// A noisy stepper whose step n adds √(2 D dt) (ξₙ + ξₙ₊₁) / 2: it has a static member `averages_noise` that is true.
template <class S>
concept AveragedNoise = NoisyStepper<S> && requires { requires S::averages_noise; };

/// A stepper without noise.
template <class S>
concept NoiselessStepper = FixedStepper<S> && !NoisyStepper<S>;

/// A stepper for cells of T.
///
/// A noisy stepper has one stage, and a field of D has the precision of the cells.
template <class S, class T>
concept StepperFor = FixedStepper<S> && (!NoisyStepper<S> || requires(const S& stepper) {
                         requires S::stages == 1;
                         requires std::is_arithmetic_v<std::remove_cvref_t<decltype(stepper.D)>> ||
                                      std::same_as<std::remove_cvref_t<decltype(stepper.D)>, Grid<const T>>;
                     });

} // namespace kuramoto
