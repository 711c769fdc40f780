// The run itself; included by every unit, so that all instantiate the same templates on the same public types.
#pragma once

#include "two_units.hpp"

#include <kuramoto/kuramoto.hpp>

#if defined(WITH_EVERY_ALGORITHM)
#include "support/every_algorithm.hpp"
#endif

#include <cstddef>
#include <cstdint>
#include <cstring>

// The same type in every unit, as a coupling from a header of the user would be.
struct Skewed {
    static constexpr bool odd = false;
    template <class V> V operator()(V d) const { return kuramoto::sin(d) + kuramoto::cos(d) * 0.125F; }
};

namespace {

template <class T> kuramoto::Field<T> phases(std::ptrdiff_t rows, std::ptrdiff_t cols) {
    kuramoto::Field<T> field(rows, cols);
    std::uint32_t state = 1;
    for (std::ptrdiff_t i = 0; i < rows; ++i)
        for (std::ptrdiff_t j = 0; j < cols; ++j) {
            state = state * 1664525U + 1013904223U;
            // Multiples of 1/512, exact whatever the flags.
            field(i, j) = static_cast<T>(state >> 20U) / T{512};
        }
    return field;
}

template <class T> std::uint64_t hash(const kuramoto::Field<T>& field) {
    std::uint64_t value = 14695981039346656037U;
    for (std::ptrdiff_t k = 0; k < field.size(); ++k) {
        std::uint64_t bits = 0;
        std::memcpy(&bits, field.data() + k, sizeof(T));
        value = (value ^ bits) * 1099511628211U;
    }
    return value;
}

template <class T, class Coupling, class Policy> kuramoto::Field<T> run(const Policy& policy) {
    kuramoto::Field<T> theta = phases<T>(37, 61);
    const kuramoto::Field<T> omega = phases<T>(37, 61);
    const kuramoto::Model model{kuramoto::Laplacian<Coupling>{.K = 1.5}, omega};
    kuramoto::advance(policy, kuramoto::Euler{.dt = 0.0625}, model, theta, 40);
    return theta;
}

// One hash for the results of all algorithms; 0 in units where that takes too long to compile.
#if defined(WITH_EVERY_ALGORITHM)
struct ThisUnit {};
template <class T> std::uint64_t hash_of_every_algorithm() {
    std::uint64_t value = 14695981039346656037U;
    for (const test::Witness& witness : test::witnesses<T, ThisUnit>(kuramoto::Fused{}))
        value = (value ^ witness.hash) * 1099511628211U;
    return value;
}
#else
template <class T> std::uint64_t hash_of_every_algorithm() { return 0; }
#endif

Result results() {
    const kuramoto::Field<double> last = run<double, Skewed>(kuramoto::Fused{});
    return {hash(run<float, kuramoto::Sine>(kuramoto::Fused{})), hash(last),
            hash(run<float, kuramoto::Sine>(kuramoto::Serial{})),
            hash_of_every_algorithm<float>() ^ hash_of_every_algorithm<double>(), last(0, 0)};
}

} // namespace
