// The row kernel of an ensemble: one row of lattices that lie side by side in the lanes of vectors.
//
// Cell j of a row is a block of `widest` values, one per member. The cell to the east is the next block: no lane is
// shifted, no row has a tail, and the ends of a periodic row are whole vectors. All numbers of a member (K, dt, what
// lies beyond an edge) are blocks too. The arithmetic of a member is that of row.hpp.
#pragma once

#include <kuramoto/detail/kernels/row.hpp>
#include <kuramoto/detail/simd/dispatch.hpp>
#include <kuramoto/detail/simd/has_kernels.hpp>

#include <concepts>
#include <cstddef>
#include <type_traits>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// Blocks of values, one per cell; or one block for all cells: then `step` is 0, otherwise `widest`.
template <class T> struct BlockSource {
    const T* values = nullptr;
    std::ptrdiff_t step = 0;
};

/// What lies beyond one end of a row: see Beyond.
template <class T> struct BlocksBeyond {
    BeyondKind kind = BeyondKind::flux;
    const T* values = nullptr; ///< one block
};

/// One row of work. Rows and fluxes as in RowTask, in blocks.
template <class T> struct EnsembleRowTask {
    std::ptrdiff_t cells = 0; ///< of the row of one member
    const T* phase = nullptr;
    const T* below = nullptr;      ///< null at an edge that is a source of fluxes, and where a periodic row closes
    const T* south_flux = nullptr; ///< the fluxes across that edge
    BlockSource<T> source = {};
    T* vertical_flux = nullptr; ///< in: fluxes across the bonds to the north; out: to the south
    T* out = nullptr;           ///< may be `phase`
    bool is_closed = false;     ///< whether the ends of the row are each other's neighbours
    BlocksBeyond<T> west = {};
    BlocksBeyond<T> east = {};
    const T* K = nullptr;      ///< one block
    const T* dt = nullptr;     ///< one block
    const T* weight = nullptr; ///< one block

    BlockSource<T> east_strength = {};  ///< of the bond to the east
    BlockSource<T> south_strength = {}; ///< of the bond to the south

    const T* noise = nullptr;
    const T* next_noise = nullptr;

    const T* base = nullptr;
    const T* sum = nullptr;
    T* sum_out = nullptr;

    // For inertia: `dt` is then half of a time step.
    InertialKicks kicks = {};
    const T* velocity = nullptr;
    T* velocity_out = nullptr; ///< may be `velocity`
    RowSource<T> kick = {};    ///< blocks, one per cell; or one block for all cells: then `step` is 0
    RowSource<T> decay = {};   ///< likewise
};

/// A row of bonds from one row of cells to the next one.
template <class T> struct EnsembleBondsTask {
    std::ptrdiff_t cells = 0;
    BlockSource<T> low = {};
    const T* high = nullptr;
    BlockSource<T> strength = {};
    T* lower = nullptr;  ///< out: the fluxes as the cells of `low` count them
    T* higher = nullptr; ///< out: as those of `high` count them
};

/// One row of an ensemble.
template <class V, class C, template <class> class Stage, class Strength> class EnsembleRowKernel {
  public:
    using T = typename V::value_type;

    KURAMOTO_KERNEL_PART static void run(const EnsembleRowTask<T>& given, const C& coupling) noexcept {
        for (std::ptrdiff_t lane = 0; lane < widest<T>; lane += V::count) {
            EnsembleRowTask<T> task = given; // what is stored cannot change the copy, so it stays in registers
            if (task.kick.step == 0) task.kick.values += lane;
            if (task.decay.step == 0) task.decay.values += lane;
            row(task, coupling, lane);
        }
    }

    KURAMOTO_KERNEL_PART static void bonds(const EnsembleBondsTask<T>& given, const C& coupling) noexcept {
        const EnsembleBondsTask<T> task = given;
        for (std::ptrdiff_t j = 0; j < task.cells; ++j)
            for (std::ptrdiff_t lane = 0; lane < widest<T>; lane += V::count) {
                const std::ptrdiff_t at = j * widest<T> + lane;
                Flux flux =
                    bond(coupling, V::load(task.low.values + j * task.low.step + lane), V::load(task.high + at));
                scale_by(flux, task.strength, j, lane);
                flux.lower.store(task.lower + at);
                higher(flux).store(task.higher + at);
            }
    }

  private:
    using Flux = Bond<V, C::odd>;
    static constexpr bool has_strengths = std::same_as<Strength, OwnStrength>;

    KURAMOTO_ALWAYS_INLINE static V block_at(const BlockSource<T>& source, std::ptrdiff_t j,
                                             std::ptrdiff_t lane) noexcept {
        return V::load(source.values + j * source.step + lane);
    }
    KURAMOTO_ALWAYS_INLINE static void scale_by([[maybe_unused]] Flux& flux,
                                                [[maybe_unused]] const BlockSource<T>& strength,
                                                [[maybe_unused]] std::ptrdiff_t j,
                                                [[maybe_unused]] std::ptrdiff_t lane) noexcept {
        if constexpr (has_strengths) scale(flux, block_at(strength, j, lane));
    }

    // The lanes from `lane` on of all cells of the row. As in row.hpp, only the main loop is compiled twice.
    KURAMOTO_KERNEL_PART static void row(const EnsembleRowTask<T>& task, const C& coupling,
                                         std::ptrdiff_t lane) noexcept {
        const V K = V::load(task.K + lane);
        const Stage<V> stage({V::load(task.dt + lane), V::load(task.weight + lane), task.kicks});
        V west, east;
        find_ends(task, coupling, lane, west, east);
        const bool south_is_edge = task.below == nullptr;
        if (south_is_edge)
            all_but_last(task, coupling, lane, K, stage, west, std::true_type());
        else
            all_but_last(task, coupling, lane, K, stage, west, std::false_type());
        const std::ptrdiff_t last = task.cells - 1;
        const std::ptrdiff_t at = last * widest<T> + lane;
        const V phase = V::load(task.phase + at);
        const Flux south = bond(coupling, phase, south_is_edge ? phase : V::load(task.below + at));
        finish(task, {K, east - west, south}, stage, phase, last, lane, south_is_edge);
    }

    // All cells except the last. SouthIsEdge: std::true_type or std::false_type.
    template <class SouthIsEdge>
    KURAMOTO_KERNEL_PART static void all_but_last(const EnsembleRowTask<T>& task, const C& coupling,
                                                  std::ptrdiff_t lane, const V& K, const Stage<V>& stage, V& west,
                                                  SouthIsEdge south_is_edge) noexcept {
        for (std::ptrdiff_t j = 0; j + 1 < task.cells; ++j) {
            const std::ptrdiff_t at = j * widest<T> + lane;
            const V phase = V::load(task.phase + at);
            const V next = V::load(task.phase + at + widest<T>);
            CellBonds<V, C::odd> fluxes;
            if constexpr (SouthIsEdge::value)
                fluxes.east = bond(coupling, phase, next);
            else
                fluxes = bonds_of_cell(coupling, phase, Neighbours<V>{next, V::load(task.below + at)});
            scale_by(fluxes.east, task.east_strength, j, lane);
            finish(task, {K, fluxes.east.lower - west, fluxes.south}, stage, phase, j, lane, south_is_edge);
            west = higher(fluxes.east);
        }
    }

    // The fluxes across the bonds beyond both ends of the row. One call of the coupling serves a closed row and a
    // given phase in the west, to save code.
    KURAMOTO_KERNEL_PART static void find_ends(const EnsembleRowTask<T>& task, const C& coupling, std::ptrdiff_t lane,
                                               V& west, V& east) noexcept {
        const std::ptrdiff_t last = task.cells - 1;
        const V first_phase = V::load(task.phase + lane);
        const V last_phase = V::load(task.phase + last * widest<T> + lane);
        west = task.is_closed ? last_phase : V::load(task.west.values + lane);
        east = task.is_closed ? first_phase : V::load(task.east.values + lane);
        if (task.is_closed || task.west.kind == BeyondKind::phase) {
            Flux flux = bond(coupling, west, first_phase);
            if (task.is_closed) scale_by(flux, task.east_strength, last, lane);
            west = higher(flux);
            if (task.is_closed) east = flux.lower;
        }
        if (!task.is_closed && task.east.kind == BeyondKind::phase) east = bond(coupling, last_phase, east).lower;
    }

    // What arrives at a cell.
    struct Arriving {
        V K;
        V along;    ///< the fluxes across the bonds to the east and the west
        Flux south; ///< across the bond to the south, before its strength; unused if that is an edge
    };

    // SouthIsEdge: std::true_type, std::false_type or bool.
    template <class SouthIsEdge>
    KURAMOTO_KERNEL_PART static void finish(const EnsembleRowTask<T>& task, const Arriving& fluxes,
                                            const Stage<V>& stage, const V& phase, std::ptrdiff_t j,
                                            std::ptrdiff_t lane, SouthIsEdge south_is_edge) noexcept {
        const std::ptrdiff_t at = j * widest<T> + lane;
        const V f_north = V::load(task.vertical_flux + at);
        V f_south;
        if (south_is_edge) {
            f_south = V::load(task.south_flux + at);
        } else {
            Flux vertical = fluxes.south;
            scale_by(vertical, task.south_strength, j, lane);
            f_south = vertical.lower;
            higher(vertical).store(task.vertical_flux + at);
        }
        const V rate = fma(fluxes.K, fluxes.along + (f_south - f_north), block_at(task.source, j, lane));
        stage.template finish<false>(task, at, V::count, phase, rate);
    }
};

/// The kernels for dispatch.hpp; `coupling` is a C.
template <class C, template <class> class Stage, class Strength> struct EnsembleRows {
    template <class V>
    KURAMOTO_KERNEL_PART static void run(const EnsembleRowTask<typename V::value_type>& task,
                                         const void* coupling) noexcept {
        EnsembleRowKernel<V, C, Stage, Strength>::run(task, *static_cast<const C*>(coupling));
    }
};
template <class C, class Strength> struct EnsembleBonds {
    template <class V>
    KURAMOTO_KERNEL_PART static void run(const EnsembleBondsTask<typename V::value_type>& task,
                                         const void* coupling) noexcept {
        EnsembleRowKernel<V, C, EulerStep, Strength>::bonds(task, *static_cast<const C*>(coupling));
    }
};

/// A row kernel and a kernel of bonds of one instruction set; `coupling` is what they were made of.
template <class T> using EnsembleRowFunction = void (*)(const EnsembleRowTask<T>& task, const void* coupling) noexcept;
template <class T>
using EnsembleBondsFunction = void (*)(const EnsembleBondsTask<T>& task, const void* coupling) noexcept;

/// Both kernels together with the coupling that they call, for an instruction set that is chosen at run time. The
/// coupling has to outlive them. See AnyRowKernel.
template <class T> class AnyEnsembleKernel {
  public:
    AnyEnsembleKernel() = default;

    template <template <class> class Stage, class Strength, class C>
    static AnyEnsembleKernel of(const C& coupling, Isa isa) noexcept {
        if constexpr (HasKernels<C, T>)
            return {coupling.ensemble_kernels()->template row<Stage, Strength>(isa),
                    coupling.ensemble_kernels()->template bonds<Strength>(isa), coupling.address()};
        else
            return {kernel_for<EnsembleRows<C, Stage, Strength>, T, EnsembleRowFunction<T>>(isa),
                    kernel_for<EnsembleBonds<C, Strength>, T, EnsembleBondsFunction<T>>(isa), &coupling};
    }

    void operator()(const EnsembleRowTask<T>& task) const noexcept { row_(task, coupling_); }
    void operator()(const EnsembleBondsTask<T>& task) const noexcept { bonds_(task, coupling_); }

  private:
    AnyEnsembleKernel(EnsembleRowFunction<T> row, EnsembleBondsFunction<T> bonds, const void* coupling) noexcept
        : row_(row), bonds_(bonds), coupling_(coupling) {}

    EnsembleRowFunction<T> row_ = nullptr;
    EnsembleBondsFunction<T> bonds_ = nullptr;
    const void* coupling_ = nullptr;
};

} // namespace detail
KURAMOTO_END_NAMESPACE
