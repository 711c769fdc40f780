// Pictures of phases: a cyclic colour map, and a PNG with a pixel for each cell.
//
// The colour map goes round a circle in OkLCh, the polar form of Oklab (B. Ottosson, "A perceptual color space for
// image processing", 2020): equal steps of phase are equal steps of hue at one lightness and one chroma. So no phase
// stands out by being brighter, equal differences look alike, and the circle closes: 0 and 2π have the same colour. The
// chroma is the largest for which the whole circle lies within sRGB at this lightness.
#pragma once

#include "options.hpp"
#include "output.hpp"

#include <kuramoto/grid.hpp>

#include <png.h>

#include <array>
#include <cerrno>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace simulate {

constexpr double pi = 3.14159265358979323846;
constexpr double lightness = 0.75;
constexpr double chroma = 0.127;
constexpr double hue_of_zero = 29 * pi / 180; // red

using Colour = std::array<std::uint8_t, 3>; // red, green, blue in sRGB
constexpr Colour no_phase{128, 128, 128};

/// The byte of a linear intensity in [0, 1], by the transfer function of sRGB.
inline std::uint8_t srgb_byte(double linear) {
    const double encoded = linear <= 0.0031308 ? 12.92 * linear : 1.055 * std::pow(linear, 1 / 2.4) - 0.055;
    return static_cast<std::uint8_t>(std::lround(255 * std::fmin(std::fmax(encoded, 0.0), 1.0)));
}

/// Oklab to sRGB; the matrices are Ottosson's.
inline Colour colour_of_oklab(double L, double a, double b) {
    const double l = std::pow(L + 0.3963377774 * a + 0.2158037573 * b, 3);
    const double m = std::pow(L - 0.1055613458 * a - 0.0638541728 * b, 3);
    const double s = std::pow(L - 0.0894841775 * a - 1.2914855480 * b, 3);
    return {srgb_byte(+4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
            srgb_byte(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
            srgb_byte(-0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s)};
}

/// The colours of phases, more of them than the eye can tell apart.
class CyclicMap {
  public:
    CyclicMap() {
        for (std::size_t k = 0; k < colours_.size(); ++k) {
            const double hue = hue_of_zero + 2 * pi * static_cast<double>(k) / size;
            colours_[k] = colour_of_oklab(lightness, chroma * std::cos(hue), chroma * std::sin(hue));
        }
    }

    /// The colour of a phase in rad, of any size: the nearest on the circle.
    [[nodiscard]] const Colour& operator()(double phase) const {
        const double turns = phase / (2 * pi);
        if (!std::isfinite(turns)) return no_phase;
        const auto nearest = static_cast<std::size_t>((turns - std::floor(turns)) * size + 0.5);
        return colours_[nearest % colours_.size()];
    }

  private:
    static constexpr double size = 1024;
    std::array<Colour, static_cast<std::size_t>(size)> colours_;
};

/// Throws BadOption for lattices that a PNG cannot show: without cells, or beyond the limits of libpng.
inline void check_picture(const std::string& name, std::ptrdiff_t rows, std::ptrdiff_t cols) {
    constexpr std::ptrdiff_t most = 1000000;
    constexpr std::ptrdiff_t most_pixels = 0xffffffff / 3;
    if (name.empty() || (rows >= 1 && cols >= 1 && rows <= most && cols <= most && rows <= most_pixels / cols)) return;
    throw BadOption("--picture " + name + ": there is no picture of " + std::to_string(rows) + " x " +
                    std::to_string(cols) + " cells; it takes 1 to 1000000 rows and columns, and at most " +
                    std::to_string(most_pixels) + " cells");
}

/// Writes row i of theta as line i of a PNG, from the top. Throws std::runtime_error naming the file.
template <class T> void write_picture(const std::string& name, kuramoto::Grid<const T> theta) {
    const CyclicMap colour;
    std::vector<std::uint8_t> pixels;
    pixels.reserve(static_cast<std::size_t>(theta.size()) * 3);
    for (std::ptrdiff_t i = 0; i < theta.rows(); ++i)
        for (std::ptrdiff_t j = 0; j < theta.cols(); ++j)
            for (const std::uint8_t byte : colour(static_cast<double>(theta(i, j)))) pixels.push_back(byte);

    png_image image{};
    image.version = PNG_IMAGE_VERSION;
    image.width = static_cast<png_uint_32>(theta.cols());
    image.height = static_cast<png_uint_32>(theta.rows());
    image.format = PNG_FORMAT_RGB;
    NewFile file(name);
    errno = 0;
    if (png_image_write_to_stdio(&image, file.handle(), 0, pixels.data(), 0, nullptr) == 0) {
        if (errno != 0) file.fail(errno);
        file.fail(image.message);
    }
    file.commit();
}

} // namespace simulate
