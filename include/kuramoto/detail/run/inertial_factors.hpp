// The factors of a step with inertia in the precision of the cells, and the amplitude of its noise.
#pragma once

#include <kuramoto/detail/arithmetic/rounded.hpp>
#include <kuramoto/detail/build/checks.hpp>
#include <kuramoto/detail/parallel/cell_blocks.hpp>
#include <kuramoto/detail/random/noise.hpp>
#include <kuramoto/detail/run/stepper_factors.hpp>
#include <kuramoto/detail/tiling/rows.hpp>
#include <kuramoto/execution/policy.hpp>
#include <kuramoto/grid/field.hpp>
#include <kuramoto/model/inertia.hpp>
#include <kuramoto/stepping/baoab.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// The factors of one cell.
struct FactorsOfCell {
    double kick = 0;      ///< dt / 2m
    double decay = 0;     ///< e^(−γ dt/m) − 1
    double amplitude = 0; ///< √(T (1 − c²) / m), c = 1 + decay
};

/// They are NaN for a mass that is not positive, a negative damping, and numbers that are not finite. Not inlined: see
/// checked_number.
KURAMOTO_NEVER_INLINE inline FactorsOfCell factors_of_cell(double dt, double temperature, double mass, double damping) {
    stay_in_place();
    constexpr double nan = __builtin_nan("");
    if (!fits<double>(mass) || !fits<double>(damping) || !(mass > 0) || !(damping >= 0)) return {nan, nan, nan};
    const Rounded per_mass = Rounded(dt) / Rounded(mass);
    const Rounded change = decay(Rounded(damping) * per_mass);
    // 1 − c² = −change · (2 + change): nothing cancels where the damping is weak.
    const Rounded variance = Rounded(temperature) * (-change * (Rounded(2) + change)) / Rounded(mass);
    return {(per_mass * Rounded(0.5)).value(), change.value(), sqrt(variance).value()};
}

[[nodiscard]] inline double temperature_of(const VelocityVerlet&) noexcept { return 0; }
[[nodiscard]] inline double temperature_of(const BAOAB& stepper) noexcept { return stepper.temperature; }

/// m and γ in the precision of the cells. Throw for a number that is out of range.
template <class T> T checked_mass(double mass) {
    const T rounded = checked_number<T>(mass, "mass");
    if (!(mass > 0)) invalid_argument("mass must be positive, but is " + text(mass));
    if (!(rounded > 0)) invalid_argument("mass = " + text(mass) + " is too small for the precision of the cells");
    return rounded;
}
template <class T> T checked_damping(double damping) {
    const T rounded = checked_number<T>(damping, "damping");
    if (damping < 0) invalid_argument("damping must not be negative, but is " + text(damping));
    return rounded;
}
template <class T> void check_inertia(const Inertia& inertia, const Grid<const T>&) {
    static_cast<void>(checked_mass<T>(inertia.mass));
    static_cast<void>(checked_damping<T>(inertia.damping));
}
template <class T> void check_inertia(const InertiaFields<T>& inertia, const Grid<const T>& theta) {
    if (inertia.mass.is_number())
        static_cast<void>(checked_mass<T>(inertia.mass.number()));
    else
        check_same_shape(theta, "theta", inertia.mass.field(), "mass");
    if (inertia.damping.is_number())
        static_cast<void>(checked_damping<T>(inertia.damping.number()));
    else
        check_same_shape(theta, "theta", inertia.damping.field(), "damping");
}

/// m and γ as InertiaFields, whichever they are.
template <class T> InertiaFields<T> as_fields(const Inertia& inertia) { return {inertia.mass, inertia.damping}; }
template <class T> InertiaFields<T> as_fields(const InertiaFields<T>& inertia) { return inertia; }

/// Throws if fields of masses or dampings overlap what is written.
template <class T> void check_inertia_apart(const Grid<T>&, const char*, const Inertia&) {}
template <class T> void check_inertia_apart(const Grid<T>& written, const char* name, const InertiaFields<T>& inertia) {
    check_disjoint(written, name, inertia.mass.field(), "mass");
    check_disjoint(written, name, inertia.damping.field(), "damping");
}

/// Factors in the precision of the cells.
template <class T> struct NumberFactors {
    T kick = 0;
    T decay = 0;
    T amplitude = 0;
};

/// The factors if m and γ are numbers. Throws for factors that the precision of the cells cannot hold.
template <class T>
KURAMOTO_NEVER_INLINE NumberFactors<T> checked_factors(double dt, double temperature, double mass, double damping) {
    stay_in_place();
    const FactorsOfCell factors = factors_of_cell(dt, temperature, mass, damping);
    return {checked_number<T>(factors.kick, "dt / 2 mass"), static_cast<T>(factors.decay),
            checked_number<T>(factors.amplitude, "temperature / mass")};
}

/// Throws for a time step, a temperature, a mass or a damping that is out of range, or of another shape.
template <class T, InertialStepper S, class Coefficients>
void check_inertial_stepper(const S& stepper, const Coefficients& inertia, const Grid<const T>& theta) {
    static_cast<void>(checked_time_step<T>(stepper.dt));
    const double temperature = temperature_of(stepper);
    static_cast<void>(checked_number<T>(temperature, "temperature"));
    if (temperature < 0) invalid_argument("temperature must not be negative, but is " + text(temperature));
    check_inertia(inertia, theta);
    const InertiaFields<T> of = as_fields<T>(inertia);
    if (of.mass.is_number() && of.damping.is_number())
        static_cast<void>(checked_factors<T>(stepper.dt, temperature, of.mass.number(), of.damping.number()));
}

/// The factors of all cells: numbers, or fields of this object.
template <class T> class InertialFactors {
  public:
    /// The arguments have been checked. Throws for factors that the precision of the cells cannot hold.
    template <class P, InertialStepper S, class Coefficients>
    InertialFactors(const P& policy, const Execution& execution, const S& stepper, const Coefficients& inertia,
                    const Grid<const T>& theta)
        : half_dt_(half_of(stepper.dt)) {
        const InertiaFields<T> of = as_fields<T>(inertia);
        if (of.mass.is_number() && of.damping.is_number())
            numbers_ = checked_factors<T>(stepper.dt, temperature_of(stepper), of.mass.number(), of.damping.number());
        else
            fill_fields(policy, execution, stepper.dt, temperature_of(stepper), of, theta);
    }

    [[nodiscard]] T half_dt() const noexcept { return half_dt_; }
    [[nodiscard]] Source<T> kick() const noexcept { return source(kicks_, numbers_.kick); }
    [[nodiscard]] Source<T> decay() const noexcept { return source(decays_, numbers_.decay); }

    /// The noise of BAOAB. Throws as numbered_noise.
    [[nodiscard]] Noise<T> noise(const BAOAB& stepper, const Grid<const T>& theta, std::int64_t first_step,
                                 std::int64_t steps, const Execution& execution) const {
        Noise<T> noise = numbered_noise<T>(stepper.seed, theta, first_step, steps, false, execution);
        noise.amplitude = numbers_.amplitude;
        noise.diffusion = source(amplitudes_, T(0));
        noise.is_amplitude = true;
        return noise;
    }

  private:
    [[nodiscard]] Source<T> source(const Field<T>& field, T number) const noexcept {
        return {.field = field.view(), .is_uniform = !has_fields_, .number = number};
    }

    // Not inlined: see checked_number.
    KURAMOTO_NEVER_INLINE static T half_of(double dt) {
        stay_in_place();
        return static_cast<T>(0.5 * dt);
    }

    template <class P>
    void fill_fields(const P& policy, const Execution& execution, double dt, double temperature,
                     const InertiaFields<T>& inertia, const Grid<const T>& theta) {
        has_fields_ = true;
        const std::ptrdiff_t rows = theta.rows();
        const std::ptrdiff_t cols = theta.cols();
        kicks_ = Field<T>(rows, cols);
        decays_ = Field<T>(rows, cols);
        amplitudes_ = Field<T>(rows, cols);
        for_blocks(policy, execution, theta.size(), [&](std::ptrdiff_t begin, std::ptrdiff_t end) noexcept {
            for (std::ptrdiff_t k = begin; k < end; ++k) {
                const auto at = [&](const NumberOrField<T>& of) {
                    return of.is_number() ? of.number() : static_cast<double>(of.field()(k / cols, k % cols));
                };
                const FactorsOfCell factors = factors_of_cell(dt, temperature, at(inertia.mass), at(inertia.damping));
                kicks_.data()[k] = static_cast<T>(factors.kick);
                decays_.data()[k] = static_cast<T>(factors.decay);
                amplitudes_.data()[k] = static_cast<T>(factors.amplitude);
            }
        });
    }

    T half_dt_;
    bool has_fields_ = false;
    NumberFactors<T> numbers_ = {};
    Field<T> kicks_;
    Field<T> decays_;
    Field<T> amplitudes_;
};

} // namespace detail
KURAMOTO_END_NAMESPACE
