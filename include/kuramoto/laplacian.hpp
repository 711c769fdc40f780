// Laplacian: the stencil K ∇·f(∇θ). Model: the stencil and the natural frequencies. Pure description, no loops.
// May include boundary.hpp, coupling.hpp and field.hpp.
#pragma once

#include <kuramoto/boundary.hpp>
#include <kuramoto/coupling.hpp>
#include <kuramoto/field.hpp>

#include <type_traits>

namespace kuramoto {

/// The lattice operator K ∇·f(∇θ), discretised as K Σ_j f(θ_j − θ_i) over the four nearest neighbours j of cell i. At
/// the edges `boundary` says what takes a neighbour's place. Lattice spacing 1. The sum is not divided by the number of
/// neighbours.
template <class CouplingType> struct Laplacian {
    double K = 1.0;             ///< coupling strength, 1 / time; may be negative
    CouplingType coupling = {}; ///< f
    Boundary boundary = {};     ///< what lies beyond the edges; zero flux unless said
};

/// K ∇·sin(∇θ).
using SineLaplacian = Laplacian<Sine>;
/// K ∇·∇θ.
using LinearLaplacian = Laplacian<Linear>;

/// dθ/dt = ω + K ∇·f(∇θ). `Frequency` is Grid<const T> (one ω a cell; viewed, not copied: the field has to outlive the
/// model) or double (one number for all cells, rad / time; no field is then read).
template <class CouplingType, class Frequency> struct Model {
    Laplacian<CouplingType> laplacian = {}; ///< K ∇·f(∇θ)
    Frequency omega = {};                   ///< ω, rad / time
};

template <class C, class T> Model(Laplacian<C>, Field<T>&) -> Model<C, Grid<const T>>;
template <class C, class T> Model(Laplacian<C>, const Field<T>&) -> Model<C, Grid<const T>>;
template <class C, class T> Model(Laplacian<C>, Grid<T>) -> Model<C, Grid<const std::remove_const_t<T>>>;
template <class C, class Number>
requires std::is_arithmetic_v<Number> Model(Laplacian<C>, Number)
->Model<C, double>;

} // namespace kuramoto
