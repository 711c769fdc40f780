// What the options of kuramoto-simulate ask for. command_line.hpp reads them.
#pragma once

#include "named.hpp"

#include <kuramoto/model/boundary.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace simulate {

namespace km = kuramoto;

/// Whether a --stepper has noise.
inline bool is_noisy(const std::string& stepper) {
    return stepper == "leimkuhler-matthews" || stepper == "euler-maruyama" || stepper == "baoab";
}
/// Whether a --stepper is for cells with inertia.
inline bool is_inertial(const std::string& stepper) { return stepper == "velocity-verlet" || stepper == "baoab"; }
/// The --stepper where none is asked for.
inline std::string usual_stepper(bool has_inertia, bool has_noise) {
    if (has_inertia) return has_noise ? "baoab" : "velocity-verlet";
    return has_noise ? "leimkuhler-matthews" : "euler";
}

/// One number for all cells, or a file with one per cell; or neither, if the option was not given.
struct NumberOrFile {
    std::optional<double> number;
    std::string file;

    [[nodiscard]] bool is_given() const { return number || !file.empty(); }
    /// As on the command line.
    [[nodiscard]] std::string given() const { return number ? text(*number) : file; }
    /// Whether it is given, and not the number 0.
    [[nodiscard]] bool is_nonzero() const { return number.value_or(0.0) != 0 || !file.empty(); }
};

/// What --sweep asks for of one option.
struct Swept {
    std::string name;
    std::vector<std::string> values; ///< as the option takes them
};

/// What was asked for. An empty optional or name was not given.
struct Options {
    // The lattice and the model.
    std::optional<std::ptrdiff_t> square; ///< -N
    std::optional<std::ptrdiff_t> rows;
    std::optional<std::ptrdiff_t> cols;
    std::string theta_file;
    std::optional<Named> initial;
    std::optional<Named> frequencies;
    NumberOrFile omega;
    std::string mask_file;
    std::string east_file; ///< strengths of bonds
    std::string south_file;
    std::optional<std::uint64_t> seed;
    std::optional<double> K;
    std::optional<Named> coupling;
    std::optional<double> lag;
    std::optional<double> mean_field;
    NumberOrFile mass;
    NumberOrFile damping;
    std::string velocity_file;
    std::optional<km::Boundary> boundary;
    std::optional<std::string> stepper;
    NumberOrFile noise;
    NumberOrFile temperature;           ///< another name of `noise`, which takes it over
    const char* noise_name = "--noise"; ///< the one of both that was given
    std::optional<double> T;
    std::optional<double> dt;
    std::optional<std::int64_t> steps;
    bool allow_unstable = false;
    // How it is computed.
    std::string dtype;
    std::string policy = "threads";
    int threads = 0;
    std::string ranks; ///< --ranks: how many blocks along each axis
    // What is written at the end.
    std::string save_file;
    std::string save_velocity_file;
    std::string picture_file;
    // What is written as the run goes.
    std::string video_file;
    std::string plot_file;
    std::string observe_file;
    std::string record_file;
    std::vector<std::string> observables = {"r"};
    std::optional<std::int64_t> every;
    std::optional<double> fps;
    std::optional<double> seconds;
    // How it looks.
    std::string colour = "phase";
    std::optional<int> enlarged; ///< --scale n: a cell is n × n pixels
    std::optional<int> shrunk;   ///< --scale 1/n: a pixel is n × n cells
    bool no_legend = false;
    // Checkpoints.
    std::string checkpoint_file;
    std::optional<std::int64_t> checkpoint_steps;
    std::optional<double> checkpoint_seconds;
    std::string resume_file;
    // Sweeps.
    std::string sweep_text; ///< as given
    std::vector<Swept> sweep;
    // What is said.
    bool quiet = false;
    bool profile = false;

    /// Whether something is looked at while the run goes.
    [[nodiscard]] bool watches() const { return !video_file.empty() || observes() || !record_file.empty(); }
    /// Whether this observable is among those that were asked for.
    [[nodiscard]] bool wants(const std::string& name) const {
        return std::find(observables.begin(), observables.end(), name) != observables.end();
    }
    /// Whether observables are computed.
    [[nodiscard]] bool observes() const { return !plot_file.empty() || !observe_file.empty(); }
};

} // namespace simulate
