// --initial and --frequencies: the phases at the beginning and the natural frequencies, by name.
#pragma once

#include "named.hpp"

#include <kuramoto/kuramoto.hpp>

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

namespace simulate {

namespace km = kuramoto;

inline const std::vector<KnownName> known_patterns = {{"random", "", {}},
                                                      {"normal", "MEAN,DEVIATION", {0, 1}},
                                                      {"equal", "PHASE", {0}},
                                                      {"wave", "RAD_PER_ROW,RAD_PER_COL", {0, 0.1}},
                                                      {"twisted", "TURNS_OVER_ROWS,TURNS_OVER_COLS", {0, 1}},
                                                      {"vortex", "CHARGE", {1}},
                                                      {"pair", "DISTANCE", {0}},
                                                      {"target", "WAVELENGTH", {32}},
                                                      {"spiral", "WAVELENGTH,ARMS", {32, 1}}};

/// What --initial asks for. Throws BadOption.
inline Named parsed_initial(const std::string& given) {
    Named initial = parsed_name("--initial", given, known_patterns);
    const auto require = [&](bool is_so, const char* what) {
        if (!is_so) throw BadOption("--initial " + given + ": " + what);
    };
    const auto is_one_of = [&](const char* a, const char* b) { return initial.name == a || initial.name == b; };
    for (const double number : initial.numbers) require(std::fabs(number) <= 1e9, "must be at most 1e9 in magnitude");
    if (is_one_of("twisted", "vortex"))
        for (const double turns : initial.numbers)
            require(std::round(turns) == turns, "must be whole numbers of turns");
    if (is_one_of("target", "spiral")) require(initial.numbers[0] > 0, "must be a positive wavelength in cells");
    if (initial.name == "spiral")
        require(std::round(initial.numbers[1]) == initial.numbers[1], "must be a whole number of arms");
    return initial;
}

/// Fills the phases with the pattern; what is random is of the seed. Vortices stand in the middles of plaquettes about
/// the centre, a pair so many cells apart (a third of the columns if that is 0).
template <class Policy, class Cells>
void fill_initial(const Policy& policy, Cells&& theta, const Named& initial, std::uint64_t seed) {
    const double row = std::floor(static_cast<double>(theta.rows()) / 2) - 0.5;
    const double col = std::floor(static_cast<double>(theta.cols()) / 2) - 0.5;
    const std::vector<double>& numbers = initial.numbers;
    const auto whole = [&](std::size_t k) { return static_cast<int>(numbers[k]); };
    if (initial.name == "random") return km::uniform_phases(policy, theta, seed);
    if (initial.name == "normal") return km::normal_phases(policy, theta, numbers[0], numbers[1], seed);
    if (initial.name == "equal") return km::equal_phases(policy, theta, numbers[0]);
    if (initial.name == "wave")
        return km::plane_wave_phases(policy, theta, km::PlaneWave{.rows = numbers[0], .cols = numbers[1]});
    if (initial.name == "twisted")
        return km::twisted_phases(policy, theta, km::TwistedState{.rows = whole(0), .cols = whole(1)});
    if (initial.name == "vortex")
        return km::vortex_phases(policy, theta, {{.row = row, .col = col, .charge = whole(0)}});
    if (initial.name == "target")
        return km::target_phases(policy, theta, {.row = row, .col = col, .wavelength = numbers[0]});
    if (initial.name == "spiral")
        return km::spiral_phases(policy, theta, {.row = row, .col = col, .arms = whole(1), .wavelength = numbers[0]});
    const double apart = numbers[0] != 0 ? numbers[0] : std::floor(static_cast<double>(theta.cols()) / 3);
    const double west = col - std::floor(apart / 2);
    km::vortex_phases(policy, theta,
                      {{.row = row, .col = west, .charge = 1}, {.row = row, .col = west + apart, .charge = -1}});
}

inline const std::vector<KnownName> known_frequencies = {{"normal", "MEAN,DEVIATION", {0, 1}},
                                                         {"uniform", "LOW,HIGH", {-1, 1}},
                                                         {"lorentzian", "CENTRE,HALF_WIDTH,CUT", {0, 1, HUGE_VAL}},
                                                         {"gradient", "WEST,EAST", {-1, 1}},
                                                         {"halves", "WEST,EAST", {-1, 1}},
                                                         {"checkerboard", "FIRST,SECOND", {-1, 1}},
                                                         {"mixed", "FIRST,SECOND,SHARE", {-1, 1, 0.5}},
                                                         {"defect", "RADIUS,INSIDE,OUTSIDE", {5, 1, 0}}};

/// Fills the natural frequencies; what is random is of the seed, a defect is in the middle.
template <class Policy, class Cells>
void fill_frequencies(const Policy& policy, Cells&& omega, const Named& frequencies, std::uint64_t seed) {
    const std::vector<double>& numbers = frequencies.numbers;
    const std::string& name = frequencies.name;
    if (name == "normal") return km::normal_frequencies(policy, omega, numbers[0], numbers[1], seed);
    if (name == "uniform") return km::uniform_frequencies(policy, omega, numbers[0], numbers[1], seed);
    if (name == "lorentzian" && std::isinf(numbers[2]))
        return km::lorentzian_frequencies(policy, omega, numbers[0], numbers[1], seed);
    if (name == "lorentzian")
        return km::truncated_lorentzian_frequencies(policy, omega, numbers[0], numbers[1], numbers[2], seed);
    if (name == "gradient") return km::gradient_frequencies(policy, omega, numbers[0], numbers[1], km::Axis::cols);
    if (name == "halves") return km::halved_frequencies(policy, omega, numbers[0], numbers[1], km::Axis::cols);
    if (name == "checkerboard") return km::checkerboard_frequencies(policy, omega, numbers[0], numbers[1]);
    if (name == "mixed") return km::mixed_frequencies(policy, omega, numbers[0], numbers[1], numbers[2], seed);
    const auto middle = [](std::ptrdiff_t extent) { return static_cast<double>(extent > 0 ? extent - 1 : 0) / 2; };
    km::defect_frequencies(policy, omega,
                           km::Defect{.row = middle(omega.rows()),
                                      .col = middle(omega.cols()),
                                      .radius = numbers[0],
                                      .inside = numbers[1],
                                      .outside = numbers[2]});
}

} // namespace simulate
