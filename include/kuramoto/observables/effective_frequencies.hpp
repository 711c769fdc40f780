// Effective frequencies: what the phases do over a time window.
//
// Source: H. Sakaguchi, S. Shinomoto, Y. Kuramoto, "Local and global self-entrainments in oscillator lattices",
// Progress of Theoretical Physics 77 (1987) 1005.
#pragma once

#include <kuramoto/detail/build/checks.hpp>
#include <kuramoto/detail/parallel/workers.hpp>
#include <kuramoto/execution/policy.hpp>
#include <kuramoto/grid/grid.hpp>

#include <cstddef>
#include <type_traits>

KURAMOTO_BEGIN_NAMESPACE

/// Effective frequencies over a time window, ω̃ = (θ_after − θ_before) / duration, computed by the workers of `policy`.
///
/// What a cell does with the others, where ω is what it does alone. Clusters beat against each other: a window much
/// longer than 2π over the difference of two frequencies tells them apart. theta_before, theta_after: the phases at the
/// beginning and the end of the window, in rad, not wrapped; out: the frequencies, in rad / time. All three grid-like,
/// of the same shape, each float or double, any strides; out must overlap neither itself nor the others. One pass, in
/// double and rounded once more to the precision of out; phases in float are themselves right to 6 · 10⁻⁸ |θ|. The same
/// bits for any policy and strides. Throws std::invalid_argument for shapes that differ, overlap, a duration that is
/// not finite and positive, and for a policy that cannot be. There is no mask: each frequency depends on its own cell
/// alone. Pass the mask on to frequency_clusters and phase_statistics.
template <ExecutionPolicy P, GridLike Before, GridLike After, WritableGridLike Out>
void effective_frequencies(const P& policy, const Before& theta_before, const After& theta_after, double duration,
                           Out&& out) {
    using Cell = value_type_of<Out>;
    const detail::Execution execution(policy);
    const auto before = as_grid(theta_before);
    const auto after = as_grid(theta_after);
    const auto to = as_grid(out);
    detail::check_same_shape(before, "theta_before", after, "theta_after");
    detail::check_same_shape(before, "theta_before", to, "out");
    static_cast<void>(detail::checked_number<double>(duration, "duration"));
    if (!(duration > 0)) detail::invalid_argument("duration must be positive, but is " + detail::text(duration));
    detail::check_writable(to, "out");
    detail::check_disjoint(to, "out", before, "theta_before");
    detail::check_disjoint(to, "out", after, "theta_after");
    if (to.empty()) return;
    detail::for_parts(policy, execution, to.rows(), to.size(), [&](std::ptrdiff_t i) noexcept {
        const auto* const from = before.data() + i * before.row_stride();
        const auto* const until = after.data() + i * after.row_stride();
        Cell* const row = to.data() + i * to.row_stride();
        for (std::ptrdiff_t j = 0; j < to.cols(); ++j) {
            const double turned =
                static_cast<double>(until[j * after.col_stride()]) - static_cast<double>(from[j * before.col_stride()]);
            row[j * to.col_stride()] = static_cast<Cell>(turned / duration);
        }
    });
}

/// The same on the calling thread.
void effective_frequencies(const GridLike auto& theta_before, const GridLike auto& theta_after, double duration,
                           WritableGridLike auto&& out) {
    effective_frequencies(Fused{}, theta_before, theta_after, duration, out);
}

KURAMOTO_END_NAMESPACE
