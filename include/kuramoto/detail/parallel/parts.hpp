// Parts of a sum (rows, blocks of cells) dealt out to the workers of a policy, and added over a fixed tree.
//
// Whoever computes a part does it in the same way, and the tree depends on the number of parts alone: so the bits of a
// sum do not depend on the policy.
#pragma once

#include <kuramoto/detail/parallel/partition.hpp>
#include <kuramoto/execution/policy.hpp>

#include <cstddef>

namespace kuramoto {
inline namespace KURAMOTO_BUILD {
namespace detail {

/// How many tasks pay for `parts` parts in which there are `cells` cells: one at least, no more than parts.
inline int tasks_for(std::ptrdiff_t parts, std::ptrdiff_t cells, const Execution& execution) noexcept {
    return static_cast<int>(clamped(parts, 1, workers_for(cells, execution)));
}

/// work(task, begin, end) for tasks that together have all parts, each a contiguous share, by the workers of a policy.
template <class P, class Work> void for_shares(const P& policy, int tasks, std::ptrdiff_t parts, const Work& work) {
    run_tasks(policy, tasks, [&](int task) noexcept {
        work(task, share_begin(task, tasks, parts), share_begin(task + 1, tasks, parts));
    });
}

/// work(part) for every part, by the workers of a policy.
template <class P, class Work>
void for_parts(const P& policy, const Execution& execution, std::ptrdiff_t parts, std::ptrdiff_t cells,
               const Work& work) {
    for_shares(policy, tasks_for(parts, cells, execution), parts,
               [&](int, std::ptrdiff_t begin, std::ptrdiff_t end) noexcept {
                   for (std::ptrdiff_t part = begin; part < end; ++part) work(part);
               });
}

/// add(a, b) adds b to a: all parts as a binary tree, in place; the sum is the first.
template <class Sum, class Add> void add_as_tree(Sum* sums, std::ptrdiff_t parts, const Add& add) noexcept {
    for (std::ptrdiff_t width = 1; width < parts; width *= 2)
        for (std::ptrdiff_t part = 0; part + width < parts; part += 2 * width) add(sums[part], sums[part + width]);
}
/// The same with +=.
template <class Sum> void add_as_tree(Sum* sums, std::ptrdiff_t parts) noexcept {
    add_as_tree(sums, parts, [](Sum& a, const Sum& b) { a += b; });
}

} // namespace detail
} // namespace KURAMOTO_BUILD
} // namespace kuramoto
