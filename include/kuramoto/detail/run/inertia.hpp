// Time steps with inertia: of a lattice in fused sweeps; otherwise one at a time, each an evaluation of the rate
// and one pass of the cell kernel.
#pragma once

#include <kuramoto/detail/build/checks.hpp>
#include <kuramoto/detail/kernels/inertial_step.hpp>
#include <kuramoto/detail/parallel/cell_blocks.hpp>
#include <kuramoto/detail/run/inertial_factors.hpp>
#include <kuramoto/detail/run/lattice_sweep.hpp>
#include <kuramoto/detail/run/mean_field.hpp>
#include <kuramoto/detail/tiling/run.hpp>
#include <kuramoto/grid/field.hpp>
#include <kuramoto/model/inertia.hpp>
#include <kuramoto/run/mean_field.hpp>
#include <kuramoto/run/rate.hpp>

#include <concepts>
#include <cstdint>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// Kicks with a rate, and the rest of a step if a step is opened.
template <class T> struct KickAndDrift {
    const T* rate = nullptr;
    T* velocity = nullptr;
    T* theta = nullptr;
    const T* kicks = nullptr;  ///< null: `kick` in every cell
    const T* decays = nullptr; ///< null: `decay` in every cell
    const T* noise = nullptr;  ///< null: there is none
    T kick = 0;
    T decay = 0;
    T half_dt = 0;
    InertialKicks which = {};

    template <class Cells> KURAMOTO_ALWAYS_INLINE void operator()(const Cells& at) const noexcept {
        using V = typename Cells::Vector;
        const InertialFactorsAt<V> factors{kicks != nullptr ? at.load(kicks) : V(kick),
                                           decays != nullptr ? at.load(decays) : V(decay), V(half_dt)};
        const V force = at.load(rate);
        InertialCells<V> cells{at.load(theta), at.load(velocity)};
        if (which.closes) cells.kick(factors, force);
        if (which.opens) {
            cells.kick(factors, force);
            if (noise != nullptr)
                cells.drift(factors, at.load(noise));
            else
                cells.drift(factors);
            at.store(theta, cells.theta);
        }
        at.store(velocity, cells.velocity);
    }
};

/// Phases, velocities and rates as consecutive cells.
template <class T, class P, class Inner> class InertialRun {
  public:
    InertialRun(const P& policy, const Execution& execution, const Inner& model, const InertialFactors<T>& factors,
                const Noise<T>& noise, const Grid<const T>& theta, const Grid<const T>& velocity)
        : policy_(policy), execution_(execution), model_(model), factors_(factors), noise_(noise), theta_(theta),
          velocity_(velocity), rate_(theta.rows(), theta.cols()) {
        if (noise.is_present()) xi_ = Field<T>(theta.rows(), theta.cols());
    }

    /// Evaluates the rate and kicks; then the phases drift, if the kicks open a step.
    void kick(const InertialKicks& which) {
        rate(policy_, model_, theta_, rate_);
        const Source<T> kicks = factors_.kick();
        const Source<T> decays = factors_.decay();
        KickAndDrift<T> work;
        work.rate = rate_.data();
        work.velocity = velocity_.data();
        work.theta = theta_.data();
        work.kicks = kicks.is_uniform ? nullptr : kicks.field.data();
        work.decays = decays.is_uniform ? nullptr : decays.field.data();
        work.kick = kicks.number;
        work.decay = decays.number;
        work.half_dt = factors_.half_dt();
        work.which = which;
        if (noise_.is_present() && which.opens) {
            draw_noise();
            work.noise = xi_.data();
        }
        run_cells<T>(policy_, execution_, theta_.size(), work);
    }

    [[nodiscard]] const Field<T>& theta() const noexcept { return theta_; }
    [[nodiscard]] const Field<T>& velocity() const noexcept { return velocity_; }

  private:
    void draw_noise() {
        if (theta_.empty()) return;
        for_noisy_cells<T>(
            policy_, execution_, noise_, xi_, xi_,
            [](const Noise<T>& of_step, const NoisyCells<T>& cells) noexcept { keep_first_noise(of_step, cells); });
        ++noise_.step;
    }

    const P& policy_;
    const Execution& execution_;
    Inner model_;
    const InertialFactors<T>& factors_;
    Noise<T> noise_;
    Field<T> theta_;
    Field<T> velocity_;
    Field<T> rate_;
    Field<T> xi_; // what the step adds to the velocities, if there is noise
};

/// The phases and velocities that a run advances, and its noise.
template <class T> struct InertialState {
    Grid<T> theta = {};
    Grid<T> velocity = {};
    Noise<T> noise = {};
};

/// One step at a time. A run is an opening kick, kicks between two steps, and a closing kick.
template <class T, class P, class Inner>
void advance_unfused(const P& policy, const Execution& execution, const Inner& model, const InertialFactors<T>& factors,
                     const InertialState<T>& state, std::int64_t steps) {
    InertialRun<T, P, Inner> run(policy, execution, model, factors, state.noise, state.theta, state.velocity);
    // A kick of copies checks the rest of the model, also where no step is asked for.
    run.kick({.closes = false, .opens = steps > 0});
    if (steps == 0) return;
    for (std::int64_t step = 1; step < steps; ++step) run.kick({.closes = true, .opens = true});
    run.kick({.closes = true, .opens = false});
    copy_cells(run.theta().view(), state.theta);
    copy_cells(run.velocity().view(), state.velocity);
}

/// In fused sweeps.
template <InertialStepper S, class T, class P, class Lattice>
void advance_fused(const P& policy, const Execution& execution, const Lattice& model, const InertialFactors<T>& factors,
                   const InertialState<T>& state, std::int64_t steps) {
    const Grid<const T> in = state.theta;
    const auto coupling = prepared<T>(model.laplacian.coupling);
    const SweepViews<T> views{.in = in, .out = state.theta, .out_name = "theta", .source = source_of(model.omega, in)};
    Sweep<T> sweep;
    if constexpr (std::same_as<S, BAOAB>)
        sweep = sweep_over<BAOABStage>(views, model.laplacian, coupling, execution);
    else
        sweep = sweep_over<VelocityVerletStage>(views, model.laplacian, coupling, execution);
    sweep.stages.outer[0] = factors.half_dt();
    sweep.noise = state.noise;
    sweep.inertia = {.is_present = true,
                     .velocity_in = state.velocity,
                     .velocity_out = state.velocity,
                     .kick = factors.kick(),
                     .decay = factors.decay()};
    if (steps == 0 || in.empty()) return;
    run_steps(policy, execution, sweep, steps);
}

/// Throws unless `theta` and `velocity` can be written beside each other and beside what the model reads.
template <class T, class Inner, class Coefficients>
void check_state(const InertialModel<Inner, Coefficients>& model, const Grid<T>& theta, const Grid<T>& velocity) {
    const Source<T> omega = source_of(omega_of(model.model), Grid<const T>(theta));
    check_same_shape(theta, "theta", velocity, "velocity");
    check_disjoint(velocity, "velocity", theta, "theta");
    const auto check_field = [&](const Grid<T>& written, const char* name) {
        check_writable(written, name);
        check_disjoint(written, name, omega.field, "omega");
        check_apart_from_lattice(written, name, model.model);
        check_inertia_apart(written, name, model.inertia);
    };
    check_field(velocity, "velocity");
    check_field(theta, "theta");
}

} // namespace detail
KURAMOTO_END_NAMESPACE
