// Grid<T>: a non-owning view of a rows x cols array with any strides, and what counts as grid-like.
#pragma once

#include <kuramoto/detail/build/config.hpp>
#include <kuramoto/detail/build/errors.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace kuramoto {

/// The types a cell can have: `float` or `double`.
template <class T>
concept Real = std::same_as<T, float> || std::same_as<T, double>;

namespace detail {

/// |stride|, correct for the most negative value as well.
constexpr std::size_t magnitude(std::ptrdiff_t stride) noexcept {
    return stride < 0 ? std::size_t{0} - static_cast<std::size_t>(stride) : static_cast<std::size_t>(stride);
}

/// Throws unless rows and cols are counts and rows * cols cells of `cell_size` bytes can be addressed, also when
/// one of the two extents is 0.
inline void check_extents(std::ptrdiff_t rows, std::ptrdiff_t cols, std::size_t cell_size) {
    if (rows < 0) invalid_argument("rows must not be negative, but is " + integer_text(rows));
    if (cols < 0) invalid_argument("cols must not be negative, but is " + integer_text(cols));
    std::size_t cells = 0;
    std::size_t bytes = 0;
    const auto most = [](std::ptrdiff_t n) { return static_cast<std::size_t>(n > 0 ? n : 1); };
    if (__builtin_mul_overflow(most(rows), most(cols), &cells) || __builtin_mul_overflow(cells, cell_size, &bytes) ||
        bytes > static_cast<std::size_t>(PTRDIFF_MAX))
        length_error("a grid of rows x cols = " + shape_text(rows, cols) + " cells is larger than the address space");
}

/// Throws unless the cells reached by these strides span less than the address space.
inline void check_strides(std::ptrdiff_t rows, std::ptrdiff_t cols, std::ptrdiff_t row_stride,
                          std::ptrdiff_t col_stride, std::size_t cell_size) {
    if (rows == 0 || cols == 0) return;
    std::size_t down = 0;
    std::size_t across = 0;
    std::size_t span = 0;
    if (__builtin_mul_overflow(magnitude(row_stride), static_cast<std::size_t>(rows - 1), &down) ||
        __builtin_mul_overflow(magnitude(col_stride), static_cast<std::size_t>(cols - 1), &across) ||
        __builtin_add_overflow(down, across, &span) || span >= static_cast<std::size_t>(PTRDIFF_MAX) / cell_size)
        length_error("strides of row_stride = " + integer_text(row_stride) + ", col_stride = " +
                     integer_text(col_stride) + " over " + shape_text(rows, cols) + " cells leave the address space");
}

/// Throws unless `index` names one of `extent` rows or columns.
inline void check_index(std::ptrdiff_t index, std::ptrdiff_t extent, const char* name) {
    if (index < 0 || index >= extent)
        raise<std::out_of_range>(string_of(name) + " must be in [0, " + integer_text(extent) + "), but is " +
                                 integer_text(index));
}

} // namespace detail

/// A non-owning view of rows x cols cells, with any strides.
///
/// Cell (i, j) is data()[i * row_stride() + j * col_stride()]. Strides are in elements and can have any sign: a window,
/// every second row, a mirrored or a column-major array are all views. Copying a Grid copies the view, not the cells.
/// Constness is shallow, as for a pointer: Grid<const T> is a view that does not write. Trivially copyable; five words.
template <class T>
requires Real<std::remove_const_t<T>>
class Grid {
  public:
    /// The type of a cell: `float` or `double`.
    using value_type = std::remove_const_t<T>;
    /// `T`: const for a view that only reads.
    using element_type = T;

    /// A view of no cells.
    constexpr Grid() noexcept = default;

    /// A view of a row-major array without gaps.
    ///
    /// Throws: std::invalid_argument for negative extents or a null pointer to cells; std::length_error for extents
    /// that overflow.
    KURAMOTO_PER_BUILD
    Grid(T* data, std::ptrdiff_t rows, std::ptrdiff_t cols) : Grid(data, rows, cols, cols, 1) {}

    /// A view with any strides, in elements.
    ///
    /// Throws: as the constructor without strides; std::length_error if the strides leave the address space.
    KURAMOTO_PER_BUILD
    Grid(T* data, std::ptrdiff_t rows, std::ptrdiff_t cols, std::ptrdiff_t row_stride, std::ptrdiff_t col_stride)
        : data_(data), rows_(rows), cols_(cols), row_stride_(row_stride), col_stride_(col_stride) {
        detail::check_extents(rows, cols, sizeof(T));
        detail::check_strides(rows, cols, row_stride, col_stride, sizeof(T));
        if (data == nullptr && rows != 0 && cols != 0)
            detail::invalid_argument("data must not be null for a grid of " + detail::shape_text(rows, cols) +
                                     " cells");
    }

    /// A view that writes converts to one that only reads.
    template <class Mutable>
    requires std::same_as<const Mutable, T> && (!std::is_const_v<Mutable>)
    constexpr Grid(const Grid<Mutable>& other) noexcept
        : data_(other.data()), rows_(other.rows()), cols_(other.cols()), row_stride_(other.row_stride()),
          col_stride_(other.col_stride()) {}

    /// Number of rows.
    [[nodiscard]] constexpr std::ptrdiff_t rows() const noexcept { return rows_; }
    /// Number of columns.
    [[nodiscard]] constexpr std::ptrdiff_t cols() const noexcept { return cols_; }
    /// Elements from a cell to the one below it.
    [[nodiscard]] constexpr std::ptrdiff_t row_stride() const noexcept { return row_stride_; }
    /// Elements from a cell to the one on its right.
    [[nodiscard]] constexpr std::ptrdiff_t col_stride() const noexcept { return col_stride_; }
    /// Cell (0, 0).
    [[nodiscard]] constexpr T* data() const noexcept { return data_; }
    /// Number of cells.
    [[nodiscard]] constexpr std::ptrdiff_t size() const noexcept { return rows_ * cols_; }
    /// Whether there are no cells.
    [[nodiscard]] constexpr bool empty() const noexcept { return rows_ == 0 || cols_ == 0; }

    /// Cell (i, j).
    ///
    /// Throws: std::out_of_range, if KURAMOTO_CHECK_INDICES is on (debug builds).
    KURAMOTO_PER_BUILD
    constexpr T& operator()(std::ptrdiff_t i, std::ptrdiff_t j) const noexcept(!KURAMOTO_CHECK_INDICES) {
#if KURAMOTO_CHECK_INDICES
        detail::check_index(i, rows_, "row");
        detail::check_index(j, cols_, "column");
#endif
        return data_[i * row_stride_ + j * col_stride_];
    }

    /// The window of rows x cols cells whose first cell is (row, col).
    ///
    /// Throws: std::invalid_argument if the window does not lie within this grid.
    KURAMOTO_PER_BUILD
    [[nodiscard]] Grid subgrid(std::ptrdiff_t row, std::ptrdiff_t col, std::ptrdiff_t rows, std::ptrdiff_t cols) const {
        if (row < 0 || col < 0 || rows < 0 || cols < 0 || row > rows_ || col > cols_ || rows > rows_ - row ||
            cols > cols_ - col)
            detail::invalid_argument("a window of " + detail::shape_text(rows, cols) + " cells at (" +
                                     detail::integer_text(row) + ", " + detail::integer_text(col) +
                                     ") does not lie within a grid of " + detail::shape_text(rows_, cols_));
        // An empty window has no first cell to point at.
        T* first = rows == 0 || cols == 0 ? data_ : data_ + (row * row_stride_ + col * col_stride_);
        return Grid(first, rows, cols, row_stride_, col_stride_);
    }

    /// The same cells with rows and columns exchanged; costs nothing.
    KURAMOTO_PER_BUILD
    [[nodiscard]] Grid transposed() const { return Grid(data_, cols_, rows_, col_stride_, row_stride_); }

  private:
    T* data_ = nullptr;
    std::ptrdiff_t rows_ = 0;
    std::ptrdiff_t cols_ = 0;
    std::ptrdiff_t row_stride_ = 0;
    std::ptrdiff_t col_stride_ = 1;
};

static_assert(std::is_trivially_copyable_v<Grid<float>> && std::is_trivially_copyable_v<Grid<const double>>);

/// Anything with the members of a Grid: Grid, Field, or your own class.
template <class G>
concept GridLike = requires(G& grid) {
    { grid.rows() } -> std::convertible_to<std::ptrdiff_t>;
    { grid.cols() } -> std::convertible_to<std::ptrdiff_t>;
    { grid.row_stride() } -> std::convertible_to<std::ptrdiff_t>;
    { grid.col_stride() } -> std::convertible_to<std::ptrdiff_t>;
    requires std::is_pointer_v<decltype(grid.data())>;
    requires Real<std::remove_const_t<std::remove_pointer_t<decltype(grid.data())>>>;
};

/// A grid-like object whose cells can be written.
template <class G>
concept WritableGridLike =
    GridLike<G> && requires(G& grid) { requires !std::is_const_v<std::remove_pointer_t<decltype(grid.data())>>; };

/// The type of the cells of the grid-like `G`: `float` or `double`.
template <GridLike G>
using value_type_of = std::remove_const_t<std::remove_pointer_t<decltype(std::declval<G&>().data())>>;

/// Two grid-like objects whose cells have the same precision: both float, or both double.
template <class First, class Second>
concept SamePrecision =
    GridLike<First> && GridLike<Second> && std::same_as<value_type_of<First>, value_type_of<Second>>;

/// The Grid that views a grid-like object.
///
/// Throws: as the constructor of Grid with strides.
template <GridLike G, class = Build> [[nodiscard]] auto as_grid(G& grid) {
    using Element = std::remove_pointer_t<decltype(grid.data())>;
    return Grid<Element>(grid.data(), static_cast<std::ptrdiff_t>(grid.rows()),
                         static_cast<std::ptrdiff_t>(grid.cols()), static_cast<std::ptrdiff_t>(grid.row_stride()),
                         static_cast<std::ptrdiff_t>(grid.col_stride()));
}

} // namespace kuramoto
