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

/// The place of a stage in a list.
template <template <class> class Stage, template <class> class... Stages> constexpr int place_of_stage() {
    int place = 0;
    int passed = 0;
    ((is_same_stage<Stage, Stages> ? void(place = passed++) : void(++passed)), ...);
    return place;
}

/// The kernels of one coupling on cells of T: each stage, with and without strengths of bonds, for each instruction
/// set; and its array pass.
template <class T> class CouplingKernels {
  public:
    /// Compiles them all, for a coupling that needs no preparation.
    template <class C> static constexpr CouplingKernels of() noexcept {
        CouplingKernels table;
        table.template fill<C, StoreRate>();
        table.template fill<C, EulerStep>();
        table.template fill<C, EulerMaruyamaStep>();
        table.template fill<C, LeimkuhlerMatthewsStep>();
        table.template fill<C, RungeKuttaStage>();
        table.template fill<C, VelocityVerletStage>();
        table.template fill<C, BAOABStage>();
        table.passes_ = AnyIsa<PassFunction<T>>::template of<Pass<ApplyCoupling<C>>>();
        table.is_odd_ = C::odd;
        return table;
    }

    template <template <class> class Stage, class Strength> [[nodiscard]] RowFunction<T> row(Isa isa) const noexcept {
        return rows_[place<Stage>][has_strengths<Strength>].at(isa);
    }
    [[nodiscard]] PassFunction<T> pass(Isa isa) const noexcept { return passes_.at(isa); }
    [[nodiscard]] bool is_odd() const noexcept { return is_odd_; }

  private:
    // A kernel for each instruction set.
    template <class Function> struct AnyIsa {
        template <class Kernel> static constexpr AnyIsa of() noexcept {
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

    static constexpr int stages = 7;
    template <template <class> class Stage>
    static constexpr int place = place_of_stage<Stage, StoreRate, EulerStep, EulerMaruyamaStep, LeimkuhlerMatthewsStep,
                                                RungeKuttaStage, VelocityVerletStage, BAOABStage>();
    template <class Strength> static constexpr int has_strengths = std::is_same_v<Strength, OwnStrength> ? 1 : 0;

    constexpr CouplingKernels() noexcept = default;

    template <class C, template <class> class Stage> constexpr void fill() noexcept {
        rows_[place<Stage>][0] = AnyIsa<RowFunction<T>>::template of<Rows<C, Stage, EqualStrength>>();
        rows_[place<Stage>][1] = AnyIsa<RowFunction<T>>::template of<Rows<C, Stage, OwnStrength>>();
    }

    AnyIsa<RowFunction<T>> rows_[stages][2] = {};
    AnyIsa<PassFunction<T>> passes_ = {};
    bool is_odd_ = true;
};

} // namespace detail
KURAMOTO_END_NAMESPACE
