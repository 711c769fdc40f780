// How the program ends: the exit status, and what it says of an error.
#pragma once

#include "text.hpp"

#include <cstdio>
#include <string>
#include <vector>

namespace simulate {

/// The exit status, and the lines for the standard error.
struct Ending {
    int status = 0;
    std::vector<std::string> messages;
};

/// Says the messages, one line each, whatever they contain. `who`: what is added to each.
inline void say(const char* program, const Ending& ending, const std::string& who = "") {
    for (const std::string& message : ending.messages)
        std::fprintf(stderr, "%s: %s\n", program, printable(message + who).c_str());
}

} // namespace simulate
