// Natural frequencies that follow a formula: one everywhere, gradients, halves, a chessboard, a defect.
//
// The top of phase_patterns.hpp has what all patterns have in common.
#pragma once

#include <kuramoto/detail/initial/pattern.hpp>
#include <kuramoto/grid/axis.hpp>

#include <cstddef>
#include <cstdint>

namespace kuramoto {

/// A disc of cells with a frequency of its own. With a radius of 0 and an integer place it is one cell.
struct Defect {
    double row = 0;     ///< place of the centre, in cells
    double col = 0;     ///< place of the centre, in cells
    double radius = 0;  ///< largest distance of a cell of the disc from the centre; not negative
    double inside = 1;  ///< frequency of the disc, rad / time
    double outside = 0; ///< frequency of the rest, rad / time
};

} // namespace kuramoto

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

/// Counted from the nearer end: both ends are exact, and so is a gradient from a value to itself.
template <class T> class GradientPattern {
  public:
    GradientPattern(const Shape& lattice, double from, double to, Axis axis)
        : from_(checked_parameter<T>(from, "from")), to_(checked_parameter<T>(to, "to")), width_(settled(to_ - from_)),
          is_along_rows_(axis == Axis::rows), last_((is_along_rows_ ? lattice.rows : lattice.cols) - 1) {
        if (!fits<double>(width_.value()))
            invalid_argument("to - from must be finite, but from = " + text(from) + " and to = " + text(to));
    }

    Rounded operator()(std::ptrdiff_t i, std::ptrdiff_t j) const noexcept {
        const std::ptrdiff_t k = is_along_rows_ ? i : j;
        if (k == 0) return from_;
        if (k <= last_ - k) return from_ + settled(width_ * (whole(k) / whole(last_)));
        return to_ - settled(width_ * (whole(last_ - k) / whole(last_)));
    }

  private:
    Rounded from_;
    Rounded to_;
    Rounded width_;
    bool is_along_rows_;
    std::ptrdiff_t last_;
};

template <class T> class HalvedPattern {
  public:
    HalvedPattern(const Shape& lattice, double first, double second, Axis axis)
        : first_(checked_parameter<T>(first, "first")), second_(checked_parameter<T>(second, "second")),
          is_along_rows_(axis == Axis::rows), middle_(half_of(is_along_rows_ ? lattice.rows : lattice.cols)) {}

    Rounded operator()(std::ptrdiff_t i, std::ptrdiff_t j) const noexcept {
        return (is_along_rows_ ? i : j) < middle_ ? first_ : second_;
    }

  private:
    static std::ptrdiff_t half_of(std::ptrdiff_t extent) noexcept { return extent - extent / 2; }

    Rounded first_;
    Rounded second_;
    bool is_along_rows_;
    std::ptrdiff_t middle_;
};

template <class T> class CheckerboardPattern {
  public:
    CheckerboardPattern(const Shape&, double first, double second)
        : first_(checked_parameter<T>(first, "first")), second_(checked_parameter<T>(second, "second")) {}

    Rounded operator()(std::ptrdiff_t i, std::ptrdiff_t j) const noexcept { return i % 2 == j % 2 ? first_ : second_; }

  private:
    Rounded first_;
    Rounded second_;
};

template <class T> class DefectPattern {
  public:
    DefectPattern(const Shape&, const Defect& defect)
        : centre_(checked_place(defect.row, "row"), checked_place(defect.col, "col")),
          square_of_radius_(square_of(defect.radius)), inside_(checked_parameter<T>(defect.inside, "inside")),
          outside_(checked_parameter<T>(defect.outside, "outside")) {}

    Rounded operator()(std::ptrdiff_t i, std::ptrdiff_t j) const noexcept {
        return centre_.square_of_distance(i, j).value() <= square_of_radius_.value() ? inside_ : outside_;
    }

  private:
    static Rounded square_of(double radius) {
        check_scale<double>(radius, "radius");
        return settled(settled(Rounded(radius)) * settled(Rounded(radius)));
    }

    Centre centre_;
    Rounded square_of_radius_;
    Rounded inside_;
    Rounded outside_;
};

} // namespace detail

/// One natural frequency everywhere, in rad / time.
///
/// You can also give the number to a Model, which then reads no field.
template <ExecutionPolicy P, WritableGridLike G> void equal_frequencies(const P& policy, G&& omega, double frequency) {
    detail::fill_pattern<detail::EqualPattern>(policy, omega, "omega", frequency, "frequency");
}

/// The same on the calling thread.
void equal_frequencies(WritableGridLike auto&& omega, double frequency) {
    equal_frequencies(Fused{}, omega, frequency);
}

/// A linear gradient of natural frequencies along an axis, in rad / time: ω = from + (to − from) · k / (n − 1).
///
/// k is the row or column, of n. The first value is exactly `from`, the last exactly `to`; a single one is `from`.
/// phase_patterns.hpp has the rest.
///
/// Throws: also if to − from overflows.
/// Accuracy: two roundings of numbers up to |to − from| and one of the result.
template <ExecutionPolicy P, WritableGridLike G>
void gradient_frequencies(const P& policy, G&& omega, double from, double to, Axis axis) {
    detail::fill_pattern<detail::GradientPattern>(policy, omega, "omega", from, to, axis);
}

/// The same on the calling thread.
void gradient_frequencies(WritableGridLike auto&& omega, double from, double to, Axis axis) {
    gradient_frequencies(Fused{}, omega, from, to, axis);
}

/// Two halves with different natural frequencies, side by side along an axis, in rad / time.
///
/// `first` is in the first half of the rows or columns, and in the middle one if their number is odd; `second` is in
/// the rest. mixed_frequencies mixes two groups at random. phase_patterns.hpp has the rest.
template <ExecutionPolicy P, WritableGridLike G>
void halved_frequencies(const P& policy, G&& omega, double first, double second, Axis axis) {
    detail::fill_pattern<detail::HalvedPattern>(policy, omega, "omega", first, second, axis);
}

/// The same on the calling thread.
void halved_frequencies(WritableGridLike auto&& omega, double first, double second, Axis axis) {
    halved_frequencies(Fused{}, omega, first, second, axis);
}

/// A chessboard of two natural frequencies, in rad / time: `first` if i + j is even, `second` if it is odd.
///
/// phase_patterns.hpp has the rest.
template <ExecutionPolicy P, WritableGridLike G>
void checkerboard_frequencies(const P& policy, G&& omega, double first, double second) {
    detail::fill_pattern<detail::CheckerboardPattern>(policy, omega, "omega", first, second);
}

/// The same on the calling thread.
void checkerboard_frequencies(WritableGridLike auto&& omega, double first, double second) {
    checkerboard_frequencies(Fused{}, omega, first, second);
}

/// A defect: the natural frequency `inside` up to the distance `radius` from the centre, `outside` elsewhere.
///
/// In rad / time. A centre faster than the rest (a pacemaker) sends out target waves. phase_patterns.hpp has the rest.
///
/// Throws: also for a radius < 0.
/// Accuracy: squares of distances are compared; for integers below 2^26 they are exact.
template <ExecutionPolicy P, WritableGridLike G>
void defect_frequencies(const P& policy, G&& omega, const Defect& defect) {
    detail::fill_pattern<detail::DefectPattern>(policy, omega, "omega", defect);
}

/// The same on the calling thread.
void defect_frequencies(WritableGridLike auto&& omega, const Defect& defect) {
    defect_frequencies(Fused{}, omega, defect);
}

KURAMOTO_END_NAMESPACE
