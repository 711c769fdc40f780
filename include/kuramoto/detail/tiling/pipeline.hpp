// The tile pipeline: carries the rows of one tile through all levels, as a wavefront.
//
//     for every front, from the first row to the last:
//         start the level that meets its first row          schedule.hpp
//         for every level at work:
//             find its row, the row below and the ends      storage.hpp, input_rows.hpp, edges.hpp
//             find where its result goes
//             find its share of the rows to prefetch        rows_ahead.hpp
//         call the row kernel for all of these rows         kernels/row.hpp
//
// A row of work is a RowTask. A task is kept for each level and each place in its ring of rows. When the front comes
// round the ring, most levels find their task as they need it, except for the fields that are read in place.
//
// In a row, every level except the last works on all halo columns, as if the lattice ended behind them. That is wrong
// in the outermost column after one level, in the two outermost after two, and so on, and never reaches the tile. In
// return all levels share one first column, which lies on a cache line.
#pragma once

#include <kuramoto/detail/tiling/edges.hpp>
#include <kuramoto/detail/tiling/field_rows.hpp>
#include <kuramoto/detail/tiling/halo.hpp>
#include <kuramoto/detail/tiling/input_rows.hpp>
#include <kuramoto/detail/tiling/noise_rows.hpp>
#include <kuramoto/detail/tiling/rows_ahead.hpp>
#include <kuramoto/detail/tiling/schedule.hpp>
#include <kuramoto/detail/tiling/storage.hpp>
#include <kuramoto/detail/tiling/sweep.hpp>
#include <kuramoto/detail/tiling/velocity_rows.hpp>

#include <cstddef>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// The memory that a pipeline works in: storage_size(…) values and StorageShape::tasks() tasks.
template <class T> struct Scratch {
    T* values = nullptr;
    RowTask<T>* tasks = nullptr;
};

/// One tile of a sweep.
template <class T> struct TileTask {
    TileWithHalo area = {};
    const Halo<T>* halo = nullptr; ///< null where the cells around the tile can be read from `Sweep::in` itself
    const Halo<T>* velocity_halo = nullptr; ///< the same of the velocities
    Scratch<T> scratch = {};
};

/// One tile on its way through the levels. Allocates nothing. Sweep and task have to outlive it.
template <class T> class TilePipeline {
  public:
    TilePipeline(const Sweep<T>& sweep, const TileTask<T>& task) noexcept
        : TilePipeline(sweep, task, RowCarver<T>(task.scratch.values, row_size<T>(task.area.outer.cols()))) {}
    TilePipeline(const TilePipeline&) = delete;
    TilePipeline& operator=(const TilePipeline&) = delete;

    /// The whole tile.
    void run() noexcept {
        for (begin(); !is_done();) work_on_front();
    }

    // The same front by front: begin(), then work_on_front() until is_done().

    void begin() noexcept {
        if (is_done()) return;
        edges_.fill();
        if (has_noise_) // early rows load noise before any is drawn
            for (std::ptrdiff_t j = 0; j < area_.outer.cols() + widest<T>; ++j) storage_.noise[j] = 0;
        fetch_below(schedule_.first_row(0));
    }
    [[nodiscard]] bool is_done() const noexcept { return wave_.is_done() || area_.tile.cells() == 0; }
    void work_on_front() noexcept {
        if (wave_.has_started()) start(wave_.end() - 1);
        RowTask<T>* const tasks = tasks_at(wave_.front());
        aim_all(tasks);
        if (!ahead_.is_empty()) ahead_.aim(tasks, wave_.front(), wave_.begin(), wave_.end());
        advance_rows(tasks);
        if (is_scattered_) write_result();
        wave_.move_down();
    }

    /// Whether the first level comes to the last row of the tile: then, and only then, the tile can be extended.
    [[nodiscard]] bool is_at_last_row() const noexcept { return wave_.front() + 1 == area_.tile.row_end; }
    /// Appends the tile below: no row between the two is computed twice. The halos that TileTask points to have become
    /// those of the tile below. Their north rows have the velocities of the last row of this tile: the first level
    /// reads them there.
    void extend_to(const TileWithHalo& below) noexcept {
        area_.tile.row_end = below.tile.row_end;
        area_.outer.row_end = below.outer.row_end;
        schedule_.extend_to(below.tile.row_end);
        ahead_.extend_to(below.tile.row_end);
    }
    /// The first row that the last level has still to produce.
    [[nodiscard]] std::ptrdiff_t next_row() const noexcept {
        return Schedule::row_at(wave_.front(), shape_.levels - 1);
    }

  private:
    TilePipeline(const Sweep<T>& sweep, const TileTask<T>& task, RowCarver<T> carver) noexcept
        : sweep_(sweep), area_(task.area), shape_{task.area.levels, sweep.stages.count, sweep.extra_rows()},
          schedule_(area_, sweep.boundary.north.kind == BoundaryKind::fixed_phase), wave_(schedule_),
          storage_(shape_, carver), edges_(sweep.boundary, area_, storage_.north, storage_.south),
          theta_(sweep.in, area_, task.halo), noise_(sweep, area_, carver, storage_.noise),
          velocities_(sweep.inertia, area_, task.velocity_halo, carver, storage_.second_result), ahead_(sweep, area_),
          tasks_(task.scratch.tasks), has_noise_(sweep.noise.is_present()),
          is_written_in_place_(sweep.out.col_stride() == 1),
          is_scattered_(!is_written_in_place_ || velocities_.is_scattered()),
          has_phases_alone_(sweep.stages.count == 1 && !sweep.has_strengths && !sweep.inertia.is_present) {
        source_ = FieldRows<T>(sweep.source, area_, carver);
        if (sweep.has_strengths) {
            east_strength_ = FieldRows<T>(sweep.east_strength, area_, carver);
            south_strength_ = FieldRows<T>(sweep.south_strength, area_, carver);
        }
        for (T& value : ones_) value = 1;
    }

    [[nodiscard]] RowTask<T>* tasks_at(std::ptrdiff_t front) const noexcept {
        return tasks_ + (front & (shape_.phases() - 1)) * shape_.levels;
    }
    [[nodiscard]] int stage_of(int level) const noexcept { return level % shape_.stages; }
    [[nodiscard]] bool ends_step(int level) const noexcept { return stage_of(level) + 1 == shape_.stages; }

    // The first column of what a level produces, counted from the first column of the halo.
    [[nodiscard]] std::ptrdiff_t offset(int level) const noexcept {
        return schedule_.is_last(level) ? area_.west_cols() : 0;
    }

    // Everything about the work of a level that does not change from row to row.
    void start(int level) noexcept {
        RowTask<T> task;
        task.cells = schedule_.is_last(level) ? area_.tile.cols() : area_.outer.cols();
        task.south_flux = edges_.south() + offset(level);
        task.vertical_flux = storage_.fluxes.row(level, 0);
        edges_.set_constant_ends(task);
        task.K = sweep_.K;
        task.noise = task.next_noise = storage_.noise; // early rows need numbers
        const int stage = stage_of(level);
        task.dt = ends_step(level) ? sweep_.stages.outer[stage] : sweep_.stages.inner[stage];
        task.weight = ends_step(level) ? 0 : sweep_.stages.outer[stage];
        task.kicks = velocities_.kicks(level);
        // The fluxes into the first row: those of the edge. An early row has no use for them, but needs numbers.
        gather(task.vertical_flux, edges_.north() + offset(level), 1, task.cells + widest<T>);
        for (int k = 0; k < shape_.phases(); ++k) tasks_[k * shape_.levels + level] = task;
    }

    // Aims every level at its row of this front.
    void aim_all(RowTask<T>* tasks) noexcept {
        const std::ptrdiff_t front = wave_.front();
        if (source_.packs() || !schedule_.is_steady(front, shape_.phases())) {
            for (int level = wave_.begin(); level < wave_.end(); ++level)
                aim(level, Schedule::row_at(front, level), tasks[level]);
            return;
        }
        const int last = shape_.levels - 1;
        if (has_phases_alone_ && is_written_in_place_ && theta_.is_in_place(front + 1)) {
            if (last > 0) shift_down(0, front, tasks[0]);
            aim_inner(tasks, front);
            shift_down(last, Schedule::row_at(front, last), tasks[last]);
        } else {
            for (int level = 0; level < shape_.stages && level < last; ++level)
                aim(level, Schedule::row_at(front, level), tasks[level]);
            aim_inner(tasks, front);
            aim(last, Schedule::row_at(front, last), tasks[last]);
        }
    }

    // The levels between those of the first step and the last, at a steady front: they have the same rows in their
    // rings as one ring of fronts ago.
    void aim_inner(RowTask<T>* tasks, std::ptrdiff_t front) noexcept {
        const int last = shape_.levels - 1;
        const std::ptrdiff_t step = shape_.phases() * source_.step();
        for (int level = shape_.stages; level < last; ++level) tasks[level].source.values += step;
        if (edges_.do_ends_vary())
            for (int level = shape_.stages; level < last; ++level)
                edges_.set_varying_ends(Schedule::row_at(front, level), tasks[level]);
        if (has_phases_alone_) return;
        if (sweep_.has_strengths)
            for (int level = shape_.stages; level < last; ++level)
                set_strengths(level, Schedule::row_at(front, level), tasks[level]);
        if (sweep_.inertia.is_present && velocities_.do_factors_vary())
            for (int level = shape_.stages; level < last; ++level)
                velocities_.aim_factors(level, Schedule::row_at(front, level), tasks[level]);
    }

    // Shifts the first or the last level to row i of a steady front, where its rows in memory are those of one ring of
    // fronts ago, further down.
    void shift_down(int level, std::ptrdiff_t i, RowTask<T>& task) noexcept {
        const std::ptrdiff_t rows = shape_.phases();
        task.source.values += rows * source_.step();
        if (level == 0) {
            task.phase += rows * sweep_.in.row_stride();
            task.below += rows * sweep_.in.row_stride();
            below_ = task.below - offset(level);
        }
        if (edges_.do_ends_vary()) edges_.set_varying_ends(i, task);
        if (!schedule_.is_last(level)) return;
        task.out += rows * sweep_.out.row_stride();
        edges_.set_ends_in_halo(task);
    }

    // Makes row i the next work of a level.
    void aim(int level, std::ptrdiff_t i, RowTask<T>& task) noexcept {
        set_phases(level, i, task);
        if (sweep_.has_strengths) set_strengths(level, i, task);
        if (schedule_.is_early(level, i)) {
            task.source = {ones_, 0};
            task.out = storage_.result;
            task.base = task.sum = task.phase;
            task.sum_out = storage_.second_result;
            if (sweep_.inertia.is_present) velocities_.aim_early({ones_, 0}, task);
            return;
        }
        // Only the columns of that level: beyond them another task may be writing, where the source is also the output.
        if (level == 0 && source_.packs()) source_.pack(i, offset(0), tasks_[0].cells);
        task.source = source_.row(i, offset(level));
        if (!schedule_.is_last(level))
            task.out = storage_.phases.row(level + 1, i);
        else if (is_written_in_place_)
            task.out = sweep_.out.data() + i * sweep_.out.row_stride() + area_.tile.col_begin;
        else
            task.out = storage_.result;
        if (shape_.stages > 1) set_sums(level, i, task);
        if (sweep_.inertia.is_present) velocities_.aim(level, i, task);
    }

    // Where the phases of row i stand before a level, those of the row below, and what is beyond the ends of the row.
    void set_phases(int level, std::ptrdiff_t i, RowTask<T>& task) noexcept {
        const T* row = level == 0 ? below_ : row_before(level, i);
        if (level == 0) fetch_below(i + 1);
        const T* below = level == 0 ? below_ : row_before(level, i + 1);
        task.phase = row + offset(level);
        task.below = below == nullptr ? nullptr : below + offset(level);
        if (edges_.do_ends_vary()) edges_.set_varying_ends(i, task);
        if (schedule_.is_last(level)) edges_.set_ends_in_halo(task);
    }

    // The phases of row i before a level that is not the first; null where there are none.
    [[nodiscard]] const T* row_before(int level, std::ptrdiff_t i) const noexcept {
        return edges_.is_in_lattice(i) ? storage_.phases.row(level, i) : edges_.phases_beyond(i);
    }
    // Makes row i the one that the first level reads below its own.
    void fetch_below(std::ptrdiff_t i) noexcept {
        below_ = edges_.is_in_lattice(i) ? theta_.row(i, storage_.phases.row(0, i)) : edges_.phases_beyond(i);
        fetched(i) = below_;
    }
    [[nodiscard]] const T*& fetched(std::ptrdiff_t i) noexcept { return fetched_[i & (StorageShape::most_phases - 1)]; }

    // Where a stage finds the phases at the beginning of its step and the sum of the stages before.
    void set_sums(int level, std::ptrdiff_t i, RowTask<T>& task) noexcept {
        const int stage = stage_of(level);
        const int first = level - stage;
        const T* base = first == 0 ? fetched(i) : storage_.phases.row(first, i);
        task.sum = stage == 0 ? task.phase : storage_.sums.row(level - 1, i) + offset(level);
        task.base = ends_step(level) ? task.sum : base;
        task.sum_out = ends_step(level) ? storage_.second_result : storage_.sums.row(level, i);
    }

    // The strengths of the bonds of row i, and of those beyond its ends. Bonds to given phases have the strength 1.
    void set_strengths(int level, std::ptrdiff_t i, RowTask<T>& task) noexcept {
        if (!edges_.is_in_lattice(i)) { // a row of given phases
            task.east_strength = task.south_strength = {ones_, 0};
            return;
        }
        if (level == 0 && east_strength_.packs()) east_strength_.pack(i, 0, area_.outer.cols());
        if (level == 0 && south_strength_.packs()) south_strength_.pack(i, 0, area_.outer.cols());
        task.east_strength = east_strength_.row(i, offset(level));
        task.south_strength =
            edges_.is_in_lattice(i + 1) ? south_strength_.row(i, offset(level)) : RowSource<T>{ones_, 0};
        const RowSource<T>& east = task.east_strength;
        const T last = east.values[(task.cells - 1) * east.step];
        task.east_end_strength = task.west_end_strength = 1;
        if (edges_.is_row_closed()) task.east_end_strength = task.west_end_strength = last;
        if (!schedule_.is_last(level)) return;
        if (area_.west_cols() > 0) task.west_end_strength = east.values[-east.step];
        if (area_.east_cols() > 0) task.east_end_strength = last;
    }

    // All levels in one call; or, with noise, one after the other, each with the noise of its row and step.
    void advance_rows(RowTask<T>* tasks) noexcept {
        if (!has_noise_) {
            sweep_.kernel(tasks + wave_.begin(), wave_.end() - wave_.begin());
            return;
        }
        for (int level = wave_.begin(); level < wave_.end(); ++level) {
            const std::ptrdiff_t i = Schedule::row_at(wave_.front(), level);
            if (!schedule_.is_early(level, i) && tasks[level].kicks.opens) noise_.aim(level, i, tasks[level]);
            sweep_.kernel(tasks + level, 1);
        }
    }

    // Scatters the row that the last level has produced, if it has.
    void write_result() const noexcept {
        const int last = shape_.levels - 1;
        const std::ptrdiff_t i = Schedule::row_at(wave_.front(), last);
        if (wave_.end() <= last || schedule_.is_early(last, i)) return;
        if (velocities_.is_scattered()) velocities_.write_result(i);
        if (is_written_in_place_) return;
        const Grid<T>& out = sweep_.out;
        scatter(out.data() + i * out.row_stride() + area_.tile.col_begin * out.col_stride(), out.col_stride(),
                static_cast<const T*>(storage_.result), area_.tile.cols());
    }

    const Sweep<T>& sweep_;
    TileWithHalo area_;
    StorageShape shape_;
    Schedule schedule_;
    Wavefront wave_;
    RowStorage<T> storage_;
    Edges<T> edges_;
    InputRows<T> theta_;
    NoiseRows<T> noise_;
    VelocityRows<T> velocities_;
    FieldRows<T> source_;
    FieldRows<T> east_strength_;
    FieldRows<T> south_strength_;
    RowsAhead<T> ahead_;
    RowTask<T>* tasks_;
    bool has_noise_;
    bool is_written_in_place_; // the phases
    bool is_scattered_;        // whether phases or velocities are not
    bool has_phases_alone_;    // and no sums, strengths or velocities
    T ones_[widest<T>];
    const T* below_ = nullptr;                         // row front + 1 before the first level
    const T* fetched_[StorageShape::most_phases] = {}; // the last rows before the first level
};

} // namespace detail
KURAMOTO_END_NAMESPACE
