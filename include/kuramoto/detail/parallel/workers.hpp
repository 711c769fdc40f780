// The workers of a policy share the parts (rows, blocks of cells) of a lattice.
#pragma once

#include <kuramoto/detail/parallel/part_queue.hpp>
#include <kuramoto/detail/parallel/partition.hpp>
#include <kuramoto/execution/policy.hpp>

#include <cstddef>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// How many tasks pay for `parts` parts in which there are `cells` cells: at least one, and no more than parts. See
/// workers_for in execution/policy.hpp.
inline int tasks_for(std::ptrdiff_t parts, std::ptrdiff_t cells, const Execution& execution) noexcept {
    return static_cast<int>(clamped(parts, 1, workers_for(cells, execution)));
}

/// work(task, begin, end) for tasks that together have all parts, each a contiguous share, by the workers of a policy.
template <class P, class Work> void for_shares(const P& policy, int tasks, std::ptrdiff_t parts, const Work& work) {
    run_tasks(policy, tasks, [&](int task) noexcept {
        work(task, share_begin(task, tasks, parts), share_begin(task + 1, tasks, parts));
    });
}

/// work(task, for_pieces_of_task) for every task, by the workers of a policy. for_pieces_of_task(use) calls
/// use(begin, end) for the pieces that this task gets, one after the other: those of all tasks together are all parts,
/// each once. See PartQueue.
template <class P, class Work> void share_parts(const P& policy, int tasks, std::ptrdiff_t parts, const Work& work) {
    if (tasks < 2)
        return run_tasks(policy, 1,
                         [&](int) noexcept { work(0, [&](const auto& use) { use(std::ptrdiff_t{0}, parts); }); });
    PartQueue queue(tasks, parts);
    run_tasks(policy, tasks, [&](int task) noexcept {
        work(task, [&](const auto& use) {
            for (Piece piece = queue.next(task); !piece.is_empty(); piece = queue.next(task))
                use(piece.begin, piece.end);
        });
    });
}

/// work(task, begin, end) for all pieces.
template <class P, class Work> void for_pieces(const P& policy, int tasks, std::ptrdiff_t parts, const Work& work) {
    share_parts(policy, tasks, parts, [&](int task, const auto& for_pieces_of_task) {
        for_pieces_of_task([&](std::ptrdiff_t begin, std::ptrdiff_t end) { work(task, begin, end); });
    });
}

/// work(part) for every part, by the workers of a policy.
template <class P, class Work>
void for_parts(const P& policy, const Execution& execution, std::ptrdiff_t parts, std::ptrdiff_t cells,
               const Work& work) {
    for_pieces(policy, tasks_for(parts, cells, execution), parts,
               [&](int, std::ptrdiff_t begin, std::ptrdiff_t end) noexcept {
                   for (std::ptrdiff_t part = begin; part < end; ++part) work(part);
               });
}

} // namespace detail
KURAMOTO_END_NAMESPACE
