// fftw: the structure factor of a lattice, by FFTW. Opt-in: not part of kuramoto.hpp. It is the only header that needs
// FFTW (version 3, double precision; 3.3.10 is tested). CMake: the component fftw, kuramoto::fftw. Without CMake: link
// with -lfftw3.
//
//     km::Field<double> s(theta.rows(), theta.cols());
//     km::structure_factor(km::OpenMP{}, theta, s);                       // S(k) of every wave vector
//     std::vector<km::StructureFactorShell> shells(std::max(theta.rows(), theta.cols()) / 2 + 1);
//     km::structure_factor_shells(s, shells);                             // its mean over circles
//
// Threads: the workers of the policy transform rows and columns, so that FFTW needs no threads of its own. Any number
// of your threads can call structure_factor at the same time. FFTW's planner is not thread-safe: if your program makes
// plans of its own at the same time, lock fftw_planner_mutex there.
#pragma once

#include <kuramoto/detail/arithmetic/environment.hpp>
#include <kuramoto/detail/arithmetic/rounded.hpp>
#include <kuramoto/detail/build/checks.hpp>
#include <kuramoto/detail/kernels/phasor.hpp>
#include <kuramoto/detail/memory/buffer.hpp>
#include <kuramoto/detail/memory/logical_order.hpp>
#include <kuramoto/detail/parallel/order_free_sum.hpp>
#include <kuramoto/detail/parallel/present_cells.hpp>
#include <kuramoto/detail/parallel/workers.hpp>
#include <kuramoto/execution/policy.hpp>
#include <kuramoto/grid/grid.hpp>
#include <kuramoto/grid/mask.hpp>

#include <fftw3.h>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <mutex>

namespace kuramoto {

/// Locked while the library makes or destroys a plan of FFTW.
///
/// Lock it around your own calls of the planner, if another thread computes structure factors at that time.
inline std::mutex fftw_planner_mutex;

/// A shell: the wave vectors of nearly equal length, and the mean of the structure factor over them.
struct StructureFactorShell {
    double k = 0;           ///< mean of |k|, rad per cell
    double mean = 0;        ///< mean of S(k)
    std::int64_t count = 0; ///< number of wave vectors
};

/// Shells that can be written: std::vector<StructureFactorShell>, std::array, std::span …
template <class V>
concept WritableShells = requires(V& shells) {
    { shells.data() } -> std::convertible_to<StructureFactorShell*>;
    { shells.size() } -> std::convertible_to<std::size_t>;
};

} // namespace kuramoto

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// The discrete Fourier transform Σ z_l e^{−2πi kl/n} of n numbers in a row, in place.
class FourierTransform {
  public:
    /// The transform of any n numbers; `numbers` shows how they are aligned, and is not touched.
    FourierTransform(std::ptrdiff_t n, Phasor* numbers) {
        static_assert(sizeof(Phasor) == sizeof(fftw_complex) && sizeof(fftw_complex) == 2 * sizeof(double));
        if (n == 1) return;
        const fftw_iodim64 extent{n, 1, 1};
        auto* const z = reinterpret_cast<fftw_complex*>(numbers);
        const std::lock_guard<std::mutex> lock(fftw_planner_mutex);
        plan_ = fftw_plan_guru64_dft(1, &extent, 0, nullptr, z, z, FFTW_FORWARD, FFTW_ESTIMATE);
        if (plan_ == nullptr) runtime_error("FFTW makes no plan for " + integer_text(n) + " cells");
    }
    FourierTransform(const FourierTransform&) = delete;
    FourierTransform& operator=(const FourierTransform&) = delete;
    ~FourierTransform() {
        if (plan_ == nullptr) return;
        const std::lock_guard<std::mutex> lock(fftw_planner_mutex);
        fftw_destroy_plan(plan_);
    }

    /// Any number of threads can call it at the same time.
    void run(Phasor* numbers) const noexcept {
        auto* const z = reinterpret_cast<fftw_complex*>(numbers);
        if (plan_ != nullptr) fftw_execute_dft(plan_, z, z);
    }

  private:
    fftw_plan plan_ = nullptr;
};

/// Sets the phasors of missing cells to 0, among the n cells from `first` on.
inline void clear_missing(const AllCells&, std::ptrdiff_t, std::ptrdiff_t, Phasor*) noexcept {}
template <class T>
void clear_missing(const PresentCells<T>& present, std::ptrdiff_t first, std::ptrdiff_t n, Phasor* phasors) noexcept {
    visit_cells(present.mask(), first, n, [&](const T& cell, std::ptrdiff_t k) {
        if (cell == 0) phasors[k] = {};
    });
}

/// e^{iθ} of every cell, row by row without gaps; 0 for a missing cell.
template <class P, class T, class Presence>
void store_phasors(const P& policy, const Execution& execution, const Grid<const T>& theta, const Presence& present,
                   Phasor* phasors) {
    const PhasorsInPlaceFunction turn = phasors_in_place_function(execution.isa);
    const std::ptrdiff_t cells = theta.size();
    const std::ptrdiff_t parts = (cells + cells_per_part - 1) / cells_per_part;
    for_parts(policy, execution, parts, cells, [&](std::ptrdiff_t part) noexcept {
        const std::ptrdiff_t first = part * cells_per_part;
        const std::ptrdiff_t n = clamped(cells - first, 0, cells_per_part);
        double real[cells_per_part];
        double imaginary[cells_per_part];
        visit_cells(theta, first, n, [&](const T& phase, std::ptrdiff_t k) { real[k] = static_cast<double>(phase); });
        turn(real, imaginary, n);
        for (std::ptrdiff_t k = 0; k < n; ++k) phasors[first + k] = {real[k], imaginary[k]};
        clear_missing(present, first, n, phasors + first);
    });
}

/// |z|² / count.
[[nodiscard]] inline double power_per_cell(const Phasor& z, double count) noexcept {
    const Rounded square = Rounded(z.imaginary) * Rounded(z.imaginary);
    return (Rounded(__builtin_fma(z.real, z.real, square.value())) / Rounded(count)).value();
}

/// s = |z'|² / count, where z' are the transforms of the columns of `z`. Some columns at a time are copied to scratch
/// memory: few lines of the cache then hold all cells of a row that are needed.
template <class P, class Out>
void store_power_of_columns(const P& policy, const Execution& execution, const Phasor* z, double count,
                            const Grid<Out>& s) {
    const std::ptrdiff_t rows = s.rows();
    const std::ptrdiff_t cols = s.cols();
    const std::ptrdiff_t most = clamped(cols, 1, 8); // columns at a time
    const std::ptrdiff_t parts = (cols + most - 1) / most;
    const int tasks = tasks_for(parts, s.size(), execution);
    const Buffer<Phasor> scratch(tasks * most * rows);
    const FourierTransform transform(rows, scratch.data());
    for_pieces(policy, tasks, parts, [&](int task, std::ptrdiff_t begin, std::ptrdiff_t end) noexcept {
        Phasor* const gathered = scratch.data() + task * most * rows;
        for (std::ptrdiff_t first = begin * most; first < end * most && first < cols; first += most) {
            const std::ptrdiff_t n = clamped(cols - first, 0, most);
            for (std::ptrdiff_t i = 0; i < rows; ++i)
                for (std::ptrdiff_t k = 0; k < n; ++k) gathered[k * rows + i] = z[i * cols + first + k];
            for (std::ptrdiff_t k = 0; k < n; ++k) transform.run(gathered + k * rows);
            for (std::ptrdiff_t i = 0; i < rows; ++i)
                for (std::ptrdiff_t k = 0; k < n; ++k)
                    s.data()[i * s.row_stride() + (first + k) * s.col_stride()] =
                        static_cast<Out>(power_per_cell(gathered[k * rows + i], count));
        }
    });
}

/// Computes structure_factor for checked arguments.
template <class P, class T, class Presence, class Out>
void structure_factor_of(const P& policy, const Execution& execution, const Grid<const T>& theta,
                         const Presence& present, const Grid<Out>& s) {
    const Buffer<Phasor> field(theta.size());
    Phasor* const phasors = field.data();
    const FourierTransform transform(theta.cols(), phasors);
    store_phasors(policy, execution, theta, present, phasors);
    for_parts(policy, execution, theta.rows(), theta.size(),
              [&](std::ptrdiff_t i) noexcept { transform.run(phasors + i * theta.cols()); });
    const std::ptrdiff_t count = count_cells(policy, execution, theta, present); // 0: all phasors are 0, and so is S
    store_power_of_columns(policy, execution, phasors, static_cast<double>(count > 0 ? count : 1), s);
}

template <class T, class Out> void check_structure_factor(const Grid<const T>& theta, const Grid<Out>& s) {
    check_same_shape(theta, "theta", s, "s");
    check_writable(s, "s");
    check_disjoint(s, "s", theta, "theta");
}

/// The wave number of index i out of n, in units of 2π / longest; in magnitude at most half of `longest`.
[[nodiscard]] inline Rounded shells_along(std::ptrdiff_t i, std::ptrdiff_t n, std::ptrdiff_t longest) noexcept {
    const std::ptrdiff_t nearest = i <= n / 2 ? i : i - n;
    return Rounded(static_cast<double>(nearest)) * Rounded(static_cast<double>(longest)) /
           Rounded(static_cast<double>(n));
}

/// Computes structure_factor_shells. Not inlined, so that the compiler moves no arithmetic out of the floating-point
/// environment of the caller.
template <class T>
KURAMOTO_NEVER_INLINE void average_over_shells(const Grid<const T>& s, StructureFactorShell* shells,
                                               std::ptrdiff_t count) noexcept {
    stay_in_place();
    for (std::ptrdiff_t n = 0; n < count; ++n) shells[n] = {};
    if (s.empty()) return; // there may be very many rows without cells
    const std::ptrdiff_t longest = s.rows() > s.cols() ? s.rows() : s.cols();
    for (std::ptrdiff_t i = 0; i < s.rows(); ++i) {
        const Rounded down = shells_along(i, s.rows(), longest);
        for (std::ptrdiff_t j = 0; j < s.cols(); ++j) {
            const Rounded across = shells_along(j, s.cols(), longest);
            const Rounded distance = sqrt(down * down + across * across);
            const auto n = static_cast<std::ptrdiff_t>((distance + Rounded(0.5)).value());
            if (n >= count) continue;
            const auto value = static_cast<double>(s.data()[i * s.row_stride() + j * s.col_stride()]);
            shells[n].k = (Rounded(shells[n].k) + distance).value();
            shells[n].mean = (Rounded(shells[n].mean) + Rounded(value)).value();
            ++shells[n].count;
        }
    }
    const Rounded width = Rounded(two_pi) / Rounded(static_cast<double>(longest));
    for (std::ptrdiff_t n = 0; n < count; ++n) {
        if (shells[n].count == 0) continue;
        const Rounded vectors(static_cast<double>(shells[n].count));
        shells[n].k = (Rounded(shells[n].k) / vectors * width).value();
        shells[n].mean = (Rounded(shells[n].mean) / vectors).value();
    }
}

} // namespace detail

/// The structure factor of the phases, S(k) = |Σ e^{iθ} e^{−ik·x}|² / N: the spin structure factor of the XY model.
///
/// The sum runs over the N cells; x = (i, j) is the place of a cell. Element (p, q) of `s` belongs to the wave vector k
/// = 2π (p / rows, q / cols), in rad per cell, in the order of numpy.fft.fft2: p > rows / 2 stands for the wave number
/// 2π (p − rows) / rows, and q likewise.
///
/// S(0) = N r² with the order parameter r. The mean of S over all elements of `s` is 1. A plane wave has S = N at its
/// wave vector, if it makes whole turns over the lattice. Random phases have S of about 1. The formula is the same for
/// every boundary. On a lattice with open edges, peaks are broader.
///
/// theta: grid-like, any strides, phases in rad. present: a mask; both the sum and N leave out the missing cells, whose
/// phases may be NaN. If every cell is missing, S is 0. s: grid-like of the same shape, float or double, any strides.
///
/// Without cells nothing is written. If the phase of a present cell is NaN or infinite, all of S is NaN.
///
/// Throws: std::invalid_argument for an invalid policy, different shapes, or if `s` overlaps `theta`, `present` or
/// itself; std::runtime_error if FFTW makes no plan.
/// Cost: one sine and one cosine per cell, and a complex Fourier transform; 16 bytes of scratch per cell, and 128 bytes
/// per row and worker.
/// Accuracy: in double whatever the precision of the cells. Error of S(k) below 10⁻¹⁴ (S(k) + √S(k)), measured 5 ·
/// 10⁻¹⁵.
/// Reproducibility: bit-identical for any policy, number of threads and strides. The bits depend on the processor, on
/// the version of FFTW, and on wisdom that the program loads into FFTW.
/// Reference: A. J. Bray, Advances in Physics 43 (1994) 357; the transform: M. Frigo, S. G. Johnson, Proceedings of the
/// IEEE 93 (2005) 216.
template <ExecutionPolicy P, GridLike Theta, MaskFor<Theta> Present, WritableGridLike Out>
void structure_factor(const P& policy, const Theta& theta, const Present& present, Out&& s) {
    const detail::Execution execution(policy);
    const Grid<const value_type_of<const Theta>> in = as_grid(theta);
    const auto out = as_grid(s);
    const auto cells = detail::present_cells(present, in, "theta");
    detail::check_structure_factor(in, out);
    if constexpr (GridLike<const Present>) detail::check_disjoint(out, "s", cells.mask(), "present");
    if (in.empty()) return;
    detail::structure_factor_of(policy, execution, in, cells, out);
}

/// The structure factor of all cells.
template <ExecutionPolicy P, GridLike Theta, WritableGridLike Out>
void structure_factor(const P& policy, const Theta& theta, Out&& s) {
    structure_factor(policy, theta, AllCells{}, s);
}

/// The structure factor, on the calling thread.
template <GridLike Theta, WritableGridLike Out> void structure_factor(const Theta& theta, Out&& s) {
    structure_factor(Fused{}, theta, s);
}
/// The structure factor of the cells that are present, on the calling thread.
template <GridLike Theta, MaskFor<Theta> Present, WritableGridLike Out>
void structure_factor(const Theta& theta, const Present& present, Out&& s) {
    structure_factor(Fused{}, theta, present, s);
}

/// The circular average of a structure factor: its mean over the wave vectors in shells of nearly equal |k|.
///
/// Shell n holds the wave vectors for which |k| is nearest to n · 2π / max(rows, cols). A shell without wave vectors
/// has the count 0. Longer wave vectors than those of the last shell are left out. Shells beyond |k| = π have wave
/// vectors along the diagonals only, so that plots usually end there: at shell max(rows, cols) / 2.
///
/// s: grid-like, any strides, as `structure_factor` writes it, or a mean of several such results. shells: anything with
/// data() and size() of StructureFactorShell. `mean` is NaN if S is NaN for a wave vector of the shell.
///
/// Cost: one pass, one square root and one division per wave vector, on the calling thread; no allocation.
/// Accuracy: relative error of k and mean about 10⁻¹⁶ √count.
template <GridLike Factor, WritableShells Out> void structure_factor_shells(const Factor& s, Out&& shells) {
    const detail::DefaultEnvironment environment;
    const Grid<const value_type_of<const Factor>> in = as_grid(s);
    detail::average_over_shells(in, static_cast<StructureFactorShell*>(shells.data()),
                                static_cast<std::ptrdiff_t>(shells.size()));
}

KURAMOTO_END_NAMESPACE
