// kuramoto-simulate: a lattice of oscillators from the command line, with pictures, videos, plots, records of all
// frames, and checkpoints. Its parts:
//
//   simulate/command_line.hpp  the options, read into the Options of options.hpp
//   simulate/run.hpp           a run, and the one that the options describe
//   simulate/saved_run.hpp     a run as the records of a checkpoint
//   simulate/resolve.hpp       a new run or the rest of a saved one
//   simulate/read_state.hpp    the fields of a run at its beginning
//   simulate/dynamics.hpp      its time steps; model.hpp has its model and stepper
//   simulate/looks.hpp         its observables
//   simulate/stability.hpp     the stable time step, and what a run warns of
//   simulate/checks.hpp        the checks of the outputs before the run
//   simulate/one_run.hpp       one run, from the options to the exit code
//   simulate/sweep.hpp         many runs, from the options to one table
//   simulate/loop.hpp          the loop over the time steps
//   simulate/watch.hpp         the frames: table, record, video, plot and picture
//   simulate/interrupt.hpp     the signals that stop the run
//   simulate/one_process/      the lattices of the program, and what its process does
//   simulate/many_processes/   the same for kuramoto-simulate-mpi, which has all other sources from here
#include "simulate/command_line.hpp"
#include "simulate/descriptors.hpp"
#include "simulate/ending.hpp"
#include "simulate/interrupt.hpp"
#include "simulate/output.hpp"
#include "simulate/resolve.hpp"
#include "simulate/run_in_precision.hpp"
#include "simulate/sweep_members.hpp"

#include <processes.hpp>
#include <sweeps.hpp>

#include <exception>
#include <new>
#include <optional>
#include <string>
#include <vector>

namespace simulate {

/// Everything the command line asks for.
int run_program(int argc, char** argv) {
    CommandLine command_line;
    const std::vector<std::string> given = words_of(argc, argv);
    const std::optional<Options> options = together([&] { return parse_options(command_line, given); });
    if (!options) return 0;
    if (!options->sweep.empty()) return run_sweep(SweepMembers(command_line, *options, given));
    const Run run = together([&] { return resolve(*options); });
    const std::vector<std::string> words(argv, argv + argc);
    return run.is_float32 ? simulate<float>(*options, run, words) : simulate<double>(*options, run, words);
}

/// What work() returns as the exit status, or the error that it throws.
template <class Work> Ending ending_of(const Work& work) {
    try {
        return {work(), {}};
    } catch (const BadOption& error) {
        return {2, {error.what()}};
    } catch (const SeveralErrors& errors) {
        return {1, errors.messages()};
    } catch (const std::bad_alloc&) {
        return {1, {"there is not enough memory"}};
    } catch (const std::exception& error) {
        return {1, {error.what()}};
    }
}

} // namespace simulate

int main(int argc, char** argv) {
    const simulate::Ending beginning = simulate::ending_of([] {
        simulate::open_standard_descriptors();
        simulate::take_errors_from_calls();
        return 0;
    });
    simulate::say(simulate::program_name, beginning);
    if (beginning.status != 0) return beginning.status;
    simulate::Processes processes(argc, argv);
    return processes.end(simulate::ending_of([&] { return simulate::run_program(argc, argv); }));
}
