// The run that the options ask for: a new one, or the rest of a saved one.
#pragma once

#include "edges.hpp"
#include "saved_run.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace simulate {

/// Throws unless every option that describes the model has the value of the saved run. Values are compared, not texts.
/// Options that name a file or random numbers are compared with the fields in state.hpp.
inline void check_agreement(const Options& options, const Run& run) {
    const std::string file = "--resume " + options.resume_file;
    const auto check = [&](bool agrees, const std::string& asked, const std::string& found) {
        if (!agrees) throw BadOption(asked + ": the run of " + file + " has " + found);
    };
    const auto check_number = [&](const std::string& option, const std::optional<double>& asked, double found) {
        if (asked) check(*asked == found, option + " " + text(*asked), text(found));
    };
    check_shape(options, file, run.rows, run.cols);
    const std::string dtype = run.is_float32 ? "float32" : "float64";
    if (!options.dtype.empty()) check(options.dtype == dtype, "--dtype " + options.dtype, dtype);
    if (options.coupling)
        check(*options.coupling == run.coupling, "--coupling " + options.coupling->canonical(),
              run.coupling.canonical());
    check_number("-K", options.K, run.K);
    check_number("--lag", options.lag, run.lag);
    check_number("--mean-field", options.mean_field, run.mean_field);
    if (options.boundary)
        check(are_equal(*options.boundary, run.boundary), "--boundary " + text_of(*options.boundary),
              text_of(run.boundary));
    const auto check_quantity = [&](const std::string& option, const NumberOrFile& asked,
                                    const std::optional<double>& found) {
        if (asked.is_given() && (asked.number || found))
            check(asked.number == found, option + " " + asked.given(), found ? text(*found) : "a field");
    };
    check_quantity("--omega", options.omega, run.omega);
    if (run.has_inertia) {
        check_quantity("--inertia", options.mass, run.mass);
        check_quantity("--damping", options.damping, run.damping);
    } else {
        check(!options.mass.is_given(), "--inertia " + options.mass.given(), "none");
        check(!options.damping.is_given(), "--damping " + options.damping.given(), "none");
    }
    if (run.omega && options.frequencies)
        check(false, "--frequencies " + options.frequencies->canonical(), text(*run.omega));
    if (!run.has_mask) check(options.mask_file.empty(), "--mask " + options.mask_file, "none");
    if (!run.has_bonds) check(options.east_file.empty(), "--bonds-east " + options.east_file, "none");
    if (!run.has_bonds) check(options.south_file.empty(), "--bonds-south " + options.south_file, "none");
    if (options.stepper) check(*options.stepper == run.stepper, "--stepper " + *options.stepper, run.stepper);
    check_quantity(options.noise_name, options.noise, run.noise);
    if (options.seed)
        check(*options.seed == run.seed, "--seed " + std::to_string(*options.seed), std::to_string(run.seed));
    check_number("--dt", options.dt, run.dt);
}

/// The rest of a saved run, to the last step that the options ask for.
inline Run resumed_run(const Options& options) {
    Run run = reading("--resume", [&] { return SavedRun(options.resume_file).run(); });
    check_agreement(options, run);
    run.allow_unstable = run.allow_unstable || options.allow_unstable;
    run.last_step = steps_of(options, run.dt);
    if (run.last_step >= run.step) return run;
    const std::string asked =
        options.steps ? "--steps " + std::to_string(*options.steps) : "-T " + text(options.T.value_or(10.0));
    throw BadOption(asked + ": --resume " + options.resume_file + " is at step " + std::to_string(run.step) +
                    " already");
}

/// Throws if the model does not have what the options ask for.
inline void check_possible(const Options& options, const Run& run) {
    if (options.wants("energy") && (run.coupling.name != "sine" || run.lag != 0 || run.mean_field != 0))
        throw BadOption(
            "--observables energy: only --coupling sine has one, without --lag and without mean-field coupling");
    if (!run.has_inertia) {
        if (options.wants("temperature")) throw BadOption("--observables temperature: needs --inertia");
        if (!options.save_velocity_file.empty())
            throw BadOption("--save-velocity " + options.save_velocity_file + ": the run has no --inertia");
    }
    if (options.wants("helicity")) {
        const auto require = [&](bool is_so, const std::string& what) {
            if (!is_so) throw BadOption("--observables helicity: " + what);
        };
        require(run.coupling.name == "sine" && run.lag == 0 && run.mean_field == 0,
                "only --coupling sine has one, without --lag and without mean-field coupling");
        require(run.omega == 0.0, "needs --omega 0, equal natural frequencies");
        require(run.noise.value_or(0) > 0, "needs --temperature T, one positive number");
    }
    const auto is_large = [](std::ptrdiff_t extent) { return static_cast<std::uint64_t>(extent) >> 32 != 0; };
    if (run.has_noise() && (is_large(run.rows) || is_large(run.cols)))
        throw BadOption(options.noise_name + (" " + (run.noise ? text(*run.noise) : options.noise.file)) +
                        ": only fewer than 2^32 rows and columns have noise");
}

inline Run resolve(const Options& options) {
    Run run = options.resume_file.empty() ? new_run(options) : resumed_run(options);
    check_possible(options, run);
    run.cut = cut_of(options, run.rows, run.cols);
    return run;
}

} // namespace simulate
