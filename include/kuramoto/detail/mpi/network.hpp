// What messages cost between the processes of a lattice, measured once, and how deep sweeps should be for it.
#pragma once

#include <kuramoto/detail/memory/buffer.hpp>
#include <kuramoto/detail/mpi/api.hpp>
#include <kuramoto/detail/tiling/plan.hpp>
#include <kuramoto/mpi/network.hpp>

#include <cstddef>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// The time of a message of `bytes` between neighbours in a ring of all processes, in s: the shortest of a few.
/// Collective.
///
/// Every process sends to the next one, which answers when it has got it: half of that is at least the latency, however
/// far apart in time the processes begin. The wait for a single message can be shorter: it may have come before.
inline double time_of_message(MPI_Comm communicator, int bytes, int rounds) {
    int rank = 0;
    int size = 1;
    MPI_Comm_rank(communicator, &rank);
    MPI_Comm_size(communicator, &size);
    const int next = (rank + 1) % size;
    const int previous = (rank + size - 1) % size;
    const Buffer<char> out(bytes);
    const Buffer<char> in(bytes);
    for (int k = 0; k < bytes; ++k) out.data()[k] = 0;
    const auto shift = [&](int to, int from, int tag) {
        MPI_Sendrecv(out.data(), bytes, MPI_CHAR, to, tag, in.data(), bytes, MPI_CHAR, from, tag, communicator,
                     MPI_STATUS_IGNORE);
    };
    double shortest = 0;
    for (int round = 0; round < rounds; ++round) {
        const double begin = MPI_Wtime();
        shift(next, previous, 0);
        shift(previous, next, 1);
        const double time = (MPI_Wtime() - begin) / 2;
        if (round == 0 || time < shortest) shortest = time;
    }
    return shortest;
}

/// The same for all processes: the slowest one counts. Collective.
inline mpi::Network measured_network(MPI_Comm communicator) {
    constexpr int large = 1 << 18;
    double times[2] = {time_of_message(communicator, 8, 8), time_of_message(communicator, large, 4)};
    MPI_Allreduce(MPI_IN_PLACE, times, 2, MPI_DOUBLE, MPI_MAX, communicator);
    const double rest = times[1] > 1.1 * times[0] ? times[1] - times[0] : 0.1 * times[1];
    return {times[0], large / rest};
}

/// The costs of sweeps over a block, in s: the model of docs/scaling.md. It has to find a good depth, not to predict a
/// time: its constants lie between those of the two processors that were measured.
struct SweepCost {
    mpi::Network network = {};
    std::ptrdiff_t rows = 0; ///< of a block
    std::ptrdiff_t cols = 0;
    bool are_rows_cut = false;
    bool are_cols_cut = false;
    std::ptrdiff_t cell_size = 4; ///< bytes
    int stages = 1;
    int workers = 1;

    /// One level of one cell, by one worker.
    [[nodiscard]] double cell() const noexcept { return cell_size == 4 ? 0.4e-9 : 1.1e-9; }
    /// The messages of a sweep. All are under way at once.
    [[nodiscard]] double messages(std::ptrdiff_t levels) const noexcept {
        const std::ptrdiff_t edges = (are_rows_cut ? 2 * cols : 0) + (are_cols_cut ? 2 * rows : 0);
        return edges == 0 ? 0 : network.latency + static_cast<double>(edges * levels * cell_size) / network.bandwidth;
    }
    /// What is computed more than once because of one cut between rows.
    [[nodiscard]] double cut(std::ptrdiff_t levels) const noexcept {
        return static_cast<double>(levels * levels * cols) * cell() / workers;
    }
    /// A time step, in sweeps of `depth`.
    [[nodiscard]] double step(std::ptrdiff_t depth) const noexcept {
        constexpr double memory = 40e9;   // bytes / s of one worker
        constexpr double deepest = 500.0; // levels that would double the time of a cell: they leave the nearest cache
        const std::ptrdiff_t levels = depth * stages;
        const std::ptrdiff_t cells = rows * cols;
        const std::ptrdiff_t twice = (are_rows_cut ? levels * cols : 0) + (are_cols_cut ? levels * rows : 0);
        const double computed =
            static_cast<double>(cells) * (1 + static_cast<double>(levels) / deepest) + static_cast<double>(twice);
        const double arithmetic = computed * stages * cell() / workers;
        const double traffic = static_cast<double>(3 * cells * cell_size) / memory / workers;
        return arithmetic + (traffic + messages(levels)) / static_cast<double>(depth);
    }

    /// The depth with the least cost, for blocks of which the smallest has `most` rows or columns along a cut axis.
    [[nodiscard]] int best_depth(std::ptrdiff_t most) const noexcept {
        std::ptrdiff_t best = 1;
        for (std::ptrdiff_t depth = 2; depth * stages <= clamped(most, 1, 64); depth += depth < 8 ? 1 : 4)
            if (step(depth) < step(best)) best = depth;
        return static_cast<int>(best);
    }
    /// Whether messages take longer than it costs to cut a block such that parts of it need no message.
    [[nodiscard]] bool is_worth_hiding(std::ptrdiff_t levels) const noexcept {
        return !are_cols_cut && rows >= 8 * levels && messages(levels) > 3 * cut(levels);
    }
};

} // namespace detail
KURAMOTO_END_NAMESPACE
