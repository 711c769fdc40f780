// The standard descriptors: the program opens those that are closed before it opens any other file.
#pragma once

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <string>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

namespace simulate {

/// Whether the descriptors 0, 1 and 2 were closed when the program started.
inline std::array<bool, 3> was_closed{};

/// Opens /dev/null in place of each closed standard descriptor (cron, daemons, "2>&-"). Otherwise the next file gets
/// its number, and messages for the standard error go into that file.
inline void open_standard_descriptors() {
    for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) { // open takes the lowest free number
        if (::fcntl(descriptor, F_GETFD) >= 0) continue;
        was_closed[static_cast<std::size_t>(descriptor)] = true;
        if (::open("/dev/null", descriptor == STDIN_FILENO ? O_RDONLY : O_WRONLY) == descriptor) continue;
        // There is no /dev, for example after chroot. An open folder takes the number; it cannot be read or written as
        // a file.
        if (::open("/", O_RDONLY | O_DIRECTORY) != descriptor)
            throw std::system_error(errno, std::generic_category(),
                                    "cannot open /dev/null in place of descriptor " + std::to_string(descriptor));
    }
}

/// Writes what a stream still holds. Whether any write to it has failed: if it writes line by line, as on a terminal,
/// the last one need not be that one.
inline bool has_lost_output(std::FILE* stream) { return std::fflush(stream) != 0 || std::ferror(stream) != 0; }

} // namespace simulate
