// The state at the beginning of a run: saved, read from files, or drawn.
#pragma once

#include "initial.hpp"
#include "mask.hpp"
#include "run.hpp"
#include "state.hpp"

#include <lattices.hpp>
#include <processes.hpp>

#include <kuramoto/kuramoto.hpp>
#include <kuramoto/npy.hpp>

#include <cmath>
#include <cstddef>
#include <limits>
#include <stdexcept>
#include <string>
#include <utility>

namespace simulate {

/// A field without values. Without memory for it, the error names the options of the shape.
template <class T> Lattice<T> field_of(const Options& options, const Run& run) {
    const std::string shape = options.square
                                  ? "-N " + std::to_string(run.rows)
                                  : "--rows " + std::to_string(run.rows) + " --cols " + std::to_string(run.cols);
    return reading(shape, [&] { return lattice_of<T>(run.cut); });
}

/// The field in the file of an option.
template <class T> Lattice<T> read_field(const std::string& option, const std::string& name, const Run& run) {
    return reading(option, [&] { return read_lattice<T>(name, run.cut); });
}

template <class T, class Policy>
Lattice<T> initial_theta(const Policy& policy, const Options& options, const Run& run) {
    if (!options.theta_file.empty()) return read_field<T>("--theta", options.theta_file, run);
    Lattice<T> theta = field_of<T>(options, run);
    const Named pattern = options.initial.value_or(parsed_initial("random"));
    reading("--initial " + pattern.canonical(), [&] { fill_initial(policy, argument(theta), pattern, run.seed); });
    return theta;
}

/// One number for all cells that are there, and `missing` for the others.
template <class T, class Policy>
Lattice<T> equal_field(const Policy& policy, const Options& options, const Run& run, const Mask<T>& mask, double number,
                       T missing) {
    Lattice<T> field = field_of<T>(options, run);
    km::equal_frequencies(policy, argument(field), number);
    mask.put(missing, field);
    return field;
}

/// The frequencies that the options ask for, where they are a field.
template <class T, class Policy>
Lattice<T> asked_omega(const Policy& policy, const Options& options, const Run& run, const Mask<T>& mask) {
    Lattice<T> omega;
    if (!options.omega.file.empty()) {
        omega = read_field<T>("--omega", options.omega.file, run);
    } else {
        omega = field_of<T>(options, run);
        const Named names = options.frequencies.value_or(Named{"normal", {0, 1}});
        reading("--frequencies " + names.canonical(),
                [&] { fill_frequencies(policy, argument(omega), names, run.seed); });
    }
    mask.put(T{0}, omega);
    return omega;
}

/// The first cell that is not finite, or less than `least`.
template <class T> std::optional<Found<T>> first_bad(const Run& run, const Lattice<T>& field, T least) {
    const km::Grid<const T> cells = here(field);
    const Origin origin = origin_of(field);
    const auto find = [&]() -> std::optional<Found<T>> {
        for (std::ptrdiff_t i = 0; i < cells.rows() && !cells.empty(); ++i)
            for (std::ptrdiff_t j = 0; j < cells.cols(); ++j)
                if (!std::isfinite(cells(i, j)) || cells(i, j) < least)
                    return Found<T>{origin.row + i, origin.col + j, cells(i, j)};
        return std::nullopt;
    };
    return first_of_all(run.cut, find());
}

/// The field in the file of an option, with `missing` in missing cells. Throws BadOption unless all other cells are
/// finite and at least `least`.
template <class T>
Lattice<T> read_bounded(const std::string& option, const std::string& name, const Run& run, const Mask<T>& mask,
                        T missing, T least) {
    Lattice<T> field = read_field<T>(option, name, run);
    mask.put(missing, field);
    if (const auto bad = first_bad(run, field, least))
        throw BadOption(option + " " + name + ": row " + std::to_string(bad->row) + ", column " +
                        std::to_string(bad->col) + " is " + text(static_cast<double>(bad->number)) + ", which is not " +
                        (least > 0    ? "a positive number"
                         : least == 0 ? "a finite number that is not negative"
                                      : "finite"));
    return field;
}

/// The D that the options ask for, where it is a field.
template <class T> Lattice<T> asked_noise(const Options& options, const Run& run, const Mask<T>& mask) {
    return read_bounded<T>(options.noise_name, options.noise.file, run, mask, 0, 0);
}

/// The masses that the options ask for, where they are a field. Missing cells have the largest one, which does not
/// change the stable time step.
template <class T> Lattice<T> asked_mass(const Options& options, const Run& run, const Mask<T>& mask) {
    constexpr T least = std::numeric_limits<T>::denorm_min();
    Lattice<T> mass = read_bounded<T>("--inertia", options.mass.file, run, mask, 1, least);
    const auto largest = static_cast<T>(mask.statistics(mass).greatest);
    mask.put(largest > 0 ? largest : T{1}, mass);
    return mass;
}

/// The dampings that the options ask for, where they are a field.
template <class T> Lattice<T> asked_damping(const Options& options, const Run& run, const Mask<T>& mask) {
    return read_bounded<T>("--damping", options.damping.file, run, mask, 0, 0);
}

/// The velocities at the beginning of a new run: those of a file, or 0.
template <class T, class Policy>
Lattice<T> initial_velocity(const Policy& policy, const Options& options, const Run& run, const Mask<T>& mask) {
    if (options.velocity_file.empty()) return equal_field(policy, options, run, mask, 0.0, T{0});
    Lattice<T> velocity = read_field<T>("--velocity", options.velocity_file, run);
    mask.put(T{0}, velocity);
    return velocity;
}

/// The strengths of bonds that the options ask for: those of a file, or 1. They are 0 at missing cells.
template <class T, class Policy>
void set_asked_bonds(const Policy& policy, const Options& options, const Run& run, State<T>& state) {
    constexpr T least = std::numeric_limits<T>::lowest();
    const auto strengths = [&](const std::string& option, const std::string& name) {
        if (name.empty()) return equal_field(policy, options, run, state.mask, 1.0, T{0});
        return read_bounded<T>(option, name, run, state.mask, 0, least);
    };
    state.east = strengths("--bonds-east", options.east_file);
    state.south = strengths("--bonds-south", options.south_file);
    if (state.mask.is_given())
        km::remove_cells(argument(state.mask.cells()), argument(state.east), argument(state.south));
}

/// Whether all cells of two fields of one shape have the same values, or both are NaN.
template <class T> bool have_same_values(const Lattice<T>& a, const Lattice<T>& b) {
    return are_equal(a, b, [](T x, T y) { return x == y || (std::isnan(x) && std::isnan(y)); });
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
        if (!are_equal_masks(read_field<T>("--mask", options.mask_file, run), state.mask.cells()))
            refuse("--mask " + options.mask_file);
    }
    const auto check_file = [&](const std::string& option, const std::string& name, const Lattice<T>& saved,
                                const auto& asked) {
        if (name.empty()) return;
        check_kind(option, name);
        if (!have_same_values(asked(), saved)) refuse(option + " " + name);
    };
    const auto omega = [&] { return asked_omega(policy, options, run, state.mask); };
    check_file("--omega", options.omega.file, state.omega, omega);
    if (options.frequencies && !have_same_values(omega(), state.omega))
        refuse("--frequencies " + options.frequencies->canonical());
    check_file(options.noise_name, options.noise.file, state.noise,
               [&] { return asked_noise(options, run, state.mask); });
    check_file("--inertia", options.mass.file, state.mass, [&] { return asked_mass(options, run, state.mask); });
    check_file("--damping", options.damping.file, state.damping,
               [&] { return asked_damping(options, run, state.mask); });
    for (const auto& [option, name] :
         {std::pair("--bonds-east", options.east_file), {"--bonds-south", options.south_file}})
        if (!name.empty()) check_kind(option, name);
    if (options.east_file.empty() && options.south_file.empty()) return;
    State<T> asked;
    asked.mask = state.mask;
    set_asked_bonds(policy, options, run, asked);
    check_file("--bonds-east", options.east_file, state.east, [&] { return asked.east; });
    check_file("--bonds-south", options.south_file, state.south, [&] { return asked.south; });
}

/// The state of a saved run.
template <class T, class Policy> State<T> saved_state(const Policy& policy, const Options& options, const Run& run) {
    State<T> state;
    reading("--resume", [&] {
        Checkpoint saved = read_saved(options.resume_file, run.cut);
        if (saved.integer("step") != run.step)
            throw std::runtime_error("'" + options.resume_file + "' was replaced while it was read");
        if (run.has_mask) state.mask = Mask<T>(saved.take_field<T>("mask"));
        state.theta = saved.take_field<T>("theta");
        if (!run.omega) state.omega = saved.take_field<T>("omega");
        if (!run.noise) state.noise = saved.take_field<T>("noise");
        if (run.has_inertia) state.velocity = saved.take_field<T>("velocity");
        if (!run.mass) state.mass = saved.take_field<T>("mass");
        if (!run.damping) state.damping = saved.take_field<T>("damping");
        if (!run.has_bonds) return;
        state.east = saved.take_field<T>("bonds.east");
        state.south = saved.take_field<T>("bonds.south");
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
    if (run.damping && run.has_damping_field()) state.damping = equal(*run.damping, T{0});
    if (run.noise && run.has_noise_field()) state.noise = equal(*run.noise, T{0});
    if (!run.has_mask || run.has_bonds) return;
    state.east = equal(1, T{0});
    state.south = equal(1, T{0});
    km::remove_cells(argument(state.mask.cells()), argument(state.east), argument(state.south));
}

/// The state at the beginning of a run.
template <class T, class Policy> State<T> state_of(const Policy& policy, const Options& options, const Run& run) {
    State<T> state;
    if (!options.resume_file.empty()) {
        state = saved_state<T>(policy, options, run);
    } else {
        if (run.has_mask)
            state.mask = reading("--mask", [&] { return Mask<T>(read_lattice<T>(options.mask_file, run.cut)); });
        state.theta = initial_theta<T>(policy, options, run);
        if (!run.omega) state.omega = asked_omega(policy, options, run, state.mask);
        if (!run.noise) state.noise = asked_noise(options, run, state.mask);
        if (run.has_bonds) set_asked_bonds(policy, options, run, state);
        if (run.has_inertia) state.velocity = initial_velocity(policy, options, run, state.mask);
        if (!run.mass) state.mass = asked_mass(options, run, state.mask);
        if (!run.damping) state.damping = asked_damping(options, run, state.mask);
    }
    complete(policy, options, run, state);
    return state;
}

} // namespace simulate
