// The processes of kuramoto-simulate: one. many_processes/ has the same names for the program with MPI.
#pragma once

#include "../ending.hpp"
#include "../options.hpp"

#include <cstdio>
#include <string>
#include <vector>

namespace simulate {

inline constexpr const char* program_name = "kuramoto-simulate";

/// Whether a second INT, QUIT or TERM ends the program at once.
inline constexpr bool second_signal_ends = true;

/// The beginning and the end of the program.
class Processes {
  public:
    Processes(int& /*argc*/, char**& /*argv*/) {}

    /// Says the messages; returns the exit status.
    int end(const Ending& ending) {
        say(program_name, ending);
        return ending.status;
    }
};

/// Whether this is the process that prints, and that writes the files which only one writes.
inline bool is_first() { return true; }

/// work(); if it throws in one process, it throws the same in all.
template <class Work> decltype(auto) together(const Work& work) { return work(); }
/// Calls work() in the first process. If it throws, it throws the same in all.
template <class Work> void on_first(const Work& work) { work(); }
/// The number that find() returns in the first process, for all.
template <class Find> auto first_says(const Find& find) { return find(); }

/// The largest number, the sum, and whether something holds: of all processes, for all.
inline double largest_of_all(double number) { return number; }
inline double sum_of_all(double number) { return number; }
inline bool any_of_all(bool is_so) { return is_so; }

/// The number of threads of this process, where `asked` was asked for; 0: the policy decides.
inline int threads_of(int asked) { return asked; }

/// Throws BadOption for what this program does not do.
inline void check_processes(const Options& options) {
    if (!options.ranks.empty())
        throw BadOption("--ranks " + options.ranks +
                        ": this program is one process; kuramoto-simulate-mpi runs on "
                        "many, and has this option");
}

/// Where the help has --ranks: nowhere.
inline constexpr const char* group_of_ranks = "";
/// In the help, at its end.
inline const std::vector<const char*> help_of_processes = {};
/// In the command that resumes a run, before it.
inline std::string said_before_command() { return ""; }
/// A line of the summary.
template <class Cut> void print_processes(std::FILE* /*to*/, const Cut& /*cut*/) {}

} // namespace simulate
