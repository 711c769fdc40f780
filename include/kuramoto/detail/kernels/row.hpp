// The row kernel, for one row of the lattice: load, differences, coupling, accumulate, store.
//
// It is the hot loop of every lattice model.
//
// The arithmetic is the same in every kernel, tile, tail and orientation:
//     rate = ω + K ((f_E − f_W) + (f_S − f_N))
// where f_E is the flux across the bond to the east, taken from the lower to the higher index; f_W is that of the bond
// to the west, and for an odd f it is the f_E of the cell there. Every fused multiply-add is written out, and no other
// product feeds a sum, so that there is nothing for a compiler to choose.
#pragma once

#include <kuramoto/detail/kernels/inertial_step.hpp>
#include <kuramoto/detail/simd/dispatch.hpp>
#include <kuramoto/detail/simd/has_kernels.hpp>
#include <kuramoto/detail/simd/twice.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <type_traits>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// Cells in the widest vector: what a buffer has to be padded to and what a uniform row holds.
template <class T> inline constexpr std::ptrdiff_t widest = static_cast<std::ptrdiff_t>(64 / sizeof(T));

/// What lies beyond one end of a row.
///
/// A source of fluxes says what flows across the bond to the outside, and the coupling is not called: a zero flux is an
/// edge without bonds. A source of phases says where the neighbour stands, and the coupling is called as for any bond.
/// The edge of a lattice and the side of a tile are the same thing to a kernel.
enum class BeyondKind { flux, phase };
template <class T> struct Beyond {
    BeyondKind kind = BeyondKind::flux; ///< what `value` is
    T value = 0;                        ///< a flux, positive towards the lower index, before the factor K; or a phase
};

/// A row of values, or one value for the whole row: then `step` is 0 and `values` holds one vector of it.
template <class T> struct RowSource {
    const T* values = nullptr;
    std::ptrdiff_t step = 1;
};

/// One row of work.
template <class T> struct RowTask {
    std::ptrdiff_t cells = 0;
    const T* phase = nullptr;      ///< θ of this row
    const T* below = nullptr;      ///< θ of the row below; null at an edge that is a source of fluxes
    const T* south_flux = nullptr; ///< the fluxes across that edge
    RowSource<T> source = {};      ///< ω, or the rate to add to
    T* vertical_flux = nullptr;    ///< in: fluxes across the bonds to the north; out: to the south. Padded to `widest`
    T* out = nullptr;              ///< may be `phase`, and may be `source`
    Beyond<T> west = {};
    Beyond<T> east = {};
    T K = 0;
    T dt = 0; ///< the factor of the rate in `out`

    // For bonds that differ: their strengths, which multiply the fluxes but not those of a source of fluxes.
    RowSource<T> east_strength = {};  ///< of the bond to the east, except for the last cell
    RowSource<T> south_strength = {}; ///< of the bond to the south
    T west_end_strength = 1;          ///< of the bond beyond the western end
    T east_end_strength = 1;          ///< of the bond beyond the eastern end

    const T* noise = nullptr;      ///< what a step with noise adds
    const T* next_noise = nullptr; ///< averaged noise: what it adds of the next step's

    // For the stages of Runge–Kutta methods.
    const T* base = nullptr; ///< θ at the beginning of the time step, to which `out` adds
    const T* sum = nullptr;  ///< the same, and the weighted rates of the stages before
    T* sum_out = nullptr;    ///< `sum` with this stage's
    T weight = 0;            ///< the factor of the rate in `sum_out`

    // For inertia: `dt` is then half of a time step.
    InertialKicks kicks = {};
    const T* velocity = nullptr; ///< of this row
    T* velocity_out = nullptr;   ///< may be `velocity`
    RowSource<T> kick = {};      ///< see InertialFactorsAt
    RowSource<T> decay = {};     ///< see InertialFactorsAt

    // Prefetch, see RowsAhead.
    const void* ahead = nullptr;   ///< where to prefetch from along this row; null: no prefetch is needed
    std::ptrdiff_t ahead_step = 0; ///< how far `ahead` moves per `widest` cells, in bytes
};

/// n cells from `from` on; n < V::count only with Tail, where the other lanes are those of `otherwise`.
template <bool Tail, class V>
KURAMOTO_ALWAYS_INLINE V load_cells(const typename V::value_type* from, int n, const V& otherwise) noexcept {
    if constexpr (Tail)
        return load_first(from, n, otherwise);
    else
        return V::load(from);
}
template <bool Tail, class V>
KURAMOTO_ALWAYS_INLINE void store_cells(typename V::value_type* to, int n, const V& values) noexcept {
    if constexpr (Tail)
        store_first(to, n, values);
    else
        values.store(to);
}

/// n values of ω, or of the rate to add to, from column j on.
template <bool Tail, class T, class Level>
KURAMOTO_ALWAYS_INLINE Lanes<T, Level> load_source(const RowSource<T>& source, std::ptrdiff_t j, int n,
                                                   const Lanes<T, Level>& otherwise) noexcept {
    return load_cells<Tail>(source.values + j * source.step, n, otherwise);
}
/// Of one value for the whole row there is only one vector.
template <bool Tail, class T, class Level>
KURAMOTO_ALWAYS_INLINE TwoLanes<T, Level> load_source(const RowSource<T>& source, std::ptrdiff_t j, int n,
                                                      const TwoLanes<T, Level>& otherwise) noexcept {
    static_assert(!Tail);
    return {load_source<false>(source, j, n, otherwise.first),
            load_source<false>(source, j + otherwise.first.count, n, otherwise.second)};
}

/// The factors of the rates of a stage, one per lane.
template <class V> struct StageFactors {
    V dt;     ///< of the rate in `out`
    V weight; ///< of the rate in `sum_out`
    InertialKicks kicks = {};
};

// What becomes of the rates of a row. `finish` stores n cells from column j on; `Task` has the rows that it needs, with
// the names that they have in RowTask.

/// They are the result.
template <class V> struct StoreRate {
    KURAMOTO_ALWAYS_INLINE explicit StoreRate(const StageFactors<V>&) noexcept {}

    template <bool Tail, class Task>
    KURAMOTO_ALWAYS_INLINE void finish(const Task& task, std::ptrdiff_t j, int n, const V&,
                                       const V& rate) const noexcept {
        store_cells<Tail>(task.out + j, n, rate);
    }
};

/// A step of Euler's method.
template <class V> struct EulerStep {
    KURAMOTO_ALWAYS_INLINE explicit EulerStep(const StageFactors<V>& factors) noexcept : dt(factors.dt) {}

    template <bool Tail, class Task>
    KURAMOTO_ALWAYS_INLINE void finish(const Task& task, std::ptrdiff_t j, int n, const V& phase,
                                       const V& rate) const noexcept {
        store_cells<Tail>(task.out + j, n, fma(dt, rate, phase));
    }

    V dt;
};

/// A step with noise; with averaged noise it adds a half of that of the next step too.
template <class V, bool IsAveraged> struct NoisyStep {
    KURAMOTO_ALWAYS_INLINE explicit NoisyStep(const StageFactors<V>& factors) noexcept : dt(factors.dt) {}

    template <bool Tail, class Task>
    KURAMOTO_ALWAYS_INLINE void finish(const Task& task, std::ptrdiff_t j, int n, const V& phase,
                                       const V& rate) const noexcept {
        V next = fma(dt, rate, phase) + load_cells<Tail>(task.noise + j, n, V(0));
        if constexpr (IsAveraged) next = next + load_cells<Tail>(task.next_noise + j, n, V(0));
        store_cells<Tail>(task.out + j, n, next);
    }

    V dt;
};
template <class V> using EulerMaruyamaStep = NoisyStep<V, false>;
template <class V> using LeimkuhlerMatthewsStep = NoisyStep<V, true>;

/// A stage of a Runge–Kutta method whose stages each use the rate of the one before: the phases of the next stage, and
/// the sum that the last one ends.
template <class V> struct RungeKuttaStage {
    KURAMOTO_ALWAYS_INLINE explicit RungeKuttaStage(const StageFactors<V>& factors) noexcept
        : dt(factors.dt), weight(factors.weight) {}

    template <bool Tail, class Task>
    KURAMOTO_ALWAYS_INLINE void finish(const Task& task, std::ptrdiff_t j, int n, const V&,
                                       const V& rate) const noexcept {
        const V base = load_cells<Tail>(task.base + j, n, V(0));
        const V sum = load_cells<Tail>(task.sum + j, n, V(0));
        store_cells<Tail>(task.out + j, n, fma(dt, rate, base));
        store_cells<Tail>(task.sum_out + j, n, fma(weight, rate, sum));
    }

    V dt;
    V weight;
};

/// The kicks of a step with inertia, and the rest of the step that they open.
template <class V, bool HasNoise> struct InertialStage {
    KURAMOTO_ALWAYS_INLINE explicit InertialStage(const StageFactors<V>& factors) noexcept
        : half_dt(factors.dt), kicks(factors.kicks) {}

    template <bool Tail, class Task>
    KURAMOTO_ALWAYS_INLINE void finish(const Task& task, std::ptrdiff_t j, int n, const V& phase,
                                       const V& rate) const noexcept {
        const InertialFactorsAt<V> factors{load_cells<Tail>(task.kick.values + j * task.kick.step, n, V(0)),
                                           load_cells<Tail>(task.decay.values + j * task.decay.step, n, V(0)), half_dt};
        InertialCells<V> cells{phase, load_cells<Tail>(task.velocity + j, n, V(0))};
        if (kicks.closes) cells.kick(factors, rate);
        if (kicks.opens) {
            cells.kick(factors, rate);
            if constexpr (HasNoise)
                cells.drift(factors, load_cells<Tail>(task.noise + j, n, V(0)));
            else
                cells.drift(factors);
        }
        store_cells<Tail>(task.out + j, n, cells.theta);
        store_cells<Tail>(task.velocity_out + j, n, cells.velocity);
    }

    V half_dt;
    InertialKicks kicks;
};
template <class V> using VelocityVerletStage = InertialStage<V, false>;
template <class V> using BAOABStage = InertialStage<V, true>;

/// The fluxes across the bonds from `low` to `high`: as the lower cell counts it, and as the higher cell does. The two
/// are the same number where f is odd, and computed once.
template <class V, bool Odd> struct Bond {
    V lower;
    V higher;
};
template <class V> struct Bond<V, true> {
    V lower;
};
template <class V> KURAMOTO_ALWAYS_INLINE const V& higher(const Bond<V, true>& flux) { return flux.lower; }
template <class V> KURAMOTO_ALWAYS_INLINE const V& higher(const Bond<V, false>& flux) { return flux.higher; }

template <class C, class V>
[[__gnu__::__flatten__]] KURAMOTO_KERNEL_PART Bond<V, C::odd> bond(const C& coupling, const V& low, const V& high) {
    if constexpr (C::odd) {
        return {coupling(high - low)};
    } else if constexpr (requires { coupling.both_ways(high); }) {
        const auto flux = coupling.both_ways(high - low);
        return {flux.forward, -flux.backward};
    } else {
        return {coupling(high - low), -coupling(low - high)};
    }
}

/// The fluxes across the bonds of a cell to the east and the south.
template <class V, bool Odd> struct CellBonds {
    Bond<V, Odd> east;
    Bond<V, Odd> south;
};

/// The phases of two neighbours.
template <class V> struct Neighbours {
    V east;
    V south;
};

/// A coupling that can be called with vectors of V.
template <class C, class V>
concept Maps = requires(const C& coupling, const V& difference) {
    { coupling(difference) } -> std::same_as<V>;
};
template <class C, class V>
concept MapsBothWays = requires(const C& coupling, const V& difference) { coupling.both_ways(difference); };

/// A coupling that can be called with two vectors in the same ways as with one: so all bonds get the same arithmetic.
template <class C, class V, class Two>
concept MapsTwo = Maps<C, Two> && MapsBothWays<C, V> == MapsBothWays<C, Two>;

/// A coupling that can be called with four vectors, too: the two bonds of two vectors of cells.
template <class C, class V, class Two = Lanes<typename V::value_type, Twice<typename V::LevelType>>,
          class Four = Lanes<typename V::value_type, Twice<typename Two::LevelType>>>
concept MapsFour = MapsTwo<C, V, Two> && MapsTwo<C, Two, Four>;

/// Both bonds in one call of the coupling, if it can be called with two vectors at once.
template <class C, class V>
[[__gnu__::__flatten__]] KURAMOTO_KERNEL_PART CellBonds<V, C::odd> bonds_of_cell(const C& coupling, const V& phase,
                                                                                 const Neighbours<V>& next) {
    using Two = Lanes<typename V::value_type, Twice<typename V::LevelType>>;
    if constexpr (MapsTwo<C, V, Two>) {
        const Bond<Two, C::odd> both = bond(coupling, Two(phase, phase), Two(next.east, next.south));
        if constexpr (C::odd)
            return {{both.lower.first}, {both.lower.second}};
        else
            return {{both.lower.first, both.higher.first}, {both.lower.second, both.higher.second}};
    } else {
        return {bond(coupling, phase, next.east), bond(coupling, phase, next.south)};
    }
}

// How strong the bonds are.

/// All have the strength 1.
struct EqualStrength {};

/// Each has its own. A bond of strength 0 is none: nothing flows, whatever f is there, a NaN of a neighbour included.
struct OwnStrength {};

template <class V> KURAMOTO_ALWAYS_INLINE V scaled(const V& strength, const V& flux) {
    return blend(strength != V(0), strength * flux, V(0));
}
template <class V> KURAMOTO_ALWAYS_INLINE void scale(Bond<V, true>& flux, const V& strength) {
    flux.lower = scaled(strength, flux.lower);
}
template <class V> KURAMOTO_ALWAYS_INLINE void scale(Bond<V, false>& flux, const V& strength) {
    flux.lower = scaled(strength, flux.lower);
    flux.higher = scaled(strength, flux.higher);
}

/// One row of the lattice on its way through the registers.
template <class V, class C, template <class> class Stage, class Strength> class RowKernel {
  public:
    using T = typename V::value_type;

    KURAMOTO_KERNEL_PART static void run(const RowTask<T>* tasks, int count, const C& coupling) noexcept {
        for (int k = 0; k < count; ++k) {
            // A copy: what is stored to the row cannot change it, so it stays in registers.
            const RowTask<T> task = tasks[k];
            row(task, coupling);
        }
    }

  private:
    template <class, class, template <class> class, class> friend class RowKernel;
    static constexpr bool has_strengths = std::same_as<Strength, OwnStrength>;

    // Two vectors at once, in the loop over whole vectors: for wide registers, where it was measured, and only in the
    // kernels of most runs, because it is much code. (The others read `kick`, `decay` and strengths by vectors, and a
    // source of one value holds only one.)
    using Two = Lanes<T, Twice<typename V::LevelType>>;
    static constexpr bool takes_two() {
        if constexpr (std::same_as<Stage<V>, EulerStep<V>> || std::same_as<Stage<V>, RungeKuttaStage<V>>)
            if constexpr (!has_strengths && V::LevelType::bytes > 16) return MapsFour<C, V>;
        return false;
    }

    // The main loop is compiled for rows with and without a neighbour below, and so has no branch. The rest is compiled
    // once, because each inlined call of a coupling is much code.
    KURAMOTO_KERNEL_PART static void row(const RowTask<T>& task, const C& coupling) noexcept {
        V west = V(task.west.value);
        if (task.west.kind == BeyondKind::phase) {
            Bond<V, C::odd> flux = bond(coupling, west, V(task.phase[0]));
            if constexpr (has_strengths) scale(flux, V(task.west_end_strength));
            west = higher(flux);
        }
        const bool south_is_edge = task.below == nullptr;
        std::ptrdiff_t j = 0;
        if (south_is_edge) {
            j = whole_vectors(task, coupling, j, west, std::true_type());
        } else {
            if constexpr (takes_two())
                j = RowKernel<Two, C, Stage, Strength>::whole_vectors(task, coupling, j, west, std::false_type());
            j = whole_vectors(task, coupling, j, west, std::false_type());
        }
        if (j < task.cells)
            cells<true>(task, coupling, factors(task), j, static_cast<int>(task.cells - j), west, south_is_edge);
    }

    // What all cells of the row have in common.
    struct Factors {
        V K;
        Stage<V> stage;
    };
    KURAMOTO_ALWAYS_INLINE static Factors factors(const RowTask<T>& task) noexcept {
        return {V(task.K), Stage<V>({V(task.dt), V(task.weight), task.kicks})};
    }

    // The cells from column j on, by whole V and before the tail. Returns where it stopped. West: one vector, the last
    // lane of which flows into cell j; so is what it leaves there if V is two.
    template <class West, class SouthIsEdge>
    KURAMOTO_KERNEL_PART static std::ptrdiff_t whole_vectors(const RowTask<T>& task, const C& coupling,
                                                             std::ptrdiff_t j, West& west,
                                                             SouthIsEdge south_is_edge) noexcept {
        const Factors common = factors(task);
        constexpr std::ptrdiff_t cells_per_prefetch = V::count < widest<T> ? V::count : widest<T>;
        // Without a share, it prefetches what is in the cache: a branch per vector would cost more.
        // A number, because behind the last share it is no pointer into the field.
        auto ahead = reinterpret_cast<std::uintptr_t>(task.ahead == nullptr ? task.phase : task.ahead);
        const auto ahead_step = static_cast<std::uintptr_t>(task.ahead_step * cells_per_prefetch / widest<T>);
        ahead += static_cast<std::uintptr_t>(j / cells_per_prefetch) * ahead_step;
        // With j + V::count < task.cells as the condition, Clang lacks a register. It then reads the address of a row
        // from the stack in every iteration, which is slow where it aliases a store (the same offset in a 4 KiB page).
        const std::ptrdiff_t end = task.cells - V::count;
        for (; j < end; j += V::count) {
            ahead = prefetch(ahead, ahead_step);
            if constexpr (V::count > widest<T>) ahead = prefetch(ahead, ahead_step);
            cells<false>(task, coupling, common, j, V::count, west, south_is_edge);
        }
        return j;
    }

    KURAMOTO_ALWAYS_INLINE static std::uintptr_t prefetch(std::uintptr_t ahead, std::uintptr_t step) noexcept {
        __builtin_prefetch(reinterpret_cast<const void*>(ahead), 0, 2); // to the second level
        return ahead + step;
    }

    // Cells [j, j + n) of the row, n < V::count only with Tail. The last cell of a row is always in the tail, because
    // its eastern neighbour is beyond the row. `west` carries the last eastern flux along the row. SouthIsEdge:
    // std::true_type, std::false_type or bool.
    template <bool Tail, class West, class SouthIsEdge>
    KURAMOTO_KERNEL_PART static void cells(const RowTask<T>& task, const C& coupling, const Factors& common,
                                           std::ptrdiff_t j, int n, West& west, SouthIsEdge south_is_edge) noexcept {
        const V phase = load_cells<Tail>(task.phase + j, n, V(0));
        const V f_north = V::load(task.vertical_flux + j);
        CellBonds<V, C::odd> fluxes;
        if constexpr (std::same_as<SouthIsEdge, std::true_type>) {
            fluxes.east = bond(coupling, phase, eastern_neighbour<Tail>(task, phase, j, n));
        } else {
            const V south = south_is_edge ? phase : load_cells<Tail>(task.below + j, n, phase);
            fluxes = bonds_of_cell(coupling, phase, Neighbours<V>{eastern_neighbour<Tail>(task, phase, j, n), south});
        }
        V f_south;
        if (south_is_edge) {
            f_south = load_cells<Tail>(task.south_flux + j, n, V(0));
            f_south.store(task.vertical_flux + j);
        } else {
            if constexpr (has_strengths) scale(fluxes.south, strengths<Tail>(task.south_strength, j, n));
            f_south = fluxes.south.lower;
            higher(fluxes.south).store(task.vertical_flux + j);
        }
        finish_eastern<Tail>(fluxes.east, task, j, n);
        const V f_west = shift_in(west, higher(fluxes.east));
        west = last_vector(higher(fluxes.east));

        const V source = load_source<Tail>(task.source, j, n, V(0));
        const V rate = fma(common.K, (fluxes.east.lower - f_west) + (f_south - f_north), source);
        common.stage.template finish<Tail>(task, j, n, phase, rate);
    }

    // The phases of the neighbours to the east. A lane without one sees itself, so that no difference is larger than
    // those of the row.
    template <bool Tail>
    KURAMOTO_ALWAYS_INLINE static V eastern_neighbour(const RowTask<T>& task, const V& phase, std::ptrdiff_t j,
                                                      int n) noexcept {
        if constexpr (Tail) {
            const V right = load_first(task.phase + j + 1, n - 1, phase);
            return task.east.kind == BeyondKind::phase ? blend(inner(n), right, V(task.east.value)) : right;
        } else {
            return V::load(task.phase + j + 1);
        }
    }

    // Scales the fluxes to the east, and puts a given flux where the row ends.
    template <bool Tail>
    KURAMOTO_ALWAYS_INLINE static void finish_eastern(Bond<V, C::odd>& flux, const RowTask<T>& task, std::ptrdiff_t j,
                                                      int n) noexcept {
        if constexpr (has_strengths) {
            const V strength = strengths<Tail>(task.east_strength, j, n);
            scale(flux, Tail ? blend(inner(n), strength, V(task.east_end_strength)) : strength);
        }
        if constexpr (Tail)
            if (task.east.kind == BeyondKind::flux) flux.lower = blend(inner(n), flux.lower, V(task.east.value));
    }

    // The lanes of n cells, except the last one.
    KURAMOTO_ALWAYS_INLINE static typename V::Mask inner(int n) noexcept {
        return first_lanes<T, typename V::LevelType>(n - 1);
    }

    // n strengths from column j on, 1 in the lanes behind.
    template <bool Tail>
    KURAMOTO_ALWAYS_INLINE static V strengths(const RowSource<T>& source, std::ptrdiff_t j, int n) noexcept {
        return load_cells<Tail>(source.values + j * source.step, n, V(1));
    }
};

/// The row kernel for dispatch.hpp; `coupling` is a C.
template <class C, template <class> class Stage, class Strength> struct Rows {
    template <class V>
    KURAMOTO_KERNEL_PART static void run(const RowTask<typename V::value_type>* tasks, int count,
                                         const void* coupling) noexcept {
        RowKernel<V, C, Stage, Strength>::run(tasks, count, *static_cast<const C*>(coupling));
    }
};

/// A row kernel of one instruction set; `coupling` is what kernels were made of.
template <class T> using RowFunction = void (*)(const RowTask<T>* tasks, int count, const void* coupling) noexcept;

/// A row kernel together with the coupling that it calls, for an instruction set that is chosen at run time.
///
/// Whoever hands out tasks knows neither the type of the coupling nor the instruction set: the type is erased here, and
/// nowhere else. The coupling has to outlive the kernel.
template <class T> class AnyRowKernel {
  public:
    AnyRowKernel() = default;

    template <template <class> class Stage, class Strength, class C>
    static AnyRowKernel of(const C& coupling, Isa isa) noexcept {
        if constexpr (HasKernels<C, T>)
            return {coupling.kernels().template row<Stage, Strength>(isa), coupling.address()};
        else
            return {kernel_for<Rows<C, Stage, Strength>, T, RowFunction<T>>(isa), &coupling};
    }

    void operator()(const RowTask<T>* tasks, int count) const noexcept { function_(tasks, count, coupling_); }

  private:
    AnyRowKernel(RowFunction<T> function, const void* coupling) noexcept : function_(function), coupling_(coupling) {}

    RowFunction<T> function_ = nullptr;
    const void* coupling_ = nullptr;
};

} // namespace detail
KURAMOTO_END_NAMESPACE
