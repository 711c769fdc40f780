// Phases that follow a formula: one phase everywhere, plane waves, twisted states, target waves, spirals.
//
// Common to all functions of this header, vortex_phases.hpp and frequency_patterns.hpp:
// - The field is grid-like and writable, float or double, with any strides and any shape. (i, j) counts from its own
//   first cell. Row 0 is the top row of pictures: rows count downwards, and a positive turn is clockwise.
// - Places are in cells and can be fractions: (1.5, 2.5) is the middle of the plaquette whose first cell is (1, 2).
// - The value of a cell does not depend on strides, platform, compiler or flags (-Ofast included). It is computed in
//   double with operations that are rounded one at a time. A float field has the values of the double field, rounded.
// - Values below the smallest normal number of the cells' type are stored as zero. A parameter that is a subnormal
//   double counts as zero.
// - Cost: one pass, no allocation; 1 to 6 ns per cell at -O2, 20 ns for a spiral and for each vortex. With a policy its
//   workers share the cells as those of random.hpp do. Without one the calling thread fills the field.
// - Throws: std::invalid_argument, before anything is written, for parameters that are not finite in the precision of
//   the cells or give a value that is not, for places beyond 2^53 cells from the first one, for a field that overlaps
//   itself, and for an invalid policy. Fields without cells are checked too.
#pragma once

#include <kuramoto/detail/initial/pattern.hpp>

#include <cstddef>
#include <cstdint>

namespace kuramoto {

/// A plane wave: its wave vector, and the phase of cell (0, 0).
struct PlaneWave {
    double rows = 0;  ///< phase difference from one row to the next, rad
    double cols = 0;  ///< phase difference from one column to the next, rad
    double phase = 0; ///< phase of cell (0, 0), rad
};

/// A twisted state: the winding numbers of a periodic lattice along its axes, and the phase of cell (0, 0).
struct TwistedState {
    std::int64_t rows = 0; ///< turns over all rows; of any sign
    std::int64_t cols = 0; ///< turns over all columns; of any sign
    double phase = 0;      ///< of cell (0, 0), rad
};

/// Target waves: circular waves around a centre.
struct TargetWave {
    double row = 0;         ///< place of the centre, in cells
    double col = 0;         ///< place of the centre, in cells
    double wavelength = 10; ///< from crest to crest, in cells; positive
    double phase = 0;       ///< of the centre, rad
};

/// Spiral waves around a centre.
struct SpiralWave {
    double row = 0;         ///< place of the centre, in cells
    double col = 0;         ///< place of the centre, in cells
    int arms = 1;           ///< number and sense of the arms: the charge of the vortex at the centre
    double wavelength = 10; ///< from crest to crest along a ray, in cells; positive
    double phase = 0;       ///< of the centre, rad
};

} // namespace kuramoto

KURAMOTO_BEGIN_NAMESPACE
namespace detail {

template <class T> class PlaneWavePattern {
  public:
    PlaneWavePattern(const Shape& lattice, const PlaneWave& wave)
        : rows_(checked_parameter<T>(wave.rows, "wave.rows")), cols_(checked_parameter<T>(wave.cols, "wave.cols")),
          phase_(checked_parameter<T>(wave.phase, "phase")) {
        if (!fits_in_corners<T>(lattice, *this))
            invalid_argument("wave.rows = " + text(wave.rows) + " and wave.cols = " + text(wave.cols) +
                             " are too large for the precision of " + lattice.text() + " cells");
    }

    Rounded operator()(std::ptrdiff_t i, std::ptrdiff_t j) const noexcept {
        return phase_ + settled(rows_ * whole(i) + cols_ * whole(j));
    }

  private:
    Rounded rows_;
    Rounded cols_;
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
    TwistedPattern(const Shape& lattice, const TwistedState& state)
        : rows_(state.rows, lattice.rows), cols_(state.cols, lattice.cols),
          phase_(checked_parameter<T>(state.phase, "phase")) {
        if (!lattice.is_empty() && (lattice.rows > Turns::most_cells || lattice.cols > Turns::most_cells))
            invalid_argument("theta must have at most 2^32 rows and 2^32 columns for a twisted state, but is " +
                             lattice.text() + " cells");
    }

    Rounded operator()(std::ptrdiff_t i, std::ptrdiff_t j) const noexcept {
        const Rounded turns = rows_(i) + cols_(j);
        const Rounded turn = turns.value() < 1 ? turns : turns - Rounded(1);
        return phase_ + Rounded(two_pi) * turn;
    }

  private:
    Turns rows_;
    Turns cols_;
    Rounded phase_;
};

template <class T> class TargetPattern {
  public:
    TargetPattern(const Shape& lattice, const TargetWave& wave)
        : centre_(checked_place(wave.row, "row"), checked_place(wave.col, "col")),
          wave_length_(checked_parameter<T>(wave.wavelength, "wavelength")),
          phase_(checked_parameter<T>(wave.phase, "phase")) {
        if (!(wave_length_.value() > 0))
            invalid_argument("wavelength must be positive, but is " + text(wave.wavelength));
        if (!fits_in_corners<T>(lattice, *this))
            invalid_argument("wavelength = " + text(wave.wavelength) + " is too small for the precision of the cells");
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
    SpiralPattern(const Shape& lattice, const SpiralWave& wave)
        : target_(lattice, {wave.row, wave.col, wave.wavelength, wave.phase}),
          centre_(settled(Rounded(wave.row)), settled(Rounded(wave.col))), arms_(whole(wave.arms)) {}

    Rounded operator()(std::ptrdiff_t i, std::ptrdiff_t j) const noexcept {
        return target_(i, j) + arms_ * centre_.angle(i, j);
    }

  private:
    TargetPattern<T> target_;
    Centre centre_;
    Rounded arms_;
};

} // namespace detail

/// One phase everywhere, in rad: the synchronous state.
///
/// The top of the header has what all patterns have in common, and what they throw.
template <ExecutionPolicy P, WritableGridLike G> void equal_phases(const P& policy, G&& theta, double phase) {
    detail::fill_pattern<detail::EqualPattern>(policy, theta, "theta", phase, "phase");
}

/// The same on the calling thread.
void equal_phases(WritableGridLike auto&& theta, double phase) { equal_phases(Fused{}, theta, phase); }

/// A plane wave: θ = phase + (rows · i + cols · j), in rad, never wrapped.
///
/// On a periodic lattice the wave is continuous if both components times the extents are whole turns; twisted_phases
/// has that exactly. The top of the header has the rest.
///
/// Accuracy: three roundings of numbers up to the largest phase.
template <ExecutionPolicy P, WritableGridLike G>
void plane_wave_phases(const P& policy, G&& theta, const PlaneWave& wave) {
    detail::fill_pattern<detail::PlaneWavePattern>(policy, theta, "theta", wave);
}

/// The same on the calling thread.
void plane_wave_phases(WritableGridLike auto&& theta, const PlaneWave& wave) {
    plane_wave_phases(Fused{}, theta, wave);
}

/// A twisted state of a periodic lattice: θ = phase + 2π (q · i / rows + p · j / cols), in rad, wrapped.
///
/// Here q = state.rows and p = state.cols; θ lies in [phase, phase + 2π). Neighbours differ by 2π q / rows or 2π p /
/// cols, up to whole turns, also across the edges. A twisted state is stationary on every periodic lattice with one
/// natural frequency. On a ring of n cells it is stable iff |turns| < n / 4. The top of the header has the rest.
///
/// Throws: also for more than 2^32 rows or columns.
/// Accuracy: below 3e-15 rad and one rounding of the result, for any number of turns.
/// Reference: D. A. Wiley, S. H. Strogatz, M. Girvan, "The size of the sync basin", Chaos 16 (2006), 015103.
template <ExecutionPolicy P, WritableGridLike G>
void twisted_phases(const P& policy, G&& theta, const TwistedState& state) {
    detail::fill_pattern<detail::TwistedPattern>(policy, theta, "theta", state);
}

/// The same on the calling thread.
void twisted_phases(WritableGridLike auto&& theta, const TwistedState& state) { twisted_phases(Fused{}, theta, state); }

/// Target waves: θ = phase − 2π r / wavelength, in rad, never wrapped; r is the distance from the centre in cells.
///
/// With positive natural frequencies they run outwards, like the waves of a faster centre (`Defect`). The top of the
/// header has the rest.
///
/// Throws: also for a wavelength ≤ 0.
/// Accuracy: relative error of 2π r / wavelength below 1e-15.
template <ExecutionPolicy P, WritableGridLike G>
void target_phases(const P& policy, G&& theta, const TargetWave& wave) {
    detail::fill_pattern<detail::TargetPattern>(policy, theta, "theta", wave);
}

/// The same on the calling thread.
void target_phases(WritableGridLike auto&& theta, const TargetWave& wave) { target_phases(Fused{}, theta, wave); }

/// Spiral waves (Archimedean spiral): θ = phase − 2π r / wavelength + arms · φ, in rad.
///
/// r and φ are the distance and the angle of the cell from the centre. The phase winds `arms` times around the centre,
/// as around a vortex of that charge. With positive natural frequencies the waves run outwards, and the pattern turns
/// anticlockwise for arms > 0 and clockwise for arms < 0. Without arms they are target waves. The top of the header has
/// the rest.
///
/// Throws: also for a wavelength ≤ 0.
/// Accuracy: as target_phases and vortex_phases.
template <ExecutionPolicy P, WritableGridLike G>
void spiral_phases(const P& policy, G&& theta, const SpiralWave& wave) {
    detail::fill_pattern<detail::SpiralPattern>(policy, theta, "theta", wave);
}

/// The same on the calling thread.
void spiral_phases(WritableGridLike auto&& theta, const SpiralWave& wave) { spiral_phases(Fused{}, theta, wave); }

KURAMOTO_END_NAMESPACE
