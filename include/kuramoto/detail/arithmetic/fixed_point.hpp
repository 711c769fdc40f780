// Sums in fixed point: sums of integers, so that no order of the summands can change a bit.
//
// A summand is rounded to a multiple of a unit, by itself. The multiples are added as integers, which is associative.
// Members are integers that are simply added: partial sums of threads or ranks are joined by +=, or by MPI_SUM over the
// words of the object. How summands are rounded: detail/simd/lane_sums.hpp.
#pragma once

#include <kuramoto/detail/arithmetic/rounded.hpp>

#include <cstddef>
#include <cstdint>
#include <type_traits>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// The units of summands that were computed in T are the powers of 2^bits_per_level: as far apart as the digits of T
/// allow, if rounding is to be an addition.
template <class T> inline constexpr int bits_per_level = sizeof(T) == 4 ? 21 : 50;

/// The integer 2^32 · high + low. The two parts are added without a carry, so that += is MPI_SUM of each part.
///
/// Requires: at most 2^31 numbers added, with a sum of magnitude below 2^95. Not checked: a kernel adds one number per
/// call, the sum of up to 1024 cells. Kernels are called a few times per row, so that fewer than 2^28 rows are safe.
struct WideInteger {
    std::int64_t high = 0;
    std::int64_t low = 0;

    void add(std::int64_t number) noexcept {
        high += number >> 32;
        low += number & low_bits;
    }
    WideInteger& operator+=(const WideInteger& other) noexcept {
        high += other.high;
        low += other.low;
        return *this;
    }
    /// The integer as a double.
    /// Accuracy: rounded once below 2^85, twice above.
    [[nodiscard]] Rounded value() const noexcept {
        const std::int64_t carried = high + (low >> 32);
        return Rounded(static_cast<double>(carried)) * Rounded(0x1p32) + Rounded(static_cast<double>(low & low_bits));
    }

  private:
    static constexpr std::int64_t low_bits = 0xffffffff;
};

/// The power of two 2^exponent, for −1022 ≤ exponent ≤ 1023.
constexpr double power_of_two(int exponent) noexcept {
    return __builtin_bit_cast(double, static_cast<std::uint64_t>(exponent + 1023) << 52);
}

/// sum / count.
[[nodiscard]] inline double mean_of(double sum, std::ptrdiff_t count) noexcept {
    return (Rounded(sum) / Rounded(static_cast<double>(count))).value();
}

/// A sum of numbers of T of magnitude at most 1. A number is split into multiples of the units of some levels: 2^-50,
/// 2^-100, … for double; 2^-21, 2^-42, … for float.
/// Accuracy: a number is rounded to a multiple of the last unit; `value` rounds twice per level.
template <class T, int Levels> struct FixedPointSum {
    WideInteger levels[static_cast<unsigned>(Levels)];
    std::int64_t not_finite = 0; ///< positive if a number was NaN or infinite

    FixedPointSum& operator+=(const FixedPointSum& other) noexcept {
        for (int level = 0; level < Levels; ++level) levels[level] += other.levels[level];
        not_finite += other.not_finite;
        return *this;
    }
    /// The sum; NaN if a number was NaN or infinite.
    [[nodiscard]] double value() const noexcept {
        if (not_finite != 0) return __builtin_nan("");
        Rounded sum(0);
        for (int level = Levels - 1; level >= 0; --level)
            sum = sum + levels[level].value() * Rounded(power_of_two(-bits_per_level<T> * (level + 1)));
        return sum.value();
    }
    /// The sum divided by the number of summands.
    [[nodiscard]] double mean(std::ptrdiff_t count) const noexcept { return mean_of(value(), count); }
};

/// A sum of any doubles, in multiples of 2^(50 k) for every bin k from −20 to 19.
///
/// The bin of a number is the lowest bin k with |number| < 2^(50 k + 49). In every higher bin the number rounds to 0.
/// A number is split into multiples of three units: that of its bin and those of the two bins below.
/// The value of a sum is taken from three bins: the highest bin of all numbers, and the two below it. What a number
/// adds to these three bins does not depend on the other numbers.
///
/// Accuracy: a number is rounded to a multiple of 2^-99 of the largest magnitude, or of 2^-1000; `value` rounds 6
/// times.
///
/// Reference: J. Demmel, H. D. Nguyen, IEEE Transactions on Computers 64 (2015) 2060.
class BinnedSum {
  public:
    static constexpr int levels = 3;
    static constexpr int bits_per_bin = bits_per_level<double>;
    static constexpr int lowest_bin = -20;
    static constexpr int highest_bin = 19;
    /// Numbers of this magnitude or more, 5 · 10^300, count as infinite.
    static constexpr double limit = power_of_two(bits_per_bin * (highest_bin + 1) - 1);

    /// The bin of a magnitude below `limit`; not below the lowest that has two others below it.
    [[nodiscard]] static int bin_of(double magnitude) noexcept {
        const int exponent = static_cast<int>(magnitude_bits(magnitude) >> 52) - 1023;
        const int shifted = exponent + 1 - bits_per_bin * lowest_bin;
        const int bin = (shifted > 0 ? shifted / bits_per_bin : 0) + lowest_bin;
        return bin < lowest_bin + levels - 1 ? lowest_bin + levels - 1 : bin;
    }

    /// Adds some numbers of which the largest is in bin `top`, as their multiples of its unit and of the two below.
    void add(int top, const std::int64_t* multiples) noexcept {
        for (int level = 0; level < levels; ++level) bins_[top - level - lowest_bin].sum.add(multiples[level]);
        ++bins_[top - lowest_bin].tops;
    }
    /// Adds a number that is NaN, infinite or counts as that; nothing for any other.
    void add_not_finite(double number) noexcept {
        if (magnitude_bits(number) < magnitude_bits(limit)) return;
        if (magnitude_bits(number) > magnitude_bits(__builtin_huge_val()))
            ++nans_;
        else
            ++(__builtin_signbit(number) ? negative_infinities_ : positive_infinities_);
    }
    BinnedSum& operator+=(const BinnedSum& other) noexcept {
        for (int bin = 0; bin < bin_count; ++bin) {
            bins_[bin].sum += other.bins_[bin].sum;
            bins_[bin].tops += other.bins_[bin].tops;
        }
        nans_ += other.nans_;
        positive_infinities_ += other.positive_infinities_;
        negative_infinities_ += other.negative_infinities_;
        return *this;
    }

    /// The sum. Infinite or NaN as IEEE arithmetic would have it: NaN if a number is NaN or if infinities have two
    /// signs.
    [[nodiscard]] double value() const noexcept {
        if (nans_ > 0 || (positive_infinities_ > 0 && negative_infinities_ > 0)) return __builtin_nan("");
        if (positive_infinities_ > 0) return __builtin_huge_val();
        if (negative_infinities_ > 0) return -__builtin_huge_val();
        int top = bin_count - 1;
        while (top > 0 && bins_[top].tops == 0) --top;
        Rounded sum(0);
        for (int bin = top - levels + 1; bin <= top; ++bin)
            if (bin >= 0) sum = sum + bins_[bin].sum.value() * Rounded(power_of_two(bits_per_bin * (bin + lowest_bin)));
        return sum.value();
    }
    /// The sum divided by the number of summands.
    [[nodiscard]] double mean(std::ptrdiff_t count) const noexcept { return mean_of(value(), count); }

  private:
    static constexpr int bin_count = highest_bin - lowest_bin + 1;
    struct Bin {
        WideInteger sum;
        std::int64_t tops = 0; // how often this was the highest bin of the numbers added
    };

    Bin bins_[static_cast<unsigned>(bin_count)];
    std::int64_t nans_ = 0;
    std::int64_t positive_infinities_ = 0;
    std::int64_t negative_infinities_ = 0;
};

static_assert(std::is_trivially_copyable_v<FixedPointSum<double, 2>> && std::is_trivially_copyable_v<BinnedSum>);

} // namespace detail
KURAMOTO_END_NAMESPACE
