// Inertia: the rows of velocities that stand between the levels of a tile, and the factors of a step in these rows.
//
// A level reads the velocities of its own row alone, and hands them on to the next level, which works on the same row
// one front later. The first level reads them from memory or from the halo, as it reads the phases.
#pragma once

#include <kuramoto/detail/tiling/field_rows.hpp>
#include <kuramoto/detail/tiling/input_rows.hpp>
#include <kuramoto/detail/tiling/sweep.hpp>

#include <cstddef>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

template <class T> class VelocityRows {
  public:
    /// Takes SweepInertia::rows_per_level rows per level, if there is inertia; `spare` is one row more.
    VelocityRows(const SweepInertia<T>& inertia, const TileWithHalo& area, const Halo<T>* halo, RowCarver<T>& carver,
                 T* spare) noexcept
        : inertia_(inertia), area_(area), spare_(spare), input_(inertia.velocity_in, area, halo),
          rings_(carver, inertia.is_present ? area.levels : 0, SweepInertia<T>::velocity_rows),
          is_written_in_place_(inertia.velocity_out.col_stride() == 1) {
        if (!inertia.is_present) return;
        kick_ = FieldRows<T>(inertia.kick, area, carver);
        decay_ = FieldRows<T>(inertia.decay, area, carver);
    }

    /// Which kicks a level applies.
    [[nodiscard]] InertialKicks kicks(int level) const noexcept {
        if (!inertia_.is_present) return {};
        return {.closes = level > 0 || !inertia_.begins_run, .opens = !is_last(level) || !inertia_.ends_run};
    }

    /// Whether the factors differ from row to row.
    [[nodiscard]] bool do_factors_vary() const noexcept { return !kick_.is_uniform() || !decay_.is_uniform(); }
    void aim_factors(int level, std::ptrdiff_t i, RowTask<T>& task) const noexcept {
        if (level == 0 && kick_.packs()) kick_.pack(i, 0, area_.outer.cols());
        if (level == 0 && decay_.packs()) decay_.pack(i, 0, area_.outer.cols());
        task.kick = kick_.row(i, offset(level));
        task.decay = decay_.row(i, offset(level));
    }

    /// Makes row i the next work of a level.
    void aim(int level, std::ptrdiff_t i, RowTask<T>& task) const noexcept {
        aim_factors(level, i, task);
        T* const room = rings_.row(level, i);
        task.velocity = (level == 0 ? input_.row(i, room) : room) + offset(level);
        if (!is_last(level))
            task.velocity_out = rings_.row(level + 1, i);
        else if (is_written_in_place_)
            task.velocity_out =
                inertia_.velocity_out.data() + i * inertia_.velocity_out.row_stride() + area_.tile.col_begin;
        else
            task.velocity_out = spare_;
    }
    /// The same for an early row, whose result is not used.
    void aim_early(const RowSource<T>& any_factor, RowTask<T>& task) const noexcept {
        task.kick = task.decay = any_factor;
        task.velocity = task.phase;
        task.velocity_out = spare_;
    }

    /// Whether what the last level makes has to be scattered.
    [[nodiscard]] bool is_scattered() const noexcept { return inertia_.is_present && !is_written_in_place_; }
    /// Scatters what it has made of row i.
    void write_result(std::ptrdiff_t i) const noexcept {
        const Grid<T>& out = inertia_.velocity_out;
        scatter(out.data() + i * out.row_stride() + area_.tile.col_begin * out.col_stride(), out.col_stride(),
                static_cast<const T*>(spare_), area_.tile.cols());
    }

  private:
    [[nodiscard]] bool is_last(int level) const noexcept { return level + 1 == area_.levels; }
    [[nodiscard]] std::ptrdiff_t offset(int level) const noexcept { return is_last(level) ? area_.west_cols() : 0; }

    const SweepInertia<T>& inertia_;
    const TileWithHalo& area_;
    T* spare_;
    InputRows<T> input_;
    RowRings<T> rings_; // velocities before a level; those of level 0 only where they must be gathered
    bool is_written_in_place_;
    FieldRows<T> kick_;
    FieldRows<T> decay_;
};

} // namespace detail
KURAMOTO_END_NAMESPACE
