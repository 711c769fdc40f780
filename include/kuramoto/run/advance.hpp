// The algorithms: apply, rate, advance. They check every argument, then hand the work to the policy.
#pragma once

#include <kuramoto/detail/build/checks.hpp>
#include <kuramoto/detail/kernels/array_passes.hpp>
#include <kuramoto/detail/tiling/sweep.hpp>
#include <kuramoto/execution/policy.hpp>
#include <kuramoto/model/laplacian.hpp>
#include <kuramoto/stepping/runge_kutta.hpp>

#include <cstdint>

namespace kuramoto {

/// Two grid-like objects whose cells have the same precision: both float, or both double.
template <class First, class Second>
concept SamePrecision =
    GridLike<First> && GridLike<Second> && std::same_as<value_type_of<First>, value_type_of<Second>>;

/// The frequencies of a model for cells of T: one number, or a Grid<const T>. Mixing float and double is an error.
template <class Frequency, class T>
concept FrequencyFor = std::same_as<Frequency, double> || std::same_as<Frequency, Grid<const T>>;

/// The bonds of an operator for cells of T: all equal, or with strengths of the same precision.
template <class Bonds, class T>
concept BondsFor = std::same_as<Bonds, EqualBonds> || std::same_as<Bonds, BondStrengths<T>>;

inline namespace KURAMOTO_BUILD {
namespace detail {

/// Throws if what is written overlaps numbers along an edge or strengths of bonds, which are read all the time.
template <class T, class C, class B>
void check_apart(const Grid<T>& written, const char* name, const Laplacian<C, B>& laplacian) {
    check_apart(written, name, laplacian.bonds);
    const auto check_edge_apart = [&](const Edge& edge, const char* edge_name) {
        if (edge.values != nullptr && edge.count > 0)
            check_disjoint(written, name, Grid<const double>(edge.values, 1, edge.count), edge_name);
    };
    check_edge_apart(laplacian.boundary.north, "boundary.north");
    check_edge_apart(laplacian.boundary.south, "boundary.south");
    check_edge_apart(laplacian.boundary.west, "boundary.west");
    check_edge_apart(laplacian.boundary.east, "boundary.east");
}

/// What `apply`, `rate` and `advance` have in common: the operator over `in`, written to `out`. `coupling` is called in
/// place of the operator's own, and has to outlive the sweep.
template <template <class> class Stage, class T, class C, class B, class Prepared>
Sweep<T> sweep_over(const Grid<const T>& in, const Grid<T>& out, const char* out_name, const Source<T>& source,
                    const Laplacian<C, B>& laplacian, const Prepared& coupling, const Execution& execution) {
    Sweep<T> sweep;
    sweep.in = in;
    sweep.out = out;
    sweep.source = source;
    sweep.K = checked_number<T>(laplacian.K, "K");
    check_boundary<T>(laplacian.boundary, in.rows(), in.cols());
    sweep.boundary = laplacian.boundary;
    check_strengths<T>(laplacian.bonds, in);
    check_apart(out, out_name, laplacian);
    sweep.coupling = &coupling;
    if constexpr (has_own_strengths<B>) {
        sweep.has_strengths = true;
        sweep.east_strength = {laplacian.bonds.east, false, 0};
        sweep.south_strength = {laplacian.bonds.south, false, 0};
        sweep.kernel = row_function<T, Prepared, Stage, OwnStrength>(execution.isa);
    } else {
        sweep.kernel = row_function<T, Prepared, Stage, EqualStrength>(execution.isa);
    }
    return sweep;
}

/// The frequencies of a model as a source. Throws for a number that is not finite, or a field of another shape.
template <class T> Source<T> source_of(double omega, const Grid<const T>&) {
    return {{}, true, checked_number<T>(omega, "omega")};
}
template <class T> Source<T> source_of(const Grid<const T>& omega, const Grid<const T>& theta) {
    check_same_shape(theta, "theta", omega, "omega");
    return {omega, false, 0};
}

template <class T> void fill_with(const Array<T>& rate, const Source<T>& source) noexcept {
    if (source.is_uniform)
        rate.fill(source.number);
    else
        rate.read(source.field);
}

/// out = source + K ∇·f(∇in) in array passes.
template <class T, class C> void rate_in_passes(const Sweep<T>& sweep, const C& coupling, Isa isa) {
    const std::ptrdiff_t rows = sweep.in.rows();
    const std::ptrdiff_t cols = sweep.in.cols();
    const ArrayPasses<T, C> passes(rows, cols, coupling, sweep.boundary, sweep.east_strength.field,
                                   sweep.south_strength.field, isa);
    const Array<T> theta(rows, cols);
    const Array<T> rate(rows, cols);
    theta.read(sweep.in);
    fill_with(rate, sweep.source);
    passes.add_laplacian(theta, sweep.K, rate);
    rate.write(sweep.out);
}

/// Adds the noise of a step to an array.
template <class T> void add_noise(const Array<T>& theta, const Noise<T>& noise) {
    for (std::ptrdiff_t i = 0; i < theta.rows(); ++i)
        for (std::ptrdiff_t begin = 0; begin < theta.cols(); begin += most_noisy_cells) {
            const std::ptrdiff_t rest = theta.cols() - begin;
            add_noise(noise, i, begin, rest < most_noisy_cells ? rest : most_noisy_cells, theta.row(i) + begin, 1);
        }
}

/// `steps` time steps in array passes.
template <class T, class C>
void steps_in_passes(const Sweep<T>& sweep, const C& coupling, Isa isa, std::int64_t steps) {
    const std::ptrdiff_t rows = sweep.in.rows();
    const std::ptrdiff_t cols = sweep.in.cols();
    const ArrayPasses<T, C> passes(rows, cols, coupling, sweep.boundary, sweep.east_strength.field,
                                   sweep.south_strength.field, isa);
    const Stages<T>& stages = sweep.stages;
    const bool has_inner = stages.count > 1;
    const Array<T> theta(rows, cols);
    const Array<T> rate(rows, cols);
    const Array<T> inner(has_inner ? rows : 0, cols); // what a later stage works on
    const Array<T> base(has_inner ? rows : 0, cols);  // the phases at the beginning of the step
    Noise<T> noise = sweep.noise;
    theta.read(sweep.in);
    for (std::int64_t step = 0; step < steps; ++step, ++noise.step) {
        if (has_inner) base.copy(theta);
        for (int k = 0; k < stages.count; ++k) {
            if (k > 0) {
                inner.copy(base);
                passes.add_step(inner, stages.inner[k - 1], rate);
            }
            fill_with(rate, sweep.source);
            passes.add_laplacian(k > 0 ? inner : theta, sweep.K, rate);
            passes.add_step(theta, stages.outer[k], rate);
        }
        if (noise.is_present()) add_noise(theta, noise);
    }
    theta.write(sweep.out);
}

template <class P, class T, class C>
void run_rate(const P& policy, const Execution& execution, const Sweep<T>& sweep, const C& coupling) {
    if (sweep.in.empty()) return;
    if constexpr (works_in_array_passes<P>)
        rate_in_passes(sweep, coupling, execution.isa);
    else
        run_one_pass(policy, execution, sweep);
}

} // namespace detail

/// rate += K ∇·f(∇θ): adds the lattice operator to what `rate` holds.
///
/// theta and rate: grid-like, the same shape and precision, any strides; rate must overlap neither theta nor itself nor
/// strengths of bonds or numbers along edges.
/// rate[i, j] += K Σ f(θ_neighbour − θ_ij), in 1 / time. Throws std::invalid_argument, before anything is written, for
/// shapes that differ, overlap, a K that is not finite, a boundary that cannot be (numbers that are not finite or not
/// as many as cells along an edge, one of two opposite edges periodic), or a policy that cannot be. One pass over
/// memory (Serial: ten), two evaluations of f a cell where f is odd, else four; scratch of a few rows a thread (Serial:
/// three arrays). Accuracy: a few units in the last place of the largest term; see docs/numerics.md.
template <ExecutionPolicy P, class C, class B, GridLike Theta, class Rate>
requires WritableGridLike<std::remove_reference_t<Rate>> && SamePrecision<Theta, std::remove_reference_t<Rate>> &&
    BondsFor<B, value_type_of<Theta>> && Coupling<C, value_type_of<Theta>>
void apply(const P& policy, const Laplacian<C, B>& laplacian, const Theta& theta, Rate&& rate) {
    using T = value_type_of<const Theta>;
    const detail::Execution execution(policy);
    const Grid<const T> in = as_grid(theta);
    const Grid<T> out = as_grid(rate);
    detail::check_same_shape(in, "theta", out, "rate");
    detail::check_writable(out, "rate");
    detail::check_disjoint(out, "rate", in, "theta");
    const detail::Source<T> source{out, false, 0};
    const auto coupling = detail::prepared<T>(laplacian.coupling);
    const auto sweep = detail::sweep_over<detail::StoreRate>(in, out, "rate", source, laplacian, coupling, execution);
    detail::run_rate(policy, execution, sweep, coupling);
}

/// rate = ω + K ∇·f(∇θ), the right-hand side of the model, in rad / time.
///
/// As `apply`; rate must not overlap omega either. Throws also for an ω of another shape, or a number that is not
/// finite.
template <ExecutionPolicy P, class C, class Frequency, class B, GridLike Theta, class Rate>
requires WritableGridLike<std::remove_reference_t<Rate>> && SamePrecision<Theta, std::remove_reference_t<Rate>> &&
    BondsFor<B, value_type_of<Theta>> && FrequencyFor<Frequency, value_type_of<Theta>> &&
    Coupling<C, value_type_of<Theta>>
void rate(const P& policy, const Model<C, Frequency, B>& model, const Theta& theta, Rate&& rate) {
    using T = value_type_of<const Theta>;
    const detail::Execution execution(policy);
    const Grid<const T> in = as_grid(theta);
    const Grid<T> out = as_grid(rate);
    detail::check_same_shape(in, "theta", out, "rate");
    const detail::Source<T> source = detail::source_of(model.omega, in);
    detail::check_writable(out, "rate");
    detail::check_disjoint(out, "rate", in, "theta");
    detail::check_disjoint(out, "rate", source.field, "omega");
    const auto coupling = detail::prepared<T>(model.laplacian.coupling);
    const auto sweep =
        detail::sweep_over<detail::StoreRate>(in, out, "rate", source, model.laplacian, coupling, execution);
    detail::run_rate(policy, execution, sweep, coupling);
}

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

/// The noise of a stepper. Throws for a D that is negative or not finite, of another shape than the phases, or for more
/// rows, columns or steps than the random numbers can tell apart. Not inlined: see checked_number.
template <class T, NoisyStepper S>
KURAMOTO_NEVER_INLINE Noise<T> noise_of(const S& stepper, const Grid<const T>& theta, std::int64_t first_step,
                                        std::int64_t steps, Isa isa) {
    stay_in_place();
    const auto is_large = [](std::ptrdiff_t extent) { return static_cast<std::uint64_t>(extent) >= most_noise_rows; };
    if (!theta.empty() && (is_large(theta.rows()) || is_large(theta.cols())))
        invalid_argument("theta is " + shape_text(theta.rows(), theta.cols()) +
                         " cells, but noise is for fewer than 2^32 rows and columns");
    if (static_cast<std::uint64_t>(first_step) + static_cast<std::uint64_t>(steps) > most_noise_steps)
        invalid_argument("first_step + steps = " + integer_text(first_step) + " + " + integer_text(steps) +
                         " must not be beyond 2^56 with noise");
    Noise<T> noise;
    noise.function = noise_function<T>(isa);
    noise.keys = round_keys(philox_key(stepper.seed));
    noise.step = static_cast<std::uint64_t>(first_step);
    noise.twice_dt = checked_number<T>(2 * stepper.dt, "dt");
    if constexpr (std::is_arithmetic_v<std::remove_cvref_t<decltype(stepper.D)>>) {
        static_cast<void>(checked_number<T>(stepper.D, "D"));
        if (stepper.D < 0) invalid_argument("D must not be negative, but is " + text(stepper.D));
        noise.amplitude = checked_number<T>(__builtin_sqrt(2 * stepper.D * stepper.dt), "D");
    } else {
        check_same_shape(theta, "theta", stepper.D, "D");
        noise.diffusion = {stepper.D, false, 0};
    }
    return noise;
}

} // namespace detail

/// Advances θ in place by `steps` time steps of a method: Euler, Heun, RungeKutta4, EulerMaruyama, or a user's own
/// FixedStepper.
///
/// theta: grid-like, any strides, any phases in rad; must overlap neither itself nor omega, nor strengths of bonds,
/// numbers along edges or a field of D. Zero steps change nothing; advance(m + n) is advance(m) followed by advance(n),
/// bit for bit. Throws as `rate`, and for steps or first_step < 0 and a dt that is not finite and positive. Never
/// refuses a large dt: see max_stable_dt. `first_step` is the number of the first step in the whole run, for models
/// whose steps differ (noise). Under Fused and OpenMP memory is read and written once for `depth` steps, whatever their
/// stages; scratch of four rows a step and thread for Euler, of eight a stage for the others, allocated once a call.
/// Under Serial every stage is some twelve passes over memory.
template <ExecutionPolicy P, FixedStepper S, class C, class Frequency, class B, class Theta>
requires WritableGridLike<std::remove_reference_t<Theta>> &&
    StepperFor<S, value_type_of<std::remove_reference_t<Theta>>> &&
    BondsFor<B, value_type_of<std::remove_reference_t<Theta>>> &&
    FrequencyFor<Frequency, value_type_of<std::remove_reference_t<Theta>>> &&
    Coupling<C, value_type_of<std::remove_reference_t<Theta>>>
void advance(const P& policy, const S& stepper, const Model<C, Frequency, B>& model, Theta&& theta, std::int64_t steps,
             std::int64_t first_step = 0) {
    using T = value_type_of<std::remove_reference_t<Theta>>;
    const detail::Execution execution(policy);
    const Grid<T> out = as_grid(theta);
    const Grid<const T> in = out;
    detail::check_count(steps, "steps");
    detail::check_count(first_step, "first_step");
    const detail::Source<T> source = detail::source_of(model.omega, in);
    detail::check_writable(out, "theta");
    detail::check_disjoint(out, "theta", source.field, "omega");
    const auto coupling = detail::prepared<T>(model.laplacian.coupling);
    detail::Sweep<T> sweep;
    if constexpr (NoisyStepper<S>)
        sweep = detail::sweep_over<detail::EulerMaruyamaStep>(in, out, "theta", source, model.laplacian, coupling,
                                                              execution);
    else if constexpr (S::stages == 1)
        sweep = detail::sweep_over<detail::EulerStep>(in, out, "theta", source, model.laplacian, coupling, execution);
    else
        sweep =
            detail::sweep_over<detail::RungeKuttaStage>(in, out, "theta", source, model.laplacian, coupling, execution);
    sweep.stages = detail::stages_of<T>(stepper);
    if constexpr (NoisyStepper<S>) {
        sweep.noise = detail::noise_of<T>(stepper, in, first_step, steps, execution.isa);
        detail::check_disjoint(out, "theta", sweep.noise.diffusion.field, "D");
    }
    if (steps == 0 || in.empty()) return;
    if constexpr (detail::works_in_array_passes<P>)
        detail::steps_in_passes(sweep, coupling, execution.isa, steps);
    else
        detail::run_steps(policy, execution, sweep, steps);
}

} // namespace KURAMOTO_BUILD
} // namespace kuramoto
