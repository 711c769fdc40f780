// System calls that fail on demand, and what a writer must leave of its files then. The linker replaces the calls by
// those of failing_calls.cpp (--wrap).
#pragma once

#include <kuramoto/grid/field.hpp>

#include "support/files.hpp"
#include "support/values.hpp"

#include <gtest/gtest.h>

#include <cerrno>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <string>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>

namespace test {

namespace km = kuramoto;

/// A system call, distinguished by its purpose.
enum class Call {
    create,         ///< open, of a file that is new
    open_old,       ///< open, of a file that is there
    open_folder,    ///< open
    permissions,    ///< fchmod
    write,          ///< fwrite
    seek,           ///< fseeko
    length,         ///< ftruncate
    begin_to_sync,  ///< sync_file_range
    sync,           ///< fsync
    sync_folder,    ///< fsync
    close,          ///< fclose, of a file that was written
    close_unneeded, ///< close or fclose, of a descriptor through which nothing was written
    rename
};

/// The call that fails next.
struct Failure {
    Call call{};
    int code = 0;                 ///< value of errno
    int calls_until_failure = -1; ///< −1: none fails
    bool is_lasting = false;      ///< all later calls fail, too
};
inline Failure failure;

/// The outcome of a failed call.
enum class Outcome {
    harmless, ///< the file is there, complete
    removed,  ///< an error, and nothing is left of the file
    in_doubt, ///< an error that names the call; the file is kept, and the message says where and that it may be damaged
    kept      ///< an error that names the call; the complete file is kept, and the message says where
};

struct Rule {
    Call call;
    Outcome outcome;
    std::vector<int> codes;
};

/// The errors that open(2) names, except those that do not occur for a new file.
inline std::vector<int> open_codes() {
    return {EACCES, EBUSY,        EDQUOT,    EFAULT, EFBIG,  EINVAL,  EISDIR,     ELOOP,
            EMFILE, ENAMETOOLONG, ENFILE,    ENODEV, ENOENT, ENOMEM,  ENOSPC,     ENOTDIR,
            ENXIO,  EOPNOTSUPP,   EOVERFLOW, EPERM,  EROFS,  ETXTBSY, EWOULDBLOCK};
}

/// The rule of detail/io/system_calls.hpp, call by call.
inline std::vector<Rule> rules() {
    return {
        {Call::create, Outcome::removed, open_codes()},
        {Call::create, Outcome::harmless, {EINTR}},
        {Call::open_old, Outcome::removed, open_codes()},
        {Call::open_old, Outcome::harmless, {EINTR}},
        {Call::open_folder, Outcome::harmless, open_codes()},
        {Call::open_folder, Outcome::harmless, {EINTR}},
        {Call::permissions,
         Outcome::harmless,
         {EACCES, EBADF, EFAULT, EINTR, EINVAL, EIO, ELOOP, ENAMETOOLONG, ENOENT, ENOMEM, ENOSYS, ENOTDIR, EOPNOTSUPP,
          EPERM, EROFS}},
        {Call::write,
         Outcome::removed,
         {EAGAIN, EBADF, EDESTADDRREQ, EDQUOT, EFAULT, EFBIG, EINVAL, EIO, ENOSPC, EPERM, EPIPE}},
        {Call::write, Outcome::harmless, {EINTR}},
        {Call::seek, Outcome::removed, {EBADF, EINVAL, ENXIO, EOVERFLOW, ESPIPE}},
        {Call::length, Outcome::removed, {EACCES, EBADF, EFBIG, EINVAL, EIO, EISDIR, EPERM, EROFS, ETXTBSY}},
        {Call::length, Outcome::harmless, {EINTR}},
        {Call::begin_to_sync, Outcome::harmless, {EBADF, EINVAL, EIO, ENOMEM, ENOSPC, ENOSYS, ESPIPE}},
        {Call::sync, Outcome::harmless, {EINTR, EINVAL, ENOSYS, ENOTSUP, ENOTTY, EOPNOTSUPP, EPERM, EROFS}},
        {Call::sync, Outcome::removed, {EDQUOT, EFBIG, ENOSPC}},
        {Call::sync, Outcome::in_doubt, {EBADF, EIO, ESTALE}},
        {Call::sync_folder, Outcome::harmless, {EBADF, EDQUOT, EINTR, EINVAL, EIO, ENOSPC, ENOSYS, EOPNOTSUPP, EROFS}},
        {Call::close, Outcome::harmless, {EINTR}},
        {Call::close, Outcome::removed, {EDQUOT, ENOSPC}},
        {Call::close, Outcome::in_doubt, {EBADF, EIO}},
        {Call::close_unneeded, Outcome::harmless, {EBADF, EDQUOT, EINTR, EIO, ENOSPC}},
        {Call::rename,
         Outcome::kept,
         {EACCES, EBUSY, EDQUOT, EEXIST, EFAULT, EINVAL, EISDIR, ELOOP, EMLINK, ENAMETOOLONG, ENOENT, ENOMEM, ENOSPC,
          ENOTDIR, ENOTEMPTY, EPERM, EROFS, ETXTBSY, EXDEV}},
    };
}

inline bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

/// The message of the error that `action` throws, or nothing.
template <class Action> std::string message_of(const Action& action) {
    try {
        action();
    } catch (const std::exception& error) {
        return error.what();
    }
    return {};
}

/// The message while the call of this number fails, and whether a call has failed.
struct Attempt {
    std::string message;
    bool has_failed = false;
};
template <class Action> Attempt attempt(Call call, int code, int number, const Action& action) {
    failure.call = call;
    failure.code = code;
    failure.calls_until_failure = number;
    Attempt result;
    result.message = message_of(action);
    result.has_failed = failure.calls_until_failure < 0;
    failure.calls_until_failure = -1;
    return result;
}

/// The message while all calls of this kind fail.
template <class Action> std::string message_while_refused(Call call, int code, const Action& action) {
    failure.is_lasting = true;
    const std::string message = attempt(call, code, 0, action).message;
    failure.is_lasting = false;
    return message;
}

/// The number of open descriptors.
inline int open_descriptors() {
    int count = 0;
    for (int descriptor = 0; descriptor < 256; ++descriptor)
        if (fcntl(descriptor, F_GETFD) != -1) ++count;
    return count;
}

inline km::Field<float> frame(std::uint32_t number) {
    km::Field<float> field(5, 7);
    test::fill_distinct(field.view(), 100 * number);
    return field;
}

inline unsigned mode_of(const std::string& path) {
    struct stat entry{};
    EXPECT_EQ(stat(path.c_str(), &entry), 0) << path;
    return entry.st_mode & 0777U;
}

/// A folder with the file that is to be written.
class Failures : public InFolder {
  protected:
    [[nodiscard]] std::string name() const { return path("file"); }
    [[nodiscard]] std::string temporary() const { return path(".kuramoto-0.tmp"); }

    [[nodiscard]] static std::string bytes_of(const std::string& path) {
        return std::filesystem::exists(path) ? contents(path) : "";
    }
};

} // namespace test
