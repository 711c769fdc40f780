// A stepper in the precision of the cells: the factors of its Runge–Kutta stages, and its noise.
#pragma once

#include <kuramoto/detail/build/checks.hpp>
#include <kuramoto/detail/kernels/stages.hpp>
#include <kuramoto/detail/random/noise.hpp>
#include <kuramoto/execution/policy.hpp>
#include <kuramoto/stepping/noisy_stepper.hpp>

#include <cstddef>
#include <cstdint>
#include <type_traits>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// The factors of a method's rates in the precision of the cells. Not inlined: see checked_number.
template <class T, FixedStepper S> KURAMOTO_NEVER_INLINE Stages<T> stages_of(const S& stepper) {
    stay_in_place();
    static_cast<void>(checked_time_step<T>(stepper.dt));
    Stages<T> stages;
    static_assert(S::stages <= Stages<T>::most);
    stages.count = S::stages;
    for (int k = 0; k < S::stages; ++k) {
        stages.outer[k] = static_cast<T>(stepper.dt * S::outer[k]);
        if (k + 1 < S::stages) stages.inner[k] = static_cast<T>(stepper.dt * S::inner[k]);
    }
    return stages;
}

/// The random numbers of the steps [first_step, first_step + steps), without their amplitude. Throws for more rows,
/// columns or steps than they can tell apart. `is_averaged`: whether a step also uses those of the next.
template <class T>
Noise<T> numbered_noise(std::uint64_t seed, const Grid<const T>& theta, std::int64_t first_step, std::int64_t steps,
                        bool is_averaged, const Execution& execution) {
    const auto is_large = [](std::ptrdiff_t extent) { return static_cast<std::uint64_t>(extent) >= most_noise_rows; };
    const std::ptrdiff_t rows = execution.place.rows_of(theta);
    const std::ptrdiff_t cols = execution.place.cols_of(theta);
    if (!theta.empty() && (is_large(rows) || is_large(cols)))
        invalid_argument("theta is " + shape_text(rows, cols) +
                         " cells, but noise is for fewer than 2^32 rows and columns");
    const std::uint64_t most_steps = most_noise_steps - (is_averaged ? 1 : 0);
    if (static_cast<std::uint64_t>(first_step) + static_cast<std::uint64_t>(steps) > most_steps)
        invalid_argument("first_step + steps = " + integer_text(first_step) + " + " + integer_text(steps) +
                         " must not be beyond " + (is_averaged ? "2^56 - 1" : "2^56") + " with noise");
    Noise<T> noise;
    noise.is_averaged = is_averaged;
    noise.function = noise_function<T>(execution.isa);
    noise.place = execution.place;
    noise.keys = round_keys(philox_key(seed));
    noise.step = static_cast<std::uint64_t>(first_step);
    return noise;
}

/// The noise of a stepper. Throws as numbered_noise, and for a D that is negative or not finite, or of another shape
/// than the phases. Not inlined: see checked_number.
template <class T, NoisyStepper S>
KURAMOTO_NEVER_INLINE Noise<T> noise_of(const S& stepper, const Grid<const T>& theta, std::int64_t first_step,
                                        std::int64_t steps, const Execution& execution) {
    stay_in_place();
    constexpr double share = AveragedNoise<S> ? 0.5 : 1.0; // of ξ in what one step adds of it
    Noise<T> noise = numbered_noise<T>(stepper.seed, theta, first_step, steps, AveragedNoise<S>, execution);
    noise.twice_dt = checked_number<T>(2 * share * share * stepper.dt, "dt");
    if constexpr (std::is_arithmetic_v<std::remove_cvref_t<decltype(stepper.D)>>) {
        static_cast<void>(checked_number<T>(stepper.D, "D"));
        if (stepper.D < 0) invalid_argument("D must not be negative, but is " + text(stepper.D));
        noise.amplitude = checked_number<T>(share * __builtin_sqrt(2 * stepper.D * stepper.dt), "D");
    } else {
        check_same_shape(theta, "theta", stepper.D, "D");
        noise.diffusion = {.field = stepper.D, .is_uniform = false};
    }
    return noise;
}

} // namespace detail
KURAMOTO_END_NAMESPACE
