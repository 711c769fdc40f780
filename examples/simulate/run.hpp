// What the options and the files come to: the lattice, the model, the steps, and the state at the beginning.
#pragma once

#include "mask.hpp"
#include "options.hpp"

#include <kuramoto/checkpoint.hpp>
#include <kuramoto/kuramoto.hpp>
#include <kuramoto/npy.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <new>
#include <optional>
#include <string>

namespace simulate {

namespace km = kuramoto;

/// What decides a run, except for its fields.
struct Run {
    std::ptrdiff_t rows = 100;
    std::ptrdiff_t cols = 100;
    bool is_float32 = false;
    std::string coupling = "sine";
    double lag = 0;
    double mean_field = 0;         ///< K of the coupling to all, 1 / time; 0: none
    std::string boundary = "zero"; ///< as --boundary has it
    std::string stepper = "euler";
    double noise = 0;             ///< D, rad² / time
    std::string mask;             ///< a sum of the cells that are missing; empty without a mask
    std::string frames;           ///< when the frames of the record are taken; empty without a record
    km::RunParameters parameters; ///< with the step at which it begins, and with all six in place of the coupling
    bool has_omega_field = true;
    std::int64_t last_step = 0;

    [[nodiscard]] double cells() const { return static_cast<double>(rows) * static_cast<double>(cols); }
    [[nodiscard]] double time_of(std::int64_t step) const {
        return parameters.start_time + static_cast<double>(step) * parameters.dt;
    }
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

/// The number of steps in T, which has to be a whole one except for rounding.
inline std::int64_t steps_of(const Options& options, double dt) {
    if (options.steps) return *options.steps;
    const double T = options.T.value_or(10.0);
    const double ratio = T / dt;
    const std::string names = "-T " + text(T) + ": ";
    const std::string each = "steps of --dt " + text(dt);
    if (!(ratio < 0x1p53)) throw BadOption(names + "too many " + each);
    const double whole = std::round(ratio);
    if (std::fabs(ratio - whole) > 1e-9 * std::fmax(1.0, ratio))
        throw BadOption(names + "not a whole number of " + each + ", but " + text(ratio));
    return static_cast<std::int64_t>(whole);
}

/// Throws unless the rows and columns that were asked for are those of the file.
inline void check_shape(const Options& options, const std::string& file, std::ptrdiff_t rows, std::ptrdiff_t cols) {
    const auto check = [&](const char* name, std::optional<std::ptrdiff_t> asked, std::ptrdiff_t extent) {
        if (asked && *asked != extent)
            throw BadOption(std::string(name) + " " + std::to_string(*asked) + ": " + file + " has " +
                            std::to_string(rows) + " x " + std::to_string(cols) + " cells");
    };
    check("-N", options.square, rows);
    check("-N", options.square, cols);
    check("--rows", options.rows, rows);
    check("--cols", options.cols, cols);
}

/// The shape and the precision, from the options and the files, which have to agree.
inline void resolve_lattice(const Options& options, Run& run) {
    run.rows = options.square.value_or(options.rows.value_or(100));
    run.cols = options.square.value_or(options.cols.value_or(100));
    std::string dtype = options.dtype;
    std::string wanted_by = "--dtype " + options.dtype;
    std::string shaped_by;
    const auto look_at = [&](const std::string& option, const std::string& name) {
        if (name.empty()) return;
        const std::string file = option + " " + name;
        const km::NpyInfo info = reading(option, [&] { return km::npy_info(name); });
        check_shape(options, file, info.rows, info.cols);
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
    look_at("--mask", options.mask_file);
    run.is_float32 = dtype == "float32";
}

/// The sum of a mask; none without a file.
inline std::string sum_of_mask(const std::string& name, bool is_float32) {
    if (name.empty()) return "";
    return reading("--mask",
                   [&] { return is_float32 ? sum_of(km::read_npy<float>(name)) : sum_of(km::read_npy<double>(name)); });
}

/// What a checkpoint says of the model: the coupling, and all that is not as usual.
inline std::string description_of(const Run& run) {
    std::string description = run.coupling;
    if (run.lag != 0) description += "; lag " + text(run.lag);
    if (run.mean_field != 0) description += "; mean-field " + text(run.mean_field);
    if (run.boundary != "zero") description += "; boundary " + run.boundary;
    if (run.stepper != "euler") description += "; stepper " + run.stepper;
    if (run.noise != 0) description += "; noise " + text(run.noise);
    if (!run.mask.empty()) description += "; mask " + run.mask;
    if (!run.frames.empty()) description += "; record " + run.frames;
    return description;
}

/// The part of a description behind "; <name> ", or what it is without one.
inline std::string part_of(const std::string& description, const std::string& name, const std::string& usual) {
    const std::string mark = "; " + name + " ";
    const std::size_t begin = description.find(mark);
    if (begin == std::string::npos) return usual;
    const std::string rest = description.substr(begin + mark.size());
    return rest.substr(0, rest.find(';'));
}

/// The number of a part of a description; 0 without one.
inline double number_part_of(const std::string& file, const std::string& description, const std::string& name) {
    const std::optional<double> number = parsed<double>(part_of(description, name, "0"));
    if (!number) throw BadOption(file + ": its " + name + " is not a number");
    return *number;
}

/// A new run.
inline Run new_run(const Options& options) {
    Run run;
    resolve_lattice(options, run);
    run.coupling = options.coupling.value_or("sine");
    run.lag = options.lag.value_or(0.0);
    run.mean_field = options.mean_field.value_or(0.0);
    run.boundary = options.boundary.value_or("zero");
    run.stepper = options.stepper.value_or("euler");
    run.noise = options.noise.value_or(0.0);
    run.mask = sum_of_mask(options.mask_file, run.is_float32);
    run.parameters.coupling = description_of(run);
    run.parameters.K = options.K.value_or(2.0);
    run.parameters.dt = options.dt.value_or(0.1);
    run.parameters.seed = options.seed.value_or(1);
    run.parameters.omega = options.omega_number.value_or(0.0);
    run.has_omega_field = !options.uniform_omega();
    run.last_step = steps_of(options, run.parameters.dt);
    return run;
}

/// Throws unless this program knows the model of a checkpoint.
inline void check_model(const std::string& file, const Run& run) {
    static_cast<void>(reading(file, [&] { return parsed_coupling(run.coupling); }));
    if (run.stepper != "euler" && run.stepper != "heun" && run.stepper != "rk4")
        throw BadOption(file + ": its stepper '" + run.stepper + "' is not one of euler|heun|rk4");
    if (run.noise != 0 && (!(run.noise > 0) || run.stepper != "euler"))
        throw BadOption(file + ": there is no noise " + text(run.noise) + " with the stepper " + run.stepper);
    if (run.mean_field != 0 && !run.mask.empty()) throw BadOption(file + ": there is no coupling to all with a mask");
    static_cast<void>(reading(file, [&] { return parsed_boundary(run.boundary); }));
}

/// Throws unless the mask is the one with which a run was saved.
inline void check_mask(const Options& options, const km::CheckpointInfo& info, const std::string& file,
                       const std::string& saved) {
    if (options.mask_file.empty()) {
        if (!saved.empty()) throw BadOption(file + ": its run has a --mask, which has to be given again");
        return;
    }
    const std::string given = "--mask " + options.mask_file + ": ";
    if (saved.empty()) throw BadOption(given + "the run of " + file + " has none");
    const km::NpyInfo mask = reading("--mask", [&] { return km::npy_info(options.mask_file); });
    const bool is_alike = mask.rows == info.rows && mask.cols == info.cols && mask.bits == info.bits;
    if (!is_alike || sum_of_mask(options.mask_file, info.bits == 32) != saved)
        throw BadOption(given + "the run of " + file + " has another one");
}

/// The rest of a run that was saved. What the options say of the model has to be what the checkpoint says.
inline Run resumed_run(const Options& options) {
    const std::string file = "--resume " + options.resume_file;
    const km::CheckpointInfo info = reading("--resume", [&] { return km::checkpoint_info(options.resume_file); });
    const auto agree = [&](bool does, const std::string& asked, const std::string& found) {
        if (!does) throw BadOption(asked + ": the run of " + file + " has " + found);
    };
    const km::RunParameters& saved = info.run;
    const std::string dtype = info.bits == 32 ? "float32" : "float64";
    check_shape(options, file, info.rows, info.cols);
    agree(options.dtype.empty() || options.dtype == dtype, "--dtype " + options.dtype, dtype);
    Run run;
    run.rows = info.rows;
    run.cols = info.cols;
    run.is_float32 = info.bits == 32;
    run.coupling = saved.coupling.substr(0, saved.coupling.find(';'));
    run.lag = number_part_of(file, saved.coupling, "lag");
    run.mean_field = number_part_of(file, saved.coupling, "mean-field");
    run.boundary = part_of(saved.coupling, "boundary", "zero");
    run.stepper = part_of(saved.coupling, "stepper", "euler");
    run.noise = number_part_of(file, saved.coupling, "noise");
    const auto agree_on = [&](const char* option, const std::optional<std::string>& asked, const std::string& found) {
        agree(asked.value_or(found) == found, std::string(option) + " " + asked.value_or(""), found);
    };
    agree_on("--coupling", options.coupling, run.coupling);
    agree(options.lag.value_or(run.lag) == run.lag, "--lag " + text(options.lag.value_or(0)), text(run.lag));
    agree(options.mean_field.value_or(run.mean_field) == run.mean_field,
          "--mean-field " + text(options.mean_field.value_or(0)), text(run.mean_field));
    agree_on("--boundary", options.boundary, run.boundary);
    agree_on("--stepper", options.stepper, run.stepper);
    agree(options.noise.value_or(run.noise) == run.noise, "--noise " + text(options.noise.value_or(0)),
          text(run.noise));
    run.mask = part_of(saved.coupling, "mask", "");
    check_mask(options, info, file, run.mask);
    run.frames = part_of(saved.coupling, "record", "");
    agree(options.K.value_or(saved.K) == saved.K, "-K " + text(options.K.value_or(0)), text(saved.K));
    agree(options.dt.value_or(saved.dt) == saved.dt, "--dt " + text(options.dt.value_or(0)), text(saved.dt));
    agree(options.seed.value_or(saved.seed) == saved.seed, "--seed " + std::to_string(options.seed.value_or(0)),
          std::to_string(saved.seed));
    agree(!options.uniform_omega() || (!info.has_omega_field && *options.omega_number == saved.omega),
          "--omega " + text(options.omega_number.value_or(0)), info.has_omega_field ? "a field" : text(saved.omega));
    check_model(file, run);
    run.parameters = saved;
    run.has_omega_field = info.has_omega_field;
    run.last_step = steps_of(options, saved.dt);
    if (run.last_step < saved.step)
        throw BadOption(
            (options.steps ? "--steps " + std::to_string(*options.steps) : "-T " + text(options.T.value_or(10.0))) +
            ": " + file + " is at step " + std::to_string(saved.step) + " already");
    return run;
}

/// Throws if the model has not what the options ask for.
inline void check_possible(const Options& options, const Run& run) {
    if (options.wants("energy") && (run.coupling != "sine" || run.lag != 0 || run.mean_field != 0))
        throw BadOption("--observables energy: only the sine without a lag has one, and no coupling to all");
    const auto is_large = [](std::ptrdiff_t extent) { return static_cast<std::uint64_t>(extent) >> 32 != 0; };
    if (run.noise != 0 && (is_large(run.rows) || is_large(run.cols)))
        throw BadOption("--noise " + text(run.noise) + ": only fewer than 2^32 rows and columns have noise");
}

inline Run resolve(const Options& options) {
    const Run run = options.resume_file.empty() ? new_run(options) : resumed_run(options);
    check_possible(options, run);
    return run;
}

/// Throws unless the numbers can be held in the precision of the cells.
template <class T> void check_precision(const Run& run) {
    const auto check = [](const char* name, double value, bool must_be_positive) {
        const T rounded = static_cast<T>(value);
        if (!std::isfinite(rounded) || (must_be_positive && !(rounded > 0)))
            throw BadOption(std::string(name) + " " + text(value) + ": out of the range of float32");
    };
    check("-K", run.parameters.K, false);
    check("--dt", run.parameters.dt, true);
    check("--omega", run.parameters.omega, false);
    check("--noise", run.noise, false);
    check("--mean-field", run.mean_field, false);
    for (const double amplitude : parsed_coupling(run.coupling).numbers) check("--coupling", amplitude, false);
}

/// The phases and the frequencies.
template <class T> struct State {
    km::Field<T> theta;
    km::Field<T> omega; // no cells if it is one number
    Mask<T> mask;
};

/// Those at the beginning: saved, from files, or drawn.
template <class T, class Policy> State<T> state_of(const Policy& policy, const Options& options, const Run& run) {
    State<T> state;
    if (!run.mask.empty())
        state.mask = reading("--mask", [&] { return Mask<T>(km::read_npy<T>(options.mask_file), run.noise); });
    if (!options.resume_file.empty()) {
        km::Checkpoint<T> saved = reading("--resume", [&] { return km::read_checkpoint<T>(options.resume_file); });
        state.theta = std::move(saved.theta);
        state.omega = std::move(saved.omega);
        return state;
    }
    const std::string shape = options.square
                                  ? "-N " + std::to_string(run.rows)
                                  : "--rows " + std::to_string(run.rows) + " --cols " + std::to_string(run.cols);
    const auto empty = [&] { return reading(shape, [&] { return km::Field<T>(run.rows, run.cols); }); };
    const auto read = [](const std::string& option, const std::string& name) {
        return reading(option, [&] { return km::read_npy<T>(name); });
    };
    if (options.theta_file.empty()) {
        state.theta = empty();
        const Named pattern = options.initial.value_or(parsed_initial("random"));
        reading("--initial " + pattern.canonical(),
                [&] { fill_initial(policy, state.theta, pattern, run.parameters.seed); });
    } else {
        state.theta = read("--theta", options.theta_file);
    }
    if (!run.has_omega_field) return state;
    if (options.omega_number) {
        state.omega = empty();
        km::equal_frequencies(policy, state.omega, *options.omega_number);
    } else if (options.omega_file.empty()) {
        state.omega = empty();
        const Named names = options.frequencies.value_or(Named{"normal", {0, 1}});
        reading("--frequencies " + names.canonical(),
                [&] { fill_frequencies(policy, state.omega, names, run.parameters.seed); });
    } else {
        state.omega = read("--omega", options.omega_file);
    }
    state.mask.put(T{0}, state.omega);
    return state;
}

} // namespace simulate
