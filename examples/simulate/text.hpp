// Numbers and other text of the command line, and the error for an option that is wrong.
#pragma once

#include <charconv>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>

namespace simulate {

/// An option, a combination of options or a file that cannot be: the program ends with 2 and has written nothing.
struct BadOption : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// Text for a terminal: "?" replaces each control character, which a name from the command line may contain.
inline std::string printable(std::string text) {
    for (char& c : text)
        if (static_cast<unsigned char>(c) < ' ' || c == '\x7f') c = '?';
    return text;
}

/// The shortest text that reads back as `number`.
inline std::string text(double number) {
    char buffer[32];
    return std::string(buffer, std::to_chars(buffer, buffer + sizeof buffer, number).ptr);
}

/// The whole text as a number; nothing if it is none, or out of the range of Number.
template <class Number> std::optional<Number> parsed(const std::string& given) {
    Number number{};
    const char* const end = given.data() + given.size();
    const auto [stop, error] = std::from_chars(given.data(), end, number);
    if (error != std::errc{} || stop != end) return std::nullopt;
    return number;
}

/// Whether the text reads as a number, but one too large or too small for a double.
inline bool is_beyond_double(const std::string& given) {
    double number = 0;
    const char* const end = given.data() + given.size();
    const auto [stop, error] = std::from_chars(given.data(), end, number);
    return error == std::errc::result_out_of_range && stop == end;
}

} // namespace simulate
