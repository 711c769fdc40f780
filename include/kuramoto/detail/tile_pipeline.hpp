// The tile pipeline: carries the rows of one tile through the levels — ring buffers, ghosts, edges.
// May include detail/row_kernel.hpp.
//
// A tile of rows [r0, r1) and columns [c0, c1) is advanced by `depth` levels as a wavefront. While level 0 works on row
// w, level s works on row w − s; two ring rows of phases and one row of vertical fluxes stand between a level and the
// next. Level s has to produce `depth − 1 − s` cells beyond each side that is not an edge of the lattice, because the
// next levels read them: those cells are the neighbour's, recomputed from its ghosts, bit for bit what it computes.
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

/// `tile` grown by `cells` on every side, as far as the lattice goes.
inline Tile grown(const Tile& tile, std::ptrdiff_t cells, std::ptrdiff_t rows, std::ptrdiff_t cols) noexcept {
    const auto at_least_0 = [](std::ptrdiff_t i) { return i < 0 ? 0 : i; };
    const auto at_most = [](std::ptrdiff_t i, std::ptrdiff_t n) { return i > n ? n : i; };
    return {at_least_0(tile.row_begin - cells), at_most(tile.row_end + cells, rows), at_least_0(tile.col_begin - cells),
            at_most(tile.col_end + cells, cols)};
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

/// One level of a tile: what it produces, and the row of work that moves down through it.
template <class T> struct Level {
    Tile range;               ///< the tile, grown by what the levels after this one still need
    std::ptrdiff_t first_row; ///< where it begins: one row above `range` to learn the fluxes from, if there is one
    std::ptrdiff_t offset;    ///< from the first column of a buffer to the first of `range`
    RowTask<T> task;
};

/// One tile on its way through `depth` levels. Allocates nothing: the memory is handed in.
template <class T> class TilePipeline {
  public:
    /// Elements of scratch for a tile whose grown width is `outer_cols`, every row padded to whole cache lines.
    static std::ptrdiff_t scratch_size(std::ptrdiff_t outer_cols, int depth) noexcept {
        // Phases: two rows a level. Vertical fluxes: one a level. Sources: one a level. One row for results; two
        // vectors.
        return (4 * depth + 1) * row_size(outer_cols) + 2 * widest<T>;
    }

    /// `ghosts` is null where the cells around the tile can be read from `sweep.in` itself. `levels` has room for
    /// `depth` levels, `scratch` for scratch_size(…).
    TilePipeline(const Sweep<T>& sweep, const Tile& tile, int depth, const Ghosts<T>* ghosts, Level<T>* levels,
                 T* scratch) noexcept
        : sweep_(sweep), tile_(tile), depth_(depth), ghosts_(ghosts), levels_(levels),
          outer_(grown(tile, depth, sweep.in.rows(), sweep.in.cols())), row_size_(row_size(outer_.cols())),
          phases_(scratch), fluxes_(phases_ + 2 * depth * row_size_), sources_(fluxes_ + depth * row_size_),
          result_(sources_ + depth * row_size_), number_(result_ + row_size_), south_flux_(number_ + widest<T>),
          reads_in_place_(sweep.in.col_stride() == 1 && (ghosts == nullptr || outer_.cols() == tile.cols())),
          writes_in_place_(sweep.out.col_stride() == 1) {}

    void run() noexcept {
        if (tile_.rows() == 0 || tile_.cols() == 0) return;
        for (std::ptrdiff_t j = 0; j < widest<T>; ++j) {
            number_[j] = sweep_.source.number;
            south_flux_[j] = sweep_.south.value;
        }
        for (int s = 0; s < depth_; ++s) start(s);
        const std::ptrdiff_t first = levels_[0].first_row;
        const std::ptrdiff_t last = tile_.row_end - 1 + (depth_ - 1);
        next_ = fetch(first);
        for (std::ptrdiff_t front = first; front <= last; ++front) {
            for (int s = 0; s < depth_; ++s) {
                const std::ptrdiff_t i = front - s;
                if (i >= levels_[s].first_row && i < levels_[s].range.row_end) advance_row(s, i);
            }
        }
    }

  private:
    static std::ptrdiff_t row_size(std::ptrdiff_t cols) noexcept {
        return (cols + widest<T> - 1) / widest<T> * widest<T> + widest<T>;
    }

    [[nodiscard]] T* phase_row(int s, std::ptrdiff_t i) const noexcept {
        return phases_ + (2 * s + (i & 1)) * row_size_;
    }

    // Everything about a level that does not change from row to row.
    void start(int s) noexcept {
        Level<T>& level = levels_[s];
        level.range = grown(tile_, depth_ - 1 - s, sweep_.in.rows(), sweep_.in.cols());
        level.first_row = level.range.row_begin - (level.range.row_begin > 0 ? 1 : 0);
        level.offset = level.range.col_begin - outer_.col_begin;
        level.task = {};
        level.task.cells = level.range.cols();
        level.task.south_flux = {south_flux_, 0};
        level.task.vertical_flux = fluxes_ + s * row_size_;
        level.task.west = sweep_.west;
        level.task.east = sweep_.east;
        level.task.K = sweep_.K;
        level.task.dt = sweep_.dt;
        // The fluxes into the first row: those of the edge. An early row has no use for them, but needs numbers.
        for (std::ptrdiff_t j = 0; j < row_size_; ++j) level.task.vertical_flux[j] = sweep_.north.value;
    }

    // The phases of row i before the first level, from the first column of the grown tile on.
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

    void advance_row(int s, std::ptrdiff_t i) noexcept {
        Level<T>& level = levels_[s];
        RowTask<T>& task = level.task;
        set_phases(s, i, level);
        if (i < level.range.row_begin) {
            task.source = {number_, 0};
            task.out = result_;
            sweep_.kernel(task, sweep_.coupling);
            return;
        }
        task.source = source_row(s, i, level);
        if (s + 1 < depth_) {
            task.out = phase_row(s + 1, i) + level.offset;
            sweep_.kernel(task, sweep_.coupling);
            return;
        }
        T* out = sweep_.out.data() + i * sweep_.out.row_stride() + tile_.col_begin * sweep_.out.col_stride();
        task.out = writes_in_place_ ? out : result_;
        sweep_.kernel(task, sweep_.coupling);
        if (!writes_in_place_) scatter(out, sweep_.out.col_stride(), result_, task.cells);
    }

    // Where the phases of row i stand before level s, those of the row below, and those beyond both ends.
    void set_phases(int s, std::ptrdiff_t i, Level<T>& level) noexcept {
        RowTask<T>& task = level.task;
        const bool is_last_row = i + 1 == sweep_.in.rows();
        const T* row = s == 0 ? next_ : phase_row(s, i);
        if (s == 0 && !is_last_row) next_ = fetch(i + 1);
        const T* below = s == 0 ? next_ : phase_row(s, i + 1);
        task.phase = row + level.offset;
        task.below = is_last_row ? nullptr : below + level.offset;
        if (level.range.col_begin > 0) task.west = {EdgeKind::phase, task.phase[-1]};
        if (level.range.col_end < sweep_.in.cols()) task.east = {EdgeKind::phase, task.phase[task.cells]};
    }

    // The source of row i from the first column of the level on. A strided field is packed once, when the first level
    // asks for it; the others follow within `depth` rows.
    RowSource<T> source_row(int s, std::ptrdiff_t i, const Level<T>& level) noexcept {
        if (sweep_.source.is_uniform) return {number_, 0};
        const Grid<const T>& field = sweep_.source.field;
        const T* row = field.data() + i * field.row_stride() + level.range.col_begin * field.col_stride();
        if (field.col_stride() == 1) return {row, 1};
        T* packed = sources_ + (i % depth_) * row_size_;
        if (s == 0) gather(packed, row, field.col_stride(), level.range.cols());
        return {packed + (level.offset - levels_[0].offset), 1};
    }

    Sweep<T> sweep_;
    Tile tile_;
    int depth_;
    const Ghosts<T>* ghosts_;
    Level<T>* levels_;
    Tile outer_; // the tile and every cell that its levels read
    std::ptrdiff_t row_size_;
    T* phases_;
    T* fluxes_;
    T* sources_;
    T* result_;
    T* number_;     // one vector of the number that stands for a field of sources
    T* south_flux_; // one vector of the flux across the last edge
    bool reads_in_place_;
    bool writes_in_place_;
    const T* next_ = nullptr; // row front + 1 before the first level
};

} // namespace detail
} // namespace KURAMOTO_BUILD
} // namespace kuramoto
