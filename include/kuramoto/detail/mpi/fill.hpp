// Fills lattices that are cut over processes: each process its block, or the first one all.
#pragma once

#include <kuramoto/detail/mpi/rank_policy.hpp>
#include <kuramoto/grid/field.hpp>
#include <kuramoto/mpi/field.hpp>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// fill(policy, block) on every process.
template <class P, class T, class Fill> void fill_on_ranks(const P& policy, mpi::Field<T>& field, const Fill& fill) {
    on_ranks(policy, field.decomposition(), [&](const auto& ranks) { fill(ranks, field.local()); });
}

/// fill(policy, lattice) on rank 0, from which every process gets its block. The others fill a field without cells,
/// which checks the arguments.
template <class P, class T, class Fill>
void fill_on_first_rank(const P& policy, mpi::Field<T>& field, const Fill& fill) {
    const mpi::Decomposition& decomposition = field.decomposition();
    with_agreement(decomposition.communicator(), [&](Agreement& agreement) {
        const bool is_first = decomposition.rank() == 0;
        kuramoto::Field<T> whole(is_first ? field.rows() : 0, is_first ? field.cols() : 0);
        fill(policy, whole.view());
        agreement.begin();
        move_blocks<false>(decomposition, 0, whole.view(), field.local());
    });
}

} // namespace detail
KURAMOTO_END_NAMESPACE
