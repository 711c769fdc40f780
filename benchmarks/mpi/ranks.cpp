// One lattice on processes: against the same on threads of one process, what they send, and what memory they take.
//
//     mpirun -n 2 kuramoto-mpi-benchmark [-N n | --rows n --cols n] [--steps n] [--rounds n] [--depth n] [--ranks RxC]
//                                        [--double] [--no-twin] [--sleep] [--memory] [--network LATENCY,BANDWIDTH]
//
// Prints, per cell-step, the time of `OpenMP` with as many threads as there are processes, that of the processes with
// one thread each, and the ratio of the medians. Then what one process sends per 16 steps, which share of the time of
// `advance` it is in MPI, and the time that the library's model predicts (docs/scaling.md). --no-twin leaves the
// threads out. --sleep makes waiting processes sleep, which is right where they share processors. --network states µs
// and MB/s, in place of a measurement. --memory prints peak memory instead: that of θ, ω and `advance`, divided by that
// of θ and ω alone.
#include "traffic.hpp"

#include <kuramoto/kuramoto.hpp>
#include <kuramoto/mpi.hpp>
#include <kuramoto/openmp.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
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
    bool shows_memory = false;
    km::mpi::RankGrid ranks = {};
    km::mpi::Network network = {}; ///< latency 0: measured
};

bool takes_flag(const std::string& name, Options& options) {
    if (name == "--double") return options.is_double = true;
    if (name == "--sleep") return sleeps_while_waiting() = true;
    if (name == "--memory") return options.shows_memory = true;
    if (name == "--no-twin") return !(options.has_twin = false);
    return false;
}

void take_value(const std::string& name, const char* value, Options& options) {
    if (name == "-N") options.rows = options.cols = std::atol(value);
    if (name == "--rows") options.rows = std::atol(value);
    if (name == "--cols") options.cols = std::atol(value);
    if (name == "--steps") options.steps = std::atoi(value);
    if (name == "--rounds") options.rounds = std::atoi(value);
    if (name == "--depth") options.depth = std::atoi(value);
    if (name == "--ranks") std::sscanf(value, "%dx%d", &options.ranks.rows, &options.ranks.cols);
    if (name != "--network") return;
    std::sscanf(value, "%lf,%lf", &options.network.latency, &options.network.bandwidth);
    options.network.latency *= 1e-6;
    options.network.bandwidth *= 1e6;
}

Options options_of(int count, char** arguments) {
    Options options;
    for (int k = 1; k < count; ++k)
        if (!takes_flag(arguments[k], options) && k + 1 < count) {
            take_value(arguments[k], arguments[k + 1], options);
            ++k;
        }
    return options;
}

/// Waits for the others without taking their processor.
void wait_for_all(MPI_Comm communicator) {
    MPI_Request request = MPI_REQUEST_NULL;
    MPI_Ibarrier(communicator, &request);
    for (int is_done = 0; is_done == 0;) {
        MPI_Test(&request, &is_done, MPI_STATUS_IGNORE);
        if (is_done == 0) std::this_thread::sleep_for(std::chrono::microseconds(sleeps_while_waiting() ? 20 : 200));
    }
}

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values.empty() ? 0 : values[values.size() / 2];
}

/// The mean and the least over the processes.
struct Spread {
    double mean = 0;
    double least = 0;
};
Spread over_ranks(double mine, const km::mpi::Decomposition& lattice) {
    Spread spread;
    MPI_Reduce(&mine, &spread.mean, 1, MPI_DOUBLE, MPI_SUM, 0, lattice.communicator());
    MPI_Reduce(&mine, &spread.least, 1, MPI_DOUBLE, MPI_MIN, 0, lattice.communicator());
    spread.mean /= lattice.size();
    return spread;
}

/// A lattice on the processes.
template <class T> struct Lattice {
    explicit Lattice(const Options& options)
        : decomposition(MPI_COMM_WORLD, options.rows, options.cols, options.ranks), theta(decomposition),
          omega(decomposition), depth(options.depth) {
        if (options.network.latency > 0) decomposition.set_network(options.network);
        const auto seed = static_cast<std::uint64_t>(1 + decomposition.rank());
        km::uniform_phases(theta.local(), seed);
        km::normal_frequencies(omega.local(), 0, 1, seed + 100);
    }
    void advance(int steps) {
        const km::SineLaplacian laplacian{.K = 1, .boundary = km::torus};
        km::advance(km::Fused{.depth = depth}, km::Euler{.dt = 0.05}, km::Model{laplacian, omega}, theta, steps);
    }

    km::mpi::Decomposition decomposition;
    km::mpi::Field<T> theta;
    km::mpi::Field<T> omega;
    int depth = 0;
};

/// The same lattice in the first process, on as many threads as there are processes.
template <class T> struct Twin {
    Twin(const Options& options, bool is_here, int threads)
        : theta(is_here ? options.rows : 0, is_here ? options.cols : 0), omega(theta.rows(), theta.cols()),
          policy{.threads = threads, .depth = options.depth} {
        km::uniform_phases(policy, theta, 1);
        km::normal_frequencies(policy, omega, 0, 1, 2);
    }
    void advance(int steps) {
        if (theta.empty()) return;
        const km::SineLaplacian laplacian{.K = 1, .boundary = km::torus};
        km::advance(policy, km::Euler{.dt = 0.05}, km::Model{laplacian, omega}, theta, steps);
    }

    km::Field<T> theta;
    km::Field<T> omega;
    km::OpenMP policy;
};

struct Times {
    std::vector<double> threads = {}; ///< s per round
    std::vector<double> ranks = {};
    std::vector<double> ratios = {};
    std::vector<double> in_mpi = {};       ///< share of the time, the mean over the processes
    std::vector<double> least_in_mpi = {}; ///< that of the process that waits least
};

template <class T> Times measure(const Options& options, Lattice<T>& lattice, Twin<T>& twin) {
    const km::mpi::Decomposition& decomposition = lattice.decomposition;
    Times times;
    for (int round = 0; round <= options.rounds; ++round) { // the first one does not count
        const double twin_begin = MPI_Wtime();
        twin.advance(options.steps);
        const double time_on_threads = MPI_Wtime() - twin_begin;
        wait_for_all(decomposition.communicator());
        traffic() = {};
        const double begin = MPI_Wtime();
        lattice.advance(options.steps);
        const double mine = MPI_Wtime() - begin;
        wait_for_all(decomposition.communicator());
        const double time_on_ranks = MPI_Wtime() - begin;
        const Spread in_mpi = over_ranks(traffic().time_in_mpi / mine, decomposition);
        if (round == 0) continue;
        times.threads.push_back(time_on_threads);
        times.ranks.push_back(time_on_ranks);
        times.ratios.push_back(time_on_ranks / time_on_threads);
        times.in_mpi.push_back(in_mpi.mean);
        times.least_in_mpi.push_back(in_mpi.least);
    }
    return times;
}

template <class T> km::detail::SweepCost cost_of(const Lattice<T>& lattice) {
    const km::mpi::Decomposition& decomposition = lattice.decomposition;
    return {.network = decomposition.network(),
            .rows = decomposition.block().rows(),
            .cols = decomposition.block().cols(),
            .are_rows_cut = decomposition.ranks().rows > 1,
            .are_cols_cut = decomposition.ranks().cols > 1,
            .cell_size = static_cast<std::ptrdiff_t>(sizeof(T))};
}

template <class T> void print_times(const Options& options, const Lattice<T>& lattice, const Times& times) {
    const double cell_steps =
        static_cast<double>(options.rows) * static_cast<double>(options.cols) * static_cast<double>(options.steps);
    const km::mpi::RankGrid ranks = lattice.decomposition.ranks();
    std::printf("%td x %td, %s, %d x %d ranks: ", options.rows, options.cols, sizeof(T) == 4 ? "float32" : "float64",
                ranks.rows, ranks.cols);
    if (options.has_twin)
        std::printf("threads %.4f ns, ranks %.4f ns per cell-step, ratio of medians %.3f, median of ratios %.3f\n",
                    1e9 * median(times.threads) / cell_steps, 1e9 * median(times.ranks) / cell_steps,
                    median(times.ranks) / median(times.threads), median(times.ratios));
    else
        std::printf("ranks %.4f ns per cell-step\n", 1e9 * median(times.ranks) / cell_steps);
}

template <class T> void print_traffic(const Options& options, const Lattice<T>& lattice, const Times& times) {
    const km::mpi::Network network = lattice.decomposition.network();
    const double sweeps = traffic().sweeps > 0 ? traffic().sweeps : 1;
    const double depth = options.steps / sweeps;
    const double per_16_steps = 16.0 / options.steps;
    const auto whole_depth = static_cast<std::ptrdiff_t>(depth + 0.5);
    std::printf("network: latency %.1f us, %.0f MB/s. ", 1e6 * network.latency, 1e-6 * network.bandwidth);
    std::printf("%.4g steps per sweep, %.4g reductions per call\n", depth, traffic().reductions);
    std::printf("per 16 steps and rank: %.4g messages, %.4g kB, and %.4g messages per call. ",
                traffic().messages * per_16_steps, 1e-3 * traffic().bytes * per_16_steps, traffic().once);
    std::printf("per step: %.4f ms, model %.4f ms. ", 1e3 * median(times.ranks) / options.steps,
                1e3 * cost_of(lattice).step(whole_depth));
    std::printf("in MPI: %.1f %% of the time, least %.1f %%\n", 100 * median(times.in_mpi),
                100 * median(times.least_in_mpi));
}

template <class T> void compare(const Options& options) {
    Lattice<T> lattice(options);
    const bool is_first = lattice.decomposition.rank() == 0;
    Twin<T> twin(options, options.has_twin && is_first, lattice.decomposition.size());
    const Times times = measure(options, lattice, twin);
    if (!is_first) return;
    print_times(options, lattice, times);
    print_traffic(options, lattice, times);
}

/// The most memory that this process has had at once, in bytes: VmHWM.
double peak_memory() {
    std::ifstream status("/proc/self/status");
    for (std::string word; status >> word;)
        if (word == "VmHWM:") {
            double kilobytes = 0;
            status >> kilobytes;
            return 1024 * kilobytes;
        }
    return 0;
}

template <class T> void show_memory(const Options& options) {
    wait_for_all(MPI_COMM_WORLD);
    const double before = peak_memory();
    Lattice<T> lattice(options);
    lattice.advance(options.steps);
    const double more = peak_memory() - before;
    const km::mpi::Block block = lattice.decomposition.block();
    const double fields = 2.0 * sizeof(T) * static_cast<double>(block.rows()) * static_cast<double>(block.cols());
    double most = 0;
    const double ratio = more / fields;
    MPI_Reduce(&ratio, &most, 1, MPI_DOUBLE, MPI_MAX, 0, MPI_COMM_WORLD);
    if (lattice.decomposition.rank() == 0)
        std::printf("%td x %td cells of %s per rank: theta and omega %.1f MB, peak memory / (theta + omega) %.4f on "
                    "the rank that has most; %.1f MB before\n",
                    block.rows(), block.cols(), sizeof(T) == 4 ? "float32" : "float64", 1e-6 * fields, most,
                    1e-6 * before);
}

template <class T> void work(const Options& options) {
    if (options.shows_memory)
        show_memory<T>(options);
    else
        compare<T>(options);
}

} // namespace

int main(int count, char** arguments) {
    MPI_Init(&count, &arguments);
    const Options options = options_of(count, arguments);
    if (options.is_double)
        work<double>(options);
    else
        work<float>(options);
    MPI_Finalize();
    return 0;
}
