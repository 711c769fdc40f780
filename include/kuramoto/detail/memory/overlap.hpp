// Do two views share a cell? Answered exactly, so that disjoint windows of one array are accepted.
#pragma once

#include <kuramoto/grid/grid.hpp>

#include <cstddef>
#include <cstdint>

namespace kuramoto {
namespace detail {

constexpr std::size_t greatest_common_divisor(std::size_t a, std::size_t b) noexcept {
    while (b != 0) {
        const std::size_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

/// Whether two different index pairs of a view name the same cell: a writable view must not.
///
/// i · row_stride + j · col_stride repeats where di · row_stride = −dj · col_stride with |di| < rows, |dj| < cols; the
/// smallest such step is (col_stride, row_stride) / gcd.
template <class T> [[nodiscard]] bool overlaps_itself(const Grid<T>& grid) noexcept {
    if (grid.empty()) return false;
    const std::size_t down = magnitude(grid.row_stride());
    const std::size_t across = magnitude(grid.col_stride());
    const auto rows = static_cast<std::size_t>(grid.rows());
    const auto cols = static_cast<std::size_t>(grid.cols());
    if (rows == 1 && cols == 1) return false;
    if (rows == 1) return across == 0;
    if (cols == 1) return down == 0;
    if (down == 0 || across == 0) return true;
    const std::size_t divisor = greatest_common_divisor(down, across);
    return across / divisor < rows && down / divisor < cols;
}

/// `count` elements from `first` on, `step` apart; as element numbers, step > 0 or count = 1.
struct Progression {
    std::intptr_t first;
    std::intptr_t step;
    std::intptr_t count;
    [[nodiscard]] std::intptr_t last() const noexcept { return first + step * (count - 1); }
};

/// Whether two arithmetic progressions have a common member.
inline bool intersect(const Progression& a, const Progression& b) noexcept {
    const std::intptr_t low = a.first > b.first ? a.first : b.first;
    const std::intptr_t high = a.last() < b.last() ? a.last() : b.last();
    if (low > high) return false;
    // The members of the coarser one within [low, high] repeat modulo the finer step after step / gcd of them.
    const Progression& coarse = a.step >= b.step ? a : b;
    const Progression& fine = a.step >= b.step ? b : a;
    const std::intptr_t skip = (low - coarse.first + coarse.step - 1) / coarse.step;
    const auto period = fine.step / static_cast<std::intptr_t>(greatest_common_divisor(
                                        static_cast<std::size_t>(coarse.step), static_cast<std::size_t>(fine.step)));
    std::intptr_t member = coarse.first + skip * coarse.step;
    for (std::intptr_t n = 0; n < period && member <= high; ++n, member += coarse.step)
        if ((member - fine.first) % fine.step == 0) return true;
    return false;
}

/// The cells of a view as progressions of element numbers, with the longer stride outside and no negative strides.
struct Lattice {
    std::intptr_t first;
    std::intptr_t outer_stride;
    std::intptr_t outer_count;
    std::intptr_t inner_stride;
    std::intptr_t inner_count;

    [[nodiscard]] std::intptr_t inner_span() const noexcept { return inner_stride * (inner_count - 1); }
    [[nodiscard]] std::intptr_t last() const noexcept {
        return first + outer_stride * (outer_count - 1) + inner_span();
    }
    [[nodiscard]] Progression line(std::intptr_t k) const noexcept {
        return {first + outer_stride * k, inner_stride > 0 ? inner_stride : 1, inner_count};
    }
};

template <class T> Lattice lattice_of(const Grid<T>& grid) noexcept {
    std::intptr_t first = reinterpret_cast<std::intptr_t>(grid.data()) / static_cast<std::intptr_t>(sizeof(T));
    const std::intptr_t strides[2] = {grid.row_stride(), grid.col_stride()};
    std::intptr_t counts[2] = {grid.rows(), grid.cols()};
    std::intptr_t sizes[2];
    for (int k = 0; k < 2; ++k) {
        if (strides[k] < 0) first += strides[k] * (counts[k] - 1);
        sizes[k] = strides[k] < 0 ? -strides[k] : strides[k];
        if (sizes[k] == 0) counts[k] = 1;
        if (counts[k] == 1) sizes[k] = 0;
    }
    const int outer = sizes[0] >= sizes[1] ? 0 : 1;
    return {first, sizes[outer], counts[outer], sizes[1 - outer], counts[1 - outer]};
}

/// Whether two views share a cell. Views whose bounding ranges are disjoint are told apart at once; otherwise every
/// line of one is compared with the few lines of the other that its range touches.
template <class T, class Other> [[nodiscard]] bool overlap(const Grid<T>& a, const Grid<Other>& b) noexcept {
    if (a.empty() || b.empty()) return false;
    Lattice x = lattice_of(a);
    Lattice y = lattice_of(b);
    if (x.last() < y.first || y.last() < x.first) return false;
    if (x.outer_count > y.outer_count) {
        const Lattice other = x;
        x = y;
        y = other;
    }
    for (std::intptr_t k = 0; k < x.outer_count; ++k) {
        const Progression line = x.line(k);
        // Lines l of y with first + l · stride + span ≥ line.first and first + l · stride ≤ line.last().
        std::intptr_t from = 0;
        std::intptr_t to = y.outer_count - 1;
        if (y.outer_stride > 0) {
            const std::intptr_t below = line.first - y.inner_span() - y.first;
            const std::intptr_t above = line.last() - y.first;
            if (above < 0) continue;
            if (below > 0) from = (below + y.outer_stride - 1) / y.outer_stride;
            if (above / y.outer_stride < to) to = above / y.outer_stride;
        }
        for (std::intptr_t l = from; l <= to; ++l)
            if (intersect(line, y.line(l))) return true;
    }
    return false;
}

} // namespace detail
} // namespace kuramoto
