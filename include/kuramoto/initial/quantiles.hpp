// Quiet starts: natural frequencies that are the quantiles of a distribution, shuffled by the seed.
//
// N cells get the quantiles at the probabilities (k + ½) / N, k = 0 … N − 1, each quantile once. The distribution
// function of the field then differs from the given one by at most 1 / (2N). That of independent random frequencies
// differs by about 1 / √N. So averages over the lattice fluctuate less from seed to seed. Only the order of the
// frequencies is random.
//
// Common to all functions:
// - The field is grid-like and writable, float or double, with any strides and any shape.
// - The order of the quantiles is a random permutation of the cells, counted along the rows. All permutations are
//   equally likely. The permutation is a function of the seed, the number of cells and the kind of field. It does not
//   depend on the strides, the policy, platform, compiler or flags.
// - The permutations of different seeds are independent, and so are those of the kinds of field of one seed.
// - The quantiles at k and N − 1 − k lie symmetrically about the centre of the distribution. If the centre is 0, they
//   are exact negatives of each other, and the sum of all frequencies is 0.
// - A float field has the values of the double field of the same seed, rounded. Values below the smallest normal number
//   of the cells' type are stored as zero. A parameter that is a subnormal double counts as zero.
// - Cost: no allocation. One pass of 10 ns to 60 ns per cell at -O2 by the workers of the policy; then a shuffle on the
//   calling thread. For each cell it accesses one other at random: 15 ns per cell in cache, about 200 ns for 32 MB of
//   cells. Each worker is the first to write to the cells that `advance` gives it later, as in random.hpp.
// - Throws: std::invalid_argument, before anything is written, for the parameters that random.hpp refuses, for a field
//   that overlaps itself, for more than 2^53 cells, and for an invalid policy.
// - Reference: D. E. Knuth, The Art of Computer Programming 2, section 3.4.2, algorithm P (the shuffle).
#pragma once

#include <kuramoto/detail/arithmetic/rounded.hpp>
#include <kuramoto/detail/build/checks.hpp>
#include <kuramoto/detail/initial/distribution_values.hpp>
#include <kuramoto/detail/initial/fill.hpp>
#include <kuramoto/detail/initial/shuffle.hpp>
#include <kuramoto/detail/random/philox.hpp>
#include <kuramoto/execution/policy.hpp>
#include <kuramoto/grid/grid.hpp>
#include <kuramoto/initial/distributions.hpp>

#include <cstddef>
#include <cstdint>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// Throws unless every cell can be written and the cells can be counted exactly in double.
template <class T> void check_countable(const Grid<T>& field, const char* name) {
    check_writable(field, name);
    constexpr std::int64_t most_cells = std::int64_t{1} << 53;
    if (!field.empty() && field.rows() > most_cells / field.cols())
        invalid_argument(string_of(name) + " must have at most 2^53 cells, but is " +
                         shape_text(field.rows(), field.cols()));
}

/// value(0), value(1), … in the cells of a field, shuffled.
template <class P, class T, class Value>
void fill_shuffled(const P& policy, const Execution& execution, const Grid<T>& field, Stream stream, std::uint64_t seed,
                   const Value& value) {
    fill_blocks(policy, execution, field, [&](const CellBlock& block) noexcept {
        for (std::ptrdiff_t i = block.row_begin; i < block.row_end; ++i) {
            T* const row = field.data() + i * field.row_stride();
            for (std::ptrdiff_t j = block.col_begin; j < block.col_end; ++j)
                row[j * field.col_stride()] = value(static_cast<std::uint64_t>(i * field.cols() + j));
        }
    });
    shuffle(field, stream, seed);
}

/// The quantiles of a distribution, shuffled.
template <class P, class G, class D>
void fill_quantiles(const P& policy, G& omega, const D& distribution, Stream stream, std::uint64_t seed) {
    const Execution execution(policy);
    const auto field = as_grid(omega);
    using T = typename decltype(field)::value_type;
    check_countable(field, "omega");
    const auto values = checked_values<T>(distribution, "");
    const auto cells = static_cast<std::uint64_t>(field.size());
    fill_shuffled(policy, execution, field, stream, seed,
                  [&](std::uint64_t k) noexcept { return values(Probability(k, cells)); });
}

} // namespace detail

/// The quantiles of the uniform distribution in [low, high] as natural frequencies, shuffled by the seed, in rad /
/// time.
///
/// ω = low + (high − low) (k + ½) / N, k = 0 … N − 1, for N cells. low = high gives a constant field. The top of the
/// header has the rest.
///
/// Throws: also for low > high, and if high − low overflows.
template <ExecutionPolicy P, WritableGridLike G>
void uniform_quantiles(const P& policy, G&& omega, double low, double high, std::uint64_t seed) {
    detail::fill_quantiles(policy, omega, Uniform{low, high}, detail::Stream::uniform_quantiles, seed);
}

/// The same on the calling thread.
void uniform_quantiles(WritableGridLike auto&& omega, double low, double high, std::uint64_t seed) {
    uniform_quantiles(Fused{}, omega, low, high, seed);
}

/// The quantiles of the normal distribution as natural frequencies, shuffled by the seed, in rad / time.
///
/// ω = mean + deviation · z, where z is the standard normal quantile of (k + ½) / N, k = 0 … N − 1, for N cells. A
/// deviation of 0 gives a constant field. The top of the header has the rest.
///
/// Throws: also for deviation < 0.
/// Accuracy: relative error of z below 1.3e-15; measured 6.5e-16.
/// Reference: M. J. Wichura, algorithm AS 241.
template <ExecutionPolicy P, WritableGridLike G>
void normal_quantiles(const P& policy, G&& omega, double mean, double deviation, std::uint64_t seed) {
    detail::fill_quantiles(policy, omega, Normal{mean, deviation}, detail::Stream::normal_quantiles, seed);
}

/// The same on the calling thread.
void normal_quantiles(WritableGridLike auto&& omega, double mean, double deviation, std::uint64_t seed) {
    normal_quantiles(Fused{}, omega, mean, deviation, seed);
}

/// The quantiles of the Lorentzian (Cauchy) distribution as natural frequencies, shuffled by the seed, in rad / time.
///
/// ω = centre + half_width · tan(π ((k + ½) / N − ½)), k = 0 … N − 1, for N cells. The largest distance from the centre
/// is about 2 N / π half widths. A half_width of 0 gives a constant field. The top of the header has the rest.
///
/// Throws: also for half_width < 0.
/// Accuracy: relative error of the tangent below 9e-16; measured 4.1e-16.
template <ExecutionPolicy P, WritableGridLike G>
void lorentzian_quantiles(const P& policy, G&& omega, double centre, double half_width, std::uint64_t seed) {
    detail::fill_quantiles(policy, omega, Lorentzian{centre, half_width}, detail::Stream::lorentzian_quantiles, seed);
}

/// The same on the calling thread.
void lorentzian_quantiles(WritableGridLike auto&& omega, double centre, double half_width, std::uint64_t seed) {
    lorentzian_quantiles(Fused{}, omega, centre, half_width, seed);
}

KURAMOTO_END_NAMESPACE
