// Frames of a run in one .npy file of shape (frames, rows, cols), which grows during the run. Opt-in.
#pragma once

#include <kuramoto/detail/io/growing_file.hpp>
#include <kuramoto/npy.hpp>

#include <cstddef>
#include <cstdint>
#include <string>

namespace kuramoto {

/// The header of a series: number and shape of its frames, precision.
struct NpySeriesInfo {
    std::int64_t frames = 0;   ///< number of frames in the header
    std::ptrdiff_t rows = 0;   ///< rows of a frame
    std::ptrdiff_t cols = 0;   ///< columns of a frame
    int bits = 64;             ///< bits per cell: 32 (`float`) or 64 (`double`)
    std::ptrdiff_t offset = 0; ///< bytes before the first frame
};

} // namespace kuramoto

namespace kuramoto::mpi {
inline namespace KURAMOTO_BUILD {
template <Real T> class NpySeries;
}
} // namespace kuramoto::mpi

KURAMOTO_BEGIN_NAMESPACE

/// The header of the 3-D .npy file at `path`, which has frames as NpySeries writes them.
///
/// Reads the header only. Bytes after the last frame are not an error: a program may have been killed while it wrote
/// the next one.
///
/// Throws: std::runtime_error, with the path and the reason, for any other file.
[[nodiscard]] inline NpySeriesInfo npy_series_info(const std::string& path) {
    detail::InputFile file(path);
    const detail::NpyHeader header = detail::read_npy_header(file);
    NpyInfo cells;
    detail::interpret_descr(file, header.descr, cells);
    if (header.dimensions != 3)
        file.fail("it has " + detail::integer_text(header.dimensions) + " dimensions; a series of frames has 3");
    if (header.is_column_major || cells.big_endian != (std::endian::native == std::endian::big))
        file.fail("its cells are not in the order in which frames are written here");
    const NpySeriesInfo info{header.extents[0], header.extents[1], header.extents[2], cells.bits, header.offset};
    std::int64_t bytes = 0;
    if (__builtin_mul_overflow(info.rows, info.cols, &bytes) || __builtin_mul_overflow(bytes, info.frames, &bytes) ||
        __builtin_mul_overflow(bytes, std::int64_t{info.bits / 8}, &bytes) || bytes > file.size() - info.offset)
        file.fail("it is cut off: it has fewer cells than its header says");
    return info;
}

/// Writes frames of one shape to a .npy file of shape (frames, rows, cols), one frame per call of `add`.
///
/// Until `finish` the file is called "<path>.part". After each `add` it is a complete .npy file of the frames so far:
/// numpy.load(name, mmap_mode="r") reads it during the run, and after the program was killed. An old file at `path`
/// stays until `finish` replaces it. No frame is kept in memory.
///
/// Throws: std::runtime_error, with the path and the system's reason, if a file operation fails. The complete frames
/// are then in "<path>.part"; the message of `finish` names that file.
template <Real T> class NpySeries {
  public:
    /// Begins a series of frames of rows × cols cells.
    ///
    /// Throws: std::runtime_error if "<path>.part" exists; as Grid for an invalid shape.
    NpySeries(const std::string& path, std::ptrdiff_t rows, std::ptrdiff_t cols)
        : rows_(rows), cols_(cols), file_(path, checked_start(rows, cols)) {
        Beginning beginning{file_};
        write_header(0);
        beginning.has_failed = false;
    }

    /// Continues the series in "<path>.part" or `path`: keeps its first `frames` frames, and removes the rest.
    ///
    /// Throws, and does not change the file: if it has fewer frames, or frames of another shape or precision.
    NpySeries(const std::string& path, std::ptrdiff_t rows, std::ptrdiff_t cols, std::int64_t frames)
        : rows_(rows), cols_(cols), frames_(frames), file_(path, checked_end(path, rows, cols, frames)) {
        write_header(frames); // first: until then the file is what it was
        file_.cut_to(end());
    }

    /// Adds a frame: a grid-like object of T, any strides.
    ///
    /// Throws: std::invalid_argument for another shape.
    /// Cost: one pass over the cells.
    template <GridLike G>
    requires std::same_as<value_type_of<const G>, T>
    void add(const G& cells) {
        const Grid<const T> frame = as_grid(cells);
        if (frame.rows() != rows_ || frame.cols() != cols_)
            detail::invalid_argument("a frame must be " + detail::shape_text(rows_, cols_) + " cells, but is " +
                                     detail::shape_text(frame.rows(), frame.cols()));
        Attempt attempt{file_, header(frames_, rows_, cols_), end()};
        file_.move_to(end());
        detail::write_cells(file_, frame, false);
        write_header(frames_ + 1); // only now: the header never names a frame that is not there
        ++frames_;
        attempt.has_failed = false;
        file_.begin_to_synchronise();
    }

    /// Synchronises the file with the disk and gives it its name. No frame can be added afterwards.
    ///
    /// If only the renaming fails, another call tries it again.
    void finish() { file_.finish(); }

    /// The name of the file until `finish`: "<path>.part"; beside the target if `path` is a symbolic link.
    [[nodiscard]] const std::string& part() const noexcept { return file_.part(); }

    /// Number of frames so far.
    [[nodiscard]] std::int64_t frames() const noexcept { return frames_; }

  private:
    friend class mpi::NpySeries<T>; // of many processes

    /// Removes a new series if its header cannot be written.
    struct Beginning {
        detail::GrowingFile& file;
        bool has_failed = true;
        ~Beginning() {
            if (has_failed) file.remove();
        }
    };

    /// Takes back what was written of a frame, if that fails.
    struct Attempt {
        detail::GrowingFile& file;
        std::string header;
        std::int64_t end;
        bool has_failed = true;
        ~Attempt() {
            if (has_failed) file.take_back(header, end);
        }
    };

    static detail::GrowingFile::Start checked_start(std::ptrdiff_t rows, std::ptrdiff_t cols) {
        detail::check_extents(rows, cols, sizeof(T));
        return detail::GrowingFile::Start::new_file;
    }

    static detail::GrowingFile::Start checked_end(const std::string& path, std::ptrdiff_t rows, std::ptrdiff_t cols,
                                                  std::int64_t frames) {
        detail::check_extents(rows, cols, sizeof(T));
        if (frames < 0) detail::invalid_argument("frames must not be negative, but is " + detail::integer_text(frames));
        const NpySeriesInfo info = npy_series_info(detail::GrowingFile::name_to_take_up(path));
        const auto fail = [&](const std::string& what) {
            detail::runtime_error("cannot go on with '" + path + "': " + what);
        };
        if (info.rows != rows || info.cols != cols || info.bits != 8 * static_cast<int>(sizeof(T)))
            fail("its frames are " + detail::shape_text(info.rows, info.cols) + " cells of " +
                 detail::dtype_name(info.bits));
        if (info.offset != header_size(rows, cols)) fail("its header is not one that was written here");
        if (info.frames < frames)
            fail("it has " + detail::integer_text(info.frames) + " frames, but " + detail::integer_text(frames) +
                 " are to be kept");
        return detail::GrowingFile::Start::left_file;
    }

    static std::string header(std::int64_t frames, std::ptrdiff_t rows, std::ptrdiff_t cols) {
        return detail::npy_header_text(detail::descr_of<T>(), {frames, rows, cols});
    }
    /// The same for any number of frames.
    static std::int64_t header_size(std::ptrdiff_t rows, std::ptrdiff_t cols) {
        return static_cast<std::int64_t>(header(0, rows, cols).size());
    }

    /// Bytes up to the end of the last frame.
    [[nodiscard]] std::int64_t end() const {
        return header_size(rows_, cols_) + frames_ * rows_ * cols_ * static_cast<std::int64_t>(sizeof(T));
    }

    void write_header(std::int64_t frames) {
        const std::string text = header(frames, rows_, cols_);
        file_.move_to(0);
        file_.write(text.data(), text.size());
    }

    std::ptrdiff_t rows_;
    std::ptrdiff_t cols_;
    std::int64_t frames_ = 0;
    detail::GrowingFile file_;
};

KURAMOTO_END_NAMESPACE
