// A run on disk, to be taken up again: its state and the parameters of a run with one coupling on a whole lattice.
// Edges, bonds, stepper and noise are the caller's to remember, for example in the text of the coupling. Opt-in: not
// part of kuramoto.hpp.
//
// The file, all numbers little-endian: a header of 96 bytes (see detail::CheckpointHeader), the name of the coupling,
// the checksum of both; the phases row by row, the frequencies likewise if they are a field, the checksum of these
// cells. Checksums are CRC-64/XZ.
#pragma once

#include <kuramoto/detail/io/cells.hpp>
#include <kuramoto/detail/io/checksum.hpp>
#include <kuramoto/detail/io/input_file.hpp>
#include <kuramoto/detail/io/output_file.hpp>
#include <kuramoto/grid/field.hpp>
#include <kuramoto/version.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string>

namespace kuramoto {

/// What a run of Euler steps is made of, except for its fields, edges and bonds.
struct RunParameters {
    std::string coupling = "sine"; ///< name of f; at most 255 bytes
    double K = 1.0;                ///< coupling strength, 1 / time
    double dt = 0.1;               ///< time step
    double start_time = 0.0;       ///< t₀, the time at step 0
    std::int64_t step = 0;         ///< steps done
    std::uint64_t seed = 0;        ///< of what was drawn, for the record
    double omega = 0.0;            ///< the frequency of all cells, where it is no field; rad / time
};

/// What a checkpoint says without its cells.
struct CheckpointInfo {
    RunParameters run;            ///< parameters of the run; run.omega only where has_omega_field is false
    std::ptrdiff_t rows = 0;      ///< of the lattice
    std::ptrdiff_t cols = 0;      ///< of the lattice
    int bits = 64;                ///< of a cell: 32 (`float`) or 64 (`double`)
    bool has_omega_field = false; ///< frequencies are a field, not run.omega
    int version[3] = {};          ///< of the library that wrote it
};

/// A run, to be taken up again.
template <Real T> struct Checkpoint {
    RunParameters run; ///< parameters of the run, without its fields
    Field<T> theta;    ///< the phases after run.step steps, rad
    Field<T> omega;    ///< the frequencies, rad / time; no cells where run.omega stands for all
};

inline namespace KURAMOTO_BUILD {
namespace detail {

inline constexpr char checkpoint_magic[8] = {'K', 'U', 'R', 'A', 'M', 'O', 'T', 'O'};
inline constexpr std::uint32_t checkpoint_format = 1;
inline constexpr std::size_t longest_coupling_name = 255;

/// The first bytes of the file, as they stand there: no gaps, every member at a multiple of its size.
struct CheckpointHeader {
    char magic[8];
    std::uint32_t format;
    std::uint32_t bits;
    std::int64_t rows;
    std::int64_t cols;
    double K;
    double dt;
    double start_time;
    double omega;
    std::int64_t step;
    std::uint64_t seed;
    std::uint32_t has_omega_field;
    std::uint32_t coupling_bytes;
    std::uint32_t version;
    std::uint32_t reserved;
};
static_assert(sizeof(CheckpointHeader) == 96);

/// Reverses the bytes of a number on machines that begin with the highest.
template <class Number> void to_little_endian(Number& number) noexcept {
    if constexpr (std::endian::native == std::endian::big) {
        if constexpr (sizeof(Number) == 4)
            number = std::bit_cast<Number>(__builtin_bswap32(std::bit_cast<std::uint32_t>(number)));
        else
            number = std::bit_cast<Number>(__builtin_bswap64(std::bit_cast<std::uint64_t>(number)));
    }
}
inline void to_little_endian(CheckpointHeader& header) noexcept {
    const auto each = [](auto&... numbers) { (to_little_endian(numbers), ...); };
    each(header.format, header.bits, header.rows, header.cols, header.K, header.dt, header.start_time, header.omega,
         header.step, header.seed, header.has_omega_field, header.coupling_bytes, header.version, header.reserved);
}

inline constexpr bool is_reversed_machine = std::endian::native == std::endian::big;

/// A file whose bytes are counted into a checksum on their way.
template <class File> class Checksummed {
  public:
    explicit Checksummed(File& file) : file_(file) {}

    void read(void* to, std::size_t bytes) {
        file_.read(to, bytes);
        sum_.add(to, bytes);
    }
    void write(const void* from, std::size_t bytes) {
        sum_.add(from, bytes);
        file_.write(from, bytes);
    }
    /// Whether the checksum of all bytes so far is the one that stands next in the file.
    [[nodiscard]] bool agrees() {
        std::uint64_t expected = 0;
        file_.read(&expected, sizeof expected);
        to_little_endian(expected);
        return expected == sum_.value();
    }
    /// Writes the checksum of all bytes so far.
    void finish() {
        std::uint64_t sum = sum_.value();
        to_little_endian(sum);
        file_.write(&sum, sizeof sum);
    }

  private:
    File& file_;
    Crc64 sum_;
};

/// Bytes of all cells and their checksum; fails where they are more than can be addressed.
inline std::int64_t checkpoint_payload(const InputFile& file, const CheckpointHeader& header) {
    const std::int64_t fields = header.has_omega_field != 0 ? 2 : 1;
    std::int64_t bytes = 0;
    if (__builtin_mul_overflow(header.rows, header.cols, &bytes) ||
        __builtin_mul_overflow(bytes, fields * std::int64_t{header.bits / 8}, &bytes) ||
        __builtin_add_overflow(bytes, std::int64_t{sizeof(std::uint64_t)}, &bytes))
        file.fail("its shape of " + shape_text(header.rows, header.cols) + " cells is larger than the address space");
    return bytes;
}

/// Throws unless a header whose checksum is right makes sense to this version.
inline void check_header(const InputFile& file, const CheckpointHeader& header) {
    if ((header.bits != 32 && header.bits != 64) || header.has_omega_field > 1 || header.rows < 0 || header.cols < 0 ||
        header.step < 0)
        file.fail("its header makes no sense");
    const std::int64_t head =
        static_cast<std::int64_t>(sizeof header + sizeof(std::uint64_t)) + std::int64_t{header.coupling_bytes};
    const std::int64_t expected = checkpoint_payload(file, header);
    const std::int64_t present = file.size() - head;
    if (present == expected) return;
    file.fail((present < expected ? "it is cut off: " : "it has trailing bytes: ") +
              shape_text(header.rows, header.cols) + " cells take " + detail::integer_text(expected) +
              " bytes after the header, but there are " + detail::integer_text(present));
}

/// Everything but the cells; leaves the file at the first of them.
inline CheckpointInfo read_checkpoint_info(InputFile& file) {
    CheckpointHeader header{};
    if (file.size() < static_cast<std::int64_t>(sizeof header)) file.fail("it is too short for a checkpoint");
    Checksummed<InputFile> checked(file);
    checked.read(&header, sizeof header);
    to_little_endian(header);
    if (__builtin_memcmp(header.magic, checkpoint_magic, sizeof checkpoint_magic) != 0)
        file.fail("it is not a checkpoint");
    if (header.format != checkpoint_format)
        file.fail("it is a checkpoint of format " + detail::integer_text(header.format) + ", and only format " +
                  detail::integer_text(checkpoint_format) + " is read");
    if (header.coupling_bytes > longest_coupling_name) file.fail("its header is damaged");
    CheckpointInfo info;
    info.run.coupling.resize(header.coupling_bytes);
    checked.read(info.run.coupling.data(), header.coupling_bytes);
    if (!checked.agrees()) file.fail("its header is damaged: the checksum is wrong");
    check_header(file, header);
    info.run.K = header.K;
    info.run.dt = header.dt;
    info.run.start_time = header.start_time;
    info.run.step = header.step;
    info.run.seed = header.seed;
    info.run.omega = header.omega;
    info.rows = static_cast<std::ptrdiff_t>(header.rows);
    info.cols = static_cast<std::ptrdiff_t>(header.cols);
    info.bits = static_cast<int>(header.bits);
    info.has_omega_field = header.has_omega_field != 0;
    info.version[0] = static_cast<int>(header.version >> 24);
    info.version[1] = static_cast<int>(header.version >> 12 & 0xfff);
    info.version[2] = static_cast<int>(header.version & 0xfff);
    return info;
}

template <class T>
CheckpointHeader checkpoint_header(const RunParameters& run, const Grid<const T>& theta, bool has_omega_field) {
    if (run.coupling.size() > longest_coupling_name)
        invalid_argument("the name of the coupling must have at most " + detail::integer_text(longest_coupling_name) +
                         " bytes, but has " + detail::integer_text(run.coupling.size()));
    if (run.step < 0) invalid_argument("step must not be negative, but is " + detail::integer_text(run.step));
    CheckpointHeader header{};
    __builtin_memcpy(header.magic, checkpoint_magic, sizeof checkpoint_magic);
    header.format = checkpoint_format;
    header.bits = 8 * static_cast<std::uint32_t>(sizeof(T));
    header.rows = theta.rows();
    header.cols = theta.cols();
    header.K = run.K;
    header.dt = run.dt;
    header.start_time = run.start_time;
    header.omega = run.omega;
    header.step = run.step;
    header.seed = run.seed;
    header.has_omega_field = has_omega_field ? 1 : 0;
    header.coupling_bytes = static_cast<std::uint32_t>(run.coupling.size());
    header.version =
        std::uint32_t{version_major} << 24 | std::uint32_t{version_minor} << 12 | std::uint32_t{version_patch};
    return header;
}

/// `omega` is null where run.omega stands for all cells.
template <class T>
void write_checkpoint(const std::string& path, const RunParameters& run, const Grid<const T>& theta,
                      const Grid<const T>* omega) {
    CheckpointHeader header = checkpoint_header(run, theta, omega != nullptr);
    to_little_endian(header);
    OutputFile file(path);
    Checksummed<OutputFile> head(file);
    head.write(&header, sizeof header);
    head.write(run.coupling.data(), run.coupling.size());
    head.finish();
    Checksummed<OutputFile> cells(file);
    write_cells(cells, theta, is_reversed_machine);
    if (omega != nullptr) write_cells(cells, *omega, is_reversed_machine);
    cells.finish();
    file.commit();
}

} // namespace detail

/// Saves a run whose frequency is one number, run.omega.
///
/// As with write_npy, the file is replaced as a whole or not at all. If the program is killed at any moment, the
/// previous checkpoint is still there.
///
/// Throws: std::runtime_error, with the path and the system's reason, if a file operation fails. A complete checkpoint
/// that cannot be renamed is kept under its temporary name, and the message states that name.
/// Throws: std::invalid_argument, before anything is written, if the name of the coupling has more than 255 bytes or
/// the step is negative.
/// Cost: one pass over the cells.
template <GridLike Theta> void write_checkpoint(const std::string& path, const RunParameters& run, const Theta& theta) {
    using T = value_type_of<const Theta>;
    detail::write_checkpoint<T>(path, run, as_grid(theta), nullptr);
}

/// Saves a run whose frequencies are a field of the shape of theta; run.omega is not used. Throws as above, and
/// std::invalid_argument for fields of different shapes.
template <GridLike Theta, GridLike Omega>
requires std::same_as<value_type_of<const Theta>, value_type_of<const Omega>>
void write_checkpoint(const std::string& path, const RunParameters& run, const Theta& theta, const Omega& omega) {
    using T = value_type_of<const Theta>;
    const Grid<const T> phases = as_grid(theta);
    const Grid<const T> frequencies = as_grid(omega);
    if (phases.rows() != frequencies.rows() || phases.cols() != frequencies.cols())
        detail::invalid_argument("theta and omega must have the same shape, but theta is " +
                                 detail::shape_text(phases.rows(), phases.cols()) + " and omega is " +
                                 detail::shape_text(frequencies.rows(), frequencies.cols()));
    detail::write_checkpoint<T>(path, run, phases, &frequencies);
}

/// What the checkpoint at `path` holds. Reads its header only; throws as read_checkpoint, but does not notice damaged
/// cells.
[[nodiscard]] inline CheckpointInfo checkpoint_info(const std::string& path) {
    detail::InputFile file(path);
    return detail::read_checkpoint_info(file);
}

/// The run that was saved at `path`, to the bit.
///
/// Throws std::runtime_error, naming the path and what is wrong, for a file that cannot be opened, is no checkpoint, is
/// of another format or precision, is cut off or longer than it says (before memory is allocated for its cells), or
/// whose checksums are not those of its bytes. One pass over the file.
template <Real T> [[nodiscard]] Checkpoint<T> read_checkpoint(const std::string& path) {
    detail::InputFile file(path);
    const CheckpointInfo info = detail::read_checkpoint_info(file);
    constexpr int bits = 8 * static_cast<int>(sizeof(T));
    if (info.bits != bits)
        file.fail("it holds cells of " + detail::integer_text(info.bits) + " bits, but " + detail::integer_text(bits) +
                  " are wanted");
    Checkpoint<T> checkpoint{info.run, Field<T>(info.rows, info.cols), {}};
    if (info.has_omega_field) checkpoint.omega = Field<T>(info.rows, info.cols);
    detail::Checksummed<detail::InputFile> cells(file);
    detail::read_cells(cells, checkpoint.theta.view(), detail::is_reversed_machine);
    detail::read_cells(cells, checkpoint.omega.view(), detail::is_reversed_machine);
    if (!cells.agrees()) file.fail("its cells are damaged: the checksum is wrong");
    return checkpoint;
}

} // namespace KURAMOTO_BUILD
} // namespace kuramoto
