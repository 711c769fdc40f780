// The vortices of a lattice that is cut over processes, collected on all of them.
#pragma once

#include <kuramoto/detail/mpi/lists.hpp>
#include <kuramoto/detail/mpi/rank_policy.hpp>
#include <kuramoto/mpi/field.hpp>
#include <kuramoto/observables/winding.hpp>

#include <algorithm>
#include <cstddef>
#include <vector>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// All vortices, row by row, on every process. Collective.
template <class T, class Present>
std::vector<Vortex> vortices_of_all_ranks(const Boundary& boundary, const mpi::Field<T>& theta,
                                          const Present& present) {
    const mpi::Decomposition& decomposition = theta.decomposition();
    return on_ranks(Fused{}, decomposition, [&](const auto& ranks) {
        ranks.expect_same("the kinds of edges", {kinds_of_edges(boundary)});
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
