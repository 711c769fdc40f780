// The values of distributions: from random bits, or from a probability; and the checks of their parameters.
#pragma once

#include <kuramoto/detail/arithmetic/rounded.hpp>
#include <kuramoto/detail/build/errors.hpp>
#include <kuramoto/detail/initial/fill.hpp>
#include <kuramoto/initial/distributions.hpp>

#include <cstdint>
#include <string>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// The largest number of 53 bits.
inline constexpr std::uint64_t most_bits = (std::uint64_t{1} << 53) - 1;

/// bits · 2^-53, in [0, 1).
[[nodiscard]] inline Rounded fraction(std::uint64_t bits) noexcept {
    return Rounded(static_cast<double>(static_cast<std::int64_t>(bits))) * Rounded(0x1p-53);
}

/// Whether 53 random bits lie in the first `share` of all: with exactly that probability, rounded up to 2^-53.
[[nodiscard]] inline bool is_below(std::uint64_t bits, Rounded share) noexcept {
    return fraction(bits).value() < share.value();
}

/// Throws unless 0 ≤ share ≤ 1.
inline void check_share(double share) {
    check_scale<double>(share, "share");
    if (share > 1) invalid_argument("share must be at most 1, but is " + text(share));
}

template <class T> class UniformFrequency {
  public:
    UniformFrequency(double low, double high) noexcept
        : low_(settled(Rounded(low))), high_(settled(Rounded(high))), width_(settled(high_ - low_)) {}

    [[nodiscard]] double width() const noexcept { return width_.value(); }

    /// low + (high − low) · fraction. It cannot exceed `high`: the width is rounded up by half an ulp at most, and its
    /// largest multiple lies more than that below it.
    T operator()(std::uint64_t bits) const noexcept { return flushed<T>(low_ + settled(width_ * fraction(bits))); }

    /// The quantile, counted from the nearer bound: the quantiles of p and 1 − p are as far from theirs.
    T operator()(const Probability& p) const noexcept {
        const Rounded offset = settled(width_ * p.from_end());
        return flushed<T>(p.upper() ? high_ - offset : low_ + offset);
    }

  private:
    Rounded low_;
    Rounded high_;
    Rounded width_;
};

/// centre + scale · quantile(p).
template <class T, Rounded (*quantile)(const Probability&) noexcept> class ScaledQuantile {
  public:
    ScaledQuantile(double centre, double scale) noexcept
        : centre_(settled(Rounded(centre))), scale_(settled(Rounded(scale))) {}

    [[nodiscard]] bool always_fits() const noexcept {
        return fits<T>(in_double(Probability(0)).value()) && fits<T>(in_double(Probability(most_bits)).value());
    }
    T operator()(std::uint64_t bits) const noexcept { return (*this)(Probability(bits)); }
    T operator()(const Probability& p) const noexcept { return flushed<T>(in_double(p)); }

  private:
    [[nodiscard]] Rounded in_double(const Probability& p) const noexcept {
        return centre_ + settled(scale_ * quantile(p));
    }

    Rounded centre_;
    Rounded scale_;
};

template <class T> using NormalFrequency = ScaledQuantile<T, normal_quantile>;
template <class T> using LorentzianFrequency = ScaledQuantile<T, lorentzian_quantile>;

// The values of a distribution in cells of T. Throws for parameters that T cannot hold, or that could give a value that
// it cannot. Messages put `owner` before the names of the parameters.

template <class T> UniformFrequency<T> checked_values(const Uniform& given, const char* owner) {
    const std::string low = string_of(owner) + "low";
    const std::string high = string_of(owner) + "high";
    check_parameter<T>(given.low, low.c_str());
    check_parameter<T>(given.high, high.c_str());
    const auto both = [&] { return low + " = " + text(given.low) + " and " + high + " = " + text(given.high); };
    if (given.low > given.high) invalid_argument(low + " must not be above " + high + ", but " + both());
    const UniformFrequency<T> values(given.low, given.high);
    if (!fits<double>(values.width())) invalid_argument(high + " - " + low + " must be finite, but " + both());
    return values;
}

template <class T> NormalFrequency<T> checked_values(const Normal& given, const char* owner) {
    const std::string mean = string_of(owner) + "mean";
    const std::string deviation = string_of(owner) + "deviation";
    check_parameter<T>(given.mean, mean.c_str());
    check_scale<T>(given.deviation, deviation.c_str());
    const NormalFrequency<T> values(given.mean, given.deviation);
    if (!values.always_fits())
        invalid_argument(deviation + " = " + text(given.deviation) + " about " + mean + " = " + text(given.mean) +
                         " is too large for the precision of the cells: values lie up to 8.3 deviations away");
    return values;
}

template <class T> LorentzianFrequency<T> checked_values(const Lorentzian& given, const char* owner) {
    const std::string centre = string_of(owner) + "centre";
    const std::string half_width = string_of(owner) + "half_width";
    check_parameter<T>(given.centre, centre.c_str());
    check_scale<T>(given.half_width, half_width.c_str());
    const LorentzianFrequency<T> values(given.centre, given.half_width);
    if (!values.always_fits())
        invalid_argument(half_width + " = " + text(given.half_width) + " about " + centre + " = " + text(given.centre) +
                         " is too large for the precision of the cells: values lie up to 5.8e15 half-widths away");
    return values;
}

} // namespace detail
KURAMOTO_END_NAMESPACE
