// The state at the beginning of a run: saved, read from files, or drawn.
#pragma once

#include "initial.hpp"
#include "mask.hpp"
#include "run.hpp"
#include "state.hpp"

#include <kuramoto/checkpoint.hpp>
#include <kuramoto/kuramoto.hpp>
#include <kuramoto/npy.hpp>

#include <cmath>
#include <cstddef>
#include <stdexcept>
#include <string>

namespace simulate {

/// A field without values. Without memory for it, the error names the options of the shape.
template <class T> km::Field<T> field_of(const Options& options, const Run& run) {
    const std::string shape = options.square
                                  ? "-N " + std::to_string(run.rows)
                                  : "--rows " + std::to_string(run.rows) + " --cols " + std::to_string(run.cols);
    return reading(shape, [&] { return km::Field<T>(run.rows, run.cols); });
}

/// The field in the file of an option.
template <class T> km::Field<T> read_field(const std::string& option, const std::string& name) {
    return reading(option, [&] { return km::read_npy<T>(name); });
}

template <class T, class Policy>
km::Field<T> initial_theta(const Policy& policy, const Options& options, const Run& run) {
    if (!options.theta_file.empty()) return read_field<T>("--theta", options.theta_file);
    km::Field<T> theta = field_of<T>(options, run);
    const Named pattern = options.initial.value_or(parsed_initial("random"));
    reading("--initial " + pattern.canonical(), [&] { fill_initial(policy, theta, pattern, run.seed); });
    return theta;
}

/// The frequencies that the options ask for, where they are a field.
template <class T, class Policy>
km::Field<T> asked_omega(const Policy& policy, const Options& options, const Run& run, const Mask<T>& mask) {
    km::Field<T> omega;
    if (!options.omega_file.empty()) {
        omega = read_field<T>("--omega", options.omega_file);
    } else {
        omega = field_of<T>(options, run);
        const Named names = options.frequencies.value_or(Named{"normal", {0, 1}});
        reading("--frequencies " + names.canonical(), [&] { fill_frequencies(policy, omega, names, run.seed); });
    }
    mask.put(T{0}, omega);
    return omega;
}

/// One number for all cells that are there, and `missing` for the others.
template <class T, class Policy>
km::Field<T> equal_field(const Policy& policy, const Options& options, const Run& run, const Mask<T>& mask,
                         double number, T missing) {
    km::Field<T> field = field_of<T>(options, run);
    km::equal_frequencies(policy, field, number);
    mask.put(missing, field);
    return field;
}

/// Whether all cells of two fields of one shape have the same values, or both are NaN.
template <class T> bool have_same_values(const km::Field<T>& a, const km::Field<T>& b) {
    const auto are_same = [](T x, T y) { return x == y || (std::isnan(x) && std::isnan(y)); };
    for (std::ptrdiff_t i = 0; i < a.rows() && !a.empty(); ++i)
        for (std::ptrdiff_t j = 0; j < a.cols(); ++j)
            if (!are_same(a(i, j), b(i, j))) return false;
    return true;
}

/// Throws unless the files and the random numbers that the options name are the fields of the saved run.
template <class T, class Policy>
void check_fields(const Policy& policy, const Options& options, const Run& run, const State<T>& state) {
    const auto refuse = [&](const std::string& asked) {
        throw BadOption(asked + ": the run of --resume " + options.resume_file + " has another one");
    };
    const auto check_kind = [&](const std::string& option, const std::string& name) {
        const km::NpyInfo info = reading(option, [&] { return km::npy_info(name); });
        if (info.rows != run.rows || info.cols != run.cols || (info.bits == 32) != run.is_float32)
            refuse(option + " " + name);
    };
    if (!options.mask_file.empty()) {
        check_kind("--mask", options.mask_file);
        if (!are_equal(read_field<T>("--mask", options.mask_file), state.mask.cells()))
            refuse("--mask " + options.mask_file);
    }
    if (!options.omega_file.empty()) check_kind("--omega", options.omega_file);
    if (options.omega_file.empty() && !options.frequencies) return;
    if (!have_same_values(asked_omega(policy, options, run, state.mask), state.omega))
        refuse(options.frequencies ? "--frequencies " + options.frequencies->canonical()
                                   : "--omega " + options.omega_file);
}

/// The state of a saved run.
template <class T, class Policy> State<T> saved_state(const Policy& policy, const Options& options, const Run& run) {
    State<T> state;
    reading("--resume", [&] {
        km::Checkpoint saved = km::read_checkpoint(options.resume_file);
        if (saved.integer("step") != run.step)
            throw std::runtime_error("'" + options.resume_file + "' was replaced while it was read");
        if (run.has_mask) state.mask = Mask<T>(saved.take_field<T>("mask"));
        state.theta = saved.take_field<T>("theta");
        if (!run.omega) state.omega = saved.take_field<T>("omega");
    });
    check_fields(policy, options, run, state);
    return state;
}

/// Fills the fields of the model that are constant, or that follow from the mask.
template <class T, class Policy>
void complete(const Policy& policy, const Options& options, const Run& run, State<T>& state) {
    const auto equal = [&](double number, T missing) {
        return equal_field(policy, options, run, state.mask, number, missing);
    };
    if (run.omega && run.has_omega_field()) state.omega = equal(*run.omega, T{0});
    if (run.has_noise_field()) state.noise = equal(run.noise, T{0});
    if (!run.has_fields()) return;
    state.east = equal(1, T{0});
    state.south = equal(1, T{0});
    if (state.mask.is_given()) km::remove_cells(state.mask.cells(), state.east, state.south);
}

/// The state at the beginning of a run.
template <class T, class Policy> State<T> state_of(const Policy& policy, const Options& options, const Run& run) {
    State<T> state;
    if (!options.resume_file.empty()) {
        state = saved_state<T>(policy, options, run);
    } else {
        if (run.has_mask) state.mask = reading("--mask", [&] { return Mask<T>(km::read_npy<T>(options.mask_file)); });
        state.theta = initial_theta<T>(policy, options, run);
        if (!run.omega) state.omega = asked_omega(policy, options, run, state.mask);
    }
    complete(policy, options, run, state);
    return state;
}

} // namespace simulate
