// Ensemble<T>: many lattices of the same shape that are advanced together.
#pragma once

#include <kuramoto/grid/field.hpp>

#include <cstddef>

namespace kuramoto {

/// Owns many lattices of one shape, its members; all cells begin as zero.
///
/// `lanes` members form a group, and cell (i, j) of all members of a group is one cache line. So a member is a view
/// with strides, and every function of the library that takes grid-like phases takes a member: initial states,
/// observables, files. `advance` advances all members together. With full groups that fit the second-level cache, a
/// cell-step costs about as much as in a large lattice.
///
/// Copying copies the cells; a moved-from Ensemble is empty.
///
/// Cost: memory of members rounded up to whole groups. A last group that is not full takes as long as a full one.
template <Real T> class Ensemble {
  public:
    /// The type of a cell: `float` or `double`.
    using value_type = T;
    /// Members that lie side by side: 16 of float, 8 of double.
    static constexpr std::ptrdiff_t lanes = static_cast<std::ptrdiff_t>(64 / sizeof(T));

    /// An ensemble without members.
    Ensemble() noexcept = default;

    /// `members` lattices of rows x cols cells, all zero.
    ///
    /// Throws: std::invalid_argument for negative numbers; std::length_error for numbers that overflow; std::bad_alloc.
    KURAMOTO_PER_BUILD
    Ensemble(std::ptrdiff_t members, std::ptrdiff_t rows, std::ptrdiff_t cols)
        : cells_(allocate(members, rows, cols)), members_(members), rows_(rows), cols_(cols) {}

    /// Copies the cells.
    Ensemble(const Ensemble&) = default;
    /// Moves the cells; `other` is then empty.
    Ensemble(Ensemble&& other) noexcept { swap(other); }
    /// Copies the cells.
    Ensemble& operator=(const Ensemble&) = default;
    /// Moves the cells; `other` is then empty.
    Ensemble& operator=(Ensemble&& other) noexcept {
        Ensemble(static_cast<Ensemble&&>(other)).swap(*this);
        return *this;
    }
    ~Ensemble() = default;

    /// Exchanges the members of two ensembles; no cell is copied.
    void swap(Ensemble& other) noexcept {
        cells_.swap(other.cells_);
        std::swap(members_, other.members_);
        std::swap(rows_, other.rows_);
        std::swap(cols_, other.cols_);
    }

    /// Number of members.
    [[nodiscard]] std::ptrdiff_t members() const noexcept { return members_; }
    /// Number of rows of a member.
    [[nodiscard]] std::ptrdiff_t rows() const noexcept { return rows_; }
    /// Number of columns of a member.
    [[nodiscard]] std::ptrdiff_t cols() const noexcept { return cols_; }
    /// Number of cells of all members.
    [[nodiscard]] std::ptrdiff_t size() const noexcept { return empty() ? 0 : members_ * rows_ * cols_; }
    /// Whether there are no cells.
    [[nodiscard]] bool empty() const noexcept { return cells_.empty(); }

    /// A view of member k. A temporary has no view.
    ///
    /// Throws: std::out_of_range.
    KURAMOTO_PER_BUILD
    [[nodiscard]] Grid<T> member(std::ptrdiff_t k) & { return view_of<T>(cells_.data(), k); }
    /// A read-only view of member k.
    KURAMOTO_PER_BUILD
    [[nodiscard]] Grid<const T> member(std::ptrdiff_t k) const& { return view_of<const T>(cells_.data(), k); }
    KURAMOTO_PER_BUILD
    Grid<const T> member(std::ptrdiff_t k) const&& = delete;

    /// All cells in the order of memory: row g · rows() + i holds row i of group g, column j · lanes + l holds column j
    /// of lane l.
    [[nodiscard]] Grid<T> storage() & { return cells_.view(); }
    /// The same, read-only.
    [[nodiscard]] Grid<const T> storage() const& { return cells_.view(); }
    Grid<const T> storage() const&& = delete;

  private:
    KURAMOTO_PER_BUILD
    static Field<T> allocate(std::ptrdiff_t members, std::ptrdiff_t rows, std::ptrdiff_t cols) {
        if (members < 0)
            detail::invalid_argument("members must not be negative, but is " + detail::integer_text(members));
        detail::check_extents(rows, cols, sizeof(T));
        const std::ptrdiff_t groups = members / lanes + (members % lanes != 0 ? 1 : 0);
        std::ptrdiff_t all_rows = 0;
        std::ptrdiff_t all_cols = 0;
        std::ptrdiff_t cells = 0;
        std::ptrdiff_t bytes = 0;
        if (__builtin_mul_overflow(groups, rows, &all_rows) || __builtin_mul_overflow(cols, lanes, &all_cols) ||
            __builtin_mul_overflow(all_rows, all_cols, &cells) ||
            __builtin_mul_overflow(cells, std::ptrdiff_t{sizeof(T)}, &bytes))
            detail::length_error(detail::integer_text(members) + " members of " + detail::shape_text(rows, cols) +
                                 " cells are larger than the address space");
        return Field<T>(all_rows, all_cols);
    }

    template <class Element> Grid<Element> view_of(Element* cells, std::ptrdiff_t k) const {
        detail::check_index(k, members_, "member");
        if (cells == nullptr) return Grid<Element>(nullptr, rows_, cols_);
        return Grid<Element>(cells + k / lanes * rows_ * cols_ * lanes + k % lanes, rows_, cols_, cols_ * lanes, lanes);
    }

    Field<T> cells_;
    std::ptrdiff_t members_ = 0;
    std::ptrdiff_t rows_ = 0;
    std::ptrdiff_t cols_ = 0;
};

} // namespace kuramoto
