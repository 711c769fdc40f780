// --sweep: the options that take several values, and these values.
#pragma once

#include "options.hpp"
#include "text.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>
#include <vector>

namespace simulate {

/// The most members of a sweep.
constexpr std::size_t most_members = 1000000;

/// A name that can be swept, and the option that takes its values. Only "spread" has none: see SweepMembers.
struct SweepName {
    const char* name;
    const char* option;
    bool is_whole = false; ///< whether the values are whole numbers
};
inline const std::vector<SweepName> known_sweep_names = {{"K", "-K"},
                                                         {"D", "--noise"},
                                                         {"seed", "--seed", true},
                                                         {"spread", ""},
                                                         {"omega", "--omega"},
                                                         {"lag", "--lag"},
                                                         {"mean-field", "--mean-field"},
                                                         {"inertia", "--inertia"},
                                                         {"damping", "--damping"},
                                                         {"dt", "--dt"}};

/// "K|D|...".
inline std::string list_of_sweep_names() {
    std::string list;
    for (const SweepName& each : known_sweep_names) list += (list.empty() ? "" : "|") + std::string(each.name);
    return list;
}

/// The pieces of a text between separators.
inline std::vector<std::string> split(const std::string& text, char separator) {
    std::vector<std::string> pieces;
    for (std::size_t begin = 0; begin <= text.size();) {
        const std::size_t end = std::min(text.find(separator, begin), text.size());
        pieces.push_back(text.substr(begin, end - begin));
        begin = end + 1;
    }
    return pieces;
}

/// Reads --sweep.
class SweepParser {
  public:
    explicit SweepParser(const std::string& given) : given_(given) {}

    /// Throws BadOption.
    [[nodiscard]] std::vector<Swept> parsed() const {
        std::vector<Swept> all;
        for (const std::string& piece : split(given_, ',')) {
            const std::size_t equals = piece.find('=');
            if (equals != std::string::npos)
                all.push_back({name_of(all, piece.substr(0, equals)), {}});
            else if (all.empty())
                fail("'" + piece + "' must be NAME=RANGE");
            add(all.back(), equals == std::string::npos ? piece : piece.substr(equals + 1));
        }
        std::size_t members = 1;
        for (const Swept& swept : all) {
            check_distinct(swept);
            if (swept.values.size() > most_members / members) fail_of_members();
            members *= swept.values.size();
        }
        return all;
    }

  private:
    [[noreturn]] void fail(const std::string& what) const { throw BadOption("--sweep " + given_ + ": " + what); }
    [[noreturn]] void fail_of_members() const { fail("more than " + std::to_string(most_members) + " members"); }

    [[nodiscard]] static const SweepName* known(const std::string& name) {
        for (const SweepName& each : known_sweep_names)
            if (name == each.name) return &each;
        return nullptr;
    }
    [[nodiscard]] std::string name_of(const std::vector<Swept>& before, const std::string& name) const {
        if (known(name) == nullptr) fail("'" + name + "' is not one of " + list_of_sweep_names());
        for (const Swept& swept : before)
            if (swept.name == name) fail(name + " is given twice");
        return name;
    }

    /// Adds the values of a range or of a single number.
    void add(Swept& swept, const std::string& range) const {
        if (known(swept.name)->is_whole)
            add_whole(swept, range);
        else
            add_numbers(swept, range);
        if (swept.values.size() > most_members) fail_of_members();
    }
    void add_whole(Swept& swept, const std::string& range) const {
        const std::vector<std::string> ends = split(range, ':');
        const auto first = parsed_whole(ends.front());
        const auto last = parsed_whole(ends.back());
        if (!first || !last || ends.size() > 2)
            fail("'" + range + "' must be a whole number or A:B, all whole numbers from A to B");
        if (*first > *last) fail("'" + range + "' is empty: A must be at most B in A:B");
        if (*last - *first >= most_members) fail_of_members();
        for (std::uint64_t number = *first;; ++number) {
            swept.values.push_back(std::to_string(number));
            if (number == *last) return;
        }
    }
    [[nodiscard]] static std::optional<std::uint64_t> parsed_whole(const std::string& text) {
        return simulate::parsed<std::uint64_t>(text);
    }

    void add_numbers(Swept& swept, const std::string& range) const {
        const std::vector<std::string> parts = split(range, ':');
        const auto first = parsed_number(parts.front());
        if (first && parts.size() == 1) return swept.values.push_back(text(*first));
        const auto last = parts.size() == 3 ? parsed_number(parts[1]) : std::nullopt;
        const auto count = parts.size() == 3 ? parsed_whole(parts[2]) : std::nullopt;
        if (!first || !last || !count) fail("'" + range + "' must be a finite number or A:B:N, N numbers from A to B");
        if (*count == 0) fail("'" + range + "' is empty: N must be at least 1 in A:B:N");
        if (*count == 1 && *first != *last) fail("'" + range + "': N must be at least 2 in A:B:N, unless A is B");
        if (*count > 1 && !(*first < *last)) fail("'" + range + "': A must be less than B in A:B:N");
        if (*count > most_members) fail_of_members();
        if (!std::isfinite(*last - *first)) fail("'" + range + "' is too wide");
        for (std::uint64_t k = 0; k < *count; ++k) swept.values.push_back(text(between(*first, *last, k, *count)));
    }
    [[nodiscard]] static std::optional<double> parsed_number(const std::string& text) {
        const auto number = simulate::parsed<double>(text);
        return number && std::isfinite(*number) ? number : std::nullopt;
    }
    /// Number k of `count` from `first` to `last`, rounded to 15 digits: else number 2 of 16 from 0.1 to 1.6 would be
    /// 0.30000000000000004.
    [[nodiscard]] static double between(double first, double last, std::uint64_t k, std::uint64_t count) {
        if (k == 0) return first;
        if (k + 1 == count) return last;
        char digits[32];
        std::snprintf(digits, sizeof digits, "%.15g",
                      first + (last - first) * (static_cast<double>(k) / static_cast<double>(count - 1)));
        return *parsed_number(digits);
    }

    /// Throws if two values are the same number.
    void check_distinct(const Swept& swept) const {
        std::vector<std::string> values = swept.values;
        for (std::string& value : values)
            if (value == "-0") value = "0";
        std::sort(values.begin(), values.end());
        const auto twice = std::adjacent_find(values.begin(), values.end());
        if (twice != values.end()) fail(swept.name + " has the value " + *twice + " twice");
    }

    std::string given_;
};

/// What --sweep asks for. Throws BadOption.
inline std::vector<Swept> parsed_sweep(const std::string& given) { return SweepParser(given).parsed(); }

} // namespace simulate
