// One lattice on processes against the same on threads of one process, in turns; and one process of MPI against none.
//
//     mpirun -n 2 kuramoto-mpi-benchmark [--rows N --cols N --steps n --rounds n --depth d --double --ranks RxC]
//
// Prints, per cell-step, the time of `OpenMP` with as many threads as there are processes, that of the processes with
// one thread each, and the ratio of the medians; and for how much of its time a process waits for messages.
#include <kuramoto/kuramoto.hpp>
#include <kuramoto/mpi.hpp>
#include <kuramoto/openmp.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

namespace km = kuramoto;

namespace {

struct Options {
    std::ptrdiff_t rows = 4000;
    std::ptrdiff_t cols = 4000;
    int steps = 64;
    int rounds = 7;
    int depth = 0;
    bool is_double = false;
    bool has_twin = true; ///< whether the same runs on threads of the first process
    km::mpi::RankGrid ranks = {};
};

Options options_of(int count, char** arguments) {
    Options options;
    for (int k = 1; k < count; ++k) {
        const std::string name = arguments[k];
        if (name == "--double") {
            options.is_double = true;
            continue;
        }
        if (name == "--no-twin") {
            options.has_twin = false;
            continue;
        }
        const char* const value = k + 1 < count ? arguments[++k] : "";
        if (name == "-N") options.rows = options.cols = std::atol(value);
        if (name == "--rows") options.rows = std::atol(value);
        if (name == "--cols") options.cols = std::atol(value);
        if (name == "--steps") options.steps = std::atoi(value);
        if (name == "--rounds") options.rounds = std::atoi(value);
        if (name == "--depth") options.depth = std::atoi(value);
        if (name == "--ranks") std::sscanf(value, "%dx%d", &options.ranks.rows, &options.ranks.cols);
    }
    return options;
}

/// Waits for the others without taking their processor.
void wait_for_all(MPI_Comm communicator) {
    MPI_Request request = MPI_REQUEST_NULL;
    MPI_Ibarrier(communicator, &request);
    for (int is_done = 0; is_done == 0;) {
        MPI_Test(&request, &is_done, MPI_STATUS_IGNORE);
        if (is_done == 0) std::this_thread::sleep_for(std::chrono::microseconds(200));
    }
}

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

template <class T> void compare(const Options& options) {
    const km::mpi::Decomposition lattice(MPI_COMM_WORLD, options.rows, options.cols, options.ranks);
    const km::Euler euler{.dt = 0.05};
    const km::SineLaplacian laplacian{.K = 1, .boundary = km::torus};
    km::mpi::Field<T> theta(lattice), omega(lattice);
    const bool is_first = lattice.rank() == 0;
    const bool has_twin = options.has_twin && is_first;
    km::Field<T> all_theta(has_twin ? options.rows : 0, has_twin ? options.cols : 0);
    km::Field<T> all_omega(has_twin ? options.rows : 0, has_twin ? options.cols : 0);
    const km::OpenMP threads{.threads = lattice.size(), .depth = options.depth};
    const auto seed = static_cast<std::uint64_t>(1 + lattice.rank());
    km::uniform_phases(theta.local(), seed);
    km::normal_frequencies(omega.local(), 0, 1, seed + 100);
    if (has_twin) {
        km::uniform_phases(threads, all_theta, 1);
        km::normal_frequencies(threads, all_omega, 0, 1, 2);
    }
    const double cell_steps =
        static_cast<double>(options.rows) * static_cast<double>(options.cols) * static_cast<double>(options.steps);
    std::vector<double> on_threads, on_ranks, ratios;
    for (int round = 0; round <= options.rounds; ++round) { // the first one does not count
        double time_on_threads = 0;
        if (has_twin) {
            const double begin = MPI_Wtime();
            km::advance(threads, euler, km::Model{laplacian, all_omega}, all_theta, options.steps);
            time_on_threads = MPI_Wtime() - begin;
        }
        wait_for_all(lattice.communicator());
        MPI_Barrier(lattice.communicator());
        const double begin = MPI_Wtime();
        km::advance(km::Fused{.depth = options.depth}, euler, km::Model{laplacian, omega}, theta, options.steps);
        MPI_Barrier(lattice.communicator());
        const double time_on_ranks = MPI_Wtime() - begin;
        if (round == 0) continue;
        on_threads.push_back(time_on_threads);
        on_ranks.push_back(time_on_ranks);
        ratios.push_back(time_on_ranks / time_on_threads);
    }
    if (!is_first) return;
    const km::mpi::RankGrid ranks = lattice.ranks();
    std::printf("%td x %td, %s, %d x %d ranks: ", options.rows, options.cols, sizeof(T) == 4 ? "float32" : "float64",
                ranks.rows, ranks.cols);
    if (options.has_twin)
        std::printf("threads %.4f ns, ranks %.4f ns per cell-step, ratio of medians %.3f, median of ratios %.3f\n",
                    1e9 * median(on_threads) / cell_steps, 1e9 * median(on_ranks) / cell_steps,
                    median(on_ranks) / median(on_threads), median(ratios));
    else
        std::printf("ranks %.4f ns per cell-step\n", 1e9 * median(on_ranks) / cell_steps);
}

} // namespace

int main(int count, char** arguments) {
    MPI_Init(&count, &arguments);
    const Options options = options_of(count, arguments);
    if (options.is_double)
        compare<double>(options);
    else
        compare<float>(options);
    MPI_Finalize();
    return 0;
}
