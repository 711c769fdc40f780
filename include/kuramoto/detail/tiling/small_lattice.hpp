// A small lattice on its way through all of its time steps, as a whole.
//
//     for every step, for every stage:
//         copy the first row, and what is beyond the ends of rows, if these are neighbours across the edge
//         the row kernel on all rows, in one call                                          kernels/row.hpp
//
// The lattice stays in a cache for all steps, so that there is nothing to gain from tiles: no halo, no row is computed
// twice. A stage can work in place: row i is not read again once row i + 1 is reached, because the fluxes to its south
// are kept. What to do for each row is written down once and used for all steps.
//
// Where there are phases above the first row, the kernel begins with that row, to learn the fluxes from there. Its
// result is not used.
#pragma once

#include <kuramoto/detail/memory/buffer.hpp>
#include <kuramoto/detail/memory/caches.hpp>
#include <kuramoto/detail/tiling/edges.hpp>
#include <kuramoto/detail/tiling/storage.hpp>
#include <kuramoto/detail/tiling/sweep.hpp>

#include <cstddef>
#include <cstdint>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// A lattice that takes `passes` passes over the levels of `sweep`, which has to outlive it.
template <class T> class SmallLattice {
  public:
    /// Whether this is the better way: the lattice fits the second-level cache with all it reads, and takes so many
    /// steps that copies of its rows pay.
    static bool is_small(const Sweep<T>& sweep, std::int64_t passes) noexcept {
        constexpr std::ptrdiff_t most_rows = 256;
        const std::ptrdiff_t rows = sweep.in.rows();
        if (rows > most_rows || passes < 2 || rows / 8 > passes) return false;
        const std::ptrdiff_t elements = second_level_cache() / std::ptrdiff_t{sizeof(T)};
        return row_size<T>(sweep.in.cols()) <= elements / scratch_rows(sweep);
    }

    SmallLattice(const Sweep<T>& sweep, std::int64_t passes)
        : sweep_(sweep), passes_(passes), noise_model_(sweep.noise), rows_(sweep.in.rows()), cols_(sweep.in.cols()),
          area_(with_halo<T>({0, rows_, 0, cols_}, 0, sweep.extent())),
          has_row_above_(sweep.boundary.north.kind == BoundaryKind::fixed_phase || area_.extent.rows_wrap),
          values_(scratch_rows(sweep) * row_size<T>(cols_)), tasks_(sweep.stages.count * tasks_per_stage()),
          carver_(values_.data(), row_size<T>(cols_)), edges_(sweep.boundary, area_, carver_.take(1), carver_.take(1)) {
        fluxes_ = carver_.take(1);
        first_row_ = carver_.take(1);
        noise_ = carver_.take(1);
        unused_ = carver_.take(2);
        ones_ = carver_.take(1);
        for (std::ptrdiff_t j = 0; j < widest<T>; ++j) ones_[j] = 1;
    }
    SmallLattice(const SmallLattice&) = delete;
    SmallLattice& operator=(const SmallLattice&) = delete;

    void run() noexcept {
        edges_.fill();
        for (std::ptrdiff_t j = 0; j < cols_ + widest<T>; ++j)
            fluxes_[j] = noise_[j] = 0; // the row above needs numbers
        find_fields();
        for (int stage = 0; stage < sweep_.stages.count; ++stage) prepare(stage);
        if (sweep_.noise.is_averaged)
            for (std::ptrdiff_t i = 0; i < rows_; ++i) draw_noise(i, 0, kept_noise_.row(i));
        for (pass_ = 0; pass_ < passes_; ++pass_, ++noise_model_.step) {
            if (sweep_.inertia.is_present) set_kicks();
            for (int stage = 0; stage < sweep_.stages.count; ++stage) take_stage(stage);
        }
        phases_.write_back();
        velocities_.write_back();
    }

  private:
    // Rows of a field that lie side by side in memory: where they are, or in a copy.
    template <class Element> struct FieldInRows {
        Element* first = nullptr;
        std::ptrdiff_t row_step = 0;
        std::ptrdiff_t step = 0; ///< 0: one vector for all cells
        Grid<T> original = {};   ///< of a copy that is written to

        [[nodiscard]] Element* row(std::ptrdiff_t i) const noexcept { return first + i * row_step; }
        [[nodiscard]] RowSource<T> source(std::ptrdiff_t i) const noexcept { return {row(i), step}; }
        void write_back() const noexcept {
            for (std::ptrdiff_t i = 0; i < original.rows(); ++i)
                scatter(original.data() + i * original.row_stride(), original.col_stride(),
                        static_cast<const T*>(row(i)), original.cols());
        }
    };

    // Two edges, six single rows, a row of each number, and the rows of the lattice for each field and each stage's
    // phases and sums.
    static std::ptrdiff_t scratch_rows(const Sweep<T>& sweep) noexcept {
        const int fields = 1 + sweep.extra_rows() + (sweep.stages.count > 1 ? 2 : 0);
        return 8 + fields * (sweep.in.rows() + 1);
    }
    [[nodiscard]] std::ptrdiff_t tasks_per_stage() const noexcept { return rows_ + 1; }

    void find_fields() noexcept {
        phases_ = writable(sweep_.out);
        source_ = readable(sweep_.source);
        if (sweep_.has_strengths) {
            east_strength_ = readable(sweep_.east_strength);
            south_strength_ = readable(sweep_.south_strength);
        }
        if (sweep_.noise.is_present()) diffusion_ = readable(sweep_.noise.diffusion);
        if (sweep_.noise.is_averaged) kept_noise_ = room();
        if (sweep_.stages.count > 1) {
            next_ = room();
            sums_ = room();
        }
        if (!sweep_.inertia.is_present) return;
        velocities_ = writable(sweep_.inertia.velocity_out);
        kick_ = readable(sweep_.inertia.kick);
        decay_ = readable(sweep_.inertia.decay);
    }
    // Rows that begin on cache lines. Others are copied: a vector on two lines is read and written more slowly.
    template <class Element> static bool has_aligned_rows(const Grid<Element>& grid) noexcept {
        const auto address = reinterpret_cast<std::uintptr_t>(grid.data());
        return grid.col_stride() == 1 && address % 64 == 0 && grid.row_stride() % widest<T> == 0;
    }
    FieldInRows<T> room() noexcept { return {carver_.take(rows_), carver_.row_size(), 1, {}}; }
    FieldInRows<T> copy_of(const Grid<const T>& from) noexcept {
        const FieldInRows<T> copy = room();
        for (std::ptrdiff_t i = 0; i < rows_; ++i)
            gather_row(copy.row(i), from, {.row = i, .begin = 0, .count = cols_});
        return copy;
    }
    FieldInRows<T> writable(const Grid<T>& grid) noexcept {
        if (has_aligned_rows(grid)) return {grid.data(), grid.row_stride(), 1, {}};
        FieldInRows<T> copy = copy_of(grid);
        copy.original = grid;
        return copy;
    }
    FieldInRows<const T> readable(const Source<T>& source) noexcept {
        if (source.is_uniform) {
            T* const number = carver_.take(1);
            for (std::ptrdiff_t j = 0; j < widest<T>; ++j) number[j] = source.number;
            return {number, 0, 0, {}};
        }
        if (has_aligned_rows(source.field)) return {source.field.data(), source.field.row_stride(), 1, {}};
        const FieldInRows<T> copy = copy_of(source.field);
        return {copy.first, copy.row_step, copy.step, {}};
    }

    // The phases that a stage works on.
    [[nodiscard]] const FieldInRows<T>& phases_of(int stage) const noexcept { return stage == 0 ? phases_ : next_; }
    // What a stage does: first for the row above, then for all rows.
    [[nodiscard]] RowTask<T>* tasks_of(int stage) const noexcept { return tasks_.data() + stage * tasks_per_stage(); }

    void prepare(int stage) noexcept {
        RowTask<T>* const tasks = tasks_of(stage);
        RowTask<T> common;
        common.cells = cols_;
        common.south_flux = edges_.south();
        common.vertical_flux = fluxes_;
        common.K = sweep_.K;
        common.noise = common.next_noise = noise_;
        const bool is_last = stage + 1 == sweep_.stages.count;
        common.dt = is_last ? sweep_.stages.outer[stage] : sweep_.stages.inner[stage];
        common.weight = is_last ? 0 : sweep_.stages.outer[stage];
        edges_.set_constant_ends(common);
        for (std::ptrdiff_t i = 0; i < rows_; ++i) {
            tasks[i + 1] = common;
            aim(stage, i, tasks[i + 1]);
        }
        tasks[0] = common;
        if (has_row_above_) aim_above(stage, tasks[0]);
    }

    // Row i, in a stage.
    void aim(int stage, std::ptrdiff_t i, RowTask<T>& task) const noexcept {
        const bool ends_step = stage + 1 == sweep_.stages.count;
        const FieldInRows<T>& phases = phases_of(stage);
        task.phase = phases.row(i);
        task.below = i + 1 < rows_            ? phases.row(i + 1)
                     : area_.extent.rows_wrap ? first_row_
                                              : edges_.phases_beyond(i + 1);
        task.source = source_.source(i);
        task.out = ends_step ? phases_.row(i) : next_.row(i);
        if (sweep_.stages.count > 1) {
            task.sum = stage == 0 ? task.phase : sums_.row(i);
            task.base = ends_step ? task.sum : phases_.row(i);
            task.sum_out = sums_.row(i);
        }
        if (edges_.do_ends_vary() && !edges_.is_row_closed()) edges_.set_varying_ends(i, task);
        if (sweep_.has_strengths) set_strengths(i, edges_.is_in_lattice(i + 1), task);
        if (!sweep_.inertia.is_present) return;
        task.velocity = task.velocity_out = velocities_.row(i);
        task.kick = kick_.source(i);
        task.decay = decay_.source(i);
    }
    // The row above the first one: the last row, or given phases.
    void aim_above(int stage, RowTask<T>& task) const noexcept {
        const bool wraps = area_.extent.rows_wrap;
        task.phase = wraps ? phases_of(stage).row(rows_ - 1) : edges_.north();
        task.below = phases_of(stage).row(0);
        task.source = task.kick = task.decay = {ones_, 0};
        task.out = task.velocity_out = unused_;
        task.base = task.sum = task.velocity = task.phase;
        task.sum_out = unused_ + carver_.row_size();
        task.west = task.east = {};
        if (!sweep_.has_strengths) return;
        task.east_strength = task.south_strength = {ones_, 0};
        if (wraps) set_strengths(rows_ - 1, true, task);
    }
    // The strengths of the bonds of row i. Bonds to given phases have the strength 1.
    void set_strengths(std::ptrdiff_t i, bool has_bonds_below, RowTask<T>& task) const noexcept {
        task.east_strength = east_strength_.source(i);
        task.south_strength = has_bonds_below ? south_strength_.source(i) : RowSource<T>{ones_, 0};
        const RowSource<T>& east = task.east_strength;
        if (edges_.is_row_closed())
            task.east_end_strength = task.west_end_strength = east.values[(cols_ - 1) * east.step];
    }

    // A pass closes one step and opens the next: see SweepInertia.
    void set_kicks() noexcept {
        if (pass_ > 1 && pass_ + 1 < passes_) return; // as before
        for (std::ptrdiff_t k = 0; k < tasks_per_stage(); ++k)
            tasks_.data()[k].kicks = {.closes = pass_ > 0, .opens = pass_ + 1 < passes_};
    }

    void take_stage(int stage) noexcept {
        RowTask<T>* const tasks = tasks_of(stage);
        if (area_.extent.rows_wrap) copy_row(first_row_, phases_of(stage).row(0), cols_);
        if (edges_.is_row_closed())
            for (std::ptrdiff_t k = 1; k <= rows_; ++k) edges_.set_varying_ends(k - 1, tasks[k]);
        if (!has_row_above_) copy_row(fluxes_, edges_.north(), cols_ + widest<T>);
        if (!sweep_.noise.is_present()) {
            sweep_.kernel(has_row_above_ ? tasks : tasks + 1, static_cast<int>(rows_) + (has_row_above_ ? 1 : 0));
            return;
        }
        if (has_row_above_) sweep_.kernel(tasks, 1);
        for (std::ptrdiff_t i = 0; i < rows_; ++i) take_noisy_row(i, tasks[i + 1]);
    }
    static void copy_row(T* to, const T* from, std::ptrdiff_t n) noexcept { gather(to, from, 1, n); }

    void take_noisy_row(std::ptrdiff_t i, RowTask<T>& task) noexcept {
        const bool is_averaged = sweep_.noise.is_averaged;
        if (!sweep_.inertia.is_present || task.kicks.opens) draw_noise(i, is_averaged ? 1 : 0, noise_);
        if (is_averaged) task.noise = kept_noise_.row(i);
        sweep_.kernel(&task, 1);
        if (is_averaged) copy_row(kept_noise_.row(i), noise_, cols_);
    }
    // The noise of row i, `later` steps after this one.
    void draw_noise(std::ptrdiff_t i, int later, T* to) const noexcept {
        noise_model_.fill(to, later, {.row = i, .begin = 0, .count = cols_}, diffusion_.row(i));
    }

    const Sweep<T>& sweep_;
    std::int64_t passes_;
    std::int64_t pass_ = 0;
    Noise<T> noise_model_; // from this pass on
    std::ptrdiff_t rows_;
    std::ptrdiff_t cols_;
    TileWithHalo area_; // all of the lattice
    bool has_row_above_;
    Buffer<T> values_;
    Buffer<RowTask<T>> tasks_;
    RowCarver<T> carver_;
    Edges<T> edges_;
    T* fluxes_ = nullptr;    // across the bonds to the north of the row at work
    T* first_row_ = nullptr; // its phases before the stage, if it follows the last row
    T* noise_ = nullptr;     // of the row at work
    T* unused_ = nullptr;    // two rows
    T* ones_ = nullptr;
    FieldInRows<T> phases_ = {};
    FieldInRows<T> next_ = {}; // phases of the next stage
    FieldInRows<T> sums_ = {}; // θ and the weighted rates of the stages so far
    FieldInRows<T> velocities_ = {};
    FieldInRows<T> kept_noise_ = {};
    FieldInRows<const T> source_ = {};
    FieldInRows<const T> east_strength_ = {};
    FieldInRows<const T> south_strength_ = {};
    FieldInRows<const T> diffusion_ = {};
    FieldInRows<const T> kick_ = {};
    FieldInRows<const T> decay_ = {};
};

} // namespace detail
KURAMOTO_END_NAMESPACE
