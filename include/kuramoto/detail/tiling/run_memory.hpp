// The memory of a run: what its workers and tiles write to.
#pragma once

#include <kuramoto/detail/memory/buffer.hpp>
#include <kuramoto/detail/tiling/pipeline.hpp>
#include <kuramoto/detail/tiling/plan.hpp>

#include <cstddef>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// `elements` of Element and a gap. Processors that read memory from front to back fetch beyond its end, and what they
/// fetch another core must fetch back. Many do not fetch beyond a page of 4 kB, but on AMD's Zen 5 gaps of 4 or 8 kB
/// are too small: two threads took 5 to 17 % longer for 512 × 512 floats. Beyond 16 kB nothing is gained.
template <class Element> constexpr std::ptrdiff_t with_gap(std::ptrdiff_t elements) noexcept {
    constexpr std::ptrdiff_t gap = 16384;
    constexpr auto size = static_cast<std::ptrdiff_t>(sizeof(Element));
    const std::ptrdiff_t bytes = (elements * size + gap - 1) / 64 * 64 + 64;
    return bytes / size + (bytes % size != 0 ? 1 : 0);
}

/// The memory of a run: the scratch of each worker, and so many halos of each tile. No two workers write to one cache
/// line of scratch.
template <class T> class RunMemory {
  public:
    RunMemory(const Tiling& tiling, int halos)
        : tiling_(tiling), scratch_share_(share_of(largest_scratch(tiling))),
          halo_share_(halos > 0 ? with_gap<T>(largest_halo(tiling)) : 0),
          scratch_(scratch_share_ * tiling.workers, is_large(scratch_share_)),
          halos_(halo_share_ * tiling.count() * halos), tasks_(tasks_per_worker(tiling) * tiling.workers) {}

    [[nodiscard]] Scratch<T> scratch(int worker) const noexcept {
        return {scratch_.data() + scratch_share_ * worker, tasks_.data() + tasks_per_worker(tiling_) * worker};
    }
    /// Halo `which` of tile `index`, which is that of `area`.
    [[nodiscard]] Halo<T> halo(int index, const TileWithHalo& area, int which) const noexcept {
        return Halo<T>(area, halos_.data() + halo_share_ * (index + std::ptrdiff_t{tiling_.count()} * which));
    }

  private:
    // Large scratch is in huge pages, of which no two workers share one: whoever touches a page first has it near.
    static bool is_large(std::ptrdiff_t elements) noexcept {
        return static_cast<std::size_t>(elements) * sizeof(T) >= huge_page / 2;
    }
    static std::ptrdiff_t share_of(std::ptrdiff_t elements) noexcept {
        constexpr auto page = static_cast<std::ptrdiff_t>(huge_page / sizeof(T));
        const std::ptrdiff_t share = with_gap<T>(elements);
        return is_large(share) ? (share + page - 1) / page * page : share;
    }
    static std::ptrdiff_t tasks_per_worker(const Tiling& tiling) noexcept {
        return with_gap<RowTask<T>>(tiling.storage().tasks());
    }

    template <class Size> static std::ptrdiff_t largest(const Tiling& tiling, const Size& size) noexcept {
        std::ptrdiff_t most = 0;
        for (int index = 0; index < tiling.count(); ++index) {
            const std::ptrdiff_t elements = size(with_halo<T>(tiling.tile(index), tiling.levels(), tiling.extent));
            if (elements > most) most = elements;
        }
        return most;
    }
    static std::ptrdiff_t largest_scratch(const Tiling& tiling) noexcept {
        return largest(tiling,
                       [&](const TileWithHalo& area) { return storage_size<T>(tiling.storage(), area.outer.cols()); });
    }
    static std::ptrdiff_t largest_halo(const Tiling& tiling) noexcept {
        return largest(tiling, [](const TileWithHalo& area) { return Halo<T>::size(area); });
    }

    Tiling tiling_;
    std::ptrdiff_t scratch_share_;
    std::ptrdiff_t halo_share_;
    Buffer<T> scratch_;
    Buffer<T> halos_;
    Buffer<RowTask<T>> tasks_;
};

} // namespace detail
KURAMOTO_END_NAMESPACE
