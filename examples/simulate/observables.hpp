// --observables: their names, and the columns of a table that each of them has.
#pragma once

#include "text.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace simulate {

/// In the order of the help. M is a number.
inline const std::vector<std::string> known_observables = {
    "r",       "psi",       "daido:M",  "frequency", "frequency_deviation",
    "energy",  "helicity",  "vortices", "local",     "length",
    "cluster", "roughness", "skewness", "kurtosis",  "temperature"};

/// The names with bars between them.
inline std::string list_of_observables() {
    std::string list;
    for (const std::string& name : known_observables) list += (list.empty() ? "" : "|") + name;
    return list;
}

/// M of "daido:M"; nothing for another word, or for an M that the library does not take.
inline std::optional<std::int64_t> daido_order(const std::string& word) {
    const std::string name = "daido:";
    if (word.rfind(name, 0) != 0) return std::nullopt;
    const auto order = parsed<std::int64_t>(word.substr(name.size()));
    return order && *order >= 1 && *order <= std::int64_t{1} << 26 ? order : std::nullopt;
}

/// What --observables asks for: some of the names, each once, with commas between them. Throws BadOption.
inline std::vector<std::string> parsed_observables(const std::string& given) {
    std::vector<std::string> found;
    for (std::size_t begin = 0; begin <= given.size();) {
        const std::size_t end = std::min(given.find(',', begin), given.size());
        std::string word = given.substr(begin, end - begin);
        const std::optional<std::int64_t> order = daido_order(word);
        if (order) word = "daido:" + std::to_string(*order);
        const bool is_known =
            order || (word != "daido:M" &&
                      std::find(known_observables.begin(), known_observables.end(), word) != known_observables.end());
        if (!is_known)
            throw BadOption("--observables " + given + ": must be one of " + list_of_observables() +
                            (word.rfind("daido", 0) == 0 ? ", with a whole number M from 1 to 67108864" : ""));
        if (std::find(found.begin(), found.end(), word) != found.end())
            throw BadOption("--observables " + given + ": " + word + " is given twice");
        found.push_back(word);
        begin = end + 1;
    }
    return found;
}

/// The columns of these observables in a table.
inline std::vector<std::string> columns_of(const std::vector<std::string>& observables) {
    std::vector<std::string> columns;
    for (const std::string& name : observables)
        if (name == "helicity")
            columns.insert(columns.end(), {"helicity_rows", "helicity_cols"});
        else
            columns.push_back(name);
    return columns;
}

} // namespace simulate
