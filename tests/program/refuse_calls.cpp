// A library for LD_PRELOAD that makes system calls of a program fail, as some file systems and sandboxes do.
// KURAMOTO_REFUSED names the calls: "<call>:<errno>:<calls that succeed before>", separated by spaces. Only calls for
// files that are open for writing fail, so that the program can start. Its child processes are not affected.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <cerrno>
#include <cstdarg>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace {

struct Refused {
    std::string call;
    int code = 0;
    int calls_before = 0;
};

constexpr int most = 8;

/// The calls that KURAMOTO_REFUSED names; read once.
Refused* refused() {
    static Refused list[most];
    static const bool is_read = [] {
        const char* text = std::getenv("KURAMOTO_REFUSED");
        for (int k = 0; text != nullptr && k < most; ++k) {
            char call[40] = "";
            std::sscanf(text, " %39[^:]:%d:%d", call, &list[k].code, &list[k].calls_before);
            list[k].call = call;
            const char* const space = std::strchr(text, ' ');
            text = space != nullptr ? space + 1 : nullptr;
        }
        unsetenv("LD_PRELOAD");
        return true;
    }();
    static_cast<void>(is_read);
    return list;
}

[[gnu::constructor]] void begin() { refused(); }

/// Whether this call is to fail; sets errno.
bool fails(const char* call) {
    for (int k = 0; k < most; ++k) {
        Refused& one = refused()[k];
        if (one.code == 0 || one.call != call || one.calls_before-- > 0) continue;
        one.calls_before = 0;
        errno = one.code;
        return true;
    }
    return false;
}

/// The function that the program would have called.
template <class Function> Function* next(const char* name) {
    return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

bool is_regular(int descriptor) {
    struct stat entry{};
    return descriptor >= 0 && fstat(descriptor, &entry) == 0 && S_ISREG(entry.st_mode);
}
bool is_written(std::FILE* file) {
    const int descriptor = fileno(file);
    return is_regular(descriptor) && (fcntl(descriptor, F_GETFL) & O_ACCMODE) != O_RDONLY;
}

int open_file(const char* path, int flags, unsigned mode) {
    const char* const call = (flags & O_EXCL) != 0             ? "create"
                             : (flags & O_DIRECTORY) != 0      ? "open_folder"
                             : (flags & O_ACCMODE) == O_WRONLY ? "open_old"
                                                               : "";
    return fails(call) ? -1 : static_cast<int>(syscall(SYS_openat, AT_FDCWD, path, flags, mode));
}

} // namespace

extern "C" {

int open(const char* path, int flags, ...) {
    std::va_list arguments;
    va_start(arguments, flags);
    const unsigned mode = (flags & O_CREAT) != 0 ? va_arg(arguments, unsigned) : 0;
    va_end(arguments);
    return open_file(path, flags, mode);
}
int fchmod(int descriptor, mode_t mode) noexcept {
    return fails("fchmod") ? -1 : static_cast<int>(syscall(SYS_fchmod, descriptor, mode));
}
int fsync(int descriptor) {
    return fails(is_regular(descriptor) ? "fsync" : "fsync_folder") ? -1 : 0; // the disk itself is not under test
}
int sync_file_range(int, off64_t, off64_t, unsigned) { return fails("sync_file_range") ? -1 : 0; }
int ftruncate(int descriptor, off_t length) noexcept {
    return fails("ftruncate") ? -1 : static_cast<int>(syscall(SYS_ftruncate, descriptor, length));
}
std::size_t fwrite(const void* from, std::size_t size, std::size_t count, std::FILE* file) {
    const auto write = next<std::size_t(const void*, std::size_t, std::size_t, std::FILE*)>("fwrite");
    if (!is_written(file) || !fails("fwrite")) return write(from, size, count, file);
    const int code = errno;
    const std::size_t half = write(from, size, count / 2, file); // as if the disk became full
    errno = code;
    return half;
}
int fseeko(std::FILE* file, off_t offset, int from) {
    return fails("fseeko") ? -1 : next<int(std::FILE*, off_t, int)>("fseeko")(file, offset, from);
}
int fclose(std::FILE* file) {
    const bool is_ours = is_written(file);
    const int result = next<int(std::FILE*)>("fclose")(file);
    return is_ours && fails("fclose") ? EOF : result;
}
int rename(const char* from, const char* to) noexcept {
    return fails("rename") ? -1 : static_cast<int>(syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0));
}
std::FILE* tmpfile() { return fails("tmpfile") ? nullptr : next<std::FILE*()>("tmpfile")(); }
int memfd_create(const char* name, unsigned flags) noexcept {
    return fails("memfd_create") ? -1 : static_cast<int>(syscall(SYS_memfd_create, name, flags));
}

} // extern "C"
