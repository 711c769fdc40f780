// The standard descriptors: all three are open before the program opens anything else.
#pragma once

#include <array>
#include <cerrno>
#include <cstddef>
#include <string>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

namespace simulate {

/// Whether the descriptors 0, 1 and 2 were closed when the program started.
inline std::array<bool, 3> was_closed{};

/// Opens /dev/null in place of a standard descriptor that is closed, as cron, daemons and "2>&-" leave it. Otherwise
/// the next file that is opened gets its number, and messages for the standard error go into that file.
inline void open_standard_descriptors() {
    for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) { // a new one gets the lowest free number
        if (::fcntl(descriptor, F_GETFD) >= 0) continue;
        was_closed[static_cast<std::size_t>(descriptor)] = true;
        if (::open("/dev/null", descriptor == STDIN_FILENO ? O_RDONLY : O_WRONLY) == descriptor) continue;
        // No /dev, as after chroot: a folder can neither be read nor written either, and it keeps the number.
        if (::open("/", O_RDONLY | O_DIRECTORY) != descriptor)
            throw std::system_error(errno, std::generic_category(),
                                    "cannot open /dev/null in place of descriptor " + std::to_string(descriptor));
    }
}

} // namespace simulate
