// The factors of a step with inertia in the precision of the cells, and the amplitude of its noise.
#pragma once

#include <kuramoto/detail/arithmetic/rounded.hpp>
#include <kuramoto/detail/build/checks.hpp>
#include <kuramoto/detail/kernels/cell.hpp>
#include <kuramoto/detail/kernels/step_factors.hpp>
#include <kuramoto/detail/memory/logical_order.hpp>
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

[[nodiscard]] inline double temperature_of(const VelocityVerlet&) noexcept { return 0; }
[[nodiscard]] inline double temperature_of(const BAOAB& stepper) noexcept { return stepper.temperature; }

/// Throws for a number that is out of range.
template <class T> void check_mass(double mass) {
    static_cast<void>(checked_number<T>(mass, "mass"));
    if (!(mass > 0)) invalid_argument("mass must be positive, but is " + text(mass));
}
template <class T> void check_damping(double damping) {
    static_cast<void>(checked_number<T>(damping, "damping"));
    if (damping < 0) invalid_argument("damping must not be negative, but is " + text(damping));
}
template <class T> void check_inertia(const Inertia& inertia, const Grid<const T>&) {
    check_mass<T>(inertia.mass);
    check_damping<T>(inertia.damping);
}
template <class T> void check_inertia(const InertiaFields<T>& inertia, const Grid<const T>& theta) {
    if (inertia.mass.is_number())
        check_mass<T>(inertia.mass.number());
    else
        check_same_shape(theta, "theta", inertia.mass.field(), "mass");
    if (inertia.damping.is_number())
        check_damping<T>(inertia.damping.number());
    else
        check_same_shape(theta, "theta", inertia.damping.field(), "damping");
}

/// Throws if fields of masses or dampings overlap what is written.
template <class T> void check_inertia_apart(const Grid<T>&, const char*, const Inertia&) {}
template <class T> void check_inertia_apart(const Grid<T>& written, const char* name, const InertiaFields<T>& inertia) {
    check_disjoint(written, name, inertia.mass.field(), "mass");
    check_disjoint(written, name, inertia.damping.field(), "damping");
}

/// Throws for a time step, a temperature, a mass or a damping that is out of range, or of another shape.
template <class T, InertialStepper S, class Coefficients>
void check_inertial_stepper(const S& stepper, const Coefficients& inertia, const Grid<const T>& theta) {
    static_cast<void>(checked_time_step<T>(stepper.dt));
    const double temperature = temperature_of(stepper);
    static_cast<void>(checked_number<T>(temperature, "temperature"));
    if (temperature < 0) invalid_argument("temperature must not be negative, but is " + text(temperature));
    check_inertia(inertia, theta);
}

/// The factors of all cells: numbers, or fields of this object.
template <class T> class InertialFactors {
  public:
    /// The arguments have been checked. Throws for factors that the precision of the cells cannot hold.
    template <class P, InertialStepper S, class Coefficients>
    InertialFactors(const P& policy, const Execution& execution, const S& stepper, const Coefficients& inertia,
                    const Grid<const T>& theta)
        : half_dt_(static_cast<T>(0.5 * stepper.dt)) {
        if constexpr (std::same_as<Coefficients, Inertia>)
            set_numbers(stepper.dt, temperature_of(stepper), inertia.mass, inertia.damping);
        else if (inertia.mass.is_number() && inertia.damping.is_number())
            set_numbers(stepper.dt, temperature_of(stepper), inertia.mass.number(), inertia.damping.number());
        else
            fill_fields(policy, execution, stepper.dt, temperature_of(stepper), inertia, theta);
    }

    [[nodiscard]] T half_dt() const noexcept { return half_dt_; }
    [[nodiscard]] Source<T> kick() const noexcept { return source(kicks_, kick_); }
    [[nodiscard]] Source<T> decay() const noexcept { return source(decays_, decay_); }

    /// The noise of BAOAB. Throws as numbered_noise.
    [[nodiscard]] Noise<T> noise(const BAOAB& stepper, const Grid<const T>& theta, std::int64_t first_step,
                                 std::int64_t steps, Isa isa) const {
        Noise<T> noise = numbered_noise<T>(stepper.seed, theta, first_step, steps, false, isa);
        noise.amplitude = amplitude_;
        noise.diffusion = source(amplitudes_, T(0));
        noise.is_amplitude = true;
        return noise;
    }

  private:
    [[nodiscard]] Source<T> source(const Field<T>& field, T number) const noexcept {
        return {field.view(), !has_fields_, number};
    }

    KURAMOTO_NEVER_INLINE void set_numbers(double dt, double temperature, double mass, double damping) {
        stay_in_place();
        const StepFactors<Rounded> factors = step_factors(dt, temperature, Rounded(mass), Rounded(damping));
        kick_ = checked_number<T>(factors.kick.value(), "dt / 2 mass");
        decay_ = static_cast<T>(factors.decay.value());
        amplitude_ = checked_number<T>(sqrt(factors.variance).value(), "temperature / mass");
    }

    template <class P>
    void fill_fields(const P& policy, const Execution& execution, double dt, double temperature,
                     const InertiaFields<T>& inertia, const Grid<const T>& theta) {
        constexpr std::ptrdiff_t most = 256; // cells at a time
        has_fields_ = true;
        for (Field<T>* const field : {&kicks_, &decays_, &amplitudes_}) *field = Field<T>(theta.rows(), theta.cols());
        const auto function = cell_function<double, StepFactorsOfCells>(execution.isa);
        for_blocks(policy, execution, theta.size(), [&](std::ptrdiff_t begin, std::ptrdiff_t end) noexcept {
            double mass[most];
            double damping[most];
            double factors[3][most];
            const StepFactorsOfCells work{dt, temperature, mass, damping, factors[0], factors[1], factors[2]};
            for (; begin < end; begin += most) {
                const std::ptrdiff_t count = end - begin < most ? end - begin : most;
                read(inertia.mass, begin, count, mass);
                read(inertia.damping, begin, count, damping);
                function(work, 0, count);
                for (std::ptrdiff_t k = 0; k < count; ++k) {
                    kicks_.data()[begin + k] = static_cast<T>(factors[0][k]);
                    decays_.data()[begin + k] = static_cast<T>(factors[1][k]);
                    amplitudes_.data()[begin + k] = static_cast<T>(factors[2][k]);
                }
            }
        });
    }

    static void read(const NumberOrField<T>& from, std::ptrdiff_t first, std::ptrdiff_t count, double* to) noexcept {
        if (from.is_number())
            for (std::ptrdiff_t k = 0; k < count; ++k) to[k] = from.number();
        else
            visit_cells(from.field(), first, count,
                        [&](const T& cell, std::ptrdiff_t k) { to[k] = static_cast<double>(cell); });
    }

    T half_dt_;
    bool has_fields_ = false;
    T kick_ = 0;
    T decay_ = 0;
    T amplitude_ = 0;
    Field<T> kicks_;
    Field<T> decays_;
    Field<T> amplitudes_;
};

} // namespace detail
KURAMOTO_END_NAMESPACE
