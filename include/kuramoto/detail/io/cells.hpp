// The cells of a grid on their way to and from a file, piece by piece.
#pragma once

#include <kuramoto/grid/grid.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

static_assert(sizeof(float) == 4 && sizeof(double) == 8);

/// Reverses the bytes of every cell, as integers: as numbers, some NaNs would change.
template <class T> void reverse_bytes(T* cells, std::ptrdiff_t count) noexcept {
    for (std::ptrdiff_t i = 0; i < count; ++i) {
        if constexpr (sizeof(T) == 4) {
            cells[i] = std::bit_cast<T>(__builtin_bswap32(std::bit_cast<std::uint32_t>(cells[i])));
        } else {
            cells[i] = std::bit_cast<T>(__builtin_bswap64(std::bit_cast<std::uint64_t>(cells[i])));
        }
    }
}

/// One row of all cells, if they lie side by side.
template <class T> Grid<T> flattened(const Grid<T>& cells) {
    const bool is_contiguous = cells.col_stride() == 1 && cells.row_stride() == cells.cols();
    return is_contiguous ? Grid<T>(cells.data(), 1, cells.size()) : cells;
}

/// Calls `visit(i, j, count)` for pieces of rows of at most `most` cells, in the order of a file.
template <class T, class Visit> void for_each_piece(const Grid<T>& cells, std::ptrdiff_t most, const Visit& visit) {
    if (cells.empty()) return; // there may be very many rows without cells
    for (std::ptrdiff_t i = 0; i < cells.rows(); ++i)
        for (std::ptrdiff_t j = 0; j < cells.cols(); j += most) {
            const std::ptrdiff_t rest = cells.cols() - j;
            visit(i, j, rest < most ? rest : most);
        }
}

/// Cells on their way between memory and a file; on the stack, so that strided grids need no copy.
template <class T> inline constexpr std::ptrdiff_t cells_per_piece = 16384 / static_cast<std::ptrdiff_t>(sizeof(T));

/// Reads the cells row by row from anything that reads bytes.
template <class File, class T> void read_cells(File& file, const Grid<T>& to, bool is_reversed) {
    T piece[cells_per_piece<T>];
    const Grid<T> cells = flattened(to);
    for_each_piece(cells, cells_per_piece<T>, [&](std::ptrdiff_t i, std::ptrdiff_t j, std::ptrdiff_t count) {
        file.read(piece, static_cast<std::size_t>(count) * sizeof(T));
        if (is_reversed) reverse_bytes(piece, count);
        for (std::ptrdiff_t k = 0; k < count; ++k) cells(i, j + k) = piece[k];
    });
}

/// Bytes that are written at once where cells lie in memory as in the file: so many that the calls cost little, so few
/// that the system finds them in the cache when it copies them.
inline constexpr std::ptrdiff_t bytes_per_write = std::ptrdiff_t{1} << 20;

/// Writes the cells row by row to anything that writes bytes.
template <class File, class T> void write_cells(File& file, const Grid<const T>& from, bool is_reversed) {
    const Grid<const T> cells = flattened(from);
    const auto byte_count = [](std::ptrdiff_t count) { return static_cast<std::size_t>(count) * sizeof(T); };
    if (cells.col_stride() == 1 && !is_reversed) {
        constexpr std::ptrdiff_t most = bytes_per_write / static_cast<std::ptrdiff_t>(sizeof(T));
        for_each_piece(cells, most, [&](std::ptrdiff_t i, std::ptrdiff_t j, std::ptrdiff_t count) {
            file.write(cells.data() + i * cells.row_stride() + j, byte_count(count));
        });
        return;
    }
    T piece[cells_per_piece<T>];
    for_each_piece(cells, cells_per_piece<T>, [&](std::ptrdiff_t i, std::ptrdiff_t j, std::ptrdiff_t count) {
        for (std::ptrdiff_t k = 0; k < count; ++k) piece[k] = cells(i, j + k);
        if (is_reversed) reverse_bytes(piece, count);
        file.write(piece, byte_count(count));
    });
}

} // namespace detail
KURAMOTO_END_NAMESPACE
