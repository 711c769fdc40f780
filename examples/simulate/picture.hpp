// A frame as a PNG.
#pragma once

#include "frame.hpp"
#include "output.hpp"

#include <png.h>

#include <cerrno>
#include <cstddef>
#include <string>

namespace simulate {

/// Throws BadOption for lattices that `what` cannot show: without cells, or more than `most` pixels along a side.
inline void check_frame(const std::string& what, const Layout& layout, std::ptrdiff_t most) {
    constexpr std::ptrdiff_t most_pixels = 0xffffffff / 3;
    if (layout.rows <= most && layout.cols <= most && layout.rows <= most_pixels / layout.cols) return;
    throw BadOption(what + ": " + std::to_string(layout.rows) + " x " + std::to_string(layout.cols) +
                    " pixels are too many; it takes at most " + std::to_string(most) + " along a side, and " +
                    std::to_string(most_pixels) + " in all (see --scale)");
}

/// Writes a PNG. Throws std::runtime_error naming the file.
inline void write_picture(const std::string& name, const Frame& frame) {
    png_image image{};
    image.version = PNG_IMAGE_VERSION;
    image.width = static_cast<png_uint_32>(frame.cols);
    image.height = static_cast<png_uint_32>(frame.rows);
    image.format = PNG_FORMAT_RGB;
    NewFile file(name);
    errno = 0;
    if (png_image_write_to_stdio(&image, file.handle(), 0, frame.bytes.data(), 0, nullptr) == 0) {
        if (errno != 0) file.fail(errno);
        file.fail(image.message);
    }
    file.commit();
}

} // namespace simulate
