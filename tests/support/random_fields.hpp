// The seeded initial fields as a table: for each its name, its bits, its distribution function and how to fill it.
#pragma once

#include <kuramoto/grid/field.hpp>
#include <kuramoto/initial/mixtures.hpp>
#include <kuramoto/initial/random.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>

namespace test {

namespace km = kuramoto;

inline constexpr std::uint64_t random_seed = 0x0123456789abcdefU;

template <class Fill> struct RandomField {
    const char* name;
    const char* argument;          ///< the name of the grid in the messages of errors
    std::uint64_t hash_of_floats;  ///< of 67 x 41 cells, with random_seed
    std::uint64_t hash_of_doubles; ///< likewise
    double (*probability)(double); ///< the distribution function; null if many cells are equal
    Fill fill;                     ///< fill(seed, policy…, grid)
};
template <class Fill>
RandomField(const char*, const char*, std::uint64_t, std::uint64_t, double (*)(double), Fill) -> RandomField<Fill>;

/// The distribution function of the standard normal distribution.
inline double normal_probability(double x) { return 0.5 * std::erfc(-x * 0.7071067811865476); }

// The parameters below are no round numbers.

inline constexpr RandomField uniform_phases{"uniform phases",
                                            "theta",
                                            0x5b799b7b0a905a28U,
                                            0x5044dd32d70990aaU,
                                            [](double x) { return x / 6.283185307179586; },
                                            [](std::uint64_t seed, auto&&... to) { km::uniform_phases(to..., seed); }};

inline constexpr RandomField normal_phases{
    "normal phases",
    "theta",
    0x6c95b95da5bd8859U,
    0xc57c766098efc30fU,
    [](double x) { return normal_probability((x + 2.3) / 0.8); },
    [](std::uint64_t seed, auto&&... to) { km::normal_phases(to..., -2.3, 0.8, seed); }};

inline constexpr RandomField uniform_frequencies{
    "uniform frequencies",
    "omega",
    0x1225b782586fecd5U,
    0x6902771cbc64ba7bU,
    [](double x) { return (x + 1.3) / 3.4; },
    [](std::uint64_t seed, auto&&... to) { km::uniform_frequencies(to..., -1.3, 2.1, seed); }};

inline constexpr RandomField normal_frequencies{
    "normal frequencies",
    "omega",
    0x6dc86493ace363a8U,
    0x5be6ae5ce325d4deU,
    [](double x) { return normal_probability((x - 0.7) / 1.9); },
    [](std::uint64_t seed, auto&&... to) { km::normal_frequencies(to..., 0.7, 1.9, seed); }};

inline constexpr RandomField lorentzian_frequencies{
    "Lorentzian frequencies",
    "omega",
    0xa4ee3487801f48bbU,
    0x86fcd6ad8a4a26c5U,
    [](double x) { return 0.5 + std::atan((x + 0.4) / 0.6) / 3.141592653589793; },
    [](std::uint64_t seed, auto&&... to) { km::lorentzian_frequencies(to..., -0.4, 0.6, seed); }};

inline constexpr RandomField truncated_lorentzian_frequencies{
    "truncated Lorentzian frequencies",
    "omega",
    0x162771b10ac2669eU,
    0x524e9d109f5dfca9U,
    [](double x) { return 0.5 + 0.5 * std::atan((x - 0.3) / 0.7) / std::atan(2.2 / 0.7); },
    [](std::uint64_t seed, auto&&... to) { km::truncated_lorentzian_frequencies(to..., 0.3, 0.7, 2.2, seed); }};

inline constexpr RandomField mixed_frequencies{
    "mixed frequencies",
    "omega",
    0x1d181764af1ce04eU,
    0xf54eb909914290adU,
    nullptr,
    [](std::uint64_t seed, auto&&... to) { km::mixed_frequencies(to..., -0.9, 1.7, 0.37, seed); }};

inline constexpr RandomField frequencies_of_a_mixture{
    "frequencies of a mixture",
    "omega",
    0x30af3565dea151ccU,
    0xfe4a352683d9f944U,
    [](double x) {
        return 0.63 * (0.5 + std::atan((x + 0.9) / 0.3) / 3.141592653589793) +
               0.37 * normal_probability((x - 1.7) / 0.4);
    },
    [](std::uint64_t seed, auto&&... to) {
        km::mixed_frequencies(to..., km::Lorentzian{.centre = -0.9, .half_width = 0.3},
                              km::Normal{.mean = 1.7, .deviation = 0.4}, 0.37, seed);
    }};

/// A field of a kind.
template <class T, class Fill>
km::Field<T> made(const RandomField<Fill>& kind, std::ptrdiff_t rows, std::ptrdiff_t cols,
                  std::uint64_t seed = random_seed) {
    km::Field<T> field(rows, cols);
    kind.fill(seed, field);
    return field;
}

/// use(kind) for every row of the table.
template <class Use> void for_each_random_field(const Use& use) {
    use(uniform_phases);
    use(normal_phases);
    use(uniform_frequencies);
    use(normal_frequencies);
    use(lorentzian_frequencies);
    use(truncated_lorentzian_frequencies);
    use(mixed_frequencies);
    use(frequencies_of_a_mixture);
}

/// use(kind) for those with a distribution function, whose cells are all different.
template <class Use> void for_each_continuous_random_field(const Use& use) {
    for_each_random_field([&](const auto& kind) {
        if (kind.probability != nullptr) use(kind);
    });
}

} // namespace test
