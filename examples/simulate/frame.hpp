// A frame: the lattice as pixels, and at its right a legend that says what the colours mean.
#pragma once

#include "colours.hpp"
#include "options.hpp"

#include <lattices.hpp>
#include <pictures.hpp>
#include <processes.hpp>

#include <cairo.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

namespace simulate {

/// Rows of pixels from the top, three bytes each.
struct Frame {
    std::ptrdiff_t rows = 0;
    std::ptrdiff_t cols = 0;
    std::vector<std::uint8_t> bytes;

    [[nodiscard]] std::uint8_t* pixel(std::ptrdiff_t i, std::ptrdiff_t j) {
        return bytes.data() + static_cast<std::size_t>(3 * (i * cols + j));
    }
};

/// What the colours of a run mean; one range for all its frames.
struct Colouring {
    enum class Kind { phase, sine, frequency, effective, local };
    Kind kind = Kind::phase;
    CyclicMap cyclic{};
    DivergingMap diverging{-1, 1};

    [[nodiscard]] const Colour& operator()(double number) const {
        if (kind == Kind::phase) return cyclic(number);
        return diverging(kind == Kind::sine ? std::sin(number) : number);
    }
};

/// Where the parts of a frame lie, in pixels.
struct Layout {
    std::ptrdiff_t enlarged = 1; ///< pixels along the side of a cell
    std::ptrdiff_t shrunk = 1;   ///< cells along the side of a pixel
    std::ptrdiff_t lattice_rows = 0;
    std::ptrdiff_t lattice_cols = 0;
    std::ptrdiff_t legend_cols = 0; ///< 0: no legend
    std::ptrdiff_t rows = 0;        ///< of the frame
    std::ptrdiff_t cols = 0;
    double unit = 1; ///< of the legend's drawing
};

/// `even`: as videos want it, both sides are even.
inline Layout layout_of(const Options& options, std::ptrdiff_t rows, std::ptrdiff_t cols, bool even) {
    Layout layout;
    const std::ptrdiff_t longer = std::max(rows, cols);
    const bool is_asked = options.enlarged || options.shrunk;
    layout.enlarged =
        is_asked ? options.enlarged.value_or(1) : std::max<std::ptrdiff_t>(1, (480 + longer - 1) / longer);
    layout.shrunk = is_asked ? options.shrunk.value_or(1) : std::max<std::ptrdiff_t>(1, (longer + 2159) / 2160);
    const auto pixels = [&](std::ptrdiff_t cells) {
        return (cells * layout.enlarged + layout.shrunk - 1) / layout.shrunk;
    };
    layout.rows = layout.lattice_rows = pixels(rows);
    layout.cols = layout.lattice_cols = pixels(cols);
    if (!options.no_legend) {
        constexpr std::ptrdiff_t legend_rows = 240; // at unit 1
        layout.unit = std::clamp(static_cast<double>(layout.rows) / 480, 1.0, 8.0);
        layout.legend_cols = static_cast<std::ptrdiff_t>(140 * layout.unit);
        layout.cols += layout.legend_cols;
        layout.rows = std::max(layout.rows, legend_rows);
    }
    if (even) {
        layout.rows += layout.rows % 2;
        layout.cols += layout.cols % 2;
    }
    return layout;
}

/// The strip at the right: a wheel of phases or a bar of numbers, and what is true of this frame.
class Legend {
  public:
    Legend(const Layout& layout, const Colouring& colouring) : layout_(layout), colouring_(colouring) {}

    /// Draws it into the frame.
    void draw(Frame& frame, double time, double r) const {
        const int width = static_cast<int>(layout_.cols - layout_.lattice_cols);
        const int height = static_cast<int>(std::min(layout_.rows, static_cast<std::ptrdiff_t>(240 * layout_.unit)));
        const std::unique_ptr<cairo_surface_t, decltype(&cairo_surface_destroy)> surface(
            cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height), &cairo_surface_destroy);
        const std::unique_ptr<cairo_t, decltype(&cairo_destroy)> context(cairo_create(surface.get()), &cairo_destroy);
        cairo_t* const cairo = context.get();
        cairo_set_source_rgb(cairo, 1, 1, 1);
        cairo_paint(cairo);
        cairo_scale(cairo, layout_.unit, layout_.unit);
        cairo_select_font_face(cairo, "DejaVu Sans", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
        cairo_set_font_size(cairo, 15);
        colouring_.kind == Colouring::Kind::phase ? draw_wheel(cairo) : draw_bar(cairo);
        char line[64];
        std::snprintf(line, sizeof line, "t = %.6g", time);
        write(cairo, 70, 196, line);
        std::snprintf(line, sizeof line, "r = %.3f", r);
        write(cairo, 70, 220, line);
        copy(surface.get(), frame);
    }

  private:
    /// Text with its middle at x, its base line at y.
    static void write(cairo_t* cairo, double x, double y, const std::string& text) {
        cairo_text_extents_t extents;
        cairo_text_extents(cairo, text.c_str(), &extents);
        cairo_set_source_rgb(cairo, 0, 0, 0);
        cairo_move_to(cairo, x - extents.x_advance / 2, y);
        cairo_show_text(cairo, text.c_str());
    }

    static void set_colour(cairo_t* cairo, const Colour& colour) {
        cairo_set_source_rgb(cairo, colour[0] / 255.0, colour[1] / 255.0, colour[2] / 255.0);
    }

    /// The phases anticlockwise from the right, as angles are.
    void draw_wheel(cairo_t* cairo) const {
        constexpr int sectors = 360;
        constexpr double x = 70;
        constexpr double y = 90;
        cairo_set_line_width(cairo, 16);
        for (int k = 0; k < sectors; ++k) {
            const double begin = 2 * pi * k / sectors;
            const double end = 2 * pi * (k + 1.5) / sectors; // half a sector more: no gaps
            set_colour(cairo, colouring_.cyclic(2 * pi * (k + 0.5) / sectors));
            cairo_arc_negative(cairo, x, y, 34, -begin, -end);
            cairo_stroke(cairo);
        }
        write(cairo, x, y + 6, "θ");
        write(cairo, x + 52, y + 6, "0");
        write(cairo, x, y - 48, "π/2");
        write(cairo, x - 54, y + 6, "π");
        write(cairo, x, y + 60, "3π/2");
    }

    [[nodiscard]] const char* title() const {
        if (colouring_.kind == Colouring::Kind::sine) return "sin θ";
        if (colouring_.kind == Colouring::Kind::local) return "local r";
        return colouring_.kind == Colouring::Kind::frequency ? "dθ/dt" : "mean dθ/dt";
    }

    void draw_bar(cairo_t* cairo) const {
        const DivergingMap& map = colouring_.diverging;
        constexpr int steps = 130;
        constexpr double top = 34;
        for (int k = 0; k < steps; ++k) {
            set_colour(cairo, map(map.high() + (map.low() - map.high()) * (k + 0.5) / steps));
            cairo_rectangle(cairo, 24, top + k, 20, 1.5);
            cairo_fill(cairo);
        }
        write(cairo, 70, 20, title());
        for (const double place : {0.0, 0.5, 1.0})
            write(cairo, 84, top + 5 + steps * (1 - place), number_text(map.low() + (map.high() - map.low()) * place));
    }

    /// A number of the bar, as exact as the width of its range lets one see.
    [[nodiscard]] std::string number_text(double number) const {
        const double range = colouring_.diverging.high() - colouring_.diverging.low();
        const double digit = std::pow(10, std::floor(std::log10(range)) - 2);
        char line[32];
        std::snprintf(line, sizeof line, "%.8g", std::round(number / digit) * digit + 0.0); // + 0: no −0
        return line;
    }

    void copy(cairo_surface_t* surface, Frame& frame) const {
        cairo_surface_flush(surface);
        const unsigned char* data = cairo_image_surface_get_data(surface);
        const int stride = cairo_image_surface_get_stride(surface);
        for (int i = 0; i < cairo_image_surface_get_height(surface); ++i)
            for (int j = 0; j < cairo_image_surface_get_width(surface); ++j) {
                std::uint32_t colour = 0; // of the machine's byte order
                std::copy_n(data + i * stride + 4 * j, 4, reinterpret_cast<unsigned char*>(&colour));
                std::uint8_t* to = frame.pixel(i, layout_.lattice_cols + j);
                for (unsigned k = 0; k < 3; ++k) to[k] = static_cast<std::uint8_t>(colour >> (16 - 8 * k));
            }
    }

    Layout layout_;
    const Colouring& colouring_;
};

/// Makes frames of one size.
class Painter {
  public:
    Painter(const Cut& cut, const Layout& layout, const Colouring& colouring)
        : cut_(cut), layout_(layout), colouring_(colouring), legend_(layout, colouring) {
        if (!is_first()) return;
        frame_.rows = layout.rows;
        frame_.cols = layout.cols;
        frame_.bytes.assign(static_cast<std::size_t>(3 * layout.rows * layout.cols), 255); // white
    }

    /// The frame of these numbers (phases, or frequencies), at this time; valid until the next one. The first process
    /// has it.
    template <class T> const Frame& paint(const Lattice<T>& numbers, double time, double r) {
        const auto paint_cells = [&](const kuramoto::Grid<const T>& cells, Frame& frame) {
            layout_.shrunk > 1 ? paint_shrunk(cells, frame) : paint_enlarged(cells, frame);
        };
        paint_lattice(cut_, numbers, layout_.enlarged, layout_.shrunk, frame_, paint_cells);
        if (layout_.legend_cols > 0) on_first([&] { legend_.draw(frame_, time, r); });
        return frame_;
    }

  private:
    template <class T> void paint_enlarged(const kuramoto::Grid<const T>& numbers, Frame& frame) const {
        const std::ptrdiff_t side = layout_.enlarged;
        for (std::ptrdiff_t i = 0; i < numbers.rows(); ++i) {
            std::uint8_t* const line = frame.pixel(i * side, 0);
            std::uint8_t* to = line;
            for (std::ptrdiff_t j = 0; j < numbers.cols(); ++j) {
                const Colour& colour = colouring_(static_cast<double>(numbers(i, j)));
                for (std::ptrdiff_t k = 0; k < side; ++k) to = std::copy_n(colour.data(), 3, to);
            }
            for (std::ptrdiff_t k = 1; k < side; ++k) std::copy(line, to, frame.pixel(i * side + k, 0));
        }
    }

    /// The mean light of the cells of a pixel.
    template <class T> void paint_shrunk(const kuramoto::Grid<const T>& numbers, Frame& frame) const {
        double linear[256];
        for (unsigned k = 0; k < 256; ++k) linear[k] = linear_intensity(static_cast<std::uint8_t>(k));
        const auto pixels = [&](std::ptrdiff_t cells) { return (cells + layout_.shrunk - 1) / layout_.shrunk; };
        for (std::ptrdiff_t i = 0; i < pixels(numbers.rows()); ++i)
            for (std::ptrdiff_t j = 0; j < pixels(numbers.cols()); ++j) {
                double light[3] = {};
                const std::ptrdiff_t end_row = std::min(numbers.rows(), (i + 1) * layout_.shrunk);
                const std::ptrdiff_t end_col = std::min(numbers.cols(), (j + 1) * layout_.shrunk);
                for (std::ptrdiff_t row = i * layout_.shrunk; row < end_row; ++row)
                    for (std::ptrdiff_t col = j * layout_.shrunk; col < end_col; ++col) {
                        const Colour& colour = colouring_(static_cast<double>(numbers(row, col)));
                        for (unsigned k = 0; k < 3; ++k) light[k] += linear[colour[k]];
                    }
                const auto cells = static_cast<double>((end_row - i * layout_.shrunk) * (end_col - j * layout_.shrunk));
                for (unsigned k = 0; k < 3; ++k) frame.pixel(i, j)[k] = srgb_byte(light[k] / cells);
            }
    }

    const Cut& cut_;
    Layout layout_;
    const Colouring& colouring_;
    Legend legend_;
    Frame frame_;
};

} // namespace simulate
