// The helicity modulus of the sine lattice: how stiff the phases are against a twist.
#pragma once

#include <kuramoto/detail/arithmetic/environment.hpp>
#include <kuramoto/detail/arithmetic/rounded.hpp>
#include <kuramoto/detail/build/checks.hpp>
#include <kuramoto/detail/kernels/number_sum.hpp>
#include <kuramoto/detail/kernels/phasor.hpp>
#include <kuramoto/detail/parallel/next_cells.hpp>
#include <kuramoto/detail/parallel/present_cells.hpp>
#include <kuramoto/detail/parallel/row_bonds.hpp>
#include <kuramoto/detail/parallel/scattered_bonds.hpp>
#include <kuramoto/execution/policy.hpp>
#include <kuramoto/grid/axis.hpp>
#include <kuramoto/grid/mask.hpp>
#include <kuramoto/model/model.hpp>

#include <cstddef>
#include <cstdint>

namespace kuramoto {

/// Sums over the bonds along one axis.
struct BondSums {
    double cos = 0; ///< Σ w cos(θ_b − θ_a)
    double sin = 0; ///< Σ w sin(θ_b − θ_a)
};

/// What one state of a lattice contributes to its helicity modulus.
struct HelicitySums {
    BondSums rows = {};       ///< of the bonds along the rows axis: two cells of a column
    BondSums cols = {};       ///< of the bonds along the columns axis: two cells of a row
    double K = 0;             ///< coupling strength of the lattice
    std::ptrdiff_t cells = 0; ///< number of present cells
};

/// The helicity modulus along each axis, in the units of K.
struct HelicityModulus {
    double rows = 0; ///< against a twist along the rows axis
    double cols = 0; ///< against a twist along the columns axis
};

/// Averages over samples, and the helicity modulus of them: Υ = (K/N) [⟨C⟩ − (K/T) ⟨S²⟩] along each axis.
///
/// C and S are the sums of cosines and sines along the axis, N is the number of cells. K and N are those of the
/// samples, so that T is all that you pass. No sample is kept.
class HelicityAverage {
  public:
    /// Adds a sample: the result of helicity_sums.
    ///
    /// Throws: std::invalid_argument if its K or its number of cells is not that of the samples before it.
    KURAMOTO_PER_BUILD
    void add(const HelicitySums& sample) {
        const detail::DefaultEnvironment environment;
        if (samples_ > 0 && (sample.K != K_ || sample.cells != cells_))
            detail::invalid_argument("sample has K = " + detail::text(sample.K) + " and " +
                                     detail::integer_text(sample.cells) + " cells, but the samples before it K = " +
                                     detail::text(K_) + " and " + detail::integer_text(cells_) + " cells");
        K_ = sample.K;
        cells_ = sample.cells;
        rows_.add(sample.rows);
        cols_.add(sample.cols);
        ++samples_;
    }

    /// The number of samples.
    [[nodiscard]] std::int64_t samples() const noexcept { return samples_; }

    /// The helicity modulus of the samples at the temperature `T`.
    ///
    /// T has the units of K. For Langevin noise on dθ/dt it is the noise strength D; with inertia it is the T of the
    /// stepper. NaN without samples, 0 without cells.
    ///
    /// Throws: std::invalid_argument for a T that is not finite and positive.
    KURAMOTO_PER_BUILD
    [[nodiscard]] HelicityModulus modulus(double T) const {
        const detail::DefaultEnvironment environment;
        static_cast<void>(detail::checked_number<double>(T, "T"));
        if (!(T > 0)) detail::invalid_argument("T must be positive, but is " + detail::text(T));
        if (samples_ == 0) return {__builtin_nan(""), __builtin_nan("")};
        if (cells_ == 0) return {};
        return {modulus_along(rows_, T), modulus_along(cols_, T)};
    }

  private:
    /// ΣC and ΣS² over the samples.
    struct Totals {
        double cos = 0;
        double sin_squared = 0;

        KURAMOTO_PER_BUILD
        void add(const BondSums& sums) noexcept {
            using detail::Rounded;
            cos = (Rounded(cos) + Rounded(sums.cos)).value();
            sin_squared = (Rounded(sin_squared) + Rounded(sums.sin) * Rounded(sums.sin)).value();
        }
    };

    KURAMOTO_PER_BUILD
    [[nodiscard]] double modulus_along(const Totals& totals, double T) const noexcept {
        using detail::Rounded;
        const Rounded coupling(K_);
        const Rounded stiffness = Rounded(totals.cos) - coupling * Rounded(totals.sin_squared) / Rounded(T);
        const Rounded sum = coupling * stiffness;
        return (sum / Rounded(static_cast<double>(samples_)) / Rounded(static_cast<double>(cells_))).value();
    }

    Totals rows_;
    Totals cols_;
    double K_ = 0;
    std::ptrdiff_t cells_ = 0;
    std::int64_t samples_ = 0;
};

} // namespace kuramoto

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// Sums of the cosines and sines along one axis.
struct TwistSum {
    FinePhasorSum equal;                ///< over bonds of strength 1
    BinnedSum cosines = {}, sines = {}; ///< over other bonds, times their strengths

    TwistSum& operator+=(const TwistSum& other) noexcept {
        equal += other.equal;
        cosines += other.cosines;
        sines += other.sines;
        return *this;
    }
    [[nodiscard]] BondSums value() const noexcept {
        return {(Rounded(equal.real.value()) + Rounded(cosines.value())).value(),
                (Rounded(equal.imaginary.value()) + Rounded(sines.value())).value()};
    }
};
/// The same along both axes.
struct TwistSums {
    TwistSum rows, cols;

    TwistSums& operator+=(const TwistSums& other) noexcept {
        rows += other.rows;
        cols += other.cols;
        return *this;
    }
};

/// Adds the cosines and sines of bonds to a TwistSum.
class BondPhasors {
  public:
    BondPhasors(Isa isa, TwistSum& sum) noexcept
        : add_phasors_(add_phasors_function<double>(isa)), phasors_(phasors_in_place_function(isa)),
          add_numbers_(number_sum_function<false, double>(isa)), sum_(sum) {}

    template <class T> void add_run(const T* a, const T* b, std::ptrdiff_t count) const noexcept {
        double differences[cells_per_part];
        for (std::ptrdiff_t k = 0; k < count; ++k)
            differences[k] = static_cast<double>(b[k]) - static_cast<double>(a[k]);
        add_phasors_(differences, count, sum_.equal);
    }
    void add_equal(const double* a, const double* b, std::ptrdiff_t count) const noexcept { add_run(a, b, count); }
    void add_others(double* differences, const double* strengths, std::ptrdiff_t count) const noexcept {
        double sines[bonds_per_array];
        phasors_(differences, sines, count);
        add_products(differences, strengths, count, sum_.cosines);
        add_products(sines, strengths, count, sum_.sines);
    }

  private:
    void add_products(double* numbers, const double* strengths, std::ptrdiff_t count, BinnedSum& sum) const noexcept {
        for (std::ptrdiff_t k = 0; k < count; ++k) numbers[k] = (Rounded(strengths[k]) * Rounded(numbers[k])).value();
        add_numbers_(numbers, count, {}, sum);
    }

    AddPhasorsFunction<double> add_phasors_;
    PhasorsInPlaceFunction phasors_;
    NumberSumFunction<double> add_numbers_;
    TwistSum& sum_;
};

/// The sink of RowBonds that adds their cosines and sines to TwistSums. A given flux is no bond.
class TwistSink {
  public:
    TwistSink(Isa isa, TwistSums& sums) noexcept
        : rows_(isa, sums.rows), cols_(isa, sums.cols), scattered_rows_(rows_), scattered_cols_(cols_) {}

    template <class T> void add_run(Axis axis, const T* a, const T* b, std::ptrdiff_t count) const noexcept {
        (axis == Axis::rows ? rows_ : cols_).add_run(a, b, count);
    }
    void add_bond(Axis axis, double a, double b) noexcept { scattered(axis).add(a, b); }
    void add_bond(Axis axis, double a, double b, double strength) noexcept { scattered(axis).add(a, b, strength); }
    void add_flux(double /*flux*/, double /*phase*/) noexcept {}

  private:
    ScatteredBonds<BondPhasors>& scattered(Axis axis) noexcept {
        return axis == Axis::rows ? scattered_rows_ : scattered_cols_;
    }

    BondPhasors rows_;
    BondPhasors cols_;
    ScatteredBonds<BondPhasors> scattered_rows_;
    ScatteredBonds<BondPhasors> scattered_cols_;
};

} // namespace detail

/// Sums over bonds from which HelicityAverage computes the helicity modulus of the sine lattice.
///
/// They are C = Σ w cos(θ_b − θ_a) and S = Σ w sin(θ_b − θ_a) along each axis, computed by the workers of `policy`.
/// The sum is over the bonds from a cell a to the next cell b along the axis, each once; w is 1 or the bond's strength.
/// A bond of strength 0 does not count, whatever phases are beside it. A periodic edge has bonds across it. A fixed
/// phase at an edge is a bond of strength 1 along the axis that crosses the edge. A fixed flux is no bond. The energy
/// is −K (C_rows + C_cols), plus the terms of fixed fluxes.
///
/// The modulus measures the free energy of a twist. A twist adds a small angle δ to the phase difference of every bond
/// along an axis, and raises the free energy by N Υ δ²/2. Υ is a property of thermal equilibrium: Langevin noise, and
/// no natural frequencies. The formula needs ⟨S⟩ = 0, which holds by symmetry, except between fixed phases that differ.
/// Along an axis with an open end (zero flux or fixed flux) Υ = 0, because the twist unwinds there. With all
/// bonds of strength 1 and periodic edges, Υ = K at T = 0. On an infinite lattice of such bonds, Υ = 2T/π at the
/// Berezinskii–Kosterlitz–Thouless transition.
///
/// lattice: a Laplacian of Sine, or a Model with one. theta: grid-like, any strides, phases in rad. present: a mask;
/// bonds of missing cells do not count, and N is the number of present cells.
/// 0 without cells; NaN if a phase that a bond binds is NaN or infinite. The sums do not depend on the order of the
/// bonds: bit-identical for any policy, number of threads and strides, per class of instruction set.
///
/// Throws: std::invalid_argument for a K that is not finite, for strengths or a mask of another shape, and for an
/// invalid boundary or policy.
/// Cost: one pass, two sines and cosines per cell; per worker, 5 kB of scratch and about 30 kB of stack. A mask adds a
/// pass over itself.
/// Accuracy: sines and cosines are computed in double whatever the precision of the cells. Error per bond: below 3 ·
/// 10⁻¹⁶ w, and for cells of double w times the rounding of the phase difference.
/// Reference: S. Teitel, C. Jayaprakash, Physical Review B 27 (1983) 598; H. Weber, P. Minnhagen, Physical Review B 37
/// (1988) 5986.
template <ExecutionPolicy P, class Bonds, GridLike Theta, MaskFor<Theta> Present = AllCells>
requires BondsFor<Bonds, value_type_of<const Theta>>
[[nodiscard]] HelicitySums helicity_sums(const P& policy, const Laplacian<Sine, Bonds>& lattice, const Theta& theta,
                                         const Present& present = {}) {
    using T = value_type_of<const Theta>;
    const detail::Execution execution(policy);
    const Grid<const T> in = as_grid(theta);
    const auto there = detail::present_cells(present, in, "theta");
    const auto K = detail::checked_number<double>(lattice.K, "K");
    detail::check_boundary<T>(lattice.boundary, execution.place.rows_of(in), execution.place.cols_of(in));
    detail::check_strengths<T>(lattice.bonds, in);
    if (in.empty()) return {{}, {}, K, 0};
    const auto cells = detail::with_next_cells(policy, in, there, lattice.boundary);
    const detail::RowBonds bonds(cells.theta, cells.boundary, lattice.bonds, cells.present, in.cols());
    const auto sums = detail::sum_over_parts<detail::TwistSums>(
        policy, execution, in.rows(), in.size(), [&](std::ptrdiff_t i, detail::TwistSums& into) noexcept {
            detail::TwistSink sink(execution.isa, into);
            bonds.visit_row(i, sink);
        });
    return {sums.rows.value(), sums.cols.value(), K, detail::count_cells(policy, execution, in, there)};
}
/// The sums of a model's lattice term.
template <ExecutionPolicy P, class Frequency, class Bonds, GridLike Theta, MaskFor<Theta> Present = AllCells>
requires BondsFor<Bonds, value_type_of<const Theta>>
[[nodiscard]] HelicitySums helicity_sums(const P& policy, const Model<Sine, Frequency, Bonds>& model,
                                         const Theta& theta, const Present& present = {}) {
    return helicity_sums(policy, model.laplacian, theta, present);
}

/// The same on the calling thread.
template <class Bonds, GridLike Theta, MaskFor<Theta> Present = AllCells>
requires BondsFor<Bonds, value_type_of<const Theta>>
[[nodiscard]] HelicitySums helicity_sums(const Laplacian<Sine, Bonds>& lattice, const Theta& theta,
                                         const Present& present = {}) {
    return helicity_sums(Fused{}, lattice, theta, present);
}
/// The same on the calling thread.
template <class Frequency, class Bonds, GridLike Theta, MaskFor<Theta> Present = AllCells>
requires BondsFor<Bonds, value_type_of<const Theta>>
[[nodiscard]] HelicitySums helicity_sums(const Model<Sine, Frequency, Bonds>& model, const Theta& theta,
                                         const Present& present = {}) {
    return helicity_sums(Fused{}, model.laplacian, theta, present);
}

// What does not compile: the comment behind each is in the compiler's message.
// clang-format off
template <GridLike Theta, class... Others>
void helicity_sums(const Theta&, Others&&...) = delete; // write helicity_sums(lattice or model, theta)
template <ExecutionPolicy P, GridLike Theta, class... Others>
void helicity_sums(const P&, const Theta&, Others&&...) = delete; // write helicity_sums(policy, lattice or model, theta)
template <class Lattice, GridLike Theta, class... Mask> requires(!GridLike<Lattice> && !ExecutionPolicy<Lattice>)
void helicity_sums(const Lattice&, const Theta&, const Mask&...) = delete; // pass a Laplacian<Sine> or a Model of it, with strengths and a mask of the precision of theta: a boundary has no K, and other couplings have no helicity modulus here; of other models, pass the lattice within
template <ExecutionPolicy P, class Lattice, GridLike Theta, class... Mask> requires(!GridLike<Lattice>)
void helicity_sums(const P&, const Lattice&, const Theta&, const Mask&...) = delete; // pass a Laplacian<Sine> or a Model of it, with strengths and a mask of the precision of theta: a boundary has no K, and other couplings have no helicity modulus here; of other models, pass the lattice within
// clang-format on

KURAMOTO_END_NAMESPACE
