// Rounded: double arithmetic that gives the same bits under every compiler and flag, and the quantiles made of it.
//
// Compilers may contract a · b + c into one rounding, and under -ffast-math may reorder sums, divide through
// reciprocals and drop signs of zero. They do none of that through an empty assembler statement: every operand and
// every result of Rounded passes through one, so that each operation is IEEE's, alone, in the order written. It takes
// a few times the time of plain arithmetic; it is for numbers that are made once.
//
// Rounding is to nearest even, which is what processors start with. -Ofast also makes a program treat subnormal
// numbers as zero, so nothing here may depend on one: see `flushed`.
#pragma once

#include <kuramoto/detail/arithmetic/sealed.hpp>

#include <cstddef>
#include <cstdint>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

inline constexpr double two_pi = 6.28318530717958647692;

/// A double whose +, −, ·, / and square root are each rounded once, whatever the flags.
class Rounded {
  public:
    explicit Rounded(double value) noexcept : value_(sealed(value)) {}

    [[nodiscard]] double value() const noexcept { return value_; }

    friend Rounded operator+(Rounded a, Rounded b) noexcept { return Rounded(sealed(a.value_) + sealed(b.value_)); }
    friend Rounded operator-(Rounded a, Rounded b) noexcept { return Rounded(sealed(a.value_) - sealed(b.value_)); }
    friend Rounded operator*(Rounded a, Rounded b) noexcept { return Rounded(sealed(a.value_) * sealed(b.value_)); }
    friend Rounded operator/(Rounded a, Rounded b) noexcept { return Rounded(sealed(a.value_) / sealed(b.value_)); }
    friend Rounded operator-(Rounded a) noexcept { return Rounded(-sealed(a.value_)); }
    friend Rounded sqrt(Rounded a) noexcept { return Rounded(__builtin_sqrt(sealed(a.value_))); }

  private:
    double value_;
};

/// c₀ + c₁ x + c₂ x² + …, by Horner's rule.
template <std::size_t Count> [[nodiscard]] Rounded polynomial(const double (&coefficients)[Count], Rounded x) noexcept {
    Rounded sum(coefficients[Count - 1]);
    for (std::size_t k = Count - 1; k-- > 0;) sum = sum * x + Rounded(coefficients[k]);
    return sum;
}

/// The bits of |value|. They grow with |value|, to and beyond infinity, so that integers can be compared where
/// -ffast-math believes in no infinities, NaNs or subnormal numbers.
[[nodiscard]] inline std::uint64_t magnitude_bits(double value) noexcept {
    const double kept = Rounded(value).value();
    std::uint64_t bits = 0;
    __builtin_memcpy(&bits, &kept, sizeof bits);
    return bits & ~(std::uint64_t{1} << 63);
}

/// Whether `value` is a number that T can hold: neither NaN, nor infinite, nor beyond T's largest.
template <class T> [[nodiscard]] bool fits(double value) noexcept {
    return magnitude_bits(value) <= magnitude_bits(sizeof(T) == 4 ? 0x1.fffffep+127 : 0x1.fffffffffffffp+1023);
}

/// `value` rounded to T; zero if it is below T's smallest normal number, as a program built with -Ofast would have it.
template <class T> [[nodiscard]] T flushed(Rounded value) noexcept {
    const bool normal = magnitude_bits(value.value()) >= magnitude_bits(sizeof(T) == 4 ? 0x1p-126 : 0x1p-1022);
    return normal ? static_cast<T>(value.value()) : T(0);
}

/// `value`, or zero where it is subnormal.
[[nodiscard]] inline Rounded settled(Rounded value) noexcept { return Rounded(flushed<double>(value)); }

/// Natural logarithm of a positive normal number x. Relative error below 3e-16, measured 2.6e-16 for x ≤ ½.
///
/// x = 2^e f with √½ ≤ f < √2, and log f = 2 atanh s = 2 (s + s³/3 + s⁵/5 + …), s = (f − 1) / (f + 1), |s| < 0.172:
/// the first term left out is below 2^-57 of the sum. e · log 2 is added in two parts, the first of them exact.
[[nodiscard]] inline Rounded log(Rounded x) noexcept {
    constexpr double series[] = {1.0 / 3,  1.0 / 5,  1.0 / 7,  1.0 / 9,  1.0 / 11,
                                 1.0 / 13, 1.0 / 15, 1.0 / 17, 1.0 / 19, 1.0 / 21};
    constexpr double log2_high = 0x1.62e42fefa38p-1; // 41 bits
    constexpr double log2_low = 0x1.ef35793c7673p-45;
    constexpr std::uint64_t root_half = 0x3fe6a09e667f3bcd;
    const std::uint64_t bits = magnitude_bits(x.value());
    // The exponent that leaves a fraction of [√½, √2): that of x / √½, rounded down.
    const auto exponent = static_cast<std::int64_t>(bits - root_half) >> 52;
    const std::uint64_t fraction_bits = bits - (static_cast<std::uint64_t>(exponent) << 52);
    double fraction = 0;
    __builtin_memcpy(&fraction, &fraction_bits, sizeof fraction);

    const Rounded f(fraction);
    const Rounded e(static_cast<double>(exponent));
    const Rounded s = (f - Rounded(1)) / (f + Rounded(1));
    const Rounded square = s * s;
    const Rounded twice = s + s;
    const Rounded correction = twice * square * polynomial(series, square) + e * Rounded(log2_low);
    return e * Rounded(log2_high) + (twice + correction);
}

/// e^x for |x| ≤ 700. Relative error below 3e-16.
///
/// x = k log 2 + r with |r| ≤ log 2 / 2; Taylor's series of e^r, cut off below 2^-57 of the sum. k · log 2 is
/// subtracted in two parts, of which the first is exact.
[[nodiscard]] inline Rounded exp(Rounded x) noexcept {
    constexpr double series[] = {
        1.0,        1.0,         1.0 / 2,      1.0 / 6,       1.0 / 24,       1.0 / 120,       1.0 / 720,
        1.0 / 5040, 1.0 / 40320, 1.0 / 362880, 1.0 / 3628800, 1.0 / 39916800, 1.0 / 479001600, 1.0 / 6227020800.0};
    constexpr double log2_high = 0x1.62e42fefa38p-1; // 41 bits
    constexpr double log2_low = 0x1.ef35793c7673p-45;
    constexpr double whole = 0x1.8p52; // adding and subtracting it rounds to a whole number
    const Rounded k = (x * Rounded(1.44269504088896340736) + Rounded(whole)) - Rounded(whole);
    const Rounded r = (x - k * Rounded(log2_high)) - k * Rounded(log2_low);
    const auto exponent = static_cast<std::uint64_t>(static_cast<std::int64_t>(k.value()) + 1023);
    const std::uint64_t bits = exponent << 52;
    double power_of_two = 0;
    __builtin_memcpy(&power_of_two, &bits, sizeof bits);
    return polynomial(series, r) * Rounded(power_of_two);
}

/// e^−x − 1 for x ≥ 0. Relative error below 2e-15.
///
/// Taylor's series for x < 0.35, cut off below 2^-57 of the sum; otherwise the difference, which is at most −0.29.
[[nodiscard]] inline Rounded decay(Rounded x) noexcept {
    constexpr double series[] = {-1.0,
                                 1.0 / 2,
                                 -1.0 / 6,
                                 1.0 / 24,
                                 -1.0 / 120,
                                 1.0 / 720,
                                 -1.0 / 5040,
                                 1.0 / 40320,
                                 -1.0 / 362880,
                                 1.0 / 3628800,
                                 -1.0 / 39916800,
                                 1.0 / 479001600,
                                 -1.0 / 6227020800.0,
                                 1.0 / 87178291200.0};
    if (x.value() < 0.35) return x * polynomial(series, x);
    return (x.value() < 60 ? exp(-x) : Rounded(0)) - Rounded(1); // beyond 38 it is −1
}

/// base^exponent for a positive base and a result within e^±700. Relative error: that of e^x plus 1e-15 · |exponent ·
/// log base|. A base below the smallest normal number is replaced by that number.
[[nodiscard]] inline double power(double base, double exponent) noexcept {
    constexpr double least = 0x1p-1022;
    return exp(Rounded(exponent) * log(Rounded(base > least ? base : least))).value();
}

/// sin x for |x| ≤ π/4: Taylor's series, cut off below 2^-56 of the sum.
[[nodiscard]] inline Rounded sin_near_zero(Rounded x) noexcept {
    constexpr double series[] = {-1.0 / 6,
                                 1.0 / 120,
                                 -1.0 / 5040,
                                 1.0 / 362880,
                                 -1.0 / 39916800,
                                 1.0 / 6227020800.0,
                                 -1.0 / 1307674368000.0,
                                 1.0 / 355687428096000.0};
    const Rounded square = x * x;
    return x + x * (square * polynomial(series, square));
}

/// cos x for |x| ≤ π/4: Taylor's series, cut off below 2^-56.
[[nodiscard]] inline Rounded cos_near_zero(Rounded x) noexcept {
    constexpr double series[] = {-1.0 / 2,       1.0 / 24,          -1.0 / 720,           1.0 / 40320,
                                 -1.0 / 3628800, 1.0 / 479001600.0, -1.0 / 87178291200.0, 1.0 / 20922789888000.0};
    const Rounded square = x * x;
    return Rounded(1) + square * polynomial(series, square);
}

/// The angle of the point (x, y) against the x axis, in [−π, π], for numbers that are not subnormal; 0 for (0, 0). The
/// signs of zeros do not count: π for y = 0, x < 0. Exactly odd in y. Relative error below 6e-16, measured 4.6e-16.
///
/// With t = min(|x|, |y|) / max(|x|, |y|) and c the nearest of 0, ½ and 1, atan t = atan c + atan u for u = (t − c) /
/// (1 + c t), |u| ≤ ¼. Taylor's series, cut off below 2^-56 of the sum.
[[nodiscard]] inline Rounded atan2(Rounded y, Rounded x) noexcept {
    constexpr double series[] = {-1.0 / 3,  1.0 / 5,  -1.0 / 7,  1.0 / 9,  -1.0 / 11, 1.0 / 13,
                                 -1.0 / 15, 1.0 / 17, -1.0 / 19, 1.0 / 21, -1.0 / 23, 1.0 / 25};
    constexpr double half_pi = two_pi / 4;
    const Rounded height(y.value() < 0 ? -y : y);
    const Rounded width(x.value() < 0 ? -x : x);
    if (height.value() == 0 && width.value() == 0) return Rounded(0);
    const bool steep = height.value() > width.value();
    const Rounded t = settled(steep ? width / height : height / width);

    Rounded u = t;
    Rounded angle(0);
    if (t.value() >= 0.75) {
        u = (t - Rounded(1)) / (t + Rounded(1));
        angle = Rounded(half_pi / 2);
    } else if (t.value() >= 0.25) {
        u = (t - Rounded(0.5)) / (Rounded(1) + Rounded(0.5) * t);
        angle = Rounded(0.46364760900080611621); // atan ½
    }
    const Rounded square = settled(u * u);
    angle = angle + (u + u * (square * polynomial(series, square)));
    if (steep) angle = Rounded(half_pi) - angle;
    if (x.value() < 0) angle = Rounded(2 * half_pi) - angle;
    return y.value() < 0 ? -angle : angle;
}

/// The probability p = (rank + ½) / count for rank < count ≤ 2^53, held as its distances from the nearer end and from
/// the middle. Each is rounded once, and exact if count is a power of two. 0 < p < 1; rank and count − 1 − rank lie
/// symmetrically.
class Probability {
  public:
    /// 53 random bits as a rank: p = (bits + ½) · 2^-53.
    explicit Probability(std::uint64_t bits) noexcept : Probability(bits, std::uint64_t{1} << 53) {}
    Probability(std::uint64_t rank, std::uint64_t count) noexcept
        : upper_(rank > count - 1 - rank), odd_(2 * (upper_ ? count - 1 - rank : rank) + 1), count_(count) {}

    /// Whether p > ½.
    [[nodiscard]] bool upper() const noexcept { return upper_; }
    /// min(p, 1 − p), in (0, ½].
    [[nodiscard]] Rounded from_end() const noexcept { return halves(odd_); }
    /// |p − ½|, in [0, ½).
    [[nodiscard]] Rounded from_middle() const noexcept { return halves(count_ - odd_); }

  private:
    static Rounded number(std::uint64_t value) noexcept {
        return Rounded(static_cast<double>(static_cast<std::int64_t>(value)));
    }
    [[nodiscard]] Rounded halves(std::uint64_t numerator) const noexcept {
        return number(numerator) / number(2 * count_);
    }

    bool upper_;
    std::uint64_t odd_; // min(p, 1 − p) · 2 count
    std::uint64_t count_;
};

/// The p for which a standard normal number is below the result: the inverse of Φ. |result| < 8.3.
/// Relative error below 1e-15, measured 7e-16.
///
/// M. J. Wichura, "Algorithm AS 241: the percentage points of the normal distribution", Applied Statistics 37 (1988),
/// procedure PPND16: rational functions of (p − ½)² for |p − ½| ≤ 0.425, else of √(−log min(p, 1 − p)).
[[nodiscard]] inline Rounded normal_quantile(const Probability& p) noexcept {
    constexpr double middle_over[] = {3.3871328727963666080e0, 1.3314166789178437745e2, 1.9715909503065514427e3,
                                      1.3731693765509461125e4, 4.5921953931549871457e4, 6.7265770927008700853e4,
                                      3.3430575583588128105e4, 2.5090809287301226727e3};
    constexpr double middle_under[] = {1.0,
                                       4.2313330701600911252e1,
                                       6.8718700749205790830e2,
                                       5.3941960214247511077e3,
                                       2.1213794301586595867e4,
                                       3.9307895800092710610e4,
                                       2.8729085735721942674e4,
                                       5.2264952788528545610e3};
    constexpr double near_over[] = {1.42343711074968357734e0,  4.63033784615654529590e0, 5.76949722146069140550e0,
                                    3.64784832476320460504e0,  1.27045825245236838258e0, 2.41780725177450611770e-1,
                                    2.27238449892691845833e-2, 7.74545014278341407640e-4};
    constexpr double near_under[] = {1.0,
                                     2.05319162663775882187e0,
                                     1.67638483018380384940e0,
                                     6.89767334985100004550e-1,
                                     1.48103976427480074590e-1,
                                     1.51986665636164571966e-2,
                                     5.47593808499534494600e-4,
                                     1.05075007164441684324e-9};
    constexpr double far_over[] = {6.65790464350110377720e0,  5.46378491116411436990e0,  1.78482653991729133580e0,
                                   2.96560571828504891230e-1, 2.65321895265761230930e-2, 1.24266094738807843860e-3,
                                   2.71155556874348757815e-5, 2.01033439929228813265e-7};
    constexpr double far_under[] = {1.0,
                                    5.99832206555887937690e-1,
                                    1.36929880922735805310e-1,
                                    1.48753612908506148525e-2,
                                    7.86869131145613259100e-4,
                                    1.84631831751005468180e-5,
                                    1.42151175831644588870e-7,
                                    2.04426310338993978564e-15};
    const Rounded q = p.from_middle();
    Rounded size(0);
    if (q.value() <= 0.425) {
        const Rounded r = Rounded(0.180625) - q * q;
        size = q * (polynomial(middle_over, r) / polynomial(middle_under, r));
    } else {
        const Rounded distance = sqrt(-log(p.from_end()));
        if (distance.value() <= 5) {
            const Rounded r = distance - Rounded(1.6);
            size = polynomial(near_over, r) / polynomial(near_under, r);
        } else {
            const Rounded r = distance - Rounded(5);
            size = polynomial(far_over, r) / polynomial(far_under, r);
        }
    }
    return p.upper() ? size : -size;
}

/// The inverse of the distribution function of the standard Lorentzian (Cauchy) distribution, truncated at ±tan `most`:
/// tan(most (2p − 1)), for 0 ≤ most ≤ π/2 and rest = π/2 − most. Either may be arbitrarily small. Relative error below
/// 1e-15, measured 6.2e-16.
[[nodiscard]] inline Rounded lorentzian_quantile(const Probability& p, Rounded most, Rounded rest) noexcept {
    const Rounded from_middle = p.from_middle();
    Rounded angle = most * (from_middle + from_middle);
    Rounded size(0);
    if (angle.value() <= two_pi / 8) {
        size = sin_near_zero(angle) / cos_near_zero(angle);
    } else {
        const Rounded from_end = p.from_end();
        angle = rest + most * (from_end + from_end); // π/2 − angle
        size = cos_near_zero(angle) / sin_near_zero(angle);
    }
    return p.upper() ? size : -size;
}

/// That of the whole distribution: tan(π(p − ½)). |result| < 5.8e15. Relative error below 6e-16, measured 4.5e-16.
[[nodiscard]] inline Rounded lorentzian_quantile(const Probability& p) noexcept {
    return lorentzian_quantile(p, Rounded(two_pi / 4), Rounded(0));
}

} // namespace detail
KURAMOTO_END_NAMESPACE
