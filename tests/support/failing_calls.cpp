// The system calls of a writer, each of which fails when failing_calls.hpp says so.
#include "support/failing_calls.hpp"

#include <cerrno>
#include <cstdarg>
#include <cstddef>
#include <cstdio>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace {

using test::Call;
using test::failure;

/// Whether this call is the one that is to fail; sets errno.
bool fails(Call call) {
    if (call != failure.call || failure.calls_until_failure < 0) return false;
    if (failure.calls_until_failure > 0) {
        --failure.calls_until_failure;
        return false;
    }
    if (!failure.is_lasting) failure.calls_until_failure = -1;
    errno = failure.code;
    return true;
}

bool is_folder(int descriptor) {
    struct stat entry{};
    return fstat(descriptor, &entry) == 0 && S_ISDIR(entry.st_mode);
}

} // namespace

extern "C" {
int __real_open(const char* path, int flags, ...);
int __real_fchmod(int descriptor, mode_t mode);
std::size_t __real_fwrite(const void* from, std::size_t size, std::size_t count, std::FILE* file);
int __real_fseeko(std::FILE* file, off_t offset, int from);
int __real_ftruncate(int descriptor, off_t length);
int __real_fclose(std::FILE* file);
int __real_close(int descriptor);
int __real_rename(const char* from, const char* to);

int __wrap_open(const char* path, int flags, ...) {
    const Call call = (flags & O_CREAT) != 0       ? Call::create
                      : (flags & O_DIRECTORY) != 0 ? Call::open_folder
                                                   : Call::open_old;
    std::va_list arguments;
    va_start(arguments, flags);
    const unsigned mode = (flags & O_CREAT) != 0 ? va_arg(arguments, unsigned) : 0;
    va_end(arguments);
    return fails(call) ? -1 : __real_open(path, flags, mode);
}
int __wrap_fchmod(int descriptor, mode_t mode) {
    return fails(Call::permissions) ? -1 : __real_fchmod(descriptor, mode);
}
std::size_t __wrap_fwrite(const void* from, std::size_t size, std::size_t count, std::FILE* file) {
    if (!fails(Call::write)) return __real_fwrite(from, size, count, file);
    const std::size_t half = __real_fwrite(from, size, count / 2, file); // as if the disk became full
    errno = failure.code;
    return half;
}
int __wrap_fseeko(std::FILE* file, off_t offset, int from) {
    return fails(Call::seek) ? -1 : __real_fseeko(file, offset, from);
}
int __wrap_ftruncate(int descriptor, off_t length) {
    return fails(Call::length) ? -1 : __real_ftruncate(descriptor, length);
}
int __wrap_sync_file_range(int, off_t, off_t, unsigned) { return fails(Call::begin_to_sync) ? -1 : 0; }
int __wrap_fsync(int descriptor) { // without waiting for the disk, which is not under test
    return fails(is_folder(descriptor) ? Call::sync_folder : Call::sync) ? -1 : 0;
}
int __wrap_fclose(std::FILE* file) { // the file is closed even if fclose reports an error
    const bool is_read = (fcntl(fileno(file), F_GETFL) & O_ACCMODE) == O_RDONLY;
    const int result = __real_fclose(file);
    return fails(is_read ? Call::close_unneeded : Call::close) ? EOF : result;
}
int __wrap_close(int descriptor) {
    const int result = __real_close(descriptor);
    return fails(Call::close_unneeded) ? -1 : result;
}
int __wrap_rename(const char* from, const char* to) { return fails(Call::rename) ? -1 : __real_rename(from, to); }
}
