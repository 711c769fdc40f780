// The tile pipeline: carries the rows of one tile through the levels — ring buffers, ghosts, edges.
//
// A tile of rows [r0, r1) and columns [c0, c1) is advanced by a number of levels as a wavefront: the stages of a time
// step, for each of the `depth` steps. While level 0 works on row w, level s works on row w − s; two ring rows of
// phases and one row of vertical fluxes stand between a level and the next. The later stages of a step need its first
// phases again, and a sum of rates: four ring rows of phases then, and two of sums.
//
// Where the tile ends inside the lattice, the cells beyond belong to neighbours, whose states are saved as ghosts
// before anyone writes. Above and below, level s produces `levels − 1 − s` rows of them, because the next levels read
// those rows: recomputed, bit for bit what the neighbour computes. To the west and east every level but the last works
// on all `levels` columns of ghosts, as if the lattice ended there. That is wrong in the outermost column after one
// level, in the two outermost after two, and so on, and never reaches the tile; in return all levels share one first
// column, which lies on a cache line.
//
// Where there are rows above, each level begins one row early only to learn the fluxes from it: that row's result is
// thrown away.
//
// The edges of the lattice are made of the same parts. A flux across the first or the last row takes the place of the
// fluxes from the row beyond. Phases that are given there are a row of their own, which is read and never advanced. If
// the rows go round, those above the first are ghosts of the last. If the columns do, a tile of whole rows finds what
// is beyond one end of a row at the other; narrower ones have ghosts.
#pragma once

#include <kuramoto/detail/random/noise.hpp>
#include <kuramoto/detail/tiling/halo.hpp>
#include <kuramoto/model/boundary.hpp>

#include <cstddef>

namespace kuramoto {
inline namespace KURAMOTO_BUILD {
namespace detail {

/// What is given at cell k of an edge: a phase or a flux.
template <class T> T given_at(const BoundaryCondition& edge, std::ptrdiff_t k) noexcept {
    return static_cast<T>(edge.values != nullptr ? edge.values[k] : edge.value);
}

/// What lies beyond cell k of an edge that is not periodic. A flux into the lattice counts as one towards the higher
/// index at the edges before the first cell (`is_low`), and as one from there at the others.
template <class T> Beyond<T> beyond(const BoundaryCondition& edge, std::ptrdiff_t k, bool is_low) noexcept {
    if (edge.kind == BoundaryKind::fixed_phase) return {BeyondKind::phase, given_at<T>(edge, k)};
    if (edge.kind == BoundaryKind::fixed_flux)
        return {BeyondKind::flux, is_low ? -given_at<T>(edge, k) : given_at<T>(edge, k)};
    return {};
}

/// A Runge–Kutta method whose stage k works on θ + inner[k − 1] · rate of stage k − 1, and whose step is the sum of
/// outer[k] · rate of stage k. One stage: Euler's method. The factors hold the time step.
template <class T> struct Stages {
    static constexpr int most = 4; ///< as long as the rings keep the first phases of a step

    int count = 1;
    T inner[most] = {};
    T outer[most] = {};
};

/// What all tiles of a run have in common.
template <class T> struct Sweep {
    Grid<const T> in = {}; ///< θ before
    Grid<T> out = {};      ///< θ after (may be `in`), or the rate
    Source<T> source = {};
    Boundary boundary = {};
    T K = 0;
    bool has_strengths = false;    ///< whether bonds differ; their strengths are then
    Source<T> east_strength = {};  ///< of the bond from a cell to the east
    Source<T> south_strength = {}; ///< of the bond from a cell to the south
    Noise<T> noise = {};           ///< what every step adds, if anything
    Stages<T> stages = {};
    const void* coupling = nullptr;
    RowFunction<T> kernel = nullptr;

    /// Fields that are read beside the phases.
    [[nodiscard]] int fields() const noexcept { return 1 + (has_strengths ? 2 : 0) + (noise.is_present() ? 1 : 0); }
    [[nodiscard]] Extent extent() const noexcept {
        return {in.rows(), in.cols(), is_periodic(boundary, Axis::rows), is_periodic(boundary, Axis::cols)};
    }
};

/// The memory that a pipeline works in: rows of T, and the rows of work.
template <class T> struct Scratch {
    T* values = nullptr;
    RowTask<T>* tasks = nullptr;
};

/// One tile on its way through the levels. Allocates nothing: the memory is handed in.
template <class T> class TilePipeline {
  public:
    /// Rows of scratch a level. Phases: a ring. Vertical fluxes and each field: one. Sums of rates: two.
    static int rows_per_level(int stages, int fields) noexcept {
        return ring(stages) + 1 + fields + (stages > 1 ? 2 : 0);
    }

    /// Elements of scratch for a tile whose width with ghosts is `outer_cols`. Beside the rows of the levels there is
    /// one for results, one for sums that nobody needs, one for each of the first and the last edge, and one for noise.
    static std::ptrdiff_t scratch_size(std::ptrdiff_t outer_cols, int levels, int stages, int fields) noexcept {
        return (std::ptrdiff_t{rows_per_level(stages, fields)} * levels + 5) * row_size(outer_cols);
    }

    static std::ptrdiff_t task_count(int levels, int stages) noexcept { return std::ptrdiff_t{ring(stages)} * levels; }

    /// `ghosts` is null where the cells around the tile can be read from `sweep.in` itself. `scratch` has room for
    /// scratch_size(…) values and task_count(…) tasks.
    TilePipeline(const Sweep<T>& sweep, const Tile& tile, int levels, const Ghosts<T>* ghosts,
                 const Scratch<T>& scratch) noexcept
        : sweep_(sweep), extent_(sweep.extent()), tile_(tile), levels_(levels), stages_(sweep.stages.count),
          ring_(ring(stages_)), ghosts_(ghosts), tasks_(scratch.tasks), outer_(with_ghosts<T>(tile, levels, extent_)),
          row_size_(row_size(outer_.cols())), phases_(scratch.values), fluxes_(phases_ + ring_ * levels * row_size_),
          result_(fluxes_ + levels * row_size_), spare_(result_ + row_size_), north_(spare_ + row_size_),
          south_(north_ + row_size_), noise_(south_ + row_size_), sums_(noise_ + row_size_),
          reads_in_place_(sweep.in.col_stride() == 1 && (ghosts == nullptr || outer_.cols() == tile.cols()) &&
                          !is_beyond_columns()),
          writes_in_place_(sweep.out.col_stride() == 1), ends_vary_(do_ends_vary()) {
        T* memory = sums_ + (stages_ > 1 ? 2 * levels * row_size_ : 0);
        const auto rows_of = [&](const Source<T>& source) {
            FieldRows<T> of_source(source, extent_, outer_, levels_, row_size_, memory);
            memory += levels_ * row_size_;
            return of_source;
        };
        source_ = rows_of(sweep.source);
        if (sweep.has_strengths) {
            east_strength_ = rows_of(sweep.east_strength);
            south_strength_ = rows_of(sweep.south_strength);
        }
        if (sweep.noise.is_present()) diffusion_ = rows_of(sweep.noise.diffusion);
        for (T& value : ones_) value = 1;
    }

    void run() noexcept {
        if (tile_.rows() == 0 || tile_.cols() == 0) return;
        fill_edge(north_, sweep_.boundary.north, true);
        fill_edge(south_, sweep_.boundary.south, false);
        const int last = levels_ - 1;
        const std::ptrdiff_t first_front = first_row(0);
        fetch_next(first_front);
        // Levels [begin, end) are at work: one after the other they start, and one after the other they are done.
        int begin = 0;
        int end = 0;
        for (std::ptrdiff_t front = first_front; begin < levels_; ++front) {
            if (end < levels_ && front - end >= first_row(end)) start(end++);
            RowTask<T>* tasks = tasks_ + (front & (ring_ - 1)) * levels_;
            aim_all(tasks, front, begin, end);
            if (sweep_.noise.is_present())
                work_with_noise(tasks, front, begin, end);
            else
                sweep_.kernel(tasks + begin, end - begin, sweep_.coupling);
            if (!writes_in_place_ && end == levels_ && front - last >= tile_.row_begin) write_result(front - last);
            while (begin < end && front - begin + 1 >= end_row(begin)) ++begin;
        }
    }

  private:
    // Rows of phases that are kept of a level: a power of two, that front & (ring − 1) be a place in it.
    static constexpr int most_ring = 4;
    static int ring(int stages) noexcept { return stages > 1 ? most_ring : 2; }

    // Whole cache lines, and an odd number of them: the same column of many rows is spread over all sets of a cache.
    static std::ptrdiff_t row_size(std::ptrdiff_t cols) noexcept {
        constexpr std::ptrdiff_t eight_lines = 8 * widest<T>;
        return (cols + eight_lines - 1) / eight_lines * eight_lines + 5 * widest<T>;
    }

    // Whether columns of the grown tile are beyond the lattice, at its other side.
    [[nodiscard]] bool is_beyond_columns() const noexcept {
        return outer_.col_begin < 0 || outer_.col_end > extent_.cols;
    }
    // Whether the grown tile ends where the columns of the lattice do.
    [[nodiscard]] bool is_at_west() const noexcept { return outer_.col_begin == 0 && !extent_.cols_wrap; }
    [[nodiscard]] bool is_at_east() const noexcept { return outer_.col_end == extent_.cols && !extent_.cols_wrap; }
    // Whether the ends of a row are each other's neighbours.
    [[nodiscard]] bool is_ring() const noexcept { return extent_.cols_wrap && tile_.cols() == extent_.cols; }
    // Whether what is beyond the ends differs from row to row, for a level that does not end among ghosts.
    [[nodiscard]] bool do_ends_vary() const noexcept {
        return is_ring() || (is_at_west() && sweep_.boundary.west.values != nullptr) ||
               (is_at_east() && sweep_.boundary.east.values != nullptr);
    }

    [[nodiscard]] bool is_in_lattice(std::ptrdiff_t i) const noexcept {
        return extent_.rows_wrap || (i >= 0 && i < extent_.rows);
    }
    // Whether row i has phases: a row of the lattice, or one beyond its first or last where they are given.
    [[nodiscard]] bool has_phases(std::ptrdiff_t i) const noexcept {
        const BoundaryCondition& edge = i < 0 ? sweep_.boundary.north : sweep_.boundary.south;
        return is_in_lattice(i) || edge.kind == BoundaryKind::fixed_phase;
    }

    // The phases beyond the first or the last row, or the fluxes across that edge.
    void fill_edge(T* row, const BoundaryCondition& edge, bool is_low) const noexcept {
        for (std::ptrdiff_t j = 0; j < outer_.cols() + widest<T>; ++j)
            row[j] = beyond<T>(edge, Extent::wrapped(outer_.col_begin + j, extent_.cols), is_low).value;
    }

    // Level s produces rows [begin_row(s), end_row(s)) and begins with first_row(s).
    [[nodiscard]] std::ptrdiff_t begin_row(int s) const noexcept {
        const std::ptrdiff_t row = tile_.row_begin - (levels_ - 1 - s);
        return row > 0 || extent_.rows_wrap ? row : 0;
    }
    [[nodiscard]] std::ptrdiff_t end_row(int s) const noexcept {
        const std::ptrdiff_t row = tile_.row_end + (levels_ - 1 - s);
        return row < extent_.rows || extent_.rows_wrap ? row : extent_.rows;
    }
    [[nodiscard]] std::ptrdiff_t first_row(int s) const noexcept {
        const std::ptrdiff_t row = begin_row(s);
        return has_phases(row - 1) ? row - 1 : row;
    }

    [[nodiscard]] bool is_last(int s) const noexcept { return s + 1 == levels_; }
    // The first column of what level s produces, counted from the first column with ghosts.
    [[nodiscard]] std::ptrdiff_t offset(int s) const noexcept {
        return is_last(s) ? tile_.col_begin - outer_.col_begin : 0;
    }
    [[nodiscard]] T* phase_row(int s, std::ptrdiff_t i) const noexcept {
        return phases_ + (ring_ * s + (i & (ring_ - 1))) * row_size_;
    }
    [[nodiscard]] T* sum_row(int s, std::ptrdiff_t i) const noexcept { return sums_ + (2 * s + (i & 1)) * row_size_; }

    // Everything about the work of a level that does not change from row to row.
    void start(int s) noexcept {
        RowTask<T> task;
        task.cells = is_last(s) ? tile_.cols() : outer_.cols();
        task.south_flux = south_ + offset(s);
        task.vertical_flux = fluxes_ + s * row_size_;
        if (is_at_west()) task.west = beyond<T>(sweep_.boundary.west, 0, true);
        if (is_at_east()) task.east = beyond<T>(sweep_.boundary.east, 0, false);
        task.K = sweep_.K;
        task.noise = noise_;
        const int stage = s % stages_;
        const bool ends_step = stage + 1 == stages_;
        task.dt = ends_step ? sweep_.stages.outer[stage] : sweep_.stages.inner[stage];
        task.weight = ends_step ? 0 : sweep_.stages.outer[stage];
        // The fluxes into the first row: those of the edge. An early row has no use for them, but needs numbers.
        gather(task.vertical_flux, static_cast<const T*>(north_) + offset(s), 1, task.cells + widest<T>);
        for (int k = 0; k < ring_; ++k) tasks_[k * levels_ + s] = task;
    }

    // The phases of row i before the first level, from the first column with ghosts on; null where there are none.
    const T* fetch(std::ptrdiff_t i) noexcept {
        if (!is_in_lattice(i)) return has_phases(i) ? edge_row(i) : nullptr;
        if (ghosts_ != nullptr && ghosts_->has_row(i)) return ghosts_->row(i);
        const Grid<const T>& in = sweep_.in;
        if (reads_in_place_) return in.data() + Extent::wrapped(i, extent_.rows) * in.row_stride() + outer_.col_begin;
        T* gathered = phase_row(0, i);
        if (ghosts_ == nullptr) {
            gather_row(gathered, in, i, outer_.col_begin, outer_.cols());
            return gathered;
        }
        const std::ptrdiff_t west = tile_.col_begin - outer_.col_begin;
        gather(gathered, ghosts_->west_of(i), 1, west);
        gather_row(gathered + west, in, i, tile_.col_begin, tile_.cols());
        gather(gathered + west + tile_.cols(), ghosts_->east_of(i), 1, outer_.col_end - tile_.col_end);
        return gathered;
    }

    // Makes row i the one that the first level reads below its own.
    void fetch_next(std::ptrdiff_t i) noexcept { next_ = fetched_[i & (most_ring - 1)] = fetch(i); }

    [[nodiscard]] const T* edge_row(std::ptrdiff_t i) const noexcept { return i < 0 ? north_ : south_; }
    // The phases of row i before a level that is not the first; null where there are none.
    [[nodiscard]] const T* row_before(int s, std::ptrdiff_t i) const noexcept {
        if (is_in_lattice(i)) return phase_row(s, i);
        return has_phases(i) ? edge_row(i) : nullptr;
    }

    // Aims every level at its row of this front. Once each has a ring of rows behind it, and until the first meets the
    // last row of the lattice, a level between those of the first step and the last has the same rows in its rings as
    // one ring of fronts ago.
    void aim_all(RowTask<T>* tasks, std::ptrdiff_t front, int begin, int end) noexcept {
        const int last = levels_ - 1;
        const bool repeats = front - last > tile_.row_begin + ring_ - 1 && front + 1 < extent_.rows &&
                             !source_.packs() && last > stages_;
        if (!repeats) {
            for (int s = begin; s < end; ++s) aim(s, front - s, tasks[s]);
            return;
        }
        for (int s = 0; s < stages_; ++s) aim(s, front - s, tasks[s]);
        const std::ptrdiff_t step = ring_ * source_.step();
        for (int s = stages_; s < last; ++s) tasks[s].source.values += step;
        if (ends_vary_)
            for (int s = stages_; s < last; ++s) set_ends(front - s, tasks[s]);
        if (sweep_.has_strengths)
            for (int s = stages_; s < last; ++s) set_strengths(s, front - s, tasks[s]);
        aim(last, front - last, tasks[last]);
    }

    // Makes row i the next work of level s.
    void aim(int s, std::ptrdiff_t i, RowTask<T>& task) noexcept {
        set_phases(s, i, task);
        if (sweep_.has_strengths) set_strengths(s, i, task);
        if (i < begin_row(s)) {
            task.source = {ones_, 0};
            task.out = result_;
            task.base = task.sum = task.phase;
            task.sum_out = spare_;
            return;
        }
        // Only the columns of that level: beyond them another task may be writing, where the source is also the output.
        if (s == 0 && source_.packs()) source_.pack(i, offset(0), tasks_[0].cells);
        task.source = source_.row(i, offset(s));
        if (!is_last(s))
            task.out = phase_row(s + 1, i);
        else if (writes_in_place_)
            task.out = sweep_.out.data() + i * sweep_.out.row_stride() + tile_.col_begin;
        else
            task.out = result_;
        if (stages_ > 1) aim_stage(s, i, task);
    }

    // Where a stage finds the phases at the beginning of its step and the sum of the stages before.
    void aim_stage(int s, std::ptrdiff_t i, RowTask<T>& task) const noexcept {
        const int stage = s % stages_;
        const int first = s - stage;
        const bool ends_step = stage + 1 == stages_;
        const T* base = first == 0 ? fetched_[i & (most_ring - 1)] : phase_row(first, i);
        task.sum = stage == 0 ? task.phase : sum_row(s - 1, i) + offset(s);
        task.base = ends_step ? task.sum : base;
        task.sum_out = ends_step ? spare_ : sum_row(s, i);
    }

    // Where the phases of row i stand before level s, those of the row below, and what is beyond the ends of the row.
    void set_phases(int s, std::ptrdiff_t i, RowTask<T>& task) noexcept {
        const T* row = s == 0 ? next_ : row_before(s, i);
        if (s == 0) fetch_next(i + 1);
        const T* below = s == 0 ? next_ : row_before(s, i + 1);
        task.phase = row + offset(s);
        task.below = below == nullptr ? nullptr : below + offset(s);
        if (ends_vary_) set_ends(i, task);
        if (!is_last(s)) return;
        if (tile_.col_begin > outer_.col_begin) task.west = {BeyondKind::phase, task.phase[-1]};
        if (tile_.col_end < outer_.col_end) task.east = {BeyondKind::phase, task.phase[task.cells]};
    }

    // What is beyond the ends of row i where that differs from row to row.
    void set_ends(std::ptrdiff_t i, RowTask<T>& task) const noexcept {
        if (is_ring()) {
            task.west = {BeyondKind::phase, task.phase[task.cells - 1]};
            task.east = {BeyondKind::phase, task.phase[0]};
            return;
        }
        if (!is_in_lattice(i)) return; // a row of given phases, whose own ends do not matter
        const std::ptrdiff_t k = Extent::wrapped(i, extent_.rows);
        if (is_at_west()) task.west = beyond<T>(sweep_.boundary.west, k, true);
        if (is_at_east()) task.east = beyond<T>(sweep_.boundary.east, k, false);
    }

    // The strengths of the bonds of row i, and of those beyond its ends. Bonds to given phases have the strength 1.
    void set_strengths(int s, std::ptrdiff_t i, RowTask<T>& task) noexcept {
        if (!is_in_lattice(i)) { // a row of given phases
            task.east_strength = task.south_strength = {ones_, 0};
            return;
        }
        if (s == 0 && east_strength_.packs()) east_strength_.pack(i, 0, outer_.cols());
        if (s == 0 && south_strength_.packs()) south_strength_.pack(i, 0, outer_.cols());
        task.east_strength = east_strength_.row(i, offset(s));
        task.south_strength = is_in_lattice(i + 1) ? south_strength_.row(i, offset(s)) : RowSource<T>{ones_, 0};
        const RowSource<T>& east = task.east_strength;
        const T last = east.values[(task.cells - 1) * east.step];
        task.east_end_strength = task.west_end_strength = 1;
        if (is_ring()) task.east_end_strength = task.west_end_strength = last;
        if (!is_last(s)) return;
        if (tile_.col_begin > outer_.col_begin) task.west_end_strength = east.values[-east.step];
        if (tile_.col_end < outer_.col_end) task.east_end_strength = last;
    }

    // The levels one after the other, each with the noise of its row and step in the one row that holds it.
    void work_with_noise(RowTask<T>* tasks, std::ptrdiff_t front, int begin, int end) noexcept {
        for (int s = begin; s < end; ++s) {
            const std::ptrdiff_t i = front - s;
            if (i >= begin_row(s)) fill_noise(s, i, tasks[s].cells);
            sweep_.kernel(tasks + s, 1, sweep_.coupling);
        }
    }

    void fill_noise(int s, std::ptrdiff_t i, std::ptrdiff_t cells) noexcept {
        if (s == 0 && diffusion_.packs()) diffusion_.pack(i, 0, outer_.cols());
        const RowSource<T> diffusion = diffusion_.row(i, offset(s));
        const std::ptrdiff_t row = Extent::wrapped(i, extent_.rows);
        std::ptrdiff_t col = Extent::wrapped(outer_.col_begin + offset(s), extent_.cols);
        for (std::ptrdiff_t done = 0; done < cells; col = 0) { // columns may go round
            const std::ptrdiff_t most = extent_.cols - col;
            const std::ptrdiff_t count = cells - done < most ? cells - done : most;
            sweep_.noise.fill(noise_ + done, s, row, col, count, diffusion.values + done * diffusion.step);
            done += count;
        }
    }

    void write_result(std::ptrdiff_t i) noexcept {
        T* out = sweep_.out.data() + i * sweep_.out.row_stride() + tile_.col_begin * sweep_.out.col_stride();
        scatter(out, sweep_.out.col_stride(), result_, tile_.cols());
    }

    Sweep<T> sweep_;
    Extent extent_;
    Tile tile_;
    int levels_;
    int stages_;
    int ring_;
    const Ghosts<T>* ghosts_;
    RowTask<T>* tasks_;
    Tile outer_; // the tile and every cell that its levels read
    std::ptrdiff_t row_size_;
    T* phases_;
    T* fluxes_;
    T* result_;
    T* spare_; // for sums that nobody needs
    T* north_; // phases beyond the first row, or fluxes across that edge
    T* south_; // the same of the last row
    T* noise_; // of the row at work
    T* sums_;
    FieldRows<T> source_;
    FieldRows<T> east_strength_;
    FieldRows<T> south_strength_;
    FieldRows<T> diffusion_;
    T ones_[widest<T>];
    bool reads_in_place_;
    bool writes_in_place_;
    bool ends_vary_;
    const T* next_ = nullptr;          // row front + 1 before the first level
    const T* fetched_[most_ring] = {}; // the last rows before the first level, by the low bits of their numbers
};

} // namespace detail
} // namespace KURAMOTO_BUILD
} // namespace kuramoto
