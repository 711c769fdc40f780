// Natural frequencies from a mixture of two distributions, for example a bimodal Lorentzian: random, or quantiles.
//
// The tops of random.hpp (for mixed_frequencies) and quantiles.hpp (for mixed_quantiles) have what all fields of their
// kind have in common. Messages of errors name a parameter as `first.centre` or `second.deviation`.
#pragma once

#include <kuramoto/initial/distributions.hpp>
#include <kuramoto/initial/quantiles.hpp>
#include <kuramoto/initial/random.hpp>

#include <cstddef>
#include <cstdint>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// field(i, j) = second(bits) where the bits of mixed_frequencies say so, otherwise first(bits).
template <class T, class First, class Second>
void fill_mixture(const Grid<T>& field, const Place& place, const CellBlock& block, std::uint64_t seed,
                  const First& first, const Second& second, Rounded share) noexcept {
    const PhiloxKey key = philox_key(seed);
    visit_pairs(field, place, block, [&](std::ptrdiff_t i, std::ptrdiff_t pair, const auto& cell) noexcept {
        const BitsOfTwoCells choices = random_bits(Stream::mixed_frequencies, i, pair, key);
        const BitsOfTwoCells bits = random_bits(Stream::values_of_mixtures, i, pair, key);
        for (int k = 0; k < 2; ++k)
            if (T* const to = cell(k)) *to = is_below(choices.of[k], share) ? second(bits.of[k]) : first(bits.of[k]);
    });
}

/// share · count, rounded to the nearest integer, halves upwards.
[[nodiscard]] inline std::uint64_t share_of(std::uint64_t count, Rounded share) noexcept {
    const Rounded exact = share * Rounded(static_cast<double>(static_cast<std::int64_t>(count)));
    const auto below = static_cast<std::int64_t>(exact.value());
    const Rounded rest = exact - Rounded(static_cast<double>(below));
    return static_cast<std::uint64_t>(below + (rest.value() >= 0.5 ? 1 : 0));
}

} // namespace detail

/// Independent natural frequencies from a mixture of two distributions, in rad / time.
///
/// Each cell draws from `second` with probability `share`, otherwise from `first`. Uniform, Normal and Lorentzian
/// describe a distribution. A bimodal Lorentzian with peaks at ±ω₀ and the half width γ is
///
///     mixed_frequencies(omega, Lorentzian{.centre = -w0, .half_width = g}, Lorentzian{.centre = w0, .half_width = g},
///                       0.5, seed);
///
/// The function of the same name in random.hpp mixes two numbers. For the same seed and share it gives `second` to the
/// same cells. So mixed_frequencies(mask, 0, 1, share, seed) says which cells draw from `second`.
///
/// Throws: also for a share outside [0, 1].
/// Cost: up to 80 ns per cell at -O2.
/// Reference: E. A. Martens et al., Physical Review E 79 (2009) 026204, for the bimodal Lorentzian.
template <ExecutionPolicy P, WritableGridLike G, FrequencyDistribution First, FrequencyDistribution Second>
void mixed_frequencies(const P& policy, G&& omega, const First& first, const Second& second, double share,
                       std::uint64_t seed) {
    const detail::Execution execution(policy);
    const auto field = as_grid(omega);
    using T = typename decltype(field)::value_type;
    detail::check_field(field, "omega");
    const auto of_first = detail::checked_values<T>(first, "first.");
    const auto of_second = detail::checked_values<T>(second, "second.");
    detail::check_share(share);
    const detail::Rounded settled_share = detail::settled(detail::Rounded(share));
    detail::fill_blocks(policy, execution, field, [&](const detail::CellBlock& block) noexcept {
        detail::fill_mixture(field, execution.place, block, seed, of_first, of_second, settled_share);
    });
}

/// The same on the calling thread.
template <FrequencyDistribution First, FrequencyDistribution Second>
void mixed_frequencies(WritableGridLike auto&& omega, const First& first, const Second& second, double share,
                       std::uint64_t seed) {
    mixed_frequencies(Fused{}, omega, first, second, share, seed);
}

/// The quantiles of a mixture of two distributions as natural frequencies, shuffled by the seed, in rad / time.
///
/// Of N cells, share · N (rounded to the nearest integer, halves upwards) get the quantiles of `second`. The others get
/// those of `first`. All are shuffled together. For two values a and b in an
/// exact proportion, pass Uniform{.low = a, .high = a} and Uniform{.low = b, .high = b}.
///
/// The order is a function of the seed and the number of cells alone. So mixed_quantiles(mask, Uniform{.low = 0, .high
/// = 0}, Uniform{.low = 1, .high = 1}, share, seed) says which cells have a quantile of `second`.
///
/// Throws: also for a share outside [0, 1].
template <ExecutionPolicy P, WritableGridLike G, FrequencyDistribution First, FrequencyDistribution Second>
void mixed_quantiles(const P& policy, G&& omega, const First& first, const Second& second, double share,
                     std::uint64_t seed) {
    const detail::Execution execution(policy);
    const auto field = as_grid(omega);
    using T = typename decltype(field)::value_type;
    detail::check_countable(field, "omega");
    const auto of_first = detail::checked_values<T>(first, "first.");
    const auto of_second = detail::checked_values<T>(second, "second.");
    detail::check_share(share);
    const auto cells = static_cast<std::uint64_t>(field.size());
    const std::uint64_t seconds = detail::share_of(cells, detail::settled(detail::Rounded(share)));
    const std::uint64_t firsts = cells - seconds;
    detail::fill_shuffled(policy, execution, field, detail::Stream::mixed_quantiles, seed,
                          [&](std::uint64_t k) noexcept {
                              if (k < firsts) return of_first(detail::Probability(k, firsts));
                              return of_second(detail::Probability(k - firsts, seconds));
                          });
}

/// The same on the calling thread.
template <FrequencyDistribution First, FrequencyDistribution Second>
void mixed_quantiles(WritableGridLike auto&& omega, const First& first, const Second& second, double share,
                     std::uint64_t seed) {
    mixed_quantiles(Fused{}, omega, first, second, share, seed);
}

KURAMOTO_END_NAMESPACE
