// CellSets: disjoint sets of cells that are joined step by step.
#pragma once

#include <kuramoto/detail/memory/buffer.hpp>

#include <cstddef>
#include <cstdint>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// Sets of cells, numbered along the rows, that are joined step by step: a forest in which the parent of a cell comes
/// before it or is the cell itself, so that the root of a set is its first cell, in whatever order cells were joined.
/// (R. E. Tarjan, J. van Leeuwen, Journal of the ACM 31 (1984) 245: linking by index with path halving.)
class CellSets {
  public:
    explicit CellSets(std::ptrdiff_t cells) : parents_(cells) {}

    void set_apart(std::int64_t begin, std::int64_t end) const noexcept {
        for (std::int64_t cell = begin; cell < end; ++cell) parents_.data()[cell] = cell;
    }
    void join(std::int64_t a, std::int64_t b) const noexcept {
        a = halve_to_root(a);
        b = halve_to_root(b);
        parents_.data()[a > b ? a : b] = a > b ? b : a;
    }
    /// Makes every cell of [begin, end) a child of its root, if all of them have theirs in there.
    void compress_paths(std::int64_t begin, std::int64_t end) const noexcept {
        std::int64_t* const parents = parents_.data();
        for (std::int64_t cell = begin; cell < end; ++cell) parents[cell] = parents[parents[cell]];
    }
    [[nodiscard]] bool is_root(std::int64_t cell) const noexcept { return parents_.data()[cell] == cell; }
    [[nodiscard]] std::int64_t root(std::int64_t cell) const noexcept {
        while (!is_root(cell)) cell = parents_.data()[cell];
        return cell;
    }

  private:
    [[nodiscard]] std::int64_t halve_to_root(std::int64_t cell) const noexcept {
        std::int64_t* const parents = parents_.data();
        while (parents[cell] != cell) {
            parents[cell] = parents[parents[cell]];
            cell = parents[cell];
        }
        return cell;
    }

    Buffer<std::int64_t> parents_;
};

} // namespace detail
KURAMOTO_END_NAMESPACE
