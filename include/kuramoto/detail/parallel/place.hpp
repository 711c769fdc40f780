// Place: which part of a lattice this process has. All of it, unless a policy spans several processes (mpi.hpp).
#pragma once

#include <kuramoto/detail/build/config.hpp>

#include <cstddef>

namespace kuramoto {
namespace detail {

/// Where the cells of this process begin in the whole lattice, and how large that is. By default they are all cells.
struct Place {
    bool is_part = false; ///< whether other processes have the other cells; otherwise the rest of this means nothing
    std::ptrdiff_t first_row = 0;
    std::ptrdiff_t first_col = 0;
    std::ptrdiff_t rows = 0; ///< of the whole lattice
    std::ptrdiff_t cols = 0;

    /// The rows, columns and cells of the whole lattice, of which `grid` are the cells of this process.
    template <class G> [[nodiscard]] std::ptrdiff_t rows_of(const G& grid) const noexcept {
        return is_part ? rows : grid.rows();
    }
    template <class G> [[nodiscard]] std::ptrdiff_t cols_of(const G& grid) const noexcept {
        return is_part ? cols : grid.cols();
    }
    template <class G> [[nodiscard]] std::ptrdiff_t cells_of(const G& grid) const noexcept {
        return rows_of(grid) * cols_of(grid);
    }

    /// The same with rows and columns exchanged.
    [[nodiscard]] Place transposed() const noexcept { return {is_part, first_col, first_row, cols, rows}; }
};

} // namespace detail
} // namespace kuramoto
