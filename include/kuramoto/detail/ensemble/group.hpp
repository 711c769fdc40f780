// One group of an ensemble on its way through all of its time steps.
//
//     for every step, for every stage:
//         the fluxes across the bonds beyond the first row
//         for every row, from north to south: the noise, and the row kernel        kernels/ensemble_row.hpp
//
// A group is small, so that it stays in a cache of its worker for all steps: no tiles, no halo. A stage can work in
// place: row i is not read again once row i + 1 is reached, because the fluxes to its south are kept. If north and
// south are periodic, the fluxes between the last row and the first are computed first, and serve both.
#pragma once

#include <kuramoto/detail/ensemble/member.hpp>
#include <kuramoto/detail/kernels/ensemble_row.hpp>
#include <kuramoto/detail/parallel/partition.hpp>
#include <kuramoto/detail/tiling/edges.hpp>
#include <kuramoto/detail/tiling/storage.hpp>

#include <cstddef>
#include <cstdint>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// What all groups have in common.
template <class T> struct EnsembleSteps {
    std::ptrdiff_t rows = 0;
    std::ptrdiff_t cols = 0;
    std::int64_t steps = 0;
    int stages = 1;
    bool has_strengths = false;
    bool has_noise = false;
    bool is_averaged = false;
    bool has_inertia = false;
    AnyEnsembleKernel<T> kernel = {};

    [[nodiscard]] std::ptrdiff_t row_size() const noexcept { return cols * widest<T>; }

    /// Rows of scratch that a group takes: five single rows, and the rows of the lattice for each of these: members
    /// that do not run, ω, bonds, inertia (velocities that are put away, factors), stages, kept noise.
    [[nodiscard]] std::ptrdiff_t scratch_rows() const noexcept {
        return 5 + rows * (2 + (has_strengths ? 2 : 0) + (has_inertia ? 3 : 0) + (stages > 1 ? 2 : 0) +
                           (is_averaged ? 1 : 0));
    }
    /// Blocks of scratch: the ends of rows, and numbers.
    [[nodiscard]] std::ptrdiff_t scratch_blocks() const noexcept { return 2 * rows + 8 + 2 * Stages<T>::most; }
    /// Elements of scratch.
    [[nodiscard]] std::ptrdiff_t scratch_size() const noexcept {
        return scratch_rows() * row_size() + scratch_blocks() * widest<T>;
    }
};

/// The members of one group, and their cells.
template <class T> struct EnsembleGroupTask {
    const EnsembleMember<T>* members = nullptr;
    std::ptrdiff_t count = 0; ///< of members; at most `widest`
    T* cells = nullptr;
    T* velocities = nullptr; ///< with inertia
    T* scratch = nullptr;

    /// Whether member k is there, and runs.
    [[nodiscard]] bool runs(std::ptrdiff_t k) const noexcept { return k < count && members[k].runs; }
    /// Whether any does.
    [[nodiscard]] bool does_any_run() const noexcept {
        for (std::ptrdiff_t k = 0; k < count; ++k)
            if (runs(k)) return true;
        return false;
    }
};

/// One group on its way through all of its steps. Allocates nothing. Both arguments have to outlive it.
template <class T> class EnsembleGroup {
  public:
    EnsembleGroup(const EnsembleSteps<T>& of, const EnsembleGroupTask<T>& group) noexcept
        : of_(of), group_(group), boundary_(group.members[0].boundary), rows_(group.scratch, of.row_size()),
          blocks_(group.scratch + of.scratch_rows() * of.row_size(), widest<T>) {
        task_.cells = of.cols;
        task_.vertical_flux = rows_.take(1);
        north_ = rows_.take(1);
        south_ = rows_.take(1);
        spare_ = rows_.take(1);
        noise_ = rows_.take(1);
        next_ = of.stages > 1 ? rows_.take(of.rows) : nullptr;
        sum_ = of.stages > 1 ? rows_.take(of.rows) : nullptr;
        kept_noise_ = of.is_averaged ? rows_.take(of.rows) : nullptr;
        resting_ = rows_.take(of.rows);
        resting_velocities_ = of.has_inertia ? rows_.take(of.rows) : nullptr;
        west_ = blocks_.take(of.rows);
        east_ = blocks_.take(of.rows);
        set_numbers();
        set_edges();
        set_fields();
    }
    EnsembleGroup(const EnsembleGroup&) = delete;
    EnsembleGroup& operator=(const EnsembleGroup&) = delete;

    void run() noexcept {
        for (std::ptrdiff_t k = 0; k < group_.count; ++k)
            if (!group_.runs(k)) put_away(k);
        if (of_.is_averaged)
            for (std::ptrdiff_t i = 0; i < of_.rows; ++i) draw_noise(i, 0, row_of(kept_noise_, i));
        // With inertia, a pass closes one step and opens the next: see SweepInertia.
        const std::int64_t passes = of_.has_inertia ? of_.steps + 1 : of_.steps;
        for (step_ = 0; step_ < passes; ++step_) {
            task_.kicks = {.closes = step_ > 0, .opens = step_ < of_.steps};
            for (int stage = 0; stage < of_.stages; ++stage) take_stage(stage);
        }
        for (std::ptrdiff_t k = 0; k < group_.count; ++k)
            if (!group_.runs(k)) put_back(k);
    }

  private:
    static constexpr std::ptrdiff_t width = widest<T>;

    template <class Element> [[nodiscard]] Element* row_of(Element* first, std::ptrdiff_t i) const noexcept {
        return first + i * of_.row_size();
    }
    // Copies the cells of one lane.
    void copy_lane(const T* from, std::ptrdiff_t lane, T* to) const noexcept {
        for (std::ptrdiff_t at = lane; at < of_.rows * of_.row_size(); at += width) to[at] = from[at];
    }
    void clear_lane(std::ptrdiff_t lane, T* cells) const noexcept {
        for (std::ptrdiff_t at = lane; at < of_.rows * of_.row_size(); at += width) cells[at] = 0;
    }
    // Puts the state of a member away, and 0 in its place: a NaN would slow the others of its group down.
    void put_away(std::ptrdiff_t lane) const noexcept {
        copy_lane(group_.cells, lane, resting_);
        clear_lane(lane, group_.cells);
        if (!of_.has_inertia) return;
        copy_lane(group_.velocities, lane, resting_velocities_);
        clear_lane(lane, group_.velocities);
    }
    void put_back(std::ptrdiff_t lane) const noexcept {
        copy_lane(resting_, lane, group_.cells);
        if (of_.has_inertia) copy_lane(resting_velocities_, lane, group_.velocities);
    }
    [[nodiscard]] const EnsembleMember<T>& member(std::ptrdiff_t k) const noexcept {
        return group_.runs(k) ? group_.members[k] : nobody_;
    }

    // A block of numbers: number(member) for every member.
    template <class Number> const T* block_of(const Number& number) noexcept {
        T* const block = blocks_.take(1);
        fill_block(block, number);
        return block;
    }
    template <class Number> void fill_block(T* block, const Number& number) const noexcept {
        for (std::ptrdiff_t k = 0; k < width; ++k) block[k] = number(member(k));
    }

    void set_numbers() noexcept {
        task_.K = block_of([](const EnsembleMember<T>& of) { return of.K; });
        ones_ = block_of([](const EnsembleMember<T>&) { return T(1); });
        zeros_ = block_of([](const EnsembleMember<T>&) { return T(0); });
        for (int k = 0; k < of_.stages; ++k) {
            inner_[k] = block_of([k](const EnsembleMember<T>& of) { return of.stages.inner[k]; });
            outer_[k] = block_of([k](const EnsembleMember<T>& of) { return of.stages.outer[k]; });
        }
    }

    // What is given along the edges.
    void set_edges() noexcept {
        const auto fill = [this](T* blocks, std::ptrdiff_t count, BoundaryCondition Boundary::* edge, bool is_low) {
            for (std::ptrdiff_t k = 0; k < count; ++k)
                fill_block(blocks + k * width, [&](const EnsembleMember<T>& of) {
                    return &of == &nobody_ ? T(0) : beyond<T>(of.boundary.*edge, k, is_low).value;
                });
        };
        if (!is_periodic(boundary_, Axis::rows)) fill(north_, of_.cols, &Boundary::north, true);
        if (!is_periodic(boundary_, Axis::rows)) fill(south_, of_.cols, &Boundary::south, false);
        task_.is_closed = is_periodic(boundary_, Axis::cols);
        if (task_.is_closed) return;
        fill(west_, of_.rows, &Boundary::west, true);
        fill(east_, of_.rows, &Boundary::east, false);
        task_.west.kind = kind_beyond(boundary_.west);
        task_.east.kind = kind_beyond(boundary_.east);
    }
    static BeyondKind kind_beyond(const BoundaryCondition& edge) noexcept {
        return edge.kind == BoundaryKind::fixed_phase ? BeyondKind::phase : BeyondKind::flux;
    }

    void set_fields() noexcept {
        omega_ = blocks_of(&EnsembleMember<T>::omega);
        if (of_.has_inertia) {
            kick_ = blocks_of(&EnsembleMember<T>::kick);
            decay_ = blocks_of(&EnsembleMember<T>::decay);
        }
        if (!of_.has_strengths) return;
        east_strength_ = blocks_of(&EnsembleMember<T>::east_strength);
        south_strength_ = blocks_of(&EnsembleMember<T>::south_strength);
    }

    // A field of all members in blocks: one block of numbers, the cells of another ensemble, or a copy.
    BlockSource<T> blocks_of(Source<T> EnsembleMember<T>::* source) noexcept {
        bool are_numbers = true;
        for (std::ptrdiff_t k = 0; k < width; ++k) are_numbers &= (member(k).*source).is_uniform;
        if (are_numbers) return {block_of([=](const EnsembleMember<T>& of) { return (of.*source).number; }), 0};
        if (const T* const blocks = side_by_side(source)) return {blocks, width};
        T* const copy = rows_.take(of_.rows);
        for (std::ptrdiff_t k = 0; k < width; ++k) {
            const Source<T>& from = member(k).*source;
            for (std::ptrdiff_t i = 0; i < of_.rows; ++i)
                for (std::ptrdiff_t j = 0; j < of_.cols; ++j)
                    row_of(copy, i)[j * width + k] =
                        from.is_uniform ? from.number
                                        : from.field.data()[i * from.field.row_stride() + j * from.field.col_stride()];
        }
        return {copy, width};
    }
    // The first cell, if the fields fill all lanes of a group of an ensemble, in order; null otherwise.
    const T* side_by_side(Source<T> EnsembleMember<T>::* source) const noexcept {
        const T* const first = (member(0).*source).field.data();
        for (std::ptrdiff_t k = 0; k < width; ++k) {
            const Source<T>& at = member(k).*source;
            if (at.is_uniform || at.field.data() != first + k || at.field.col_stride() != width ||
                at.field.row_stride() != of_.row_size())
                return nullptr;
        }
        return first;
    }
    // Row i of such a field.
    [[nodiscard]] BlockSource<T> row_of(const BlockSource<T>& field, std::ptrdiff_t i) const noexcept {
        return {field.values + i * of_.cols * field.step, field.step};
    }

    // Stage k works on the phases that the stage before has made, and makes those of the next; the last stage makes
    // those of the next step. See RungeKuttaStage.
    void take_stage(int stage) noexcept {
        const bool is_last = stage + 1 == of_.stages;
        const T* const phases = stage == 0 ? group_.cells : next_;
        task_.dt = is_last ? outer_[stage] : inner_[stage];
        task_.weight = is_last ? zeros_ : outer_[stage];
        find_first_fluxes(phases);
        for (std::ptrdiff_t i = 0; i < of_.rows; ++i) {
            aim(phases, i);
            task_.out = row_of(is_last ? group_.cells : next_, i);
            if (of_.stages > 1) {
                task_.sum = stage == 0 ? task_.phase : row_of(sum_, i);
                task_.base = is_last ? task_.sum : row_of(group_.cells, i);
                task_.sum_out = row_of(sum_, i);
            }
            if (of_.has_noise && task_.kicks.opens) aim_noise(i);
            if (of_.has_inertia) aim_velocities(i);
            of_.kernel(task_);
            if (of_.is_averaged)
                __builtin_memcpy(row_of(kept_noise_, i), noise_, static_cast<std::size_t>(of_.row_size()) * sizeof(T));
        }
    }

    // The fluxes into the first row. Where rows wrap, also those out of the last row.
    void find_first_fluxes(const T* phases) noexcept {
        EnsembleBondsTask<T> bonds{
            .cells = of_.cols, .high = phases, .strength = {ones_, 0}, .lower = spare_, .higher = task_.vertical_flux};
        if (is_periodic(boundary_, Axis::rows)) {
            bonds.low = {row_of(phases, of_.rows - 1), width};
            bonds.lower = south_;
            if (of_.has_strengths) bonds.strength = row_of(south_strength_, of_.rows - 1);
        } else if (boundary_.north.kind == BoundaryKind::fixed_phase) {
            bonds.low = {north_, width};
        } else {
            __builtin_memcpy(task_.vertical_flux, north_, static_cast<std::size_t>(of_.row_size()) * sizeof(T));
            return;
        }
        of_.kernel(bonds);
    }

    // Row i, the row below and what is beyond its ends.
    void aim(const T* phases, std::ptrdiff_t i) noexcept {
        const bool is_last = i + 1 == of_.rows;
        const bool has_given_phases = boundary_.south.kind == BoundaryKind::fixed_phase;
        task_.phase = row_of(phases, i);
        task_.below = !is_last ? row_of(phases, i + 1) : has_given_phases ? south_ : nullptr;
        task_.south_flux = south_;
        task_.source = row_of(omega_, i);
        task_.west.values = west_ + i * width;
        task_.east.values = east_ + i * width;
        if (!of_.has_strengths) return;
        task_.east_strength = row_of(east_strength_, i);
        task_.south_strength = is_last ? BlockSource<T>{ones_, 0} : row_of(south_strength_, i);
    }

    void aim_velocities(std::ptrdiff_t i) noexcept {
        const auto in_elements = [](const BlockSource<T>& field) {
            return RowSource<T>{field.values, field.step == 0 ? 0 : 1};
        };
        task_.velocity = task_.velocity_out = row_of(group_.velocities, i);
        task_.kick = in_elements(row_of(kick_, i));
        task_.decay = in_elements(row_of(decay_, i));
    }

    void aim_noise(std::ptrdiff_t i) noexcept {
        draw_noise(i, of_.is_averaged ? 1 : 0, noise_);
        task_.noise = of_.is_averaged ? row_of(kept_noise_, i) : noise_;
        task_.next_noise = noise_;
    }
    // The noise of row i, `later` steps after this one.
    void draw_noise(std::ptrdiff_t i, int later, T* to) noexcept {
        T values[most_noisy_cells];
        for (std::ptrdiff_t k = 0; k < width; ++k)
            for (std::ptrdiff_t j = 0; j < of_.cols; j += most_noisy_cells) {
                const RowSpan span{.row = i, .begin = j, .count = clamped(of_.cols - j, 0, most_noisy_cells)};
                if (group_.runs(k)) {
                    Noise<T> noise = group_.members[k].noise;
                    noise.step += static_cast<std::uint64_t>(step_);
                    noise_of_span(noise, span, later, values);
                }
                for (std::ptrdiff_t c = 0; c < span.count; ++c)
                    to[(j + c) * width + k] = group_.runs(k) ? values[c] : T(0);
            }
    }

    const EnsembleSteps<T>& of_;
    const EnsembleGroupTask<T>& group_;
    const Boundary& boundary_; // its kinds are those of all members
    RowCarver<T> rows_;
    RowCarver<T> blocks_;
    EnsembleMember<T> nobody_ = {}; // in the lanes without a member
    EnsembleRowTask<T> task_ = {};
    BlockSource<T> omega_ = {};
    BlockSource<T> east_strength_ = {};
    BlockSource<T> south_strength_ = {};
    BlockSource<T> kick_ = {};
    BlockSource<T> decay_ = {};
    T* north_; // given phases or fluxes
    T* south_; // the same; where rows wrap, the fluxes out of the last row
    T* spare_; // unused fluxes
    T* noise_;
    T* next_;       // the phases of the next stage
    T* sum_;        // θ and the weighted rates of the stages so far
    T* kept_noise_; // averaged noise: what a step shares with the next
    T* resting_;    // the phases of members that do not run
    T* resting_velocities_;
    T* west_;
    T* east_;
    const T* ones_ = nullptr;
    const T* zeros_ = nullptr;
    const T* inner_[Stages<T>::most] = {};
    const T* outer_[Stages<T>::most] = {};
    std::int64_t step_ = 0;
};

} // namespace detail
KURAMOTO_END_NAMESPACE
