// The oracle of noise: ξ of a cell in long double, from the words of Random123 where it is there; and what a step of
// the Euler–Maruyama method adds to the oracle's lattice.
#pragma once

#include "support/oracle.hpp"

#include <kuramoto/detail/random/philox.hpp>

#if __has_include(<Random123/philox.h>)
#include <Random123/philox.h>
#define HAS_RANDOM123 1
#else
#define HAS_RANDOM123 0
#endif

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace test {

using Words = std::array<std::uint32_t, 4>;

/// The random bits of a group of cells, by Random123 where it is there.
inline Words words_of(std::uint32_t row, std::uint32_t group, std::uint64_t step, std::uint64_t seed) {
    const Words counter{row, group, static_cast<std::uint32_t>(step),
                        static_cast<std::uint32_t>(step >> 32) | 16U << 24};
#if HAS_RANDOM123
    const r123::Philox4x32::ctr_type in{{counter[0], counter[1], counter[2], counter[3]}};
    const r123::Philox4x32::key_type key{{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)}};
    const auto out = r123::Philox4x32{}(in, key);
    return {out[0], out[1], out[2], out[3]};
#else
    const auto out =
        km::detail::philox({{counter[0], counter[1], counter[2], counter[3]}}, km::detail::philox_key(seed));
    return {out.words[0], out.words[1], out.words[2], out.words[3]};
#endif
}

/// The two normal numbers of a u and an angle, as the documentation has them.
inline std::array<long double, 2> box_muller(long double u, long double angle) {
    const long double radius = std::sqrt(-2 * std::log(u));
    return {radius * std::cos(angle), radius * std::sin(angle)};
}

/// ξ of a cell, in long double from the random words.
template <class T> long double normal_of(std::ptrdiff_t i, std::ptrdiff_t j, std::uint64_t step, std::uint64_t seed) {
    constexpr long double half_pi = 1.57079632679489661923132169163975144L;
    constexpr std::ptrdiff_t group = 16 / static_cast<std::ptrdiff_t>(sizeof(T));
    const Words words = words_of(static_cast<std::uint32_t>(i), static_cast<std::uint32_t>(j / group), step, seed);
    const auto place = static_cast<std::size_t>(j % group);
    if constexpr (sizeof(T) == 4) {
        const std::uint32_t first = words[place / 2 * 2];
        const std::uint32_t second = words[place / 2 * 2 + 1];
        // u is rounded to float; of v count the highest 25 bits.
        const auto u = static_cast<long double>(std::fmaf(static_cast<float>(first >> 1), 0x1p-31F, 0x1p-32F));
        const long double in_quarter = static_cast<long double>((second << 2) >> 9) * 0x1p-23L - 0.5L;
        return box_muller(u, half_pi * (static_cast<long double>(second >> 30) + in_quarter))[place % 2];
    } else {
        const std::uint64_t first = words[0] | std::uint64_t{words[1]} << 32;
        const std::uint64_t second = words[2] | std::uint64_t{words[3]} << 32;
        const long double u = 1 - static_cast<long double>(first >> 12) * 0x1p-52L;
        const long double in_quarter = static_cast<long double>((second << 2) >> 12) * 0x1p-52L - 0.5L;
        return box_muller(u, half_pi * (static_cast<long double>(second >> 62) + in_quarter))[place % 2];
    }
}

/// How far the library's ξ may be from it: an angle of up to π/4 and a radius of up to 9, each with some roundings.
template <class T>
constexpr long double normal_tolerance = 24 * static_cast<long double>(std::numeric_limits<T>::epsilon());

/// Adds √(2 D dt) ξ to a lattice with so many columns; `amplitudes` are the √(2 D dt) of the cells. The library has
/// them with an error of a product, a root and its own product with ξ, |ξ| < 9, and rounds the sum.
template <class T>
void add_noise(ExactRun& run, std::ptrdiff_t cols, const Exact& amplitudes, std::uint64_t step, std::uint64_t seed) {
    const long double epsilon = static_cast<long double>(std::numeric_limits<T>::epsilon());
    for (std::size_t k = 0; k < run.theta.size(); ++k) {
        const auto cell = static_cast<std::ptrdiff_t>(k);
        run.theta[k] += amplitudes[k] * normal_of<T>(cell / cols, cell % cols, step, seed);
    }
    run.tolerance += largest_size(amplitudes) * (normal_tolerance<T> + 2 * 9 * epsilon);
    run.tolerance += epsilon * largest_size(run.theta);
}

} // namespace test
