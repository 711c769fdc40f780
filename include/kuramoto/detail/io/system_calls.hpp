// The system calls for files (open, write, fsync, rename, …), and how their failures are handled.
//
// One block is for POSIX, one for other systems, where only the standard library is available. Each function returns 0
// or a value of errno. Every output file goes through these functions. Their failures are of four kinds:
//
// - Harmless: setting permissions, starting synchronisation, opening and synchronising the folder. CIFS, drvfs, FUSE
//   and sandboxes refuse these calls; the file is complete without them. These functions return nothing.
// - Harmless under a condition: `synchronise` if the call is not supported (see `means_no_such_call`), and `set_length`
//   if the file has that length already. They return 0 then.
// - Interrupted (EINTR): the call is repeated. A `close` that was interrupted has closed the file.
// - Essential: all others. Their failure is an error that names the file and the call.
//
// What remains after an essential failure of an OutputFile, which is written in one go: if a write fails, the file is
// incomplete and is removed. If `synchronise` or `close` fails after all bytes were handed over, the bytes may or may
// not be on the disk. If there was no room for them (see `means_no_room`), they are not, and the file is removed: later
// results need the room. Otherwise the file is kept under its temporary name, because it may be the only copy of a long
// run. If `rename` fails, the file is complete and is kept. The error message names the file that is kept.
//
// A GrowingFile always remains: it holds the earlier part of a run.
#pragma once

#include <kuramoto/detail/build/config.hpp>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string>

#if defined(__unix__) || defined(__APPLE__)
#define KURAMOTO_POSIX 1
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#else
#define KURAMOTO_POSIX 0
#include <filesystem>
#include <system_error>
#endif

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// The file that a path refers to, after symbolic links.
struct FileStatus {
    bool exists = false;
    bool is_regular = false;
    std::int64_t size = 0;     ///< in bytes
    unsigned permissions = 0;  ///< of a regular file
    bool is_directory = false; ///< for the error message
    std::uint64_t device = 0;  ///< identifies the file, together with `number`
    std::uint64_t number = 0;
    std::int64_t modified = 0; ///< seconds

    friend bool operator==(const FileStatus&, const FileStatus&) = default;
};

/// Whether an error means that the file system or a sandbox does not support the call.
inline bool means_no_such_call(int code) noexcept {
    for (const int harmless : {EINVAL, ENOSYS, ENOTSUP, EOPNOTSUPP, ENOTTY, EROFS, EPERM})
        if (code == harmless) return true;
    return false;
}

/// Whether an error means that there was no room for the bytes. A network disk reports it only when it is synchronised.
inline bool means_no_room(int code) noexcept {
#ifdef EDQUOT
    if (code == EDQUOT) return true;
#endif
    return code == ENOSPC || code == EFBIG;
}

/// How often an interrupted call is repeated. Bounded, because a file system may report an interruption each time.
inline constexpr int most_interruptions = 100;

/// Writes all bytes to an unbuffered file. With a buffer, an interruption would lose the bytes in the buffer.
inline int write_bytes(std::FILE* file, const void* from, std::size_t bytes) noexcept {
    const char* next = static_cast<const char*>(from);
    for (int interruptions = 0;; ++interruptions) {
        errno = 0;
        const std::size_t written = std::fwrite(next, 1, bytes, file);
        if (written == bytes) return 0;
        if (errno != EINTR || interruptions == most_interruptions) return errno != 0 ? errno : EIO;
        next += written;
        bytes -= written;
        std::clearerr(file);
    }
}

/// Closes a file; returns the error of handing over the last bytes, or 0.
inline int close_file(std::FILE* file) noexcept { return std::fclose(file) == 0 || errno == EINTR ? 0 : errno; }

#if KURAMOTO_POSIX

// strerror_r returns the text (GNU) or fills the buffer and returns a status (POSIX).
inline const char* text_of_error(const char* text, const char*) noexcept { return text; }
inline const char* text_of_error(int status, const char* buffer) noexcept {
    return status == 0 ? buffer : "unknown error";
}

/// Repeats a call while it returns −1 because a signal interrupted it.
template <class Call> int uninterrupted(const Call& call) noexcept {
    int result = call();
    for (int k = 0; k < most_interruptions && result < 0 && errno == EINTR; ++k) result = call();
    return result;
}

/// The system's text for a value of errno.
inline std::string system_text(int code) {
    char buffer[256] = "";
    return text_of_error(::strerror_r(code, buffer, sizeof buffer), buffer);
}

inline FileStatus status_from(const struct stat& entry) noexcept {
    return {true,
            S_ISREG(entry.st_mode),
            static_cast<std::int64_t>(entry.st_size),
            static_cast<unsigned>(entry.st_mode & 0777U),
            S_ISDIR(entry.st_mode),
            static_cast<std::uint64_t>(entry.st_dev),
            static_cast<std::uint64_t>(entry.st_ino),
            static_cast<std::int64_t>(entry.st_mtime)};
}

/// Finds the file of a path. If there is none, that is no error: `exists` is false.
inline int look_up(const std::string& path, FileStatus& status) noexcept {
    struct stat entry{};
    status = {};
    if (::stat(path.c_str(), &entry) != 0) return errno == ENOENT ? 0 : errno;
    status = status_from(entry);
    return 0;
}

/// Opens a file for reading; does not wait for a writer at the other end of a pipe.
inline int open_to_read(const std::string& path, std::FILE*& file, FileStatus& status) noexcept {
    const int descriptor =
        uninterrupted([&] { return ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY); });
    if (descriptor < 0) return errno;
    struct stat entry{};
    const bool is_known = ::fstat(descriptor, &entry) == 0;
    file = is_known ? ::fdopen(descriptor, "rb") : nullptr;
    if (file != nullptr) {
        status = status_from(entry);
        return 0;
    }
    const int code = errno;
    ::close(descriptor);
    return code;
}

/// Replaces a symbolic link by its final target, which need not exist.
inline int follow_links(std::string& path) {
    constexpr int most = 40; // the limit of Linux; the loop has one round more, to examine the last target
    for (int links = 0; links <= most; ++links) {
        struct stat entry{};
        if (::lstat(path.c_str(), &entry) != 0) return errno == ENOENT ? 0 : errno;
        if (!S_ISLNK(entry.st_mode)) return 0;
        char text[4096];
        const auto length = ::readlink(path.c_str(), text, sizeof text);
        if (length < 0) return errno;
        if (static_cast<std::size_t>(length) == sizeof text) return ENAMETOOLONG;
        const std::size_t separator = path.rfind('/');
        path.resize(text[0] == '/' || separator == std::string::npos ? 0 : separator + 1);
        path.append(text, static_cast<std::size_t>(length));
    }
    return ELOOP;
}

/// Checks that an existing file may be opened for writing. Renaming another file over it does not check that.
inline int check_may_overwrite(const std::string& path) noexcept {
    const int descriptor = uninterrupted([&] { return ::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY); });
    if (descriptor < 0) return errno;
    ::close(descriptor);
    return 0;
}

/// Opens an unbuffered stream for a descriptor, and closes the descriptor if that fails.
inline int open_stream(int descriptor, const char* mode, std::FILE*& file) noexcept {
    file = ::fdopen(descriptor, mode);
    if (file != nullptr) {
        std::setvbuf(file, nullptr, _IONBF, 0);
        return 0;
    }
    const int code = errno;
    ::close(descriptor);
    return code;
}

/// Creates a file for writing. Fails if the name is taken: a name belongs to the process that created it. If `old`
/// exists, the new file has its permissions from the beginning, as far as the system permits: nobody can read the new
/// file who could not read the old one.
inline int create_file(const std::string& path, const FileStatus& old, std::FILE*& file) noexcept {
    const auto mode = static_cast<mode_t>(old.exists ? old.permissions | S_IWUSR : 0666U);
    constexpr int flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOCTTY;
    const int descriptor = uninterrupted([&] { return ::open(path.c_str(), flags, mode); });
    if (descriptor < 0) return errno;
    const int code = open_stream(descriptor, "wb", file);
    if (code != 0)
        ::unlink(path.c_str());
    else if (old.exists)
        static_cast<void>(uninterrupted([&] { return ::fchmod(descriptor, static_cast<mode_t>(old.permissions)); }));
    return code;
}

/// Opens an existing file for further writing.
inline int open_to_write(const std::string& path, std::FILE*& file) noexcept {
    const int descriptor = uninterrupted([&] { return ::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NOCTTY); });
    return descriptor < 0 ? errno : open_stream(descriptor, "r+b", file);
}

/// Sets the length of an open, unbuffered file.
inline int set_length(std::FILE* file, const std::string&, std::int64_t bytes) noexcept {
    const int descriptor = ::fileno(file);
    if (uninterrupted([&] { return ::ftruncate(descriptor, static_cast<off_t>(bytes)); }) == 0) return 0;
    const int code = errno;
    struct stat entry{};
    const bool has_length = ::fstat(descriptor, &entry) == 0 && entry.st_size == static_cast<off_t>(bytes);
    return has_length ? 0 : code;
}

/// Moves the position of a file to byte `offset`.
inline int go_to(std::FILE* file, std::int64_t offset) noexcept {
    return ::fseeko(file, static_cast<off_t>(offset), SEEK_SET) == 0 ? 0 : errno;
}

/// Starts to write the data to the disk in the background, so that `synchronise` has less to wait for.
inline void begin_to_synchronise([[maybe_unused]] std::FILE* file) noexcept {
#ifdef SYNC_FILE_RANGE_WRITE // Linux
    static_cast<void>(::sync_file_range(::fileno(file), 0, 0, SYNC_FILE_RANGE_WRITE));
#endif
}

/// Waits until the data of a file is on the disk.
inline int synchronise(std::FILE* file) noexcept {
    if (uninterrupted([&] { return ::fsync(::fileno(file)); }) == 0) return 0;
    return means_no_such_call(errno) ? 0 : errno;
}

/// Waits until the names in the folder of a file are on the disk, if the system supports it. A folder with permission
/// to write but not to read cannot be opened, and some file systems have no such call.
inline void synchronise_names_beside(const std::string& path) {
    const std::size_t separator = path.rfind('/');
    const std::string folder = separator == std::string::npos ? "." : path.substr(0, separator + 1);
    const int descriptor = uninterrupted([&] { return ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); });
    if (descriptor < 0) return;
    static_cast<void>(uninterrupted([&] { return ::fsync(descriptor); }));
    ::close(descriptor);
}

inline int replace_file(const std::string& from, const std::string& to) {
    if (std::rename(from.c_str(), to.c_str()) != 0) return errno;
    synchronise_names_beside(to);
    return 0;
}

inline constexpr const char* folder_separators = "/";

#else

inline std::string system_text(int code) { return std::strerror(code); }

inline int code_of(const std::error_code& error) noexcept { return error.default_error_condition().value(); }

inline int look_up(const std::string& path, FileStatus& status) {
    std::error_code error;
    const auto entry = std::filesystem::status(path, error);
    status = {};
    if (entry.type() == std::filesystem::file_type::not_found) return 0;
    if (error) return code_of(error);
    status.exists = true;
    status.is_regular = std::filesystem::is_regular_file(entry);
    status.is_directory = std::filesystem::is_directory(entry);
    status.permissions = static_cast<unsigned>(entry.permissions());
    if (!status.is_regular) return 0;
    status.size = static_cast<std::int64_t>(std::filesystem::file_size(path, error));
    if (error) return code_of(error);
    const auto modified = std::filesystem::last_write_time(path, error);
    status.modified = static_cast<std::int64_t>(modified.time_since_epoch().count());
    return code_of(error);
}

inline int open_to_read(const std::string& path, std::FILE*& file, FileStatus& status) {
    if (const int code = look_up(path, status)) return code;
    if (!status.exists) return ENOENT;
    if (!status.is_regular) return 0;
    file = std::fopen(path.c_str(), "rb");
    return file != nullptr ? 0 : errno;
}

inline int follow_links(std::string& path) {
    constexpr int most = 40;
    for (int links = 0; links <= most; ++links) {
        std::error_code error;
        if (!std::filesystem::is_symlink(path, error)) return 0;
        const std::filesystem::path next = std::filesystem::read_symlink(path, error);
        if (error) return code_of(error);
        path = (std::filesystem::path(path).parent_path() / next).string();
    }
    return ELOOP;
}

inline int check_may_overwrite(const std::string& path) noexcept {
    std::FILE* file = std::fopen(path.c_str(), "r+b");
    if (file == nullptr) return errno;
    return std::fclose(file) == 0 ? 0 : errno;
}

inline int create_file(const std::string& path, const FileStatus& old, std::FILE*& file) {
    file = std::fopen(path.c_str(), "wbx");
    if (file == nullptr) return errno;
    std::setvbuf(file, nullptr, _IONBF, 0);
    std::error_code ignored;
    if (old.exists) std::filesystem::permissions(path, static_cast<std::filesystem::perms>(old.permissions), ignored);
    return 0;
}

inline int open_to_write(const std::string& path, std::FILE*& file) noexcept {
    file = std::fopen(path.c_str(), "r+b");
    if (file == nullptr) return errno;
    std::setvbuf(file, nullptr, _IONBF, 0);
    return 0;
}

inline int set_length(std::FILE*, const std::string& path, std::int64_t bytes) {
    std::error_code error;
    std::filesystem::resize_file(path, static_cast<std::uintmax_t>(bytes), error);
    if (!error) return 0;
    std::error_code other;
    const auto size = std::filesystem::file_size(path, other);
    return !other && size == static_cast<std::uintmax_t>(bytes) ? 0 : code_of(error);
}

inline int go_to(std::FILE* file, std::int64_t offset) noexcept {
    return std::fseek(file, static_cast<long>(offset), SEEK_SET) == 0 ? 0 : errno;
}

inline void begin_to_synchronise(std::FILE*) noexcept {}

inline int synchronise(std::FILE*) noexcept { return 0; }

inline int replace_file(const std::string& from, const std::string& to) {
    std::error_code error;
    std::filesystem::rename(from, to, error);
    return code_of(error);
}

inline constexpr const char* folder_separators = "/\\";

#endif

} // namespace detail
KURAMOTO_END_NAMESPACE
