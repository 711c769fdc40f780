// RankPolicy: the user's policy within a process, and what the processes do together. The one hook of the algorithms.
#pragma once

#include <kuramoto/detail/mpi/agreement.hpp>
#include <kuramoto/detail/mpi/ghosts.hpp>
#include <kuramoto/detail/mpi/network.hpp>
#include <kuramoto/detail/mpi/next_cells.hpp>
#include <kuramoto/execution/policy.hpp>
#include <kuramoto/model/boundary.hpp>
#include <kuramoto/mpi/decomposition.hpp>
#include <kuramoto/mpi/field.hpp>

#include <climits>
#include <cstdint>
#include <exception>
#include <initializer_list>
#include <type_traits>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// The sum over all processes. Requires: the += of Sum is exactly associative and commutative.
template <class Sum> Sum sum_over_ranks(MPI_Comm communicator, const Sum& local) {
    static_assert(std::is_trivially_copyable_v<Sum>);
    const auto add = [](void* in, void* into, int* count, MPI_Datatype*) {
        for (int k = 0; k < *count; ++k) { // MPI's memory need not be aligned
            Sum one;
            Sum total;
            __builtin_memcpy(&one, static_cast<char*>(in) + static_cast<std::size_t>(k) * sizeof(Sum), sizeof(Sum));
            __builtin_memcpy(&total, static_cast<char*>(into) + static_cast<std::size_t>(k) * sizeof(Sum), sizeof(Sum));
            total += one;
            __builtin_memcpy(static_cast<char*>(into) + static_cast<std::size_t>(k) * sizeof(Sum), &total, sizeof(Sum));
        }
    };
    MPI_Datatype type = MPI_DATATYPE_NULL;
    MPI_Type_contiguous(static_cast<int>(sizeof(Sum)), MPI_BYTE, &type);
    MPI_Type_commit(&type);
    MPI_Op operation = MPI_OP_NULL;
    MPI_Op_create(add, 1, &operation);
    Sum total = local;
    MPI_Allreduce(&local, &total, 1, type, operation, communicator);
    MPI_Op_free(&operation);
    MPI_Type_free(&type);
    return total;
}

/// The policy under which an algorithm works on the blocks of a Decomposition. `P` works within the process.
template <ExecutionPolicy P> class RankPolicy : public P {
    static_assert(!works_in_array_passes<P>, "Serial works on whole arrays in one process: use Fused or OpenMP");

  public:
    RankPolicy(const P& policy, const mpi::Decomposition& decomposition, Agreement& agreement)
        : P(policy), decomposition_(decomposition), agreement_(agreement) {}

    /// The first tasks of an algorithm begin when its checks have passed on every process.
    template <class Task> void run(int count, const Task& task) const {
        agreement_.begin();
#if defined(__cpp_exceptions)
        try {
            P::run(count, task);
        } catch (const std::exception& error) { // the others do not know of it: no thread could be started
            agreement_.give_up(error.what());
        } catch (...) {
            agreement_.give_up("the policy threw");
        }
#else
        P::run(count, task);
#endif
    }

    /// See Agreement::expect_same.
    void expect_same(const char* names, std::initializer_list<std::int64_t> numbers) const noexcept {
        agreement_.expect_same(names, numbers);
    }

    // See SpansProcesses.
    [[nodiscard]] Place place() const noexcept {
        const mpi::Block block = decomposition_.block();
        return {.is_part = true,
                .first_row = block.row_begin,
                .first_col = block.col_begin,
                .rows = decomposition_.rows(),
                .cols = decomposition_.cols()};
    }
    template <class Sum> [[nodiscard]] Sum sum(const Sum& local) const {
        agreement_.begin();
        return sum_over_ranks(decomposition_.communicator(), local);
    }
    void settle(TilingRequest& request) const {
        const Extent& extent = request.extent;
        const int given = agreement_.reach(request.depth > 0 ? request.depth : INT_MAX);
        if (!extent.is_cut()) return;
        SweepCost cost{.rows = extent.rows,
                       .cols = extent.cols,
                       .are_rows_cut = extent.rows < extent.whole_rows(),
                       .are_cols_cut = extent.cols < extent.whole_cols(),
                       .cell_size = request.cell_size,
                       .stages = request.stages,
                       .workers = request.workers};
        // A halo is as deep as the smallest block at most: otherwise a block would need more than its neighbours.
        std::ptrdiff_t most = INT_MAX;
        if (cost.are_rows_cut) most = extent.rows;
        if (cost.are_cols_cut && extent.cols < most) most = extent.cols;
        cost.network = decomposition_.network();
        const int wanted = given < INT_MAX ? given : cost.best_depth(most);
        request.depth = agreement_.reach(static_cast<int>(clamped(most / request.stages, 1, wanted)));
        request.hides_messages = cost.is_worth_hiding(std::ptrdiff_t{request.depth} * request.stages);
    }
    template <class T> [[nodiscard]] RankGhosts<T> ghosts(Sweep<T>& sweep, int levels) const {
        agreement_.begin();
        return RankGhosts<T>(decomposition_, sweep, levels);
    }
    template <class T, class Present>
    [[nodiscard]] RankCellsWithNext<T, Present> with_next_cells(const Grid<const T>& theta, const Present& present,
                                                                const Boundary& boundary) const {
        return {decomposition_, agreement_, theta, present, boundary};
    }

  private:
    const mpi::Decomposition& decomposition_;
    Agreement& agreement_;
};

/// work(policy), where `policy` spans the processes of a decomposition. Collective.
template <class P, class Work>
decltype(auto) on_ranks(const P& policy, const mpi::Decomposition& decomposition, const Work& work) {
    return with_agreement(decomposition.communicator(), [&](Agreement& agreement) -> decltype(auto) {
        const RankPolicy<P> ranks(policy, decomposition, agreement);
        return work(ranks);
    });
}

/// The kinds of the edges of a model, which decide what messages there are, as one number.
template <class ModelType> std::int64_t kinds_of_edges(const ModelType& model) noexcept {
    if constexpr (HasBoundary<ModelType>) {
        const Boundary& boundary = boundary_of(model);
        std::int64_t kinds = 0;
        for (const BoundaryCondition& edge : {boundary.north, boundary.south, boundary.west, boundary.east})
            kinds = 4 * kinds + static_cast<int>(edge.kind);
        return kinds;
    } else {
        return 0;
    }
}

/// The block of an argument that is a lattice; any other argument as it is. Throws if it is cut otherwise than
/// `decomposition`.
template <class Argument> const Argument& local_of(const Argument& argument, const mpi::Decomposition&, const char*) {
    return argument;
}
template <class T>
Grid<const T> local_of(const mpi::Field<T>& field, const mpi::Decomposition& decomposition, const char* name) {
    if (!field.decomposition().is_same(decomposition))
        invalid_argument(string_of(name) + " must have the decomposition of the other lattices");
    return field.local();
}
template <class T> Grid<T> local_of(mpi::Field<T>& field, const mpi::Decomposition& decomposition, const char* name) {
    static_cast<void>(local_of(static_cast<const mpi::Field<T>&>(field), decomposition, name));
    return field.local();
}

} // namespace detail
KURAMOTO_END_NAMESPACE
