// The parameters of a run as JSON, beside the record of its frames.
#pragma once

#include "edges.hpp"
#include "run.hpp"
#include "text.hpp"

#include <kuramoto/version.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>

namespace simulate {

/// The number of bytes of the UTF-8 character at `at`; 0 if there is none.
inline std::size_t bytes_of_character(const std::string& text, std::size_t at) {
    const auto byte = [&](std::size_t k) { return k < text.size() ? static_cast<unsigned char>(text[k]) : 0U; };
    const unsigned first = byte(at);
    const std::size_t count = first < 0x80   ? 1
                              : first < 0xc2 ? 0
                              : first < 0xe0 ? 2
                              : first < 0xf0 ? 3
                              : first < 0xf5 ? 4
                                             : 0;
    for (std::size_t k = 1; k < count; ++k)
        if ((byte(at + k) & 0xc0) != 0x80) return 0;
    return count;
}

/// A JSON string. A byte that is not UTF-8, as in some names of files, is written as Python's surrogateescape does.
inline std::string json_text(const std::string& text) {
    std::string json = "\"";
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t count = bytes_of_character(text, at);
        const auto byte = static_cast<unsigned char>(text[at]);
        char code[8];
        std::snprintf(code, sizeof code, "\\u%04x", count == 0 ? 0xdc00U + byte : unsigned{byte});
        if (count == 0 || byte < ' ' || byte == 0x7f)
            json += code;
        else if (byte == '"' || byte == '\\')
            json += std::string("\\") + text[at];
        else
            json += text.substr(at, count);
        at += count == 0 ? 1 : count;
    }
    return json + "\"";
}

/// What FILE.json says: the names are those of the options.
inline std::string parameters_json(const Run& run, const FrameTimes& times) {
    std::string json;
    const auto add = [&](const char* name, const std::string& value) {
        json += (json.empty() ? "{\n  " : ",\n  ") + json_text(name) + ": " + value;
    };
    const auto source = [&](const char* field) {
        const auto at = run.sources.find(field);
        return at == run.sources.end() ? std::string("null") : json_text(at->second);
    };
    add("version", json_text(std::to_string(kuramoto::version_major) + "." + std::to_string(kuramoto::version_minor) +
                             "." + std::to_string(kuramoto::version_patch)));
    add("rows", std::to_string(run.rows));
    add("cols", std::to_string(run.cols));
    add("dtype", json_text(run.is_float32 ? "float32" : "float64"));
    add("theta", source("theta"));
    add("omega", run.omega ? text(*run.omega) : source("omega"));
    add("mask", source("mask"));
    add("bonds_east", source("bonds_east"));
    add("bonds_south", source("bonds_south"));
    add("seed", std::to_string(run.seed));
    add("K", text(run.K));
    add("coupling", json_text(run.coupling.canonical()));
    add("lag", text(run.lag));
    add("mean_field", text(run.mean_field));
    add("boundary", json_text(text_of(run.boundary)));
    const auto quantity = [&](const char* name, const std::optional<double>& number) {
        add(name, !run.has_inertia ? "null" : number ? text(*number) : source(name));
    };
    quantity("inertia", run.mass);
    quantity("damping", run.damping);
    quantity("velocity", run.sources.contains("velocity") ? std::nullopt : std::optional(0.0));
    add("stepper", json_text(run.stepper));
    add("noise", run.noise ? text(*run.noise) : source("noise"));
    add("dt", text(run.dt));
    add("start_time", text(run.start_time));
    add("steps", std::to_string(run.last_step));
    add("every", times.interval() > 0 ? std::to_string(times.interval()) : "null");
    return json + "\n}\n";
}

} // namespace simulate
