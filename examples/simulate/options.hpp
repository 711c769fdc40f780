// The options of kuramoto-simulate: what they are, what may be given, and the one line that says what is wrong.
#pragma once

#include <kuramoto/version.hpp>

#include <CLI/CLI.hpp>

#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <initializer_list>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>

namespace simulate {

/// An option, a combination of options or a file that cannot be: the program ends with 2 and has written nothing.
struct BadOption : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// What was asked for. An empty optional or name was not given.
struct Options {
    std::optional<std::ptrdiff_t> square; ///< -N
    std::optional<std::ptrdiff_t> rows;
    std::optional<std::ptrdiff_t> cols;
    double K = 2.0;
    std::optional<double> T;
    double dt = 0.1;
    std::optional<std::int64_t> steps;
    std::string dtype;
    std::string policy = "openmp";
    int threads = 0;
    std::string coupling = "sine";
    std::uint64_t seed = 1;
    std::string theta_file;
    std::string omega_file;
    std::optional<double> omega_number;
    std::string save_file;
    std::string picture_file;
    bool allow_unstable = false;
};

/// The shortest text that reads back as `number`.
inline std::string text(double number) {
    char buffer[32];
    return std::string(buffer, std::to_chars(buffer, buffer + sizeof buffer, number).ptr);
}

/// The whole text as a number; nothing if it is none, or out of the range of Number.
template <class Number> std::optional<Number> parsed(const std::string& given) {
    Number number{};
    const char* const end = given.data() + given.size();
    const auto [stop, error] = std::from_chars(given.data(), end, number);
    if (error != std::errc{} || stop != end) return std::nullopt;
    return number;
}

/// Whether the text reads as a number, but one too large or too small for a double.
inline bool is_beyond_double(const std::string& given) {
    double number = 0;
    const char* const end = given.data() + given.size();
    const auto [stop, error] = std::from_chars(given.data(), end, number);
    return error == std::errc::result_out_of_range && stop == end;
}

/// Defines options of a CLI::App that take one value and may be given once.
class Definer {
  public:
    explicit Definer(CLI::App& app) : app_(app) {}

    /// Any text.
    void text_option(const std::string& name, const std::string& unit, const std::string& initially,
                     const std::string& help, const std::function<void(const std::string&)>& use) {
        const auto once = [name, use](const CLI::results_t& given) {
            if (given.size() > 1) throw BadOption(name + " is given more than once: " + given[0] + ", " + given[1]);
            if (given[0].empty()) throw BadOption(name + " '': must not be empty");
            use(given[0]);
            return true;
        };
        app_.add_option(name, once, help + " [default: " + initially + "]")
            ->type_name(unit)
            ->expected(1)
            ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    }

    /// A finite number, from `least` to `most`.
    template <class Number, class Target>
    void number_option(const std::string& name, const std::string& unit, const std::string& initially,
                       const std::string& help, Target& target, Number least, Number most) {
        text_option(name, unit, initially, help, [name, &target, least, most](const std::string& given) {
            const auto number = parsed<Number>(given);
            if (!number || !(*number >= least) || !(*number <= most))
                throw BadOption(name + " " + given + ": must be " + kind_of(least, most));
            target = *number;
        });
    }

    /// One of a few words.
    void choice_option(const std::string& name, const std::string& initially, const std::string& help,
                       std::string& target, std::initializer_list<const char*> words) {
        std::string list;
        for (const char* word : words) list += (list.empty() ? "" : "|") + std::string(word);
        text_option(name, list, initially, help, [name, list, &target](const std::string& given) {
            if (given.find('|') != std::string::npos || ("|" + list + "|").find("|" + given + "|") == std::string::npos)
                throw BadOption(name + " " + given + ": must be one of " + list);
            target = given;
        });
    }

    /// On if given.
    void flag_option(const std::string& name, const std::string& initially, const std::string& help, bool& target) {
        app_.add_flag(name, target, help + " [default: " + initially + "]");
    }

  private:
    static std::string kind_of(double least, double most) {
        if (least > 0) return "a positive number";
        if (least == 0) return "a number that is not negative";
        return "a number of at most " + text(most) + " in magnitude";
    }
    template <class Integer> static std::string kind_of(Integer least, Integer most) {
        return "a whole number from " + std::to_string(least) + " to " + std::to_string(most);
    }

    CLI::App& app_;
};

inline void define_lattice(Definer& define, Options& options) {
    constexpr auto most = std::numeric_limits<std::ptrdiff_t>::max();
    const std::string extent = "that of --theta or --omega, else 100";
    define.number_option<std::ptrdiff_t>("-N", "CELLS", "none", "Rows and columns of a square; excludes the next two",
                                         options.square, 0, most);
    define.number_option<std::ptrdiff_t>("--rows", "CELLS", extent, "Rows", options.rows, 0, most);
    define.number_option<std::ptrdiff_t>("--cols", "CELLS", extent, "Columns", options.cols, 0, most);
    define.text_option("--theta", "FILE.npy", "random, uniform in [0, 2 pi)", "Initial phases, rad",
                       [&options](const std::string& given) { options.theta_file = given; });
    define.text_option("--omega", "FILE.npy|NUMBER", "random, normal, mean 0, deviation 1",
                       "Natural frequencies, rad/time", [&options](const std::string& given) {
                           options.omega_number = parsed<double>(given);
                           if (!options.omega_number) options.omega_file = given;
                           if (is_beyond_double(given) ||
                               (options.omega_number && !std::isfinite(*options.omega_number)))
                               throw BadOption("--omega " + given + ": must be a finite number, or a file");
                       });
    define.number_option<std::uint64_t>("--seed", "NUMBER", "1", "Seed of what is random", options.seed, 0,
                                        std::numeric_limits<std::uint64_t>::max());
}

inline void define_model(Definer& define, Options& options) {
    constexpr double most = std::numeric_limits<double>::max();
    define.number_option<double>("-K", "1/TIME", "2", "Coupling strength", options.K, -most, most);
    define.choice_option("--coupling", "sine", "Flux of a bond as a function of its phase difference", options.coupling,
                         {"sine", "linear"});
    define.number_option<double>("-T", "TIME", "10", "Time to simulate, a whole number of steps", options.T, 0.0, most);
    define.number_option<double>("--dt", "TIME", "0.1", "Time step; stable up to 1 / (4 |K|)", options.dt,
                                 std::numeric_limits<double>::min(), most);
    define.number_option<std::int64_t>("--steps", "STEPS", "T / dt", "Number of time steps; excludes -T", options.steps,
                                       0, std::numeric_limits<std::int64_t>::max());
    define.flag_option("--allow-unstable", "refuse it", "Accept a --dt beyond the stable one", options.allow_unstable);
}

inline void define_work(Definer& define, Options& options) {
    define.choice_option("--dtype", "that of --theta or --omega, else float64", "Precision of cells and files",
                         options.dtype, {"float32", "float64"});
    define.choice_option("--policy", "openmp", "One array pass a term; fused passes; fused passes on threads",
                         options.policy, {"serial", "fused", "openmp"});
    define.number_option<int>("--threads", "THREADS", "0",
                              "Threads of --policy openmp; 0: OMP_NUM_THREADS, or one a core", options.threads, 0,
                              1024);
    const auto keep = [](std::string& target) { return [&target](const std::string& given) { target = given; }; };
    define.text_option("--save", "FILE.npy", "not written", "The final phases, rad, never wrapped",
                       keep(options.save_file));
    define.text_option("--picture", "FILE.png", "not written", "A picture of the final phases, a pixel a cell",
                       keep(options.picture_file));
}

inline void check_together(const Options& options) {
    const auto exclude = [](const std::string& a, const std::string& b) {
        throw BadOption(a + " and " + b + " exclude each other");
    };
    if (options.square && options.rows)
        exclude("-N " + std::to_string(*options.square), "--rows " + std::to_string(*options.rows));
    if (options.square && options.cols)
        exclude("-N " + std::to_string(*options.square), "--cols " + std::to_string(*options.cols));
    if (options.threads != 0 && options.policy != "openmp")
        throw BadOption("--threads " + std::to_string(options.threads) + ": --policy " + options.policy +
                        " works on one thread");
    if (options.T && options.steps) exclude("-T " + text(*options.T), "--steps " + std::to_string(*options.steps));
}

/// Reads the command line; nothing if it asked for the help or the version, which is then printed. Throws BadOption.
inline std::optional<Options> parse_options(int argc, char** argv) {
    CLI::App app("Oscillators on a lattice: d theta/dt = omega + K div f(grad theta), f = sin or identity, zero flux "
                 "across the edges, by Euler's method. Step n is at time n dt.",
                 "kuramoto-simulate");
    app.footer(
        "A --theta or --omega FILE.npy has two dimensions and float32 or float64; a file whose name is a number: "
        "./5.\nRandom fields depend on the seed alone. --policy fused and openmp give the same bits for any number "
        "of threads.\nIn a picture the hue is the phase: 0 and 2 pi are the same red, pi is a bluish green; grey "
        "is no phase (NaN).\nThe summary on the standard output: grid, steps, time, seconds, cell-steps per "
        "second, and r, the order\nparameter. Exit codes: 2, an option or a file is wrong, nothing was written; "
        "1, the run or the writing failed.");
    app.set_version_flag("--version", std::to_string(kuramoto::version_major) + "." +
                                          std::to_string(kuramoto::version_minor) + "." +
                                          std::to_string(kuramoto::version_patch));
    Options options;
    Definer define(app);
    define_lattice(define, options);
    define_model(define, options);
    define_work(define, options);
    try {
        app.parse(argc, argv);
    } catch (const CLI::Success& asked) {
        app.exit(asked);
        return std::nullopt;
    } catch (const CLI::Error& error) {
        throw BadOption(error.what());
    }
    check_together(options);
    return options;
}

} // namespace simulate
