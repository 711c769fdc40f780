// A frame as a PNG.
#pragma once

#include "frame.hpp"
#include "stream.hpp"

#include <png.h>

#include <cstddef>
#include <cstdio>
#include <cstdlib>
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

/// A stream into memory. libpng writes to streams only; NewFile handles the failures of writing to the disk.
class MemoryStream {
  public:
    MemoryStream() : stream_(::open_memstream(&data_, &size_)) {}
    MemoryStream(const MemoryStream&) = delete;
    MemoryStream& operator=(const MemoryStream&) = delete;
    ~MemoryStream() {
        if (stream_ != nullptr) std::fclose(stream_);
        std::free(data_);
    }

    /// Null if there is not enough memory.
    [[nodiscard]] std::FILE* stream() const noexcept { return stream_; }
    /// The bytes up to the last flush.
    [[nodiscard]] const char* data() const noexcept { return data_; }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }

  private:
    char* data_ = nullptr;
    std::size_t size_ = 0;
    std::FILE* stream_;
};

/// Writes a PNG, to a file or a stream. Throws std::runtime_error naming it.
inline void write_picture(const std::string& name, const Frame& frame) {
    png_image image{};
    image.version = PNG_IMAGE_VERSION;
    image.width = static_cast<png_uint_32>(frame.cols);
    image.height = static_cast<png_uint_32>(frame.rows);
    image.format = PNG_FORMAT_RGB;
    write_output(name, [&](auto& file) {
        const MemoryStream encoded;
        if (encoded.stream() == nullptr) file.fail("there is not enough memory");
        if (png_image_write_to_stdio(&image, encoded.stream(), 0, frame.bytes.data(), 0, nullptr) == 0)
            file.fail(image.message);
        if (std::fflush(encoded.stream()) != 0) file.fail("there is not enough memory");
        file.write(encoded.data(), encoded.size());
    });
}

} // namespace simulate
