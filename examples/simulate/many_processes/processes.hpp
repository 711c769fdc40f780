// The processes of kuramoto-simulate-mpi. one_process/ has the same names for the program without MPI.
//
// Every process runs the whole program, with the same options. The first one prints, and writes what only one writes.
// An error of one process becomes the error of all: see `together`.
#pragma once

#include "../ending.hpp"
#include "../options.hpp"
#include "../output.hpp"

#include <kuramoto/detail/mpi/api.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <new>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <type_traits>
#include <vector>

#include <sched.h>
#include <unistd.h>

namespace simulate {

inline constexpr const char* program_name = "kuramoto-simulate-mpi";

/// Whether a second INT, QUIT or TERM ends the program at once. A launcher may pass a signal on that the batch system
/// sends to all processes too. Whoever wants to end the program at once can end the launcher.
inline constexpr bool second_signal_ends = false;

/// The communicator of the program, and this process in it.
struct Team {
    MPI_Comm communicator = MPI_COMM_NULL;
    int rank = 0;
    int size = 1;
};
inline Team team;

inline bool is_first() { return team.rank == 0; }

/// The beginning and the end of the program.
class Processes {
  public:
    Processes(int& argc, char**& argv) {
        ::setenv("OMPI_MCA_sharedfp", "^lockedfile", 0); // with which Open MPI takes no long names of files
        int level = 0;
        MPI_Init_thread(&argc, &argv, MPI_THREAD_FUNNELED, &level);
        MPI_Comm_dup(MPI_COMM_WORLD, &team.communicator);
        MPI_Comm_dup(MPI_COMM_WORLD, &ends_);
        MPI_Comm_rank(team.communicator, &team.rank);
        MPI_Comm_size(team.communicator, &team.size);
    }

    /// Waits for the ends of all processes. The first one that has failed says its messages. Returns the exit status,
    /// which is the same for all.
    ///
    /// If a process fails where the others cannot learn of it, they do not come here: then it ends all of them.
    int end(const Ending& ending) {
        const int mine[2] = {ending.status, ending.messages.empty() ? 0 : team.size - team.rank};
        int most[2] = {0, 0};
        MPI_Request request = MPI_REQUEST_NULL;
        MPI_Iallreduce(mine, most, 2, MPI_INT, MPI_MAX, ends_, &request);
        if (!ending.messages.empty() && !is_complete(request)) {
            say(program_name, ending, " (process " + std::to_string(team.rank) + ")");
            MPI_Abort(MPI_COMM_WORLD, ending.status);
        }
        MPI_Wait(&request, MPI_STATUS_IGNORE);
        if (most[1] == team.size - team.rank) say(program_name, ending);
        MPI_Comm_free(&ends_);
        MPI_Comm_free(&team.communicator);
        MPI_Finalize();
        return most[0];
    }

  private:
    /// Whether all processes come to their ends soon.
    static bool is_complete(MPI_Request& request) {
        using namespace std::chrono;
        const auto latest = steady_clock::now() + seconds(10);
        for (int is_done = 0; steady_clock::now() < latest;) {
            MPI_Test(&request, &is_done, MPI_STATUS_IGNORE);
            if (is_done != 0) return true;
            std::this_thread::sleep_for(milliseconds(1));
        }
        return false;
    }

    MPI_Comm ends_ = MPI_COMM_NULL;
};

/// The first of several processes that have failed, and what it throws.
class Failure {
  public:
    enum class Kind { none, bad_option, several, no_memory, other };

    /// Calls `work` and keeps what it throws.
    template <class Work> void attempt(const Work& work) {
        try {
            work();
        } catch (const BadOption& error) {
            set(Kind::bad_option, error.what());
        } catch (const SeveralErrors& errors) {
            std::string lines;
            for (const std::string& message : errors.messages()) lines += message + '\0';
            set(Kind::several, lines);
        } catch (const std::bad_alloc&) {
            set(Kind::no_memory, "");
        } catch (const std::exception& error) {
            set(Kind::other, error.what());
        }
    }

    /// Throws in every process what the first one that has failed has to say. Collective.
    void rethrow() {
        const int mine = kind_ == Kind::none ? team.size : team.rank;
        int first = 0;
        MPI_Allreduce(&mine, &first, 1, MPI_INT, MPI_MIN, team.communicator);
        if (first == team.size) return;
        int head[2] = {static_cast<int>(kind_), static_cast<int>(message_.size())};
        MPI_Bcast(head, 2, MPI_INT, first, team.communicator);
        message_.resize(static_cast<std::size_t>(head[1]));
        MPI_Bcast(message_.data(), head[1], MPI_CHAR, first, team.communicator);
        kind_ = static_cast<Kind>(head[0]);
        if (kind_ == Kind::bad_option) throw BadOption(message_);
        if (kind_ == Kind::no_memory) throw std::bad_alloc();
        if (kind_ == Kind::other) throw std::runtime_error(message_);
        std::vector<std::string> messages;
        for (std::size_t at = 0; at < message_.size(); at = message_.find('\0', at) + 1)
            messages.push_back(message_.substr(at, message_.find('\0', at) - at));
        throw SeveralErrors(messages);
    }

  private:
    void set(Kind kind, const std::string& message) {
        kind_ = kind;
        message_ = message;
    }

    Kind kind_ = Kind::none;
    std::string message_;
};

/// work(); if it throws in one process, it throws the same in all. Collective.
template <class Work> auto together(const Work& work) {
    Failure failure;
    if constexpr (std::is_void_v<decltype(work())>) {
        failure.attempt(work);
        failure.rethrow();
    } else {
        std::optional<std::decay_t<decltype(work())>> result;
        failure.attempt([&] { result.emplace(work()); });
        failure.rethrow();
        return std::move(*result);
    }
}

/// Calls work() in the first process. If it throws, it throws the same in all. Collective.
template <class Work> void on_first(const Work& work) {
    together([&] {
        if (is_first()) work();
    });
}

/// The number that find() returns in the first process, for all. Collective.
template <class Find> auto first_says(const Find& find) {
    using Number = std::decay_t<decltype(find())>;
    static_assert(std::is_arithmetic_v<Number>);
    Number number{};
    if (is_first()) number = find();
    MPI_Bcast(&number, static_cast<int>(sizeof number), MPI_BYTE, 0, team.communicator);
    return number;
}

/// The largest number, the sum, and whether something holds: of all processes, for all. Collective.
inline double largest_of_all(double number) {
    MPI_Allreduce(MPI_IN_PLACE, &number, 1, MPI_DOUBLE, MPI_MAX, team.communicator);
    return number;
}
inline double sum_of_all(double number) {
    MPI_Allreduce(MPI_IN_PLACE, &number, 1, MPI_DOUBLE, MPI_SUM, team.communicator);
    return number;
}
inline bool any_of_all(bool is_so) { return largest_of_all(is_so ? 1 : 0) > 0; }

/// The number of processes on this machine. Collective in the first call.
inline int processes_here() {
    static const int count = [] {
        MPI_Comm here = MPI_COMM_NULL;
        int size = 1;
        MPI_Comm_split_type(team.communicator, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &here);
        MPI_Comm_size(here, &size);
        MPI_Comm_free(&here);
        return size;
    }();
    return count;
}

/// The number of threads of this process, where `asked` was asked for. 0: OMP_NUM_THREADS; without it one per core,
/// where processes that the launcher has not bound to cores of their own share the cores. Collective in the first call.
inline int threads_of(int asked) {
    const int processes = processes_here();
    if (asked != 0 || std::getenv("OMP_NUM_THREADS") != nullptr) return asked;
    cpu_set_t own;
    const long all = ::sysconf(_SC_NPROCESSORS_ONLN);
    if (::sched_getaffinity(0, sizeof own, &own) == 0 && CPU_COUNT(&own) < all) return CPU_COUNT(&own);
    return std::max(1, static_cast<int>(all) / processes);
}

/// Throws BadOption for what this program does not do.
inline void check_processes(const Options& options) {
    if (options.policy == "serial")
        throw BadOption("--policy serial: works on whole arrays of one process; kuramoto-simulate has it");
    if (!options.sweep.empty())
        throw BadOption("--sweep " + options.sweep_text + ": kuramoto-simulate, on one process, has it");
}

/// Where the help has --ranks.
inline constexpr const char* group_of_ranks = "Computation";
/// In the help, at its end.
inline const std::vector<const char*> help_of_processes = {
    "Processes: start the program with mpirun -n NUMBER or the launcher of the batch system. Every process has a block "
    "of the lattice. All files are those of kuramoto-simulate, byte for byte, for any number of processes; a "
    "checkpoint may be resumed on another number, also by kuramoto-simulate. There is neither --policy serial nor "
    "--sweep. Without --threads and OMP_NUM_THREADS, the processes of one machine share its cores. A signal may be "
    "sent to any process. Open MPI's mpirun ends its processes one second after it got INT or TERM itself: give it the "
    "option --mca odls_base_sigkill_timeout 60, or send it USR1."};
/// In the command that resumes a run, before it.
inline std::string said_before_command() { return " on any number of processes"; }
/// A line of the summary.
template <class Cut> void print_processes(std::FILE* to, const Cut& cut) {
    std::fprintf(to, "processes     %d, as %d x %d blocks\n", team.size, cut->ranks().rows, cut->ranks().cols);
}

} // namespace simulate
