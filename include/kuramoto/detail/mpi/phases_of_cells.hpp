// Phases of some cells of a lattice that is cut over processes, on all of them.
#pragma once

#include <kuramoto/detail/memory/buffer.hpp>
#include <kuramoto/detail/mpi/agreement.hpp>
#include <kuramoto/mpi/field.hpp>
#include <kuramoto/observables/winding.hpp>

#include <cstddef>
#include <cstdint>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// phases[k] = θ of cell_of(k), in double, for k < count, on every process. Collective.
///
/// Each process gives the bits of its cells, and zeros for the others. Their bitwise or is all phases.
template <class T, class CellOf>
void phases_of_cells(const mpi::Field<T>& theta, std::ptrdiff_t count, const CellOf& cell_of, double* phases) {
    constexpr std::ptrdiff_t most = 4096; // cells at a time
    std::uint64_t bits[most];
    const mpi::Block block = theta.block();
    const Grid<const T> here = theta.local();
    for (std::ptrdiff_t begin = 0; begin < count; begin += most) {
        const std::ptrdiff_t some = clamped(count - begin, 0, most);
        for (std::ptrdiff_t k = 0; k < some; ++k) {
            const Cell cell = cell_of(begin + k);
            const std::ptrdiff_t i = cell.row - block.row_begin;
            const std::ptrdiff_t j = cell.col - block.col_begin;
            const bool is_here = i >= 0 && i < block.rows() && j >= 0 && j < block.cols();
            bits[k] = is_here ? __builtin_bit_cast(
                                    std::uint64_t,
                                    static_cast<double>(here.data()[i * here.row_stride() + j * here.col_stride()]))
                              : 0;
        }
        MPI_Allreduce(MPI_IN_PLACE, bits, static_cast<int>(some), MPI_UINT64_T, MPI_BOR,
                      theta.decomposition().communicator());
        __builtin_memcpy(phases + begin, bits, static_cast<std::size_t>(some) * sizeof(double));
    }
}

/// The turns along some cells and back to the first. See turns_along. `check` throws for cells that there are not.
template <class T, class CellOf, class Check>
std::int64_t turns_along_cells(const mpi::Field<T>& theta, std::ptrdiff_t count, const CellOf& cell_of,
                               const Check& check) {
    return with_agreement(theta.decomposition().communicator(), [&](Agreement& agreement) {
        agreement.expect_same("the number of cells of the loop", {count});
        const DefaultEnvironment environment;
        check();
        const Buffer<double> phases(count);
        agreement.begin();
        phases_of_cells(theta, count, cell_of, phases.data());
        return turns_along(count, [&](std::ptrdiff_t k) { return phases.data()[k]; });
    });
}

} // namespace detail
KURAMOTO_END_NAMESPACE
