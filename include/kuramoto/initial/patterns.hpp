// Phases and natural frequencies that follow a formula: waves, twisted states, vortices, spirals; gradients, groups,
// defects.
//
// Common to all functions:
// - the field is grid-like and writable, float or double, any strides, of any shape; (i, j) counts from its own first
//   cell. Row 0 is at the top of the pictures, so that rows count downwards and a positive turn is clockwise;
// - places are in cells and need not be whole: (1.5, 2.5) is the middle of the plaquette whose first cell is (1, 2);
// - the value of a cell does not depend on the strides, nor on the platform, the compiler or its flags (-Ofast
//   included): it is computed in double by operations that are rounded one at a time. A float field holds the values of
//   the double field, rounded to nearest;
// - values below the smallest normal number of the cells' type are stored as zero; a parameter that is a subnormal
//   double counts as zero;
// - one pass over the memory, nothing allocated; 1 to 6 nanoseconds a cell at -O2, 20 for a spiral and for each vortex.
//   With a policy its workers share the cells as those of random.hpp do; without one the calling thread does it all;
// - std::invalid_argument, before anything is written, for parameters that are not finite in the precision of the cells
//   or give a value that is not, for places beyond 2^53 cells from the first one, for a field that overlaps itself, and
//   for a policy that cannot be. Parameters are checked for fields without cells as well.
#pragma once

#include <kuramoto/detail/arithmetic/rounded.hpp>
#include <kuramoto/detail/build/checks.hpp>
#include <kuramoto/detail/parallel/fill.hpp>
#include <kuramoto/execution/policy.hpp>
#include <kuramoto/grid/grid.hpp>
#include <kuramoto/observables/vortex.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <type_traits>

namespace kuramoto {

/// Along which of its two indices a field varies.
enum class Direction {
    down,   ///< from row to row
    across, ///< from column to column
};

/// A plane wave: its wave vector, and the phase of cell (0, 0).
struct PlaneWave {
    double down = 0;   ///< from a row to the next, rad
    double across = 0; ///< from a column to the next, rad
    double phase = 0;  ///< of cell (0, 0), rad
};

/// A twisted state: how many turns the phases make around a periodic lattice, and the phase of cell (0, 0).
struct TwistedState {
    std::int64_t down = 0;   ///< turns over all rows; of any sign
    std::int64_t across = 0; ///< turns over all columns; of any sign
    double phase = 0;        ///< of cell (0, 0), rad
};

/// Vortices in a row: braces, std::vector<Vortex>, std::array, std::span …
template <class V>
concept VorticesInARow = requires(const V& vortices) {
    { std::data(vortices) } -> std::convertible_to<const Vortex*>;
    { std::size(vortices) } -> std::convertible_to<std::size_t>;
};

/// Circular waves around a centre.
struct TargetWave {
    double row = 0;          ///< place of the centre, in cells
    double col = 0;          ///< place of the centre, in cells
    double wave_length = 10; ///< from crest to crest, in cells; positive
    double phase = 0;        ///< of the centre, rad
};

/// Waves that wind out of a centre in arms.
struct SpiralWave {
    double row = 0;          ///< place of the centre, in cells
    double col = 0;          ///< place of the centre, in cells
    int arms = 1;            ///< how many, and in which sense: the charge of the vortex at the centre
    double wave_length = 10; ///< from crest to crest along a ray, in cells; positive
    double phase = 0;        ///< of the centre, rad
};

/// A disc of cells whose frequency is not that of the rest. With a radius of 0 and whole numbers, one cell.
struct Defect {
    double row = 0;     ///< place of the centre, in cells
    double col = 0;     ///< place of the centre, in cells
    double radius = 0;  ///< cells whose centres are no further away belong to it; not negative
    double inside = 1;  ///< frequency of the disc, rad / time
    double outside = 0; ///< frequency of the rest, rad / time
};

inline namespace KURAMOTO_BUILD {
namespace detail {

// A pattern is made of its parameters, which it checks for cells of T, and of the field, of which it reads the shape
// alone. Then its value at (i, j) is what the cell gets.

[[nodiscard]] inline Rounded whole(std::ptrdiff_t count) noexcept { return Rounded(static_cast<double>(count)); }

/// A parameter that T can hold. Throws for any other.
template <class T> Rounded checked_parameter(double value, const char* name) {
    check_parameter<T>(value, name);
    return settled(Rounded(value));
}

/// A place that can be told from its neighbours. Throws for any other.
inline Rounded checked_place(double value, const std::string& name) {
    if (magnitude_bits(value) > magnitude_bits(0x1p53))
        invalid_argument(name + " must lie within 2^53 cells of the first cell, but is " + text(value));
    return settled(Rounded(value));
}

/// Whether T can hold the values of all cells, for a pattern whose largest lie in the corners.
template <class T, class Pattern> bool fits_in_corners(const Grid<T>& field, const Pattern& pattern) {
    if (field.empty()) return true;
    for (const std::ptrdiff_t i : {std::ptrdiff_t{0}, field.rows() - 1})
        for (const std::ptrdiff_t j : {std::ptrdiff_t{0}, field.cols() - 1})
            if (!fits<T>(pattern(i, j).value())) return false;
    return true;
}

/// The distance of (i, j) from a centre, and the angle of the ray between them.
class Centre {
  public:
    Centre(Rounded row, Rounded col) noexcept : row_(row), col_(col) {}

    [[nodiscard]] Rounded square_of_distance(std::ptrdiff_t i, std::ptrdiff_t j) const noexcept {
        const Rounded down = whole(i) - row_;
        const Rounded across = whole(j) - col_;
        return settled(settled(down * down) + settled(across * across));
    }
    [[nodiscard]] Rounded angle(std::ptrdiff_t i, std::ptrdiff_t j) const noexcept {
        return atan2(whole(i) - row_, whole(j) - col_);
    }

  private:
    Rounded row_;
    Rounded col_;
};

template <class T> class EqualPattern {
  public:
    EqualPattern(const Grid<T>&, double value, const char* name) : value_(checked_parameter<T>(value, name)) {}

    Rounded operator()(std::ptrdiff_t, std::ptrdiff_t) const noexcept { return value_; }

  private:
    Rounded value_;
};

template <class T> class PlaneWavePattern {
  public:
    PlaneWavePattern(const Grid<T>& field, const PlaneWave& wave)
        : down_(checked_parameter<T>(wave.down, "down")), across_(checked_parameter<T>(wave.across, "across")),
          phase_(checked_parameter<T>(wave.phase, "phase")) {
        if (!fits_in_corners(field, *this))
            invalid_argument("down = " + text(wave.down) + " and across = " + text(wave.across) +
                             " are too large for the precision of " + shape_text(field.rows(), field.cols()) +
                             " cells");
    }

    Rounded operator()(std::ptrdiff_t i, std::ptrdiff_t j) const noexcept {
        return phase_ + settled(down_ * whole(i) + across_ * whole(j));
    }

  private:
    Rounded down_;
    Rounded across_;
    Rounded phase_;
};

/// The turns of cell k of n for q turns in all, without whole ones: (q k mod n) / n. Up to 2^32 cells the product of
/// the two remainders has 64 bits, and the remainder is exact.
class Turns {
  public:
    static constexpr std::ptrdiff_t most_cells = std::ptrdiff_t{1} << 32;

    Turns(std::int64_t turns, std::ptrdiff_t cells) noexcept {
        if (cells == 0) return;
        const std::int64_t rest = turns % cells;
        turns_ = static_cast<std::uint64_t>(rest < 0 ? rest + cells : rest);
        cells_ = static_cast<std::uint64_t>(cells);
    }

    Rounded operator()(std::ptrdiff_t k) const noexcept {
        const std::uint64_t rest = turns_ * static_cast<std::uint64_t>(k) % cells_;
        return whole(static_cast<std::ptrdiff_t>(rest)) / whole(static_cast<std::ptrdiff_t>(cells_));
    }

  private:
    std::uint64_t turns_ = 0; // in [0, cells_)
    std::uint64_t cells_ = 1;
};

template <class T> class TwistedPattern {
  public:
    TwistedPattern(const Grid<T>& field, const TwistedState& state)
        : down_(state.down, field.rows()), across_(state.across, field.cols()),
          phase_(checked_parameter<T>(state.phase, "phase")) {
        if (!field.empty() && (field.rows() > Turns::most_cells || field.cols() > Turns::most_cells))
            invalid_argument("theta must have at most 2^32 rows and 2^32 columns for a twisted state, but is " +
                             shape_text(field.rows(), field.cols()) + " cells");
    }

    Rounded operator()(std::ptrdiff_t i, std::ptrdiff_t j) const noexcept {
        const Rounded turns = down_(i) + across_(j);
        const Rounded turn = turns.value() < 1 ? turns : turns - Rounded(1);
        return phase_ + Rounded(two_pi) * turn;
    }

  private:
    Turns down_;
    Turns across_;
    Rounded phase_;
};

template <class T> class VortexPattern {
  public:
    VortexPattern(const Grid<T>&, const Vortex* vortices, std::size_t count) : vortices_(vortices), count_(count) {
        for (std::size_t k = 0; k < count; ++k) {
            const std::string name = "vortices[" + integer_text(k) + "]";
            checked_place(vortices[k].row, name + ".row");
            checked_place(vortices[k].col, name + ".col");
        }
    }

    Rounded operator()(std::ptrdiff_t i, std::ptrdiff_t j) const noexcept {
        Rounded sum(0);
        for (std::size_t k = 0; k < count_; ++k) {
            const Centre centre(settled(Rounded(vortices_[k].row)), settled(Rounded(vortices_[k].col)));
            sum = settled(sum + whole(vortices_[k].charge) * centre.angle(i, j));
        }
        return sum;
    }

  private:
    const Vortex* vortices_;
    std::size_t count_;
};

template <class T> class TargetPattern {
  public:
    TargetPattern(const Grid<T>& field, const TargetWave& wave)
        : centre_(checked_place(wave.row, "row"), checked_place(wave.col, "col")),
          wave_length_(checked_parameter<T>(wave.wave_length, "wave_length")),
          phase_(checked_parameter<T>(wave.phase, "phase")) {
        if (!(wave_length_.value() > 0))
            invalid_argument("wave_length must be positive, but is " + text(wave.wave_length));
        if (!fits_in_corners(field, *this))
            invalid_argument("wave_length = " + text(wave.wave_length) +
                             " is too small for the precision of the cells");
    }

    Rounded operator()(std::ptrdiff_t i, std::ptrdiff_t j) const noexcept {
        const Rounded waves = settled(sqrt(centre_.square_of_distance(i, j)) / wave_length_);
        return settled(phase_ - settled(Rounded(two_pi) * waves));
    }

  private:
    Centre centre_;
    Rounded wave_length_;
    Rounded phase_;
};

template <class T> class SpiralPattern {
  public:
    SpiralPattern(const Grid<T>& field, const SpiralWave& wave)
        : target_(field, {wave.row, wave.col, wave.wave_length, wave.phase}),
          centre_(settled(Rounded(wave.row)), settled(Rounded(wave.col))), arms_(whole(wave.arms)) {}

    Rounded operator()(std::ptrdiff_t i, std::ptrdiff_t j) const noexcept {
        return target_(i, j) + arms_ * centre_.angle(i, j);
    }

  private:
    TargetPattern<T> target_;
    Centre centre_;
    Rounded arms_;
};

/// Counted from the nearer end: both ends are exact, and so is a gradient from a value to itself.
template <class T> class GradientPattern {
  public:
    GradientPattern(const Grid<T>& field, double from, double to, Direction direction)
        : from_(checked_parameter<T>(from, "from")), to_(checked_parameter<T>(to, "to")), width_(settled(to_ - from_)),
          down_(direction == Direction::down), last_((down_ ? field.rows() : field.cols()) - 1) {
        if (!fits<double>(width_.value()))
            invalid_argument("to - from must be finite, but from = " + text(from) + " and to = " + text(to));
    }

    Rounded operator()(std::ptrdiff_t i, std::ptrdiff_t j) const noexcept {
        const std::ptrdiff_t k = down_ ? i : j;
        if (k == 0) return from_;
        if (k <= last_ - k) return from_ + settled(width_ * (whole(k) / whole(last_)));
        return to_ - settled(width_ * (whole(last_ - k) / whole(last_)));
    }

  private:
    Rounded from_;
    Rounded to_;
    Rounded width_;
    bool down_;
    std::ptrdiff_t last_;
};

template <class T> class HalvedPattern {
  public:
    HalvedPattern(const Grid<T>& field, double first, double second, Direction direction)
        : first_(checked_parameter<T>(first, "first")), second_(checked_parameter<T>(second, "second")),
          down_(direction == Direction::down), middle_(half_of(down_ ? field.rows() : field.cols())) {}

    Rounded operator()(std::ptrdiff_t i, std::ptrdiff_t j) const noexcept {
        return (down_ ? i : j) < middle_ ? first_ : second_;
    }

  private:
    static std::ptrdiff_t half_of(std::ptrdiff_t extent) noexcept { return extent - extent / 2; }

    Rounded first_;
    Rounded second_;
    bool down_;
    std::ptrdiff_t middle_;
};

template <class T> class CheckerboardPattern {
  public:
    CheckerboardPattern(const Grid<T>&, double first, double second)
        : first_(checked_parameter<T>(first, "first")), second_(checked_parameter<T>(second, "second")) {}

    Rounded operator()(std::ptrdiff_t i, std::ptrdiff_t j) const noexcept { return i % 2 == j % 2 ? first_ : second_; }

  private:
    Rounded first_;
    Rounded second_;
};

template <class T> class DefectPattern {
  public:
    DefectPattern(const Grid<T>&, const Defect& defect)
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

/// grid(i, j) = Pattern<T>(field, parameters…)(i, j), by the workers of a policy.
template <template <class> class Pattern, class P, class G, class... Parameters>
void fill_pattern(const P& policy, G& grid, const char* name, const Parameters&... parameters) {
    const Execution execution(policy);
    const auto field = as_grid(grid);
    using T = typename decltype(field)::value_type;
    check_writable(field, name);
    const Pattern<T> pattern(field, parameters...);
    fill_blocks(policy, execution, field, [&](const CellBlock& block) noexcept {
        for (std::ptrdiff_t i = block.row_begin; i < block.row_end; ++i) {
            T* const row = field.data() + i * field.row_stride();
            for (std::ptrdiff_t j = block.col_begin; j < block.col_end; ++j)
                row[j * field.col_stride()] = flushed<T>(pattern(i, j));
        }
    });
}

} // namespace detail

/// One phase everywhere, in rad: the synchronised state. See the top of the header for what all patterns have in
/// common, and for what is thrown.
template <ExecutionPolicy P, class G>
requires WritableGridLike<std::remove_reference_t<G>>
void equal_phases(const P& policy, G&& theta, double phase) {
    detail::fill_pattern<detail::EqualPattern>(policy, theta, "theta", phase, "phase");
}

/// The same on the calling thread.
template <class G>
requires WritableGridLike<std::remove_reference_t<G>>
void equal_phases(G&& theta, double phase) { equal_phases(Fused{}, theta, phase); }

/// A plane wave: θ = phase + (down · i + across · j), in rad, never wrapped.
///
/// A periodic lattice continues it if down · rows and across · cols are whole turns; twisted_phases has that exactly.
/// Three roundings of numbers up to the largest phase. See the top of the header for the rest.
template <ExecutionPolicy P, class G>
requires WritableGridLike<std::remove_reference_t<G>>
void plane_wave_phases(const P& policy, G&& theta, const PlaneWave& wave) {
    detail::fill_pattern<detail::PlaneWavePattern>(policy, theta, "theta", wave);
}

/// The same on the calling thread.
template <class G>
requires WritableGridLike<std::remove_reference_t<G>>
void plane_wave_phases(G&& theta, const PlaneWave& wave) { plane_wave_phases(Fused{}, theta, wave); }

/// A twisted state of a periodic lattice: θ = phase + 2π (down · i / rows + across · j / cols), in rad, without whole
/// turns: in [phase, phase + 2π).
///
/// Neighbours differ by 2π · down / rows or 2π · across / cols but for whole turns, across the edges too: a stationary
/// state of every lattice with periodic edges and one frequency, stable along a ring of n cells iff |turns| < n / 4
/// (D. A. Wiley, S. H. Strogatz, M. Girvan, "The size of the sync basin", Chaos 16 (2006), 015103). Unwrapped
/// phases would lose digits as the turns grow; here the error is below 3e-15 rad, and one rounding of the result,
/// however many there are. Throws also for more than 2^32 rows or columns. See the top of the header for the rest.
template <ExecutionPolicy P, class G>
requires WritableGridLike<std::remove_reference_t<G>>
void twisted_phases(const P& policy, G&& theta, const TwistedState& state) {
    detail::fill_pattern<detail::TwistedPattern>(policy, theta, "theta", state);
}

/// The same on the calling thread.
template <class G>
requires WritableGridLike<std::remove_reference_t<G>>
void twisted_phases(G&& theta, const TwistedState& state) { twisted_phases(Fused{}, theta, state); }

/// Vortices: θ = Σ charge · angle(j − col, i − row), in rad, the angle being that of the vector (x, y) against the x
/// axis, in (−π, π], and 0 at a centre that lies on a cell.
///
/// The phases wind as often as the charges within say around every loop on which neighbours differ by less than π:
/// around the plaquette of a charge of ±1 in its middle, as (1.5, 2.5), if no other is near. No vortices: θ = 0. Made
/// for a lattice that does not go round: on a periodic one the images of the vortices are missing, and the phases do
/// not meet at the edges. The sum runs in the order of the list; relative error of an angle below 6e-16. The list is
/// read during the call alone. See the top of the header for the rest.
template <ExecutionPolicy P, class G, VorticesInARow V = std::initializer_list<Vortex>>
requires WritableGridLike<std::remove_reference_t<G>>
void vortex_phases(const P& policy, G&& theta, const V& vortices) {
    const Vortex* const list = std::data(vortices);
    detail::fill_pattern<detail::VortexPattern>(policy, theta, "theta", list,
                                                static_cast<std::size_t>(std::size(vortices)));
}

/// The same on the calling thread.
template <class G, VorticesInARow V = std::initializer_list<Vortex>>
requires WritableGridLike<std::remove_reference_t<G>>
void vortex_phases(G&& theta, const V& vortices) { vortex_phases(Fused{}, theta, vortices); }

/// Target waves: θ = phase − 2π r / wave_length, in rad, never wrapped, r being the distance from the centre in cells.
///
/// With a positive frequency of the cells they run outwards, as waves do that leave a faster centre (`Defect`). Throws
/// also for a wave_length ≤ 0. Relative error of 2π r / wave_length below 1e-15. See the top of
/// the header for the rest.
template <ExecutionPolicy P, class G>
requires WritableGridLike<std::remove_reference_t<G>>
void target_phases(const P& policy, G&& theta, const TargetWave& wave) {
    detail::fill_pattern<detail::TargetPattern>(policy, theta, "theta", wave);
}

/// The same on the calling thread.
template <class G>
requires WritableGridLike<std::remove_reference_t<G>>
void target_phases(G&& theta, const TargetWave& wave) { target_phases(Fused{}, theta, wave); }

/// Spiral waves: θ = phase − 2π r / wave_length + arms · φ, in rad, r and φ being the distance and the angle of the
/// cell from the centre (Archimedes' spiral).
///
/// The phase winds `arms` times around the centre, as around a vortex of that charge. With a positive frequency of the
/// cells the waves run outwards and the pattern turns against the sense in which the phase grows: anticlockwise for
/// arms > 0, clockwise for arms < 0. Without arms: target waves. Error and errors as those of target_phases and
/// vortex_phases. See the top of the header for the rest.
template <ExecutionPolicy P, class G>
requires WritableGridLike<std::remove_reference_t<G>>
void spiral_phases(const P& policy, G&& theta, const SpiralWave& wave) {
    detail::fill_pattern<detail::SpiralPattern>(policy, theta, "theta", wave);
}

/// The same on the calling thread.
template <class G>
requires WritableGridLike<std::remove_reference_t<G>>
void spiral_phases(G&& theta, const SpiralWave& wave) { spiral_phases(Fused{}, theta, wave); }

/// One natural frequency everywhere, in rad / time. A Model takes the number itself, and reads no field then.
template <ExecutionPolicy P, class G>
requires WritableGridLike<std::remove_reference_t<G>>
void equal_frequencies(const P& policy, G&& omega, double frequency) {
    detail::fill_pattern<detail::EqualPattern>(policy, omega, "omega", frequency, "frequency");
}

/// The same on the calling thread.
template <class G>
requires WritableGridLike<std::remove_reference_t<G>>
void equal_frequencies(G&& omega, double frequency) { equal_frequencies(Fused{}, omega, frequency); }

/// Natural frequencies that change evenly from row to row or from column to column, in rad / time: ω = from + (to −
/// from) · k / (n − 1) for row or column k of n.
///
/// The first is exactly `from` and the last `to`; where there is one only, it is `from`. Two roundings of numbers up to
/// |to − from| and one of the result. Throws also for a to − from that overflows. See the top of the header for the
/// rest.
template <ExecutionPolicy P, class G>
requires WritableGridLike<std::remove_reference_t<G>>
void gradient_frequencies(const P& policy, G&& omega, double from, double to, Direction direction) {
    detail::fill_pattern<detail::GradientPattern>(policy, omega, "omega", from, to, direction);
}

/// The same on the calling thread.
template <class G>
requires WritableGridLike<std::remove_reference_t<G>>
void gradient_frequencies(G&& omega, double from, double to, Direction direction) {
    gradient_frequencies(Fused{}, omega, from, to, direction);
}

/// Two groups of natural frequencies, side by side, in rad / time: `first` in the first half of the rows (down) or
/// columns (across), and in the middle one where their number is odd; `second` in the rest. See the top of the header;
/// mixed_frequencies has groups that are mixed at random.
template <ExecutionPolicy P, class G>
requires WritableGridLike<std::remove_reference_t<G>>
void halved_frequencies(const P& policy, G&& omega, double first, double second, Direction direction) {
    detail::fill_pattern<detail::HalvedPattern>(policy, omega, "omega", first, second, direction);
}

/// The same on the calling thread.
template <class G>
requires WritableGridLike<std::remove_reference_t<G>>
void halved_frequencies(G&& omega, double first, double second, Direction direction) {
    halved_frequencies(Fused{}, omega, first, second, direction);
}

/// Two groups of natural frequencies that alternate like the squares of a chessboard, in rad / time: `first` where i +
/// j is even, `second` where it is odd. See the top of the header.
template <ExecutionPolicy P, class G>
requires WritableGridLike<std::remove_reference_t<G>>
void checkerboard_frequencies(const P& policy, G&& omega, double first, double second) {
    detail::fill_pattern<detail::CheckerboardPattern>(policy, omega, "omega", first, second);
}

/// The same on the calling thread.
template <class G>
requires WritableGridLike<std::remove_reference_t<G>>
void checkerboard_frequencies(G&& omega, double first, double second) {
    checkerboard_frequencies(Fused{}, omega, first, second);
}

/// A single defect, in rad / time: the frequency `inside` for cells whose distance from the centre is at most `radius`,
/// `outside` for all others. A centre faster than the rest sends out target waves.
///
/// Squares of distances are compared, which for whole numbers below 2^26 are exact. Throws also for a radius < 0. See
/// the top of the header for the rest.
template <ExecutionPolicy P, class G>
requires WritableGridLike<std::remove_reference_t<G>>
void defect_frequencies(const P& policy, G&& omega, const Defect& defect) {
    detail::fill_pattern<detail::DefectPattern>(policy, omega, "omega", defect);
}

/// The same on the calling thread.
template <class G>
requires WritableGridLike<std::remove_reference_t<G>>
void defect_frequencies(G&& omega, const Defect& defect) { defect_frequencies(Fused{}, omega, defect); }

} // namespace KURAMOTO_BUILD
} // namespace kuramoto
