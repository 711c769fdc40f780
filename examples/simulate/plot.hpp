// Observables against time as a picture: a panel each, one above the other, on one axis of time.
#pragma once

#include "options.hpp"
#include "output.hpp"

#include <cairo-svg.h>
#include <cairo.h>

#include <cmath>
#include <cstddef>
#include <cstdio>
#include <memory>
#include <new>
#include <string>
#include <utility>
#include <vector>

namespace simulate {

/// The values of an observable at the times of the frames.
struct Series {
    std::string label;
    bool is_share = false; ///< its axis goes from 0 to 1
    std::vector<double> values;
};

/// The numbers at the ticks of an axis: 1, 2 or 5 times a power of ten apart, four to eight of them.
inline std::vector<double> ticks_of(double low, double high) {
    const double rough = (high - low) / 5;
    const double power = std::pow(10, std::floor(std::log10(rough)));
    double step = 10 * power;
    for (const double factor : {1.0, 2.0, 5.0})
        if (factor * power >= rough * 0.999) {
            step = factor * power;
            break;
        }
    std::vector<double> ticks;
    for (double k = std::ceil(low / step - 1e-9); k * step <= high + 1e-9 * step; ++k) ticks.push_back(k * step);
    return ticks;
}

/// An interval that holds the numbers with some room, and more than a point.
struct Range {
    double low = 0;
    double high = 1;
};
inline Range range_of(const Series& series) {
    if (series.is_share) return {0, 1};
    Range range{HUGE_VAL, -HUGE_VAL};
    for (const double value : series.values)
        if (std::isfinite(value)) range = {std::fmin(range.low, value), std::fmax(range.high, value)};
    if (range.low > range.high) return {0, 1};
    const double least = 1e-6 * std::fmax(1, std::fmax(std::fabs(range.low), std::fabs(range.high)));
    const double room = std::fmax(0.05 * (range.high - range.low), least);
    return {range.low - room, range.high + room};
}

/// Draws the panels. Lengths are pixels of a picture of 1200 pixels width, whose text can be read at half its size.
class Plot {
  public:
    Plot(std::string caption, std::vector<double> times, std::vector<Series> series)
        : caption_(std::move(caption)), times_(std::move(times)), series_(std::move(series)) {}

    /// Writes a PNG or an SVG, as the name says. Throws std::runtime_error naming the file.
    void write(const std::string& name) const {
        NewFile file(name);
        std::string bytes;
        const bool is_vector = is_svg(name);
        const Surface surface(is_vector ? cairo_svg_surface_create_for_stream(&put, &bytes, width, height())
                                        : cairo_image_surface_create(CAIRO_FORMAT_RGB24, static_cast<int>(width),
                                                                     static_cast<int>(height())),
                              &cairo_surface_destroy);
        {
            const Context context(cairo_create(surface.get()), &cairo_destroy);
            draw(context.get());
        }
        if (is_vector) cairo_surface_finish(surface.get());
        const cairo_status_t status = is_vector ? cairo_surface_status(surface.get())
                                                : cairo_surface_write_to_png_stream(surface.get(), &put, &bytes);
        if (status != CAIRO_STATUS_SUCCESS) file.fail(cairo_status_to_string(status));
        file.write(bytes.data(), bytes.size());
        file.commit();
    }

    static bool is_svg(const std::string& name) { return name.size() >= 4 && name.substr(name.size() - 4) == ".svg"; }
    static bool is_png(const std::string& name) { return name.size() >= 4 && name.substr(name.size() - 4) == ".png"; }

  private:
    using Surface = std::unique_ptr<cairo_surface_t, decltype(&cairo_surface_destroy)>;
    using Context = std::unique_ptr<cairo_t, decltype(&cairo_destroy)>;

    static constexpr double width = 1200;
    static constexpr double left = 170;
    static constexpr double right = 40;
    static constexpr double top = 70;
    static constexpr double bottom = 100;
    static constexpr double panel = 400;
    static constexpr double gap = 40;
    static constexpr double font_size = 28;

    /// Called by cairo, which exceptions must not pass through.
    static cairo_status_t put(void* bytes, const unsigned char* data, unsigned length) noexcept {
        try {
            static_cast<std::string*>(bytes)->append(reinterpret_cast<const char*>(data), length);
            return CAIRO_STATUS_SUCCESS;
        } catch (const std::bad_alloc&) {
            return CAIRO_STATUS_NO_MEMORY;
        }
    }

    [[nodiscard]] double height() const {
        const auto panels = static_cast<double>(series_.size());
        return top + panels * panel + (panels - 1) * gap + bottom;
    }

    [[nodiscard]] Range times() const {
        const Range range{times_.front(), times_.back()};
        return range.high > range.low ? range : Range{range.low - 0.5, range.low + 0.5};
    }

    void draw(cairo_t* cairo) const {
        cairo_set_source_rgb(cairo, 1, 1, 1);
        cairo_paint(cairo);
        cairo_select_font_face(cairo, "DejaVu Sans", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
        cairo_set_font_size(cairo, font_size);
        show(cairo, caption_, (left + width - right) / 2, top - 24, 0.5);
        for (std::size_t k = 0; k < series_.size(); ++k) {
            const double y = top + static_cast<double>(k) * (panel + gap);
            draw_axes(cairo, series_[k], y, k + 1 == series_.size());
            draw_line(cairo, series_[k], y);
        }
    }

    /// Text whose base line is at y; x is its left end (at = 0), its middle or its right end (at = 1).
    static void show(cairo_t* cairo, const std::string& text, double x, double y, double at) {
        cairo_text_extents_t extents;
        cairo_text_extents(cairo, text.c_str(), &extents);
        cairo_set_source_rgb(cairo, 0, 0, 0);
        cairo_move_to(cairo, x - at * extents.x_advance, y);
        cairo_show_text(cairo, text.c_str());
    }

    static std::string tick_text(double number) {
        char line[32];
        std::snprintf(line, sizeof line, "%.6g", std::fabs(number) < 1e-12 ? 0.0 : number);
        return line;
    }

    [[nodiscard]] static double x_of(double time, const Range& range) {
        return left + (width - left - right) * (time - range.low) / (range.high - range.low);
    }
    [[nodiscard]] static double y_of(double value, const Range& range, double y) {
        return y + panel * (range.high - value) / (range.high - range.low);
    }

    static void rule(cairo_t* cairo, double x0, double y0, double x1, double y1) {
        cairo_move_to(cairo, x0, y0);
        cairo_line_to(cairo, x1, y1);
        cairo_stroke(cairo);
    }

    void draw_axes(cairo_t* cairo, const Series& series, double y, bool is_last) const {
        const Range values = range_of(series);
        cairo_set_line_width(cairo, 1.5);
        for (const double tick : ticks_of(values.low, values.high)) {
            cairo_set_source_rgb(cairo, 0.85, 0.85, 0.85);
            rule(cairo, left, y_of(tick, values, y), width - right, y_of(tick, values, y));
            show(cairo, tick_text(tick), left - 14, y_of(tick, values, y) + 0.36 * font_size, 1);
        }
        for (const double tick : ticks_of(times().low, times().high)) {
            cairo_set_source_rgb(cairo, 0.85, 0.85, 0.85);
            rule(cairo, x_of(tick, times()), y, x_of(tick, times()), y + panel);
            if (is_last) show(cairo, tick_text(tick), x_of(tick, times()), y + panel + 38, 0.5);
        }
        cairo_set_source_rgb(cairo, 0, 0, 0);
        cairo_set_line_width(cairo, 2);
        cairo_rectangle(cairo, left, y, width - left - right, panel);
        cairo_stroke(cairo);
        if (is_last) show(cairo, "time t", (left + width - right) / 2, y + panel + 80, 0.5);
        cairo_save(cairo);
        cairo_translate(cairo, 38, y + panel / 2);
        cairo_rotate(cairo, -1.5707963267948966);
        show(cairo, series.label, 0, 0, 0.5);
        cairo_restore(cairo);
    }

    /// A line through the values; what is no number leaves a gap, a point alone is a dot.
    void draw_line(cairo_t* cairo, const Series& series, double y) const {
        const Range values = range_of(series);
        cairo_save(cairo);
        cairo_rectangle(cairo, left - 2, y - 2, width - left - right + 4, panel + 4);
        cairo_clip(cairo);
        cairo_set_source_rgb(cairo, 0.0, 0.35, 0.7);
        cairo_set_line_width(cairo, 4);
        cairo_set_line_join(cairo, CAIRO_LINE_JOIN_ROUND);
        cairo_set_line_cap(cairo, CAIRO_LINE_CAP_ROUND);
        bool is_drawing = false;
        for (std::size_t k = 0; k < series.values.size(); ++k) {
            const bool is_number = std::isfinite(series.values[k]);
            const double x = x_of(times_[k], times());
            if (is_number && !is_drawing) cairo_move_to(cairo, x, y_of(series.values[k], values, y));
            if (is_number) cairo_line_to(cairo, x, y_of(series.values[k], values, y));
            is_drawing = is_number;
        }
        cairo_stroke(cairo);
        cairo_restore(cairo);
    }

    std::string caption_;
    std::vector<double> times_;
    std::vector<Series> series_;
};

} // namespace simulate
