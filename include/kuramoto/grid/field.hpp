// Field<T>: a rows x cols array that owns its memory.
#pragma once

#include <kuramoto/detail/memory/huge_pages.hpp>
#include <kuramoto/grid/grid.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <utility>

namespace kuramoto {

/// A row-major array of rows x cols cells that owns its memory: zeroed, without gaps, aligned to 64 bytes.
///
/// A Field converts to Grid<T> and Grid<const T>, which view it. A temporary Field does not convert, because the view
/// would outlive the cells. Copying copies the cells; a moved-from Field is empty.
template <Real T> class Field {
  public:
    /// The type of a cell: `float` or `double`.
    using value_type = T;
    /// Alignment of the first cell in bytes: one cache line, and the widest vector.
    static constexpr std::size_t alignment = 64;

    /// A field without cells.
    Field() noexcept = default;

    /// rows x cols cells, all zero.
    ///
    /// Throws: std::invalid_argument for negative extents; std::length_error for extents that overflow; std::bad_alloc.
    /// Cost: no pass over the memory if the system provides zeroed pages, as it does for large blocks. A page then
    /// belongs to the processor whose thread writes to it first.
    KURAMOTO_PER_BUILD
    Field(std::ptrdiff_t rows, std::ptrdiff_t cols) : data_(allocate(rows, cols)), rows_(rows), cols_(cols) {}

    /// A copy of the cells of a view with any strides.
    KURAMOTO_PER_BUILD
    explicit Field(Grid<const T> cells)
        : data_(allocate(cells.rows(), cells.cols())), rows_(cells.rows()), cols_(cells.cols()) {
        copy_from(cells);
    }

    /// A copy of the cells of any other grid-like object with cells of T.
    template <GridLike G, class = Build>
    requires(std::same_as<value_type_of<const G>, T> && !std::convertible_to<const G&, Grid<const T>>)
    explicit Field(const G& cells) : Field(Grid<const T>(as_grid(cells))) {}

    /// Copies the cells.
    Field(const Field& other) : Field(Grid<const T>(other)) {}
    /// Moves the cells; `other` is then empty.
    Field(Field&& other) noexcept { swap(other); }
    /// Copies the cells. A field of the same shape keeps its memory, so that views of it stay valid.
    Field& operator=(const Field& other) {
        if (this == &other) return *this;
        if (rows_ == other.rows_ && cols_ == other.cols_)
            copy_from(other);
        else
            Field(other).swap(*this);
        return *this;
    }
    /// Moves the cells; `other` is then empty.
    Field& operator=(Field&& other) noexcept {
        Field(static_cast<Field&&>(other)).swap(*this);
        return *this;
    }
    ~Field() { release(data_); }

    /// Exchanges the cells of two fields; no cell is copied.
    void swap(Field& other) noexcept {
        std::swap(data_, other.data_);
        std::swap(rows_, other.rows_);
        std::swap(cols_, other.cols_);
    }

    /// Number of rows.
    [[nodiscard]] std::ptrdiff_t rows() const noexcept { return rows_; }
    /// Number of columns.
    [[nodiscard]] std::ptrdiff_t cols() const noexcept { return cols_; }
    /// Elements from a cell to the one below it: cols().
    [[nodiscard]] std::ptrdiff_t row_stride() const noexcept { return cols_; }
    /// Elements from a cell to the one on its right: 1.
    [[nodiscard]] std::ptrdiff_t col_stride() const noexcept { return 1; }
    /// Pointer to cell (0, 0); null without cells.
    [[nodiscard]] T* data() noexcept { return data_; }
    /// Pointer to cell (0, 0); null without cells.
    [[nodiscard]] const T* data() const noexcept { return data_; }
    /// Number of cells.
    [[nodiscard]] std::ptrdiff_t size() const noexcept { return rows_ * cols_; }
    /// Whether there are no cells.
    [[nodiscard]] bool empty() const noexcept { return rows_ == 0 || cols_ == 0; }

    /// Cell (i, j); checked as Grid::operator() is.
    KURAMOTO_PER_BUILD
    T& operator()(std::ptrdiff_t i, std::ptrdiff_t j) noexcept(!KURAMOTO_CHECK_INDICES) { return data_[offset(i, j)]; }
    /// Cell (i, j); checked as Grid::operator() is.
    KURAMOTO_PER_BUILD
    const T& operator()(std::ptrdiff_t i, std::ptrdiff_t j) const noexcept(!KURAMOTO_CHECK_INDICES) {
        return data_[offset(i, j)];
    }

    /// Sets every cell.
    void fill(T value) noexcept {
        for (std::ptrdiff_t i = 0; i < size(); ++i) data_[i] = value;
    }

    /// A view of all cells. A temporary has no view.
    [[nodiscard]] Grid<T> view() & { return Grid<T>(data_, rows_, cols_); }
    /// A read-only view of all cells.
    [[nodiscard]] Grid<const T> view() const& { return Grid<const T>(data_, rows_, cols_); }
    Grid<const T> view() const&& = delete;

    /// view().
    operator Grid<T>() & { return view(); }
    /// view().
    operator Grid<const T>() const& { return view(); }
    operator Grid<const T>() const&& = delete;

    /// A view of a window: see Grid::subgrid.
    [[nodiscard]] Grid<T> subgrid(std::ptrdiff_t row, std::ptrdiff_t col, std::ptrdiff_t rows, std::ptrdiff_t cols) & {
        return view().subgrid(row, col, rows, cols);
    }
    /// A read-only view of a window: see Grid::subgrid.
    [[nodiscard]] Grid<const T> subgrid(std::ptrdiff_t row, std::ptrdiff_t col, std::ptrdiff_t rows,
                                        std::ptrdiff_t cols) const& {
        return view().subgrid(row, col, rows, cols);
    }
    /// A view with rows and columns exchanged: see Grid::transposed.
    [[nodiscard]] Grid<T> transposed() & { return view().transposed(); }
    /// A view with rows and columns exchanged: see Grid::transposed.
    [[nodiscard]] Grid<const T> transposed() const& { return view().transposed(); }

  private:
    [[nodiscard]] std::size_t byte_count() const noexcept { return static_cast<std::size_t>(size()) * sizeof(T); }

    KURAMOTO_PER_BUILD
    [[nodiscard]] std::ptrdiff_t offset(std::ptrdiff_t i, std::ptrdiff_t j) const noexcept(!KURAMOTO_CHECK_INDICES) {
#if KURAMOTO_CHECK_INDICES
        detail::check_index(i, rows_, "row");
        detail::check_index(j, cols_, "column");
#endif
        return i * cols_ + j;
    }

    // Zeroed memory from calloc, which gives no alignment: the address to be freed stands before the first cell.
    KURAMOTO_PER_BUILD
    static T* allocate(std::ptrdiff_t rows, std::ptrdiff_t cols) {
        detail::check_extents(rows, cols, sizeof(T));
        if (rows == 0 || cols == 0) return nullptr;
        const std::size_t bytes = static_cast<std::size_t>(rows) * static_cast<std::size_t>(cols) * sizeof(T);
        void* const block = __builtin_calloc(1, bytes + alignment + sizeof(void*));
        if (block == nullptr) detail::out_of_memory(bytes);
        const auto address = reinterpret_cast<std::uintptr_t>(block) + sizeof(void*);
        const std::uintptr_t gap = (alignment - address % alignment) % alignment;
        char* const cells = static_cast<char*>(block) + sizeof(void*) + gap;
        __builtin_memcpy(cells - sizeof(void*), &block, sizeof(void*));
        detail::prefer_huge_pages(cells, bytes);
        return reinterpret_cast<T*>(cells);
    }

    static void release(T* data) noexcept {
        if (data == nullptr) return;
        void* block = nullptr;
        __builtin_memcpy(&block, reinterpret_cast<char*>(data) - sizeof(void*), sizeof(void*));
        __builtin_free(block);
    }

    void copy_from(Grid<const T> cells) noexcept {
        if (cells.empty()) return; // there may be very many rows without cells
        if (cells.col_stride() == 1 && cells.row_stride() == cols_ && data_ != nullptr) {
            __builtin_memcpy(data_, cells.data(), byte_count());
            return;
        }
        for (std::ptrdiff_t i = 0; i < rows_; ++i)
            for (std::ptrdiff_t j = 0; j < cols_; ++j) data_[i * cols_ + j] = cells(i, j);
    }

    T* data_ = nullptr;
    std::ptrdiff_t rows_ = 0;
    std::ptrdiff_t cols_ = 0;
};

template <class T> Grid(Field<T>&) -> Grid<T>;
template <class T> Grid(const Field<T>&) -> Grid<const T>;
template <class T> Field(Grid<T>) -> Field<std::remove_const_t<T>>;
template <GridLike G> Field(const G&) -> Field<value_type_of<const G>>;

static_assert(GridLike<Grid<const float>> && GridLike<Field<double>> && WritableGridLike<Field<float>>);
static_assert(!WritableGridLike<const Field<float>> && !WritableGridLike<Grid<const double>>);

} // namespace kuramoto
