// Outputs that are streams: descriptors that are open already, such as the standard output.
#pragma once

#include "descriptors.hpp"
#include "interrupt.hpp"
#include "output.hpp"
#include "text.hpp"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

namespace simulate {

/// The descriptor N, if the path is the entry /proc/self/fd/N or /proc/thread-self/fd/N of this process.
inline std::optional<int> descriptor_at(const std::filesystem::path& path) {
    const auto number = parsed<int>(path.filename().string());
    if (!number || ::fcntl(*number, F_GETFD) < 0) return std::nullopt;
    std::error_code error;
    const std::filesystem::path folder =
        std::filesystem::canonical(path.has_parent_path() ? path.parent_path() : std::filesystem::path("."), error);
    if (error) return std::nullopt;
    for (const char* list : {"/proc/self/fd", "/proc/thread-self/fd"})
        if (std::filesystem::canonical(list, error) == folder && !error) return number;
    return std::nullopt;
}

/// The descriptor that a name stands for; nothing if it is the name of a file. "-" is the standard output; /dev/stdout
/// and /dev/fd/N (as the shell writes ">(command)") are links to descriptors.
inline std::optional<int> descriptor_named(const std::string& name) {
    if (name == "-") return STDOUT_FILENO;
    std::filesystem::path path = name;
    std::error_code error;
    for (int links = 0; links <= 40; ++links) {
        if (const auto descriptor = descriptor_at(path)) return descriptor;
        if (!std::filesystem::is_symlink(path, error)) return std::nullopt;
        path = path.parent_path() / std::filesystem::read_symlink(path, error); // an absolute one replaces the folder
    }
    return std::nullopt;
}

/// Whether two descriptors refer to the same file, pipe or terminal.
inline bool is_same_stream(int a, int b) {
    struct stat first{};
    struct stat second{};
    return ::fstat(a, &first) == 0 && ::fstat(b, &second) == 0 && first.st_dev == second.st_dev &&
           first.st_ino == second.st_ino;
}

/// Throws BadOption unless the descriptor can be written, as far as that is known before the run. `is_text`: the output
/// may go to a terminal.
inline void check_stream(const std::string& option, const std::string& name, int descriptor, bool is_text) {
    const auto refuse = [&](const std::string& why) { throw BadOption(option + " " + name + ": " + why); };
    if (descriptor <= STDERR_FILENO && was_closed[static_cast<std::size_t>(descriptor)]) refuse("it is closed");
    if (descriptor == STDERR_FILENO) refuse("the standard error is for messages");
    const int flags = ::fcntl(descriptor, F_GETFL);
    if (flags < 0 || (flags & O_ACCMODE) == O_RDONLY || (flags & O_PATH) != 0) refuse("it is not open for writing");
    pollfd state{descriptor, POLLOUT, 0};
    if (::poll(&state, 1, 0) > 0 && (state.revents & (POLLERR | POLLHUP)) != 0) refuse("no program reads it");
    struct stat entry{};
    struct stat null{};
    if (::fstat(descriptor, &entry) != 0) refuse(std::generic_category().message(errno));
    const bool is_null = S_ISCHR(entry.st_mode) && ::stat("/dev/null", &null) == 0 && entry.st_rdev == null.st_rdev;
    if (::isatty(descriptor) != 0) {
        if (!is_text) refuse("a terminal does not show it");
    } else if (!is_null && (S_ISCHR(entry.st_mode) || S_ISBLK(entry.st_mode))) {
        refuse("it is a device");
    }
}

/// A stream with the interface of NewFile. All failures are std::runtime_error and name the stream.
class OutputStream {
  public:
    OutputStream(const std::string& name, int descriptor) : name_(name), descriptor_(descriptor) {}

    /// Writes all bytes. Waits while a pipe is full. After a stop signal, it waits a few seconds and then fails.
    void write(const void* from, std::size_t bytes) const {
        const char* next = static_cast<const char*>(from);
        while (bytes > 0) {
            wait();
            // So many bytes do not block a pipe that is ready.
            const ssize_t written = ::write(descriptor_, next, std::min<std::size_t>(bytes, PIPE_BUF));
            if (written < 0 && errno != EINTR && errno != EAGAIN) {
                fail(std::generic_category().message(errno));
            } else if (written > 0) {
                next += written;
                bytes -= static_cast<std::size_t>(written);
            }
        }
    }

    /// Does nothing: `write` has handed over every byte.
    void commit() const {}

    [[noreturn]] void fail(const std::string& what) const {
        throw std::runtime_error("cannot write '" + name_ + "': " + what);
    }

  private:
    /// Waits until the descriptor takes bytes.
    void wait() const {
        constexpr int turn = 100;      // milliseconds
        constexpr int patience = 5000; // after a stop signal
        for (int waited = 0; waited < patience;) {
            pollfd state{descriptor_, POLLOUT, 0};
            if (::poll(&state, 1, turn) > 0) return;
            if (stop_signal != 0) waited += turn;
        }
        fail("the run was stopped, and no program reads it");
    }

    std::string name_;
    int descriptor_;
};

/// Calls `use` with the output of this name: a stream, or a file that is replaced when `use` has returned.
template <class Use> void write_output(const std::string& name, const Use& use) {
    const auto write = [&](auto&& file) {
        use(file);
        file.commit();
    };
    if (const auto descriptor = descriptor_named(name))
        write(OutputStream(name, *descriptor));
    else
        write(NewFile(name));
}

} // namespace simulate
