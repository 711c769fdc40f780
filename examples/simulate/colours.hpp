// Colours of numbers: a cyclic map for phases, a diverging one for what lies on both sides of a middle.
//
// Both are drawn in OkLCh, the polar form of Oklab (B. Ottosson, "A perceptual color space for image processing",
// 2020), in which equal distances look equal. The cyclic map goes round a circle at one lightness and one chroma: no
// phase stands out by being brighter, equal differences look alike, and the circle closes: 0 and 2π have the same
// colour. Its chroma is the largest for which the whole circle lies within sRGB at this lightness. The diverging map
// goes from blue by a light grey to red, and grows lighter at an even pace towards the middle.
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace simulate {

constexpr double pi = 3.14159265358979323846;

using Colour = std::array<std::uint8_t, 3>; // red, green, blue in sRGB
constexpr Colour no_number{128, 128, 128};

/// The byte of a linear intensity in [0, 1], by the transfer function of sRGB.
inline std::uint8_t srgb_byte(double linear) {
    const double encoded = linear <= 0.0031308 ? 12.92 * linear : 1.055 * std::pow(linear, 1 / 2.4) - 0.055;
    return static_cast<std::uint8_t>(std::lround(255 * std::fmin(std::fmax(encoded, 0.0), 1.0)));
}

/// The linear intensity of a byte.
inline double linear_intensity(std::uint8_t byte) {
    const double encoded = byte / 255.0;
    return encoded <= 0.04045 ? encoded / 12.92 : std::pow((encoded + 0.055) / 1.055, 2.4);
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

/// Colours of phases in rad, of any size, more of them than the eye can tell apart.
class CyclicMap {
  public:
    CyclicMap() {
        constexpr double lightness = 0.75;
        constexpr double chroma = 0.127;
        constexpr double hue_of_zero = 29 * pi / 180; // red
        for (std::size_t k = 0; k < colours_.size(); ++k) {
            const double hue = hue_of_zero + 2 * pi * static_cast<double>(k) / size;
            colours_[k] = colour_of_oklab(lightness, chroma * std::cos(hue), chroma * std::sin(hue));
        }
    }

    /// The nearest on the circle.
    [[nodiscard]] const Colour& operator()(double phase) const {
        const double turns = phase * (1 / (2 * pi));
        if (!std::isfinite(turns)) return no_number;
        const auto nearest = static_cast<std::size_t>((turns - std::floor(turns)) * size + 0.5);
        return colours_[nearest % colours_.size()];
    }

  private:
    static constexpr double size = 1024;
    std::array<Colour, static_cast<std::size_t>(size)> colours_;
};

/// Colours of numbers from `low` to `high`; what lies beyond has the colour of the end.
class DivergingMap {
  public:
    DivergingMap(double low, double high) : low_(low), high_(high) {
        constexpr double blue = 255 * pi / 180;
        constexpr double red = 30 * pi / 180;
        for (std::size_t k = 0; k < colours_.size(); ++k) {
            const double place = 2 * static_cast<double>(k) / size - 1; // −1 … 1
            const double away = std::fabs(place);
            const double hue = place < 0 ? blue : red;
            const double chroma = 0.15 * away * (2 - away); // within sRGB all the way
            colours_[k] = colour_of_oklab(0.95 - 0.5 * away, chroma * std::cos(hue), chroma * std::sin(hue));
        }
    }

    [[nodiscard]] const Colour& operator()(double number) const {
        const double place = (number - low_) / (high_ - low_);
        if (!(place == place)) return no_number;
        return colours_[static_cast<std::size_t>(std::fmin(std::fmax(place, 0.0), 1.0) * size + 0.5)];
    }

    [[nodiscard]] double low() const { return low_; }
    [[nodiscard]] double high() const { return high_; }

  private:
    static constexpr double size = 512;
    double low_;
    double high_;
    std::array<Colour, static_cast<std::size_t>(size) + 1> colours_;
};

} // namespace simulate
