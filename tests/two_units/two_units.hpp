// What the units of tests/two_units compute, each with its own flags.
#pragma once

#include <cinttypes>
#include <cstdint>
#include <cstdio>

/// A few numbers of one run.
struct Result {
    std::uint64_t bits_float;  ///< hash of a float run
    std::uint64_t bits_double; ///< hash of a double run
    std::uint64_t bits_serial; ///< hash of a run in array passes
    std::uint64_t bits_every;  ///< hash of the results of every algorithm
    double first_cell;         ///< phase of one cell in the double run, to compare units by value
};

/// The line by which the bits of two builds are compared.
inline void print(const Result& plain) {
    std::printf("plain %016" PRIx64 " %016" PRIx64 " %016" PRIx64 " %016" PRIx64 "\n", plain.bits_float,
                plain.bits_double, plain.bits_serial, plain.bits_every);
}

/// The plain unit, which has exceptions and checked indices.
Result plain_unit();
/// How many of `refusals_asked` wrong calls in their unit end in an exception.
int refusals();
inline constexpr int refusals_asked = 7;

/// Units without exceptions or checked indices, and with -ffast-math.
Result fast_unit();
Result no_exceptions_unit();
