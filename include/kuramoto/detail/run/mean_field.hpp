// The pull of all cells on each, and time steps with it.
//
// A stage needs the mean of all cells before its first cell. So nothing is fused in time. But a stage also adds up
// e^{iθ} of its new phases for the next stage. With noise, the sum follows the noise in a pass of its own.
#pragma once

#include <kuramoto/detail/build/checks.hpp>
#include <kuramoto/detail/kernels/mean_phasor.hpp>
#include <kuramoto/detail/memory/logical_order.hpp>
#include <kuramoto/detail/parallel/cell_blocks.hpp>
#include <kuramoto/detail/parallel/order_free_sum.hpp>
#include <kuramoto/detail/parallel/workers.hpp>
#include <kuramoto/detail/random/noise.hpp>
#include <kuramoto/detail/run/lattice_sweep.hpp>
#include <kuramoto/detail/tiling/sweep.hpp>
#include <kuramoto/grid/field.hpp>
#include <kuramoto/math.hpp>
#include <kuramoto/model/mean_field.hpp>
#include <kuramoto/run/rate.hpp>

#include <cstddef>
#include <cstdint>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// Throws if what is written overlaps what the lattice of a model reads, if it has one.
template <class T, class Local>
void check_apart_from_lattice(const Grid<T>& written, const char* name, const Local& local) {
    if constexpr (LatticeModel<Local>) check_apart(written, name, local.laplacian);
}
template <class T, class Local>
void check_apart_from_lattice(const Grid<T>& written, const char* name, const MeanFieldModel<Local>& model) {
    check_apart_from_lattice(written, name, model.local);
}

/// K e^{−iα}. Throws for numbers that are not finite. Not inlined: see checked_number.
template <class T> KURAMOTO_NEVER_INLINE Phasor checked_coupling(const MeanField& mean_field) {
    stay_in_place();
    static_cast<void>(checked_number<T>(mean_field.K, "mean_field.K"));
    static_cast<void>(checked_number<double>(mean_field.lag, "mean_field.lag"));
    const SinCos<double> of = (kuramoto::sincos)(mean_field.lag);
    return {mean_field.K * of.cos, -(mean_field.K * of.sin)};
}

/// The mean of e^{iθ} over all cells; 0 without cells.
template <class P, class T>
Phasor mean_phasor(const P& policy, const Execution& execution, const Grid<const T>& theta) {
    if (theta.empty()) return {};
    const MeanFunction<T> add_phasors = mean_function<T>(execution.isa);
    const auto sum = sum_over_cells<MeanPhasorSum<T>>(
        policy, execution, theta, [&](const T* phases, std::ptrdiff_t count, MeanPhasorSum<T>& into) noexcept {
            add_phasors(phases, count, into);
        });
    return sum.mean(execution.place.cells_of(theta));
}

inline Phasor product(const Phasor& a, const Phasor& b) noexcept {
    return {__builtin_fma(a.real, b.real, -(a.imaginary * b.imaginary)),
            __builtin_fma(a.real, b.imaginary, a.imaginary * b.real)};
}

/// out = local rate + K r sin(ψ − α − θ), where K r e^{i(ψ − α)} = cosine + i sine.
template <class T> struct MeanFieldRate {
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
template <class T> struct MeanFieldStage {
    MeanFieldRate<T> rate = {};
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

template <class T> void aim(MeanFieldRate<T>& operation, const Phasor& mean, const Phasor& coupling) noexcept {
    const Phasor pull = product(mean, coupling);
    operation.sine = static_cast<T>(pull.imaginary);
    operation.cosine = static_cast<T>(pull.real);
}

/// out = source + the pull of all cells, for views of any strides: `source` may be `out`.
template <class P, class T>
void add_mean_field(const P& policy, const Execution& execution, const Phasor& coupling, const Grid<const T>& theta,
                    const Source<T>& source, const Grid<T>& out) {
    constexpr std::ptrdiff_t most = 512; // cells that are copied at a time
    MeanFieldRate<T> operation;
    aim(operation, mean_phasor(policy, execution, theta), coupling);
    operation.number = source.number;
    const auto function = cell_function<T, MeanFieldRate<T>>(execution.isa);
    if (is_consecutive(theta) && is_consecutive(out) && (source.is_uniform || is_consecutive(source.field))) {
        operation.phase = theta.data();
        operation.local = source.is_uniform ? nullptr : source.field.data();
        operation.out = out.data();
        run_cells<T>(policy, execution, theta.size(), operation);
        return;
    }
    for_blocks(policy, execution, theta.size(), [&](std::ptrdiff_t begin, std::ptrdiff_t end) noexcept {
        T phases[most];
        T rates[most];
        MeanFieldRate<T> here = operation;
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

/// work(noise, part) for every part of every row that gets noise. `kept` has cells where noise is averaged. A grid of
/// many short rows is taken as one of few long ones (see turned_if_narrow), because a vector of noise lies within a
/// row.
template <class T, class P, class Work>
void for_noisy_cells(const P& policy, const Execution& execution, const Noise<T>& given, const Grid<T>& theta,
                     const Grid<T>& kept, const Work& work) {
    const bool is_turned = is_narrow(theta);
    const Noise<T> noise = is_turned ? given.transposed() : given;
    const Grid<T> cells = is_turned ? theta.transposed() : theta;
    const std::ptrdiff_t parts_per_row = (cells.cols() + most_noisy_cells - 1) / most_noisy_cells;
    for_parts(policy, execution, cells.rows() * parts_per_row, cells.size(), [&](std::ptrdiff_t part) noexcept {
        const std::ptrdiff_t i = part / parts_per_row;
        const std::ptrdiff_t begin = part % parts_per_row * most_noisy_cells;
        const std::ptrdiff_t first = i * cells.row_stride() + begin * cells.col_stride();
        const RowSpan span{.row = i, .begin = begin, .count = clamped(cells.cols() - begin, 0, most_noisy_cells)};
        work(noise, NoisyCells<T>{.span = span,
                                  .phases = cells.data() + first,
                                  .kept = kept.empty() ? nullptr : kept.data() + first,
                                  .stride = cells.col_stride()});
    });
}

/// Time steps of a mean-field model: the phases, and what a stage needs besides, as consecutive cells.
template <class T, class P, class Local> class MeanFieldRun {
  public:
    MeanFieldRun(const P& policy, const Execution& execution, const Local& local, const Phasor& coupling,
                 const Source<T>& omega, const Stages<T>& stages, const Noise<T>& noise, const Grid<const T>& theta)
        : policy_(policy), execution_(execution), local_(local), coupling_(coupling), number_(omega.number),
          stages_(stages), noise_(noise), theta_(theta) {
        const std::ptrdiff_t rows = theta.rows();
        const std::ptrdiff_t cols = theta.cols();
        if (has_lattice)
            rate_ = Field<T>(rows, cols);
        else if (!omega.is_uniform)
            rate_ = Field<T>(omega.field);
        if (stages.count > 1) {
            sum_ = Field<T>(rows, cols);
            next_ = Field<T>(rows, cols);
        }
        if (!noise.is_averaged || theta.empty()) return;
        kept_noise_ = Field<T>(rows, cols);
        for_noisy_cells<T>(
            policy, execution, noise_, theta_, kept_noise_,
            [](const Noise<T>& of_step, const NoisyCells<T>& cells) noexcept { keep_first_noise(of_step, cells); });
    }

    void run(std::int64_t steps) {
        if (steps > 0) mean_ = mean_phasor(policy_, execution_, Grid<const T>(theta_.view()));
        for (std::int64_t step = 1; step <= steps; ++step) take_step(step == steps);
    }

    [[nodiscard]] const Field<T>& theta() const noexcept { return theta_; }

  private:
    static constexpr bool has_lattice = LatticeModel<Local>;

    // No step needs the mean after the last one.
    void take_step(bool is_last) {
        for (int k = 0; k < stages_.count; ++k) take_stage(k, is_last);
        if (stages_.count > 1) theta_.swap(sum_);
        if (!noise_.is_present() || theta_.empty()) return;
        for_noisy_cells<T>(
            policy_, execution_, noise_, theta_, kept_noise_,
            [](const Noise<T>& of_step, const NoisyCells<T>& cells) noexcept { add_noise(of_step, cells); });
        ++noise_.step;
        if (!is_last) mean_ = mean_phasor(policy_, execution_, Grid<const T>(theta_.view()));
    }

    void take_stage(int k, bool is_last_step) {
        const bool is_last = k + 1 == stages_.count;
        const Field<T>& phases = k == 0 ? theta_ : next_;
        if constexpr (has_lattice) kuramoto::rate(policy_, local_, phases, rate_);
        MeanFieldStage<T> stage;
        aim(stage.rate, mean_, coupling_);
        stage.rate.phase = phases.data();
        stage.rate.local = rate_.data();
        stage.rate.number = number_;
        stage.base = theta_.data();
        stage.sum = k == 0 ? theta_.data() : sum_.data();
        stage.next = is_last ? nullptr : next_.data();
        stage.sum_out = stages_.count == 1 ? theta_.data() : sum_.data();
        stage.inner = is_last ? T{0} : stages_.inner[k];
        stage.outer = stages_.outer[k];
        if (is_last && (is_last_step || noise_.is_present()))
            run_cells<T>(policy_, execution_, theta_.size(), stage);
        else
            mean_ = mean_after(stage, is_last ? stage.sum_out : stage.next);
    }

    // The stage, in one pass with the mean of e^{iθ} over the phases that it makes.
    Phasor mean_after(const MeanFieldStage<T>& stage, const T* phases) {
        if (theta_.empty()) return {};
        const auto take = cell_function<T, MeanFieldStage<T>>(execution_.isa);
        const MeanFunction<T> add_phasors = mean_function<T>(execution_.isa);
        const std::ptrdiff_t cells = theta_.size();
        const std::ptrdiff_t parts = (cells + cells_per_part - 1) / cells_per_part;
        const auto sum = sum_over_parts<MeanPhasorSum<T>>(
            policy_, execution_, parts, cells, [&](std::ptrdiff_t part, MeanPhasorSum<T>& into) noexcept {
                const std::ptrdiff_t begin = part * cells_per_part;
                const std::ptrdiff_t count = clamped(cells - begin, 0, cells_per_part);
                take(stage, begin, begin + count);
                add_phasors(phases + begin, count, into);
            });
        return sum.mean(execution_.place.cells_of(Grid<const T>(theta_.view())));
    }

    const P& policy_;
    const Execution& execution_;
    Local local_;
    Phasor coupling_;
    T number_;
    Stages<T> stages_;
    Noise<T> noise_;
    Field<T> theta_;
    Phasor mean_;         // of e^{iθ} over the phases of the next stage
    Field<T> rate_;       // of the lattice; or the natural frequencies; or nothing
    Field<T> sum_;        // θ and the weighted rates so far, in methods of several stages
    Field<T> next_;       // what the next stage works on
    Field<T> kept_noise_; // averaged noise: what the last step shares with the next
};

} // namespace detail
KURAMOTO_END_NAMESPACE
