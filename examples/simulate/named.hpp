// A choice with numbers: "spiral:40,2".
#pragma once

#include "text.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace simulate {

/// A name and its numbers, as many as it takes.
struct Named {
    std::string name;
    std::vector<double> numbers;

    /// A text that is the same for the same numbers.
    [[nodiscard]] std::string canonical() const {
        std::string list;
        for (const double number : numbers) list += (list.empty() ? ":" : ",") + text(number);
        return name + list;
    }

    friend bool operator==(const Named&, const Named&) = default;
};

/// A name, what its numbers are called, and what they are where they are not given.
struct KnownName {
    const char* name;
    const char* units;
    std::vector<double> usual;
};

/// "random|equal:PHASE|...".
inline std::string list_of(const std::vector<KnownName>& known) {
    std::string list;
    for (const KnownName& each : known) {
        if (!list.empty()) list += "|";
        list += each.name;
        if (!each.usual.empty()) list += std::string(":") + each.units;
    }
    return list;
}

/// The numbers behind the colon, in place of the usual ones from the first on. False if that is not what they are.
inline bool take_numbers(const std::string& list, std::vector<double>& numbers) {
    std::size_t k = 0;
    for (std::size_t begin = 0; begin <= list.size(); ++k) {
        const std::size_t end = std::min(list.find(',', begin), list.size());
        const std::optional<double> number = parsed<double>(list.substr(begin, end - begin));
        if (k >= numbers.size() || !number || !std::isfinite(*number)) return false;
        numbers[k] = *number;
        begin = end + 1;
    }
    return true;
}

/// What an option asks for. Throws BadOption unless it is one of those that are known.
inline Named parsed_name(const std::string& option, const std::string& given, const std::vector<KnownName>& known) {
    const std::size_t colon = given.find(':');
    for (const KnownName& each : known) {
        Named named{given.substr(0, colon), each.usual};
        if (named.name != each.name) continue;
        if (colon == std::string::npos || take_numbers(given.substr(colon + 1), named.numbers)) return named;
    }
    throw BadOption(option + " " + given + ": must be one of " + list_of(known));
}

} // namespace simulate
