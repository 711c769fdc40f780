// The parts of a loop that tasks share while they run: a task that is held up holds up the others by one piece at most.
#pragma once

#include <kuramoto/detail/build/config.hpp>
#include <kuramoto/detail/parallel/partition.hpp>

#include <atomic>
#include <cstddef>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// The parts begin … end − 1.
struct Piece {
    std::ptrdiff_t begin = 0;
    std::ptrdiff_t end = 0;

    [[nodiscard]] bool is_empty() const noexcept { return begin == end; }
};

/// Gives out the parts 0 … parts − 1, each once. A task first gets its own contiguous share, in pieces: about the same
/// cells in every loop, so that first touch helps. Then it gets what others have left of theirs.
class PartQueue {
  public:
    /// Throws std::bad_alloc.
    PartQueue(int tasks, std::ptrdiff_t parts)
        : tasks_(tasks), piece_(clamped(parts / tasks / pieces_per_share, 1, parts)),
          shares_(new Share[static_cast<std::size_t>(tasks)]) {
        for (int task = 0; task < tasks; ++task) {
            shares_[task].next.store(share_begin(task, tasks, parts), std::memory_order_relaxed);
            shares_[task].end = share_begin(task + 1, tasks, parts);
        }
    }
    PartQueue(const PartQueue&) = delete;
    PartQueue& operator=(const PartQueue&) = delete;
    ~PartQueue() { delete[] shares_; }

    /// The next piece for a task, by any thread; empty if there is nothing left.
    [[nodiscard]] Piece next(int task) noexcept {
        for (int k = task; k < tasks_; ++k)
            if (const Piece piece = take(k); !piece.is_empty()) return piece;
        for (int k = 0; k < task; ++k)
            if (const Piece piece = take(k); !piece.is_empty()) return piece;
        return {};
    }

  private:
    static constexpr std::ptrdiff_t pieces_per_share = 16;

    struct alignas(64) Share {
        std::atomic<std::ptrdiff_t> next{0}; // the first part that nobody has; past the share when there is none
        std::ptrdiff_t end = 0;
    };

    // Of the share of a task. What the parts make is published by the end of the tasks.
    Piece take(int task) noexcept {
        Share& share = shares_[task];
        if (share.next.load(std::memory_order_relaxed) >= share.end) return {};
        const std::ptrdiff_t begin = share.next.fetch_add(piece_, std::memory_order_relaxed);
        if (begin >= share.end) return {};
        return {begin, share.end - begin < piece_ ? share.end : begin + piece_};
    }

    int tasks_;
    std::ptrdiff_t piece_;
    Share* shares_;
};

} // namespace detail
KURAMOTO_END_NAMESPACE
