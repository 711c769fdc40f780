// Seeded initial fields: random phases and natural frequencies that are the same everywhere.
// May include execution.hpp, grid.hpp, detail/checks.hpp, detail/philox.hpp and detail/rounded.hpp.
//
// The value of cell (i, j) is a function of the seed, i, j and the kind of field. It does not depend on the strides or
// the shape of the field, nor on the platform, the compiler or its flags (-Ofast included): random bits come from
// Philox4x32-10 with (i, j) in the counter and the seed as the key, and their way to a value uses no library function,
// only IEEE operations on double that are rounded one at a time.
//
// Common to all four functions:
// - the field is grid-like and writable, float or double, any strides, of any shape; (i, j) counts from its own first
//   cell, so that a window is filled like a field of the window's shape;
// - cells are independent of each other, and so are the fields of different seeds, and the four kinds of one seed;
// - 53 random bits a cell; a float field holds the values of the double field of the same seed, rounded to nearest;
// - values below the smallest normal number of the cells' type are stored as zero; a parameter that is a
//   subnormal double counts as zero;
// - the seed may be any number; 0 is as good as another;
// - one pass over the memory, nothing allocated; 10 (uniform) to 60 (normal) nanoseconds a cell at -O2. With a policy
//   its workers share the cells, each taking those that `advance` will give it, but on thin or turned grids: a
//   Field's memory then belongs to the processor that works on it (first touch). Without one, everything is done on the
//   calling thread;
// - std::invalid_argument, before anything is written, for parameters that are not finite in the precision of the cells
//   or could give a value that is not, for a field that overlaps itself, for more than 2^57 columns, and for a policy
//   that cannot be.
#pragma once

#include <kuramoto/detail/checks.hpp>
#include <kuramoto/detail/philox.hpp>
#include <kuramoto/detail/rounded.hpp>
#include <kuramoto/execution.hpp>
#include <kuramoto/grid.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <type_traits>

namespace kuramoto {
inline namespace KURAMOTO_BUILD {
namespace detail {

/// The largest number of 53 bits.
inline constexpr std::uint64_t most_bits = (std::uint64_t{1} << 53) - 1;

/// 2π and the largest number of T below it: as a float, 2π itself would be rounded up.
inline constexpr double two_pi = 6.28318530717958647692;
template <class T> inline constexpr T below_two_pi = sizeof(T) == 4 ? T(0x1.921fb4p+2) : T(0x1.921fb54442d18p+2);

/// bits · 2^-53, in [0, 1).
[[nodiscard]] inline Rounded fraction(std::uint64_t bits) noexcept {
    return Rounded(static_cast<double>(static_cast<std::int64_t>(bits))) * Rounded(0x1p-53);
}

// How 53 random bits become a value of a field.

template <class T> struct UniformPhase {
    T operator()(std::uint64_t bits) const noexcept {
        const T phase = flushed<T>(Rounded(two_pi) * fraction(bits));
        return phase < below_two_pi<T> ? phase : below_two_pi<T>;
    }
};

/// low + (high − low) · fraction. It cannot exceed `high`: the width is rounded up by half an ulp at most, and its
/// largest multiple lies more than that below it.
template <class T> class UniformFrequency {
  public:
    UniformFrequency(double low, double high) noexcept
        : low_(flushed<double>(Rounded(low))), width_(flushed<double>(Rounded(flushed<double>(Rounded(high))) - low_)) {
    }

    [[nodiscard]] double width() const noexcept { return width_.value(); }

    T operator()(std::uint64_t bits) const noexcept {
        return flushed<T>(low_ + Rounded(flushed<double>(width_ * fraction(bits))));
    }

  private:
    Rounded low_;
    Rounded width_;
};

/// centre + scale · quantile(p).
template <class T, Rounded (*quantile)(const Probability&) noexcept> class ScaledQuantile {
  public:
    ScaledQuantile(double centre, double scale) noexcept
        : centre_(flushed<double>(Rounded(centre))), scale_(flushed<double>(Rounded(scale))) {}

    [[nodiscard]] Rounded in_double(std::uint64_t bits) const noexcept {
        return centre_ + Rounded(flushed<double>(scale_ * quantile(Probability(bits))));
    }
    [[nodiscard]] bool always_fits() const noexcept {
        return fits<T>(in_double(0).value()) && fits<T>(in_double(most_bits).value());
    }
    T operator()(std::uint64_t bits) const noexcept { return flushed<T>(in_double(bits)); }

  private:
    Rounded centre_;
    Rounded scale_;
};

template <class T> using NormalFrequency = ScaledQuantile<T, normal_quantile>;
template <class T> using LorentzianFrequency = ScaledQuantile<T, lorentzian_quantile>;

/// Throws unless T can hold `value`.
template <class T> void check_parameter(double value, const char* name) {
    if (!fits<T>(value))
        invalid_argument(std::string(name) + " must be finite in the precision of the cells, but is " + text(value));
}

/// As check_parameter, and not negative.
template <class T> void check_scale(double value, const char* name) {
    check_parameter<T>(value, name);
    if (value < 0) invalid_argument(std::string(name) + " must not be negative, but is " + text(value));
}

/// Throws unless every cell can be written and has a counter of its own.
template <class T> void check_field(const Grid<T>& field, const char* name) {
    check_writable(field, name);
    constexpr std::int64_t most_columns = std::int64_t{1} << 57;
    if (field.cols() > most_columns)
        invalid_argument(std::string(name) + " must have at most 2^57 columns, but has " +
                         std::to_string(field.cols()));
}

/// A block of cells: rows [row_begin, row_end), columns [col_begin, col_end) with an even col_begin.
struct CellBlock {
    std::ptrdiff_t row_begin;
    std::ptrdiff_t row_end;
    std::ptrdiff_t col_begin;
    std::ptrdiff_t col_end;
};

/// field(i, j) = value(53 random bits of (seed, stream, i, j)). A block of Philox serves two neighbouring columns.
template <class T, class Value>
void fill_block(const Grid<T>& field, const CellBlock& block, Stream stream, std::uint64_t seed,
                const Value& value) noexcept {
    const PhiloxKey key = philox_key(seed);
    for (std::ptrdiff_t i = block.row_begin; i < block.row_end; ++i) {
        T* const row = field.data() + i * field.row_stride();
        for (std::ptrdiff_t j = block.col_begin; j < block.col_end; j += 2) {
            const PhiloxBlock counter =
                philox_counter(stream, static_cast<std::uint64_t>(i), static_cast<std::uint64_t>(j / 2));
            const PhiloxBlock random = philox(counter, key);
            for (int k = 0; k < 2 && j + k < block.col_end; ++k)
                row[(j + k) * field.col_stride()] =
                    value((std::uint64_t{random.words[2 * k + 1]} << 32 | random.words[2 * k]) >> 11);
        }
    }
}

/// Every worker fills the rows that `advance` gives it where bands are not thin, so that it touches their memory first;
/// where there are fewer rows than workers, columns.
template <class P, class T, class Value>
void fill_cells(const P& policy, const Execution& execution, const Grid<T>& field, Stream stream, std::uint64_t seed,
                const Value& value) {
    const std::ptrdiff_t rows = field.rows();
    const std::ptrdiff_t cols = field.cols();
    if (field.empty()) return; // there may be very many rows without cells
    const int tasks = workers_for(field.size(), execution);
    policy.run(tasks, [&](int task) noexcept {
        CellBlock block{0, rows, 0, cols};
        if (rows >= tasks) {
            block.row_begin = share_begin(task, tasks, rows);
            block.row_end = share_begin(task + 1, tasks, rows);
        } else {
            const std::ptrdiff_t pairs = (cols + 1) / 2;
            block.col_begin = 2 * share_begin(task, tasks, pairs);
            block.col_end = clamped(2 * share_begin(task + 1, tasks, pairs), 0, cols);
        }
        fill_block(field, block, stream, seed, value);
    });
}

} // namespace detail

/// Independent phases, uniform in [0, 2π), in rad.
///
/// θ = 2π · n / 2^53 for n random of 53 bits; where that would round to 2π or above, the largest number of the cells'
/// type below 2π, so that 0 ≤ θ < 2π holds in float too. See the top of the header for what all initial fields have in
/// common, and for what is thrown.
template <ExecutionPolicy P, class G>
requires WritableGridLike<std::remove_reference_t<G>>
void uniform_phases(const P& policy, G&& theta, std::uint64_t seed) {
    const detail::Execution execution = detail::examine(policy);
    const auto field = as_grid(theta);
    using T = typename decltype(field)::value_type;
    detail::check_field(field, "theta");
    detail::fill_cells(policy, execution, field, detail::Stream::phases, seed, detail::UniformPhase<T>());
}

/// The same on the calling thread.
template <class G>
requires WritableGridLike<std::remove_reference_t<G>>
void uniform_phases(G&& theta, std::uint64_t seed) { uniform_phases(Fused{}, theta, seed); }

/// Independent natural frequencies, uniform in [low, high], in rad / time.
///
/// ω = low + (high − low) · n / 2^53 for n random of 53 bits, which never leaves [low, high] except as low and high
/// themselves do when they are rounded to the cells' type. low = high gives a constant field. Throws also for low >
/// high, and for a high − low that overflows. See the top of the header for the rest.
template <ExecutionPolicy P, class G>
requires WritableGridLike<std::remove_reference_t<G>>
void uniform_frequencies(const P& policy, G&& omega, double low, double high, std::uint64_t seed) {
    const detail::Execution execution = detail::examine(policy);
    const auto field = as_grid(omega);
    using T = typename decltype(field)::value_type;
    detail::check_field(field, "omega");
    detail::check_parameter<T>(low, "low");
    detail::check_parameter<T>(high, "high");
    if (low > high)
        detail::invalid_argument("low must not be above high, but low = " + detail::text(low) +
                                 " and high = " + detail::text(high));
    const detail::UniformFrequency<T> value(low, high);
    if (!detail::fits<double>(value.width()))
        detail::invalid_argument("high - low must be finite, but low = " + detail::text(low) +
                                 " and high = " + detail::text(high));
    detail::fill_cells(policy, execution, field, detail::Stream::uniform_frequencies, seed, value);
}

/// The same on the calling thread.
template <class G>
requires WritableGridLike<std::remove_reference_t<G>>
void uniform_frequencies(G&& omega, double low, double high, std::uint64_t seed) {
    uniform_frequencies(Fused{}, omega, low, high, seed);
}

/// Independent natural frequencies, normally distributed, in rad / time.
///
/// ω = mean + deviation · z, z the standard normal quantile of (n + ½) / 2^53 for n random of 53 bits: |z| < 8.3. A
/// deviation of 0 gives a constant field. The relative error of z is below 1e-15, measured 7e-16 (M. J. Wichura,
/// algorithm AS 241). Throws also for deviation < 0. See the top of the header for the rest.
template <ExecutionPolicy P, class G>
requires WritableGridLike<std::remove_reference_t<G>>
void normal_frequencies(const P& policy, G&& omega, double mean, double deviation, std::uint64_t seed) {
    const detail::Execution execution = detail::examine(policy);
    const auto field = as_grid(omega);
    using T = typename decltype(field)::value_type;
    detail::check_field(field, "omega");
    detail::check_parameter<T>(mean, "mean");
    detail::check_scale<T>(deviation, "deviation");
    const detail::NormalFrequency<T> value(mean, deviation);
    if (!value.always_fits())
        detail::invalid_argument("deviation = " + detail::text(deviation) + " about mean = " + detail::text(mean) +
                                 " is too large for the precision of the cells: values lie up to 8.3 deviations away");
    detail::fill_cells(policy, execution, field, detail::Stream::normal_frequencies, seed, value);
}

/// The same on the calling thread.
template <class G>
requires WritableGridLike<std::remove_reference_t<G>>
void normal_frequencies(G&& omega, double mean, double deviation, std::uint64_t seed) {
    normal_frequencies(Fused{}, omega, mean, deviation, seed);
}

/// Independent natural frequencies with the Lorentzian (Cauchy) density half_width / π / ((ω − centre)² +
/// half_width²), in rad / time: the distribution for which the Kuramoto model is solved exactly.
///
/// ω = centre + half_width · t, t = tan(π (p − ½)) of p = (n + ½) / 2^53 for n random of 53 bits: |t| < 5.8e15, finite
/// although the distribution has no mean. A half_width of 0 gives a constant field. The relative error of t is
/// below 6e-16, measured 4.5e-16. Throws also for half_width < 0. See the top of the header for the rest.
template <ExecutionPolicy P, class G>
requires WritableGridLike<std::remove_reference_t<G>>
void lorentzian_frequencies(const P& policy, G&& omega, double centre, double half_width, std::uint64_t seed) {
    const detail::Execution execution = detail::examine(policy);
    const auto field = as_grid(omega);
    using T = typename decltype(field)::value_type;
    detail::check_field(field, "omega");
    detail::check_parameter<T>(centre, "centre");
    detail::check_scale<T>(half_width, "half_width");
    const detail::LorentzianFrequency<T> value(centre, half_width);
    if (!value.always_fits())
        detail::invalid_argument(
            "half_width = " + detail::text(half_width) + " about centre = " + detail::text(centre) +
            " is too large for the precision of the cells: values lie up to 5.8e15 half-widths away");
    detail::fill_cells(policy, execution, field, detail::Stream::lorentzian_frequencies, seed, value);
}

/// The same on the calling thread.
template <class G>
requires WritableGridLike<std::remove_reference_t<G>>
void lorentzian_frequencies(G&& omega, double centre, double half_width, std::uint64_t seed) {
    lorentzian_frequencies(Fused{}, omega, centre, half_width, seed);
}

} // namespace KURAMOTO_BUILD
} // namespace kuramoto
