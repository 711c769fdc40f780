// Seeded initial fields: random phases and natural frequencies (quenched disorder) that are the same everywhere.
//
// The value of cell (i, j) is a function of the seed, i, j and the kind of field. It does not depend on the strides or
// the shape of the field, nor on platform, compiler or flags (-Ofast included). Random bits come from Philox4x32-10
// with (i, j) in the counter and the seed as the key. The way from bits to a value uses IEEE operations on double that
// are rounded one at a time, and no library function.
//
// Common to all functions:
// - The field is grid-like and writable, float or double, with any strides and any shape. (i, j) counts from its own
//   first cell: a window is filled like a field of the shape of the window.
// - Cells are independent of each other. So are the fields of different seeds, and the kinds of field of one seed.
// - There are 53 random bits per cell. A float field has the values of the double field of the same seed, rounded.
// - Values below the smallest normal number of the cells' type are stored as zero. A parameter that is a subnormal
//   double counts as zero.
// - The seed can be any number, 0 included.
// - Cost: one pass, no allocation; 10 ns (uniform) to 60 ns (normal) per cell at -O2. With a policy its workers share
//   the cells. Each takes those that `advance` will give it, except on thin or turned grids: the memory of a Field
//   then belongs to the processor that works on it (first touch). Without a policy the calling thread fills the field.
// - Throws: std::invalid_argument, before anything is written, for parameters that are not finite in the precision of
//   the cells or could give a value that is not, for a field that overlaps itself, for more than 2^57 columns, and for
//   an invalid policy.
#pragma once

#include <kuramoto/detail/arithmetic/rounded.hpp>
#include <kuramoto/detail/build/checks.hpp>
#include <kuramoto/detail/initial/distribution_values.hpp>
#include <kuramoto/detail/initial/fill.hpp>
#include <kuramoto/detail/random/philox.hpp>
#include <kuramoto/execution/policy.hpp>
#include <kuramoto/grid/grid.hpp>
#include <kuramoto/initial/distributions.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <type_traits>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// The largest number of T below 2π: as a float, 2π itself would be rounded up.
template <class T> inline constexpr T below_two_pi = sizeof(T) == 4 ? T(0x1.921fb4p+2) : T(0x1.921fb54442d18p+2);

// How 53 random bits become a value of a field.

template <class T> struct UniformPhase {
    T operator()(std::uint64_t bits) const noexcept {
        const T phase = flushed<T>(Rounded(two_pi) * fraction(bits));
        return phase < below_two_pi<T> ? phase : below_two_pi<T>;
    }
};

/// centre + half_width · quantile(p), the quantile being that of the distribution cut off at ±cut / half_width. What
/// rounding carries beyond the cut is put back.
template <class T> class TruncatedLorentzianFrequency {
  public:
    TruncatedLorentzianFrequency(double centre, double half_width, double cut) noexcept
        : centre_(settled(Rounded(centre))), half_width_(settled(Rounded(half_width))), cut_(settled(Rounded(cut))),
          most_(atan2(cut_, half_width_)), rest_(atan2(half_width_, cut_)) {}

    [[nodiscard]] bool always_fits() const noexcept {
        return fits<T>((centre_ - cut_).value()) && fits<T>((centre_ + cut_).value());
    }
    T operator()(std::uint64_t bits) const noexcept {
        const Rounded offset = settled(half_width_ * lorentzian_quantile(Probability(bits), most_, rest_));
        if (offset.value() > cut_.value()) return flushed<T>(centre_ + cut_);
        if (offset.value() < -cut_.value()) return flushed<T>(centre_ - cut_);
        return flushed<T>(centre_ + offset);
    }

  private:
    Rounded centre_;
    Rounded half_width_;
    Rounded cut_;
    Rounded most_; // the angle of the cut: tan most = cut / half_width
    Rounded rest_; // π/2 − most
};

/// One of two values: the second where the fraction is below the share, which is exact.
template <class T> class MixedFrequency {
  public:
    MixedFrequency(double first, double second, double share) noexcept
        : first_(flushed<T>(Rounded(first))), second_(flushed<T>(Rounded(second))), share_(settled(Rounded(share))) {}

    T operator()(std::uint64_t bits) const noexcept { return is_below(bits, share_) ? second_ : first_; }

  private:
    T first_;
    T second_;
    Rounded share_;
};

/// Throws unless every cell can be written and has a counter of its own.
template <class T> void check_field(const Grid<T>& field, const char* name) {
    check_writable(field, name);
    constexpr std::int64_t most_columns = std::int64_t{1} << 57;
    if (field.cols() > most_columns)
        invalid_argument(string_of(name) + " must have at most 2^57 columns, but has " + integer_text(field.cols()));
}

/// 53 random bits for each of two neighbouring cells: columns 2 · pair and 2 · pair + 1 of row i.
struct BitsOfTwoCells {
    std::uint64_t of[2];
};
[[nodiscard]] inline BitsOfTwoCells random_bits(Stream stream, std::ptrdiff_t i, std::ptrdiff_t pair,
                                                PhiloxKey key) noexcept {
    const PhiloxBlock random =
        philox(philox_counter(stream, static_cast<std::uint64_t>(i), static_cast<std::uint64_t>(pair)), key);
    const auto number = [](std::uint32_t low, std::uint32_t high) { return (std::uint64_t{high} << 32 | low) >> 11; };
    return {{number(random.words[0], random.words[1]), number(random.words[2], random.words[3])}};
}

/// For each pair of cells that share random bits and are not both outside a block of the field: visit(i, pair, cell)
/// with the row and the number of the pair in the lattice. cell(k), k = 0 or 1, is a cell of the pair; null if it is
/// not in the block.
template <class T, class Visit>
void visit_pairs(const Grid<T>& field, const Place& place, const CellBlock& block, const Visit& visit) noexcept {
    for (std::ptrdiff_t i = block.row_begin; i < block.row_end; ++i) {
        T* const row = field.data() + i * field.row_stride();
        // A part of a lattice can begin with the second cell of a pair.
        std::ptrdiff_t j = block.col_begin - place.first_col % 2;
        for (; j < block.col_end; j += 2)
            visit(place.first_row + i, (place.first_col + j) / 2, [&](int k) noexcept -> T* {
                const bool is_inside = j + k >= block.col_begin && j + k < block.col_end;
                return is_inside ? row + (j + k) * field.col_stride() : nullptr;
            });
    }
}

/// field(i, j) = value(53 random bits of (seed, stream, i, j)), where (i, j) is the cell of the lattice.
template <class T, class Value>
void fill_block(const Grid<T>& field, const Place& place, const CellBlock& block, Stream stream, std::uint64_t seed,
                const Value& value) noexcept {
    const PhiloxKey key = philox_key(seed);
    visit_pairs(field, place, block, [&](std::ptrdiff_t i, std::ptrdiff_t pair, const auto& cell) noexcept {
        const BitsOfTwoCells bits = random_bits(stream, i, pair, key);
        for (int k = 0; k < 2; ++k)
            if (T* const to = cell(k)) *to = value(bits.of[k]);
    });
}

/// Fills a field on the workers of a policy.
template <class P, class T, class Value>
void fill_cells(const P& policy, const Execution& execution, const Grid<T>& field, Stream stream, std::uint64_t seed,
                const Value& value) {
    fill_blocks(policy, execution, field, [&](const CellBlock& block) noexcept {
        fill_block(field, execution.place, block, stream, seed, value);
    });
}

/// Independent phases or frequencies of a distribution.
template <class P, class G, class D>
void fill_random(const P& policy, G& grid, const char* name, const D& distribution, Stream stream, std::uint64_t seed) {
    const Execution execution(policy);
    const auto field = as_grid(grid);
    using T = typename decltype(field)::value_type;
    check_field(field, name);
    fill_cells(policy, execution, field, stream, seed, checked_values<T>(distribution, ""));
}

} // namespace detail

/// Independent phases, uniform in [0, 2π), in rad.
///
/// θ = 2π · n / 2^53 for n of 53 random bits. A value that would round to 2π becomes the largest number of the cells'
/// type below 2π, so that 0 ≤ θ < 2π holds in float too. The top of the header has what all initial fields have in
/// common, and what they throw.
template <ExecutionPolicy P, WritableGridLike G> void uniform_phases(const P& policy, G&& theta, std::uint64_t seed) {
    const detail::Execution execution(policy);
    const auto field = as_grid(theta);
    using T = typename decltype(field)::value_type;
    detail::check_field(field, "theta");
    detail::fill_cells(policy, execution, field, detail::Stream::phases, seed, detail::UniformPhase<T>());
}

/// The same on the calling thread.
void uniform_phases(WritableGridLike auto&& theta, std::uint64_t seed) { uniform_phases(Fused{}, theta, seed); }

/// Independent phases, normally distributed, in rad, never wrapped.
///
/// θ = mean + deviation · z, where z is the standard normal quantile of (n + ½) / 2^53 for n of 53 random bits; |z| <
/// 8.3. A deviation of 0 gives a constant field. The top of the header has the rest.
///
/// Throws: also for deviation < 0.
/// Accuracy: relative error of z below 1e-15; measured 7e-16.
/// Reference: M. J. Wichura, algorithm AS 241.
template <ExecutionPolicy P, WritableGridLike G>
void normal_phases(const P& policy, G&& theta, double mean, double deviation, std::uint64_t seed) {
    detail::fill_random(policy, theta, "theta", Normal{mean, deviation}, detail::Stream::normal_phases, seed);
}

/// The same on the calling thread.
void normal_phases(WritableGridLike auto&& theta, double mean, double deviation, std::uint64_t seed) {
    normal_phases(Fused{}, theta, mean, deviation, seed);
}

/// Independent natural frequencies, uniform in [low, high], in rad / time.
///
/// ω = low + (high − low) · n / 2^53 for n of 53 random bits. It stays in [low, high], both rounded to the cells' type.
/// low = high gives a constant field. The top of the header has the rest.
///
/// Throws: also for low > high, and if high − low overflows.
template <ExecutionPolicy P, WritableGridLike G>
void uniform_frequencies(const P& policy, G&& omega, double low, double high, std::uint64_t seed) {
    detail::fill_random(policy, omega, "omega", Uniform{low, high}, detail::Stream::uniform_frequencies, seed);
}

/// The same on the calling thread.
void uniform_frequencies(WritableGridLike auto&& omega, double low, double high, std::uint64_t seed) {
    uniform_frequencies(Fused{}, omega, low, high, seed);
}

/// Independent natural frequencies, normally distributed, in rad / time.
///
/// ω = mean + deviation · z, where z is the standard normal quantile of (n + ½) / 2^53 for n of 53 random bits; |z| <
/// 8.3. A deviation of 0 gives a constant field. The top of the header has the rest.
///
/// Throws: also for deviation < 0.
/// Accuracy: relative error of z below 1e-15; measured 7e-16.
/// Reference: M. J. Wichura, algorithm AS 241.
template <ExecutionPolicy P, WritableGridLike G>
void normal_frequencies(const P& policy, G&& omega, double mean, double deviation, std::uint64_t seed) {
    detail::fill_random(policy, omega, "omega", Normal{mean, deviation}, detail::Stream::normal_frequencies, seed);
}

/// The same on the calling thread.
void normal_frequencies(WritableGridLike auto&& omega, double mean, double deviation, std::uint64_t seed) {
    normal_frequencies(Fused{}, omega, mean, deviation, seed);
}

/// Independent natural frequencies with a Lorentzian (Cauchy) distribution, in rad / time.
///
/// The density is half_width / π / ((ω − centre)² + half_width²). For it the Kuramoto model is solved exactly. ω is
/// centre + half_width · tan(π (p − ½)), p = (n + ½) / 2^53, for n of 53 random bits. The tangent t is finite: |t| <
/// 5.8e15. A half_width of 0 gives a constant field. The top of the header has the rest.
///
/// Throws: also for half_width < 0.
/// Accuracy: relative error of t below 6e-16; measured 4.5e-16.
template <ExecutionPolicy P, WritableGridLike G>
void lorentzian_frequencies(const P& policy, G&& omega, double centre, double half_width, std::uint64_t seed) {
    detail::fill_random(policy, omega, "omega", Lorentzian{centre, half_width}, detail::Stream::lorentzian_frequencies,
                        seed);
}

/// The same on the calling thread.
void lorentzian_frequencies(WritableGridLike auto&& omega, double centre, double half_width, std::uint64_t seed) {
    lorentzian_frequencies(Fused{}, omega, centre, half_width, seed);
}

/// Independent natural frequencies with a Lorentzian distribution truncated to centre ± cut, in rad / time.
///
/// The few cells in the far tails would limit the time step and never lock. ω = centre + half_width · tan((2p − 1) ·
/// atan(cut / half_width)), p = (n + ½) / 2^53, for n of 53 random bits. No number is drawn twice. |ω − centre| ≤ cut,
/// up to the rounding of centre ± cut to the cells' type. A cut or a half_width of 0 gives a constant field. The top of
/// the header has the rest.
///
/// Throws: also for half_width < 0 and cut < 0.
/// Accuracy: relative error of ω − centre below 2e-15.
template <ExecutionPolicy P, WritableGridLike G>
void truncated_lorentzian_frequencies(const P& policy, G&& omega, double centre, double half_width, double cut,
                                      std::uint64_t seed) {
    const detail::Execution execution(policy);
    const auto field = as_grid(omega);
    using T = typename decltype(field)::value_type;
    detail::check_field(field, "omega");
    detail::check_parameter<T>(centre, "centre");
    detail::check_scale<T>(half_width, "half_width");
    detail::check_scale<T>(cut, "cut");
    const detail::TruncatedLorentzianFrequency<T> value(centre, half_width, cut);
    if (!value.always_fits())
        detail::invalid_argument("cut = " + detail::text(cut) + " about centre = " + detail::text(centre) +
                                 " is too large for the precision of the cells");
    detail::fill_cells(policy, execution, field, detail::Stream::truncated_lorentzian_frequencies, seed, value);
}

/// The same on the calling thread.
void truncated_lorentzian_frequencies(WritableGridLike auto&& omega, double centre, double half_width, double cut,
                                      std::uint64_t seed) {
    truncated_lorentzian_frequencies(Fused{}, omega, centre, half_width, cut, seed);
}

/// Two natural frequencies mixed at random, in rad / time: `second` with probability `share`, otherwise `first`.
///
/// Cells are independent. ω = second if n / 2^53 < share for n of 53 random bits. The number of cells with `second` is
/// binomial, with a deviation of √(share (1 − share) · cells). mixtures.hpp mixes two distributions. The top of the
/// header has the rest.
///
/// Throws: also for a share outside [0, 1].
template <ExecutionPolicy P, WritableGridLike G>
void mixed_frequencies(const P& policy, G&& omega, double first, double second, double share, std::uint64_t seed) {
    const detail::Execution execution(policy);
    const auto field = as_grid(omega);
    using T = typename decltype(field)::value_type;
    detail::check_field(field, "omega");
    detail::check_parameter<T>(first, "first");
    detail::check_parameter<T>(second, "second");
    detail::check_share(share);
    const detail::MixedFrequency<T> value(first, second, share);
    detail::fill_cells(policy, execution, field, detail::Stream::mixed_frequencies, seed, value);
}

/// The same on the calling thread.
void mixed_frequencies(WritableGridLike auto&& omega, double first, double second, double share, std::uint64_t seed) {
    mixed_frequencies(Fused{}, omega, first, second, share, seed);
}

KURAMOTO_END_NAMESPACE
