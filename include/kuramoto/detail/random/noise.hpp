// The noise of a time step, row by row: a pure function of the seed, the step and the cell.
//
// So it does not depend on threads, tiles, depth, strides or restarts.
#pragma once

#include <kuramoto/detail/parallel/place.hpp>
#include <kuramoto/detail/random/gauss.hpp>
#include <kuramoto/detail/simd/dispatch.hpp>
#include <kuramoto/detail/tiling/rows.hpp>

#include <cstddef>
#include <cstdint>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// Cells of one row that share a block of random bits.
template <class T> inline constexpr std::ptrdiff_t cells_per_group = static_cast<std::ptrdiff_t>(16 / sizeof(T));

/// Rows and groups that the counter can tell apart.
inline constexpr std::uint64_t most_noise_rows = std::uint64_t{1} << 32;
/// Steps that it can.
inline constexpr std::uint64_t most_noise_steps = std::uint64_t{1} << 56;

/// The noise of `count` cells, of the cells [first, first + count) of row `line`; or of the rows [first, first + count)
/// of column `line`. out[k] = amplitude · ξ, √(twice_dt · diffusion[k]) · ξ, or, with `is_amplitude`, diffusion[k] · ξ.
template <class T> struct NoiseTask {
    PhiloxRoundKeys keys = {};
    std::uint64_t step = 0;
    std::ptrdiff_t line = 0;
    bool is_column = false;
    std::ptrdiff_t first = 0;
    std::ptrdiff_t count = 0;
    T* out = nullptr;
    T amplitude = 1;
    T twice_dt = 0;
    const T* diffusion = nullptr;
    bool is_amplitude = false;
};

template <class V> class NoiseKernel {
  public:
    using T = typename V::value_type;
    using Level = typename V::LevelType;

    KURAMOTO_ALWAYS_INLINE static void run(const NoiseTask<T>& given) noexcept {
        const NoiseTask<T> task = given;
        if (task.is_column)
            column(task);
        else
            row(task);
        if (task.diffusion != nullptr) multiply(task);
    }

  private:
    static constexpr std::ptrdiff_t group = cells_per_group<T>;

    // 0, step, 2 step …
    KURAMOTO_ALWAYS_INLINE static Words<Level> counting(std::uint64_t first, std::uint64_t step) noexcept {
        std::uint64_t words[Words<Level>::count];
        for (int k = 0; k < Words<Level>::count; ++k) words[k] = first + static_cast<std::uint64_t>(k) * step;
        return Words<Level>::load(words);
    }
    KURAMOTO_ALWAYS_INLINE static PhiloxLanes<Level> counters(const Words<Level>& rows, const Words<Level>& groups,
                                                              std::uint64_t step) noexcept {
        const PhiloxBlock block = noise_counter(0, 0, step);
        const Words<Level> low(std::uint64_t{block.words[2]}); // by name, or GCC builds them lane by lane in place
        const Words<Level> high(std::uint64_t{block.words[3]});
        return {rows, groups, low, high};
    }

    // As many groups at a time as a vector has words.
    KURAMOTO_ALWAYS_INLINE static void row(const NoiseTask<T>& task) noexcept {
        const std::ptrdiff_t before = task.first % group; // cells of the first group that nobody asks for
        const auto first_group = static_cast<std::uint64_t>(task.first / group);
        const Words<Level> rows(static_cast<std::uint64_t>(task.line));
        PhiloxLanes<Level> counter = counters(rows, counting(first_group, 1), task.step);
        const V amplitude = V(task.amplitude);
        for (std::ptrdiff_t k = -before; k < task.count; k += 2 * V::count) {
            PhiloxLanes<Level> random = counter;
            philox(random, task.keys);
            V low;
            V high;
            normal_groups(random, low, high);
            put(task, k, amplitude * low);
            put(task, k + V::count, amplitude * high);
            counter.word1.values += static_cast<std::uint64_t>(Words<Level>::count);
        }
    }

    // Every cell has a block of its own here, of which it needs its own word: four times the work for floats.
    KURAMOTO_ALWAYS_INLINE static void column(const NoiseTask<T>& task) noexcept {
        const Words<Level> groups(static_cast<std::uint64_t>(task.line / group));
        const auto place = static_cast<int>(task.line % group);
        const V amplitude = V(task.amplitude);
        constexpr std::uint64_t stride = sizeof(T) == 4 ? 2 : 1; // even rows and odd ones side by side
        Words<Level> rows = counting(static_cast<std::uint64_t>(task.first), stride);
        for (std::ptrdiff_t k = 0; k < task.count; k += V::count) {
            PhiloxLanes<Level> random = counters(rows, groups, task.step);
            philox(random, task.keys);
            typename V::Bits radius;
            typename V::Bits angle;
            if constexpr (sizeof(T) == 4) {
                PhiloxLanes<Level> odd = counters(Words<Level>(rows.values + 1), groups, task.step);
                philox(odd, task.keys);
                const bool is_first_pair = place < 2;
                bits_of<V>(is_first_pair ? joined(random.word0, odd.word0) : joined(random.word2, odd.word2), radius);
                bits_of<V>(is_first_pair ? joined(random.word1, odd.word1) : joined(random.word3, odd.word3), angle);
            } else {
                bits_of<V>(joined(random.word0, random.word1), radius);
                bits_of<V>(joined(random.word2, random.word3), angle);
            }
            V x;
            V y;
            normal_pair(radius, angle, x, y);
            put(task, k, amplitude * (place % 2 == 0 ? x : y));
            rows.values += static_cast<std::uint64_t>(V::count);
        }
    }

    // Stores what of a vector belongs to cells k, k + 1 … that were asked for.
    KURAMOTO_ALWAYS_INLINE static void put(const NoiseTask<T>& task, std::ptrdiff_t k, const V& values) noexcept {
        if (k >= 0 && k + V::count <= task.count) {
            values.store(task.out + k);
            return;
        }
        T lanes[V::count];
        values.store(lanes);
        for (std::ptrdiff_t lane = 0; lane < V::count; ++lane)
            if (k + lane >= 0 && k + lane < task.count) task.out[k + lane] = lanes[lane];
    }

    KURAMOTO_ALWAYS_INLINE static void multiply(const NoiseTask<T>& task) noexcept {
        const V twice_dt = V(task.twice_dt);
        for (std::ptrdiff_t k = 0; k < task.count; k += V::count) {
            const std::ptrdiff_t left = task.count - k;
            const int n = static_cast<int>(left < V::count ? left : V::count);
            const V given = load_first(task.diffusion + k, n, V(0));
            const V amplitude = task.is_amplitude ? given : root(twice_dt * given);
            store_first(task.out + k, n, amplitude * load_first(task.out + k, n, V(0)));
        }
    }
};

/// The noise kernel for dispatch.hpp.
struct NoiseOfRow {
    template <class V> KURAMOTO_KERNEL_PART static void run(const NoiseTask<typename V::value_type>& task) noexcept {
        NoiseKernel<V>::run(task);
    }
};

template <class T> using NoiseFunction = void (*)(const NoiseTask<T>&) noexcept;

template <class T> NoiseFunction<T> noise_function(Isa isa) noexcept {
    return kernel_for<NoiseOfRow, T, NoiseFunction<T>>(isa);
}

/// The noise of a run: √(2 D dt) ξ for every cell and step, D a number or a field.
///
/// Where it is averaged, step n adds half of its own ξ and half of that of step n + 1. `amplitude` and `twice_dt` are
/// then those of the halves.
template <class T> struct Noise {
    NoiseFunction<T> function = nullptr; ///< null: there is none
    PhiloxRoundKeys keys = {};
    Source<T> diffusion = {};  ///< D, 1 / time
    T amplitude = 0;           ///< √(2 D dt), if D is a number
    T twice_dt = 0;            ///< 2 dt
    bool is_amplitude = false; ///< whether a field `diffusion` holds the factors of ξ in place of D
    bool is_averaged = false;  ///< see above
    std::uint64_t step = 0;    ///< the number of the first step of the sweep in the whole run
    bool is_turned = false;    ///< whether rows are the columns of the user's grid
    Place place = {};          ///< of the cells in the whole lattice

    [[nodiscard]] bool is_present() const noexcept { return function != nullptr; }

    /// The noise of some cells, `later` steps after the first; `diffusions`: the D of these cells. Rows and columns are
    /// those of the whole lattice.
    void fill(T* out, int later, const RowSpan& cells, const T* diffusions) const noexcept {
        NoiseTask<T> task;
        task.keys = keys;
        task.step = step + static_cast<std::uint64_t>(later);
        task.line = cells.row;
        task.is_column = is_turned;
        task.first = cells.begin;
        task.count = cells.count;
        task.out = out;
        task.amplitude = diffusion.is_uniform ? amplitude : T(1);
        task.twice_dt = twice_dt;
        task.diffusion = diffusion.is_uniform ? nullptr : diffusions;
        task.is_amplitude = is_amplitude;
        function(task);
    }

    /// The same for a grid whose rows and columns are exchanged.
    [[nodiscard]] Noise transposed() const {
        Noise other = *this;
        other.diffusion.field = diffusion.field.transposed();
        other.is_turned = !is_turned;
        other.place = place.transposed();
        return other;
    }
};

/// Cells to which noise is added at a time.
inline constexpr std::ptrdiff_t most_noisy_cells = 512;

/// A part of a row, most_noisy_cells at most, that lies in memory with a stride.
template <class T> struct NoisyCells {
    RowSpan span = {};
    T* phases = nullptr;
    T* kept = nullptr; ///< averaged noise: the half that this step shares with the one before; then with the next
    std::ptrdiff_t stride = 1; ///< of both
};

/// Fills values[k] with the noise of cell k of a span, `later` steps after the first.
template <class T>
void noise_of_span(const Noise<T>& noise, const RowSpan& span, int later, T (&values)[most_noisy_cells]) noexcept {
    T diffusions[most_noisy_cells];
    if (!noise.diffusion.is_uniform) gather_row(diffusions, noise.diffusion.field, span);
    RowSpan whole = span;
    if (noise.place.is_part) {
        whole.row += noise.place.first_row;
        whole.begin += noise.place.first_col;
    }
    noise.fill(values, later, whole, diffusions);
}

/// Adds the noise of a step to cells.
template <class T> void add_noise(const Noise<T>& noise, const NoisyCells<T>& cells) noexcept {
    T values[most_noisy_cells];
    noise_of_span(noise, cells.span, noise.is_averaged ? 1 : 0, values);
    for (std::ptrdiff_t k = 0; k < cells.span.count; ++k) {
        T& phase = cells.phases[k * cells.stride];
        if (noise.is_averaged) {
            T& kept = cells.kept[k * cells.stride];
            phase += kept;
            kept = values[k];
        }
        phase += values[k];
    }
}

/// Averaged noise: what the first step adds for itself.
template <class T> void keep_first_noise(const Noise<T>& noise, const NoisyCells<T>& cells) noexcept {
    T values[most_noisy_cells];
    noise_of_span(noise, cells.span, 0, values);
    for (std::ptrdiff_t k = 0; k < cells.span.count; ++k) cells.kept[k * cells.stride] = values[k];
}

} // namespace detail
KURAMOTO_END_NAMESPACE
