// The energy whose gradient the sine lattice descends.
#pragma once

#include <kuramoto/detail/arithmetic/rounded.hpp>
#include <kuramoto/detail/build/checks.hpp>
#include <kuramoto/detail/kernels/number_sum.hpp>
#include <kuramoto/detail/kernels/phasor.hpp>
#include <kuramoto/detail/parallel/next_cells.hpp>
#include <kuramoto/detail/parallel/order_free_sum.hpp>
#include <kuramoto/detail/parallel/present_cells.hpp>
#include <kuramoto/detail/parallel/row_bonds.hpp>
#include <kuramoto/detail/parallel/scattered_bonds.hpp>
#include <kuramoto/execution/policy.hpp>
#include <kuramoto/grid/axis.hpp>
#include <kuramoto/grid/mask.hpp>
#include <kuramoto/model/model.hpp>

#include <cstddef>

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

/// Adds the cosines of bonds to an EnergySum.
class BondCosines {
  public:
    BondCosines(Isa isa, EnergySum& sum) noexcept
        : add_cosines_(add_cosines_function<double>(isa)), phasors_(phasors_in_place_function(isa)),
          add_numbers_(number_sum_function<false, double>(isa)), sum_(sum) {}

    void add_equal(const double* a, const double* b, std::ptrdiff_t count) const noexcept {
        add_cosines_(a, b, count, sum_.cosines);
    }
    void add_others(double* differences, const double* strengths, std::ptrdiff_t count) const noexcept {
        double sines[bonds_per_array];
        phasors_(differences, sines, count);
        for (std::ptrdiff_t k = 0; k < count; ++k)
            differences[k] = (Rounded(strengths[k]) * Rounded(differences[k])).value();
        add_numbers(differences, count);
    }
    /// Adds numbers to the products.
    void add_numbers(const double* numbers, std::ptrdiff_t count) const noexcept {
        add_numbers_(numbers, count, {}, sum_.products);
    }

  private:
    AddCosinesFunction<double> add_cosines_;
    PhasorsInPlaceFunction phasors_;
    NumberSumFunction<double> add_numbers_;
    EnergySum& sum_;
};

/// The sink of RowBonds that adds their energy to an EnergySum.
template <class T> class EnergySink {
  public:
    EnergySink(Isa isa, EnergySum& sum) noexcept
        : add_cosines_(add_cosines_function<T>(isa)), sum_(sum), add_(isa, sum), scattered_(add_) {}
    EnergySink(const EnergySink&) = delete;
    EnergySink& operator=(const EnergySink&) = delete;
    ~EnergySink() { flush_work(); }

    void add_run(Axis, const T* a, const T* b, std::ptrdiff_t count) noexcept {
        add_cosines_(a, b, count, sum_.cosines);
    }
    void add_bond(Axis, double a, double b) noexcept { scattered_.add(a, b); }
    void add_bond(Axis, double a, double b, double strength) noexcept { scattered_.add(a, b, strength); }
    void add_flux(double flux, double phase) noexcept {
        work_[flows_] = (Rounded(flux) * Rounded(phase)).value();
        if (++flows_ == most) flush_work();
    }

  private:
    static constexpr std::ptrdiff_t most = 256;

    void flush_work() noexcept {
        add_.add_numbers(work_, flows_);
        flows_ = 0;
    }

    AddCosinesFunction<T> add_cosines_;
    EnergySum& sum_;
    BondCosines add_;
    ScatteredBonds<BondCosines> scattered_;
    double work_[most];
    std::ptrdiff_t flows_ = 0;
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
    detail::check_boundary<T>(lattice.boundary, execution.place.rows_of(in), execution.place.cols_of(in));
    detail::check_strengths<T>(lattice.bonds, in);
    if (in.empty()) return 0;
    const auto cells = detail::with_next_cells(policy, in, there, lattice.boundary);
    const detail::RowBonds bonds(cells.theta, cells.boundary, lattice.bonds, cells.present, in.cols());
    const auto sum = detail::sum_over_parts<detail::EnergySum>(policy, execution, in.rows(), in.size(),
                                                               [&](std::ptrdiff_t i, detail::EnergySum& into) noexcept {
                                                                   detail::EnergySink<T> sink(execution.isa, into);
                                                                   bonds.visit_row(i, sink);
                                                               });
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
template <class Lattice, GridLike Theta, class... Mask> requires(!GridLike<Lattice> && !ExecutionPolicy<Lattice>)
void energy(const Lattice&, const Theta&, const Mask&...) = delete; // pass a Laplacian<Sine> or a Model of it, with strengths and a mask of the precision of theta: a boundary has no K, and other couplings have no energy here; of other models, pass the lattice within
template <ExecutionPolicy P, class Lattice, GridLike Theta, class... Mask> requires(!GridLike<Lattice>)
void energy(const P&, const Lattice&, const Theta&, const Mask&...) = delete; // pass a Laplacian<Sine> or a Model of it, with strengths and a mask of the precision of theta: a boundary has no K, and other couplings have no energy here; of other models, pass the lattice within
// clang-format on

KURAMOTO_END_NAMESPACE
