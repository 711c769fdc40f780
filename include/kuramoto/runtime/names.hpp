// The names of run-time choices: words to enumerators, and an error that lists the words.
#pragma once

#include <kuramoto/detail/build/errors.hpp>

#include <cstddef>
#include <string>
#include <string_view>

KURAMOTO_BEGIN_NAMESPACE
namespace runtime {

/// A word for each enumerator, in their order. Specialised for the enumerations of the run-time layer:
/// `what` says of what they are the names, and `words` are the names.
template <class Enumeration> struct Names;

/// The name of an enumerator.
///
/// Requires: `value` is one of the enumerators.
template <class Enumeration> [[nodiscard]] std::string_view name_of(Enumeration value) {
    return Names<Enumeration>::words[static_cast<std::size_t>(value)];
}

/// All names of an enumeration, with commas between them.
template <class Enumeration> [[nodiscard]] std::string names_of() {
    std::string list;
    for (const std::string_view word : Names<Enumeration>::words) {
        if (!list.empty()) list += ", ";
        list += word;
    }
    return list;
}

/// The enumerator of that name.
///
/// Throws: std::invalid_argument for another name; the message lists the names that there are.
template <class Enumeration> [[nodiscard]] Enumeration named(std::string_view name) {
    std::size_t k = 0;
    for (const std::string_view word : Names<Enumeration>::words) {
        if (word == name) return static_cast<Enumeration>(k);
        ++k;
    }
    detail::invalid_argument(std::string(Names<Enumeration>::what) + " must be one of " + names_of<Enumeration>() +
                             ", but is '" + std::string(name) + "'");
}

} // namespace runtime
KURAMOTO_END_NAMESPACE
