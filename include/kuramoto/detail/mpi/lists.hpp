// Lists of which every process has a part: joined, or added up, on all of them.
#pragma once

#include <kuramoto/detail/build/errors.hpp>
#include <kuramoto/detail/mpi/api.hpp>
#include <kuramoto/detail/parallel/partition.hpp>

#include <climits>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <vector>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// The members of `mine` of all processes, in the order of the ranks. Collective.
template <class Member>
std::vector<Member> members_of_all_ranks(MPI_Comm communicator, const std::vector<Member>& mine) {
    static_assert(std::is_trivially_copyable_v<Member>);
    int size = 1;
    MPI_Comm_size(communicator, &size);
    const auto count = static_cast<long long>(mine.size());
    std::vector<long long> wide(static_cast<std::size_t>(size));
    MPI_Allgather(&count, 1, MPI_LONG_LONG, wide.data(), 1, MPI_LONG_LONG, communicator);
    std::vector<int> counts(wide.size());
    std::vector<int> begins(wide.size());
    long long total = 0;
    for (std::size_t k = 0; k < wide.size(); ++k) {
        if (total > INT_MAX - wide[k])
            runtime_error("all processes together must have fewer than 2^31 members of a list that each gets");
        counts[k] = static_cast<int>(wide[k]);
        begins[k] = static_cast<int>(total);
        total += wide[k];
    }
    std::vector<Member> all(static_cast<std::size_t>(total));
    MPI_Datatype type = MPI_DATATYPE_NULL;
    MPI_Type_contiguous(static_cast<int>(sizeof(Member)), MPI_BYTE, &type);
    MPI_Type_commit(&type);
    MPI_Allgatherv(mine.data(), static_cast<int>(count), type, all.data(), counts.data(), begins.data(), type,
                   communicator);
    MPI_Type_free(&type);
    return all;
}

/// numbers[k] = Σ of the numbers[k] of all processes, for k < count. Collective.
inline void sum_over_ranks(MPI_Comm communicator, std::int64_t* numbers, std::int64_t count) {
    constexpr std::int64_t most = std::int64_t{1} << 24; // numbers at a time
    for (std::int64_t begin = 0; begin < count; begin += most) {
        const std::int64_t rest = count - begin;
        MPI_Allreduce(MPI_IN_PLACE, numbers + begin, static_cast<int>(rest < most ? rest : most), MPI_INT64_T, MPI_SUM,
                      communicator);
    }
}

} // namespace detail
KURAMOTO_END_NAMESPACE
