// kuramoto-simulate: a lattice of oscillators from the command line; writes the final phases and a picture of them.
// simulate/options.hpp has the options, simulate/picture.hpp the colours. Shows how run-time choices (precision,
// policy, coupling) become types: each is dispatched once, and the loops know nothing of it.
#include "simulate/options.hpp"
#include "simulate/output.hpp"
#include "simulate/picture.hpp"

#include <kuramoto/kuramoto.hpp>
#include <kuramoto/npy.hpp>
#include <kuramoto/openmp.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <new>
#include <optional>
#include <stdexcept>
#include <string>

#include <unistd.h>

namespace km = kuramoto;

namespace simulate {

/// What the options and the headers of the files come to.
struct Run {
    std::ptrdiff_t rows = 100;
    std::ptrdiff_t cols = 100;
    std::int64_t steps = 0;
    bool is_float32 = false;
};

/// Calls `use`, which reads what an option names; whatever it throws is an error of that option.
template <class Use> auto reading(const std::string& option, const Use& use) {
    try {
        return use();
    } catch (const std::bad_alloc&) {
        throw BadOption(option + ": there is not enough memory for its cells");
    } catch (const std::exception& error) {
        throw BadOption(option + ": " + error.what());
    }
}

/// The number of steps in T, which has to be a whole one but for rounding.
std::int64_t steps_of(const Options& options) {
    if (options.steps) return *options.steps;
    const double T = options.T.value_or(10.0);
    const double ratio = T / options.dt;
    const std::string names = "-T " + text(T) + ": ";
    const std::string each = "steps of --dt " + text(options.dt);
    if (!(ratio < 0x1p53)) throw BadOption(names + "too many " + each);
    const double whole = std::round(ratio);
    if (std::fabs(ratio - whole) > 1e-9 * std::fmax(1.0, ratio))
        throw BadOption(names + "not a whole number of " + each + ", but " + text(ratio));
    return static_cast<std::int64_t>(whole);
}

/// Throws unless the rows and columns that were asked for are those of the file.
void check_shape(const Options& options, const std::string& file, const km::NpyInfo& info) {
    const auto check = [&](const char* name, std::optional<std::ptrdiff_t> asked, std::ptrdiff_t extent) {
        if (asked && *asked != extent)
            throw BadOption(std::string(name) + " " + std::to_string(*asked) + ": " + file + " has " +
                            std::to_string(info.rows) + " x " + std::to_string(info.cols) + " cells");
    };
    check("-N", options.square, info.rows);
    check("-N", options.square, info.cols);
    check("--rows", options.rows, info.rows);
    check("--cols", options.cols, info.cols);
}

/// The shape and the precision, from the options and the files, which have to agree.
Run resolve(const Options& options) {
    Run run;
    run.rows = options.square.value_or(options.rows.value_or(100));
    run.cols = options.square.value_or(options.cols.value_or(100));
    std::string dtype = options.dtype;
    std::string wanted_by = "--dtype " + options.dtype;
    std::string shaped_by;
    const auto look_at = [&](const std::string& option, const std::string& name) {
        if (name.empty()) return;
        const std::string file = option + " " + name;
        const km::NpyInfo info = reading(option, [&] { return km::npy_info(name); });
        check_shape(options, file, info);
        const std::string found = info.bits == 32 ? "float32" : "float64";
        if (!dtype.empty() && dtype != found)
            throw BadOption(file + ": it holds " + found + ", but " + wanted_by + " asks for " + dtype);
        if (!shaped_by.empty() && (info.rows != run.rows || info.cols != run.cols))
            throw BadOption(file + ": it has " + std::to_string(info.rows) + " x " + std::to_string(info.cols) +
                            " cells, but " + shaped_by + " has " + std::to_string(run.rows) + " x " +
                            std::to_string(run.cols));
        dtype = found;
        wanted_by = shaped_by = file;
        run.rows = info.rows;
        run.cols = info.cols;
    };
    look_at("--theta", options.theta_file);
    look_at("--omega", options.omega_file);
    run.is_float32 = dtype == "float32";
    run.steps = steps_of(options);
    return run;
}

/// Throws unless the numbers can be held in the precision of the cells.
template <class T> void check_precision(const Options& options) {
    const auto check = [](const char* name, double value, bool must_be_positive) {
        const T rounded = static_cast<T>(value);
        if (!std::isfinite(rounded) || (must_be_positive && !(rounded > 0)))
            throw BadOption(std::string(name) + " " + text(value) + ": out of the range of float32");
    };
    check("-K", options.K, false);
    check("--dt", options.dt, true);
    check("--omega", options.omega_number.value_or(0.0), false);
}

template <class Coupling> void check_stable(const Options& options, const km::Laplacian<Coupling>& laplacian) {
    const double most = km::max_stable_dt(laplacian);
    if (options.dt > most && !options.allow_unstable)
        throw BadOption("--dt " + text(options.dt) + ": beyond the stable time step " + text(most) +
                        " = 1 / (4 |K|) for -K " + text(options.K) + " (--allow-unstable lets it pass)");
}

/// A line on the terminal, renewed a few times a second.
class Progress {
  public:
    explicit Progress(std::int64_t steps) : steps_(steps) {}
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;
    ~Progress() {
        if (is_shown_) std::fprintf(stderr, "\r\033[K");
    }

    void show(std::int64_t done) {
        if (done == steps_ && !is_shown_) return;
        is_shown_ = true;
        std::fprintf(stderr, "\r%5.1f %%  step %lld of %lld ",
                     100 * static_cast<double>(done) / static_cast<double>(steps_), static_cast<long long>(done),
                     static_cast<long long>(steps_));
    }

  private:
    std::int64_t steps_;
    bool is_shown_ = false;
};

double seconds_since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// Calls advance(count, first) until all steps are done: at once, or for a terminal in pieces of about 0.2 seconds.
/// advance(m + n) is advance(m), then advance(n), to the bit.
template <class Advance> void in_pieces(std::int64_t steps, const Advance& advance) {
    if (isatty(STDERR_FILENO) == 0) return advance(steps, std::int64_t{0});
    Progress progress(steps);
    std::int64_t piece = 1;
    for (std::int64_t done = 0; done < steps;) {
        const std::int64_t count = std::min(piece, steps - done);
        const auto start = std::chrono::steady_clock::now();
        advance(count, done);
        done += count;
        const double seconds = seconds_since(start);
        if (seconds < 0.1 && piece < steps) piece *= 2;
        if (seconds > 0.4 && piece > 1) piece /= 2;
        if (seconds > 0.05 || done == steps) progress.show(done);
    }
}

/// Calls `use` with the policy that was asked for.
template <class Use> void with_policy(const Options& options, const Use& use) {
    if (options.policy == "serial") return use(km::Serial{});
    if (options.policy == "fused") return use(km::Fused{});
    use(km::OpenMP{.threads = options.threads});
}

/// Calls `use` with the lattice operator that was asked for, which is stable.
template <class Use> void with_laplacian(const Options& options, const Use& use) {
    const auto checked = [&](const auto& laplacian) {
        check_stable(options, laplacian);
        use(laplacian);
    };
    if (options.coupling == "linear") return checked(km::LinearLaplacian{.K = options.K});
    checked(km::SineLaplacian{.K = options.K});
}

template <class T> struct Start {
    km::Field<T> theta;
    km::Field<T> omega; // no cells if it is one number
};

/// The initial phases and the frequencies: from files, or drawn.
template <class T, class Policy> Start<T> start_of(const Policy& policy, const Options& options, const Run& run) {
    const std::string shape = options.square
                                  ? "-N " + std::to_string(run.rows)
                                  : "--rows " + std::to_string(run.rows) + " --cols " + std::to_string(run.cols);
    Start<T> start;
    if (options.theta_file.empty()) {
        start.theta = reading(shape, [&] { return km::Field<T>(run.rows, run.cols); });
        km::uniform_phases(policy, start.theta, options.seed);
    } else {
        start.theta = reading("--theta", [&] { return km::read_npy<T>(options.theta_file); });
    }
    if (options.omega_number) return start;
    if (options.omega_file.empty()) {
        start.omega = reading(shape, [&] { return km::Field<T>(run.rows, run.cols); });
        km::normal_frequencies(policy, start.omega, 0.0, 1.0, options.seed);
    } else {
        start.omega = reading("--omega", [&] { return km::read_npy<T>(options.omega_file); });
    }
    return start;
}

/// Advances the phases under a policy; returns the seconds it took.
template <class T, class Policy>
double advance(const Policy& policy, const Options& options, const Run& run, Start<T>& start) {
    const km::Euler stepper{.dt = options.dt};
    const auto began = std::chrono::steady_clock::now();
    with_laplacian(options, [&](const auto& laplacian) {
        in_pieces(run.steps, [&](std::int64_t count, std::int64_t first) {
            if (options.omega_number)
                km::advance(policy, stepper, km::Model{laplacian, *options.omega_number}, start.theta, count, first);
            else
                km::advance(policy, stepper, km::Model{laplacian, start.omega}, start.theta, count, first);
        });
    });
    return seconds_since(began);
}

void print_summary(const Options& options, const Run& run, double seconds, double r) {
    const double cell_steps =
        static_cast<double>(run.rows) * static_cast<double>(run.cols) * static_cast<double>(run.steps);
    std::printf("grid          %td x %td cells, %s\n", run.rows, run.cols, run.is_float32 ? "float32" : "float64");
    std::printf("steps         %lld of dt = %s\n", static_cast<long long>(run.steps), text(options.dt).c_str());
    std::printf("time          %.12g\n", static_cast<double>(run.steps) * options.dt);
    std::printf("seconds       %.6g (%s)\n", seconds, options.policy.c_str());
    std::printf("cell-steps/s  %.4g\n", seconds > 0 ? cell_steps / seconds : 0.0);
    std::printf("r             %.9f\n", r);
    if (std::fflush(stdout) != 0) throw std::runtime_error("cannot write the summary to the standard output");
}

/// The whole run in one precision; all that can be wrong with the options is found before the first step.
template <class T> void simulate(const Options& options, const Run& run) {
    check_precision<T>(options);
    with_policy(options, [&](const auto& policy) {
        Start<T> start = start_of<T>(policy, options, run);
        const double seconds = advance(policy, options, run, start);
        if (!options.save_file.empty()) km::write_npy(options.save_file, start.theta);
        if (!options.picture_file.empty()) write_picture<T>(options.picture_file, start.theta);
        print_summary(options, run, seconds, km::order_parameter(policy, start.theta).r);
    });
}

/// Everything the command line asks for.
void run_program(int argc, char** argv) {
    const std::optional<Options> options = parse_options(argc, argv);
    if (!options) return;
    const Run run = resolve(*options);
    with_laplacian(*options, [](const auto&) {});
    check_output("--save", options->save_file);
    check_output("--picture", options->picture_file);
    check_different(options->save_file, options->picture_file);
    check_picture(options->picture_file, run.rows, run.cols);
    run.is_float32 ? simulate<float>(*options, run) : simulate<double>(*options, run);
}

/// One line on stderr, whatever the text contains.
int report(std::string message, int status) {
    for (char& c : message)
        if (static_cast<unsigned char>(c) < ' ' || c == '\x7f') c = '?';
    std::fprintf(stderr, "kuramoto-simulate: %s\n", message.c_str());
    return status;
}

} // namespace simulate

int main(int argc, char** argv) {
    try {
        simulate::run_program(argc, argv);
        return 0;
    } catch (const simulate::BadOption& error) {
        return simulate::report(error.what(), 2);
    } catch (const std::bad_alloc&) {
        return simulate::report("there is not enough memory", 1);
    } catch (const std::exception& error) {
        return simulate::report(error.what(), 1);
    }
}
