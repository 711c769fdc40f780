// The energy whose gradient the sine lattice descends.
#pragma once

#include <kuramoto/detail/arithmetic/rounded.hpp>
#include <kuramoto/detail/build/checks.hpp>
#include <kuramoto/detail/kernels/number_sum.hpp>
#include <kuramoto/detail/kernels/phasor.hpp>
#include <kuramoto/detail/parallel/order_free_sum.hpp>
#include <kuramoto/execution/policy.hpp>
#include <kuramoto/model/laplacian.hpp>

#include <cstddef>

namespace kuramoto {
inline namespace KURAMOTO_BUILD {
namespace detail {

/// The two parts of −E / K.
struct EnergySum {
    FineSum cosines; ///< of the differences across bonds
    BinnedSum work;  ///< flux · θ of the cells into which a given flux flows

    EnergySum& operator+=(const EnergySum& other) noexcept {
        cosines += other.cosines;
        work += other.work;
        return *this;
    }
    [[nodiscard]] Rounded value() const noexcept { return Rounded(cosines.value()) + Rounded(work.value()); }
};

/// Bonds that do not lie side by side in memory, and flows through edges: kernels take an array of them at a time.
class ScatteredBonds {
  public:
    ScatteredBonds(Isa isa, EnergySum& sum) noexcept
        : add_cosines_(add_cosines_function<double>(isa)), add_numbers_(number_sum_function<false, double>(isa)),
          sum_(sum) {}
    ScatteredBonds(const ScatteredBonds&) = delete;
    ScatteredBonds& operator=(const ScatteredBonds&) = delete;
    ~ScatteredBonds() {
        flush_bonds();
        flush_work();
    }

    void add_bond(double phase, double other) noexcept {
        phases_[bonds_] = phase;
        others_[bonds_] = other;
        if (++bonds_ == most) flush_bonds();
    }
    void add_work(double flux, double phase) noexcept {
        work_[flows_] = (Rounded(flux) * Rounded(phase)).value();
        if (++flows_ == most) flush_work();
    }

  private:
    static constexpr std::ptrdiff_t most = 256;

    void flush_bonds() noexcept {
        add_cosines_(phases_, others_, bonds_, sum_.cosines);
        bonds_ = 0;
    }
    void flush_work() noexcept {
        add_numbers_(work_, flows_, {}, sum_.work);
        flows_ = 0;
    }

    double phases_[most];
    double others_[most];
    double work_[most];
    std::ptrdiff_t bonds_ = 0;
    std::ptrdiff_t flows_ = 0;
    AddCosinesFunction<double> add_cosines_;
    NumberSumFunction<double> add_numbers_;
    EnergySum& sum_;
};

/// The bonds that a row owns: to the east, to the south, and to what is beyond the edges that it touches.
template <class T> class RowEnergy {
  public:
    RowEnergy(const Grid<const T>& theta, const Boundary& boundary, Isa isa) noexcept
        : theta_(theta), boundary_(boundary), isa_(isa), add_cosines_(add_cosines_function<T>(isa)) {}

    /// Adds what the bonds of row i contribute.
    void add_row(std::ptrdiff_t i, EnergySum& sum) const noexcept {
        ScatteredBonds scattered(isa_, sum);
        const std::ptrdiff_t last = theta_.cols() - 1;
        const T* row = theta_.data() + i * theta_.row_stride();
        const bool is_last = i + 1 == theta_.rows();
        add_bonds(row, theta_.col_stride(), last, scattered, sum);
        if (!is_last) add_bonds(row, theta_.row_stride(), last + 1, scattered, sum);
        add_edge(boundary_.west, i, at(i, 0), at(i, last), false, scattered);
        add_edge(boundary_.east, i, at(i, last), at(i, 0), true, scattered);
        if (i == 0)
            for (std::ptrdiff_t j = 0; j <= last; ++j) add_edge(boundary_.north, j, at(i, j), 0, false, scattered);
        if (is_last)
            for (std::ptrdiff_t j = 0; j <= last; ++j)
                add_edge(boundary_.south, j, at(i, j), at(0, j), true, scattered);
    }

  private:
    // From the first `count` cells of a row to the cells `step` further in memory.
    void add_bonds(const T* row, std::ptrdiff_t step, std::ptrdiff_t count, ScatteredBonds& scattered,
                   EnergySum& sum) const noexcept {
        const std::ptrdiff_t stride = theta_.col_stride();
        if (stride != 1) {
            for (std::ptrdiff_t j = 0; j < count; ++j)
                scattered.add_bond(static_cast<double>(row[j * stride]), static_cast<double>(row[j * stride + step]));
            return;
        }
        for (std::ptrdiff_t j = 0; j < count; j += cells_per_part)
            add_cosines_(row + j, row + j + step, clamped(count - j, 0, cells_per_part), sum.cosines);
    }

    [[nodiscard]] double at(std::ptrdiff_t i, std::ptrdiff_t j) const noexcept {
        return static_cast<double>(theta_.data()[i * theta_.row_stride() + j * theta_.col_stride()]);
    }

    // The bond of one cell across an edge; of two periodic edges one owns it (`owns`).
    static void add_edge(const BoundaryCondition& edge, std::ptrdiff_t k, double phase, double opposite, bool owns,
                         ScatteredBonds& scattered) noexcept {
        const auto given = [&] { return edge.values != nullptr ? edge.values[k] : edge.value; };
        if (edge.kind == BoundaryKind::periodic && owns) scattered.add_bond(phase, opposite);
        if (edge.kind == BoundaryKind::fixed_phase) scattered.add_bond(phase, given());
        if (edge.kind == BoundaryKind::fixed_flux) scattered.add_work(given(), phase);
    }

    Grid<const T> theta_;
    Boundary boundary_;
    Isa isa_;
    AddCosinesFunction<T> add_cosines_;
};

} // namespace detail

/// The energy of the sine lattice, E = −K Σ cos(θ_j − θ_i) over the bonds, each once, computed by the workers of
/// `policy`.
///
/// Without natural frequencies dθ/dt = −∂E/∂θ: E never increases, with Euler's method neither while K dt ≤ 1/4. Bonds
/// to phases given at an edge count; a flux q given there contributes −K q θ. theta: grid-like, any strides, phases in
/// rad. 0 without cells; NaN if a phase is NaN or infinite. The sum does not depend on the order of the bonds:
/// bit-identical for any policy, number of threads and strides, per class of instruction set.
///
/// Throws: std::invalid_argument for a K that is not finite, and for an invalid boundary or policy.
/// Cost: one pass, two cosines per cell; 1 kB of scratch per worker.
/// Accuracy: cosines are computed in double whatever the precision of the cells, and their sum is exact to 2⁻¹⁰⁰ per
/// bond. Error below 3 · 10⁻¹⁶ K per bond.
/// Reference: the Hamiltonian of the XY model, Kosterlitz & Thouless, Journal of Physics C 6 (1973) 1181.
template <ExecutionPolicy P, GridLike Theta>
[[nodiscard]] double energy(const P& policy, const SineLaplacian& laplacian, const Theta& theta) {
    using T = value_type_of<const Theta>;
    const detail::Execution execution(policy);
    const Grid<const T> in = as_grid(theta);
    const auto K = detail::checked_number<double>(laplacian.K, "K");
    detail::check_boundary<T>(laplacian.boundary, in.rows(), in.cols());
    if (in.empty()) return 0;
    const detail::RowEnergy<T> of(in, laplacian.boundary, execution.isa);
    const auto sum = detail::sum_over_parts<detail::EnergySum>(
        policy, execution, in.rows(), in.size(),
        [&](std::ptrdiff_t i, detail::EnergySum& into) noexcept { of.add_row(i, into); });
    return (detail::Rounded(-K) * sum.value()).value();
}

/// The same on the calling thread.
template <GridLike Theta> [[nodiscard]] double energy(const SineLaplacian& laplacian, const Theta& theta) {
    return energy(Fused{}, laplacian, theta);
}

} // namespace KURAMOTO_BUILD
} // namespace kuramoto
