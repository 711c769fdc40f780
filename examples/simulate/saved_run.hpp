// A run as the records of a checkpoint.
#pragma once

#include "flux.hpp"
#include "run.hpp"
#include "state.hpp"

#include <lattices.hpp>

#include <kuramoto/checkpoint.hpp>

#include <cmath>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace simulate {

/// The kinds of boundary conditions, as records name them.
inline const std::vector<std::pair<km::BoundaryKind, std::string>> boundary_kinds = {
    {km::BoundaryKind::zero_flux, "zero_flux"},
    {km::BoundaryKind::periodic, "periodic"},
    {km::BoundaryKind::fixed_phase, "fixed_phase"},
    {km::BoundaryKind::fixed_flux, "fixed_flux"}};

inline bool has_value(const km::BoundaryCondition& edge) {
    return edge.kind == km::BoundaryKind::fixed_phase || edge.kind == km::BoundaryKind::fixed_flux;
}

/// The record of amplitude k of --coupling harmonics, from 0 on.
inline std::string amplitude_name(std::size_t k) { return "coupling.A" + std::to_string(k + 1); }

/// The record of where a field is from.
inline std::string source_name(const std::string& field) { return "source." + field; }

inline void set_edge(Checkpoint& to, const std::string& side, const km::BoundaryCondition& edge) {
    for (const auto& [kind, word] : boundary_kinds)
        if (kind == edge.kind) to.set("boundary." + side, word);
    if (has_value(edge)) to.set("boundary." + side + ".value", edge.value);
}

/// Sets the records of a run, except for its fields.
inline void set_records(Checkpoint& to, const Run& run) {
    to.set("coupling", run.coupling.name);
    for (std::size_t k = 0; k < run.coupling.numbers.size(); ++k) to.set(amplitude_name(k), run.coupling.numbers[k]);
    to.set("K", run.K);
    to.set("lag", run.lag);
    to.set("mean_field", run.mean_field);
    set_edge(to, "north", run.boundary.north);
    set_edge(to, "south", run.boundary.south);
    set_edge(to, "west", run.boundary.west);
    set_edge(to, "east", run.boundary.east);
    if (run.omega) to.set("omega", *run.omega);
    to.set("stepper", run.stepper);
    if (run.noise) to.set("noise", *run.noise);
    if (run.has_inertia && run.mass) to.set("mass", *run.mass);
    if (run.has_inertia && run.damping) to.set("damping", *run.damping);
    to.set("seed", run.seed);
    to.set("dt", run.dt);
    to.set("allow_unstable", run.allow_unstable ? 1 : 0);
    to.set("start_time", run.start_time);
    to.set("step", run.step);
    for (const auto& [field, source] : run.sources) to.set(source_name(field), source);
    if (!run.recorded) return;
    if (run.recorded->interval() > 0)
        to.set("record.every", run.recorded->interval());
    else
        to.set("record.frames", run.recorded->frames());
    to.set("record.last_step", run.recorded->last_step());
}

/// Sets the fields of a run, which are viewed.
template <class T> void set_fields(Checkpoint& to, const Run& run, const State<T>& state) {
    to.set("theta", argument(state.theta));
    if (!run.omega) to.set("omega", argument(state.omega));
    if (!run.noise) to.set("noise", argument(state.noise));
    if (run.has_inertia) to.set("velocity", argument(state.velocity));
    if (!run.mass) to.set("mass", argument(state.mass));
    if (!run.damping) to.set("damping", argument(state.damping));
    if (run.has_mask) to.set("mask", argument(state.mask.cells()));
    if (!run.has_bonds) return;
    to.set("bonds.east", argument(state.east));
    to.set("bonds.south", argument(state.south));
}

/// Reads the records of a run, and checks that this program can continue it. Throws std::runtime_error.
class SavedRun {
  public:
    explicit SavedRun(const std::string& path) : path_(path), saved_(km::checkpoint_info(path)) {}

    [[nodiscard]] Run run() const {
        Run run;
        read_lattice(run);
        run.coupling = coupling();
        run.K = number("K");
        run.lag = number("lag");
        run.mean_field = number("mean_field");
        run.boundary = {edge("north"), edge("south"), edge("west"), edge("east")};
        run.stepper = word(
            "stepper", {"euler", "heun", "rk4", "leimkuhler-matthews", "euler-maruyama", "velocity-verlet", "baoab"});
        run.seed = saved_.unsigned_integer("seed");
        run.dt = number("dt");
        run.allow_unstable = integer("allow_unstable", 0) != 0;
        run.start_time = number("start_time");
        run.step = integer("step", 0);
        for (const char* const field :
             {"theta", "omega", "noise", "mask", "bonds_east", "bonds_south", "inertia", "damping", "velocity"})
            if (saved_.contains(source_name(field))) run.sources[field] = saved_.text(source_name(field));
        if (saved_.contains("record.last_step")) run.recorded = recorded();
        saved_.check_all_read();
        check(run);
        return run;
    }

  private:
    [[noreturn]] void fail(const std::string& what) const {
        throw std::runtime_error("cannot read '" + path_ + "': " + what);
    }

    [[nodiscard]] double number(const std::string& name) const {
        const double number = saved_.number(name);
        if (!std::isfinite(number)) fail("its record '" + name + "' is not finite");
        return number;
    }
    [[nodiscard]] std::int64_t integer(const std::string& name, std::int64_t least) const {
        const std::int64_t integer = saved_.integer(name);
        if (integer < least) fail("its record '" + name + "' is " + std::to_string(integer));
        return integer;
    }
    [[nodiscard]] std::string word(const std::string& name, const std::vector<std::string>& words) const {
        std::string list;
        for (const std::string& known : words) {
            if (saved_.text(name) == known) return known;
            list += (list.empty() ? "" : "|") + known;
        }
        fail("its record '" + name + "' is '" + saved_.text(name) + "', not one of " + list);
    }

    /// Shape and precision, which all fields share, and which fields there are.
    void read_lattice(Run& run) const {
        const km::FieldShape shape = saved_.shape("theta");
        run.rows = shape.rows;
        run.cols = shape.cols;
        run.is_float32 = shape.bits == 32;
        run.has_mask = saved_.contains("mask");
        run.has_bonds = saved_.contains("bonds.east");
        const auto check_shape = [&](const std::string& name) {
            if (saved_.shape(name) != shape)
                fail("its record '" + name + "' has another shape or precision than 'theta'");
        };
        const auto quantity = [&](const std::string& name) -> std::optional<double> {
            if (saved_.contains(name) && saved_.type(name) == km::RecordType::number) return number(name);
            check_shape(name);
            return std::nullopt;
        };
        run.omega = quantity("omega");
        run.noise = quantity("noise");
        run.has_inertia = saved_.contains("velocity");
        if (run.has_inertia) {
            check_shape("velocity");
            run.mass = quantity("mass");
            run.damping = quantity("damping");
        }
        if (run.has_mask) check_shape("mask");
        if (!run.has_bonds) return;
        check_shape("bonds.east");
        check_shape("bonds.south");
    }

    [[nodiscard]] Named coupling() const {
        std::vector<std::string> names;
        for (const KnownName& known : known_couplings) names.emplace_back(known.name);
        Named coupling{word("coupling", names), {}};
        for (const KnownName& known : known_couplings)
            if (coupling.name == known.name)
                for (std::size_t k = 0; k < known.usual.size(); ++k)
                    coupling.numbers.push_back(number(amplitude_name(k)));
        return coupling;
    }

    [[nodiscard]] km::BoundaryCondition edge(const std::string& side) const {
        std::vector<std::string> words;
        for (const auto& kind : boundary_kinds) words.push_back(kind.second);
        const std::string found = word("boundary." + side, words);
        km::BoundaryCondition edge;
        for (const auto& [kind, name] : boundary_kinds)
            if (name == found) edge.kind = kind;
        if (has_value(edge)) edge.value = number("boundary." + side + ".value");
        return edge;
    }

    [[nodiscard]] FrameTimes recorded() const {
        const std::int64_t last = integer("record.last_step", 0);
        if (saved_.contains("record.every")) return FrameTimes::every(integer("record.every", 1), last);
        return FrameTimes::spread(integer("record.frames", 1), last);
    }

    /// Throws for values that no run of this program has.
    void check(const Run& run) const {
        const auto check = [&](bool is_good, const char* what) {
            if (!is_good) fail(std::string("its records do not fit together: ") + what);
        };
        check(run.dt > 0, "'dt' must be positive");
        check(run.noise.value_or(0) >= 0, "'noise' must not be negative");
        check(run.mass.value_or(1) > 0, "'mass' must be positive");
        check(run.damping.value_or(0) >= 0, "'damping' must not be negative");
        check(run.has_inertia == is_inertial(run.stepper), "the 'stepper' must be one for the 'velocity'");
        check(!run.has_inertia || run.noise, "with a 'velocity' the 'noise' is a number");
        check(!run.has_noise() || is_noisy(run.stepper), "the 'stepper' has no 'noise'");
        check(run.lag == 0 || run.coupling.name == "sine", "only the 'coupling' sine has a 'lag'");
        check(run.mean_field == 0 || !run.has_mask, "there is no 'mean_field' with a 'mask'");
        const auto are_paired = [](const km::BoundaryCondition& a, const km::BoundaryCondition& b) {
            return (a.kind == km::BoundaryKind::periodic) == (b.kind == km::BoundaryKind::periodic);
        };
        check(are_paired(run.boundary.north, run.boundary.south) && are_paired(run.boundary.west, run.boundary.east),
              "opposite boundaries are periodic together");
    }

    std::string path_;
    km::Checkpoint saved_;
};

} // namespace simulate
