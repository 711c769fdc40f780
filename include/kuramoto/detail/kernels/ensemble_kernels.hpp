// Every kernel of an ensemble that calls a coupling, as a table: see coupling_kernels.hpp. A table of its own, so that
// only those who advance ensembles compile it.
#pragma once

#include <kuramoto/detail/kernels/coupling_kernels.hpp>
#include <kuramoto/detail/kernels/ensemble_row.hpp>
#include <kuramoto/execution/isa.hpp>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// What the kernels of ensembles make of the rates of a row.
using EnsembleStages =
    StageList<EulerStep, EulerMaruyamaStep, LeimkuhlerMatthewsStep, RungeKuttaStage, VelocityVerletStage, BAOABStage>;

/// The kernels of one coupling on ensembles of T: rows of each stage and bonds, with and without strengths, for each
/// instruction set.
template <class T> class EnsembleKernels {
  public:
    /// Compiles them all, for a coupling that needs no preparation.
    template <class C> static constexpr EnsembleKernels of() noexcept {
        EnsembleKernels table;
        EnsembleStages::for_each([&]<template <class> class Stage>() noexcept {
            constexpr int at = EnsembleStages::place<Stage>();
            table.rows_[at][0] = Row::template of<EnsembleRows<C, Stage, EqualStrength>, T>();
            table.rows_[at][1] = Row::template of<EnsembleRows<C, Stage, OwnStrength>, T>();
        });
        table.bonds_[0] = Bonds::template of<EnsembleBonds<C, EqualStrength>, T>();
        table.bonds_[1] = Bonds::template of<EnsembleBonds<C, OwnStrength>, T>();
        return table;
    }

    template <template <class> class Stage, class Strength>
    [[nodiscard]] EnsembleRowFunction<T> row(Isa isa) const noexcept {
        return rows_[EnsembleStages::place<Stage>()][place_of_strengths<Strength>].at(isa);
    }
    template <class Strength> [[nodiscard]] EnsembleBondsFunction<T> bonds(Isa isa) const noexcept {
        return bonds_[place_of_strengths<Strength>].at(isa);
    }

  private:
    using Row = AnyIsa<EnsembleRowFunction<T>>;
    using Bonds = AnyIsa<EnsembleBondsFunction<T>>;

    constexpr EnsembleKernels() noexcept = default;

    Row rows_[EnsembleStages::count][2] = {};
    Bonds bonds_[2] = {};
};

} // namespace detail
KURAMOTO_END_NAMESPACE
