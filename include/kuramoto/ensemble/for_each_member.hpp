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
/// Throws: what `work` throws, when all workers are done; if it throws for several members, the error of the first of
/// them. The message of a std::invalid_argument or std::runtime_error then begins with the number of the member. For
/// some members after one that throws, `work` is not called.
/// Cost: that of `work`, shared by at most one worker per OpenMP::min_cells_per_thread cells of the ensemble.
template <ExecutionPolicy P, Real T, std::invocable<std::ptrdiff_t> Work>
void for_each_member(const P& policy, const Ensemble<T>& theta, const Work& work) {
    detail::for_each_member(policy, detail::Execution(policy), theta, detail::everybody_runs, work);
}

KURAMOTO_END_NAMESPACE
