// A sweep: what all tiles of a run have in common. Also: turning a sweep that has many short rows into few long ones.
#pragma once

#include <kuramoto/detail/kernels/row.hpp>
#include <kuramoto/detail/kernels/stages.hpp>
#include <kuramoto/detail/random/noise.hpp>
#include <kuramoto/detail/tiling/rows.hpp>
#include <kuramoto/detail/tiling/tile.hpp>
#include <kuramoto/model/boundary.hpp>

#include <cstddef>
#include <cstdint>
#include <type_traits>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// What a sweep with inertia has besides.
///
/// A level applies the closing kick of a step, opens the next one and takes the rest of it. The first level of a run
/// only opens a step, and the last only closes one: a run of n steps has n + 1 levels.
template <class T> struct SweepInertia {
    bool is_present = false;
    Grid<const T> velocity_in = {}; ///< velocities before
    Grid<T> velocity_out = {};      ///< velocities after: the same cells
    Source<T> kick = {};            ///< dt / 2m
    Source<T> decay = {};           ///< e^(−γ dt/m) − 1
    bool begins_run = false;        ///< whether the first level is that of the run
    bool ends_run = false;          ///< whether the last level is

    static constexpr int velocity_rows = 2;                  ///< per level, a ring
    static constexpr int rows_per_level = velocity_rows + 2; ///< and the factors
};

/// One pass of all levels over the grid.
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
    Grid<T> kept_noise = {};       ///< averaged noise that the last step of the sweep before shares with the first
    bool keeps_noise = false;      ///< whether `kept_noise` is there
    bool has_kept_noise = false;   ///< whether a sweep has filled it
    SweepInertia<T> inertia = {};
    Stages<T> stages = {};
    AnyRowKernel<T> kernel = {};
    Place place = {}; ///< of `in` in the whole lattice

    static constexpr int averaged_noise_rows = 2; ///< per level

    /// Rows per level beside those of the phases: one per field that is read, those of averaged noise and of inertia.
    [[nodiscard]] int extra_rows() const noexcept {
        return 1 + (has_strengths ? 2 : 0) + (noise.is_present() ? 1 : 0) +
               (noise.is_averaged ? averaged_noise_rows : 0) +
               (inertia.is_present ? SweepInertia<T>::rows_per_level : 0);
    }
    [[nodiscard]] Extent extent() const noexcept {
        return {.rows = in.rows(),
                .cols = in.cols(),
                .rows_wrap = is_periodic(boundary, Axis::rows),
                .cols_wrap = is_periodic(boundary, Axis::cols),
                .place = place};
    }
};

/// The same sweep with rows and columns exchanged: the arithmetic does not notice.
template <class T> Sweep<T> transposed(const Sweep<T>& sweep) {
    Sweep<T> result = sweep;
    result.in = sweep.in.transposed();
    result.out = sweep.out.transposed();
    result.source.field = sweep.source.field.transposed();
    result.east_strength = sweep.south_strength;
    result.east_strength.field = sweep.south_strength.field.transposed();
    result.south_strength = sweep.east_strength;
    result.south_strength.field = sweep.east_strength.field.transposed();
    result.noise = sweep.noise.transposed();
    result.inertia.velocity_in = sweep.inertia.velocity_in.transposed();
    result.inertia.velocity_out = sweep.inertia.velocity_out.transposed();
    result.inertia.kick.field = sweep.inertia.kick.field.transposed();
    result.inertia.decay.field = sweep.inertia.decay.field.transposed();
    const Boundary& boundary = sweep.boundary;
    result.boundary = {boundary.west, boundary.east, boundary.north, boundary.south};
    result.place = sweep.place.transposed();
    return result;
}

/// Turns the sweep so that its rows lie along unit strides where one direction has them, or so that a single column
/// becomes a single row.
template <class T> Sweep<T> turned(const Sweep<T>& sweep) {
    const bool has_unit_rows = sweep.in.col_stride() == 1;
    const bool has_unit_columns = sweep.in.row_stride() == 1;
    const bool is_column = sweep.in.cols() == 1 && sweep.in.rows() > 1;
    return is_column || (has_unit_columns && !has_unit_rows && sweep.in.rows() > 1) ? transposed(sweep) : sweep;
}

/// Whether a grid has many short rows, which cost as much as a few vectors of cells each.
template <class T> bool is_narrow(const Grid<T>& grid) noexcept {
    return grid.cols() <= 2 * widest<std::remove_const_t<T>> && grid.rows() > 8 * grid.cols();
}

/// Turns a grid of many short rows into one of few long rows, for a run of several steps.
///
/// Every row costs about as much as a few vectors of cells, in every step. Fewer rows save that cost. In return, the
/// cells of the long rows must be gathered and scattered, once per sweep.
template <class T> Sweep<T> turned_if_narrow(const Sweep<T>& sweep, std::int64_t steps) {
    return is_narrow(sweep.in) && steps >= 8 ? transposed(sweep) : sweep;
}

} // namespace detail
KURAMOTO_END_NAMESPACE
