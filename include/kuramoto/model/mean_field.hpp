// All-to-all coupling: every cell is bound to every other, alone (the Kuramoto model) or on top of a lattice.
//
// The sum over all cells is that over e^{iθ}: with r e^{iψ} = mean of e^{iθ},
//     (K/N) Σ_j sin(θ_j − θ_i − α) = K r sin(ψ − α − θ_i) = Im(K e^{−iα} r e^{iψ} · e^{−iθ_i}),
// so that a rate costs O(cells) (Kuramoto, Chemical Oscillations, Waves, and Turbulence (1984), section 5.4). It needs
// the mean before the first cell is known: nothing is fused in time.
#pragma once

#include <kuramoto/detail/arithmetic/environment.hpp>
#include <kuramoto/detail/kernels/mean_phasor.hpp>
#include <kuramoto/detail/memory/buffer.hpp>
#include <kuramoto/detail/memory/logical_order.hpp>
#include <kuramoto/detail/parallel/blocks.hpp>
#include <kuramoto/detail/parallel/parts.hpp>
#include <kuramoto/detail/random/noise.hpp>
#include <kuramoto/detail/tiling/sweep.hpp>
#include <kuramoto/run/advance.hpp>
#include <kuramoto/stepping/dormand_prince.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

namespace kuramoto {

/// (K/N) Σ_j sin(θ_j − θ_i − α) over all N cells j, i itself among them. The sum is divided by the number of cells,
/// whereas that of the lattice is not divided by the number of neighbours.
struct AllToAll {
    double K = 1.0;   ///< coupling strength, 1 / time; may be negative
    double lag = 0.0; ///< α, rad
};

/// A model with a lattice: Model.
template <class Candidate>
concept LatticeModel = requires(const Candidate& model) {
    model.laplacian.coupling;
    model.omega;
};

/// dθ_i/dt = (what the cell does besides) + (K/N) Σ_j sin(θ_j − θ_i − α). `Local` is Grid<const T> (one ω a cell;
/// viewed, not copied) or double (one ω for all): the Kuramoto model, without any lattice; or a Model: coupling to the
/// neighbours and to all. Deduced: MeanFieldModel{AllToAll{.K = 2}, omega}, MeanFieldModel{AllToAll{.K = 2}, model}.
template <class Local> struct MeanFieldModel {
    AllToAll all_to_all = {}; ///< the coupling to all cells
    Local local = {};         ///< natural frequencies, rad / time; or a model with a lattice
};

template <class T> MeanFieldModel(AllToAll, Field<T>&) -> MeanFieldModel<Grid<const T>>;
template <class T> MeanFieldModel(AllToAll, const Field<T>&) -> MeanFieldModel<Grid<const T>>;
template <class T> MeanFieldModel(AllToAll, Grid<T>) -> MeanFieldModel<Grid<const std::remove_const_t<T>>>;
template <class Number>
requires std::is_arithmetic_v<Number> MeanFieldModel(AllToAll, Number)
->MeanFieldModel<double>;
template <LatticeModel Lattice> MeanFieldModel(AllToAll, Lattice) -> MeanFieldModel<Lattice>;

inline namespace KURAMOTO_BUILD {
namespace detail {

/// The natural frequencies of a model: a number or a Grid.
template <class Local> const auto& omega_of(const Local& local) noexcept {
    if constexpr (LatticeModel<Local>)
        return local.omega;
    else
        return local;
}
template <class Local> const auto& omega_of(const MeanFieldModel<Local>& model) noexcept {
    return omega_of(model.local);
}

/// Throws if what is written overlaps what the lattice of a model reads, if it has one.
template <class T, class Local>
void check_apart_from_lattice(const Grid<T>& written, const char* name, const Local& local) {
    if constexpr (LatticeModel<Local>) check_apart(written, name, local.laplacian);
}
template <class T, class Local>
void check_apart_from_lattice(const Grid<T>& written, const char* name, const MeanFieldModel<Local>& model) {
    check_apart_from_lattice(written, name, model.local);
}

template <class Lattice> using OmegaOf = std::remove_cvref_t<decltype(omega_of(std::declval<const Lattice&>()))>;
template <class Lattice>
using CouplingOf = std::remove_cvref_t<decltype(std::declval<const Lattice&>().laplacian.coupling)>;

template <class Local, class T>
constexpr bool is_local_part = [] {
    if constexpr (LatticeModel<Local>)
        return Coupling<CouplingOf<Local>, T> &&
               BondsFor<std::remove_cvref_t<decltype(std::declval<const Local&>().laplacian.bonds)>, T>;
    else
        return true;
}();

} // namespace detail
} // namespace KURAMOTO_BUILD

/// What a MeanFieldModel can hold for cells of T: natural frequencies, or a Model. Mixing float and double is an error.
template <class Local, class T>
concept LocalPart = FrequencyFor<detail::OmegaOf<Local>, T> && detail::is_local_part<Local, T>;

inline namespace KURAMOTO_BUILD {
namespace detail {

/// K e^{−iα}. Throws for numbers that are not finite. Not inlined: see checked_number.
template <class T> KURAMOTO_NEVER_INLINE Phasor checked_coupling(const AllToAll& all_to_all) {
    stay_in_place();
    static_cast<void>(checked_number<T>(all_to_all.K, "all_to_all.K"));
    static_cast<void>(checked_number<double>(all_to_all.lag, "all_to_all.lag"));
    const SinCos<double> of = (kuramoto::sincos)(all_to_all.lag);
    return {all_to_all.K * of.cos, -(all_to_all.K * of.sin)};
}

/// The mean of e^{iθ} over all cells, in logical order and over a fixed tree; 0 without cells.
template <class P, class T>
Phasor mean_phasor(const P& policy, const Execution& execution, const Grid<const T>& theta) {
    if (theta.empty()) return {};
    constexpr std::ptrdiff_t most = 1024; // cells a part
    const bool are_consecutive = theta.col_stride() == 1 && theta.row_stride() == theta.cols();
    const std::ptrdiff_t parts = (theta.size() + most - 1) / most;
    const Buffer<Phasor> sums(parts);
    const MeanFunction<T> add = mean_function<T>(execution.isa);
    for_parts(policy, execution, parts, theta.size(), [&](std::ptrdiff_t part) noexcept {
        const std::ptrdiff_t first = part * most;
        const std::ptrdiff_t count = theta.size() - first < most ? theta.size() - first : most;
        if (are_consecutive) {
            add(theta.data() + first, count, sums.data()[part]);
            return;
        }
        T phases[most];
        visit_cells(theta, first, count, [&](const T& cell, std::ptrdiff_t k) { phases[k] = cell; });
        add(phases, count, sums.data()[part]);
    });
    add_as_tree(sums.data(), parts);
    const auto cells = static_cast<double>(theta.size());
    return {sums.data()[0].real / cells, sums.data()[0].imaginary / cells};
}

inline Phasor product(const Phasor& a, const Phasor& b) noexcept {
    return {__builtin_fma(a.real, b.real, -(a.imaginary * b.imaginary)),
            __builtin_fma(a.real, b.imaginary, a.imaginary * b.real)};
}

/// out = local rate + K r sin(ψ − α − θ), where K r e^{i(ψ − α)} = cosine + i sine.
template <class T> struct AllToAllRate {
    const T* phase = nullptr;
    const T* local = nullptr; ///< null: `number` in every cell
    T number = 0;
    T sine = 0;
    T cosine = 0;
    T* out = nullptr;

    template <class Cells> KURAMOTO_ALWAYS_INLINE typename Cells::Vector value(const Cells& at) const noexcept {
        using V = typename Cells::Vector;
        V sine_of, cosine_of;
        absolute_sine_and_cosine(at.load(phase), sine_of, cosine_of);
        const V rate = local != nullptr ? at.load(local) : V(number);
        return fma(sine_of, V(-cosine), fma(cosine_of, V(sine), rate));
    }
    template <class Cells> KURAMOTO_ALWAYS_INLINE void operator()(const Cells& at) const noexcept {
        at.store(out, value(at));
    }
};

/// What a stage of a method makes of that rate: the phases of the next stage, and the sum that the last one ends.
template <class T> struct AllToAllStage {
    AllToAllRate<T> rate = {};
    const T* base = nullptr; ///< θ at the beginning of the step
    const T* sum = nullptr;
    T* next = nullptr; ///< null in the last stage
    T* sum_out = nullptr;
    T inner = 0;
    T outer = 0;

    template <class Cells> KURAMOTO_ALWAYS_INLINE void operator()(const Cells& at) const noexcept {
        using V = typename Cells::Vector;
        const V value = rate.value(at);
        const V weighted = fma(V(outer), value, at.load(sum));
        if (next != nullptr) at.store(next, fma(V(inner), value, at.load(base)));
        at.store(sum_out, weighted);
    }
};

template <class T> void aim(AllToAllRate<T>& operation, const Phasor& mean, const Phasor& coupling) noexcept {
    const Phasor pull = product(mean, coupling);
    operation.sine = static_cast<T>(pull.imaginary);
    operation.cosine = static_cast<T>(pull.real);
}

/// out = source + the pull of all cells, for views of any strides: `source` may be `out`.
template <class P, class T>
void add_all_to_all(const P& policy, const Execution& execution, const Phasor& coupling, const Grid<const T>& theta,
                    const Source<T>& source, const Grid<T>& out) {
    constexpr std::ptrdiff_t most = 512; // cells that are copied at a time
    AllToAllRate<T> operation;
    aim(operation, mean_phasor(policy, execution, theta), coupling);
    operation.number = source.number;
    const auto function = cell_function<T, AllToAllRate<T>>(execution.isa);
    for_blocks(policy, execution, theta.size(), [&](std::ptrdiff_t, std::ptrdiff_t begin, std::ptrdiff_t end) noexcept {
        T phases[most];
        T rates[most];
        AllToAllRate<T> here = operation;
        here.phase = phases;
        here.local = source.is_uniform ? nullptr : rates;
        here.out = rates;
        for (; begin < end; begin += most) {
            const std::ptrdiff_t count = end - begin < most ? end - begin : most;
            visit_cells(theta, begin, count, [&](const T& cell, std::ptrdiff_t k) { phases[k] = cell; });
            if (!source.is_uniform)
                visit_cells(source.field, begin, count, [&](const T& cell, std::ptrdiff_t k) { rates[k] = cell; });
            function(here, 0, count);
            visit_cells(out, begin, count, [&](T& cell, std::ptrdiff_t k) { cell = rates[k]; });
        }
    });
}

/// Adds the noise of a step. A grid of many short rows is taken as one of few long ones: a vector of noise is of a row.
template <class T, class P>
void add_noise(const P& policy, const Execution& execution, const Noise<T>& given, const Grid<T>& theta) {
    const bool is_turned = is_narrow(theta);
    const Noise<T> noise = is_turned ? given.transposed() : given;
    const Grid<T> cells = is_turned ? theta.transposed() : theta;
    const std::ptrdiff_t parts_a_row = (cells.cols() + most_noisy_cells - 1) / most_noisy_cells;
    for_parts(policy, execution, cells.rows() * parts_a_row, cells.size(), [&](std::ptrdiff_t part) noexcept {
        const std::ptrdiff_t i = part / parts_a_row;
        const std::ptrdiff_t begin = part % parts_a_row * most_noisy_cells;
        const std::ptrdiff_t rest = cells.cols() - begin;
        add_noise(noise, i, begin, rest < most_noisy_cells ? rest : most_noisy_cells,
                  cells.data() + i * cells.row_stride() + begin * cells.col_stride(), cells.col_stride());
    });
}

/// Time steps of a mean-field model: the phases, and what a stage needs besides, as consecutive cells.
template <class T, class P, class Local> class AllToAllRun {
  public:
    AllToAllRun(const P& policy, const Execution& execution, const Local& local, const Phasor& coupling,
                const Source<T>& omega, const Stages<T>& stages, const Noise<T>& noise, const Grid<const T>& theta)
        : policy_(policy), execution_(execution), local_(local), coupling_(coupling), number_(omega.number),
          stages_(stages), noise_(noise), theta_(theta) {
        const std::ptrdiff_t rows = theta.rows();
        const std::ptrdiff_t cols = theta.cols();
        if (has_lattice)
            rate_ = Field<T>(rows, cols);
        else if (!omega.is_uniform)
            rate_ = Field<T>(omega.field);
        if (stages.count == 1) return;
        sum_ = Field<T>(rows, cols);
        next_ = Field<T>(rows, cols);
    }

    void step() {
        for (int k = 0; k < stages_.count; ++k) take_stage(k);
        if (stages_.count > 1) theta_.swap(sum_);
        if (!noise_.is_present() || theta_.empty()) return;
        add_noise(policy_, execution_, noise_, theta_.view());
        ++noise_.step;
    }

    [[nodiscard]] const Field<T>& theta() const noexcept { return theta_; }

  private:
    static constexpr bool has_lattice = LatticeModel<Local>;

    void take_stage(int k) {
        const bool is_last = k + 1 == stages_.count;
        const Field<T>& phases = k == 0 ? theta_ : next_;
        if constexpr (has_lattice) kuramoto::rate(policy_, local_, phases, rate_);
        AllToAllStage<T> stage;
        aim(stage.rate, mean_phasor(policy_, execution_, phases.view()), coupling_);
        stage.rate.phase = phases.data();
        stage.rate.local = rate_.data();
        stage.rate.number = number_;
        stage.base = theta_.data();
        stage.sum = k == 0 ? theta_.data() : sum_.data();
        stage.next = is_last ? nullptr : next_.data();
        stage.sum_out = stages_.count == 1 ? theta_.data() : sum_.data();
        stage.inner = is_last ? T{0} : stages_.inner[k];
        stage.outer = stages_.outer[k];
        run_cells<T>(policy_, execution_, theta_.size(), stage);
    }

    const P& policy_;
    const Execution& execution_;
    Local local_;
    Phasor coupling_;
    T number_;
    Stages<T> stages_;
    Noise<T> noise_;
    Field<T> theta_;
    Field<T> rate_; // of the lattice; or the natural frequencies; or nothing
    Field<T> sum_;  // θ and the weighted rates so far, in methods of several stages
    Field<T> next_; // what the next stage works on
};

} // namespace detail

/// rate = ω + (K/N) Σ_j sin(θ_j − θ_i − α), and the lattice operator if the model has one; in rad / time.
///
/// theta and rate: grid-like, the same shape and precision, any strides; rate must overlap neither theta, nor itself,
/// nor omega. Throws std::invalid_argument, before anything is written, as `rate` of a Model, and for a K or a lag that
/// is not finite. Two passes besides that of the lattice, in the precision of the cells: the mean of e^{iθ}, summed in
/// double, and the pull. Each takes the sine and the cosine of every cell at once, for the price of a sine and a half;
/// 16 bytes of scratch per 1024 cells. The pull is right to a few units in the last place of K, for phases of any
/// number of turns; the order parameter in it has an error of about an ulp of the cells. The same bits
/// for any policy, number of threads and strides, per class of instruction set; with a lattice, for any but Serial.
/// One phase that is NaN or infinite makes all rates NaN.
template <ExecutionPolicy P, class Local, GridLike Theta, class Rate>
requires WritableGridLike<std::remove_reference_t<Rate>> && SamePrecision<Theta, std::remove_reference_t<Rate>> &&
    LocalPart<Local, value_type_of<Theta>>
void rate(const P& policy, const MeanFieldModel<Local>& model, const Theta& theta, Rate&& rate) {
    using T = value_type_of<const Theta>;
    const detail::Execution execution(policy);
    const Grid<const T> in = as_grid(theta);
    const Grid<T> out = as_grid(rate);
    const detail::Phasor coupling = detail::checked_coupling<T>(model.all_to_all);
    detail::Source<T> source{out, false, 0};
    if constexpr (LatticeModel<Local>) {
        kuramoto::rate(policy, model.local, in, out);
    } else {
        detail::check_same_shape(in, "theta", out, "rate");
        source = detail::source_of(model.local, in);
        detail::check_writable(out, "rate");
        detail::check_disjoint(out, "rate", in, "theta");
        detail::check_disjoint(out, "rate", source.field, "omega");
    }
    detail::add_all_to_all(policy, execution, coupling, in, source, out);
}

/// Advances θ in place by `steps` time steps of a method: Euler, Heun, RungeKutta4, EulerMaruyama, or a user's own
/// FixedStepper.
///
/// theta and first_step: as in `advance` of a Model. One step and one stage at a time, because each needs the order
/// parameter of the whole field: a stage is the two passes of `rate`, with the method's arithmetic in the second, and
/// the pass of the lattice if there is one, and noise one more. Two fields are allocated once a call, four with several
/// stages, one less for one ω for all cells without a lattice. Throws as `rate`, for steps or first_step < 0 and a dt
/// that is not finite and positive, and for noise as `advance` of a Model; whatever is thrown, θ is as it was. Zero
/// steps change nothing; advance(m + n) is advance(m) followed by advance(n), bit for bit, and the bits are those of
/// `rate`, step by step. Never refuses a large dt: see max_stable_dt.
template <ExecutionPolicy P, FixedStepper S, class Local, class Theta>
requires WritableGridLike<std::remove_reference_t<Theta>> &&
    StepperFor<S, value_type_of<std::remove_reference_t<Theta>>> &&
    LocalPart<Local, value_type_of<std::remove_reference_t<Theta>>>
void advance(const P& policy, const S& stepper, const MeanFieldModel<Local>& model, Theta&& theta, std::int64_t steps,
             std::int64_t first_step = 0) {
    using T = value_type_of<std::remove_reference_t<Theta>>;
    const detail::Execution execution(policy);
    const Grid<T> out = as_grid(theta);
    detail::check_count(steps, "steps");
    detail::check_count(first_step, "first_step");
    const detail::Source<T> omega = detail::source_of(detail::omega_of(model), Grid<const T>(out));
    detail::check_writable(out, "theta");
    detail::check_disjoint(out, "theta", omega.field, "omega");
    detail::check_apart_from_lattice(out, "theta", model);
    const detail::Phasor coupling = detail::checked_coupling<T>(model.all_to_all);
    const detail::Stages<T> stages = detail::stages_of<T>(stepper);
    detail::Noise<T> noise;
    if constexpr (NoisyStepper<S>) {
        noise = detail::noise_of<T>(stepper, Grid<const T>(out), first_step, steps, execution.isa);
        detail::check_disjoint(out, "theta", noise.diffusion.field, "D");
    }
    detail::AllToAllRun<T, P, Local> run(policy, execution, model.local, coupling, omega, stages, noise, out);
    // A step of a copy checks the rest of the model, also where none is asked for.
    run.step();
    if (steps == 0) return;
    for (std::int64_t step = 1; step < steps; ++step) run.step();
    detail::copy_cells(run.theta().view(), out);
}

/// Advances θ in place by the time `duration`, with steps of whatever length the tolerance allows; see `integrate` of a
/// Model. Throws also as `rate`.
template <ExecutionPolicy P, class Local, class Theta>
requires WritableGridLike<std::remove_reference_t<Theta>> &&
    LocalPart<Local, value_type_of<std::remove_reference_t<Theta>>>
        IntegrationReport integrate(const P& policy, const DormandPrince54& method, const MeanFieldModel<Local>& model,
                                    Theta&& theta, double duration) {
    using T = value_type_of<std::remove_reference_t<Theta>>;
    const detail::Execution execution(policy);
    const Grid<T> out = as_grid(theta);
    detail::check_method(method);
    detail::check_duration(duration);
    const detail::Source<T> omega = detail::source_of(detail::omega_of(model), Grid<const T>(out));
    detail::check_writable(out, "theta");
    detail::check_disjoint(out, "theta", omega.field, "omega");
    detail::check_apart_from_lattice(out, "theta", model);
    static_cast<void>(detail::checked_coupling<T>(model.all_to_all));
    return detail::integrate_model(policy, execution, method, model, out, duration);
}

namespace detail {

/// Computes max_stable_dt. Not inlined, so that the compiler moves no arithmetic out of the floating-point environment
/// of the caller.
template <FixedStepper S, class Local>
KURAMOTO_NEVER_INLINE constexpr double stable_dt(const MeanFieldModel<Local>& model) {
    stay_in_place();
    const double K = model.all_to_all.K < 0 ? -model.all_to_all.K : model.all_to_all.K;
    if (is_nan(K)) return K;
    double steepness = K;
    if constexpr (LatticeModel<Local>) {
        const double alone = max_stable_dt<S>(model.local);
        if (K == 0 || is_nan(alone)) return alone;
        steepness += S::stability / alone;
    }
    return steepness > 0 ? S::stability / steepness : __builtin_huge_val();
}

} // namespace detail

/// The largest dt for which a method is stable about the synchronous state: (|K| + 8 |K_lattice| · max_slope) · dt ≤
/// S::stability, where the second term is that of the lattice, if there is one.
///
/// About synchrony the all-to-all coupling is −K cos α (1 − J/N), J being the matrix of ones: its eigenvalues are 0 and
/// −K cos α. Those of the lattice are at most 8 |K_lattice| · max_slope (see max_stable_dt of a Laplacian). Both
/// matrices are symmetric there, so that the largest eigenvalue of the sum is at most the sum of the largest (Weyl's
/// inequality). Natural frequencies do not enter. NaN if K or that of the lattice is.
template <FixedStepper S = Euler, class Local>
requires(!LatticeModel<Local>) || requires(const Local& local) { max_stable_dt(local); }
[[nodiscard]] constexpr double max_stable_dt(const MeanFieldModel<Local>& model) {
    const detail::DefaultEnvironment environment;
    return detail::stable_dt<S>(model);
}

} // namespace KURAMOTO_BUILD
} // namespace kuramoto
