// Software prefetch: while one front is at work, all levels prefetch the rows that the next front reads from memory.
//
// Only level 0 reads from memory. The other levels read rows that stay in the cache. Without prefetch, level 0 waits
// for memory and the others do not. So each level prefetches a share of these rows, which spreads the traffic over the
// whole front. The processor's own prefetchers do not see that far ahead.
#pragma once

#include <kuramoto/detail/memory/caches.hpp>
#include <kuramoto/detail/tiling/sweep.hpp>

#include <cstddef>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// Prefetch of row w + 2 while level 0 works on row w and reads row w + 1. Of all fields that level 0 reads where
/// they are.
template <class T> class RowsAhead {
  public:
    /// No prefetch if the second-level cache holds these columns of all rows of the lattice, which tiles go through one
    /// after the other, or if there are fewer levels than fields.
    RowsAhead(const Sweep<T>& sweep, const TileWithHalo& area) noexcept : tile_(area.tile) {
        add(sweep.in);
        add(sweep.source.field);
        if (sweep.has_strengths) {
            add(sweep.east_strength.field);
            add(sweep.south_strength.field);
        }
        if (sweep.noise.is_present()) add(sweep.noise.diffusion.field);
        if (sweep.inertia.is_present) {
            add(sweep.inertia.velocity_in);
            add(sweep.inertia.kick.field);
            add(sweep.inertia.decay.field);
        }
        const auto bytes = count_ * area.extent.rows * tile_.cols() * std::ptrdiff_t{sizeof(T)};
        if (bytes <= second_level_cache() || area.levels < count_) count_ = 0;
        if (count_ == 0) return;
        // A power of two: then a step is exact for vectors of any width.
        levels_per_field_ = 1;
        while (levels_per_field_ < 16 && 2 * levels_per_field_ * count_ <= area.levels) levels_per_field_ *= 2;
        share_ = tile_.cols() * std::ptrdiff_t{sizeof(T)} / levels_per_field_;
        step_ = cache_line / levels_per_field_;
    }

    [[nodiscard]] bool is_empty() const noexcept { return count_ == 0; }

    /// Makes the tile end further down.
    void extend_to(std::ptrdiff_t row_end) noexcept { tile_.row_end = row_end; }

    /// Gives the levels [begin, end), which are about to work on a front, their shares. Those of idle levels are left
    /// out.
    void aim(RowTask<T>* tasks, std::ptrdiff_t front, int begin, int end) const noexcept {
        const std::ptrdiff_t i = front + 2;
        const bool is_in_tile = i >= tile_.row_begin && i < tile_.row_end;
        for (int level = begin; level < end; ++level) tasks[level].ahead = nullptr;
        int level = 0;
        for (int field = 0; is_in_tile && field < count_; ++field) {
            const auto* ahead = reinterpret_cast<const char*>(fields_[field].first + i * fields_[field].stride);
            for (int part = 0; part < levels_per_field_; ++part, ++level, ahead += share_) {
                if (level < begin || level >= end) continue;
                tasks[level].ahead = ahead;
                tasks[level].ahead_step = step_;
            }
        }
    }

  private:
    static constexpr std::ptrdiff_t cache_line = widest<T> * std::ptrdiff_t{sizeof(T)};

    struct Rows {
        const T* first = nullptr;
        std::ptrdiff_t stride = 0;
    };

    // Fields that are one number have no cells.
    void add(const Grid<const T>& field) noexcept {
        if (field.rows() > 0 && field.col_stride() == 1)
            fields_[count_++] = {field.data() + tile_.col_begin, field.row_stride()};
    }

    Tile tile_;
    Rows fields_[8] = {};
    int count_ = 0;
    int levels_per_field_ = 0;
    std::ptrdiff_t share_ = 0; // bytes per level
    std::ptrdiff_t step_ = 0;  // see RowTask::ahead_step
};

} // namespace detail
KURAMOTO_END_NAMESPACE
