// for_each_member: work on all members of an ensemble at the same time, such as observables.
#pragma once

#include <kuramoto/detail/ensemble/each_member.hpp>

#include <concepts>
#include <cstddef>

KURAMOTO_BEGIN_NAMESPACE

/// Calls work(k) once for every member k of an ensemble, on the workers of a policy.
///
/// work: runs on several threads at once, in any order. It may read all members, and write member k and whatever else
/// belongs to this member alone. A policy that it uses itself should be Fused.
///
/// Throws: what `work` throws, when all workers are done. If it throws for several members, that of the first of them.
/// It is then not called for some of the other members.
/// Cost: that of `work`, shared by at most one worker per OpenMP::min_cells_per_thread cells of the ensemble.
template <ExecutionPolicy P, Real T, class Work>
requires std::invocable<const Work&, std::ptrdiff_t>
void for_each_member(const P& policy, const Ensemble<T>& theta, const Work& work) {
    detail::visit_members(policy, detail::Execution(policy), theta, detail::everybody_runs, work);
}

KURAMOTO_END_NAMESPACE
