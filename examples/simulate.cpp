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
//   simulate/loop.hpp          the loop over the time steps
//   simulate/watch.hpp         the frames: table, record, video, plot and picture
//   simulate/interrupt.hpp     the signals that stop the run
#include "simulate/command_line.hpp"
#include "simulate/descriptors.hpp"
#include "simulate/interrupt.hpp"
#include "simulate/output.hpp"
#include "simulate/resolve.hpp"
#include "simulate/run_in_precision.hpp"

#include <cstdio>
#include <exception>
#include <new>
#include <optional>
#include <string>
#include <vector>

namespace simulate {

/// Everything the command line asks for.
int run_program(int argc, char** argv) {
    const std::optional<Options> options = parse_options(argc, argv);
    if (!options) return 0;
    const Run run = resolve(*options);
    const std::vector<std::string> words(argv, argv + argc);
    return run.is_float32 ? simulate<float>(*options, run, words) : simulate<double>(*options, run, words);
}

/// One line on stderr, whatever the text contains.
int report(const std::string& message, int status) {
    std::fprintf(stderr, "kuramoto-simulate: %s\n", printable(message).c_str());
    return status;
}

} // namespace simulate

int main(int argc, char** argv) {
    try {
        simulate::open_standard_descriptors();
        simulate::take_errors_from_calls();
        return simulate::run_program(argc, argv);
    } catch (const simulate::BadOption& error) {
        return simulate::report(error.what(), 2);
    } catch (const simulate::SeveralErrors& errors) {
        for (const std::string& message : errors.messages()) simulate::report(message, 1);
        return 1;
    } catch (const std::bad_alloc&) {
        return simulate::report("there is not enough memory", 1);
    } catch (const std::exception& error) {
        return simulate::report(error.what(), 1);
    }
}
