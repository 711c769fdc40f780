// The local order parameter: how far the phases around a cell agree.
//
// The sum over a window is one down the columns and then one along the row. Both are taken term by term for each cell:
// a running sum, which adds what enters a window and takes off what leaves it, would carry its errors along, and its
// bits would depend on where a thread began.
#pragma once

#include <kuramoto/detail/build/checks.hpp>
#include <kuramoto/detail/memory/buffer.hpp>
#include <kuramoto/detail/parallel/phasor_field.hpp>
#include <kuramoto/detail/parallel/present_cells.hpp>
#include <kuramoto/detail/parallel/workers.hpp>
#include <kuramoto/execution/policy.hpp>
#include <kuramoto/grid/grid.hpp>
#include <kuramoto/grid/mask.hpp>
#include <kuramoto/model/boundary.hpp>

#include <cstddef>
#include <type_traits>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// The windows along one direction of a lattice: up to `reach` cells on either side, no further than the edges where
/// these are not periodic, and no cell twice where they are.
struct WindowsAlong {
    WindowsAlong(std::ptrdiff_t half_width, std::ptrdiff_t cells_along, bool is_periodic) noexcept
        : cells(cells_along), reach(clamped(half_width, 0, cells_along - 1)), goes_round(is_periodic),
          takes_all(is_periodic && cells_along - reach <= reach + 1) {}

    /// The first cell of the window around cell k, and how many there are from there on, round the lattice.
    [[nodiscard]] std::ptrdiff_t first(std::ptrdiff_t k) const noexcept {
        if (takes_all) return 0;
        return k >= reach ? k - reach : goes_round ? k - reach + cells : 0;
    }
    [[nodiscard]] std::ptrdiff_t count(std::ptrdiff_t k) const noexcept {
        if (takes_all) return cells;
        if (goes_round) return 2 * reach + 1;
        const std::ptrdiff_t behind = cells - 1 - k;
        return (k < reach ? k : reach) + 1 + (behind < reach ? behind : reach);
    }
    /// Cells beyond either end that windows reach into.
    [[nodiscard]] std::ptrdiff_t margin() const noexcept { return takes_all ? 0 : reach; }

    std::ptrdiff_t cells;
    std::ptrdiff_t reach;
    bool goes_round;
    bool takes_all;
};

/// The moduli of the means over the present cells of windows, a row at a time.
template <class Present> class LocalOrder {
  public:
    LocalOrder(const PhasorField& phasors, const Present& present, const WindowsAlong& down,
               const WindowsAlong& across) noexcept
        : phasors_(phasors), present_(present), down_(down), across_(across) {}

    /// Doubles of scratch that a row needs.
    [[nodiscard]] std::ptrdiff_t scratch() const noexcept { return extended() + 3 * across_.cells; }

    /// out[j] = r of cell (i, j); NaN if it is missing.
    template <class Out> void of_row(std::ptrdiff_t i, double* scratch, const Grid<Out>& out) const noexcept {
        const std::ptrdiff_t cols = across_.cells;
        double* const column_sums = scratch;
        double* const real = column_sums + extended();
        double* const imaginary = real + cols;
        double* const cells = imaginary + cols;
        const auto row_of = [](const double* terms) { return [terms](std::ptrdiff_t j) { return terms[j]; }; };
        sum_down(i, column_sums, [&](std::ptrdiff_t row) { return row_of(phasors_.real(row)); });
        sum_across(column_sums, real);
        sum_down(i, column_sums, [&](std::ptrdiff_t row) { return row_of(phasors_.imaginary(row)); });
        sum_across(column_sums, imaginary);
        count_cells_around(i, column_sums, cells);
        Out* const to = out.data() + i * out.row_stride();
        for (std::ptrdiff_t j = 0; j < cols; ++j) {
            Out& r = to[j * out.col_stride()];
            if (!present_(i, j)) {
                r = static_cast<Out>(__builtin_nan(""));
                continue;
            }
            const double length = __builtin_sqrt(__builtin_fma(real[j], real[j], imaginary[j] * imaginary[j]));
            r = static_cast<Out>(length / cells[j]);
        }
    }

  private:
    // How many present cells there are in the window around each cell of row i.
    void count_cells_around(std::ptrdiff_t i, double* column_sums, double* cells) const noexcept {
        if constexpr (std::is_same_v<Present, AllCells>) {
            const auto rows_in_window = static_cast<double>(down_.count(i));
            for (std::ptrdiff_t j = 0; j < across_.cells; ++j)
                cells[j] = rows_in_window * static_cast<double>(across_.count(j));
        } else {
            sum_down(i, column_sums, [&](std::ptrdiff_t row) {
                return [this, row](std::ptrdiff_t j) { return present_(row, j) ? 1.0 : 0.0; };
            });
            sum_across(column_sums, cells);
        }
    }

    // A row with what is beyond its ends: the cells there where it goes round, else zeros.
    [[nodiscard]] std::ptrdiff_t extended() const noexcept { return across_.cells + 2 * across_.margin(); }

    // Σ over the rows of the window around row i; row_of(row) returns the function of a row's terms.
    template <class RowOf> void sum_down(std::ptrdiff_t i, double* column_sums, const RowOf& row_of) const noexcept {
        const std::ptrdiff_t cols = across_.cells;
        const std::ptrdiff_t margin = across_.margin();
        double* const sums = column_sums + margin;
        std::ptrdiff_t row = down_.first(i);
        for (std::ptrdiff_t j = 0; j < cols; ++j) sums[j] = 0;
        for (std::ptrdiff_t left = down_.count(i); left > 0; --left) {
            const auto term = row_of(row);
            for (std::ptrdiff_t j = 0; j < cols; ++j) sums[j] += term(j);
            row = row + 1 < down_.cells ? row + 1 : 0;
        }
        for (std::ptrdiff_t k = 0; k < margin; ++k) {
            column_sums[k] = across_.goes_round ? sums[cols - margin + k] : 0;
            sums[cols + k] = across_.goes_round ? sums[k] : 0;
        }
    }

    // Σ over the columns of the window around each column.
    void sum_across(const double* column_sums, double* sums) const noexcept {
        const std::ptrdiff_t cols = across_.cells;
        for (std::ptrdiff_t j = 0; j < cols; ++j) sums[j] = 0;
        if (across_.takes_all) {
            double all = 0;
            for (std::ptrdiff_t j = 0; j < cols; ++j) all += column_sums[j];
            for (std::ptrdiff_t j = 0; j < cols; ++j) sums[j] = all;
            return;
        }
        for (std::ptrdiff_t k = 0; k <= 2 * across_.reach; ++k)
            for (std::ptrdiff_t j = 0; j < cols; ++j) sums[j] += column_sums[j + k];
    }

    const PhasorField& phasors_;
    Present present_;
    WindowsAlong down_;
    WindowsAlong across_;
};

} // namespace detail

/// The local order parameter r_ij, where r_ij e^{iψ_ij} is the mean of e^{iθ} over the cells at most `half_width` rows
/// and `half_width` columns away from cell (i, j), computed by the workers of `policy`.
///
/// 1 where the phases around a cell agree, small where they do not: near vortices, between domains, in the incoherent
/// part of a chimera. Of a plane wave with wave vector k it is D(k_row) D(k_col), D(k) = |sin((w + ½) k) / ((2w + 1)
/// sin(k/2))|, w = half_width.
///
/// theta: grid-like, any strides, phases in rad. r: grid-like of the same shape, float or double, any strides; must
/// overlap neither theta nor itself nor the mask. Windows end at the edges of the lattice, or go on at the opposite
/// edge where `boundary` is periodic, but take in no cell twice. present: a mask; the mean is over the present cells of
/// the window. r is NaN in a missing cell: any number, 0 for example, would look like that of a cell. It is also NaN
/// where a phase in the window is NaN or infinite. The same bits for any policy, number of threads and strides, per
/// class of instruction set.
///
/// Throws: std::invalid_argument for shapes that differ, overlap, half_width < 0, and an invalid boundary or policy.
/// Cost: two passes, one sine and cosine and 4 (2w + 1) additions per cell; with a mask 6 (2w + 1) additions. 16 bytes
/// of scratch per cell.
/// Accuracy: in double whatever the precision of the cells. Error of r: about (4w + 2) · 10⁻¹⁶.
/// Reference: Y. Kuramoto, D. Battogtokh, Nonlinear Phenomena in Complex Systems 5 (2002) 380, there with a smooth
/// window; for lattices O. E. Omel'chenko et al., Physical Review E 85 (2012) 036210.
template <ExecutionPolicy P, GridLike Theta, MaskFor<Theta> Present, WritableGridLike Order,
          HasBoundary Lattice = Boundary>
void local_order_parameter(const P& policy, const Lattice& lattice, const Theta& theta, const Present& present,
                           Order&& r, std::ptrdiff_t half_width) {
    using T = value_type_of<const Theta>;
    const detail::Execution execution(policy);
    const Boundary& boundary = boundary_of(lattice);
    const Grid<const T> in = as_grid(theta);
    const auto there = detail::present_cells(present, in, "theta");
    const auto out = as_grid(r);
    detail::check_same_shape(in, "theta", out, "r");
    detail::check_count(half_width, "half_width");
    detail::check_boundary<T>(boundary, in.rows(), in.cols());
    detail::check_writable(out, "r");
    detail::check_disjoint(out, "r", in, "theta");
    if constexpr (!std::is_same_v<Present, AllCells>) detail::check_disjoint(out, "r", there.mask(), "present");
    if (in.empty()) return;
    const detail::PhasorField phasors(policy, execution, in, there);
    const detail::LocalOrder order(phasors, there, {half_width, in.rows(), is_periodic(boundary, Axis::rows)},
                                   {half_width, in.cols(), is_periodic(boundary, Axis::cols)});
    const int tasks = detail::tasks_for(in.rows(), in.size(), execution);
    const detail::Buffer<double> scratch(tasks * order.scratch());
    detail::for_pieces(policy, tasks, in.rows(), [&](int task, std::ptrdiff_t begin, std::ptrdiff_t end) noexcept {
        for (std::ptrdiff_t i = begin; i < end; ++i) order.of_row(i, scratch.data() + task * order.scratch(), out);
    });
}

/// The same with all cells.
template <ExecutionPolicy P, GridLike Theta, WritableGridLike Order, HasBoundary Lattice = Boundary>
void local_order_parameter(const P& policy, const Lattice& lattice, const Theta& theta, Order&& r,
                           std::ptrdiff_t half_width) {
    local_order_parameter(policy, lattice, theta, AllCells{}, r, half_width);
}

/// The same on the calling thread.
template <GridLike Theta, MaskFor<Theta> Present, WritableGridLike Order, HasBoundary Lattice = Boundary>
void local_order_parameter(const Lattice& lattice, const Theta& theta, const Present& present, Order&& r,
                           std::ptrdiff_t half_width) {
    local_order_parameter(Fused{}, lattice, theta, present, r, half_width);
}
/// The same with all cells, on the calling thread.
template <GridLike Theta, WritableGridLike Order, HasBoundary Lattice = Boundary>
void local_order_parameter(const Lattice& lattice, const Theta& theta, Order&& r, std::ptrdiff_t half_width) {
    local_order_parameter(Fused{}, lattice, theta, AllCells{}, r, half_width);
}
template <GridLike Theta, class... Others>
void local_order_parameter(const Theta&, Others&&...) = delete; // write …(boundary or model, theta, r, half_width)
template <ExecutionPolicy P, GridLike Theta, class... Others>
void local_order_parameter(const P&, const Theta&,
                           Others&&...) = delete; // write …(policy, boundary or model, theta, r, half_width)

KURAMOTO_END_NAMESPACE
