// The energy whose gradient the sine lattice descends.
#pragma once

#include <kuramoto/detail/arithmetic/rounded.hpp>
#include <kuramoto/detail/build/checks.hpp>
#include <kuramoto/detail/kernels/number_sum.hpp>
#include <kuramoto/detail/kernels/phasor.hpp>
#include <kuramoto/detail/parallel/order_free_sum.hpp>
#include <kuramoto/detail/parallel/present_cells.hpp>
#include <kuramoto/execution/policy.hpp>
#include <kuramoto/grid/mask.hpp>
#include <kuramoto/model/model.hpp>

#include <cstddef>
#include <type_traits>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// The two parts of −E / K.
struct EnergySum {
    FineSum cosines;    ///< of the differences across bonds of strength 1
    BinnedSum products; ///< strength · cosine of other bonds; flux · θ of the cells into which a given flux flows

    EnergySum& operator+=(const EnergySum& other) noexcept {
        cosines += other.cosines;
        products += other.products;
        return *this;
    }
    [[nodiscard]] Rounded value() const noexcept { return Rounded(cosines.value()) + Rounded(products.value()); }
};

/// Bonds that kernels cannot take from where they lie, and flows through edges: kernels take an array of them at a
/// time.
class ScatteredBonds {
  public:
    ScatteredBonds(Isa isa, EnergySum& sum) noexcept
        : add_cosines_(add_cosines_function<double>(isa)), phasors_(phasors_in_place_function(isa)),
          add_numbers_(number_sum_function<false, double>(isa)), sum_(sum) {}
    ScatteredBonds(const ScatteredBonds&) = delete;
    ScatteredBonds& operator=(const ScatteredBonds&) = delete;
    ~ScatteredBonds() {
        flush_bonds();
        flush_strong_bonds();
        flush_work();
    }

    void add_bond(double phase, double other) noexcept {
        phases_[bonds_] = phase;
        others_[bonds_] = other;
        if (++bonds_ == most) flush_bonds();
    }
    /// A bond of any strength. One of strength 0 is left out, whatever phases are beside it.
    void add_bond(double phase, double other, double strength) noexcept {
        if (strength == 0) return;
        differences_[strong_bonds_] = (Rounded(other) - Rounded(phase)).value();
        strengths_[strong_bonds_] = strength;
        if (++strong_bonds_ == most) flush_strong_bonds();
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
    void flush_strong_bonds() noexcept {
        double sines[most];
        phasors_(differences_, sines, strong_bonds_);
        for (std::ptrdiff_t k = 0; k < strong_bonds_; ++k)
            differences_[k] = (Rounded(strengths_[k]) * Rounded(differences_[k])).value();
        add_numbers_(differences_, strong_bonds_, {}, sum_.products);
        strong_bonds_ = 0;
    }
    void flush_work() noexcept {
        add_numbers_(work_, flows_, {}, sum_.products);
        flows_ = 0;
    }

    double phases_[most];
    double others_[most];
    double differences_[most];
    double strengths_[most];
    double work_[most];
    std::ptrdiff_t bonds_ = 0;
    std::ptrdiff_t strong_bonds_ = 0;
    std::ptrdiff_t flows_ = 0;
    AddCosinesFunction<double> add_cosines_;
    PhasorsInPlaceFunction phasors_;
    NumberSumFunction<double> add_numbers_;
    EnergySum& sum_;
};

/// The bonds that a row owns: to the east, to the south, and to what is beyond the edges that it touches. Those of
/// missing cells do not count.
template <class T, class Bonds, class Present> class RowEnergy {
  public:
    RowEnergy(const Grid<const T>& theta, const Present& present, const Boundary& boundary, const Bonds& strengths,
              Isa isa) noexcept
        : theta_(theta), present_(present), boundary_(boundary), strengths_(strengths), isa_(isa),
          add_cosines_(add_cosines_function<T>(isa)) {}

    /// Adds what the bonds of row i contribute.
    void add_row(std::ptrdiff_t i, EnergySum& sum) const noexcept {
        ScatteredBonds scattered(isa_, sum);
        const std::ptrdiff_t last = theta_.cols() - 1;
        const bool is_last = i + 1 == theta_.rows();
        add_bonds(i, Axis::cols, last, scattered, sum);
        if (!is_last) add_bonds(i, Axis::rows, last + 1, scattered, sum);
        if (is_periodic(boundary_, Axis::cols)) add_bond_round(i, last, i, 0, Axis::cols, scattered);
        if (is_last && is_periodic(boundary_, Axis::rows))
            for (std::ptrdiff_t j = 0; j <= last; ++j) add_bond_round(i, j, 0, j, Axis::rows, scattered);
        add_edge(boundary_.west, i, i, 0, scattered);
        add_edge(boundary_.east, i, i, last, scattered);
        if (i == 0)
            for (std::ptrdiff_t j = 0; j <= last; ++j) add_edge(boundary_.north, j, i, j, scattered);
        if (is_last)
            for (std::ptrdiff_t j = 0; j <= last; ++j) add_edge(boundary_.south, j, i, j, scattered);
    }

  private:
    // From the first `count` cells of row i to their neighbours along an axis.
    void add_bonds(std::ptrdiff_t i, Axis axis, std::ptrdiff_t count, ScatteredBonds& scattered,
                   EnergySum& sum) const noexcept {
        constexpr bool are_alike = !has_own_strengths<Bonds> && std::is_same_v<Present, AllCells>;
        const std::ptrdiff_t stride = theta_.col_stride();
        const T* row = theta_.data() + i * theta_.row_stride();
        const std::ptrdiff_t step = axis == Axis::cols ? stride : theta_.row_stride();
        if (are_alike && stride == 1) {
            for (std::ptrdiff_t j = 0; j < count; j += cells_per_part)
                add_cosines_(row + j, row + j + step, clamped(count - j, 0, cells_per_part), sum.cosines);
            return;
        }
        const std::ptrdiff_t down = axis == Axis::rows ? 1 : 0;
        for (std::ptrdiff_t j = 0; j < count; ++j)
            if (present_(i, j) && present_(i + down, j + 1 - down))
                add_bond(i, j, static_cast<double>(row[j * stride]), static_cast<double>(row[j * stride + step]), axis,
                         scattered);
    }

    // From cell (i, j), the last along a periodic axis, to the first, (k, l).
    void add_bond_round(std::ptrdiff_t i, std::ptrdiff_t j, std::ptrdiff_t k, std::ptrdiff_t l, Axis axis,
                        ScatteredBonds& scattered) const noexcept {
        if (present_(i, j) && present_(k, l)) add_bond(i, j, at(i, j), at(k, l), axis, scattered);
    }

    // From cell (i, j) to the next one along an axis, whose phases are given.
    void add_bond(std::ptrdiff_t i, std::ptrdiff_t j, double phase, double next, [[maybe_unused]] Axis axis,
                  ScatteredBonds& scattered) const noexcept {
        if constexpr (has_own_strengths<Bonds>)
            scattered.add_bond(phase, next, strength(i, j, axis));
        else
            scattered.add_bond(phase, next);
    }

    // Of the bond from cell (i, j) to the next one along an axis.
    [[nodiscard]] double strength(std::ptrdiff_t i, std::ptrdiff_t j, Axis axis) const noexcept {
        const Grid<const T>& of = axis == Axis::cols ? strengths_.east : strengths_.south;
        return static_cast<double>(of.data()[i * of.row_stride() + j * of.col_stride()]);
    }
    [[nodiscard]] double at(std::ptrdiff_t i, std::ptrdiff_t j) const noexcept {
        return static_cast<double>(theta_.data()[i * theta_.row_stride() + j * theta_.col_stride()]);
    }

    // What is given to cell (i, j) as the k-th along an edge: a bond of strength 1 to a phase, or a flux.
    void add_edge(const BoundaryCondition& edge, std::ptrdiff_t k, std::ptrdiff_t i, std::ptrdiff_t j,
                  ScatteredBonds& scattered) const noexcept {
        if (!present_(i, j)) return;
        const auto given = [&] { return edge.values != nullptr ? edge.values[k] : edge.value; };
        if (edge.kind == BoundaryKind::fixed_phase) scattered.add_bond(at(i, j), given());
        if (edge.kind == BoundaryKind::fixed_flux) scattered.add_work(given(), at(i, j));
    }

    Grid<const T> theta_;
    Present present_;
    Boundary boundary_;
    Bonds strengths_;
    Isa isa_;
    AddCosinesFunction<T> add_cosines_;
};

} // namespace detail

/// The energy of the sine lattice, E = −K Σ w cos(θ_j − θ_i), computed by the workers of `policy`.
///
/// The sum is over the bonds, each once; w is 1 or the bond's strength. A bond of strength 0 does not count, whatever
/// phases are beside it, so that the bonds of removed cells do not. A periodic edge has bonds across it. A fixed phase
/// φ at an edge is a bond of strength 1 and adds −K cos(φ − θ). A fixed flux q adds −K q θ, which grows with every turn
/// of θ. Natural frequencies do not enter.
///
/// present: a mask. The bonds of missing cells do not count, nor do fixed phases and fluxes at their edges. Without the
/// mask, fixed phases and fluxes at the edges of removed cells count: they act on these cells (see remove_cells).
///
/// Without natural frequencies dθ/dt = −∂E/∂θ: E never increases, with Euler's method neither while dt ≤ max_stable_dt.
///
/// lattice: a Laplacian of Sine, or a Model with one. theta: grid-like, any strides, phases in rad.
/// 0 without cells; NaN if a phase that a bond binds is NaN or infinite. The sum does not depend on the order of the
/// bonds: bit-identical for any policy, number of threads and strides, per class of instruction set.
///
/// Throws: std::invalid_argument for a K that is not finite, for strengths or a mask of another shape, and for an
/// invalid boundary or policy.
/// Cost: one pass, two cosines per cell; per worker, 1 kB of scratch and about 14 kB of stack.
/// Accuracy: cosines are computed in double whatever the precision of the cells. Error per bond: below 3 · 10⁻¹⁶ K w,
/// and for cells of double K w times the rounding of the phase difference.
/// Reference: the Hamiltonian of the XY model, Kosterlitz & Thouless, Journal of Physics C 6 (1973) 1181.
template <ExecutionPolicy P, class Bonds, GridLike Theta, MaskFor<Theta> Present = AllCells>
requires BondsFor<Bonds, value_type_of<const Theta>>
[[nodiscard]] double energy(const P& policy, const Laplacian<Sine, Bonds>& lattice, const Theta& theta,
                            const Present& present = {}) {
    using T = value_type_of<const Theta>;
    const detail::Execution execution(policy);
    const Grid<const T> in = as_grid(theta);
    const auto there = detail::present_cells(present, in, "theta");
    const auto K = detail::checked_number<double>(lattice.K, "K");
    detail::check_boundary<T>(lattice.boundary, in.rows(), in.cols());
    detail::check_strengths<T>(lattice.bonds, in);
    if (in.empty()) return 0;
    const detail::RowEnergy of(in, there, lattice.boundary, lattice.bonds, execution.isa);
    const auto sum = detail::sum_over_parts<detail::EnergySum>(
        policy, execution, in.rows(), in.size(),
        [&](std::ptrdiff_t i, detail::EnergySum& into) noexcept { of.add_row(i, into); });
    // A difference, so that the energy without bonds is 0, not -0.
    return (detail::Rounded(0) - detail::Rounded(K) * sum.value()).value();
}
/// The energy of a model's lattice term.
template <ExecutionPolicy P, class Frequency, class Bonds, GridLike Theta, MaskFor<Theta> Present = AllCells>
requires BondsFor<Bonds, value_type_of<const Theta>>
[[nodiscard]] double energy(const P& policy, const Model<Sine, Frequency, Bonds>& model, const Theta& theta,
                            const Present& present = {}) {
    return energy(policy, model.laplacian, theta, present);
}

/// The same on the calling thread.
template <class Bonds, GridLike Theta, MaskFor<Theta> Present = AllCells>
requires BondsFor<Bonds, value_type_of<const Theta>>
[[nodiscard]] double energy(const Laplacian<Sine, Bonds>& lattice, const Theta& theta, const Present& present = {}) {
    return energy(Fused{}, lattice, theta, present);
}
/// The same on the calling thread.
template <class Frequency, class Bonds, GridLike Theta, MaskFor<Theta> Present = AllCells>
requires BondsFor<Bonds, value_type_of<const Theta>>
[[nodiscard]] double energy(const Model<Sine, Frequency, Bonds>& model, const Theta& theta,
                            const Present& present = {}) {
    return energy(Fused{}, model.laplacian, theta, present);
}

// What does not compile: the comment behind each is in the compiler's message.
// clang-format off
template <GridLike Theta, class... Others>
void energy(const Theta&, Others&&...) = delete; // write energy(lattice or model, theta)
template <ExecutionPolicy P, GridLike Theta, class... Others>
void energy(const P&, const Theta&, Others&&...) = delete; // write energy(policy, lattice or model, theta)
template <class Lattice, GridLike Theta> requires(!GridLike<Lattice> && !ExecutionPolicy<Lattice>)
void energy(const Lattice&, const Theta&) = delete; // pass a Laplacian<Sine> or a Model of it, with strengths of the precision of theta: a boundary has no K, and other couplings have no energy here; of other models, pass the lattice within
template <ExecutionPolicy P, class Lattice, GridLike Theta> requires(!GridLike<Lattice>)
void energy(const P&, const Lattice&, const Theta&) = delete; // pass a Laplacian<Sine> or a Model of it, with strengths of the precision of theta: a boundary has no K, and other couplings have no energy here; of other models, pass the lattice within
// clang-format on

KURAMOTO_END_NAMESPACE
