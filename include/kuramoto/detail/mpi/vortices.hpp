// The vortices of a lattice that is cut over processes, collected on all of them.
#pragma once

#include <kuramoto/detail/mpi/rank_policy.hpp>
#include <kuramoto/mpi/field.hpp>
#include <kuramoto/observables/winding.hpp>

#include <algorithm>
#include <climits>
#include <cstddef>
#include <vector>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// The members of `mine` of all processes, in the order of the ranks. Collective; its errors end the program where only
/// some processes have them.
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

/// All vortices, row by row, on every process. Collective.
template <class T, class Present>
std::vector<Vortex> vortices_of_all_ranks(const Boundary& boundary, const mpi::Field<T>& theta,
                                          const Present& present) {
    const mpi::Decomposition& decomposition = theta.decomposition();
    return on_ranks(Fused{}, decomposition, [&](const auto& ranks) {
        const Execution execution(ranks);
        const Grid<const T> in = theta.local();
        const auto there = present_cells(local_of(present, decomposition, "present"), in, "theta");
        check_boundary<T>(boundary, decomposition.rows(), decomposition.cols());
        const auto cells = with_next_cells(ranks, in, there, boundary);
        const Plaquettes plaquettes(cells.theta, cells.present, cells.boundary);
        std::vector<Vortex> vortices;
        for (std::ptrdiff_t i = 0; i < plaquettes.rows; ++i)
            for (std::ptrdiff_t j = 0; j < plaquettes.cols; ++j)
                if (const int charge = plaquettes.charge(i, j))
                    vortices.push_back({static_cast<double>(execution.place.first_row + i) + 0.5,
                                        static_cast<double>(execution.place.first_col + j) + 0.5, charge});
        vortices = members_of_all_ranks(decomposition.communicator(), vortices);
        std::sort(vortices.begin(), vortices.end(),
                  [](const Vortex& a, const Vortex& b) { return a.row < b.row || (a.row == b.row && a.col < b.col); });
        return vortices;
    });
}

} // namespace detail
KURAMOTO_END_NAMESPACE
