// A run: all that decides it, except for its fields. New runs are what the options describe.
#pragma once

#include "options.hpp"
#include "schedule.hpp"

#include <lattices.hpp>
#include <processes.hpp>

#include <kuramoto/kuramoto.hpp>
#include <kuramoto/npy.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <map>
#include <new>
#include <optional>
#include <string>

namespace simulate {

namespace km = kuramoto;

/// What decides a run, except for its fields. saved_run.hpp has a record for each member.
struct Run {
    std::ptrdiff_t rows = 100;
    std::ptrdiff_t cols = 100;
    bool is_float32 = false;
    Named coupling{"sine", {}};
    double K = 2;
    double lag = 0;
    double mean_field = 0; ///< K of the mean-field coupling, 1 / time; 0: none
    km::Boundary boundary;
    std::optional<double> omega; ///< the frequency of all cells that are there; none: a field
    bool has_mask = false;
    bool has_bonds = false; ///< whether their strengths differ
    bool has_inertia = false;
    std::optional<double> mass = 1;    ///< with inertia: m of all cells that are there; none: a field
    std::optional<double> damping = 0; ///< with inertia: γ of all cells that are there; none: a field
    std::string stepper = "euler";     ///< see is_noisy
    std::optional<double> noise = 0;   ///< D of all cells that are there, rad² / time; none: a field
    std::uint64_t seed = 1;
    double dt = 0.1;
    bool allow_unstable = false;
    double start_time = 0;                      ///< the time at step 0
    std::int64_t step = 0;                      ///< at which it begins
    std::map<std::string, std::string> sources; ///< of its fields: files and names, by what they are called in records
    std::optional<FrameTimes> recorded;         ///< when the frames of the record were taken before that
    std::int64_t last_step = 0;                 ///< not saved: a resumed run may be longer
    Cut cut;                                    ///< not saved: of its fields over the processes

    [[nodiscard]] double cells() const { return static_cast<double>(rows) * static_cast<double>(cols); }
    [[nodiscard]] double time_of(std::int64_t at) const { return start_time + static_cast<double>(at) * dt; }

    [[nodiscard]] bool has_noise() const { return noise != 0.0; }
    /// Whether the bonds have strengths: also where cells are missing.
    [[nodiscard]] bool has_strengths() const { return has_mask || has_bonds; }
    /// Whether the model takes the frequencies from a field.
    [[nodiscard]] bool has_omega_field() const { return !omega || has_mask; }
    /// Whether the model takes the damping from a field: missing cells have no noise, and thus no damping.
    [[nodiscard]] bool has_damping_field() const {
        return has_inertia && (!damping || (has_mask && has_noise() && *damping != 0));
    }
    /// Whether the stepper takes D from a field.
    [[nodiscard]] bool has_noise_field() const { return has_noise() && !has_inertia && (!noise || has_mask); }
};

/// Calls `use`, which reads or writes what an option names; whatever it throws is an error of that option.
template <class Use> auto naming(const std::string& option, const Use& use) {
    try {
        return use();
    } catch (const std::bad_alloc&) {
        throw BadOption(option + ": there is not enough memory for its cells");
    } catch (const std::exception& error) {
        throw BadOption(option + ": " + error.what());
    }
}
/// The same in all processes; what it throws in one, it throws in all.
template <class Use> auto reading(const std::string& option, const Use& use) {
    return naming(option, [&] { return together(use); });
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
    look_at("--omega", options.omega.file);
    look_at("--mask", options.mask_file);
    look_at("--bonds-east", options.east_file);
    look_at("--bonds-south", options.south_file);
    look_at(options.noise_name, options.noise.file);
    look_at("--inertia", options.mass.file);
    look_at("--damping", options.damping.file);
    look_at("--velocity", options.velocity_file);
    run.is_float32 = dtype == "float32";
}

/// Says where the fields of a new run are from.
inline void set_sources(const Options& options, Run& run) {
    const auto set = [&](const char* field, const std::string& file, const std::string& name) {
        if (!file.empty() || !name.empty()) run.sources[field] = file.empty() ? name : file;
    };
    set("theta", options.theta_file, options.initial ? options.initial->canonical() : "random");
    if (!run.omega)
        set("omega", options.omega.file, options.frequencies ? options.frequencies->canonical() : "normal:0,1");
    set("noise", options.noise.file, "");
    set("mask", options.mask_file, "");
    set("inertia", options.mass.file, "");
    set("damping", options.damping.file, "");
    set("velocity", options.velocity_file, "");
    set("bonds_east", options.east_file, "");
    set("bonds_south", options.south_file, "");
}

/// The run that the options describe.
inline Run new_run(const Options& options) {
    Run run;
    resolve_lattice(options, run);
    run.coupling = options.coupling.value_or(run.coupling);
    run.K = options.K.value_or(run.K);
    run.lag = options.lag.value_or(run.lag);
    run.mean_field = options.mean_field.value_or(run.mean_field);
    run.boundary = options.boundary.value_or(run.boundary);
    run.omega = options.omega.number;
    run.has_mask = !options.mask_file.empty();
    run.has_bonds = !options.east_file.empty() || !options.south_file.empty();
    run.has_inertia = options.mass.is_given();
    if (run.has_inertia) {
        run.mass = options.mass.number;
        run.damping = options.damping.number;
    }
    if (options.noise.is_given()) run.noise = options.noise.number;
    run.stepper = options.stepper.value_or(usual_stepper(run.has_inertia, run.has_noise()));
    run.seed = options.seed.value_or(run.seed);
    run.dt = options.dt.value_or(run.dt);
    run.allow_unstable = options.allow_unstable;
    run.last_step = steps_of(options, run.dt);
    set_sources(options, run);
    return run;
}

/// Throws unless the numbers can be held in the precision of the cells.
template <class T> void check_precision(const Run& run) {
    const auto check = [](const char* name, double value, bool must_be_positive) {
        const T rounded = static_cast<T>(value);
        if (!std::isfinite(rounded) || (must_be_positive && !(rounded > 0)))
            throw BadOption(std::string(name) + " " + text(value) + ": out of the range of float32");
    };
    check("-K", run.K, false);
    check("--dt", run.dt, true);
    check("--omega", run.omega.value_or(0), false);
    check("--noise", run.noise.value_or(0), false);
    check("--mean-field", run.mean_field, false);
    check("--inertia", run.mass.value_or(1), true);
    check("--damping", run.damping.value_or(0), false);
    for (const double amplitude : run.coupling.numbers) check("--coupling", amplitude, false);
}

} // namespace simulate
