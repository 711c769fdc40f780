// Own: a copy of a model or a stepper that also owns the fields and the edge values which the original views.
#pragma once

#include <kuramoto/grid/field.hpp>
#include <kuramoto/model/inertia.hpp>
#include <kuramoto/model/mean_field.hpp>
#include <kuramoto/model/model.hpp>
#include <kuramoto/stepping/noisy_stepper.hpp>

#include <cstddef>

namespace kuramoto {
namespace detail {

/// A copy of a description. view() returns the description again; its views then refer to this object. This primary
/// template is for descriptions without views.
template <class Description> class Own {
  public:
    KURAMOTO_PER_BUILD
    explicit Own(const Description& description) : description_(description) {}
    [[nodiscard]] Description view() const { return description_; }

  private:
    Description description_;
};

/// One number per cell.
template <class T> class Own<Grid<const T>> {
  public:
    KURAMOTO_PER_BUILD
    explicit Own(const Grid<const T>& cells) : cells_(cells) {}
    [[nodiscard]] Grid<const T> view() const { return cells_.view(); }

  private:
    Field<T> cells_;
};

/// A boundary with one value per cell along some edges.
template <> class Own<Boundary> {
  public:
    KURAMOTO_PER_BUILD
    explicit Own(const Boundary& boundary)
        : boundary_(boundary),
          values_{copy_of(boundary.north), copy_of(boundary.south), copy_of(boundary.west), copy_of(boundary.east)} {}
    [[nodiscard]] Boundary view() const noexcept {
        return {aimed(boundary_.north, 0), aimed(boundary_.south, 1), aimed(boundary_.west, 2),
                aimed(boundary_.east, 3)};
    }

  private:
    KURAMOTO_PER_BUILD
    static Field<double> copy_of(const BoundaryCondition& edge) {
        const bool has_values = edge.values != nullptr && edge.count > 0;
        return Field<double>(Grid<const double>(edge.values, 1, has_values ? edge.count : 0));
    }
    [[nodiscard]] BoundaryCondition aimed(BoundaryCondition edge, int k) const noexcept {
        if (edge.values != nullptr) edge.values = values_[k].data();
        return edge;
    }

    Boundary boundary_;
    Field<double> values_[4];
};

/// One strength per bond.
template <class T> class Own<BondStrengths<T>> {
  public:
    KURAMOTO_PER_BUILD
    explicit Own(const BondStrengths<T>& bonds) : east_(bonds.east), south_(bonds.south) {}
    [[nodiscard]] BondStrengths<T> view() const { return {east_.view(), south_.view()}; }

  private:
    Field<T> east_;
    Field<T> south_;
};

template <class C, class B> class Own<Laplacian<C, B>> {
  public:
    KURAMOTO_PER_BUILD
    explicit Own(const Laplacian<C, B>& laplacian)
        : K_(laplacian.K), coupling_(laplacian.coupling), boundary_(laplacian.boundary), bonds_(laplacian.bonds) {}
    [[nodiscard]] Laplacian<C, B> view() const { return {K_, coupling_, boundary_.view(), bonds_.view()}; }

  private:
    double K_;
    C coupling_;
    Own<Boundary> boundary_;
    Own<B> bonds_;
};

template <class C, class Frequency, class B> class Own<Model<C, Frequency, B>> {
  public:
    KURAMOTO_PER_BUILD
    explicit Own(const Model<C, Frequency, B>& model) : laplacian_(model.laplacian), omega_(model.omega) {}
    [[nodiscard]] Model<C, Frequency, B> view() const { return {laplacian_.view(), omega_.view()}; }

  private:
    Own<Laplacian<C, B>> laplacian_;
    Own<Frequency> omega_;
};

template <class Local> class Own<MeanFieldModel<Local>> {
  public:
    KURAMOTO_PER_BUILD
    explicit Own(const MeanFieldModel<Local>& model) : mean_field_(model.mean_field), local_(model.local) {}
    [[nodiscard]] MeanFieldModel<Local> view() const { return {mean_field_, local_.view()}; }

  private:
    MeanField mean_field_;
    Own<Local> local_;
};

template <class T> class Own<NumberOrField<T>> {
  public:
    KURAMOTO_PER_BUILD
    explicit Own(const NumberOrField<T>& value) : value_(value), cells_(value.field()) {}
    [[nodiscard]] NumberOrField<T> view() const {
        if (value_.is_number()) return value_;
        return NumberOrField<T>(cells_.view());
    }

  private:
    NumberOrField<T> value_;
    Own<Grid<const T>> cells_;
};

template <class T> class Own<InertiaFields<T>> {
  public:
    KURAMOTO_PER_BUILD
    explicit Own(const InertiaFields<T>& inertia) : mass_(inertia.mass), damping_(inertia.damping) {}
    [[nodiscard]] InertiaFields<T> view() const { return {mass_.view(), damping_.view()}; }

  private:
    Own<NumberOrField<T>> mass_;
    Own<NumberOrField<T>> damping_;
};

template <class Inner, class Coefficients> class Own<InertialModel<Inner, Coefficients>> {
  public:
    KURAMOTO_PER_BUILD
    explicit Own(const InertialModel<Inner, Coefficients>& model) : inertia_(model.inertia), model_(model.model) {}
    [[nodiscard]] InertialModel<Inner, Coefficients> view() const { return {inertia_.view(), model_.view()}; }

  private:
    Own<Coefficients> inertia_;
    Own<Inner> model_;
};

/// A stepper with one D per cell.
template <NoisyStepper S>
requires GridLike<std::remove_cvref_t<decltype(std::declval<S&>().D)>>
class Own<S> {
  public:
    KURAMOTO_PER_BUILD
    explicit Own(const S& stepper) : stepper_(stepper), D_(stepper.D) {}
    [[nodiscard]] S view() const {
        S stepper = stepper_;
        stepper.D = D_.view();
        return stepper;
    }

  private:
    S stepper_;
    Own<std::remove_cvref_t<decltype(std::declval<S&>().D)>> D_;
};

} // namespace detail
} // namespace kuramoto
