// The version of the library, stated here and nowhere else: the build reads it from this file.
#pragma once

namespace kuramoto {

// Semantic versioning: within one major version from 1 on, a program that compiled keeps compiling. Before 1.0.0 a
// minor version may break it; the changelog says where.

/// First number of the version. A constant, not a macro: `#if` does not see it.
inline constexpr int version_major = 0;
/// Second number of the version.
inline constexpr int version_minor = 1;
/// Third number of the version.
inline constexpr int version_patch = 0;

} // namespace kuramoto
