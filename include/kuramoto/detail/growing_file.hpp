// A file that grows beside its name, readable at any moment, and takes the name when it is finished.
// May include detail/file.hpp.
#pragma once

#include <kuramoto/detail/file.hpp>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>

#if !KURAMOTO_POSIX
#include <filesystem>
#endif

namespace kuramoto {
inline namespace KURAMOTO_BUILD {
namespace detail {

/// Sets the length of a file that is open and not buffered.
inline int set_length([[maybe_unused]] std::FILE* file, [[maybe_unused]] const std::string& path,
                      std::int64_t bytes) noexcept {
#if KURAMOTO_POSIX
    return ::ftruncate(::fileno(file), static_cast<off_t>(bytes)) == 0 ? 0 : errno;
#else
    std::error_code error;
    std::filesystem::resize_file(path, static_cast<std::uintmax_t>(bytes), error);
    return code_of(error);
#endif
}

/// Puts the position of a file at its byte `offset`.
inline int go_to(std::FILE* file, std::int64_t offset) noexcept {
#if KURAMOTO_POSIX
    return ::fseeko(file, static_cast<off_t>(offset), SEEK_SET) == 0 ? 0 : errno;
#else
    return std::fseek(file, static_cast<long>(offset), SEEK_SET) == 0 ? 0 : errno;
#endif
}

/// Lets the system begin to put what was written on the disk, so that the end need not wait for all of it.
inline void begin_to_synchronise([[maybe_unused]] std::FILE* file) noexcept {
#ifdef SYNC_FILE_RANGE_WRITE // Linux
    static_cast<void>(::sync_file_range(::fileno(file), 0, 0, SYNC_FILE_RANGE_WRITE));
#endif
}

/// A file under "<path>.part" until `finish` gives it its name. Nothing is buffered here, so that what was written is
/// there for other programs, and after this one was killed. All failures are std::runtime_error and name the path; the
/// file stays then.
class GrowingFile {
  public:
    /// A new file: whatever is there already under "<path>.part" is the beginning of another run, and stays. Or the one
    /// that was left: "<path>.part", else `path`, which is called "<path>.part" from now on.
    enum class Start { new_file, left_file };

    GrowingFile(const std::string& path, Start start) : path_(path), target_(path) {
        if (path.find('\0') != std::string::npos) fail("its name contains a zero byte");
        FileStatus status;
        if (const int code = look_up(path, status)) fail(code);
        if (status.exists && !status.is_regular) fail(irregular_text(status));
        if (const int code = follow_links(target_)) fail(code);
        if (status.exists)
            if (const int code = check_may_overwrite(target_)) fail(code);
        part_ = target_ + suffix;
        start == Start::new_file ? create() : take_up();
        std::setvbuf(stream_.handle, nullptr, _IONBF, 0);
    }
    GrowingFile(const GrowingFile&) = delete;
    GrowingFile& operator=(const GrowingFile&) = delete;
    ~GrowingFile() = default;

    /// The file that would be taken up.
    static std::string name_to_take_up(const std::string& path) {
        std::string part = path;
        FileStatus status;
        if (follow_links(part) != 0) return path; // what is wrong with it is found when it is opened
        part += suffix;
        return look_up(part, status) == 0 && status.exists ? part : path;
    }

    /// At the position where it is: the end, but for those who moved it.
    void write(const void* from, std::size_t bytes) {
        errno = 0;
        if (std::fwrite(from, 1, bytes, stream_.handle) != bytes) fail(errno);
    }

    void move_to(std::int64_t offset) {
        if (const int code = go_to(stream_.handle, offset)) fail(code);
    }

    /// Cuts off what lies beyond, and goes on there.
    void cut_to(std::int64_t bytes) {
        if (const int code = set_length(stream_.handle, part_, bytes)) fail(code);
        move_to(bytes);
    }

    /// Lets what was written find its way to the disk while the program goes on.
    void begin_to_synchronise() noexcept { detail::begin_to_synchronise(stream_.handle); }

    /// Gives the file the beginning and the length that it had, as far as the system lets us; after a failure.
    void take_back(const std::string& beginning, std::int64_t bytes) noexcept {
        static_cast<void>(set_length(stream_.handle, part_, bytes));
        if (go_to(stream_.handle, 0) == 0)
            static_cast<void>(std::fwrite(beginning.data(), 1, beginning.size(), stream_.handle));
    }

    /// Puts the file on the disk under its name.
    void finish() {
        if (const int code = synchronise(stream_.handle)) fail(code);
        if (const int code = stream_.close()) fail(code);
        if (const int code = replace_file(part_, target_)) fail(code);
    }

    [[noreturn]] void fail(int code) const { fail(system_text(code != 0 ? code : EIO)); }
    [[noreturn]] void fail(const std::string& what) const {
        runtime_error("cannot write '" + std::string(path_.c_str()) + "': " + what);
    }

  private:
    static constexpr const char* suffix = ".part";

    void create() {
        stream_.handle = std::fopen(part_.c_str(), mode_of_new_file);
        if (stream_.handle != nullptr) return;
        if (errno == EEXIST) fail("'" + part_ + "' is there already, the beginning of another run");
        fail(errno);
    }

    void take_up() {
        FileStatus status;
        if (const int code = look_up(part_, status)) fail(code);
        if (!status.exists)
            if (const int code = replace_file(target_, part_)) fail(code);
        stream_.handle = std::fopen(part_.c_str(), "r+b");
        if (stream_.handle == nullptr) fail(errno);
    }

    std::string path_;
    std::string target_; // links followed
    std::string part_;
    OpenFile stream_;
};

} // namespace detail
} // namespace KURAMOTO_BUILD
} // namespace kuramoto
