// --record: the phases of all frames, the times of the frames, and the parameters of the run. Three files that grow
// together.
#pragma once

#include "output.hpp"

#include <lattices.hpp>
#include <processes.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

namespace simulate {

/// "run" for the record "run.npy".
inline std::string record_stem(const std::string& name) {
    const std::string suffix = ".npy";
    const bool has_suffix = name.size() > suffix.size() && name.ends_with(suffix);
    return has_suffix ? name.substr(0, name.size() - suffix.size()) : name;
}
/// The file with the times of the frames.
inline std::string times_name(const std::string& record) { return record_stem(record) + ".times.npy"; }
/// The file with the parameters of the run.
inline std::string parameters_name(const std::string& record) { return record_stem(record) + ".json"; }

/// Whether an interrupted run has left the growing file of this name.
inline bool is_left(const std::string& name) {
    std::error_code error;
    return std::filesystem::exists(std::filesystem::symlink_status(GrowingFile::part_of(name), error));
}

/// Whether there is a file of this name that a resumed run continues.
inline bool can_go_on(const std::string& name) {
    std::error_code error;
    return std::filesystem::exists(name, error) || is_left(name);
}

/// Gives a file that was left these bytes, as a whole. False if there is none.
inline bool replace_left(const std::string& name, const std::string& bytes) {
    if (!can_go_on(name)) return false;
    {
        const GrowingFile taken_up(name, GrowingFile::Start::left_file);
    } // it is called "<name>.part" now
    NewFile part(GrowingFile::part_of(name));
    part.write(bytes.data(), bytes.size());
    part.commit();
    return true;
}

/// A growing file that begins with known bytes.
class KnownFile {
  public:
    enum class Start { new_file, left_file };

    /// A new file. Or these bytes in place of the file that was left, if there is one.
    KnownFile(const std::string& name, const std::string& bytes, Start start)
        : is_replaced_(start == Start::left_file && replace_left(name, bytes)),
          file_(name, is_replaced_ ? GrowingFile::Start::left_file : GrowingFile::Start::new_file) {
        if (is_replaced_) return;
        try {
            file_.write(bytes.data(), bytes.size());
        } catch (...) {
            file_.remove();
            throw;
        }
    }

    GrowingFile* operator->() { return &file_; }

  private:
    bool is_replaced_;
    GrowingFile file_;
};

/// A one-dimensional .npy file of doubles that grows.
class NumberSeries {
  public:
    /// A new file.
    explicit NumberSeries(const std::string& name) : file_(name, header(0), KnownFile::Start::new_file) {}
    /// Continues a file that begins with these numbers.
    NumberSeries(const std::string& name, const std::vector<double>& numbers)
        : count_(static_cast<std::int64_t>(numbers.size())),
          file_(name, header(count_) + bytes_of(numbers), KnownFile::Start::left_file) {}

    /// Adds a number. If that fails, the file is as it was.
    void add(double number) {
        try {
            file_->move_to(end());
            file_->write(&number, sizeof number);
            write_count(count_ + 1);
        } catch (...) {
            take_back();
            throw;
        }
        ++count_;
    }
    /// Removes the last number, as far as the system lets us.
    void remove_last() noexcept {
        --count_;
        take_back();
    }
    void finish() { file_->finish(); }
    void remove() noexcept { file_->remove(); }

  private:
    /// The same size for any count.
    static std::string header(std::int64_t count) {
        constexpr std::size_t size = 118; // with the ten bytes before it 128
        std::string text = std::string("{'descr': '") + kuramoto::detail::descr_of<double>() +
                           "', 'fortran_order': False, 'shape': (" + std::to_string(count) + ",), }";
        text.resize(size - 1, ' ');
        return std::string("\x93NUMPY\x01\0", 8) + static_cast<char>(size) + '\0' + text + '\n';
    }
    static std::string bytes_of(const std::vector<double>& numbers) {
        std::string bytes(numbers.size() * sizeof(double), '\0');
        if (!numbers.empty()) std::memcpy(bytes.data(), numbers.data(), bytes.size());
        return bytes;
    }
    [[nodiscard]] std::int64_t end() const {
        return static_cast<std::int64_t>(header(0).size() + static_cast<std::size_t>(count_) * sizeof(double));
    }
    void write_count(std::int64_t count) {
        const std::string text = header(count);
        file_->move_to(0);
        file_->write(text.data(), text.size());
    }
    void take_back() noexcept { file_->take_back(header(count_), end()); }

    std::int64_t count_ = 0;
    KnownFile file_;
};

/// The three files. Until `finish` each has ".part" behind its name. A time is written before its frame: if the
/// program is killed between the two, there is one time too many.
///
/// All functions throw std::runtime_error, with the name of the file, if a file cannot be written. What was there
/// before the call is then still there. All processes write the frames. The first one writes the other files.
template <class T> class Record {
  public:
    /// New files.
    Record(const std::string& name, const Cut& cut, const std::string& parameters) {
        try {
            begin_series(frames_, name, cut);
            on_first([&] {
                times_.emplace(times_name(name));
                parameters_.emplace(parameters_name(name), parameters, KnownFile::Start::new_file);
            });
        } catch (...) {
            remove();
            throw;
        }
    }
    /// Continues the files that were left: keeps the frames that have these times, and removes the rest. Only the
    /// frames need be there.
    Record(const std::string& name, const Cut& cut, const std::string& parameters, const std::vector<double>& times) {
        go_on_series(frames_, name, cut, static_cast<std::int64_t>(times.size()));
        on_first([&] {
            times_.emplace(times_name(name), times);
            parameters_.emplace(parameters_name(name), parameters, KnownFile::Start::left_file);
        });
    }

    void add(const Lattice<T>& theta, double time) {
        on_first([&] { times_->add(time); });
        try {
            frames_->add(argument(theta));
        } catch (...) {
            if (is_first()) times_->remove_last();
            throw;
        }
    }

    /// Gives each file its name. A failure does not prevent the others. A record without a frame, of a run that has
    /// failed at once, does not replace an old one: it is removed.
    void finish() {
        if (frames() == 0) return remove();
        Errors error;
        error.attempt([&] { frames_->finish(); });
        error.attempt([&] { on_first([&] { times_->finish(); }); });
        error.attempt([&] { on_first([&] { (*parameters_)->finish(); }); });
        error.rethrow();
    }

    [[nodiscard]] std::int64_t frames() const { return frames_->frames(); }
    /// The name of the frames until `finish`.
    [[nodiscard]] const std::string& part() const { return frames_->part(); }

  private:
    void remove() noexcept {
        const std::string part = frames_ ? frames_->part() : "";
        frames_.reset();
        if (!part.empty() && is_first()) std::remove(part.c_str());
        if (times_) times_->remove();
        if (parameters_) (*parameters_)->remove();
    }

    std::optional<FrameSeries<T>> frames_;
    std::optional<NumberSeries> times_;
    std::optional<KnownFile> parameters_;
};

} // namespace simulate
