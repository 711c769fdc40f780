// How a run goes on that was stopped: the command line to type.
#pragma once

#include "options.hpp"
#include "text.hpp"

#include <processes.hpp>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <initializer_list>
#include <string>
#include <vector>

namespace simulate {

/// A word, quoted for the shell. Control characters are written as octal codes, which bash, zsh and ksh understand.
inline std::string quoted(const std::string& word) {
    const std::string plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./=+-:,@%";
    if (!word.empty() && word.find_first_not_of(plain) == std::string::npos) return word;
    const bool has_codes = printable(word) != word;
    std::string text = has_codes ? "$'" : "'";
    for (const char c : word) {
        char code[8];
        std::snprintf(code, sizeof code, "\\%03o", static_cast<unsigned>(static_cast<unsigned char>(c)));
        if (!has_codes)
            text += c == '\'' ? std::string("'\\''") : std::string(1, c);
        else
            text += c == '\'' || c == '\\' || printable({c}) != std::string{c} ? code : std::string(1, c);
    }
    return text + "'";
}

/// "run.mp4" that begins at step 1200: "run-from-1200.mp4".
inline std::string name_from(const std::string& name, std::int64_t step) {
    const std::filesystem::path path = name;
    std::string stem = path.stem().string();
    const std::size_t mark = stem.rfind("-from-");
    if (mark != std::string::npos && stem.find_first_not_of("0123456789", mark + 6) == std::string::npos)
        stem.resize(mark);
    const std::string file = stem + "-from-" + std::to_string(step) + path.extension().string();
    return (path.parent_path() / file).string();
}

/// Whether an option with this value sets fields that the checkpoint has.
inline bool sets_fields(const std::string& option, const std::string& value) {
    const auto is_one_of = [&](std::initializer_list<const char*> options) {
        return std::find(options.begin(), options.end(), option) != options.end();
    };
    if (is_one_of({"--theta", "--initial", "--velocity", "--frequencies", "--mask", "--bonds-east", "--bonds-south"}))
        return true;
    return is_one_of({"--omega", "--noise", "--temperature", "--inertia", "--damping"}) && !parsed<double>(value);
}

/// The command that goes on from the checkpoint: the same, except that the fields come from it, and that what shows the
/// time before is not written over.
inline std::string resume_command(const std::vector<std::string>& words, const Options& options, std::int64_t step) {
    std::string command = quoted(words.empty() ? program_name : words[0]);
    for (std::size_t k = 1; k < words.size(); ++k) {
        const std::size_t equals = words[k].rfind("--", 0) == 0 ? words[k].find('=') : std::string::npos;
        const std::string option = words[k].substr(0, equals);
        const bool has_next = equals == std::string::npos && k + 1 < words.size();
        const std::string value = has_next ? words[k + 1] : words[k].substr(equals + 1);
        const bool is_renamed = option == "--video" || option == "--plot";
        if (!is_renamed && option != "--resume" && !sets_fields(option, value)) {
            command += " " + quoted(words[k]);
            continue;
        }
        if (has_next) ++k;
        if (is_renamed) command += " " + option + " " + quoted(name_from(value, step));
    }
    return command + " --resume " + quoted(options.checkpoint_file);
}

} // namespace simulate
