// Files that are checked before they are read, and files that are replaced as a whole or not at all.
// May include detail/errors.hpp.
//
// The system's own calls are gathered in one block for POSIX and one for other systems, which have the standard library
// alone. Each call of the block returns 0 or a value of errno.
#pragma once

#include <kuramoto/detail/errors.hpp>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string>
#include <utility>

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

namespace kuramoto {
inline namespace KURAMOTO_BUILD {
namespace detail {

/// What a path names, symbolic links followed.
struct FileStatus {
    bool exists = false;
    bool is_regular = false;
    std::int64_t size = 0;     ///< in bytes
    unsigned permissions = 0;  ///< of a regular file
    bool is_directory = false; ///< for the message
};

#if KURAMOTO_POSIX

// strerror_r returns the text (GNU) or fills the buffer and returns a status (POSIX).
inline const char* text_of_error(const char* text, const char*) noexcept { return text; }
inline const char* text_of_error(int status, const char* buffer) noexcept {
    return status == 0 ? buffer : "unknown error";
}

/// The system's words for a value of errno.
inline std::string system_text(int code) {
    char buffer[256] = "";
    return text_of_error(::strerror_r(code, buffer, sizeof buffer), buffer);
}

inline FileStatus status_from(const struct stat& entry) noexcept {
    return {true, S_ISREG(entry.st_mode), static_cast<std::int64_t>(entry.st_size),
            static_cast<unsigned>(entry.st_mode & 0777U), S_ISDIR(entry.st_mode)};
}

/// A path that names nothing is no error: `exists` is false then.
inline int look_up(const std::string& path, FileStatus& status) noexcept {
    struct stat entry {};
    status = {};
    if (::stat(path.c_str(), &entry) != 0) return errno == ENOENT ? 0 : errno;
    status = status_from(entry);
    return 0;
}

/// Opens without waiting for a writer at the other end of a pipe.
inline int open_to_read(const std::string& path, std::FILE*& file, FileStatus& status) noexcept {
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (descriptor < 0) return errno;
    struct stat entry {};
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

/// Replaces a symbolic link, which may point to nothing yet, by what it points to in the end.
inline int follow_links(std::string& path) {
    constexpr int most = 40; // as Linux itself; one round more to look at what the last of them names
    for (int links = 0; links <= most; ++links) {
        struct stat entry {};
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

/// Whether an existing file could be opened to be written; renaming a file over it would not ask.
inline int check_may_overwrite(const std::string& path) noexcept {
    const int descriptor = ::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY);
    if (descriptor < 0) return errno;
    ::close(descriptor);
    return 0;
}

inline int set_permissions(std::FILE* file, const std::string&, const FileStatus& status) noexcept {
    return ::fchmod(::fileno(file), static_cast<mode_t>(status.permissions)) == 0 ? 0 : errno;
}

/// Waits until what was flushed is on the disk. Some file systems have no such call: EINVAL.
inline int synchronise(std::FILE* file) noexcept {
    while (::fsync(::fileno(file)) != 0)
        if (errno != EINTR) return errno == EINVAL ? 0 : errno;
    return 0;
}

/// Waits until the names in the folder of a file are on the disk, as far as the system lets a program wait for that. A
/// folder that may be written but not read cannot be opened, and some file systems have no such call.
inline void synchronise_names_beside(const std::string& path) {
    const std::size_t separator = path.rfind('/');
    const std::string folder = separator == std::string::npos ? "." : path.substr(0, separator + 1);
    const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) return;
    while (::fsync(descriptor) != 0 && errno == EINTR) {
    }
    ::close(descriptor);
}

inline int replace_file(const std::string& from, const std::string& to) {
    if (std::rename(from.c_str(), to.c_str()) != 0) return errno;
    synchronise_names_beside(to);
    return 0;
}

/// 'x': fails if the name is taken; 'e': not handed to child processes.
inline constexpr const char* mode_of_new_file = "wbxe";
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
    if (status.is_regular) status.size = static_cast<std::int64_t>(std::filesystem::file_size(path, error));
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

inline int set_permissions(std::FILE*, const std::string& path, const FileStatus& status) {
    std::error_code error;
    std::filesystem::permissions(path, static_cast<std::filesystem::perms>(status.permissions), error);
    return code_of(error);
}

inline int synchronise(std::FILE*) noexcept { return 0; }

inline int replace_file(const std::string& from, const std::string& to) {
    std::error_code error;
    std::filesystem::rename(from, to, error);
    return code_of(error);
}

inline constexpr const char* mode_of_new_file = "wbx";
inline constexpr const char* folder_separators = "/\\";

#endif

/// Owns an open file.
class OpenFile {
  public:
    OpenFile() noexcept = default;
    OpenFile(const OpenFile&) = delete;
    OpenFile& operator=(const OpenFile&) = delete;
    ~OpenFile() { close(); }

    /// 0, or what went wrong when the last bytes were handed over.
    int close() noexcept {
        std::FILE* file = std::exchange(handle, nullptr);
        return file == nullptr || std::fclose(file) == 0 ? 0 : errno;
    }

    std::FILE* handle = nullptr;
};

/// Why a path that exists cannot be read or written.
inline std::string irregular_text(const FileStatus& status) {
    return status.is_directory ? "it is a folder" : "it is not a regular file";
}

/// A regular file that is read from its beginning. All failures are std::runtime_error and name the path.
class InputFile {
  public:
    explicit InputFile(const std::string& path) : path_(path) {
        if (path.find('\0') != std::string::npos) fail("its name contains a zero byte");
        if (const int code = open_to_read(path, stream_.handle, status_)) fail(system_text(code));
        if (!status_.is_regular) fail(irregular_text(status_));
    }

    /// In bytes, when it was opened.
    [[nodiscard]] std::int64_t size() const noexcept { return status_.size; }

    /// The next `bytes` bytes.
    void read(void* to, std::size_t bytes) {
        errno = 0;
        if (std::fread(to, 1, bytes, stream_.handle) == bytes) return;
        const int code = errno;
        if (std::ferror(stream_.handle) != 0) fail(system_text(code != 0 ? code : EIO));
        fail("it became shorter while it was read");
    }

    [[noreturn]] void fail(const std::string& what) const {
        runtime_error("cannot read '" + std::string(path_.c_str()) + "': " + what);
    }

  private:
    std::string path_;
    FileStatus status_;
    OpenFile stream_;
};

/// A file that appears under its name, complete, when `commit` returns. Until then the bytes go to a temporary file in
/// the same folder, which is removed by any failure. All failures are std::runtime_error and name the path.
class OutputFile {
  public:
    explicit OutputFile(const std::string& path) : path_(path), target_(path) {
        if (path.find('\0') != std::string::npos) fail("its name contains a zero byte");
        FileStatus status;
        if (const int code = look_up(path, status)) fail(system_text(code));
        if (status.exists && !status.is_regular) fail(irregular_text(status));
        if (const int code = follow_links(target_)) fail(system_text(code));
        if (status.exists)
            if (const int code = check_may_overwrite(target_)) fail(system_text(code));
        create_temporary();
        if (status.exists)
            if (const int code = set_permissions(stream_.handle, temporary_, status)) fail(code);
    }
    OutputFile(const OutputFile&) = delete;
    OutputFile& operator=(const OutputFile&) = delete;
    ~OutputFile() { discard(); }

    void write(const void* from, std::size_t bytes) {
        errno = 0;
        if (std::fwrite(from, 1, bytes, stream_.handle) != bytes) fail(errno);
    }

    /// Puts the file on the disk under its name.
    void commit() {
        errno = 0;
        if (std::fflush(stream_.handle) != 0) fail(errno);
        if (const int code = synchronise(stream_.handle)) fail(code);
        if (const int code = stream_.close()) fail(code);
        if (const int code = replace_file(temporary_, target_)) fail(code);
        temporary_.clear();
    }

  private:
    // A short name, so that it fits wherever the target's name does. Whoever creates a name owns it.
    void create_temporary() {
        constexpr int most_names = 10000;
        const std::size_t separator = target_.find_last_of(folder_separators);
        const std::string folder = separator == std::string::npos ? "" : target_.substr(0, separator + 1);
        int code = EEXIST;
        for (int number = 0; number < most_names && code == EEXIST; ++number) {
            temporary_ = folder + ".kuramoto-" + std::to_string(number) + ".tmp";
            stream_.handle = std::fopen(temporary_.c_str(), mode_of_new_file);
            code = stream_.handle != nullptr ? 0 : errno;
        }
        if (code == 0) return;
        temporary_.clear(); // not ours
        fail("no file can be created in its folder: " + system_text(code));
    }

    void discard() noexcept {
        stream_.close();
        if (!temporary_.empty()) std::remove(temporary_.c_str());
        temporary_.clear();
    }

    // The file goes before the message is made: without exceptions, nothing runs after it.
    [[noreturn]] void fail(int code) {
        discard();
        fail(system_text(code != 0 ? code : EIO));
    }
    [[noreturn]] void fail(const std::string& what) const {
        runtime_error("cannot write '" + std::string(path_.c_str()) + "': " + what);
    }

    std::string path_;
    std::string target_;
    std::string temporary_; // empty while there is none
    OpenFile stream_;
};

} // namespace detail
} // namespace KURAMOTO_BUILD
} // namespace kuramoto
