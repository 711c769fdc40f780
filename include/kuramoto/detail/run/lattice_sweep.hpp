// What a lattice operator is for the tile pipeline: its checks, and the sweep made of it.
#pragma once

#include <kuramoto/detail/build/checks.hpp>
#include <kuramoto/detail/kernels/row.hpp>
#include <kuramoto/detail/tiling/sweep.hpp>
#include <kuramoto/execution/policy.hpp>
#include <kuramoto/model/model.hpp>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// Throws if what is written overlaps numbers along an edge or strengths of bonds, which are read all the time.
template <class T, class C, class B>
void check_apart(const Grid<T>& written, const char* name, const Laplacian<C, B>& laplacian) {
    check_apart(written, name, laplacian.bonds);
    const auto check_edge_apart = [&](const BoundaryCondition& edge, const char* edge_name) {
        if (edge.values != nullptr && edge.count > 0)
            check_disjoint(written, name, Grid<const double>(edge.values, 1, edge.count), edge_name);
    };
    check_edge_apart(laplacian.boundary.north, "boundary.north");
    check_edge_apart(laplacian.boundary.south, "boundary.south");
    check_edge_apart(laplacian.boundary.west, "boundary.west");
    check_edge_apart(laplacian.boundary.east, "boundary.east");
}

/// What a sweep reads and writes.
template <class T> struct SweepViews {
    Grid<const T> in = {};
    Grid<T> out = {};
    const char* out_name = ""; ///< the argument's name, for messages
    Source<T> source = {};     ///< ω, or what is added to
};

/// What `apply`, `rate` and `advance` have in common: a sweep of the operator. `coupling` is called in place of the
/// operator's own, and has to outlive the sweep.
template <template <class> class Stage, class T, class C, class B, class Prepared>
Sweep<T> sweep_over(const SweepViews<T>& views, const Laplacian<C, B>& laplacian, const Prepared& coupling,
                    const Execution& execution) {
    Sweep<T> sweep;
    sweep.in = views.in;
    sweep.out = views.out;
    sweep.source = views.source;
    sweep.place = execution.place;
    sweep.K = checked_number<T>(laplacian.K, "K");
    check_boundary<T>(laplacian.boundary, execution.place.rows_of(views.in), execution.place.cols_of(views.in));
    sweep.boundary = laplacian.boundary;
    check_strengths<T>(laplacian.bonds, views.in);
    check_apart(views.out, views.out_name, laplacian);
    if constexpr (has_own_strengths<B>) {
        sweep.has_strengths = true;
        sweep.east_strength = {.field = laplacian.bonds.east, .is_uniform = false};
        sweep.south_strength = {.field = laplacian.bonds.south, .is_uniform = false};
        sweep.kernel = AnyRowKernel<T>::template of<Stage, OwnStrength>(coupling, execution.isa);
    } else {
        sweep.kernel = AnyRowKernel<T>::template of<Stage, EqualStrength>(coupling, execution.isa);
    }
    return sweep;
}

/// The frequencies of a model as a source. Throws for a number that is not finite, or a field of another shape.
template <class T> Source<T> source_of(double omega, const Grid<const T>&) {
    return {.number = checked_number<T>(omega, "omega")};
}
template <class T> Source<T> source_of(const Grid<const T>& omega, const Grid<const T>& theta) {
    check_same_shape(theta, "theta", omega, "omega");
    return {.field = omega, .is_uniform = false};
}
template <class T> Source<T> source_of(const NumberOrField<T>& omega, const Grid<const T>& theta) {
    return omega.is_number() ? source_of(omega.number(), theta) : source_of(omega.field(), theta);
}

} // namespace detail
KURAMOTO_END_NAMESPACE
