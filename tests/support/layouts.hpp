// Cells<T>: an array with a view of it in one of several layouts. Every element outside the view is a canary: a NaN of
// known bits, which shows up in a result if it is read and is missed if it is written.
#pragma once

#include <kuramoto/grid/grid.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

namespace test {

namespace km = kuramoto;

enum class Layout {
    contiguous,   ///< row-major, no gaps, nothing before or behind: sanitizers see an access past either end
    padded,       ///< row-major with five elements between the rows
    column_major, ///< the other way round, with two elements between the columns
    mirrored,     ///< both strides negative
    window,       ///< every second row and every third column of a larger array
};

inline constexpr std::array<Layout, 5> all_layouts{Layout::contiguous, Layout::padded, Layout::column_major,
                                                   Layout::mirrored, Layout::window};

inline const char* name(Layout layout) {
    switch (layout) {
    case Layout::contiguous:
        return "contiguous";
    case Layout::padded:
        return "padded";
    case Layout::column_major:
        return "column-major";
    case Layout::mirrored:
        return "mirrored";
    case Layout::window:
        return "window";
    }
    return "?";
}

template <class T> class Cells {
  public:
    Cells(Layout layout, std::ptrdiff_t rows, std::ptrdiff_t cols) : rows_(rows), cols_(cols) {
        const std::ptrdiff_t margin = layout == Layout::contiguous ? 0 : 3;
        set_strides(layout);
        std::ptrdiff_t span = 0;
        if (rows > 0 && cols > 0) {
            span = size_of(row_stride_) * (rows - 1) + size_of(col_stride_) * (cols - 1) + 1;
            first_ = margin;
            if (row_stride_ < 0) first_ -= row_stride_ * (rows - 1);
            if (col_stride_ < 0) first_ -= col_stride_ * (cols - 1);
        }
        values_.resize(static_cast<std::size_t>(span + 2 * margin));
        is_cell_.assign(values_.size(), false);
        for (T& value : values_) set_canary(value);
        for (std::ptrdiff_t i = 0; i < rows; ++i)
            for (std::ptrdiff_t j = 0; j < cols; ++j)
                is_cell_[static_cast<std::size_t>(first_ + i * row_stride_ + j * col_stride_)] = true;
    }

    [[nodiscard]] km::Grid<T> view() {
        return km::Grid<T>(values_.empty() ? nullptr : values_.data() + first_, rows_, cols_, row_stride_, col_stride_);
    }

    /// Whether every element outside the view still has the bits of the canary.
    [[nodiscard]] bool canaries_alive() const {
        T canary;
        set_canary(canary);
        for (std::size_t k = 0; k < values_.size(); ++k)
            if (!is_cell_[k] && std::memcmp(&values_[k], &canary, sizeof(T)) != 0) return false;
        return true;
    }

  private:
    static std::ptrdiff_t size_of(std::ptrdiff_t stride) { return stride < 0 ? -stride : stride; }

    static void set_canary(T& value) {
        if constexpr (sizeof(T) == 4) {
            const std::uint32_t bits = 0x7fc0beefU;
            std::memcpy(&value, &bits, sizeof bits);
        } else {
            const std::uint64_t bits = 0x7ff80000deadbeefU;
            std::memcpy(&value, &bits, sizeof bits);
        }
    }

    void set_strides(Layout layout) {
        row_stride_ = cols_;
        col_stride_ = 1;
        if (layout == Layout::padded) row_stride_ = cols_ + 5;
        if (layout == Layout::column_major) {
            row_stride_ = 1;
            col_stride_ = rows_ + 2;
        }
        if (layout == Layout::mirrored) {
            row_stride_ = -cols_ - 1;
            col_stride_ = -1;
        }
        if (layout == Layout::window) {
            row_stride_ = 2 * (3 * cols_ + 1);
            col_stride_ = 3;
        }
    }

    std::ptrdiff_t rows_;
    std::ptrdiff_t cols_;
    std::ptrdiff_t row_stride_ = 0;
    std::ptrdiff_t col_stride_ = 0;
    std::ptrdiff_t first_ = 0;
    std::vector<T> values_;
    std::vector<bool> is_cell_;
};

} // namespace test
