// The tile pipeline: carries the rows of one tile through the levels — ring buffers, ghosts, edges.
// May include detail/row_kernel.hpp.
//
// A tile of rows [r0, r1) and columns [c0, c1) is advanced by `depth` levels as a wavefront. While level 0 works on row
// w, level s works on row w − s; two ring rows of phases and one row of vertical fluxes stand between a level and the
// next.
//
// Where the tile ends inside the lattice, the cells beyond belong to neighbours, whose states are saved as ghosts
// before anyone writes. Above and below, level s produces `depth − 1 − s` rows of them, because the next levels read
// those rows: recomputed, bit for bit what the neighbour computes. To the west and east every level but the last works
// on all `depth` columns of ghosts, as if the lattice ended there. That is wrong in the outermost column after one
// level, in the two outermost after two, and so on, and never reaches the tile; in return all levels share one first
// column, which lies on a cache line.
//
// Where there are rows above, each level begins one row early only to learn the fluxes from it: that row's result is
// thrown away.
#pragma once

#include <kuramoto/detail/row_kernel.hpp>

#include <cstddef>

namespace kuramoto {
inline namespace KURAMOTO_BUILD {
namespace detail {

/// A block of the lattice: rows [row_begin, row_end), columns [col_begin, col_end).
struct Tile {
    std::ptrdiff_t row_begin = 0;
    std::ptrdiff_t row_end = 0;
    std::ptrdiff_t col_begin = 0;
    std::ptrdiff_t col_end = 0;

    [[nodiscard]] std::ptrdiff_t rows() const noexcept { return row_end - row_begin; }
    [[nodiscard]] std::ptrdiff_t cols() const noexcept { return col_end - col_begin; }
};

/// `tile` with the ghosts that `depth` levels need: as many rows and columns on every side, as far as the lattice goes.
/// To the west it is whole cache lines.
template <class T>
Tile with_ghosts(const Tile& tile, std::ptrdiff_t depth, std::ptrdiff_t rows, std::ptrdiff_t cols) noexcept {
    const auto at_least_0 = [](std::ptrdiff_t i) { return i < 0 ? 0 : i; };
    const auto at_most = [](std::ptrdiff_t i, std::ptrdiff_t n) { return i > n ? n : i; };
    const std::ptrdiff_t west = (depth + widest<T> - 1) / widest<T> * widest<T>;
    return {at_least_0(tile.row_begin - depth), at_most(tile.row_end + depth, rows), at_least_0(tile.col_begin - west),
            at_most(tile.col_end + depth, cols)};
}

/// ω or the rate to add to: a field, or one number for all cells (`field` is then empty).
template <class T> struct Source {
    Grid<const T> field = {};
    bool is_uniform = true;
    T number = 0;
};

/// What all tiles of a run have in common.
template <class T> struct Sweep {
    Grid<const T> in = {}; ///< θ before
    Grid<T> out = {};      ///< θ after (may be `in`), or the rate
    Source<T> source = {};
    EdgeSource<T> north = {}; ///< the four edges of the lattice
    EdgeSource<T> south = {};
    EdgeSource<T> west = {};
    EdgeSource<T> east = {};
    T K = 0;
    T dt = 0;
    const void* coupling = nullptr;
    RowFunction<T> kernel = nullptr;
};

/// Copies n cells that lie `stride` elements apart to consecutive places, or back.
template <class T> void gather(T* to, const T* from, std::ptrdiff_t stride, std::ptrdiff_t n) noexcept {
    if (stride == 1) {
        if (n > 0) __builtin_memcpy(to, from, static_cast<std::size_t>(n) * sizeof(T));
        return;
    }
    for (std::ptrdiff_t j = 0; j < n; ++j) to[j] = from[j * stride];
}
template <class T> void scatter(T* to, std::ptrdiff_t stride, const T* from, std::ptrdiff_t n) noexcept {
    for (std::ptrdiff_t j = 0; j < n; ++j) to[j * stride] = from[j];
}

/// The cells of its neighbours that a tile needs copies of because they are overwritten while it is being advanced:
/// `depth` beyond every side that is not an edge of the lattice. Rows above and below are as wide as the grown tile.
template <class T> class Ghosts {
  public:
    /// Elements of memory for the ghosts of a tile.
    static std::ptrdiff_t size(const Tile& tile, const Tile& outer) noexcept {
        return outer.rows() * outer.cols() - tile.rows() * tile.cols();
    }

    Ghosts(const Tile& tile, const Tile& outer, T* memory) noexcept
        : tile_(tile), outer_(outer), north_(memory),
          south_(north_ + (tile.row_begin - outer.row_begin) * outer.cols()),
          west_(south_ + (outer.row_end - tile.row_end) * outer.cols()),
          east_(west_ + tile.rows() * (tile.col_begin - outer.col_begin)) {}

    void save(const Grid<const T>& in) const noexcept {
        copy(in, north_, {outer_.row_begin, tile_.row_begin, outer_.col_begin, outer_.col_end});
        copy(in, south_, {tile_.row_end, outer_.row_end, outer_.col_begin, outer_.col_end});
        copy(in, west_, {tile_.row_begin, tile_.row_end, outer_.col_begin, tile_.col_begin});
        copy(in, east_, {tile_.row_begin, tile_.row_end, tile_.col_end, outer_.col_end});
    }

    [[nodiscard]] bool has_row(std::ptrdiff_t i) const noexcept { return i < tile_.row_begin || i >= tile_.row_end; }
    /// Row i of the grown tile, above or below the tile.
    [[nodiscard]] const T* row(std::ptrdiff_t i) const noexcept {
        return i < tile_.row_begin ? north_ + (i - outer_.row_begin) * outer_.cols()
                                   : south_ + (i - tile_.row_end) * outer_.cols();
    }
    /// The ghosts beside row i of the tile.
    [[nodiscard]] const T* west_of(std::ptrdiff_t i) const noexcept {
        return west_ + (i - tile_.row_begin) * (tile_.col_begin - outer_.col_begin);
    }
    [[nodiscard]] const T* east_of(std::ptrdiff_t i) const noexcept {
        return east_ + (i - tile_.row_begin) * (outer_.col_end - tile_.col_end);
    }

  private:
    static void copy(const Grid<const T>& in, T* to, const Tile& block) noexcept {
        for (std::ptrdiff_t i = block.row_begin; i < block.row_end; ++i, to += block.cols())
            gather(to, in.data() + i * in.row_stride() + block.col_begin * in.col_stride(), in.col_stride(),
                   block.cols());
    }

    Tile tile_;
    Tile outer_;
    T* north_;
    T* south_;
    T* west_;
    T* east_;
};

/// The memory that a pipeline works in: rows of T, and the rows of work.
template <class T> struct Scratch {
    T* values = nullptr;
    RowTask<T>* tasks = nullptr;
};

/// One tile on its way through `depth` levels. Allocates nothing: the memory is handed in.
template <class T> class TilePipeline {
  public:
    /// Elements of scratch for a tile whose width with ghosts is `outer_cols`.
    static std::ptrdiff_t scratch_size(std::ptrdiff_t outer_cols, int depth) noexcept {
        // Phases: two rows a level. Vertical fluxes: one a level. Sources: one a level. One row for results; two
        // vectors.
        return (4 * depth + 1) * row_size(outer_cols) + 2 * widest<T>;
    }

    static std::ptrdiff_t task_count(int depth) noexcept { return 2 * std::ptrdiff_t{depth}; }

    /// `ghosts` is null where the cells around the tile can be read from `sweep.in` itself. `scratch` has room for
    /// scratch_size(…) values and task_count(depth) tasks.
    TilePipeline(const Sweep<T>& sweep, const Tile& tile, int depth, const Ghosts<T>* ghosts,
                 const Scratch<T>& scratch) noexcept
        : sweep_(sweep), tile_(tile), depth_(depth), ghosts_(ghosts), tasks_(scratch.tasks),
          outer_(with_ghosts<T>(tile, depth, sweep.in.rows(), sweep.in.cols())), row_size_(row_size(outer_.cols())),
          phases_(scratch.values), fluxes_(phases_ + 2 * depth * row_size_), sources_(fluxes_ + depth * row_size_),
          result_(sources_ + depth * row_size_), number_(result_ + row_size_), south_flux_(number_ + widest<T>),
          source_step_(sweep.source.is_uniform ? 0 : 2 * sweep.source.field.row_stride()),
          packs_sources_(!sweep.source.is_uniform && sweep.source.field.col_stride() != 1),
          reads_in_place_(sweep.in.col_stride() == 1 && (ghosts == nullptr || outer_.cols() == tile.cols())),
          writes_in_place_(sweep.out.col_stride() == 1) {}

    void run() noexcept {
        if (tile_.rows() == 0 || tile_.cols() == 0) return;
        for (std::ptrdiff_t j = 0; j < widest<T>; ++j) {
            number_[j] = sweep_.source.number;
            south_flux_[j] = sweep_.south.value;
        }
        const int last = depth_ - 1;
        const std::ptrdiff_t first_front = first_row(0);
        next_ = fetch(first_front);
        // Levels [begin, end) are at work: one after the other they start, and one after the other they are done.
        int begin = 0;
        int end = 0;
        for (std::ptrdiff_t front = first_front; begin < depth_; ++front) {
            if (end < depth_ && front - end >= first_row(end)) start(end++);
            RowTask<T>* tasks = tasks_ + (front & 1) * depth_;
            aim_all(tasks, front, begin, end);
            sweep_.kernel(tasks + begin, end - begin, sweep_.coupling);
            if (!writes_in_place_ && end == depth_ && front - last >= tile_.row_begin) write_result(front - last);
            while (begin < end && front - begin + 1 >= end_row(begin)) ++begin;
        }
    }

  private:
    // Whole cache lines, and an odd number of them: the same column of many rows is spread over all sets of a cache.
    static std::ptrdiff_t row_size(std::ptrdiff_t cols) noexcept {
        constexpr std::ptrdiff_t eight_lines = 8 * widest<T>;
        return (cols + eight_lines - 1) / eight_lines * eight_lines + 5 * widest<T>;
    }

    // Level s produces rows [begin_row(s), end_row(s)) and begins with first_row(s).
    [[nodiscard]] std::ptrdiff_t begin_row(int s) const noexcept {
        const std::ptrdiff_t row = tile_.row_begin - (depth_ - 1 - s);
        return row > 0 ? row : 0;
    }
    [[nodiscard]] std::ptrdiff_t end_row(int s) const noexcept {
        const std::ptrdiff_t row = tile_.row_end + (depth_ - 1 - s);
        return row < sweep_.in.rows() ? row : sweep_.in.rows();
    }
    [[nodiscard]] std::ptrdiff_t first_row(int s) const noexcept {
        const std::ptrdiff_t row = begin_row(s);
        return row > 0 ? row - 1 : 0;
    }

    [[nodiscard]] bool is_last(int s) const noexcept { return s + 1 == depth_; }
    // The first column of what level s produces, counted from the first column with ghosts.
    [[nodiscard]] std::ptrdiff_t offset(int s) const noexcept {
        return is_last(s) ? tile_.col_begin - outer_.col_begin : 0;
    }
    [[nodiscard]] T* phase_row(int s, std::ptrdiff_t i) const noexcept {
        return phases_ + (2 * s + (i & 1)) * row_size_;
    }

    // Everything about the work of a level that does not change from row to row.
    void start(int s) noexcept {
        RowTask<T> task;
        task.cells = is_last(s) ? tile_.cols() : outer_.cols();
        task.south_flux = {south_flux_, 0};
        task.vertical_flux = fluxes_ + s * row_size_;
        if (outer_.col_begin == 0) task.west = sweep_.west;
        if (outer_.col_end == sweep_.in.cols()) task.east = sweep_.east;
        task.K = sweep_.K;
        task.dt = sweep_.dt;
        // The fluxes into the first row: those of the edge. An early row has no use for them, but needs numbers.
        for (std::ptrdiff_t j = 0; j < task.cells + widest<T>; ++j) task.vertical_flux[j] = sweep_.north.value;
        tasks_[s] = tasks_[depth_ + s] = task;
    }

    // The phases of row i before the first level, from the first column with ghosts on.
    const T* fetch(std::ptrdiff_t i) noexcept {
        const Grid<const T>& in = sweep_.in;
        if (ghosts_ != nullptr && ghosts_->has_row(i)) return ghosts_->row(i);
        const T* row = in.data() + i * in.row_stride();
        if (reads_in_place_) return row + outer_.col_begin;
        T* packed = phase_row(0, i);
        if (ghosts_ == nullptr) {
            gather(packed, row + outer_.col_begin * in.col_stride(), in.col_stride(), outer_.cols());
            return packed;
        }
        const std::ptrdiff_t west = tile_.col_begin - outer_.col_begin;
        gather(packed, ghosts_->west_of(i), 1, west);
        gather(packed + west, row + tile_.col_begin * in.col_stride(), in.col_stride(), tile_.cols());
        gather(packed + west + tile_.cols(), ghosts_->east_of(i), 1, outer_.col_end - tile_.col_end);
        return packed;
    }

    // Aims every level at its row of this front. Once each has two rows behind it, and until the first meets the last
    // row of the lattice, a level between the first and the last has the rows in its rings that it had two fronts ago.
    void aim_all(RowTask<T>* tasks, std::ptrdiff_t front, int begin, int end) noexcept {
        const int last = depth_ - 1;
        const bool repeats = front - last > tile_.row_begin + 1 && front + 1 < sweep_.in.rows() && !packs_sources_;
        if (!repeats || depth_ < 3) {
            for (int s = begin; s < end; ++s) aim(s, front - s, tasks[s]);
            return;
        }
        aim(0, front, tasks[0]);
        const std::ptrdiff_t step = source_step_;
        for (int s = 1; s < last; ++s) tasks[s].source.values += step;
        aim(last, front - last, tasks[last]);
    }

    // Makes row i the next work of level s.
    void aim(int s, std::ptrdiff_t i, RowTask<T>& task) noexcept {
        set_phases(s, i, task);
        if (i < begin_row(s)) {
            task.source = {number_, 0};
            task.out = result_;
            return;
        }
        task.source = source_row(s, i);
        if (!is_last(s))
            task.out = phase_row(s + 1, i);
        else if (writes_in_place_)
            task.out = sweep_.out.data() + i * sweep_.out.row_stride() + tile_.col_begin;
        else
            task.out = result_;
    }

    // Where the phases of row i stand before level s, those of the row below, and, for the last level, those beyond
    // both ends of a tile that ends inside the lattice.
    void set_phases(int s, std::ptrdiff_t i, RowTask<T>& task) noexcept {
        const bool is_last_row = i + 1 == sweep_.in.rows();
        const T* row = phase_row(s, i);
        const T* below = phase_row(s, i + 1);
        if (s == 0) {
            row = next_;
            if (!is_last_row) next_ = fetch(i + 1);
            below = next_;
        }
        task.phase = row + offset(s);
        task.below = is_last_row ? nullptr : below + offset(s);
        if (!is_last(s)) return;
        if (tile_.col_begin > 0) task.west = {EdgeKind::phase, task.phase[-1]};
        if (tile_.col_end < sweep_.in.cols()) task.east = {EdgeKind::phase, task.phase[task.cells]};
    }

    // The source of row i, for level s. A strided field is packed once, when the first level asks for it; the others
    // follow within `depth` rows. Only the columns of that level: beyond them another task may be writing, where the
    // source is also the output.
    RowSource<T> source_row(int s, std::ptrdiff_t i) noexcept {
        if (sweep_.source.is_uniform) return {number_, 0};
        const Grid<const T>& field = sweep_.source.field;
        const T* row = field.data() + i * field.row_stride() + outer_.col_begin * field.col_stride();
        if (!packs_sources_) return {row + offset(s), 1};
        T* packed = sources_ + (i % depth_) * row_size_;
        if (s == 0)
            gather(packed + offset(0), row + offset(0) * field.col_stride(), field.col_stride(), tasks_[0].cells);
        return {packed + offset(s), 1};
    }

    void write_result(std::ptrdiff_t i) noexcept {
        T* out = sweep_.out.data() + i * sweep_.out.row_stride() + tile_.col_begin * sweep_.out.col_stride();
        scatter(out, sweep_.out.col_stride(), result_, tile_.cols());
    }

    Sweep<T> sweep_;
    Tile tile_;
    int depth_;
    const Ghosts<T>* ghosts_;
    RowTask<T>* tasks_;
    Tile outer_; // the tile and every cell that its levels read
    std::ptrdiff_t row_size_;
    T* phases_;
    T* fluxes_;
    T* sources_;
    T* result_;
    T* number_;                  // one vector of the number that stands for a field of sources
    T* south_flux_;              // one vector of the flux across the last edge
    std::ptrdiff_t source_step_; // two rows of sources further
    bool packs_sources_;
    bool reads_in_place_;
    bool writes_in_place_;
    const T* next_ = nullptr; // row front + 1 before the first level
};

} // namespace detail
} // namespace KURAMOTO_BUILD
} // namespace kuramoto
