// --initial: the phases at the beginning, by name.
#pragma once

#include "definer.hpp"

#include <kuramoto/kuramoto.hpp>

#include <cmath>
#include <cstdint>
#include <optional>
#include <string>

namespace simulate {

namespace km = kuramoto;

/// A pattern and its number: "spiral:40".
struct Initial {
    std::string name = "random";
    double number = 0;
};

/// What --initial asks for. Throws BadOption.
inline Initial parsed_initial(const std::string& given) {
    struct Known {
        const char* name;
        double usual;
        bool takes_number;
    };
    constexpr Known known[] = {{"random", 0, false}, {"equal", 0, true},   {"twisted", 1, true}, {"vortex", 1, true},
                               {"pair", 0, true},    {"target", 32, true}, {"spiral", 32, true}};
    const std::size_t colon = given.find(':');
    Initial initial{given.substr(0, colon), 0};
    const std::string list = "random|equal:PHASE|twisted:TURNS|vortex:CHARGE|pair:CELLS|target:CELLS|spiral:CELLS";
    const auto wrong = [&](const std::string& what) { throw BadOption("--initial " + given + ": " + what); };
    for (const Known& pattern : known) {
        if (initial.name != pattern.name) continue;
        initial.number = pattern.usual;
        if (colon == std::string::npos) return initial;
        const std::optional<double> number = parsed<double>(given.substr(colon + 1));
        if (!pattern.takes_number || !number || !(std::fabs(*number) <= 1e9)) wrong("must be one of " + list);
        initial.number = *number;
        const bool is_count = initial.name == "twisted" || initial.name == "vortex";
        if (is_count && std::round(*number) != *number) wrong("must be a whole number of turns");
        const bool is_length = initial.name == "target" || initial.name == "spiral";
        if (is_length && !(*number > 0)) wrong("must be a positive wave length in cells");
        return initial;
    }
    wrong("must be one of " + list);
    return initial;
}

/// Fills the phases with the pattern; what is random is of the seed. Vortices stand in the middles of plaquettes about
/// the centre, a pair so many cells apart (a third of the columns if that is 0).
template <class T, class Policy>
void fill_initial(const Policy& policy, km::Field<T>& theta, const Initial& initial, std::uint64_t seed) {
    const double row = std::floor(static_cast<double>(theta.rows()) / 2) - 0.5;
    const double col = std::floor(static_cast<double>(theta.cols()) / 2) - 0.5;
    const double number = initial.number;
    if (initial.name == "random") return km::uniform_phases(policy, theta, seed);
    if (initial.name == "equal") return km::equal_phases(policy, theta, number);
    if (initial.name == "twisted")
        return km::twisted_phases(policy, theta, km::TwistedState{.across = static_cast<std::int64_t>(number)});
    if (initial.name == "vortex")
        return km::vortex_phases(policy, theta, {{.row = row, .col = col, .charge = static_cast<int>(number)}});
    if (initial.name == "target")
        return km::target_phases(policy, theta, {.row = row, .col = col, .wave_length = number});
    if (initial.name == "spiral")
        return km::spiral_phases(policy, theta, {.row = row, .col = col, .wave_length = number});
    const double apart = number != 0 ? number : std::floor(static_cast<double>(theta.cols()) / 3);
    const double west = col - std::floor(apart / 2);
    km::vortex_phases(policy, theta,
                      {{.row = row, .col = west, .charge = 1}, {.row = row, .col = west + apart, .charge = -1}});
}

} // namespace simulate
