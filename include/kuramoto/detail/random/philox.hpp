// Philox4x32-10: random bits as a pure function of (key, counter), so that any cell's can be had in any order.
//
// J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC '11. A
// bijection of the 128-bit counter for every 64-bit key: different counters never share a block of bits.
#pragma once

#include <kuramoto/detail/build/config.hpp>

#include <cstdint>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// What random bits are for. The number is the top byte of every counter, so that two uses of one seed never meet; a
/// number once given out is never changed or reused.
enum class Stream : std::uint8_t {
    phases = 1,
    uniform_frequencies = 2,
    normal_frequencies = 3,
    lorentzian_frequencies = 4,
    normal_phases = 8,
    truncated_lorentzian_frequencies = 9,
    mixed_frequencies = 10,
    uniform_quantiles = 11,
    normal_quantiles = 12,
    lorentzian_quantiles = 13,
    mixed_quantiles = 14,
    values_of_mixtures = 15,
    noise = 16,
};

/// 128 bits as four words, the least significant first: a counter, and what Philox makes of it.
struct PhiloxBlock {
    std::uint32_t words[4];
};

/// The key: the 64 bits of a seed as two words, the least significant first.
struct PhiloxKey {
    std::uint32_t words[2];
};

inline constexpr int philox_rounds = 10;
inline constexpr std::uint32_t philox_factors[2] = {0xD2511F53U, 0xCD9E8D57U}; ///< of words 0 and 2 of the counter
inline constexpr std::uint32_t philox_steps[2] = {0x9E3779B9U, 0xBB67AE85U};   ///< from the key of a round to the next

/// The ten rounds: each multiplies two words of the counter by odd constants and mixes the halves of the products with
/// the other two words and the key, which moves on by a constant after every round.
[[nodiscard]] constexpr PhiloxBlock philox(PhiloxBlock counter, PhiloxKey key) noexcept {
    for (int round = 0; round < philox_rounds; ++round) {
        const auto* c = counter.words;
        const std::uint64_t first = std::uint64_t{philox_factors[0]} * c[0];
        const std::uint64_t second = std::uint64_t{philox_factors[1]} * c[2];
        counter = {{static_cast<std::uint32_t>(second >> 32) ^ c[1] ^ key.words[0], static_cast<std::uint32_t>(second),
                    static_cast<std::uint32_t>(first >> 32) ^ c[3] ^ key.words[1], static_cast<std::uint32_t>(first)}};
        key.words[0] += philox_steps[0];
        key.words[1] += philox_steps[1];
    }
    return counter;
}

[[nodiscard]] constexpr PhiloxKey philox_key(std::uint64_t seed) noexcept {
    return {{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)}};
}

/// The counter of (stream, row, group of columns): 64 bits of row, 56 of group, 8 of stream. `group` < 2^56.
[[nodiscard]] constexpr PhiloxBlock philox_counter(Stream stream, std::uint64_t row, std::uint64_t group) noexcept {
    return {{static_cast<std::uint32_t>(row), static_cast<std::uint32_t>(row >> 32), static_cast<std::uint32_t>(group),
             static_cast<std::uint32_t>(group >> 32) | static_cast<std::uint32_t>(stream) << 24}};
}

/// The counter of the noise of a step: 32 bits of row and of group, 56 of step.
[[nodiscard]] constexpr PhiloxBlock noise_counter(std::uint32_t row, std::uint32_t group, std::uint64_t step) noexcept {
    return {{row, group, static_cast<std::uint32_t>(step),
             static_cast<std::uint32_t>(step >> 32) | static_cast<std::uint32_t>(Stream::noise) << 24}};
}

} // namespace detail
KURAMOTO_END_NAMESPACE
