// --boundary: what lies beyond the edges, from a word for all four or a list of edges, and as such a text.
#pragma once

#include "text.hpp"

#include <kuramoto/model/boundary.hpp>

#include <cmath>
#include <optional>
#include <string>

namespace simulate {

namespace km = kuramoto;

/// "zero", "periodic", "phase:0.5" or "flux:-1"; nothing if it is none of them.
inline std::optional<km::BoundaryCondition> parsed_edge(const std::string& word) {
    if (word == "zero") return km::zero_flux;
    if (word == "periodic") return km::periodic;
    const std::size_t colon = word.find(':');
    if (colon == std::string::npos) return std::nullopt;
    const std::string kind = word.substr(0, colon);
    const std::optional<double> number = parsed<double>(word.substr(colon + 1));
    if (!number || !std::isfinite(*number)) return std::nullopt;
    if (kind == "phase") return km::fixed_phase(*number);
    if (kind == "flux") return km::fixed_flux(*number);
    return std::nullopt;
}

/// The boundary that --boundary asks for: a kind, or "north=periodic,south=periodic,east=phase:0.5" …; an edge that is
/// not named has zero flux. Throws BadOption.
inline km::Boundary parsed_boundary(const std::string& given) {
    const auto wrong = [&](const std::string& what) { throw BadOption("--boundary " + given + ": " + what); };
    const std::string kinds = "zero, periodic, phase:NUMBER or flux:NUMBER";
    km::Boundary boundary;
    if (given.find('=') == std::string::npos) {
        const std::optional<km::BoundaryCondition> edge = parsed_edge(given);
        if (!edge) wrong("must be " + kinds + ", or a list like north=phase:1,south=flux:-0.5");
        return {*edge, *edge, *edge, *edge};
    }
    std::string seen;
    for (std::size_t begin = 0; begin <= given.size();) {
        const std::size_t end = std::min(given.find(',', begin), given.size());
        const std::string part = given.substr(begin, end - begin);
        const std::size_t equals = std::min(part.find('='), part.size());
        const std::string name = part.substr(0, equals);
        const std::optional<km::BoundaryCondition> edge =
            equals < part.size() ? parsed_edge(part.substr(equals + 1)) : std::nullopt;
        if (!edge) wrong("'" + part + "' must be SIDE=KIND, where KIND is " + kinds);
        if (seen.find(" " + name + " ") != std::string::npos) wrong(name + " is given twice");
        seen += " " + name + " ";
        if (name == "north")
            boundary.north = *edge;
        else if (name == "south")
            boundary.south = *edge;
        else if (name == "west")
            boundary.west = *edge;
        else if (name == "east")
            boundary.east = *edge;
        else
            wrong("'" + name + "' is not one of north|south|west|east");
        begin = end + 1;
    }
    const auto is_periodic = [](const km::BoundaryCondition& edge) { return edge.kind == km::BoundaryKind::periodic; };
    if (is_periodic(boundary.north) != is_periodic(boundary.south))
        wrong("if north or south is periodic, both must be");
    if (is_periodic(boundary.west) != is_periodic(boundary.east)) wrong("if west or east is periodic, both must be");
    return boundary;
}

/// Whether two edges are the same. A flux of 0 is zero flux.
inline bool are_equal(const km::BoundaryCondition& a, const km::BoundaryCondition& b) {
    const auto has_no_flux = [](const km::BoundaryCondition& edge) {
        return edge.kind == km::BoundaryKind::zero_flux ||
               (edge.kind == km::BoundaryKind::fixed_flux && edge.value == 0);
    };
    return (has_no_flux(a) && has_no_flux(b)) || (a.kind == b.kind && a.value == b.value);
}
inline bool are_equal(const km::Boundary& a, const km::Boundary& b) {
    return are_equal(a.north, b.north) && are_equal(a.south, b.south) && are_equal(a.west, b.west) &&
           are_equal(a.east, b.east);
}

/// An edge as --boundary takes it.
inline std::string text_of(const km::BoundaryCondition& edge) {
    if (edge.kind == km::BoundaryKind::zero_flux) return "zero";
    if (edge.kind == km::BoundaryKind::periodic) return "periodic";
    return (edge.kind == km::BoundaryKind::fixed_phase ? "phase:" : "flux:") + text(edge.value);
}
/// A boundary as --boundary takes it.
inline std::string text_of(const km::Boundary& boundary) {
    const std::string north = text_of(boundary.north);
    const std::string south = text_of(boundary.south);
    const std::string west = text_of(boundary.west);
    const std::string east = text_of(boundary.east);
    if (north == south && north == west && north == east) return north;
    return "north=" + north + ",south=" + south + ",west=" + west + ",east=" + east;
}

} // namespace simulate
