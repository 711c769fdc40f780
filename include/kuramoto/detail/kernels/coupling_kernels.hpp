// Every kernel that calls a coupling, as a table: what is compiled once for a coupling that is chosen at run time.
#pragma once

#include <kuramoto/detail/kernels/array_passes.hpp>
#include <kuramoto/detail/kernels/row.hpp>
#include <kuramoto/detail/simd/dispatch.hpp>
#include <kuramoto/execution/isa.hpp>

#include <type_traits>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// Whether two templates over lanes are the same, also by another name.
template <template <class> class First, template <class> class Second>
constexpr bool is_same_stage = std::is_same_v<First<Lanes<float, Baseline>>, Second<Lanes<float, Baseline>>>;

/// What kernels make of the rates of a row, as a list.
template <template <class> class... Stages> struct StageList {
    static constexpr int count = sizeof...(Stages);

    /// The place of a stage in the list.
    template <template <class> class Stage> static constexpr int place() noexcept {
        static_assert((is_same_stage<Stage, Stages> || ...), "a stage that has no kernels: add it to the list");
        int place = 0;
        int passed = 0;
        ((is_same_stage<Stage, Stages> ? void(place = passed++) : void(++passed)), ...);
        return place;
    }
    /// visit.template operator()<Stage>() for all of them.
    template <class Visit> static constexpr void for_each(const Visit& visit) noexcept {
        (visit.template operator()<Stages>(), ...);
    }
};
using AllStages = StageList<StoreRate, EulerStep, EulerMaruyamaStep, LeimkuhlerMatthewsStep, RungeKuttaStage,
                            VelocityVerletStage, BAOABStage>;

/// A kernel for each instruction set.
template <class Function> struct AnyIsa {
    /// Compiles the kernel for all of them, on cells of T.
    template <class Kernel, class T> static constexpr AnyIsa of() noexcept {
        using Functions = Compiled<Kernel, T, Function>;
#if KURAMOTO_X86
        return {Functions::baseline, Functions::avx2, Functions::avx512};
#else
        return {Functions::baseline, nullptr, nullptr};
#endif
    }
    [[nodiscard]] Function at(Isa isa) const noexcept {
        return isa == Isa::avx512 ? avx512 : isa == Isa::avx2 ? avx2 : baseline;
    }

    Function baseline = nullptr;
    Function avx2 = nullptr;
    Function avx512 = nullptr;
};

/// The place of kernels for bonds with strengths in a table of two, and that of the others.
template <class Strength> constexpr int place_of_strengths = std::is_same_v<Strength, OwnStrength> ? 1 : 0;

/// The kernels of one coupling on cells of T: each stage, with and without strengths of bonds, for each instruction
/// set; and its array pass.
template <class T> class CouplingKernels {
  public:
    /// Compiles them all, for a coupling that needs no preparation.
    template <class C> static constexpr CouplingKernels of() noexcept {
        CouplingKernels table;
        AllStages::for_each([&]<template <class> class Stage>() noexcept {
            constexpr int at = AllStages::place<Stage>();
            table.rows_[at][0] = AnyIsa<RowFunction<T>>::template of<Rows<C, Stage, EqualStrength>, T>();
            table.rows_[at][1] = AnyIsa<RowFunction<T>>::template of<Rows<C, Stage, OwnStrength>, T>();
        });
        table.passes_ = AnyIsa<PassFunction<T>>::template of<Pass<ApplyCoupling<C>>, T>();
        table.is_odd_ = C::odd;
        return table;
    }

    template <template <class> class Stage, class Strength> [[nodiscard]] RowFunction<T> row(Isa isa) const noexcept {
        return rows_[AllStages::place<Stage>()][place_of_strengths<Strength>].at(isa);
    }
    [[nodiscard]] PassFunction<T> pass(Isa isa) const noexcept { return passes_.at(isa); }
    [[nodiscard]] bool is_odd() const noexcept { return is_odd_; }

  private:
    constexpr CouplingKernels() noexcept = default;

    AnyIsa<RowFunction<T>> rows_[AllStages::count][2] = {};
    AnyIsa<PassFunction<T>> passes_ = {};
    bool is_odd_ = true;
};

} // namespace detail
KURAMOTO_END_NAMESPACE
