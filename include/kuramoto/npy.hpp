// Reads and writes fields as .npy files, the format of numpy.load and numpy.save. Opt-in: not part of kuramoto.hpp.
//
// An invalid file is an error before memory is allocated for its cells. A field is read completely or not at all, and a
// file is written completely or not at all.
#pragma once

#include <kuramoto/detail/io/cells.hpp>
#include <kuramoto/detail/io/npy_header.hpp>
#include <kuramoto/detail/io/output_file.hpp>
#include <kuramoto/grid/field.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string>

namespace kuramoto {

/// The header of a .npy file: shape, precision, order.
struct NpyInfo {
    std::ptrdiff_t rows = 0;   ///< the first extent of the shape
    std::ptrdiff_t cols = 0;   ///< the second extent of the shape
    int bits = 64;             ///< bits per cell: 32 (float32, `float`) or 64 (float64, `double`)
    bool column_major = false; ///< the cells of a column are adjacent (Fortran order), not those of a row
    bool big_endian = false;   ///< byte order of the cells
    int version = 1;           ///< major version of the format: 1, 2 or 3
    std::ptrdiff_t offset = 0; ///< bytes before the first cell
};

/// The order of the cells in a file: along the rows, or (Fortran order) along the columns.
enum class NpyOrder { row_major, column_major };

} // namespace kuramoto

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

inline const char* dtype_name(int bits) noexcept { return bits == 32 ? "float32" : "float64"; }

/// Precision and byte order: 'f4' or 'f8' after '<', '>', or '=', '|' or nothing, which mean the order of this machine.
inline void interpret_descr(const InputFile& file, const std::string& descr, NpyInfo& info) {
    constexpr bool is_big_endian_machine = std::endian::native == std::endian::big;
    const char order = descr.empty() ? '\0' : descr[0];
    const bool has_order = order == '<' || order == '>' || order == '=' || order == '|';
    const std::string type = descr.substr(has_order ? 1 : 0);
    if (type == "O") file.fail("it holds Python objects (dtype " + excerpt(descr) + "), which are never read");
    if (type != "f4" && type != "f8")
        file.fail("its dtype is " + excerpt(descr) + "; only float32 ('f4') and float64 ('f8') are read");
    info.bits = type == "f4" ? 32 : 64;
    info.big_endian = order == '>' || (order != '<' && is_big_endian_machine);
}

/// Throws unless the cells fill the rest of the file exactly. What Grid refuses as too large is refused here in the
/// same way, also when one extent is 0.
inline void check_payload(const InputFile& file, const NpyInfo& info) {
    const std::ptrdiff_t cell_size = info.bits / 8;
    const std::string shape = shape_text(info.rows, info.cols) + " cells of " + dtype_name(info.bits);
    const auto at_least_one = [](std::ptrdiff_t extent) { return extent > 0 ? extent : 1; };
    std::ptrdiff_t cells = 0;
    std::ptrdiff_t bytes = 0;
    if (__builtin_mul_overflow(at_least_one(info.rows), at_least_one(info.cols), &cells) ||
        __builtin_mul_overflow(cells, cell_size, &bytes))
        file.fail("its shape of " + shape + " is larger than the address space");
    if (info.rows == 0 || info.cols == 0) bytes = 0;

    const std::int64_t present = file.size() - std::int64_t{info.offset};
    if (present == bytes) return;
    const std::string numbers = shape + " take " + detail::integer_text(bytes) +
                                " bytes after the header, but there are " + detail::integer_text(present);
    file.fail((present < bytes ? "it is cut off: " : "it has trailing bytes: ") + numbers);
}

/// Everything about the file that can be known without reading its cells; leaves it at the first of them.
inline NpyInfo read_npy_info(InputFile& file) {
    const NpyHeader header = read_npy_header(file);
    NpyInfo info;
    info.column_major = header.is_column_major;
    info.version = header.version;
    info.offset = header.offset;
    interpret_descr(file, header.descr, info);
    if (header.dimensions != 2)
        file.fail("it has " + detail::integer_text(header.dimensions) + " dimensions; only arrays of 2 are read");
    info.rows = header.extents[0];
    info.cols = header.extents[1];
    check_payload(file, info);
    return info;
}

/// The same, of a file with cells of T.
template <class T> NpyInfo read_npy_info_of(InputFile& file) {
    const NpyInfo info = read_npy_info(file);
    constexpr int bits = 8 * static_cast<int>(sizeof(T));
    if (info.bits != bits)
        file.fail(string_of("it holds ") + dtype_name(info.bits) + ", but " + dtype_name(bits) + " is wanted");
    return info;
}

/// The dtype of T in the byte order of this machine.
template <class T> constexpr const char* descr_of() noexcept {
    if constexpr (std::endian::native == std::endian::big) {
        return sizeof(T) == 4 ? ">f4" : ">f8";
    } else {
        return sizeof(T) == 4 ? "<f4" : "<f8";
    }
}

} // namespace detail

/// The header of the 2-D .npy file at `path`: shape, precision, order.
///
/// Reads the header only, and compares the size of the file with it.
///
/// Throws: std::runtime_error, with the path and the reason, for a file that read_npy refuses for both precisions.
[[nodiscard]] inline NpyInfo npy_info(const std::string& path) {
    detail::InputFile file(path);
    return detail::read_npy_info(file);
}

/// Reads the field in the 2-D .npy file at `path`. Cell (i, j) is NumPy's array[i, j], bit-identical.
///
/// Reads C and Fortran order, both byte orders, versions 1.0, 2.0 and 3.0 of the format, and arrays without cells.
///
/// Requires: the dtype of T, float32 for `float` and float64 for `double`.
/// Throws: std::runtime_error, with the path and the reason, if the file
/// - cannot be opened or read, or is not a regular file;
/// - is not a .npy file, or has a damaged header or one of more than 64 KiB;
/// - has another dtype or another number of dimensions;
/// - is not exactly as long as its header says.
///
/// All but a system error while reading is found before memory is allocated. Also std::bad_alloc.
/// Cost: one pass over the file.
template <Real T> [[nodiscard]] Field<T> read_npy(const std::string& path) {
    detail::InputFile file(path);
    const NpyInfo info = detail::read_npy_info_of<T>(file);
    Field<T> field(info.rows, info.cols);
    const Grid<T> cells = field;
    const bool is_reversed = info.big_endian != (std::endian::native == std::endian::big);
    detail::read_cells(file, info.column_major ? cells.transposed() : cells, is_reversed);
    return field;
}

/// Writes the cells of a grid-like object, with any strides, to a .npy file of their precision.
///
/// The file is byte for byte that of numpy.save: version 1.0, in the byte order of this machine. `order` is the order
/// of the cells in the file; array[i, j] is cell (i, j) in both orders.
///
/// An existing file is replaced as a whole or not at all. The bytes go to a temporary file in the same folder
/// (".kuramoto-<number>.tmp"), which gets the final name when it is complete and synchronised with the disk. A new file
/// has default permissions. A replaced file keeps its permissions, but not its owner; other hard links keep the old
/// cells. A symbolic link stays, and its target is replaced or created.
///
/// Throws: std::runtime_error, with the path and the system's reason, if the path refers to a folder, a device, a pipe
/// or a write-protected file, or if an essential system call fails. The old file is then still there. Also as Grid, for
/// an invalid shape.
///
/// After a failure the temporary file is removed, except if all bytes were written and a later call fails: rename (for
/// example onto a file that is mounted into a container), or fsync and close for other reasons than lack of space. Then
/// the temporary file is kept, the message names it, and the next call for the same path replaces it. A program that is
/// killed may leave the temporary file. A file system without permissions or synchronisation is not a failure.
///
/// Cost: one pass over the cells; no allocation for them.
template <GridLike G> void write_npy(const std::string& path, const G& cells, NpyOrder order = NpyOrder::row_major) {
    using T = value_type_of<const G>;
    const Grid<const T> grid = as_grid(cells);
    const bool is_column_major = order == NpyOrder::column_major;
    const std::string header =
        detail::npy_header_text(detail::descr_of<T>(), {grid.rows(), grid.cols()}, is_column_major);
    detail::OutputFile file(path);
    file.write(header.data(), header.size());
    detail::write_cells(file, is_column_major ? grid.transposed() : grid, false);
    file.commit();
}

KURAMOTO_END_NAMESPACE
