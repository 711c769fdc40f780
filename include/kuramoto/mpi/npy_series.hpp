// Frames of a run on many processes in one .npy file, which grows during the run.
#pragma once

#include <kuramoto/detail/mpi/agreement.hpp>
#include <kuramoto/detail/mpi/shared_file.hpp>
#include <kuramoto/detail/mpi/shared_output.hpp>
#include <kuramoto/mpi/field.hpp>
#include <kuramoto/npy_series.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace kuramoto::mpi {
inline namespace KURAMOTO_BUILD {

/// Writes frames, which are lattices of one decomposition, to a .npy file of shape (frames, rows, cols): byte for byte
/// the file of kuramoto::NpySeries.
///
/// The constructors, `add`, `finish` and the destructor are collective. As with one process, the file is called
/// "<path>.part" until `finish`, and is a complete .npy file after each `add`. All processes must see the same folder.
///
/// Throws: std::runtime_error, the same on every process, with the path and the reason, if a call of the system or of
/// MPI fails on any process. The complete frames are then in "<path>.part". std::invalid_argument if the paths differ.
template <Real T> class NpySeries {
    using Whole = kuramoto::NpySeries<T>;

  public:
    /// Begins a series of frames of the lattice.
    ///
    /// Throws: std::runtime_error if "<path>.part" exists.
    NpySeries(const std::string& path, const Decomposition& decomposition)
        : decomposition_(decomposition), of_first_(on_first(path, 0, [&] {
              return std::make_unique<Whole>(path, decomposition.rows(), decomposition.cols());
          })) {
        Beginning beginning{of_first_.get()};
        open(path);
        beginning.has_failed = false;
    }

    /// Continues the series in "<path>.part" or `path`: keeps its first `frames` frames, and removes the rest.
    ///
    /// Throws, and does not change the file: if it has fewer frames, or frames of another shape or precision, or if
    /// `frames` is not the same on every process.
    NpySeries(const std::string& path, const Decomposition& decomposition, std::int64_t frames)
        : decomposition_(decomposition),
          of_first_(on_first(
              path, frames,
              [&] { return std::make_unique<Whole>(path, decomposition.rows(), decomposition.cols(), frames); })),
          frames_(frames) {
        open(path);
    }

    /// Adds a frame.
    ///
    /// Throws: std::invalid_argument if it has another decomposition.
    /// Cost: as write_npy.
    void add(const Field<T>& cells) {
        const std::int64_t begin =
            Whole::header_size(decomposition_.rows(), decomposition_.cols()) + frames_ * frame_bytes();
        const auto attempt = detail::with_agreement(decomposition_.communicator(), [&](detail::Agreement&) {
            if (!cells.decomposition().is_same(decomposition_))
                detail::invalid_argument("a frame must have the decomposition of the series");
            if (!file_->is_open()) file_->fail("it is finished");
            return of_first_ ? std::unique_ptr<Attempt>(new Attempt{of_first_->file_, header_of(frames_), begin})
                             : nullptr;
        });
        file_->write_cells({.offset = begin}, cells.local());
        file_->write(0, header_of(frames_ + 1)); // only now: the header never names a frame that is not there
        ++frames_;
        if (!of_first_) return;
        of_first_->frames_ = frames_;
        attempt->has_failed = false;
        of_first_->file_.begin_to_synchronise();
    }

    /// Synchronises the file with the disk and gives it its name. No frame can be added afterwards.
    ///
    /// If only the renaming fails, another call tries it again.
    void finish() {
        if (has_lost_bytes_)
            file_->fail("it could not be synchronised; the file may be damaged and is kept as '" + part_ + "'");
        if (file_->is_open()) {
            has_lost_bytes_ = true; // unless this succeeds; a second attempt would not report it
            file_->synchronise();
            file_->close();
            has_lost_bytes_ = false;
        }
        detail::with_agreement(decomposition_.communicator(), [&](detail::Agreement&) {
            if (of_first_) of_first_->finish();
        });
    }

    /// The name of the file until `finish`: see kuramoto::NpySeries.
    [[nodiscard]] const std::string& part() const noexcept { return part_; }

    /// Number of frames so far.
    [[nodiscard]] std::int64_t frames() const noexcept { return frames_; }

  private:
    using Attempt = typename Whole::Attempt;

    /// Removes a new series if it cannot be opened everywhere.
    struct Beginning {
        Whole* of_first;
        bool has_failed = true;
        ~Beginning() {
            if (has_failed && of_first != nullptr) of_first->file_.remove();
        }
    };

    template <class Make>
    std::unique_ptr<Whole> on_first(const std::string& path, std::int64_t frames, const Make& make) const {
        const MPI_Comm communicator = decomposition_.communicator();
        detail::with_agreement(communicator,
                               [&](detail::Agreement& agreement) { agreement.expect_same("path", path); });
        detail::with_agreement(communicator,
                               [&](detail::Agreement& agreement) { agreement.expect_same("frames", {frames}); });
        return detail::with_agreement(
            communicator, [&](detail::Agreement&) { return decomposition_.rank() == 0 ? make() : nullptr; });
    }
    void open(const std::string& path) {
        part_ = detail::text_of_first(decomposition_, of_first_ ? of_first_->part() : "");
        file_ = std::make_unique<detail::SharedFile>(decomposition_, path, part_, detail::SharedFile::Access::write);
    }

    [[nodiscard]] std::string header_of(std::int64_t frames) const {
        return Whole::header(frames, decomposition_.rows(), decomposition_.cols());
    }
    [[nodiscard]] std::int64_t frame_bytes() const noexcept {
        return std::int64_t{decomposition_.rows()} * decomposition_.cols() * static_cast<std::int64_t>(sizeof(T));
    }

    Decomposition decomposition_;
    std::unique_ptr<Whole> of_first_; // the file, as the first process made it
    std::int64_t frames_ = 0;
    std::string part_;
    std::unique_ptr<detail::SharedFile> file_; // the same, open on every process
    bool has_lost_bytes_ = false;
};

} // namespace KURAMOTO_BUILD
} // namespace kuramoto::mpi
