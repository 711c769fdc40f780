// Open files, input files, and the check of an output path.
#pragma once

#include <kuramoto/detail/build/errors.hpp>
#include <kuramoto/detail/io/system_calls.hpp>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>
#include <utility>

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

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
        return file == nullptr ? 0 : close_file(file);
    }

    std::FILE* handle = nullptr;
};

/// Why a path that exists cannot be read or written.
inline std::string irregular_text(const FileStatus& status) {
    return status.is_directory ? "it is a folder" : "it is not a regular file";
}

/// Follows the symbolic links of an output path and finds the existing file. Returns the reason why the path cannot be
/// written, or an empty text.
inline std::string find_target(std::string& path, FileStatus& status) {
    if (path.find('\0') != std::string::npos) return "its name contains a zero byte";
    if (path.empty()) return system_text(ENOENT);
    if (const int code = look_up(path, status)) return system_text(code);
    if (status.exists && !status.is_regular) return irregular_text(status);
    int code = follow_links(path);
    if (code == 0 && status.exists) code = check_may_overwrite(path);
    return code != 0 ? system_text(code) : "";
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

    [[__noreturn__]] void fail(const std::string& what) const {
        runtime_error("cannot read '" + std::string(path_.c_str()) + "': " + what);
    }

  private:
    std::string path_;
    FileStatus status_;
    OpenFile stream_;
};

} // namespace detail
KURAMOTO_END_NAMESPACE
