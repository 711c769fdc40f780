// Phase wrapping: brings phases back to [−π, π] in a long run and counts the turns, so that nothing is lost.
//
// Floating-point spacing grows with magnitude: near 1e4 rad, adjacent floats differ by 1e-3 rad. A step of less than
// half the spacing changes nothing, and differences of neighbours lose digits. Periodic couplings (Sine, SakaguchiSine,
// Harmonics) do not see whole turns: with θ in [−π, π] a float keeps an accuracy of 1.2e-7 rad.
//
// Wrapping changes a run by rounding only. 2π is not a multiple of any float. A wrapped phase is therefore rounded, by
// at most half the spacing of T (float: 1.2e-7 rad, double: 2.3e-16 rad). The rounded part is kept and returned at the
// next wrap, so that it does not accumulate.
//
// Do not wrap with Linear or any other coupling that is not periodic: there a turn matters. Give `unwrapped` phases to
// functions that read phases and not their differences: frequencies over a time, the energy of a lattice with a fixed
// flux.
#pragma once

#include <kuramoto/detail/arithmetic/rounded.hpp>
#include <kuramoto/detail/build/checks.hpp>
#include <kuramoto/detail/initial/fill.hpp>
#include <kuramoto/execution/policy.hpp>
#include <kuramoto/grid/field.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace kuramoto {

/// The turns that wrapping has taken from the phases: the whole phase of a cell is θ + 2π · turns + rest.
///
/// All zero at the beginning of a run. Save both fields together with θ: the three are the state of the run.
template <Real T> struct WrappedTurns {
    Field<double> turns; ///< turns of a cell, of any sign; exact up to 2^53
    Field<T> rest;       ///< rounding of the wrapped phase, rad: at most half the spacing of T at π

    /// Without cells.
    WrappedTurns() noexcept = default;
    /// Zero turns for rows × cols cells.
    ///
    /// Throws: as Field.
    KURAMOTO_PER_BUILD
    WrappedTurns(std::ptrdiff_t rows, std::ptrdiff_t cols) : turns(rows, cols), rest(rows, cols) {}

    /// Number of rows.
    [[nodiscard]] std::ptrdiff_t rows() const noexcept { return turns.rows(); }
    /// Number of columns.
    [[nodiscard]] std::ptrdiff_t cols() const noexcept { return turns.cols(); }
};

} // namespace kuramoto

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// The phases beyond which nothing is wrapped: 2^30 turns have 30 bits, which the parts of 2π below leave room for.
inline constexpr double most_to_wrap = 0x1p32;
/// π in the precision of the cells: the largest wrapped phase. (As a float it lies above π, as a double below.)
template <class T> inline constexpr T half_turn = static_cast<T>(two_pi / 2);

/// high + low, with |low| at most half an ulp of high.
struct DoubledRounded {
    Rounded high;
    Rounded low;
};

/// a + b without error (Knuth, The Art of Computer Programming II, section 4.2.2).
inline DoubledRounded exact_sum(Rounded a, Rounded b) noexcept {
    const Rounded sum = a + b;
    const Rounded of_b = sum - a;
    return {sum, (a - (sum - of_b)) + (b - of_b)};
}

/// x − 2π n + rest for the x of a cell and n within ½ of x / 2π or little more, |n| ≤ 2^30, to 2^-62.
///
/// 2π is held in three parts (Cody & Waite, Software Manual for the Elementary Functions, 1980): two of 22 bits, whose
/// products with n are exact, and one of 53. The first difference is exact, because x and the product are within a
/// factor of two of each other (Sterbenz); the second one keeps its rounding error.
inline DoubledRounded without_turns(Rounded x, Rounded n, Rounded rest) noexcept {
    constexpr double first = 0x1.921fbp+2;
    constexpr double second = 0x1.5110bp-20;
    constexpr double third = 0x1.18469898cc517p-42;
    const DoubledRounded most = exact_sum(x - n * Rounded(first), -(n * Rounded(second)));
    return exact_sum(most.high, (most.low - n * Rounded(third)) + rest);
}

/// Brings one phase to [−π, π]; whole turns go to `turns`, what rounding to T takes away to `rest`.
template <class T> void wrap_cell(T& theta, double& turns, T& rest) noexcept {
    if (theta <= half_turn<T> && theta >= -half_turn<T>) return;
    const Rounded x(static_cast<double>(theta));
    if (magnitude_bits(x.value()) > magnitude_bits(most_to_wrap)) return; // NaN as well
    constexpr double whole = 0x1.8p52;                                    // doubles of this size are whole numbers
    const Rounded left_over(static_cast<double>(rest));
    Rounded n = (x * Rounded(1 / two_pi) + Rounded(whole)) - Rounded(whole);
    DoubledRounded wrapped = without_turns(x, n, left_over);
    // The quotient was rounded, and the rest was not in it: near ±π the other side may be the right one.
    constexpr auto most = static_cast<double>(half_turn<T>);
    if (wrapped.high.value() > most || wrapped.high.value() < -most) {
        n = n + Rounded(wrapped.high.value() > most ? 1 : -1);
        wrapped = without_turns(x, n, left_over);
    }
    theta = static_cast<T>(wrapped.high.value());
    rest = static_cast<T>(((wrapped.high - Rounded(static_cast<double>(theta))) + wrapped.low).value());
    turns = (Rounded(turns) + n).value();
}

/// Throws unless there is a count for every cell, in memory of its own.
template <class T, class Turns, class Rest>
void check_count_of(const Grid<T>& theta, const Grid<Turns>& turns, const Grid<Rest>& rest) {
    check_same_shape(theta, "theta", turns, "turns.turns");
    check_same_shape(theta, "theta", rest, "turns.rest");
}

/// Wraps the cells of views.
template <class P, class T>
void wrap_cells(const P& policy, const Grid<T>& phases, const Grid<double>& turns, const Grid<T>& rest) {
    const Execution execution(policy);
    check_count_of(phases, turns, rest);
    check_writable(phases, "theta");
    check_disjoint(phases, "theta", rest, "turns.rest");
    if constexpr (std::same_as<T, double>) check_disjoint(phases, "theta", turns, "turns.turns");
    fill_blocks(policy, execution, phases, [&](const CellBlock& block) noexcept {
        for (std::ptrdiff_t i = block.row_begin; i < block.row_end; ++i) {
            T* const row = phases.data() + i * phases.row_stride();
            double* const turns_of = turns.data() + i * turns.cols();
            T* const rest_of = rest.data() + i * rest.cols();
            for (std::ptrdiff_t j = block.col_begin; j < block.col_end; ++j)
                wrap_cell(row[j * phases.col_stride()], turns_of[j], rest_of[j]);
        }
    });
}

/// Unwraps the cells of views.
template <class P, class T>
void unwrap_cells(const P& policy, const Grid<const T>& phases, const Grid<const double>& count,
                  const Grid<const T>& rest, const Grid<double>& out) {
    const Execution execution(policy);
    check_count_of(phases, count, rest);
    check_same_shape(phases, "theta", out, "total");
    check_writable(out, "total");
    check_disjoint(out, "total", count, "turns.turns");
    if constexpr (std::same_as<T, double>) {
        check_disjoint(out, "total", phases, "theta");
        check_disjoint(out, "total", rest, "turns.rest");
    }
    fill_blocks(policy, execution, out, [&](const CellBlock& block) noexcept {
        for (std::ptrdiff_t i = block.row_begin; i < block.row_end; ++i)
            for (std::ptrdiff_t j = block.col_begin; j < block.col_end; ++j) {
                const std::ptrdiff_t at = i * out.cols() + j;
                const Rounded taken =
                    Rounded(two_pi) * Rounded(count.data()[at]) + Rounded(static_cast<double>(rest.data()[at]));
                const T phase = phases.data()[i * phases.row_stride() + j * phases.col_stride()];
                out.data()[i * out.row_stride() + j * out.col_stride()] =
                    (Rounded(static_cast<double>(phase)) + taken).value();
            }
    });
}

} // namespace detail

/// Brings every phase back to [−π, π], and adds the whole turns that it takes to `turns`.
///
/// Afterwards |θ| ≤ π, with π rounded to T. Phases within that range keep their bits. NaN, infinities and phases beyond
/// 2^32 rad do not change. Call it between calls of `advance`: phases reach π + ω t if t passes between two calls. The
/// bits are the same for any policy, number of threads, strides, compiler and flags.
///
/// Requires: `theta` grid-like, any strides, in rad; `turns` of the same shape and precision.
/// Throws: std::invalid_argument, before anything is written, for different shapes, for a theta that overlaps itself or
/// `turns`, and for an invalid policy.
/// Cost: one pass, 2 ns per cell, and 5 to 15 ns per cell from which turns are taken; no allocation.
/// Accuracy: the whole phase θ + 2π · turns + rest changes by less than 4e-15 rad (float) or 3e-19 rad (double), for
/// any number of turns.
template <ExecutionPolicy P, WritableGridLike G, Real T>
requires std::same_as<value_type_of<G>, T>
void wrap(const P& policy, G&& theta, WrappedTurns<T>& turns) {
    detail::wrap_cells<P, T>(policy, as_grid(theta), turns.turns.view(), turns.rest.view());
}

/// The same on the calling thread.
template <WritableGridLike G, Real T>
requires std::same_as<value_type_of<G>, T>
void wrap(G&& theta, WrappedTurns<T>& turns) {
    wrap(Fused{}, theta, turns);
}

/// Phase unwrapping: total = θ + 2π · turns + rest, the phases as if they had never been wrapped, in double.
///
/// Requires: `theta` and `total` grid-like, of the shape of `turns`, any strides, in rad; `total` has cells of double.
/// Throws: std::invalid_argument for different shapes, for a total that overlaps itself or an input, and for an invalid
/// policy.
/// Cost: one pass.
/// Accuracy: 3.2 units in the last place of the result, if θ is wrapped.
template <ExecutionPolicy P, GridLike Theta, Real T, WritableGridLike Total>
requires std::same_as<value_type_of<const Theta>, T> && std::same_as<value_type_of<Total>, double>
void unwrapped(const P& policy, const Theta& theta, const WrappedTurns<T>& turns, Total&& total) {
    detail::unwrap_cells<P, T>(policy, as_grid(theta), turns.turns.view(), turns.rest.view(), as_grid(total));
}

/// The same on the calling thread.
template <GridLike Theta, Real T, WritableGridLike Total>
requires std::same_as<value_type_of<const Theta>, T> && std::same_as<value_type_of<Total>, double>
void unwrapped(const Theta& theta, const WrappedTurns<T>& turns, Total&& total) {
    unwrapped(Fused{}, theta, turns, total);
}

// What does not compile: the comment behind each is in the compiler's message.
// clang-format off
template <Real T, class... Others>
void wrap(WrappedTurns<T>&, Others&&...) = delete; // write wrap(theta, turns)
template <GridLike Theta, ExecutionPolicy P, class... Others>
void wrap(Theta&&, const P&, Others&&...) = delete; // the policy comes first: wrap(policy, theta, turns)
template <Real T, class... Others>
void unwrapped(const WrappedTurns<T>&, Others&&...) = delete; // write unwrapped(theta, turns, total)
// clang-format on

KURAMOTO_END_NAMESPACE
